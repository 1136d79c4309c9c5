"""What a folder holds that code of the sandbox writes to: measured, and read, without being led out of it."""

import os
import secrets
import shutil
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from devmatrix.errors import SandboxError

_DEEPEST = 64
"""Folders in folders: what is much deeper, many programs (Python's own rmtree among them) cannot even remove."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@dataclass
class Held:
    """What a folder on the file system `device` holds; not all of it where a limit was reached."""

    device: int
    size: int = 0
    files: int = 0
    deep: bool = False
    """Whether there are too many folders in folders."""
    closed: bool = False
    """Whether there is a folder that cannot be looked into."""
    linked: set[int] = field(default_factory=set)
    """Files with several names, counted once."""
    lifted: list[str] = field(default_factory=list)
    """Folders that were too deep, by their new names at the top."""


def measure(folder: int, size_limit: int, files_limit: int) -> Held:
    """Walk through the open folder, until a limit is reached. Links are not followed, not even those that take the
    place of a folder meanwhile.
    """
    held = Held(os.fstat(folder).st_dev)
    _walk_in(folder, ".", _Walk(held, size_limit, files_limit))
    return held


def measure_and_cut(folder: int) -> Held:
    """Likewise all of it, when nobody writes there any more. Folders that are too deep are removed."""
    held = Held(os.fstat(folder).st_dev)
    walk = _Walk(held, sys.maxsize, sys.maxsize, top=folder)
    _walk_in(folder, ".", walk)
    while held.lifted:
        name = held.lifted.pop()
        _walk_in(folder, name, walk)
        shutil.rmtree(name, ignore_errors=True, dir_fd=folder)
    return held


@dataclass(frozen=True)
class _Walk:
    held: Held
    size_limit: int
    files_limit: int
    top: int | None = None
    """Where folders that are too deep are lifted to."""


def _walk_in(folder: int, name: str, walk: _Walk, depth: int = _DEEPEST) -> None:
    descriptor = os.open(name, _FOLDER, dir_fd=folder)
    try:
        _walk(descriptor, walk, depth)
    finally:
        os.close(descriptor)


def _walk(folder: int, walk: _Walk, depth: int) -> None:
    held = walk.held
    with os.scandir(folder) as entries:
        for entry in entries:
            if held.size > walk.size_limit or held.files > walk.files_limit:
                return
            try:
                status = entry.stat(follow_symlinks=False)
                held.files += 1
                if not stat.S_ISDIR(status.st_mode):
                    if status.st_nlink == 1 or status.st_ino not in held.linked:
                        held.size += status.st_blocks * 512
                    if status.st_nlink > 1:
                        held.linked.add(status.st_ino)
                    continue
                held.size += status.st_blocks * 512
                if depth:
                    _walk_in(folder, entry.name, walk, depth - 1)
                    continue
                held.deep = True
                if walk.top is not None:
                    held.lifted.append(f".lifted-{secrets.token_hex(8)}")
                    os.rename(entry.name, held.lifted[-1], src_dir_fd=folder, dst_dir_fd=walk.top)
            except PermissionError:
                held.closed = True
            except OSError:
                continue  # it is gone, or something else by now


def read_left(folder: Path, path: str, *, most_bytes: int = 50_000_000) -> bytes:
    """The file `path` in a folder that code of the sandbox wrote to. Raises SandboxError when it is not an ordinary
    file of at most `most_bytes` in that very folder: a link, a pipe or a device may lead anywhere.
    """
    *folders, name = PurePosixPath(path).parts
    opened = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY)]
    try:
        for part in folders:
            opened.append(os.open(part, _FOLDER, dir_fd=opened[-1]))
        opened.append(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=opened[-1]))
        status = os.fstat(opened[-1])
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_size > most_bytes or ".." in folders:
            raise SandboxError(f"{path} is no ordinary file of at most {most_bytes} bytes")
        with open(opened[-1], "rb", closefd=False) as file:
            return file.read(most_bytes)
    except OSError as error:
        raise SandboxError(f"{path} cannot be read: {error.strerror}") from error
    finally:
        for descriptor in opened:
            os.close(descriptor)
