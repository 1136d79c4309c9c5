"""What `devmatrix doctor` tries: that the sandbox works, and that it confines."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from devmatrix.errors import DevMatrixError
from devmatrix.sandbox.sandbox import Limits, Sandbox

_MARKER = "DEVMATRIX_SELFTEST_SECRET"
_PROBE = f"""
import json, os, pathlib, socket, ssl, sqlite3
def refused(attempt):
    try:
        attempt()
    except OSError:
        return True
    return False
sqlite3.connect(":memory:").execute("select 1")
pathlib.Path("written").write_text("x")
listener = socket.create_server(("127.0.0.1", 0))
socket.create_connection(listener.getsockname(), timeout=2)
print(json.dumps({{
    "the network": refused(lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.2))
        and [name for _, name in socket.if_nameindex() if name != "lo"] == [],
    "the host's files": not os.path.exists(os.environ["SELFTEST_HOST_FILE"]),
    "the host's environment": "{_MARKER}" not in os.environ,
    "the root folder": refused(lambda: pathlib.Path("/written").write_text("x")),
    "the host's processes": not os.path.exists("/proc/" + os.environ["SELFTEST_HOST_PROCESS"]),
}}))
"""


class Check(NamedTuple):
    """One line of the self-test."""

    name: str
    passed: bool
    detail: str


def check_sandbox(sandbox: Sandbox, environment: Path | None = None) -> Check:
    """Run a probe in `sandbox` with the virtual environment `environment` (default: the one this program runs in).

    It passes when Python with ssl and sqlite3, loopback and the project folder work, and when network, host files,
    environment and processes are out of reach. Never raises for a sandbox that does not work: the detail says why.
    """
    with tempfile.TemporaryDirectory(prefix="devmatrix-") as folder, tempfile.NamedTemporaryFile() as host_file:
        project = Path(folder) / "project"
        project.mkdir()
        try:
            done = sandbox.run(
                ("python", "-c", _PROBE),
                project=project,
                environment=environment or Path(sys.prefix),
                variables={"SELFTEST_HOST_FILE": host_file.name, "SELFTEST_HOST_PROCESS": _far_process()},
                limits=Limits(seconds=20),
            )
        except DevMatrixError as error:
            return Check("sandbox", False, f"{error.message} {f'({error.mend})' if error.mend else ''}".strip())
    if done.exit_code:
        return Check("sandbox", False, f"Python does not work in it: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    open_doors = [door for door, closed in json.loads(done.stdout).items() if not closed]
    if open_doors:
        return Check("sandbox", False, f"does not keep out of: {', '.join(open_doors)}")
    return Check("sandbox", True, f"works and confines, {done.seconds * 1000:.0f} ms")


def _far_process() -> str:
    # Ids inside start at 1 again and are small; this one cannot be there by chance.
    return str(os.getpid())
