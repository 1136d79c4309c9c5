"""A process tree that is drained, timed and killed as a whole."""

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from devmatrix.errors import SandboxError
from devmatrix.sandbox.sandbox import Completed, EndedBy, Limits
from devmatrix.sandbox.watch import Watch

_GRACE_SECONDS = 2.0
_CHUNK_BYTES = 65_536
# Escape sequences of untrusted output must not reach a terminal: control characters are shown, not sent.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160)) if chr(code) not in "\n\t"}


_BROKEN = {
    EndedBy.MEMORY: "\n[ended by the sandbox: its processes took more than {0.memory_mb} MB of memory together]\n",
    EndedBy.DISK: "\n[ended by the sandbox: the project folder held more than {0.project_mb} MB or"
    " {0.project_files} files]\n",
}


@dataclass(frozen=True)
class Launch:
    """What is started."""

    argv: tuple[str, ...]
    variables: dict[str, str]
    folder: Path | None = None
    descriptors: tuple[int, ...] = ()
    uid: int | None = None
    """User and group to become; none: stay."""
    watch: Watch | None = None
    """Looks at what the tree takes, and is closed with it."""


@dataclass
class _Output:
    """The first and the last half of what was printed, up to `limit` bytes."""

    limit: int
    head: bytearray = field(default_factory=bytearray)
    tail: bytearray = field(default_factory=bytearray)
    total: int = 0

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = self.limit // 2 - len(self.head)
        self.head += data[: max(room, 0)]
        self.tail += data[max(room, 0) :]
        if len(self.tail) > self.limit:
            del self.tail[: len(self.tail) - self.limit // 2]

    def text(self) -> str:
        tail = self.tail[max(len(self.tail) - self.limit // 2, 0) :]
        cut = self.total - len(self.head) - len(tail)
        parts = [bytes(self.head + tail)] if not cut else [bytes(self.head), bytes(tail)]
        return f"\n[{cut} bytes cut]\n".join(map(shown, parts))


def shown(printed: bytes) -> str:
    """The text of it, without anything that a terminal would obey."""
    return printed.decode(errors="replace").replace("\r\n", "\n").translate(_VISIBLE)


class Tree:
    """A started command and everything that it starts. Starting and waiting happen in a thread of its own: the kernel
    ties `--die-with-parent` to the thread that started the process, not to the whole program.
    """

    def __init__(self, launch: Launch, limits: Limits) -> None:
        self._launch = launch
        self._limits = limits
        self._outputs = (_Output(limits.output_bytes), _Output(limits.output_bytes))
        self._started = threading.Event()
        self._stop = os.eventfd(0)
        self._failure: Exception | None = None
        self._exit_code: int | None = None
        self._ended_by = EndedBy.ITSELF
        self._seconds = 0.0
        self._thread = threading.Thread(target=self._live, name="sandboxed", daemon=True)

    def start(self) -> None:
        """Start it. Raises SandboxError when the first program cannot be started at all."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise SandboxError(f"cannot start {self._launch.argv[0]}: {self._failure}") from self._failure

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._thread.is_alive()

    def wait(self) -> Completed:
        """Wait for its end; at the time limit that is death."""
        self._thread.join()
        if self._exit_code is None or self._failure is not None:  # what nobody watched proves nothing
            raise SandboxError(f"{self._launch.argv[0]} was lost: {self._failure}") from self._failure
        return Completed(
            exit_code=self._exit_code,
            stdout=self._outputs[0].text(),
            stderr=self._outputs[1].text() + _BROKEN.get(self._ended_by, "").format(self._limits),
            seconds=self._seconds,
            ended_by=self._ended_by,
        )

    def stop(self) -> Completed:
        """Kill it and say what it printed."""
        if self._thread.is_alive():
            os.eventfd_write(self._stop, 1)
        return self.wait()

    def _live(self) -> None:
        began = time.monotonic()
        try:
            with self._spawn() as process:
                self._started.set()
                try:
                    self._drain(process, began + self._limits.seconds)
                finally:
                    _kill(process)
                    self._exit_code = process.wait()
            watch = self._launch.watch
            if watch is not None and watch.leaves_too_much():
                self._ended_by = EndedBy.DISK
        except Exception as error:
            self._failure = error
        finally:
            if self._launch.watch is not None:
                self._launch.watch.close()
            self._started.set()
            self._seconds = time.monotonic() - began

    def __del__(self) -> None:
        os.close(self._stop)

    def _spawn(self) -> subprocess.Popen[bytes]:
        launch = self._launch
        return subprocess.Popen(
            launch.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=launch.folder,
            env=launch.variables,
            pass_fds=launch.descriptors,
            start_new_session=True,
            user=launch.uid,
            group=launch.uid,
            extra_groups=None if launch.uid is None else [],
        )

    def _drain(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        ended = os.pidfd_open(process.pid)
        try:
            with selectors.DefaultSelector() as selector:
                for pipe, output in zip((process.stdout, process.stderr), self._outputs, strict=True):
                    selector.register(_given(pipe), selectors.EVENT_READ, output)
                selector.register(ended, selectors.EVENT_READ)
                selector.register(self._stop, selectors.EVENT_READ)
                self._read_until_end(selector, process, deadline)
        finally:
            os.close(ended)

    def _read_until_end(
        self, selector: selectors.BaseSelector, process: subprocess.Popen[bytes], deadline: float
    ) -> None:
        """Until both pipes are closed and the process has ended. Once it was killed, a stray holder of the pipes gets
        no more than a grace.
        """
        killed = False
        waiting = 3
        while waiting:
            now = time.monotonic()
            if now >= deadline:
                if killed:
                    return
                self._end(EndedBy.TIME)
            pause = deadline - now
            if self._launch.watch is not None and not killed:
                broken, pause = self._launch.watch.look(now)
                if broken:
                    self._end(broken)
            for key, _ in selector.select(max(min(pause, deadline - now), 0)):
                if isinstance(key.data, _Output) and (data := os.read(key.fd, _CHUNK_BYTES)):
                    key.data.add(data)
                    continue
                selector.unregister(key.fileobj)
                waiting -= key.fd != self._stop
                if key.data is None and not killed:  # it ended, or it shall: what it started ends with it
                    if key.fd == self._stop and self._ended_by is EndedBy.ITSELF:
                        self._ended_by = EndedBy.STOPPED
                    _kill(process)
                    killed = True
                    deadline = min(deadline, time.monotonic()) + _GRACE_SECONDS

    def _end(self, why: EndedBy) -> None:
        if self._ended_by is EndedBy.ITSELF:
            self._ended_by = why
            os.eventfd_write(self._stop, 1)


class Trees:
    """The trees of one sandbox, so that all can be ended together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trees: weakref.WeakSet[Tree] = weakref.WeakSet()
        self._closed = False

    def start(self, launch: Launch, limits: Limits) -> Tree:
        """A started tree. Raises SandboxError after `close`, or when it cannot be started."""
        tree = Tree(launch, limits)
        with self._lock:
            if self._closed:
                if launch.watch is not None:
                    launch.watch.close()
                raise SandboxError("the sandbox was closed")
            tree.start()
            self._trees.add(tree)
        return tree

    def close(self) -> None:
        """Kill all, and start no more."""
        with self._lock:
            self._closed = True
            trees = tuple(self._trees)
        for tree in trees:
            with contextlib.suppress(SandboxError):  # whoever waits for it is told
                tree.stop()


def _given(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise SandboxError("a pipe is missing")
    return pipe


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill its process group. It is not reaped yet, so the id cannot have been given to anyone else."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
