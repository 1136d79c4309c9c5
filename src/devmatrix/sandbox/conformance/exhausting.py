"""Attacks that take more than their share, alone or as many processes together. Each stops a little above its limit, so
that what gets through does no harm, and holds what it has for a while: whoever counts has the time to see it.
"""

import os
from pathlib import Path

from devmatrix.sandbox.conformance.attack import CALM, Attack
from devmatrix.sandbox.conformance.bait import Bait
from devmatrix.sandbox.sandbox import Completed, EndedBy

_GRACE_SECONDS = 6.0
"""For a machine that has other things to do."""
_DEEP = 100
"""Far less than what Python's own rmtree cannot remove."""
_ALL = frozenset({EndedBy.ITSELF, EndedBy.MEMORY})
_MEMORY = frozenset({EndedBy.MEMORY})
_DISK = frozenset({EndedBy.DISK})
_TIME = frozenset({EndedBy.TIME})
_SHORT = CALM.model_copy(update={"seconds": 1.0})
_SMALL = CALM.model_copy(update={"memory_mb": 160})
_CRAMPED = CALM.model_copy(update={"project_mb": 16, "file_mb": 4, "project_files": 1000})


def _file_sizes(bait: Bait, project: Path, done: Completed) -> str:
    most = max(path.lstat().st_size for path in project.iterdir())
    return f"left a file of {most} bytes" if most > CALM.file_mb * 2**20 else ""


def _depth(bait: Bait, project: Path, done: Completed) -> str:
    depth = max(len(Path(folder).parts) for folder, _, _ in os.walk(project)) - len(project.parts)
    return f"left folders {depth} deep" if depth > _DEEP else ""


def _output(bait: Bait, project: Path, done: Completed) -> str:
    most = max(len(done.stdout), len(done.stderr))
    return f"{most} characters of output were kept" if most > 4 * CALM.output_bytes + 1000 else ""


def _too_late(bait: Bait, project: Path, done: Completed) -> str:
    return f"ended after {done.seconds:.1f} s only" if done.seconds > _SHORT.seconds + _GRACE_SECONDS else ""


