"""How long whole builds take, and whether they are proven: `make bench NAME=build`.

Everything is measured from outside: the command line as a process, a database of its own, one build at a time.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REQUESTS = Path(__file__).parent / "requests"
DOMAINS = ("library", "parking-permits", "recipe-box", "laboratory-samples", "help-desk")
EXAMPLE = "Create a REST API for user management"
DEVMATRIX = (sys.executable, "-m", "devmatrix")
EXAMPLE_RUNS = 3
HELP_RUNS = 7
BOUNDS = {"example_seconds": 15.0, "large_seconds": 180.0, "help_seconds": 0.3}


@dataclass(frozen=True)
class Build:
    """One build, as its last event and the clock saw it."""

    name: str
    seconds: float
    status: str
    tasks: int = 0
    atoms: int = 0
    must_passed: int = 0
    must_total: int = 0
    error: str = ""

    @property
    def proven(self) -> bool:
        return self.status == "succeeded" and 0 < self.must_total == self.must_passed


def build(name: str, request: str, folder: Path) -> Build:
    """Build `request` below `folder` by the command line."""
    environment = os.environ | {"DEVMATRIX_DATABASE_URL": f"sqlite:///{folder / 'runs.db'}"}
    command = [*DEVMATRIX, "build", request, "--out", str(folder / name), "--yes", "--json"]
    began = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    seconds = time.perf_counter() - began
    last = json.loads(lines[-1]) if (lines := ran.stdout.splitlines()) else {}
    if last.get("type") != "run_finished":
        return Build(name, seconds, f"exit {ran.returncode}", error=ran.stderr.strip())
    return Build(
        name,
        seconds,
        last["status"],
        last["tasks"],
        last["atoms"],
        last["precision"]["must_passed"],
        last["precision"]["must_total"],
        "; ".join(last["missing"][:3]),
    )


def help_seconds() -> float:
    """The median time of `devmatrix --help`, by the installed command."""
    command = [str(Path(sys.executable).with_name("devmatrix")), "--help"]
    times = []
    for _ in range(HELP_RUNS):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def show(done: Build) -> None:
    proven = f"{done.must_passed}/{done.must_total}"
    print(f"{done.name:24} {done.status:12} {done.tasks:6} {done.atoms:6} {proven:>9} {done.seconds:8.1f}", flush=True)
    if done.error:
        print(f"    {done.error[:400]}")


def main() -> int:
    helped = help_seconds()
    print(f"{'build':24} {'status':12} {'tasks':>6} {'atoms':>6} {'MUST':>9} {'seconds':>8}")
    with tempfile.TemporaryDirectory(prefix="devmatrix-bench-") as name:
        folder = Path(name)
        builds = []
        plans = [(f"example-{number}", EXAMPLE) for number in range(1, EXAMPLE_RUNS + 1)]
        plans += [(domain, f"@{REQUESTS / domain}.txt") for domain in (*DOMAINS, "large")]
        for title, request in plans:
            builds.append(build(title, request, folder))
            show(builds[-1])
    examples, domains, large = builds[:EXAMPLE_RUNS], builds[EXAMPLE_RUNS:-1], builds[-1]
    figures: dict[str, float | int] = {
        "example_seconds": round(statistics.median(example.seconds for example in examples), 2),
        "large_seconds": round(large.seconds, 2),
        "large_tasks": large.tasks,
        "large_atoms": large.atoms,
        "help_seconds": round(helped, 3),
        "domains": len(domains),
        "domains_proven": sum(domain.proven for domain in domains),
    }
    print()
    for figure, bound in BOUNDS.items():
        print(f"{figure:24} {figures[figure]:8} of at most {bound:g}: {figures[figure] / bound:.2f} of the bound")
    print(
        json.dumps(
            figures | {"example_proven": all(example.proven for example in examples), "large_proven": large.proven}
        )
    )
    return 0 if all(done.proven for done in builds) else 1


if __name__ == "__main__":
    sys.exit(main())
