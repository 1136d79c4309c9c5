"""The sandbox of the product: bubblewrap, with every door that it leaves open closed."""

import contextlib
import json
import math
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devmatrix.errors import SandboxError, SettingsError
from devmatrix.sandbox.reach import Reach
from devmatrix.sandbox.sandbox import Completed, Limits
from devmatrix.sandbox.seccomp import filter_program
from devmatrix.sandbox.tree import Launch, Tree, Trees
from devmatrix.sandbox.watch import Memory, Watch

INSTALL = "sudo apt-get install bubblewrap"
PROJECT = "/project"

_INSIDE_UID = 1000
_TMP_BYTES = 512 * 2**20
_SHM_BYTES = 128 * 2**20
_BRIDGE = "/run/devmatrix/bridge.py"
_FIRST_VICTIM = ("/usr/bin/choom", "-n", "1000", "--")
"""Where the machine's memory ends, the kernel shall choose these processes before all others."""
_FILES = {
    "/etc/passwd": f"sandbox:x:{_INSIDE_UID}:{_INSIDE_UID}::/tmp:/bin/sh\n",
    "/etc/group": f"sandbox:x:{_INSIDE_UID}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
_SYSTEM_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/ssl", "/etc/alternatives", "/etc/ld.so.cache", "/etc/mime.types")


@dataclass
class _Preparation:
    """Arguments and open files for one start."""

    stack: contextlib.ExitStack
    reach: Reach
    arguments: list[str] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)

    def add(self, *arguments: str | int | Path) -> None:
        self.arguments += map(str, arguments)

    def hold(self, descriptor: int) -> int:
        """Pass it on to bubblewrap, and close it here afterwards."""
        self.stack.callback(os.close, descriptor)
        self.descriptors.append(descriptor)
        return descriptor

    def memory(self, content: bytes = b"") -> int:
        descriptor = os.memfd_create("devmatrix")
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return self.hold(descriptor)

    def bind(self, kind: str, source: Path, target: str) -> None:
        self.add(kind, str(self.reach.path(source)), target)


class BubblewrapService:
    """A service in a bubblewrap."""

    def __init__(self, tree: Tree, status: "_Status", folder: Path, reach: Reach) -> None:
        self._reach = reach
        self._tree = tree
        self._status = status
        self._folder = folder
        self.socket = folder / "http"

    @property
    def running(self) -> bool:
        """Whether the command has not ended yet."""
        return self._tree.running

    def stop(self) -> Completed:
        """Kill the tree and say what it printed."""
        ended = self._tree.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._reach.close()
        return self._status.complete(ended)


