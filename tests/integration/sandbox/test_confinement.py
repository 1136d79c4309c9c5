"""What runs in the sandbox reaches nothing of the host, whatever it tries."""

import os
import socket
import tempfile
from pathlib import Path

import pytest

from devmatrix.sandbox import check_sandbox
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.sandbox.unconfined import Unconfined
from tests.integration.sandbox.conftest import Run


def test_the_network_is_closed(python: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = python(
            "import socket\n"
            "print([name for _, name in socket.if_nameindex()])\n"
            f"for address in (('127.0.0.1', {port}), ('192.0.2.1', 80)):\n"
            "    try:\n"
            "        socket.create_connection(address, timeout=1); print('reached')\n"
            "    except OSError as error:\n"
            "        print(type(error).__name__)\n"
        )
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["['lo']", "ConnectionRefusedError", "OSError"]


def test_host_files_are_invisible(python: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    shadow = "/etc/shadow"
    done = python(
        f"import os; print([os.path.exists(path) for path in ({str(secret)!r}, {shadow!r}, '/root/.ssh', '/home')])\n"
        "print(sorted(os.listdir('/etc')))"
    )
    assert done.stdout.splitlines()[0] == "[False, False, False, False]"
    assert "shadow" not in done.stdout.splitlines()[1]


def test_links_out_of_the_project_lead_nowhere(python: Run, project: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    (project / "link").symlink_to(secret)
    (project / "up").symlink_to("../")
    done = python("import os; print(os.path.exists('link'), os.path.exists('up/secret'), os.listdir('..'))")
    assert done.stdout.startswith("False False")
    assert "secret" not in done.stdout
    assert secret.read_text() == "hunter2"


def test_the_environment_is_empty_even_in_proc(python: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRECIOUS_KEY", "hunter2")
    done = python(
        "import glob, os, pathlib\n"
        "seen = ''.join(pathlib.Path(p).read_text() for p in glob.glob('/proc/[0-9]*/environ'))\n"
        "seen += ''.join(pathlib.Path(p).read_text() for p in glob.glob('/proc/[0-9]*/cmdline'))\n"
        "print('hunt' 'er2' in seen, 'PRECIOUS_KEY' in os.environ, sorted(os.environ))"
    )
    assert done.exit_code == 0
    assert done.stdout.startswith("False False")
    assert "'SSH" not in done.stdout


def test_no_open_file_leads_outside(python: Run) -> None:
    done = python(
        "import glob, os\n"
        "for path in glob.glob('/proc/[0-9]*/fd/*'):\n"
        "    try:\n"
        "        print(os.readlink(path))\n"
        "    except OSError:\n"
        "        pass"
    )
    leading_out = [line for line in done.stdout.splitlines() if line.startswith("/") and line != "/dev/null"]
    assert [line for line in leading_out if not line.startswith("/proc/")] == []
    assert "memfd" not in done.stdout


@pytest.mark.parametrize("place", ["/", "/usr/lib", "/etc", "/dev", "/proc/sys/kernel", "/var"])
def test_writing_outside_the_project_fails(python: Run, place: str) -> None:
    done = python(f"open('{place}/written', 'w')")
    assert done.exit_code == 1
    assert any(word in done.stderr for word in ("Read-only", "Permission", "No such file"))


def test_the_virtual_environment_is_read_only(python: Run, environment: Path) -> None:
    done = python(f"open('{environment}/written', 'w')")
    assert "Read-only" in done.stderr
    assert not (environment / "written").exists()


def test_no_rights_and_no_way_to_get_any(python: Run) -> None:
    done = python(
        "import os, pathlib, subprocess\n"
        "status = dict(line.split(':', 1) for line in pathlib.Path('/proc/self/status').read_text().splitlines())\n"
        "print(os.getuid(), status['CapEff'].strip(), status['CapBnd'].strip(), status['NoNewPrivs'].strip())\n"
        "print(subprocess.run(['unshare', '--user', 'true'], capture_output=True).returncode)\n"
    )
    assert done.stdout.splitlines() == ["1000 0000000000000000 0000000000000000 1", "1"]


def test_the_hosts_processes_are_invisible(python: Run) -> None:
    done = python(
        "import os\n"
        "print(len([name for name in os.listdir('/proc') if name.isdigit()]) < 5)\n"
        f"try:\n    os.kill({os.getpid()}, 0); print('there')\nexcept ProcessLookupError:\n    print('not there')"
    )
    assert done.stdout.splitlines() == ["True", "not there"]


def test_what_is_written_in_the_project_stays(python: Run, project: Path) -> None:
    (project / "given").write_text("from outside")
    (project / "folder").mkdir()
    done = python(
        "open('made', 'w').write(open('given').read()); open('folder/too', 'w'); open('given', 'a').write('!')"
    )
    assert done.stderr == ""
    assert (project / "made").read_text() == "from outside"
    assert (project / "folder" / "too").exists()
    assert (project / "given").read_text() == "from outside!"


def test_python_works_with_what_projects_need(python: Run) -> None:
    done = python(
        "import ssl, sqlite3, socket; print(socket.getaddrinfo('localhost', 80)[0][4][0] in ('127.0.0.1', '::1'))"
    )
    assert (done.exit_code, done.stdout) == (0, "True\n")


def test_the_self_test_passes_here_and_fails_where_nothing_confines(
    sandbox: Bubblewrap, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_sandbox(sandbox, environment).passed
    monkeypatch.setenv("HOME", "/")
    unconfined = check_sandbox(Unconfined(), environment)
    assert not unconfined.passed
    assert "the host's files" in unconfined.detail


def test_the_self_test_says_why_a_sandbox_does_not_work(environment: Path) -> None:
    # Not below pytest's own folder: that is closed to the user who runs the sandbox.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        broken = Path(folder) / "bwrap"
        broken.write_text("#!/bin/sh\necho 'bwrap: no permissions to make a namespace' >&2\nexit 1\n")
        broken.chmod(0o755)
        check = check_sandbox(Bubblewrap(broken), environment)
    assert not check.passed
    assert "no permissions to make a namespace" in check.detail
