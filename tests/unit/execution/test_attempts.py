import asyncio
from dataclasses import dataclass

from devmatrix.atoms import Atom, Evidence, EvidenceLevel, Finding
from devmatrix.authoring import AuthorKind, BlueprintAuthor, Candidate, Rejected
from devmatrix.execution import Attempts, attempt_atom
from tests.unit.graphs import atom

ATOM = atom("f")


@dataclass(frozen=True)
class Saying:
    accepted: bool
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class WantsOk:
    """Accepts code that says ok."""

    async def judge(self, candidate: Candidate) -> Saying:
        if "ok" in candidate.code:
            return Saying(True)
        return Saying(False, (Finding(level=EvidenceLevel.ATOM, rule="r", message=f"not ok: {candidate.code}"),))


class Scripted:
    """Writes what the script says, one after the other, and keeps what it was told."""

    kind = AuthorKind.RECORDED

    def __init__(self, *script: str) -> None:
        self.script = list(script)
        self.told: list[tuple[Rejected, ...]] = []

    async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
        self.told.append(rejected)
        return _candidate(self.script.pop(0)) if self.script else None


def _candidate(code: str) -> Candidate:
    return Candidate(atom_id=ATOM.id, code=code, author=AuthorKind.BLUEPRINT)


def _attempt(*authors: BlueprintAuthor | Scripted, limit: int = 4) -> Attempts:
    return asyncio.run(attempt_atom(ATOM, authors, WantsOk(), max_attempts=limit))


def test_the_first_good_candidate_ends_it() -> None:
    attempts = _attempt(BlueprintAuthor({ATOM.id: _candidate("ok")}), Scripted("ok too"))
    assert attempts.accepted is not None
    assert attempts.accepted.number == 1


def test_a_blueprint_that_fails_is_not_asked_the_same_again_but_the_next_author_is() -> None:
    second = Scripted("ok by another")
    attempts = _attempt(BlueprintAuthor({ATOM.id: _candidate("bad")}), second)
    assert [attempt.candidate.code for attempt in attempts.made] == ["bad", "ok by another"]
    assert second.told[0][0].findings[0].message == "not ok: bad"


def test_attempts_end_at_the_limit_and_without_anything_new() -> None:
    assert len(_attempt(Scripted("a", "b", "c", "d", "ok"), limit=4).made) == 4
    assert _attempt(Scripted(), limit=4).accepted is None


def test_the_same_code_again_is_an_attempt_that_no_judge_sees() -> None:
    attempts = _attempt(Scripted("a", "a", "ok"), limit=4)
    assert [attempt.accepted for attempt in attempts.made] == [False, False, True]
    assert [finding.rule for finding in attempts.made[1].findings] == ["attempt.repeated"]
    assert not attempts.made[1].evidence[0].passed


def test_an_answer_with_problems_is_not_judged() -> None:
    problem = Finding(level=EvidenceLevel.ATOM, rule="answer.refused", message="refused")

    class Refusing(Scripted):
        async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
            candidate = await super().write(atom, rejected)
            return candidate and candidate.model_copy(update={"problems": (problem,)})

    attempts = _attempt(Refusing("ok"))
    assert attempts.accepted is None
    assert attempts.made[0].findings == (problem,)
