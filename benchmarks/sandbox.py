"""Whether every attack is contained, again and again, and what a run in the sandbox costs: `make bench NAME=sandbox`.

Each round lets all attacks loose in a process of its own, once as whoever starts this, and where that is root also as
an ordinary user. A round ends when no process of an attack is left. Then the cost of one short run is measured.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import devmatrix
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.sandbox.reach import Reach

ROUNDS = 20
SHORT_RUNS = 50
RUN_BOUND_MS = 50.0
ENVIRONMENT = Path(sys.prefix)
SOURCES = Path(devmatrix.__file__).parents[1]


@dataclass(frozen=True)
class Round:
    """One passage of all attacks."""

    user: str
    attacks: int
    contained: int
    left_processes: int
    seconds: float


def play(user: str) -> Round:
    """All attacks once, in a fresh process. One that ends early has contained nothing."""
    argv: tuple[str, ...] = (sys.executable, "-m", "devmatrix.sandbox.conformance")
    uid = None
    reach = Reach()
    try:
        if user == "ordinary":  # wherever the virtual environment lies: the user may not look into another's folder
            python, sources = reach.path(ENVIRONMENT) / "bin" / "python", reach.path(SOURCES)
            argv, uid = reach.launch(("env", f"PYTHONPATH={sources}", str(python), *argv[1:]))
        groups: list[int] | None = None if uid is None else []
        ran = subprocess.run(argv, stdout=subprocess.PIPE, text=True, cwd="/", user=uid, group=uid, extra_groups=groups)
    finally:
        reach.close()
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    if not lines or "attacks" not in lines[-1]:
        return Round(user, 0, 0, 0, 0.0)
    for line in lines[:-1]:
        if line["through"]:
            print(f"  got through: {line['attack']}: {'; '.join(line['through'])}")
    left = sum(line["left_processes"] for line in lines[:-1])
    return Round(user, lines[-1]["attacks"], lines[-1]["contained"], left, lines[-1]["seconds"])


def short_runs() -> list[float]:
    """Milliseconds of each of some runs of a command that does nothing."""
    sandbox = Bubblewrap.find()
    taken = []
    with tempfile.TemporaryDirectory(prefix="devmatrix-") as root:
        project = Path(root) / "project"
        project.mkdir()
        for _ in range(SHORT_RUNS):
            began = time.perf_counter()
            done = sandbox.run(("true",), project=project, environment=ENVIRONMENT)
            taken.append((time.perf_counter() - began) * 1000)
            if done.exit_code:
                raise SystemExit(f"true failed in the sandbox: {done.stderr}")
    return taken


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, show, and end with a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds for each user (default {ROUNDS})")
    rounds = parser.parse_args(arguments).rounds
    users = ("root", "ordinary") if Reach().uid is not None else ("ordinary-self",)
    played = []
    for number in range(1, rounds + 1):
        for user in users:
            played.append(play(user))
            done = played[-1]
            print(
                f"round {number:2} {user:14} {done.contained} of {done.attacks} contained, {done.seconds:.1f} s",
                flush=True,
            )
    taken = sorted(short_runs())
    median = statistics.median(taken)
    print(f"a short run: median {median:.1f} ms, quickest {taken[0]:.1f} ms, {median / RUN_BOUND_MS:.2f} of the bound")
    complete = [done for done in played if done.attacks and done.contained == done.attacks]
    figures = {
        "attacks": max(done.attacks for done in played),
        "contained": min(done.contained for done in played),
        "rounds": len(played),
        "rounds_complete": len(complete),
        "users": len(users),
        "left_processes": sum(done.left_processes for done in played),
        "median_run_ms": round(median, 2),
    }
    print(json.dumps(figures))
    return 0 if len(complete) == len(played) and not figures["left_processes"] else 1


if __name__ == "__main__":
    sys.exit(main())
