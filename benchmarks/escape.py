"""How many defects get through all four levels: `make bench NAME=escape`.

Projects of unrelated domains are written by the blueprints; one defect at a time is put into one accepted atom, and the
whole is judged by what judges every build. A defect that no check finds has escaped. `--share 0.1` tries a tenth.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from devmatrix.atoms import AtomKind, Candidate, Evidence, EvidenceLevel, Written
from devmatrix.discovery import Source, discover
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.execution import write_project
from devmatrix.llm.testing.defects import SERVICE_DEFECTS, Stub
from devmatrix.planning import make_plan
from devmatrix.sandbox import Sandbox
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.settings import Settings
from devmatrix.stacks import Design
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.validation import AtomJudge, judge_project, suspects_of
from devmatrix.validation.blame import Blame
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.scenarios import compile_scenarios, play
from devmatrix.validation.system import check_boot, check_scenarios, observe

REQUESTS = Path(__file__).parent / "requests"
DOMAINS = ("example", "festival", "help-desk", "laboratory-samples", "library", "parking-permits", "recipe-box")
PER_DOMAIN = 150
OPERATORS = (*SERVICE_DEFECTS, Stub())
JUDGED = frozenset({AtomKind.FUNCTION, AtomKind.CLASS})
BOUNDS = {"escape_rate": 0.02, "false_alarms": 0}
AT_LEAST = {"blame_top1": 0.80, "blame_top3": 0.95}


@dataclass(frozen=True)
class Injected:
    """One defect in one atom."""

    domain: str
    operator: str
    candidate: Candidate


@dataclass(frozen=True)
class Found:
    """What became of it. `level` 0: nothing found it."""

    injected: Injected
    level: int
    checks: tuple[str, ...]
    suspects: tuple[str, ...] = ()
    seconds: float = 0.0
    evidence: tuple[Evidence, ...] = ()

    @property
    def place(self) -> int:
        """Where the guilty atom stands among the suspects, from 1; 0: not among them."""
        guilty = self.injected.candidate.atom_id
        return self.suspects.index(guilty) + 1 if guilty in self.suspects else 0


@dataclass(frozen=True)
class Domain:
    """One project before it is written."""

    name: str
    document: DiscoveryDocument
    design: Design
    stack: FastAPIStack
    scenarios: Mapping[str, str]

    @property
    def written(self) -> dict[str, Written]:
        return {key: Written(each.code, each.imports) for key, each in self.design.blueprints.items()}


@cache
def domain_of(name: str) -> Domain:
    """Read and designed once in each process."""
    stack = FastAPIStack(Settings.read().home)
    request = (REQUESTS / f"{name}.txt").read_text(encoding="utf-8")
    document = discover([Source(request)])
    design = stack.design(document, make_plan(document, stack.outline(document), stack=stack.name, history=None))
    return Domain(name, document, design, stack, compile_scenarios(document))


def injections(domain: Domain, count: int, seed: int) -> Iterator[Injected]:
    """So many different defects, each operator as often as any other as far as it applies."""
    rng = Random(f"{domain.name} {seed}")
    kinds = {atom.id: atom.contract.kind for atom in domain.design.atoms}
    places: dict[str, list[Candidate]] = {}
    for operator in OPERATORS:
        fitting = [
            each
            for key, each in domain.design.blueprints.items()
            if kinds[key] in JUDGED and operator.applies(each.code)
        ]
        rng.shuffle(fitting)
        places[operator.name] = fitting
    seen: set[tuple[str, str]] = set()
    by_name = {operator.name: operator for operator in OPERATORS}
    while places and len(seen) < count:
        for name in list(places):
            if not places[name]:
                del places[name]
                continue
            right = places[name].pop()
            code = by_name[name].inject(right.code, rng)
            if (right.atom_id, code) not in seen and len(seen) < count:
                seen.add((right.atom_id, code))
                yield Injected(domain.name, name, right.model_copy(update={"code": code}))


async def judge_atoms(domain: Domain, defects: list[Injected], sandbox: Sandbox) -> list[Found]:
    """Level 1 of all; those that it does not find come back with level 0."""
    with tempfile.TemporaryDirectory(prefix="devmatrix-bench-") as folder:
        design = domain.design
        judge = AtomJudge(
            design.modules, design.atoms, domain.stack.environment(), Path(folder), sandbox, domain.written
        )
        with closing(judge):
            verdicts = await asyncio.gather(*(judge.judge(each.candidate) for each in defects))
    return [
        Found(each, 0 if verdict.accepted else 1, tuple(sorted({f.rule for f in verdict.findings})))
        for each, verdict in zip(defects, verdicts, strict=True)
    ]


async def judge_whole(domain: Domain, written: Mapping[str, Written]) -> list[Evidence]:
    """Levels 2 to 4 of the project that `written` makes: all that was executed."""
    root = Path(tempfile.mkdtemp(prefix="devmatrix-bench-"))
    sandbox = Bubblewrap.find()
    try:
        folder = root / "project"
        write_project(folder, domain.design.modules, written, domain.scenarios)
        return [
            entry
            async for level in judge_project(folder, domain.design, domain.document, domain.stack, sandbox)
            for entry in level.evidence
        ]
    finally:
        sandbox.close()
        shutil.rmtree(root, ignore_errors=True)


def judge_running(domain: Domain, written: Mapping[str, Written]) -> list[Evidence]:
    """Of level 4, the boot and the scenarios: what finds most, in a fraction of the time."""
    with tempfile.TemporaryDirectory(prefix="devmatrix-bench-") as root:
        folder = Path(root) / "project"
        write_project(folder, domain.design.modules, written, domain.scenarios)
        ledger = Ledger(EvidenceLevel.SYSTEM, folder, Blame(folder, domain.design.atoms, domain.document))
        boot, environment = domain.stack.boot(domain.document), domain.stack.environment()
        seen = observe(boot, Bubblewrap.find(), folder, environment, domain.document, play)
        check_boot(ledger, seen)
        check_scenarios(ledger, seen, domain.document)
        return ledger.evidence


def judge_one(injected: Injected) -> Found:
    """Levels 2 to 4 of one defect; in a process of its own. What the scenarios find needs nothing else to find it."""
    began = time.monotonic()
    domain = domain_of(injected.domain)
    candidate = injected.candidate
    written = domain.written | {candidate.atom_id: Written(candidate.code, candidate.imports)}
    evidence = judge_running(domain, written)
    if all(entry.passed for entry in evidence):
        evidence = asyncio.run(judge_whole(domain, written))
    failing = [entry for entry in evidence if not entry.passed]
    checks = tuple(sorted({f"{entry.check} {entry.subject}" for entry in failing}))
    level = min((int(entry.level) for entry in failing), default=0)
    code = {key: each.code for key, each in written.items()}
    suspects = tuple(each.atom_id for each in suspects_of(evidence, domain.design.atoms, domain.document, code))
    return Found(injected, level, checks, suspects, time.monotonic() - began, tuple(evidence))


def false_alarms(name: str) -> int:
    """Failing checks of the untouched project."""
    domain = domain_of(name)
    return sum(not entry.passed for entry in asyncio.run(judge_whole(domain, domain.written)))


@dataclass
class Tally:
    """All that was found."""

    found: list[Found] = field(default_factory=list)

    def show(self) -> None:
        by_operator: dict[str, list[Found]] = defaultdict(list)
        for each in self.found:
            by_operator[each.injected.operator].append(each)
        print(f"\n{'operator':22} {'injected':>8} {'L1':>5} {'L2':>5} {'L3':>5} {'L4':>5} {'escaped':>8} {'first':>6}")
        for name, entries in sorted(by_operator.items()):
            levels = Counter(each.level for each in entries)
            later = [each for each in entries if each.level > 1]
            first = f"{sum(each.place == 1 for each in later) / len(later):.2f}" if later else "-"
            shown = " ".join(f"{levels[level]:5}" for level in (1, 2, 3, 4))
            print(f"{name:22} {len(entries):8} {shown} {levels[0]:8} {first:>6}")

    def figures(self, alarms: int) -> dict[str, float]:
        escaped = sum(each.level == 0 for each in self.found)
        later = [each for each in self.found if each.level > 1]
        return {
            "injected": len(self.found),
            "escaped": escaped,
            "escape_rate": round(escaped / len(self.found), 4),
            "operators": len({each.injected.operator for each in self.found}),
            "domains": len({each.injected.domain for each in self.found}),
            "false_alarms": alarms,
            "blame_top1": round(sum(each.place == 1 for each in later) / len(later), 4) if later else 0.0,
            "blame_top3": round(sum(0 < each.place <= 3 for each in later) / len(later), 4) if later else 0.0,
        }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=1.0, help="of the defects")
    parser.add_argument("--domain", action="append", choices=DOMAINS, help="only these")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="a file for all that was found, as JSON lines")
    asked = parser.parse_args()
    names = tuple(asked.domain or DOMAINS)
    tally = Tally()
    with ProcessPoolExecutor(asked.workers) as pool:
        alarms = sum(pool.map(false_alarms, names))
        print(f"{alarms} false alarms on {len(names)} untouched projects", flush=True)
        for name in names:
            defects = list(injections(domain_of(name), max(1, round(PER_DOMAIN * asked.share)), seed=1))
            judged = asyncio.run(judge_atoms(domain_of(name), defects, Bubblewrap.find()))
            later = list(pool.map(judge_one, [each.injected for each in judged if not each.level]))
            tally.found += [each for each in judged if each.level] + later
            escaped = [each for each in later if not each.level]
            print(f"{name}: {len(defects)} defects, {len(later)} past level 1, {len(escaped)} escaped", flush=True)
            for each in escaped:
                print(
                    f"--- {each.injected.operator} in {each.injected.candidate.atom_id}\n{each.injected.candidate.code}"
                )
            if asked.keep:
                with asked.keep.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(shown(each)) + "\n" for each in (*judged, *later))
    tally.show()
    figures = tally.figures(alarms)
    print(json.dumps(figures))
    kept = all(figures[key] <= bound for key, bound in BOUNDS.items())
    return 0 if kept and all(figures[key] >= bound for key, bound in AT_LEAST.items()) else 1


def shown(found: Found) -> dict[str, object]:
    """All that was seen, for whoever wants to know why."""
    injected = found.injected
    return {
        "domain": injected.domain,
        "operator": injected.operator,
        "atom": injected.candidate.atom_id,
        "code": injected.candidate.code,
        "level": found.level,
        "place": found.place,
        "checks": found.checks,
        "suspects": found.suspects[:10],
        "seconds": round(found.seconds, 2),
        "evidence": [entry.model_dump(mode="json") for entry in found.evidence],
    }


if __name__ == "__main__":
    sys.exit(main())
