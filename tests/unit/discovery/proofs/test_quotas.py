"""Scenarios of quotas: an independent service passes them, and one that counts wrongly does not."""

from collections.abc import Callable

import pytest

from devmatrix.discovery.document import DiscoveryDocument, Entity, Level, Quota, Requirement
from devmatrix.discovery.proofs import actors_for, omissions_for, requirements_for
from devmatrix.validation.scenarios import play_with
from tests import documents
from tests.quota_documents import errands, league
from tests.reference_api import ReferenceApi

Build = Callable[[], DiscoveryDocument]


def derived(document: DiscoveryDocument) -> DiscoveryDocument:
    return document.model_copy(update={"actors": actors_for(document), "requirements": requirements_for(document)})


def failures(document: DiscoveryDocument, *flaws: str) -> set[str]:
    """Texts of the requirements that the service fails."""
    api = ReferenceApi(document, flaws)
    failed = {item.scenario_id for item in play_with(api, api, document) if not item.passed}
    return {item.text for item in document.requirements if {one.id for one in item.scenarios} & failed}


def with_quota(document: DiscoveryDocument, name: str, *quotas: Quota) -> DiscoveryDocument:
    def changed(entity: Entity) -> Entity:
        return entity.model_copy(update={"quotas": quotas}) if entity.name == name else entity

    return document.model_copy(update={"entities": tuple(map(changed, document.entities))})


def about(document: DiscoveryDocument, words: str) -> Requirement:
    return next(item for item in document.requirements if words in item.text)


@pytest.mark.parametrize("build", [league, errands])
def test_a_service_that_counts_right_passes_all_scenarios(build: Build) -> None:
    assert failures(derived(build())) == set()


@pytest.mark.parametrize(
    ("flaw", "build"),
    [
        ("quota-late", league), ("quota-early", league), ("quota-of-deleted", league), ("quota-of-all", league),
        ("quota-of-any", league), ("quota-at-birth", league), ("quota-late", errands), ("quota-of-all", errands),
        ("quota-of-any", errands), ("quota-at-birth", errands),
    ],
)  # fmt: skip
def test_a_service_that_counts_wrongly_fails_one(flaw: str, build: Build) -> None:
    assert any(text.startswith("At most") for text in failures(derived(build()), flaw))


def test_each_quota_is_a_requirement_with_scenarios_for_what_it_allows_and_refuses() -> None:
    document = derived(league())
    few, some, many = (about(document, f"At most {number}") for number in ("3", "1", "25"))
    assert [item.title.partition(": ")[2] for item in few.scenarios] == [
        "3 fit, and no more",
        "others have a count of their own",
        "deleting one frees its place",
        "none is moved to where there is no place",
    ]
    assert "only those count that should" in some.scenarios[-1].title
    assert (few.level, many.level) == (Level.MUST, Level.SHOULD)
    assert len(many.scenarios) == 1, "where many are made, one scenario tries everything"
    assert {"create_player", "patch_player", "replace_player"} == set(few.operations)


def test_places_that_transitions_free_and_take_are_tried() -> None:
    scenarios = about(derived(errands()), "At most 5").scenarios
    steps = next(item for item in scenarios if "does not count any more" in item.title).steps
    assert [(step.path.rsplit("/", 1)[-1], step.expect.status) for step in steps[-3:]] == [
        ("finish", 200),
        ("errands", 201),
        ("reopen", 409),
    ]


def test_what_is_too_many_to_be_made_is_left_out_openly() -> None:
    document = with_quota(league(), "Player", Quota(most=5000, per="team_id"))
    assert not any(item.text.startswith("At most") for item in requirements_for(document))
    assert any("no scenario makes 5000 records" in item for item in omissions_for(document))


@pytest.mark.parametrize("most", [1, 2, 4])
@pytest.mark.parametrize(
    ("build", "name", "per"),
    [
        (documents.library, "Loan", "member_id"), (documents.owned_notes, "Note", "owner_id"),
        (documents.owned_notes, "ListItem", "note_id"), (documents.help_desk, "Ticket", "requester_id"),
        (documents.odd_names, "Sheep", "mother_id"),
    ],
)  # fmt: skip
def test_scenarios_of_other_things_keep_to_quotas(build: Build, name: str, per: str, most: int) -> None:
    document = derived(with_quota(build(), name, Quota(most=most, per=per)))
    assert failures(document) == set()
    assert about(document, f"At most {most}").scenarios
