"""Whom the evidence speaks against: who is named, who serves what fails, whose code speaks of it."""

from datetime import UTC, datetime

from devmatrix.atoms import Atom, Evidence, EvidenceLevel, Finding
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.validation import suspects_of
from tests.integration.validation.tiny import tiny_document
from tests.unit.graphs import atom

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def document() -> DiscoveryDocument:
    """R-01 with two scenarios about names, R-02 with one about sizes."""
    tiny = tiny_document()
    need = tiny.requirements[0]
    (scenario,) = need.scenarios
    names = (
        scenario,
        scenario.model_copy(update={"id": "R-01.2", "title": "a colour that is too long is refused"}),
    )
    sizes = (scenario.model_copy(update={"id": "R-02.1", "title": "sizes are kept"}),)
    needs = (
        need.model_copy(update={"scenarios": names}),
        need.model_copy(update={"id": "R-02", "scenarios": sizes}),
    )
    return tiny.model_copy(update={"requirements": needs})


def serving(name: str, *requirements: str) -> Atom:
    return atom(name).model_copy(update={"requirement_ids": requirements})


def entry(check: str, subject: str, *, passed: bool, blamed: tuple[str, ...] = ()) -> Evidence:
    finding = Finding(level=EvidenceLevel.SYSTEM, rule=check, message="status 201, not 422", atom_ids=blamed)
    return Evidence(
        level=EvidenceLevel.SYSTEM,
        check=check,
        subject=subject,
        passed=passed,
        content_hash="h",
        at=NOW,
        seconds=0.0,
        findings=() if passed else (finding,),
    )


def ranked(evidence: list[Evidence], atoms: list[Atom], code: dict[str, str] | None = None) -> list[str]:
    found = suspects_of(evidence, atoms, document(), code or {})
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    return [each.atom_id.partition(":")[2] for each in found]


def test_who_serves_what_fails_and_nothing_that_passes_comes_first() -> None:
    evidence = [entry("scenario", "R-01.1", passed=True), entry("scenario", "R-02.1", passed=False)]
    atoms = [serving("everywhere", "R-01", "R-02"), serving("there", "R-02"), serving("elsewhere", "R-01")]
    assert ranked(evidence, atoms) == ["there", "everywhere"]


def test_of_those_that_serve_the_same_whose_code_speaks_of_it_comes_first() -> None:
    evidence = [entry("scenario", "R-01.1", passed=True), entry("scenario", "R-01.2", passed=False)]
    atoms = [serving("one", "R-01"), serving("other", "R-01")]
    code = {atoms[1].id: "def other(): return colour_longer_than(3)", atoms[0].id: "def one(): return kept(thing)"}
    assert ranked(evidence, atoms, code) == ["other", "one"]


def test_who_is_named_by_another_check_comes_first() -> None:
    evidence = [
        entry("scenario", "R-02.1", passed=False),
        entry("log", "project", passed=False, blamed=("app/m.py:named", "app/m.py:caller")),
    ]
    atoms = [serving("named", "R-01"), serving("caller", "R-01"), serving("serving", "R-02")]
    assert ranked(evidence, atoms)[0] == "named"


def test_where_nothing_failed_nobody_is_suspect() -> None:
    assert ranked([entry("scenario", "R-01.1", passed=True)], [serving("one", "R-01")]) == []