EXHAUSTING = (
    Attack(
        "fork-bomb",
        "Start more processes than allowed.",
        """
made = 0
try:
    for made in range(200):
        apart(time.sleep, 30)
except OSError:
    pass
if made >= 64:
    through(f"{made} processes")
""",
        harmless=False,
    ),
    Attack(
        "threads",
        "Start more threads than allowed.",
        """
made = 0
threading.stack_size(65536)
try:
    for made in range(200):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
except RuntimeError:
    pass
if made >= 64:
    through(f"{made} threads")
""",
        harmless=False,
    ),
    Attack(
        "memory-one",
        "Take more memory than allowed in one process.",
        """
def take():
    kept = bytearray(600 * 2**20)
    hold("600 MB")
attempt("600 MB at once", take)
attempt("600 MB of shared memory", lambda: mmap.mmap(-1, 600 * 2**20))
""",
        harmless=False,
    ),
    Attack(
        "memory-many",
        "Take more memory than allowed in many processes, each with little.",
        """
def take():
    kept = bytearray(b"x") * (60 * 2**20)
    time.sleep(30)
for _ in range(6):
    apart(take)
hold("360 MB in six processes")
""",
        limits=_SMALL,
        ends=_MEMORY,
        harmless=False,
    ),
    Attack(
        "memory-headless",
        "Likewise, in processes whose first thread has ended, which hides what they have.",
        """
def take():
    threading.Thread(target=lambda: (globals().update(kept=bytearray(b"x") * (60 * 2**20)), time.sleep(30))).start()
    time.sleep(0.05)
    libc.syscall(93 if os.uname().machine == "aarch64" else 60, 0)
for _ in range(6):
    apart(take)
hold("360 MB in six processes")
""",
        limits=_SMALL,
        ends=_MEMORY,
        harmless=False,
    ),
    Attack(
        "memory-shared",
        "Take memory that forked processes share with each other.",
        """
def take():
    kept = mmap.mmap(-1, 60 * 2**20)
    for _ in range(60):
        kept.write(b"x" * 2**20)
    time.sleep(30)
for _ in range(6):
    apart(take)
hold("360 MB in six processes")
""",
        limits=_SMALL,
        ends=_MEMORY,
        harmless=False,
    ),
    Attack(
        "memory-files",
        "Fill the file systems that lie in memory.",
        """
try:
    for number in range(20):
        written(f"/tmp/{number}", 16 * 2**20)
        written(f"/dev/shm/{number}", 4 * 2**20)
except OSError:
    pass
hold("400 MB of files in memory")
""",
        limits=_SMALL,
        ends=_MEMORY,
        harmless=False,
    ),
    Attack(
        "memory-nowhere",
        "Take memory that belongs to no process and lies in no folder: memfd, System V segments and semaphores.",
        """
kept = []
def memfd():
    for _ in range(20):
        kept.append(os.memfd_create("x"))
        os.write(kept[-1], bytes(16 * 2**20))
    through("320 MB in memfds")

def segments():
    for _ in range(20):
        number = kernel("shmget", 0, 16 * 2**20, 0o1600)
        kept.append(number)
    through("320 MB in System V segments")

for call in (memfd, segments):
    try:
        call()
    except OSError:
        pass
for number in kept:
    libc.shmctl(number, 0, None)
closed("semget", 0, 32000, 0o1600)
closed("msgget", 0, 0o1600)
""",
        limits=_SMALL,
        ends=_ALL,
        harmless=False,
    ),
    Attack(
        "memory-sockets",
        "Take memory in the buffers of sockets that nobody reads.",
        """
def take():
    kept = []
    for _ in range(100):
        pair = socket.socketpair()
        kept.append(pair)
        for end in pair:
            end.setblocking(False)
            try:
                while True:
                    end.send(bytes(65536))
            except OSError:
                pass
    time.sleep(30)
for _ in range(6):
    apart(take)
hold("200 MB under way between 1,200 sockets")
""",
        limits=_SMALL,
        ends=_MEMORY,
        harmless=False,
    ),
    Attack(
        "disk-one",
        "Write one file larger than allowed.",
        """
attempt("40 MB in one file", written, "large", 40 * 2**20)
attempt("40 MB of hole", os.truncate, "large", 40 * 2**20)
attempt("40 MB reserved", lambda: os.posix_fallocate(os.open("reserved", os.O_CREAT | os.O_WRONLY), 0, 40 * 2**20))
""",
        look=_file_sizes,
        harmless=False,
    ),
    Attack(
        "disk-many",
        "Write many files that are larger than allowed together.",
        """
for number in range(20):
    written(f"file{number}", 4 * 2**20)
hold("80 MB in 20 files")
""",
        limits=_CRAMPED,
        ends=_DISK,
        harmless=False,
    ),
    Attack(
        "disk-deleted",
        "Write files that are deleted, but still open.",
        """
kept = []
for number in range(20):
    kept.append(open("file", "wb"))
    os.unlink("file")
    kept[-1].write(bytes(4 * 2**20))
    kept[-1].flush()
hold("80 MB in 20 files without a name")
""",
        limits=_CRAMPED,
        ends=_DISK,
        harmless=False,
    ),
    Attack(
        "disk-quick",
        "Write much, and end before anybody looks.",
        """
for number in range(5):
    written(f"file{number}", 4 * 2**20)
os._exit(0)
""",
        limits=_CRAMPED,
        ends=_DISK,
        harmless=False,
    ),
    Attack(
        "files-many",
        "Make more files than allowed, all of them empty.",
        """
for number in range(3000):
    open(f"file{number}", "w").close()
hold("3,000 files")
""",
        limits=_CRAMPED,
        ends=_DISK,
        harmless=False,
    ),
    Attack(
        "files-deep",
        "Make folders in folders without end: some programs cannot even remove them.",
        """
os.mkdir("deep")
os.chdir("deep")
for _ in range(400):
    os.mkdir("d")
    os.chdir("d")
os._exit(0)
""",
        limits=_CRAMPED.model_copy(update={"project_files": 100_000}),
        ends=_DISK,
        look=_depth,
        harmless=False,
    ),
    Attack(
        "open-files",
        "Open more files than allowed.",
        """
kept = []
try:
    for _ in range(400):
        kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
if len(kept) >= 256:
    through(f"{len(kept)} open files")
""",
    ),
    Attack(
        "cpu",
        "Keep all cores busy, deaf to every signal that can be ignored.",
        """
def turn():
    os.setsid()
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
for _ in range(3):
    apart(turn)
turn()
""",
        limits=_SHORT,
        ends=_TIME,
        look=_too_late,
        harmless=False,
    ),
    Attack(
        "standstill",
        "Stop all processes, oneself too, so that nothing ever ends.",
        """
apart(time.sleep, 30)
os.kill(0, signal.SIGSTOP)
time.sleep(30)
""",
        limits=_SHORT,
        ends=_TIME,
        look=_too_late,
        harmless=False,
    ),
    Attack(
        "output-flood",
        "Print without end.",
        """
def flood(end):
    while True:
        os.write(end, b"x" * 65536)
apart(flood, 2)
flood(1)
""",
        limits=_SHORT.model_copy(update={"output_bytes": 10_000}),
        ends=_TIME,
        look=_output,
        harmless=False,
    ),
    Attack(
        "output-lines",
        "Print a great many lines, and end.",
        """
block = b"\\x1b\\n" * 32768
for _ in range(200):
    os.write(1, block)
    os.write(2, block)
""",
        look=_output,
    ),
)
