"""What a whole process tree takes, seen from outside: cheaply, and before it is too much."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from devmatrix.sandbox.holding import Held, measure, measure_and_cut
from devmatrix.sandbox.sandbox import EndedBy, Limits

# No machine of today fills memory (each core) or a folder (altogether) faster: what is far from its limit need not be
# looked at soon, and a command that ends soon not at all.
_MEMORY_BYTES_PER_SECOND = 3 * 2**30
_DISK_BYTES_PER_SECOND = 3 * 2**30
_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.02, 0.5
_WALK_SECONDS = 2.0
_COST_FACTOR = 20
"""A look costs at most one part in so many of a core."""

_SOCKET_BYTES = 256 * 2**10
"""What the buffers of a socket may hold: net.core.wmem_max, and what the kernel adds."""
_TMPFS_FILE_BYTES = 2**10
_MEMORY_FOLDERS = ("tmp", "dev/shm")


class Memory:
    """The memory of all processes of a sandbox. `first` gives the id, in this process's own namespace, of its first
    one, once that is known; the sandbox's own /proc lists all others, wherever they went.
    """

    def __init__(self, first: Callable[[], int | None]) -> None:
        self._first = first
        self._proc: int | None = None
        self._folders: list[int] = []

    def exceeds(self, limit: int) -> tuple[bool, int]:
        """Whether it is more than `limit` bytes, and an upper bound of what it is."""
        if not self._open():
            return False, limit  # not set up yet, or gone: look again soon
        beside = self._beside()
        processes = [name for name in _listed(self._proc) if name.isdigit()]
        most = beside + sum(map(self._at_most, processes))
        if most <= limit:
            return False, most
        # Forked processes share much of what is resident in each: now it is worth the price to count it once.
        shared = beside + sum(map(self._share, processes))
        return shared > limit, shared

    def deleted_bytes(self, device: int) -> int:
        """What files on `device` hold that were deleted, but are still open."""
        if not self._open():
            return 0
        seen: dict[int, int] = {}
        for process in _listed(self._proc):
            for name in _listed_below(self._proc, f"{process}/fd") if process.isdigit() else ():
                try:
                    status = os.stat(f"{process}/fd/{name}", dir_fd=self._proc)
                except OSError:
                    continue
                if status.st_dev == device and not status.st_nlink:
                    seen[status.st_ino] = status.st_blocks * 512
        return sum(seen.values())

    def close(self) -> None:
        """Let go of the sandbox's folders."""
        for descriptor in (*self._folders, *([] if self._proc is None else [self._proc])):
            os.close(descriptor)
        self._folders, self._proc = [], None

    def _open(self) -> bool:
        if self._proc is not None:
            return True
        first = self._first()
        if first is None:
            return False
        try:
            root = os.open(f"/proc/{first}/root", os.O_PATH | os.O_DIRECTORY)
        except OSError:
            return False
        try:
            proc = os.open("proc", os.O_RDONLY | os.O_DIRECTORY, dir_fd=root)
            if os.fstat(proc).st_dev == Path("/proc").stat().st_dev:  # the host's: the sandbox is not set up yet
                os.close(proc)
                return False
            self._proc = proc
            self._folders = [os.open(name, os.O_PATH | os.O_DIRECTORY, dir_fd=root) for name in _MEMORY_FOLDERS]
        except OSError:
            self.close()
            return False
        finally:
            os.close(root)
        return True

    def _beside(self) -> int:
        """Memory that belongs to no process: memory file systems, and what is under way between sockets."""
        total = 0
        for descriptor in self._folders:
            held = os.fstatvfs(descriptor)
            total += (held.f_blocks - held.f_bfree) * held.f_frsize + (held.f_files - held.f_ffree) * _TMPFS_FILE_BYTES
        sockets = _read(self._proc, "1/net/sockstat").partition("sockets: used ")[2].split(maxsplit=1)
        return total + (int(sockets[0]) * _SOCKET_BYTES if sockets else 0)

    def _at_most(self, process: str) -> int:
        return _kilobytes(self._read_process(process, "status"), ("RssAnon:", "RssShmem:", "VmSwap:"))

    def _share(self, process: str) -> int:
        return _kilobytes(self._read_process(process, "smaps_rollup"), ("Pss_Anon:", "Pss_Shmem:", "SwapPss:"))

    def _read_process(self, process: str, name: str) -> str:
        text = _read(self._proc, f"{process}/{name}")
        if "Rss" in text:
            return text
        # Its first thread has ended, which hides the memory that the others still have.
        texts = (
            _read(self._proc, f"{process}/task/{task}/{name}") for task in _listed_below(self._proc, f"{process}/task")
        )
        return next((text for text in texts if "Rss" in text), "")


