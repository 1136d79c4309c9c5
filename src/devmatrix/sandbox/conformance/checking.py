"""Lets all attacks loose, side by side, and says how the sandbox did."""

import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from devmatrix.errors import DevMatrixError
from devmatrix.sandbox.conformance.attack import Attack
from devmatrix.sandbox.conformance.exhausting import EXHAUSTING
from devmatrix.sandbox.conformance.judging import Verdict, judge
from devmatrix.sandbox.conformance.lingering import LINGERING
from devmatrix.sandbox.conformance.powers import POWERS
from devmatrix.sandbox.conformance.reaching import REACHING
from devmatrix.sandbox.sandbox import Limits, Sandbox

ATTACKS = (*REACHING, *POWERS, *EXHAUSTING, *LINGERING)
_SIDE_BY_SIDE = 4
_NEEDED = """
import pathlib, socket, sqlite3, ssl, subprocess, sys, threading
sqlite3.connect("written.db").execute("create table written (number integer)")
pathlib.Path("/tmp/written").write_text(pathlib.Path("given").read_text())
listener = socket.create_server(("127.0.0.1", 0))
socket.create_connection((socket.getaddrinfo("localhost", 0)[0][4][0], listener.getsockname()[1]), timeout=5)
threading.Thread(target=print).start()
subprocess.run([sys.executable, "-c", "print('works')"], check=True)
"""


@dataclass(frozen=True)
class Conformance:
    """How a sandbox did."""

    verdicts: tuple[Verdict, ...]
    seconds: float

    @property
    def contained(self) -> int:
        """Attacks of which nothing came."""
        return sum(verdict.contained for verdict in self.verdicts)

    @property
    def got_through(self) -> tuple[Verdict, ...]:
        """The others."""
        return tuple(verdict for verdict in self.verdicts if not verdict.contained)


class Check(NamedTuple):
    """One line for a person."""

    name: str
    passed: bool
    detail: str


def conform(sandbox: Sandbox, environment: Path, attacks: Sequence[Attack] = ATTACKS) -> Conformance:
    """Let `attacks` loose in `sandbox`, with Python from the virtual environment `environment`.

    First those that do no harm where nothing confines them; only when all of these were contained, the others. Those
    that were not let loose count as not contained.
    """
    began = time.monotonic()
    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        for harmless in (True, False):
            wave = [attack for attack in attacks if attack.harmless is harmless]
            if all(verdict.contained for verdict in verdicts):
                verdicts += pool.map(lambda attack: judge(attack, sandbox, environment), wave)
            else:
                verdicts += [Verdict(attack, ("not tried, since others got through",), 0.0) for attack in wave]
    return Conformance(tuple(verdicts), time.monotonic() - began)


def check_sandbox(sandbox: Sandbox, environment: Path | None = None, attacks: Sequence[Attack] = ATTACKS) -> Check:
    """Whether what projects need works in `sandbox` (Python with ssl and sqlite3, loopback, writing, child processes),
    and whether every attack is contained. `environment`: default the one that this program runs in.

    Never raises for a sandbox that does not work: the detail says why.
    """
    environment = environment or Path(sys.prefix)
    if problem := _does_not_work(sandbox, environment):
        return Check("sandbox", False, problem)
    seen = conform(sandbox, environment, attacks)
    count = f"{seen.contained} of {len(seen.verdicts)} attacks contained, {seen.seconds:.1f} s"
    named = "; ".join(f"{verdict.attack.id}: {', '.join(verdict.through)}" for verdict in seen.got_through)
    return Check("sandbox", not named, f"{count}; got through: {named}" if named else count)


def _does_not_work(sandbox: Sandbox, environment: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="devmatrix-") as root:
        project = Path(root) / "project"
        project.mkdir()
        (project / "given").write_text("given", encoding="utf-8")
        try:
            argv = ("python", "-c", _NEEDED)
            done = sandbox.run(argv, project=project, environment=environment, limits=Limits(seconds=30))
        except DevMatrixError as error:
            return f"{error.message} {f'({error.mend})' if error.mend else ''}".strip()
        said = (done.stderr.strip().splitlines() or [f"exit code {done.exit_code}"])[-1]
        if done.exit_code or "works" not in done.stdout or not (project / "written.db").exists():
            return f"Python does not work in it: {said}"
    return ""
