"""Scenarios of quotas that are said beside an imported document."""

from pathlib import Path

import pytest

from devmatrix.discovery import Source, discover
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.writing import write_document
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_documents import trails
from tests.imported_reference import ImportedReference

BOARDS = Path(__file__).parents[3] / "boards.yaml"
REFUSES = "POST /api/trails/{slug}/reports refuses more than there may be"


def amended(sentence: str) -> DiscoveryDocument:
    return discover([Source(write_document(trails()), "base.yaml"), Source(sentence)])


def failed(document: DiscoveryDocument, *flaws: str) -> set[str]:
    service = ImportedReference(document, flaws)
    lost = {item.requirement_id for item in play_with(service, service, document) if not item.passed}
    return {item.text for item in document.requirements if item.id in lost and "forecast" not in item.text}


@pytest.mark.parametrize("sentence", ["A trail has at most 3 reports.", "At most 2 reports per account."])
def test_a_service_that_counts_right_passes_and_one_that_counts_wrongly_fails(sentence: str) -> None:
    document = amended(sentence)
    assert failed(document) == set()
    assert REFUSES in failed(document, "quota late")
    assert REFUSES in failed(document, "quota of all")


def test_what_is_allowed_refused_and_freed_is_tried() -> None:
    document = amended("A trail has at most 1 report.")
    requirement = next(item for item in document.requirements if item.text == REFUSES)
    tried = [step for step in requirement.scenarios[0].steps if "reports" in step.path]
    assert [(step.method, step.expect.status) for step in tried] == [
        ("POST", 201), ("POST", 409), ("POST", 201), ("DELETE", 204), ("POST", 201), ("POST", 409),
    ]  # fmt: skip


def test_changes_that_would_make_one_more_count_are_refused() -> None:
    rules = "A board has at most 6 cards. At most 2 doing cards per board. At most 3 boards per user."
    document = discover([Source(BOARDS.read_text("utf-8"), "boards.yaml"), Source(rules)])
    assert failed(document) == set()
    assert not [item.text for item in document.assumptions if item.text.startswith("Not proven")]
    lost = failed(document, "quota late")
    assert {text.removesuffix(" refuses more than there may be") for text in lost} == {
        "POST /boards",
        "POST /boards/{boardId}/cards",
        "PATCH /cards/{cardId}",
    }