class Watch:
    """Tells when a tree breaks a limit of memory or of the project folder; made before the tree is started."""

    def __init__(self, project: Path, limits: Limits, memory: Memory | None = None) -> None:
        self._memory = memory
        self._memory_limit = limits.memory_mb * 2**20
        self._limit = limits.project_mb * 2**20
        self._files_limit = limits.project_files
        self._project = os.open(project, os.O_RDONLY | os.O_DIRECTORY)
        self._held = Held(os.fstat(self._project).st_dev)
        self._free = self._free_at_first = os.fstatvfs(self._project)
        # The first time nothing can have happened yet.
        now = time.monotonic()
        self._next_memory = now + _pause(self._memory_limit, _MEMORY_BYTES_PER_SECOND * (os.cpu_count() or 1))
        self._next_disk = now + _pause(self._limit, _DISK_BYTES_PER_SECOND)
        self._next_walk = now + _WALK_SECONDS

    def look(self, now: float) -> tuple[EndedBy | None, float]:
        """The limit that is broken, if one is, and the seconds until there must be another look."""
        broken = None
        if self._memory is not None and now >= self._next_memory and self._takes_too_much(self._memory, now):
            broken = EndedBy.MEMORY
        if broken is None and now >= self._next_disk and self._holds_too_much(now):
            broken = EndedBy.DISK
        due = self._next_disk if self._memory is None else min(self._next_memory, self._next_disk)
        return broken, max(due - time.monotonic(), 0)

    def leaves_too_much(self) -> bool:
        """Whether the project folder, now that all processes have ended, holds more than it may. What is too deep for
        common programs to remove is removed.
        """
        held = measure_and_cut(self._project)
        return held.deep or held.size > self._limit or held.files > self._files_limit

    def close(self) -> None:
        """Let go of all folders."""
        os.close(self._project)
        if self._memory is not None:
            self._memory.close()

    def _takes_too_much(self, memory: Memory, now: float) -> bool:
        exceeds, taken = memory.exceeds(self._memory_limit)
        pause = _pause(self._memory_limit - taken, _MEMORY_BYTES_PER_SECOND * (os.cpu_count() or 1))
        done = time.monotonic()
        self._next_memory = done + max(pause, (done - now) * _COST_FACTOR)
        return exceeds

    def _holds_too_much(self, now: float) -> bool:
        fell, files = self._fell(self._free)
        room = self._limit - self._held.size
        if now < self._next_walk and fell < room / 2 and files < (self._files_limit - self._held.files) / 2:
            self._next_disk = now + _pause(room - fell, _DISK_BYTES_PER_SECOND)
            return False
        self._free = os.fstatvfs(self._project)
        held = self._held = measure(self._project, self._limit, self._files_limit)
        size = held.size
        vanished = self._fell(self._free_at_first)[0] > self._limit
        if vanished and self._memory is not None:  # others may have written there; or it was, and is hidden
            size += self._memory.deleted_bytes(held.device)
        done = time.monotonic()
        self._next_walk = done + max(_WALK_SECONDS, (done - now) * _COST_FACTOR)
        self._next_disk = done + max(_pause(self._limit - size, _DISK_BYTES_PER_SECOND), (done - now) * _COST_FACTOR)
        return size > self._limit or held.files > self._files_limit or held.deep or (vanished and held.closed)

    def _fell(self, since: os.statvfs_result) -> tuple[int, int]:
        """Bytes and files that the file system has less room for; others use it, too."""
        free = os.fstatvfs(self._project)
        return (since.f_bfree - free.f_bfree) * free.f_frsize, since.f_ffree - free.f_ffree


def _pause(room: float, per_second: float) -> float:
    return min(max(room / per_second, _SHORTEST_SECONDS), _LONGEST_SECONDS)


def _read(folder: int | None, path: str) -> str:
    """A file of /proc; empty where its process is gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY, dir_fd=folder)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 65_536).decode(errors="replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def _listed(folder: int | None) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - an open folder has no path
    except OSError:
        return []


def _listed_below(folder: int | None, path: str) -> list[str]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
    except OSError:
        return []
    try:
        return _listed(descriptor)
    finally:
        os.close(descriptor)


def _kilobytes(text: str, names: tuple[str, ...]) -> int:
    """The sum of these lines, in bytes."""
    total = 0
    for line in text.splitlines():
        if line.startswith(names):
            total += int(line.split()[1]) * 1024
    return total
