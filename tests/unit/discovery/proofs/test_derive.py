"""What is derived from documents made by hand: complete, numbered, few enough, and true of an independent service."""

from collections.abc import Callable
from functools import lru_cache

import pytest

from devmatrix.discovery.document import Attribute, DiscoveryDocument, FieldType, Level
from devmatrix.discovery.proofs import actors_for, omissions_for, requirements_for
from devmatrix.validation.scenarios import play_with
from tests import documents
from tests.reference_api import ReferenceApi

Build = Callable[[], DiscoveryDocument]

# What is planted, and a document in which it must be found.
FLAWS: dict[str, Build] = {
    "any-password": documents.accounts,
    "capitals-kept": documents.library,
    "cascade-ignored": documents.library,
    "create-200": documents.measurements,
    "delete-keeps": documents.odd_names,
    "deleted-forgotten": documents.owned_notes,
    "deleted-shown": documents.owned_notes,
    "early-default": documents.library,
    "filters-ignored": documents.accounts,
    "no-authentication": documents.help_desk,
    "no-bounds": documents.measurements,
    "no-location": documents.library,
    "no-owners": documents.help_desk,
    "no-roles": documents.accounts,
    "no-unique": documents.measurements,
    "null-accepted": documents.odd_names,
    "null-not-set": documents.odd_names,
    "nulls-first": documents.measurements,
    "offset-off": documents.odd_names,
    "old-tokens-live": documents.owned_notes,
    "parent-ignored": documents.library,
    "patch-resets": documents.library,
    "patches-unchecked": documents.measurements,
    "plain-problems": documents.library,
    "pointers-short": documents.odd_names,
    "ranges-exclusive": documents.measurements,
    "references-unchecked": documents.odd_names,
    "requires-ignored": documents.help_desk,
    "restrict-ignored": documents.odd_names,
    "roles-free": documents.accounts,
    "search-strict": documents.odd_names,
    "secrets-shown": documents.owned_notes,
    "sort-ignored": documents.measurements,
    "states-unguarded": documents.library,
    "total-of-page": documents.odd_names,
    "unknown-accepted": documents.measurements,
    "unlink-keeps": documents.odd_names,
    "version-stays": documents.owned_notes,
    "versions-ignored": documents.help_desk,
    "wildcards": documents.odd_names,
}


@lru_cache
def derived(build: Build) -> DiscoveryDocument:
    document = build()
    return document.model_copy(update={"actors": actors_for(document), "requirements": requirements_for(document)})


def failures(document: DiscoveryDocument, *flaws: str) -> list[str]:
    api = ReferenceApi(document, flaws)
    return [f"{item.scenario_id} {item.message}" for item in play_with(api, api, document) if not item.passed]


@pytest.mark.parametrize("build", documents.ALL)
def test_a_service_that_obeys_the_conventions_passes_all_scenarios(build: Build) -> None:
    assert failures(derived(build)) == []


@pytest.mark.parametrize(("flaw", "build"), FLAWS.items())
def test_a_planted_flaw_makes_a_scenario_fail(flaw: str, build: Build) -> None:
    assert failures(derived(build), flaw)


@pytest.mark.parametrize("build", documents.ALL)
def test_every_operation_has_a_requirement_and_every_requirement_scenarios(build: Build) -> None:
    document = derived(build)
    covered = {operation for requirement in document.requirements for operation in requirement.operations}
    assert covered == {operation.id for operation in document.operations}
    assert all(1 <= len(requirement.scenarios) <= 8 for requirement in document.requirements)
    assert all(scenario.steps for requirement in document.requirements for scenario in requirement.scenarios)


@pytest.mark.parametrize("build", documents.ALL)
def test_ids_count_up_and_scenarios_take_those_of_their_requirement(build: Build) -> None:
    for number, requirement in enumerate(derived(build).requirements, start=1):
        assert requirement.id == f"R-{number:02}"
        wanted = [f"{requirement.id}.{place}" for place in range(1, len(requirement.scenarios) + 1)]
        assert [scenario.id for scenario in requirement.scenarios] == wanted


@pytest.mark.parametrize("build", documents.ALL)
def test_what_is_derived_is_the_same_each_time(build: Build) -> None:
    assert requirements_for(build()) == requirements_for(build())


@pytest.mark.parametrize("build", documents.ALL)
def test_every_step_is_played_by_nobody_or_by_an_actor_of_the_document(build: Build) -> None:
    document = derived(build)
    names = {actor.name for actor in document.actors} | {None}
    steps = [step for item in document.requirements for scenario in item.scenarios for step in scenario.steps]
    assert {step.actor for step in steps} <= names


def test_requirements_point_to_the_statement_that_speaks_of_their_entity() -> None:
    document = derived(documents.library)
    spans = {requirement.span is not None for requirement in document.requirements if requirement.entities}
    assert spans == {True}
    assert {requirement.span for requirement in document.requirements if not requirement.entities} == {None}


def test_only_actors_that_are_needed_are_made() -> None:
    names = {build.__name__: [actor.name for actor in derived(build).actors] for build in documents.ALL}
    assert names["library"] == []
    assert names["accounts"] == ["admin", "alice", "bob", "editor"]
    assert names["owned_notes"] == ["alice", "bob"]
    assert names["help_desk"] == ["admin", "alice", "bob", "agent"]


def test_nothing_is_left_out_of_documents_that_need_no_leaving_out() -> None:
    assert [omissions_for(build()) for build in documents.ALL] == [()] * len(documents.ALL)


def test_a_pattern_that_nobody_can_satisfy_leaves_scenarios_out_openly() -> None:
    document = documents.odd_names()
    model = document.entity("Model")
    strange = Attribute(name="class", type=FieldType.STRING, pattern=r"(?=a)b")
    changed = model.model_copy(update={"attributes": (strange, *model.attributes[1:])})
    entities = tuple(changed if entity.name == "Model" else entity for entity in document.entities)
    document = document.model_copy(update={"entities": entities})
    assert any("(?=a)b" in omission for omission in omissions_for(document))
    assert all(requirement.scenarios for requirement in requirements_for(document))


def test_twenty_entities_give_at_most_seven_hundred_scenarios() -> None:
    document = documents.chain(20)
    requirements = requirements_for(document)
    assert 20 * 25 <= sum(len(requirement.scenarios) for requirement in requirements) <= 700
    assert {requirement.level for requirement in requirements} == {Level.MUST, Level.SHOULD}
