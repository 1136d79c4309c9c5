"""What runs in the sandbox ends when it must, takes what it may, and leaves nothing behind."""

import os
import threading
import time
from pathlib import Path

import pytest

from devmatrix.errors import SandboxError
from devmatrix.sandbox import Limits
from devmatrix.sandbox.bubblewrap import Bubblewrap
from tests.integration.sandbox.conftest import Run


def processes_with(mark: str) -> list[str]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                command = (folder / "cmdline").read_text()
            except OSError:
                continue
            if mark in command:
                found.append(command)
    return found


def wait_until_gone(mark: str) -> list[str]:
    deadline = time.monotonic() + 5
    while (found := processes_with(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_memory_is_limited(python: Run) -> None:
    done = python("bytearray(400 * 2**20)", memory_mb=256)
    assert "MemoryError" in done.stderr


def test_a_timeout_kills_the_whole_tree(python: Run) -> None:
    mark = f"mark-{time.monotonic_ns()}"
    began = time.monotonic()
    done = python(
        "import subprocess, sys\n"
        f"inner = 'import os, time; os.setsid(); time.sleep(60) # {mark}'\n"
        "outer = f'import subprocess, sys; subprocess.run([sys.executable, \"-c\", {inner!r}])'\n"
        "print('started', flush=True)\n"
        "subprocess.run([sys.executable, '-c', outer])\n",
        seconds=1,
    )
    assert done.timed_out
    assert done.exit_code == -9
    assert done.stdout == "started\n"
    assert time.monotonic() - began < 5
    assert wait_until_gone(mark) == []


def test_orphans_do_not_outlive_the_command(python: Run) -> None:
    mark = f"mark-{time.monotonic_ns()}"
    began = time.monotonic()
    done = python(
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60) # {mark}'], start_new_session=True)\n"
        "sys.exit(3)\n"
    )
    assert (done.exit_code, done.timed_out) == (3, False)
    assert time.monotonic() - began < 5
    assert wait_until_gone(mark) == []


def test_a_flood_of_output_is_cut_and_said_so(python: Run) -> None:
    done = python(
        "import sys\nsys.stdout.write('first\\n' + 'x' * 20_000_000 + '\\nlast')\nsys.stderr.write('y' * 20_000_000)\n",
        output_bytes=10_000,
    )
    assert done.exit_code == 0
    assert len(done.stdout) < 11_000
    assert len(done.stderr) < 11_000
    assert done.stdout.startswith("first\n")
    assert done.stdout.endswith("last")
    assert "bytes cut]" in done.stdout


def test_output_just_at_the_limit_is_whole(python: Run) -> None:
    text = "".join(chr(97 + number % 26) for number in range(10_000))
    assert python(f"print({text!r}, end='')", output_bytes=10_000).stdout == text


def test_terminal_escapes_are_shown_not_sent(python: Run) -> None:
    done = python("print('\\x1b[31mred\\x1b]0;title\\x07 \\u009b tab\\t\\r\\nnext')")
    assert done.stdout == "\\x1b[31mred\\x1b]0;title\\x07 \\x9b tab\t\nnext\n"


def test_output_that_is_no_text_is_read(python: Run) -> None:
    assert python("import sys; sys.stdout.buffer.write(b'a\\xff\\xfeb')").stdout == "a\ufffd\ufffdb"


def test_a_signal_is_told_as_subprocess_tells_it(python: Run) -> None:
    assert python("import os; os.kill(os.getpid(), 11)").exit_code == -11


def test_a_command_that_is_not_there_is_the_commands_failure(
    sandbox: Bubblewrap, project: Path, environment: Path
) -> None:
    done = sandbox.run(("no-such-command",), project=project, environment=environment)
    assert done.exit_code == 127
    assert "no-such-command" in done.stderr


def test_a_sandbox_that_cannot_be_set_up_is_an_error_of_its_own(
    sandbox: Bubblewrap, environment: Path, tmp_path: Path
) -> None:
    with pytest.raises((SandboxError, FileNotFoundError)):
        sandbox.run(("true",), project=tmp_path / "missing", environment=environment)
    with pytest.raises(SandboxError, match="no virtual environment"):
        sandbox.run(("true",), project=tmp_path, environment=tmp_path)


def test_a_thread_that_ends_does_not_take_its_service_with_it(
    sandbox: Bubblewrap, project: Path, environment: Path
) -> None:
    services = []

    def start() -> None:
        services.append(sandbox.serve(("sleep", "30"), port=8000, project=project, environment=environment))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert services[0].running
    services[0].stop()


def test_closing_ends_what_runs_and_refuses_more(project: Path, environment: Path) -> None:
    sandbox = Bubblewrap.find()
    service = sandbox.serve(("sleep", "60"), port=8000, project=project, environment=environment)
    sandbox.close()
    assert not service.running
    service.stop()
    with pytest.raises(SandboxError, match="closed"):
        sandbox.run(("true",), project=project, environment=environment)


def test_many_at_once(sandbox: Bubblewrap, project: Path, environment: Path) -> None:
    codes: list[int] = []

    def run() -> None:
        limits = Limits(processes=8)
        codes.append(sandbox.run(("true",), project=project, environment=environment, limits=limits).exit_code)

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0] * 20


def test_no_files_are_left_open(sandbox: Bubblewrap, project: Path, environment: Path) -> None:
    sandbox.run(("true",), project=project, environment=environment)
    before = open_files()
    for _ in range(5):
        sandbox.run(("true",), project=project, environment=environment)
    assert open_files() == before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
