"""Up to so many attempts at one atom; each must change something, or it is not made."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from devmatrix.atoms.contract import Atom
from devmatrix.atoms.evidence import Evidence, EvidenceLevel, Finding
from devmatrix.authoring.author import Author, AuthorKind, Candidate, Rejected

REPEATED = "attempt.repeated"
"""Rule of the finding on code that was rejected before, word for word."""


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
    """All attempts at one atom. The last accepted one counts: what a repair replaced is accepted no more."""

    atom: Atom
    made: tuple[Attempt, ...]

    @property
    def accepted(self) -> Attempt | None:
        """The attempt that was accepted."""
        return next((attempt for attempt in reversed(self.made) if attempt.accepted), None)

    @property
    def written(self) -> Attempt | None:
        """The accepted attempt, unless it only stands in for what nobody could write."""
        accepted = self.accepted
        return None if accepted is None or accepted.candidate.author is AuthorKind.STAND_IN else accepted

    @property
    def cost_usd(self) -> float:
        """What all of them cost."""
        return sum(attempt.candidate.cost_usd for attempt in self.made)


async def attempt_atom(
    atom: Atom, authors: Sequence[Author], judge: Judge, *, max_attempts: int, stand_in: Author | None = None
) -> Attempts:
    """Ask the authors, cheapest first, until a candidate is accepted, the attempts are used up, or nobody has news.

    What is not written then gets what `stand_in` has for it: beyond the attempts, as it is none at the task.
    """
    made: list[Attempt] = []
    while len(made) < max_attempts and not _is_done(made) and await _attempt(atom, authors, judge, made):
        pass
    if stand_in is not None and not _is_done(made):
        await _attempt(atom, (stand_in,), judge, made)
    return Attempts(atom, tuple(made))


async def reattempt(
    attempts: Attempts, findings: tuple[Finding, ...], authors: Sequence[Author], judge: Judge, *, max_attempts: int
) -> Attempts:
    """Attempt an accepted atom anew, as `findings` of later checks stand against it.

    Where something new is accepted, it takes the place of what was; otherwise that stays, and the attempts are added.
    """
    accepted = attempts.accepted
    made = [
        replace(attempt, accepted=False, findings=findings) if attempt is accepted else attempt
        for attempt in attempts.made
    ]
    while len(made) < max_attempts and not _is_done(made) and await _attempt(attempts.atom, authors, judge, made):
        pass
    if not _is_done(made):
        return Attempts(attempts.atom, (*attempts.made, *made[len(attempts.made) :]))
    return Attempts(attempts.atom, tuple(made))


def _is_done(made: Sequence[Attempt]) -> bool:
    return bool(made) and made[-1].accepted


async def _attempt(atom: Atom, authors: Sequence[Author], judge: Judge, made: list[Attempt]) -> bool:
    """Make one more attempt; whether anybody had something to offer."""
    at, began = datetime.now(UTC), time.monotonic()
    rejected = tuple(Rejected(candidate=attempt.candidate, findings=attempt.findings) for attempt in made)
    candidate = await _next_candidate(atom, authors, rejected)
    if candidate is None:
        return False
    verdict = await _judge(candidate, rejected, judge)
    seconds = time.monotonic() - began
    made.append(Attempt(len(made) + 1, candidate, verdict.accepted, verdict.findings, verdict.evidence, at, seconds))
    return True


async def _next_candidate(atom: Atom, authors: Sequence[Author], rejected: tuple[Rejected, ...]) -> Candidate | None:
    for author in authors:
        candidate = await author.write(atom, rejected)
        if candidate is not None:
            return candidate
    return None


async def _judge(candidate: Candidate, rejected: tuple[Rejected, ...], judge: Judge) -> Verdict:
    if candidate.problems:
        return _Refused(candidate, candidate.problems)
    for number, item in enumerate(rejected, start=1):
        if (item.candidate.code, item.candidate.imports) == (candidate.code, candidate.imports):
            message = f"the same code as attempt {number}, which was rejected"
            return _Refused(candidate, (Finding(level=EvidenceLevel.ATOM, rule=REPEATED, message=message),))
    return await judge.judge(candidate)


@dataclass(frozen=True)
class _Refused:
    """A verdict that needs no judge: there is nothing to judge, or it was judged before."""

    candidate: Candidate
    findings: tuple[Finding, ...]
    accepted: bool = False

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (
            Evidence(
                level=EvidenceLevel.ATOM,
                check="answer",
                subject=self.candidate.atom_id,
                passed=False,
                content_hash=hashlib.sha256(self.candidate.code.encode(errors="surrogatepass")).hexdigest(),
                at=datetime.now(UTC),
                seconds=0.0,
                findings=self.findings,
                detail=self.findings[0].message,
            ),
        )
