"""A warm sandbox gives each piece of code a fresh process, and survives what the pieces do."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devmatrix.errors import SandboxError
from devmatrix.sandbox import EndedBy, Limits, Warm
from devmatrix.sandbox.bubblewrap import Bubblewrap
from tests.integration.sandbox.test_limits import processes_with, wait_until_gone

LIMITS = Limits(memory_mb=300, processes=40, output_bytes=10_000)


@pytest.fixture
def warm(sandbox: Bubblewrap, project: Path, environment: Path) -> Iterator[Warm]:
    with Warm(sandbox, project=project, environment=environment, modules=("pydantic",), limits=LIMITS) as kept:
        yield kept


def test_code_runs_as_python_runs_it(warm: Warm, project: Path) -> None:
    (project / "inner").mkdir()
    (project / "inner" / "beside.py").write_text("found = 'beside'")
    done = warm.run(
        "import beside, os, sys; print(beside.found, os.getcwd(), sys.argv); print('x', file=sys.stderr)",
        ("one", "two"),
        folder="inner",
    )
    assert (done.exit_code, done.ended_by, done.stderr) == (0, EndedBy.ITSELF, "x\n")
    assert done.stdout == "beside /project/inner ['-c', 'one', 'two']\n"
    assert warm.run("import sys; sys.exit(3)").exit_code == 3
    assert warm.run("import os; os.kill(os.getpid(), 11)").exit_code == -11
    failed = warm.run("1 / 0")
    assert failed.exit_code == 1
    assert "ZeroDivisionError" in failed.stderr


def test_modules_are_there_already_and_what_a_piece_imports_is_its_own(warm: Warm, project: Path) -> None:
    known = "import sys; print('pydantic' in sys.modules, 'changing' in sys.modules)"
    assert warm.run(known).stdout == "True False\n"
    for text in ("first", "second"):  # of one length, within one second: no cache may hide it
        (project / "changing.py").write_text(f"said = {text!r:10}")
        assert warm.run("import changing; print(changing.said)").stdout == f"{text}\n"
    assert warm.run(known).stdout == "True False\n"


def test_a_timeout_kills_all_that_the_piece_started_and_the_next_runs(warm: Warm) -> None:
    mark = f"mark-{time.monotonic_ns()}"
    code = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60) # {mark}'], start_new_session=True)\n"
        "print('started', flush=True)\n"
        "time.sleep(60)\n"
    )
    done = warm.run(code, seconds=1)
    assert (done.ended_by, done.exit_code, done.stdout) == (EndedBy.TIME, -9, "started\n")
    assert done.seconds < 6
    assert wait_until_gone(mark) == []
    assert warm.run("print('next')").stdout == "next\n"


def test_orphans_do_not_meet_the_next_piece(warm: Warm) -> None:
    warm.run("import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(60)")
    done = warm.run("import os; print(sum(name.isdigit() for name in os.listdir('/proc')))")
    assert done.stdout == "4\n"  # bubblewrap, the bridge, the server, itself


def test_a_fork_bomb_is_swept_away(warm: Warm) -> None:
    warm.run("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass", seconds=1)
    assert warm.run("print('next')").stdout == "next\n"


def test_what_breaks_a_limit_is_told_so_and_the_next_gets_a_new_sandbox(warm: Warm) -> None:
    code = (
        "import os, time\n"
        "for _ in range(6):\n"
        "    if not os.fork():\n"
        "        kept = bytearray(b'x') * (90 * 2**20)\n"
        "        time.sleep(20)\n"
        "time.sleep(20)\n"
    )
    done = warm.run(code)
    assert (done.ended_by, done.exit_code) == (EndedBy.MEMORY, -9)
    assert "took more than 300 MB of memory together" in done.stderr
    assert warm.run("print('next')").stdout == "next\n"


def test_a_piece_that_ends_the_server_has_failed(warm: Warm) -> None:
    done = warm.run("import os, signal; os.kill(os.getppid(), signal.SIGKILL)")
    assert done.exit_code == -9
    assert warm.run("print('next')").stdout == "next\n"
    memory = warm.run("import os; open(f'/proc/{os.getppid()}/mem', 'r+b')")
    assert "PermissionError" in memory.stderr


def test_output_is_cut_and_shown_as_text(warm: Warm) -> None:
    done = warm.run("import sys; sys.stdout.write('\\x1b' + 'y' * 10**6)")
    assert done.exit_code == 0
    assert len(done.stdout) < 11_000
    assert done.stdout.startswith("\\x1byyy")


def test_threads_share_it(warm: Warm) -> None:
    said: list[str] = []
    threads = [
        threading.Thread(target=lambda n=number: said.append(warm.run(f"print({n})").stdout)) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [f"{number}\n" for number in range(8)]


def test_a_sandbox_that_was_closed_cannot_be_warmed(project: Path, environment: Path) -> None:
    sandbox = Bubblewrap.find()
    sandbox.close()
    with pytest.raises(SandboxError, match="closed"):
        Warm(sandbox, project=project, environment=environment).run("")


def test_closing_ends_its_processes(sandbox: Bubblewrap, project: Path, environment: Path) -> None:
    mark = f"mark{time.monotonic_ns()}"  # a module that is not there: it stands in the arguments of the server
    warm = Warm(sandbox, project=project, environment=environment, modules=(mark,))
    assert warm.run("print('x')").stdout == "x\n"
    assert processes_with(mark) != []
    warm.close()
    assert wait_until_gone(mark) == []
    assert warm.run("print('again')").stdout == "again\n"
    warm.close()


def test_a_copy_is_fresh_and_goes(warm: Warm, project: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "module.py").write_text("value = 1")
    (source / "module.py").chmod(0o600)
    for _ in range(2):
        with warm.copy_of(source) as folder:
            done = warm.run(
                "import module; print(module.value); open('module.py', 'w').write('value = 2')", folder=folder
            )
            assert (done.stdout, done.stderr) == ("1\n", "")
    assert list(project.iterdir()) == []
    assert (source / "module.py").read_text() == "value = 1"
