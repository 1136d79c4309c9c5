from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devmatrix.discovery import discover
from devmatrix.discovery.document import DiscoveryDocument, Level, OperationKind
from devmatrix.discovery.proofs import actors_for, requirements_for
from devmatrix.errors import ContractError
from devmatrix.planning import History, TaskOutline, make_plan
from devmatrix.stacks.fastapi import FastAPIStack
from tests.documents import library as bare_library


def library() -> DiscoveryDocument:
    document = bare_library()
    document = document.model_copy(update={"actors": actors_for(document)})
    return document.model_copy(update={"requirements": requirements_for(document)})


def _outline(document: DiscoveryDocument) -> list[TaskOutline]:
    first = TaskOutline(
        id="foundation.settings", title="Settings", milestone="foundation", files=("app/s.py",), estimated_lines=10
    )
    features = [
        TaskOutline(
            id=f"{name}.model",
            title=name,
            milestone=context.name,
            files=(f"app/{name}.py",),
            entities=(name,),
            estimated_lines=20,
        )
        for context in document.contexts
        for name in context.entities
    ]
    last = TaskOutline(
        id="delivery.readme", title="README", milestone="delivery", files=("README.md",), estimated_lines=30
    )
    return [first, *features, last]


def test_every_task_has_requirements_and_every_must_has_a_task() -> None:
    document = library()
    plan = make_plan(document, _outline(document), stack="fastapi")
    assert all(task.requirement_ids for task in plan.tasks)
    served = {need for task in plan.tasks for need in task.requirement_ids}
    assert {need.id for need in document.requirements if need.level is Level.MUST} <= served
    assert [milestone.id for milestone in plan.milestones] == [
        "foundation",
        *(context.name for context in document.contexts),
        "delivery",
    ]
    assert plan.tasks[0].id == "foundation.settings"
    assert plan.tasks[-1].id == "delivery.readme"


def test_a_task_is_about_the_requirements_of_its_entities() -> None:
    document = library()
    plan = make_plan(document, _outline(document), stack="fastapi")
    entity = document.entities[0].name
    task = next(task for task in plan.tasks if task.id == f"{entity}.model")
    expected = tuple(need.id for need in document.requirements if entity in need.entities)
    assert task.requirement_ids == expected
    assert plan.tasks[0].requirement_ids == tuple(need.id for need in document.requirements)


def test_a_must_without_a_task_is_refused() -> None:
    document = library()
    about_nothing = [item for item in _outline(document) if item.entities == (document.entities[0].name,)]
    with pytest.raises(ContractError, match="requirements without a task"):
        make_plan(document, about_nothing, stack="fastapi")


def test_a_task_without_a_requirement_is_refused() -> None:
    document = library()
    extra = TaskOutline(
        id="x", title="X", milestone="foundation", files=("x.py",), entities=("Nobody",), estimated_lines=1
    )
    with pytest.raises(ContractError, match="tasks without a requirement: x"):
        make_plan(document, [*_outline(document), extra], stack="fastapi")


def test_a_task_of_an_unknown_milestone_is_refused() -> None:
    document = library()
    extra = TaskOutline(id="x", title="X", milestone="elsewhere", files=("x.py",), estimated_lines=1)
    with pytest.raises(ContractError, match="elsewhere"):
        make_plan(document, [*_outline(document), extra], stack="fastapi")


def test_minutes_come_from_earlier_runs_only() -> None:
    document = library()
    outline = _outline(document)
    assert make_plan(document, outline, stack="fastapi").estimate.minutes is None
    minutes = make_plan(document, outline, stack="fastapi", history=History.of([3.0, 1.0, 2.0])).estimate.minutes
    assert minutes is not None
    assert minutes.likely == pytest.approx(len(outline) * 2.0 / 60)
    assert minutes.low <= minutes.likely <= minutes.high
    assert History.of([]) is None


def test_an_operation_without_a_requirement_is_refused() -> None:
    document = library()
    orphan = document.operations[0].model_copy(update={"id": "orphan", "path": "/orphan"})
    more = document.model_copy(update={"operations": (*document.operations, orphan)})
    with pytest.raises(ContractError, match="operations without a requirement: orphan"):
        make_plan(more, _outline(more), stack="fastapi")


def test_a_requirement_without_a_scenario_is_refused() -> None:
    document = library()
    bare = document.requirements[0].model_copy(update={"scenarios": ()})
    less = document.model_copy(update={"requirements": (bare, *document.requirements[1:])})
    with pytest.raises(ContractError, match=f"requirements without a scenario: {bare.id}"):
        make_plan(less, _outline(less), stack="fastapi")


def test_what_blueprints_write_costs_nothing_and_what_only_a_model_could_write_has_a_price() -> None:
    document = library()
    free = make_plan(document, _outline(document), stack="fastapi").estimate
    assert (free.tokens_in.high, free.tokens_out.high, free.usd.high) == (0, 0, 0)
    custom = document.operations[0].model_copy(update={"kind": OperationKind.CUSTOM})
    operations = (custom, *document.operations[1:])
    priced = make_plan(document.model_copy(update={"operations": operations}), _outline(document), stack="x").estimate
    assert 0 < priced.tokens_in.low < priced.tokens_in.likely < priced.tokens_in.high
    assert priced.usd.likely == pytest.approx(priced.tokens_in.likely * 2e-6 + priced.tokens_out.likely * 10e-6)


_FIELDS = st.lists(
    st.sampled_from(["title", "count int 0..9", "kind old|new", "due date?", "note text?", "code unique"]),
    min_size=1,
    max_size=4,
    unique=True,
)
_RULES = st.lists(
    st.sampled_from(["Only admins may delete alphas.", "Alpha: states open -(close)-> shut", "Betas are versioned."]),
    max_size=3,
    unique=True,
)


@settings(max_examples=25, deadline=None)
@given(_FIELDS, _FIELDS, _RULES)
def test_the_trace_is_whole_both_ways_for_any_request(one: list[str], two: list[str], rules: list[str]) -> None:
    text = f"Alpha: {', '.join(one)}\nBeta: {', '.join(two)}, alpha -> Alpha?\n" + "\n".join(rules)
    document = discover(text)
    plan = make_plan(document, FastAPIStack(Path("nowhere")).outline(document), stack="fastapi")
    needs = {need.id for need in document.requirements}
    served = [set(task.requirement_ids) for task in plan.tasks]
    assert all(served)
    assert set.union(*served) == needs
    assert {name for need in document.requirements for name in need.operations} == {
        item.id for item in document.operations
    }
    assert all(need.scenarios for need in document.requirements)
