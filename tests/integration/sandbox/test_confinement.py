"""What works in the sandbox. What does not is in the suite of attacks: test_conformance.py."""

import os
from pathlib import Path

from tests.integration.sandbox.conftest import Run


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
