"""Up to so many attempts at one atom; each must change something, or it is not made."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from devmatrix.atoms.contract import Atom
from devmatrix.atoms.evidence import Evidence, Finding
from devmatrix.authoring.author import Author, Candidate


class Verdict(Protocol):
    """What a judge says of a candidate."""

    @property
    def accepted(self) -> bool:
        """Whether every check ran and passed."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with it."""
        ...

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The checks that ran."""
        ...


class Judge(Protocol):
    """Judges candidates at level 1."""

    async def judge(self, candidate: Candidate) -> Verdict:
        """The verdict; a check that could not run is a finding."""
        ...


@dataclass(frozen=True)
class Attempt:
    """One candidate and what was found."""

    number: int
    candidate: Candidate
    accepted: bool
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    at: datetime
    seconds: float
    """Writing and judging, waiting included."""


@dataclass(frozen=True)
class Attempts:
    """All attempts at one atom; the last one is the accepted one, if any is."""

    atom: Atom
    made: tuple[Attempt, ...]

    @property
    def accepted(self) -> Attempt | None:
        """The attempt that was accepted."""
        return self.made[-1] if self.made and self.made[-1].accepted else None

    @property
    def cost_usd(self) -> float:
        """What all of them cost."""
        return sum(attempt.candidate.cost_usd for attempt in self.made)


async def attempt_atom(atom: Atom, authors: Sequence[Author], judge: Judge, *, max_attempts: int) -> Attempts:
    """Ask the authors, cheapest first, until a candidate is accepted, the attempts are used up, or nobody has news."""
    made: list[Attempt] = []
    tried: set[tuple[str, tuple[str, ...]]] = set()
    findings: tuple[Finding, ...] = ()
    while len(made) < max_attempts:
        at, began = datetime.now(UTC), time.monotonic()
        candidate = await _next_candidate(atom, authors, findings, tried)
        if candidate is None:
            break
        tried.add((candidate.code, candidate.imports))
        verdict = await judge.judge(candidate)
        findings = verdict.findings
        seconds = time.monotonic() - began
        made.append(Attempt(len(made) + 1, candidate, verdict.accepted, findings, verdict.evidence, at, seconds))
        if verdict.accepted:
            break
    return Attempts(atom, tuple(made))


async def _next_candidate(
    atom: Atom, authors: Sequence[Author], findings: tuple[Finding, ...], tried: set[tuple[str, tuple[str, ...]]]
) -> Candidate | None:
    for author in authors:
        candidate = await author.write(atom, findings)
        if candidate is not None and (candidate.code, candidate.imports) not in tried:
            return candidate
    return None
