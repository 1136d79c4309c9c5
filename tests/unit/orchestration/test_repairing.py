"""A repair is kept only if nothing that passed before fails now, and something that failed passes."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from devmatrix.atoms import Atom, AuthorKind, Candidate, Evidence, EvidenceLevel, Finding, Written
from devmatrix.authoring import Rejected
from devmatrix.execution import Attempt, Attempts
from devmatrix.orchestration.proving import Proven
from devmatrix.orchestration.repairing import Repairer, written_of
from devmatrix.orchestration.writers import Writers
from devmatrix.validation import LevelResult, Suspect
from tests.unit.graphs import atom

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ONE, TWO = atom("one"), atom("two")


class Yes:
    """Accepts everything."""

    accepted = True
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    async def judge(self, candidate: Candidate) -> "Yes":
        return self


class Script:
    """Writes `name 2`, `name 3`, ..., and keeps what it was told."""

    kind = AuthorKind.MODEL

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[Rejected, ...]]] = []

    async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
        self.told.append((atom.contract.name, rejected))
        return _candidate(atom, len(rejected) + 1)


def _candidate(atom: Atom, number: int) -> Candidate:
    return Candidate(atom_id=atom.id, code=f"{atom.contract.name} {number}", author=AuthorKind.MODEL)


def _attempts(atom: Atom) -> Attempts:
    return Attempts(atom, (Attempt(1, _candidate(atom, 1), True, (), (), NOW, 0.0),))


def _checked(subject: str, *blamed: Atom, passed: bool) -> Evidence:
    finding = Finding(
        level=EvidenceLevel.SYSTEM,
        rule="scenario",
        message=f"{subject} fails",
        atom_ids=tuple(one.id for one in blamed),
    )
    return Evidence(
        level=EvidenceLevel.SYSTEM,
        check="scenario",
        subject=subject,
        passed=passed,
        content_hash="h",
        at=NOW,
        seconds=0.0,
        findings=() if passed else (finding,),
    )


def _rank(proven: Proven, written: Mapping[str, Written]) -> list[Suspect]:
    """Whoever is named most often, and first."""
    scores: Counter[str] = Counter()
    for entry in proven.failing:
        for place, atom_id in enumerate(entry.findings[0].atom_ids):
            scores[atom_id] += 10 - place
    return [Suspect(atom_id, float(score)) for atom_id, score in scores.most_common()]


class Project:
    """Passes what its `rules` say of the code: subject -> the code that it needs, and whom it blames."""

    def __init__(self, rules: Mapping[str, tuple[Sequence[str], Sequence[Atom]]]) -> None:
        self.rules = rules
        self.states = 0

    async def prove(self, written: Mapping[str, Written]) -> Proven:
        self.states += 1
        codes = {code.code for code in written.values()}
        evidence = tuple(
            _checked(subject, *blamed, passed=bool(codes & set(wanted)))
            for subject, (wanted, blamed) in self.rules.items()
        )
        return Proven({}, (LevelResult(EvidenceLevel.SYSTEM, evidence, 0.0),))


def _repair(
    project: Project, *, may_change: Sequence[Atom] = (ONE, TWO), most: int = 4
) -> tuple[Proven, dict[str, Attempts], Script]:
    script = Script()
    attempts = {ONE.id: _attempts(ONE), TWO.id: _attempts(TWO)}
    writers = Writers([script], script, Yes(), most)

    async def run() -> Proven:
        proven = await project.prove(written_of(attempts))
        repairer = Repairer(attempts, writers, [one.id for one in may_change], project.prove, _rank, lambda *_: None)
        return await repairer.repair(proven)

    return asyncio.run(run()), attempts, script


def test_the_atom_to_blame_is_asked_anew_with_the_failing_evidence() -> None:
    proven, attempts, script = _repair(Project({"a": (["one 2"], [ONE, TWO]), "b": (["two 1"], [TWO])}))
    assert proven.failing == ()
    ((name, rejected),) = script.told
    assert name == "one"
    assert [finding.message for finding in rejected[-1].findings] == ["a fails"]
    accepted = attempts[ONE.id].accepted
    assert accepted is not None
    assert accepted.candidate.code == "one 2"
    assert [attempt.accepted for attempt in attempts[ONE.id].made] == [False, True]


def test_a_repair_that_breaks_something_else_is_put_back() -> None:
    project = Project({"a": (["one 2", "one 3", "one 4"], [ONE]), "b": (["one 1"], [ONE])})
    proven, attempts, _ = _repair(project)
    assert [entry.subject for entry in proven.failing] == ["a"]
    accepted = attempts[ONE.id].accepted
    assert accepted is not None
    assert accepted.candidate.code == "one 1"
    assert [attempt.accepted for attempt in attempts[ONE.id].made] == [True, False, False, False]
    assert attempts[ONE.id].made[1].findings[-1].rule == "repair.kept"


def test_it_goes_on_until_all_is_well_or_the_attempts_are_used_up() -> None:
    proven, attempts, _ = _repair(Project({"a": (["one 4"], [ONE])}))
    assert proven.failing == ()
    assert len(attempts[ONE.id].made) == 4
    proven, attempts, _ = _repair(Project({"a": (["one 9"], [ONE])}))
    assert len(proven.failing) == 1
    assert len(attempts[ONE.id].made) == 4


def test_who_spoils_what_another_mends_does_not_stand_in_its_way() -> None:
    # Both are blamed; `two 2` breaks b, `one 2` mends a: together they lose something, alone the first helps.
    project = Project({"a": (["one 2"], [ONE]), "a2": (["one 2"], [ONE]), "b": (["two 1"], [TWO]), "c": (["x"], [TWO])})
    proven, attempts, _ = _repair(project)
    assert {entry.subject for entry in proven.failing} == {"c"}
    accepted = attempts[ONE.id].accepted, attempts[TWO.id].accepted
    assert [one.candidate.code for one in accepted if one] == ["one 2", "two 1"]


def test_what_no_model_wrote_stays_as_it_is() -> None:
    project = Project({"a": (["one 2"], [ONE])})
    proven, _, script = _repair(project, may_change=(TWO,))
    assert len(proven.failing) == 1
    assert script.told == []
    assert project.states == 1
