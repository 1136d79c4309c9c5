"""Scenarios of imported APIs: all hold for a service that obeys docs/imported.md, and each planted flaw is found."""

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.proofs.derive import derive
from devmatrix.validation.scenarios.runner import ScenarioVerdict, play_with
from tests.imported_documents import trails
from tests.imported_reference import ImportedReference


def _proven(document: DiscoveryDocument) -> DiscoveryDocument:
    derived = derive(document)
    return document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})


def _played(document: DiscoveryDocument, *flaws: str) -> tuple[ScenarioVerdict, ...]:
    service = ImportedReference(document, flaws)
    return play_with(service, service, document)


def test_all_scenarios_hold_but_those_of_what_nobody_can_write() -> None:
    document = _proven(trails())
    about = [one for one in document.requirements for name in one.operations if "forecast" in name]
    custom = {one.id for one in about if "does what the document says" in one.text}
    verdicts = _played(document)
    assert {verdict.requirement_id for verdict in verdicts if not verdict.passed} == custom
    assert custom < {one.id for one in about}, "what is malformed is refused all the same"


def test_every_operation_has_a_must_with_a_scenario() -> None:
    document = _proven(trails())
    about = {name for one in document.requirements if one.level == "must" and one.scenarios for name in one.operations}
    assert about == {operation.id for operation in document.operations}


@pytest.mark.parametrize(
    "flaw",
    [
        "open",
        "any token",
        "any password",
        "any query",
        "any body",
        "anywhere",
        "owner",
        "unique",
        "no change",
        "kept",
        "no link",
        "no unlink",
        "link twice",
        "all parents",
        "filters",
        "order",
        "page",
        "total",
        "envelope",
        "linked",
        *(f"status:{reason}" for reason in ("unauthenticated", "forbidden", "missing", "invalid_body", "duplicate")),
        *(f"success:{kind}" for kind in ("create", "list", "read", "patch", "delete", "link", "login", "register")),
    ],
)
def test_a_planted_flaw_is_found(flaw: str) -> None:
    document = _proven(trails())
    sound = {verdict.scenario_id for verdict in _played(document) if verdict.passed}
    flawed = {verdict.scenario_id for verdict in _played(document, flaw) if verdict.passed}
    assert sound - flawed
