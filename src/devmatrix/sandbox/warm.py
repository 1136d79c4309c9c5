"""A sandbox that stays, with Python and heavy modules already imported: for many short runs, each in a forked child."""

import contextlib
import json
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from devmatrix.errors import SandboxError
from devmatrix.sandbox.reach import Reach
from devmatrix.sandbox.sandbox import Completed, EndedBy, Limits, Sandbox, Service
from devmatrix.sandbox.tree import shown

_PORT = 18_999
_START_SECONDS = 30.0
_GRACE_SECONDS = 5.0
_LIFE_SECONDS = 3600.0


class Warm:
    """Runs pieces of Python in forks of one process inside `sandbox`.

    Children see what others left in the project folder, and hostile ones could forge the verdict on others: what shall
    count is confirmed in a fresh sandbox. Limits but time hold for all together. One piece runs at a time; threads may
    share it. When the sandbox ended (a piece broke a limit), the next piece gets a new one.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        project: Path,
        environment: Path,
        modules: tuple[str, ...] = (),
        limits: Limits | None = None,
    ) -> None:
        """Starts nothing yet. `modules` are imported before the first piece runs, those that there are."""
        self._sandbox = sandbox
        self._project = project
        self._environment = environment
        self._modules = modules
        self._limits = (limits or Limits()).model_copy(update={"seconds": _LIFE_SECONDS})
        self._service: Service | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, code: str, arguments: tuple[str, ...] = (), *, folder: str = ".", seconds: float = 20.0) -> Completed:
        """As `python -c code arguments` in `folder` of the project; a timeout, or its end, kills all that it started.

        Raises SandboxError when no warm sandbox can be started.
        """
        asked = {
            "code": code,
            "arguments": arguments,
            "folder": folder,
            "seconds": seconds,
            "output_bytes": self._limits.output_bytes,
        }
        with self._lock:
            began = time.monotonic()
            service = self._running()
            try:
                answer = _ask(service, asked, seconds + _GRACE_SECONDS, self._limits.output_bytes)
            except (OSError, ValueError):
                return self._lost(time.monotonic() - began)
        return answer

    @contextlib.contextmanager
    def copy_of(self, folder: Path) -> Iterator[str]:
        """A fresh copy of `folder` below the project: its name there, for `run`. Gone afterwards."""
        copied = self._project / secrets.token_hex(8)  # a name that no piece could lead elsewhere beforehand
        try:
            shutil.copytree(folder, copied, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            Reach().hand_over(copied)
            yield copied.name
        finally:
            shutil.rmtree(copied, ignore_errors=True)

    def close(self) -> None:
        """End the sandbox."""
        with self._lock:
            if self._service is not None:
                self._service.stop()
                self._service = None

    def _lost(self, seconds: float) -> Completed:
        """What the sandbox ended with, when it ended instead of answering, or did not answer in time."""
        ended = self._service.stop() if self._service is not None else None
        self._service = None
        by = ended.ended_by if ended is not None else EndedBy.ITSELF
        if by in (EndedBy.ITSELF, EndedBy.STOPPED):  # no limit: the piece ended it, or does not let it answer
            return Completed(exit_code=-9, stdout="", stderr="[it ended the sandbox]\n", seconds=seconds, ended_by=by)
        said = ended.stderr.splitlines()[-1] if ended is not None and ended.stderr else ""
        return Completed(exit_code=-9, stdout="", stderr=f"{said}\n", seconds=seconds, ended_by=by)

    def _running(self) -> Service:
        if self._service is not None and self._service.running:
            return self._service
        if self._service is not None:
            self._service.stop()
        text = Path(__file__).with_name("forking.py").read_text(encoding="utf-8")
        self._service = self._sandbox.serve(
            ("python", "-I", "-B", "-c", text, str(_PORT), *self._modules),
            port=_PORT,
            project=self._project,
            environment=self._environment,
            limits=self._limits,
        )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._service.running:
            with contextlib.suppress(OSError, ValueError):
                _ask(
                    self._service, {"code": "", "arguments": (), "folder": ".", "seconds": 5, "output_bytes": 0}, 10, 0
                )
                return self._service
            time.sleep(0.01)
        ended = self._service.stop()
        self._service = None
        raise SandboxError(f"the warm sandbox did not start: {(ended.stderr or ended.stdout).strip()[-500:]}")


def _ask(service: Service, asked: dict[str, object], seconds: float, output_bytes: int) -> Completed:
    """Raises OSError or ValueError when there is no answer, or none that can be read."""
    most = 16 * output_bytes + 10_000  # six bytes for one, escaped, twice
    deadline = time.monotonic() + seconds
    with socket.socket(socket.AF_UNIX) as end:
        end.settimeout(seconds)
        end.connect(str(service.socket))
        end.sendall(json.dumps(asked).encode() + b"\n")
        answer = bytearray()
        while not answer.endswith(b"\n"):
            end.settimeout(max(deadline - time.monotonic(), 0.001))
            data = end.recv(65_536)
            answer += data
            if not data or len(answer) > most:
                raise ValueError("no answer")
    told = json.loads(answer)
    if not isinstance(told, dict):
        raise ValueError("no answer")
    try:
        return Completed(
            exit_code=int(told["exit_code"]),
            stdout=shown(str(told["stdout"]).encode("latin-1")),
            stderr=shown(str(told["stderr"]).encode("latin-1")),
            seconds=float(told["seconds"]),
            ended_by=EndedBy.TIME if told["timed_out"] is True else EndedBy.ITSELF,
        )
    except (KeyError, TypeError) as error:
        raise ValueError("an answer that says too little") from error