class _Status:
    """What bubblewrap itself says of the command: tells its own failures from the command's."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("status")

    def __del__(self) -> None:
        os.close(self.descriptor)

    @property
    def first_process(self) -> int | None:
        """The id, outside, of the first process inside; none as long as there is none."""
        return next(iter(self._said("child-pid")), None)

    def complete(self, ended: Completed) -> Completed:
        codes = self._said("exit-code")
        if codes:
            code = codes[0]
            return ended.model_copy(update={"exit_code": 128 - code if 128 < code <= 192 else code})
        if ended.exit_code < 0:  # bubblewrap itself was killed: by us, at the end of its time or when it was stopped
            return ended.model_copy(update={"exit_code": -9})
        said = ended.stderr.strip().removeprefix("bwrap: ")[:500]
        raise SandboxError(
            f"bubblewrap could not set the sandbox up: {said or f'exit code {ended.exit_code}'}",
            mend="allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1), or, where all that is"
            " built is trusted, set DEVMATRIX_SANDBOX=off",
        )

    def _said(self, name: str) -> list[int]:
        lines = os.pread(self.descriptor, 65_536, 0).decode().splitlines(keepends=True)
        return [fact[name] for line in lines if line.endswith("\n") and name in (fact := json.loads(line))]


class Bubblewrap:
    """Runs commands with no network, no host files, no rights, and limits."""

    def __init__(self, executable: Path) -> None:
        self.executable = executable
        self._trees = Trees()

    @classmethod
    def find(cls) -> "Bubblewrap":
        """The installed one. Raises SettingsError with the command that installs it."""
        found = shutil.which("bwrap", path=os.environ.get("PATH", os.defpath) + ":/usr/bin:/usr/local/bin")
        if found is None:
            raise SettingsError("bubblewrap, in which generated code is run, is not installed", mend=INSTALL)
        return cls(Path(found))

    def run(
        self,
        argv: tuple[str, ...],
        *,
        project: Path,
        environment: Path,
        variables: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Completed:
        """As Sandbox.run. As root, the folder `project` changes hands: give one that is nobody else's."""
        limits = limits or Limits()
        status = _Status()
        reach = Reach()
        try:
            with self._prepared(project, environment, variables or {}, status, reach) as ready:
                watch = Watch(project, limits, Memory(lambda: status.first_process))
                tree = self._start(ready, [*_limited(limits), *argv], limits, watch)
            return status.complete(tree.wait())
        finally:
            reach.close()

    def serve(
        self,
        argv: tuple[str, ...],
        *,
        port: int,
        project: Path,
        environment: Path,
        variables: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> BubblewrapService:
        """As Sandbox.serve."""
        limits = limits or Limits()
        status = _Status()
        folder = Path(tempfile.mkdtemp(prefix="devmatrix-"))
        reach = Reach()
        with (
            self._prepared(project, environment, variables or {}, status, reach) as ready,
            socket.socket(socket.AF_UNIX) as listener,
        ):
            # The socket is made here and inherited: code inside cannot lead the caller to another one.
            listener.bind(str(folder / "http"))
            listener.listen(64)
            ready.descriptors.append(listener.fileno())
            bridge = ready.memory(Path(__file__).with_name("bridge.py").read_bytes())
            ready.arguments[-2:-2] = ["--ro-bind-data", str(bridge), _BRIDGE]  # before the root becomes read-only
            python = str(environment.absolute() / "bin" / "python")
            command = [python, "-I", "-S", _BRIDGE, str(listener.fileno()), str(port), *_limited(limits), *argv]
            watch = Watch(project, limits, Memory(lambda: status.first_process))
            tree = self._start(ready, command, limits, watch)
        return BubblewrapService(tree, status, folder, reach)

    def close(self) -> None:
        """As Sandbox.close."""
        self._trees.close()

    def _start(self, ready: _Preparation, command: list[str], limits: Limits, watch: Watch) -> Tree:
        # Given through a file, so that /proc/1/cmdline inside does not tell the host's paths.
        arguments = ready.memory("\0".join(ready.arguments).encode() + b"\0")
        argv = (*_FIRST_VICTIM, str(self.executable), "--args", str(arguments), "--", *command)
        argv, uid = ready.reach.launch(argv)
        return self._trees.start(Launch(argv, {}, Path("/"), tuple(ready.descriptors), uid, watch), limits)

    @contextlib.contextmanager
    def _prepared(
        self, project: Path, environment: Path, variables: dict[str, str], status: _Status, reach: Reach
    ) -> Iterator[_Preparation]:
        environment = environment.absolute()
        reach.hand_over(project)
        with contextlib.ExitStack() as stack:
            ready = _Preparation(stack, reach)
            ready.descriptors.append(status.descriptor)
            ready.add("--json-status-fd", status.descriptor)
            ready.add("--unshare-all", "--unshare-user", "--uid", _INSIDE_UID, "--gid", _INSIDE_UID)
            ready.add("--hostname", "sandbox", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
            ready.add("--disable-userns")
            if (program := filter_program()) is not None:
                ready.add("--seccomp", ready.memory(program))
            _add_system(ready)
            _add_python(ready, environment)
            ready.bind("--bind", project, PROJECT)
            for name, value in (_variables(environment) | variables).items():
                ready.add("--setenv", name, value)
            ready.add("--chdir", PROJECT)
            ready.add("--remount-ro", "/")
            yield ready


def _add_system(ready: _Preparation) -> None:
    ready.add("--proc", "/proc", "--dev", "/dev")
    ready.add("--size", _SHM_BYTES, "--tmpfs", "/dev/shm")
    ready.add("--remount-ro", "/dev", "--remount-ro", "/proc")
    ready.add("--size", _TMP_BYTES, "--tmpfs", "/tmp")
    ready.add("--ro-bind", "/usr", "/usr")
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            ready.add("--symlink", folder.readlink(), folder)
        elif folder.is_dir():
            ready.add("--ro-bind", folder, folder)
    for path in _ETC:
        ready.add("--ro-bind-try", path, path)
    for path, content in _FILES.items():
        ready.add("--perms", "0444", "--ro-bind-data", ready.memory(content.encode()), path)


def _add_python(ready: _Preparation, environment: Path) -> None:
    """The virtual environment, and the installation that it was made from, each at its own path."""
    interpreter = environment / "bin" / "python"
    if not interpreter.exists():
        raise SandboxError(f"{environment} is no virtual environment with a working interpreter")
    bases = {base_prefix(environment), interpreter.resolve().parent.parent}
    for folder in (*sorted(bases), environment):
        if not folder.is_relative_to("/usr"):
            ready.bind("--ro-bind", folder, str(folder))


def base_prefix(environment: Path) -> Path:
    """Where the interpreter of a virtual environment was installed."""
    for line in (environment / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "home":
            return Path(value.strip()).parent
    raise SandboxError(f"{environment / 'pyvenv.cfg'} does not say where its Python is from")


def _variables(environment: Path) -> dict[str, str]:
    return {
        "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": str(environment),
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _limited(limits: Limits) -> list[str]:
    """Set inside: there the limit of processes counts the sandbox's own only, not all of the user's."""
    memory = limits.memory_mb * 2**20
    file = limits.file_mb * 2**20
    cpu = math.ceil(limits.seconds * (os.cpu_count() or 1)) + 1
    return [
        "/usr/bin/prlimit",
        f"--as={memory}:{memory}",
        f"--cpu={cpu}:{cpu}",
        f"--fsize={file}:{file}",
        f"--nofile={limits.open_files}:{limits.open_files}",
        f"--nproc={limits.processes}:{limits.processes}",
        "--core=0:0",
        "--",
    ]
