"""No sandbox, by explicit wish (DEVMATRIX_SANDBOX=off): the same face, with limits of time and size only."""

import math
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from devmatrix.errors import SandboxError
from devmatrix.sandbox.sandbox import Completed, Limits
from devmatrix.sandbox.tree import Launch, Tree, Trees
from devmatrix.sandbox.watch import Watch


class UnconfinedService:
    """A service that runs as the user who started it."""

    def __init__(self, tree: Tree, folder: Path) -> None:
        self._tree = tree
        self._folder = folder
        self.socket = folder / "http"

    @property
    def running(self) -> bool:
        """Whether the command has not ended yet."""
        return self._tree.running

    def stop(self) -> Completed:
        """Kill its process group and say what it printed."""
        ended = self._tree.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        return ended


class Unconfined:
    """Runs commands as they are: what they do to this machine is the user's own decision."""

    def __init__(self) -> None:
        self._trees = Trees()

    def run(
        self,
        argv: tuple[str, ...],
        *,
        project: Path,
        environment: Path,
        variables: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Completed:
        """As Sandbox.run, but in the folder `project` itself; /project does not exist."""
        limits = limits or Limits()
        launch = Launch(
            (*_limited(limits), *argv),
            _variables(environment.absolute()) | (variables or {}),
            project,
            watch=Watch(project, limits),
        )
        return self._trees.start(launch, limits).wait()

    def serve(
        self,
        argv: tuple[str, ...],
        *,
        port: int,
        project: Path,
        environment: Path,
        variables: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> UnconfinedService:
        """As Sandbox.serve, on the machine's own loopback. Raises SandboxError when the port is taken."""
        limits = limits or Limits()
        _check_free(port)
        folder = Path(tempfile.mkdtemp(prefix="devmatrix-"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / "http"))
            listener.listen(64)
            bridge = Path(__file__).with_name("bridge.py")
            command = (sys.executable, "-I", "-S", str(bridge), str(listener.fileno()), str(port))
            launch = Launch(
                (*command, *_limited(limits), *argv),
                _variables(environment.absolute()) | (variables or {}),
                project,
                (listener.fileno(),),
                watch=Watch(project, limits),
            )
            tree = self._trees.start(launch, limits)
        return UnconfinedService(tree, folder)

    def close(self) -> None:
        """As Sandbox.close."""
        self._trees.close()


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SandboxError(
                f"port {port}, which the project serves on, is taken", mend="stop what listens there, or use bubblewrap"
            ) from error


def _variables(environment: Path) -> dict[str, str]:
    return {
        "PATH": f"{environment / 'bin'}:{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(environment),
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _limited(limits: Limits) -> tuple[str, ...]:
    # Not the number of processes: that would count all that the user has.
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        return ()
    memory, file = limits.memory_mb * 2**20, limits.file_mb * 2**20
    cpu = math.ceil(limits.seconds * (os.cpu_count() or 1)) + 1
    return (prlimit, f"--as={memory}", f"--cpu={cpu}", f"--fsize={file}", f"--nofile={limits.open_files}", "--")
