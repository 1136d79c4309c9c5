"""One thing that hostile code tries."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devmatrix.sandbox.conformance.bait import Bait
from devmatrix.sandbox.sandbox import Completed, EndedBy, Limits

TRIED = "ALL WAS TRIED"
THROUGH = "GOT THROUGH: "
CALM = Limits(seconds=20, memory_mb=512, processes=64, open_files=256, file_mb=16, project_mb=64, output_bytes=400_000)

# Stands before each attack. Success of what must fail is told; so is that the end of the attack was reached, since what
# was not tried is not contained either. Nothing here trusts the code inside: it is ours, and what it says is compared
# with what is seen outside.
PRELUDE = """\
import ctypes, errno, json, mmap, os, signal, socket, subprocess, sys, threading, time
BAIT = json.loads(os.environ["DEVMATRIX_BAIT"])
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

def through(what):
    os.write(1, f"GOT THROUGH: {what}\\n".encode())

def attempt(what, call, *arguments):
    try:
        call(*arguments)
    except (OSError, MemoryError, ValueError, RuntimeError):
        return
    through(what)

def kernel(call, *arguments):
    ctypes.set_errno(0)
    got = libc.syscall(ctypes.c_long(BAIT["calls"][call]), *(
        ctypes.c_long(value) if isinstance(value, int) else value for value in arguments))
    if got == -1:
        raise OSError(ctypes.get_errno(), call)
    return got

def closed(call, *arguments):
    '''Not even its arguments are looked at.'''
    try:
        kernel(call, *arguments)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EPERM, errno.EACCES):
            return
    through(call)

def apart(call, *arguments):
    '''In a process of its own.'''
    pid = os.fork()
    if not pid:
        try:
            call(*arguments)
        finally:
            os._exit(0)
    return pid

def hold(what, seconds=6):
    '''With everything in hand: whoever counts has the time to see it.'''
    time.sleep(seconds)
    through(what)

def written(path, size):
    with open(path, "wb", buffering=0) as file:
        block = bytes(min(size, 2**20))
        while size > 0:
            size -= file.write(block[:size])
"""

Look = Callable[[Bait, Path, Completed], str]


@dataclass(frozen=True)
class Attack:
    """Code that is run inside, and what of it can be seen outside.

    Beside what `look` finds (empty: nothing), each attack is judged by what it could say (THROUGH), by the bait, by how
    it ended, and by the processes that it left.
    """

    id: str
    says: str
    """What it tries."""
    code: str
    limits: Limits = CALM
    ends: frozenset[EndedBy] = field(default=frozenset({EndedBy.ITSELF}))
    """How it may end. What ends by itself must have tried everything."""
    harmless: bool = True
    """Whether it does no harm where nothing confines it."""
    runs: int = 1
    look: Look | None = None

    @property
    def text(self) -> str:
        """The whole program."""
        return f"{PRELUDE}\n{self.code}\nos.write(1, b'{TRIED}\\n')\n"
