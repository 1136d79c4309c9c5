"""The one definition of precision, of yield, and of the gate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.discovery.document import DiscoveryDocument, Level, Requirement
from devmatrix.events import Precision

SHOULD_GATE_PERCENT = 95
SCENARIO_CHECK = "scenario"


@dataclass(frozen=True)
class Proof:
    """Whether one requirement is proven, and by which scenarios it is not."""

    requirement_id: str
    level: Level
    proven: bool
    failing: tuple[str, ...]
    """Scenarios that failed or did not run."""


@dataclass(frozen=True)
class Gate:
    """Whether a run may be called succeeded; `reasons` says why not."""

    open: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Yield:
    """Accepted atoms of all, at the first attempt and in the end."""

    atoms: int
    accepted_first: int
    accepted: int

    @property
    def first_share(self) -> float | None:
        """None where there is no atom: no evidence, not 100 %."""
        return self.accepted_first / self.atoms if self.atoms else None

    @property
    def final_share(self) -> float | None:
        """None where there is no atom."""
        return self.accepted / self.atoms if self.atoms else None


class LevelCount(Protocol):
    """What the gate needs to know of a level."""

    @property
    def level(self) -> EvidenceLevel:
        """Which level."""
        ...

    @property
    def ran(self) -> int:
        """Checks that ran."""
        ...

    @property
    def failed(self) -> int:
        """Checks with a finding."""
        ...


def prove(document: DiscoveryDocument, evidence: Iterable[Evidence]) -> tuple[Proof, ...]:
    """For each requirement: proven when it has scenarios, and each ran at level 4 and passed every time it ran."""
    verdicts: dict[str, bool] = {}
    for entry in evidence:
        if entry.level is EvidenceLevel.SYSTEM and entry.check == SCENARIO_CHECK:
            verdicts[entry.subject] = verdicts.get(entry.subject, True) and entry.passed
    return tuple(_proof(requirement, verdicts) for requirement in document.requirements)


def measure_precision(proofs: Iterable[Proof]) -> Precision:
    """Requirements proven, of all; MUST and SHOULD apart."""
    proofs = tuple(proofs)
    must = [proof.proven for proof in proofs if proof.level is Level.MUST]
    should = [proof.proven for proof in proofs if proof.level is Level.SHOULD]
    return Precision(must_passed=sum(must), must_total=len(must), should_passed=sum(should), should_total=len(should))


def measure_yield(outcomes: Iterable[Sequence[bool]]) -> Yield:
    """From the attempts at each atom, in order; an atom without an attempt counts, and is not accepted."""
    rows = [tuple(row) for row in outcomes]
    return Yield(len(rows), sum(bool(row) and row[0] for row in rows), sum(any(row) for row in rows))


def judge_gate(precision: Precision, levels: Iterable[LevelCount]) -> Gate:
    """Open when every MUST and at least 95 % of the SHOULDs are proven, and all four levels ran without a failure.

    No MUST at all is no evidence: closed. No SHOULD is nothing to fail.
    """
    reasons = []
    if not precision.must_total:
        reasons.append("there is no MUST requirement, so nothing is proven")
    elif precision.must_passed < precision.must_total:
        reasons.append(f"{precision.must_total - precision.must_passed} of {precision.must_total} MUST not proven")
    if precision.should_passed * 100 < precision.should_total * SHOULD_GATE_PERCENT:
        missing = precision.should_total - precision.should_passed
        reasons.append(f"{missing} of {precision.should_total} SHOULD not proven; {SHOULD_GATE_PERCENT} % are needed")
    counts = {count.level: count for count in levels}
    for level in EvidenceLevel:
        count = counts.get(level)
        if count is None or not count.ran:
            reasons.append(f"level {level.value} ({level.name.lower()}) did not run")
        elif count.failed:
            reasons.append(f"level {level.value} ({level.name.lower()}): {count.failed} of {count.ran} checks failed")
    return Gate(not reasons, tuple(reasons))


def _proof(requirement: Requirement, verdicts: dict[str, bool]) -> Proof:
    failing = tuple(scenario.id for scenario in requirement.scenarios if not verdicts.get(scenario.id, False))
    return Proof(requirement.id, requirement.level, bool(requirement.scenarios) and not failing, failing)
