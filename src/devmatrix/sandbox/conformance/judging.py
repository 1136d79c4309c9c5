"""Lets one attack loose in a sandbox, and says what can be seen of it outside."""

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devmatrix.errors import DevMatrixError
from devmatrix.sandbox.conformance.attack import THROUGH, TRIED, Attack
from devmatrix.sandbox.conformance.bait import Bait
from devmatrix.sandbox.sandbox import Completed, EndedBy, Sandbox

_GONE_SECONDS = 5.0
_SEARCHED_BYTES = 1_000_000
_TOLD = 8
"""Of what got through: more says no more."""


@dataclass(frozen=True)
class Verdict:
    """What came of one attack."""

    attack: Attack
    through: tuple[str, ...]
    """What got through, or why it proves nothing; empty: it was contained."""
    seconds: float
    left_processes: int = 0

    @property
    def contained(self) -> bool:
        """Whether it was tried and nothing came of it."""
        return not self.through


def judge(attack: Attack, sandbox: Sandbox, environment: Path) -> Verdict:
    """Run it in a folder of its own, with its own bait. What it leaves running is counted, and killed."""
    began = time.monotonic()
    with (
        Bait(environment) as bait,
        tempfile.TemporaryDirectory(prefix="devmatrix-", ignore_cleanup_errors=True) as root,
    ):
        project = Path(root) / "project"
        project.mkdir()
        (project / "attack.py").write_text(attack.text, encoding="utf-8")
        found: list[str] = []
        left = 0
        for _ in range(attack.runs):
            try:
                done = sandbox.run(
                    ("python", "-I", "-S", "attack.py", bait.mark),
                    project=project,
                    environment=environment,
                    variables={"DEVMATRIX_BAIT": bait.described()},
                    limits=attack.limits,
                )
            except DevMatrixError as error:
                found.append(f"did not run: {error.message}")
                break
            found += _ending(attack, done)
            found += [line.removeprefix(THROUGH) for line in done.stdout.splitlines() if line.startswith(THROUGH)]
            if bait.secret in done.stdout + done.stderr or any(_holds(project, bait.secret)):
                found.append("read a secret of the host")
            if attack.look is not None and (seen := attack.look(bait, project, done)):
                found.append(seen)
            left += _end_left(bait.mark)
        if left:
            found.append(f"left {left} processes running")
        found += bait.harm()
    return Verdict(attack, tuple(dict.fromkeys(found))[:_TOLD], time.monotonic() - began, left)


def _ending(attack: Attack, done: Completed) -> Iterator[str]:
    said = " ".join((done.stderr or done.stdout).split())[-200:]
    if done.ended_by not in attack.ends:
        yield f"was ended by {done.ended_by}, not by {' or '.join(sorted(attack.ends))}: {said}"
    elif done.ended_by is EndedBy.ITSELF and TRIED not in done.stdout.splitlines():
        yield f"did not try everything, and ended with {done.exit_code}: {said}"


def _holds(project: Path, secret: str) -> Iterator[bool]:
    for path in project.iterdir():
        if path.is_file() and not path.is_symlink() and path.stat().st_size < _SEARCHED_BYTES:
            yield secret.encode() in path.read_bytes()


def _end_left(mark: str) -> int:
    """Processes of the attack that are still there when the sandbox says that it has ended; none are there after."""
    deadline = time.monotonic() + _GONE_SECONDS
    while (left := _marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
    return len(left)


def _marked(mark: str) -> list[int]:
    wanted = mark.encode()
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                if wanted in (folder / name).read_bytes():
                    found.append(int(folder.name))
                    break
    return found
