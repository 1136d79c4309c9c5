"""Attacks that stay when their command has ended."""

from pathlib import Path

from devmatrix.sandbox.conformance.attack import CALM, Attack
from devmatrix.sandbox.conformance.bait import Bait
from devmatrix.sandbox.sandbox import Completed, EndedBy

_LATE_SECONDS = 10.0


def _waited(bait: Bait, project: Path, done: Completed) -> str:
    return f"held its caller for {done.seconds:.0f} s" if done.seconds > _LATE_SECONDS else ""


LINGERING = (
    Attack(
        "orphans",
        "Leave processes behind: forked twice, in sessions of their own, deaf, and without an open file.",
        """
def leave():
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    os.closerange(0, 256)
    if not os.fork():
        os.setsid()
        time.sleep(60)
for _ in range(3):
    os.waitpid(apart(leave), 0)
""",
    ),
    Attack(
        "orphan-programs",
        "Likewise with other programs, while the parent is killed.",
        """
for _ in range(3):
    subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
""",
    ),
    Attack(
        "pipe-holders",
        "Leave a process that holds the output open, so that its caller waits for it.",
        """
def keep():
    os.setsid()
    time.sleep(60)
apart(keep)
""",
        limits=CALM.model_copy(update={"seconds": 40}),
        look=_waited,
    ),
    Attack(
        "time-over",
        "Go on in nested sessions when the time is over.",
        """
def nest(depth):
    if depth:
        apart(nest, depth - 1)
    os.setsid()
    time.sleep(60)
apart(nest, 5)
time.sleep(60)
""",
        limits=CALM.model_copy(update={"seconds": 1.0}),
        ends=frozenset({EndedBy.TIME}),
        look=_waited,
    ),
)
