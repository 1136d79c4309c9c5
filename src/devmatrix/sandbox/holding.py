"""What a folder holds that code of the sandbox writes to: measured, and read, without being led out of it."""

import os
import stat
import subprocess
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


def measure(folder: int, size_limit: int, files_limit: int, *, cut: bool = False) -> Held:
    """Walk through the open folder; links are not followed, not even those that take the place of a folder meanwhile.
    `cut` removes what is too deep.
    """
    held = Held(device=os.fstat(folder).st_dev)
    again = os.open(".", _FOLDER, dir_fd=folder)
    try:
        _walk(again, held, size_limit, files_limit, _DEEPEST, cut=cut)
    finally:
        os.close(again)
    return held


def _walk(folder: int, held: Held, size_limit: int, files_limit: int, depth: int, *, cut: bool) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if held.size > size_limit or held.files > files_limit:
                return
            try:
                status = entry.stat(follow_symlinks=False)
                held.files += 1
                is_folder = stat.S_ISDIR(status.st_mode)
                if is_folder or status.st_nlink == 1 or status.st_ino not in held.linked:
                    held.size += status.st_blocks * 512
                if status.st_nlink > 1 and not is_folder:
                    held.linked.add(status.st_ino)
                below = os.open(entry.name, _FOLDER, dir_fd=folder) if is_folder else None
            except PermissionError:
                held.closed = True
                continue
            except OSError:
                continue  # it is gone, or something else by now
            if below is None:
                continue
            try:
                if depth:
                    _walk(below, held, size_limit, files_limit, depth - 1, cut=cut)
                else:
                    held.deep = True
            finally:
                os.close(below)
            if cut and not depth:
                subprocess.run(["/bin/rm", "-rf", "--", f"./{entry.name}"], cwd=f"/proc/self/fd/{folder}", check=False)


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
