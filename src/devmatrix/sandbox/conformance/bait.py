"""What hostile code would like to reach: things of the host that tell when somebody did."""

import contextlib
import json
import os
import platform
import pty
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import tty
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from devmatrix.sandbox.bubblewrap import base_prefix
from devmatrix.sandbox.seccomp import call_numbers

_CLOCK_SECONDS = 0.5
_PLACES = ("/", "/usr", "/usr/lib", "/etc", "/dev", "/var", "/var/tmp", "/run", "/home", "/opt", "/tmp", "/dev/shm")


@dataclass
class Bait:
    """Files, listeners, a process and a terminal of the host, for one attack alone."""

    environment: Path
    mark: str = field(default_factory=lambda: f"devmatrix-attack-{secrets.token_hex(8)}")
    """In the arguments and the environment of every process of the attack, and in the name of each file that it makes
    where it must not."""
    secret: str = field(default_factory=lambda: "".join(secrets.choice("123456789") for _ in range(24)))
    """In a file of the host, and in the arguments and the environment of a process."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="devmatrix-bait-")))
            self.folder.chmod(0o755)
            self.file = self.folder / "secret"
            self.file.write_text(self.secret, encoding="utf-8")
            self._before = self._state()
            self._listeners = self._listen(stack)
            self._master, self._slave = pty.openpty()
            stack.callback(os.close, self._master)
            stack.callback(os.close, self._slave)
            tty.setraw(self._slave)
            sleep = shutil.which("sleep", path=os.defpath) or "sleep"
            environment = {"DEVMATRIX_BAIT_SECRET": self.secret}
            self.process = subprocess.Popen([sleep, f"600.{self.secret}"], env=environment, stdin=subprocess.DEVNULL)
            stack.callback(self.process.wait)
            stack.callback(self.process.kill)
            self._offset = time.time() - time.monotonic()
            stack.callback(self._strewn)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    @property
    def places(self) -> list[Path]:
        """Folders of the host that nothing may be written to."""
        base = base_prefix(self.environment)
        own = [self.folder, self.environment, self.environment / "bin", base, base / "bin", base / "lib"]
        return [*map(Path, _PLACES), *own]

    def described(self) -> str:
        """What the attack is told, as JSON: it knows where everything is."""
        return json.dumps(
            {
                "mark": self.mark,
                "folder": str(self.folder),
                "file": str(self.file),
                "port": self._listeners["a TCP port"].getsockname()[1],
                "datagrams": self._listeners["a UDP port"].getsockname()[1],
                "abstract": f"\0{self.mark}",
                "socket": str(self.folder / "socket"),
                "process": self.process.pid,
                "terminal": os.ttyname(self._slave),
                "environment": str(self.environment),
                "places": [str(place) for place in self.places],
                "calls": call_numbers(platform.machine()),
            }
        )

    def harm(self) -> list[str]:
        """What was reached or changed."""
        found = []
        if self._state() != self._before:
            found.append("changed a file of the host")
        for name, listener in self._listeners.items():
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_DGRAM:
                    listener.recv(1)
                else:
                    listener.accept()[0].close()
                found.append(f"reached {name} of the host")
        if self.process.poll() is not None:
            found.append("ended a process of the host")
        for descriptor in (self._master, self._slave):
            os.set_blocking(descriptor, False)
            with contextlib.suppress(BlockingIOError):
                os.read(descriptor, 1)
                found.append("wrote to a terminal of the host")
        if abs(time.time() - time.monotonic() - self._offset) > _CLOCK_SECONDS:
            found.append("changed the clock of the host")
        return found + self._strewn()

    def _strewn(self) -> list[str]:
        found = []
        for place in self.places:
            path = place / self.mark
            if path.exists() or path.is_symlink():
                found.append(f"wrote to {place} of the host")
                path.unlink()
        return found

    def _state(self) -> tuple[object, ...]:
        try:
            status = self.file.lstat()
        except FileNotFoundError:
            return ()
        named = sorted(path.name for path in self.folder.iterdir() if path.name not in ("socket", self.mark))
        return self.file.read_text(encoding="utf-8"), status.st_mode, status.st_uid, status.st_mtime_ns, named

    def _listen(self, stack: contextlib.ExitStack) -> dict[str, socket.socket]:
        listeners = {
            "a TCP port": socket.socket(socket.AF_INET),
            "a UDP port": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            "an abstract socket": socket.socket(socket.AF_UNIX),
            "a socket file": socket.socket(socket.AF_UNIX),
        }
        addresses: list[object] = [("127.0.0.1", 0), ("127.0.0.1", 0), f"\0{self.mark}", str(self.folder / "socket")]
        for listener, address in zip(listeners.values(), addresses, strict=True):
            stack.enter_context(listener)
            listener.setblocking(False)
            listener.bind(address)  # type: ignore[arg-type]
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        (self.folder / "socket").chmod(0o777)
        return listeners
