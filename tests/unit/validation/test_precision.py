"""Precision, yield and gate mean one thing, and nothing is never 100 %."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.discovery.document import DiscoveryDocument, Level, Requirement
from devmatrix.discovery.scenario import Scenario
from devmatrix.events import Precision
from devmatrix.validation.precision import judge_gate, measure_precision, measure_yield, prove
from tests.documents import library


@dataclass(frozen=True)
class Count:
    level: EvidenceLevel
    ran: int = 1
    failed: int = 0


ALL = tuple(Count(level) for level in EvidenceLevel)
WHOLE = Precision(must_passed=1, must_total=1, should_passed=0, should_total=0)


def document(**scenarios: tuple[str, ...]) -> DiscoveryDocument:
    """A MUST each; SHOULD where the name begins so."""
    requirements = tuple(
        Requirement(
            id=name,
            level=Level.SHOULD if name.startswith("should") else Level.MUST,
            text=name,
            span=None,
            scenarios=tuple(Scenario(id=scenario, title="", kind="happy", steps=()) for scenario in ids),
        )
        for name, ids in scenarios.items()
    )
    return library().model_copy(update={"requirements": requirements})


def played(
    scenario: str, passed: bool, level: EvidenceLevel = EvidenceLevel.SYSTEM, check: str = "scenario"
) -> Evidence:
    return Evidence(
        level=level,
        check=check,
        subject=scenario,
        passed=passed,
        content_hash="",
        at=datetime.now(UTC),
        seconds=0,
    )


def test_a_requirement_is_proven_when_all_its_scenarios_passed() -> None:
    proofs = prove(document(a=("1", "2"), b=("3",)), [played("1", True), played("2", True), played("3", False)])
    assert [(proof.requirement_id, proof.proven, proof.failing) for proof in proofs] == [
        ("a", True, ()),
        ("b", False, ("3",)),
    ]


def test_a_scenario_that_did_not_run_has_not_passed() -> None:
    (proof,) = prove(document(a=("1", "2")), [played("1", True)])
    assert (proof.proven, proof.failing) == (False, ("2",))


def test_a_requirement_without_scenarios_is_not_proven() -> None:
    assert not prove(document(a=()), [])[0].proven


def test_one_failure_outweighs_any_pass() -> None:
    assert not prove(document(a=("1",)), [played("1", False), played("1", True)])[0].proven


@pytest.mark.parametrize(
    "evidence",
    [played("1", True, EvidenceLevel.COMPONENT), played("1", True, check="tests-in-process")],
    ids=["other level", "other check"],
)
def test_only_scenarios_at_level_4_count(evidence: Evidence) -> None:
    assert not prove(document(a=("1",)), [evidence])[0].proven


def test_must_and_should_are_counted_apart() -> None:
    proofs = prove(document(a=("1",), b=("2",), should_c=("3",)), [played("1", True), played("3", True)])
    assert measure_precision(proofs) == Precision(must_passed=1, must_total=2, should_passed=1, should_total=1)


def test_the_gate_opens_for_the_whole_only() -> None:
    assert judge_gate(WHOLE, ALL).open
    assert judge_gate(WHOLE, ALL).reasons == ()


@pytest.mark.parametrize(
    ("precision", "word"),
    [
        ((0, 0, 0, 0), "no MUST"),
        ((0, 0, 5, 5), "no MUST"),
        ((99, 100, 0, 0), "1 of 100 MUST"),
        ((1, 1, 94, 100), "6 of 100 SHOULD"),
        ((1, 1, 0, 1), "1 of 1 SHOULD"),
    ],
)
def test_the_gate_stays_closed_where_too_little_is_proven(precision: tuple[int, int, int, int], word: str) -> None:
    must_passed, must_total, should_passed, should_total = precision
    measured = Precision(
        must_passed=must_passed, must_total=must_total, should_passed=should_passed, should_total=should_total
    )
    gate = judge_gate(measured, ALL)
    assert not gate.open
    assert any(word in reason for reason in gate.reasons)


def test_should_needs_95_percent() -> None:
    assert judge_gate(Precision(must_passed=1, must_total=1, should_passed=95, should_total=100), ALL).open


@pytest.mark.parametrize("level", EvidenceLevel)
def test_each_level_must_have_run_without_a_failure(level: EvidenceLevel) -> None:
    others = tuple(count for count in ALL if count.level is not level)
    for counts in (others, (*others, Count(level, ran=0)), (*others, Count(level, ran=3, failed=1))):
        gate = judge_gate(WHOLE, counts)
        assert not gate.open
        assert f"level {level.value}" in gate.reasons[0]


def test_yield_tells_first_and_final() -> None:
    measured = measure_yield([(True,), (False, True), (False, False), ()])
    assert (measured.atoms, measured.accepted_first, measured.accepted) == (4, 1, 2)
    assert (measured.first_share, measured.final_share) == (0.25, 0.5)


def test_no_atom_is_no_evidence() -> None:
    assert measure_yield([]).first_share is None
    assert measure_yield([]).final_share is None


@given(st.lists(st.lists(st.booleans(), max_size=4)))
def test_the_first_attempt_never_does_better_than_all(rows: list[list[bool]]) -> None:
    measured = measure_yield(rows)
    assert measured.accepted_first <= measured.accepted <= measured.atoms == len(rows)
