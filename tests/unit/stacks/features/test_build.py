import ast
from collections.abc import Callable

import pytest

from devmatrix.atoms import MAX_BODY_LINES, AtomGraph, AtomKind
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning import Estimate, MasterPlan, Milestone, Phase, Range, Task
from devmatrix.stacks.fastapi.features import feature_outline, feature_sources
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.source import Source, build_design
from devmatrix.stacks.stack import Design
from tests.documents import accounts, chain, library, measurements, odd_names, owned_notes
from tests.quota_documents import errands, league
from tests.unit.stacks.features.corners import corners

DOCUMENTS = (library, accounts, owned_notes, odd_names, measurements, corners, league, errands)
NOTHING = Range(low=0, likely=0, high=0)


def _sources(document: DiscoveryDocument) -> tuple[Source, ...]:
    return feature_sources(document, Names(document))


def _design(document: DiscoveryDocument) -> Design:
    sources = _sources(document)
    tasks = tuple(
        Task(id=name, title=name, files=(), depends_on=(), requirement_ids=("R-01",), lines=NOTHING)
        for name in dict.fromkeys(source.task_id for source in sources)
    )
    milestone = Milestone(id="features", title="Features", tasks=tasks)
    plan = MasterPlan(
        title="T",
        stack="fastapi",
        phases=(Phase(id="features", title="Features", milestones=(milestone,)),),
        estimate=Estimate(lines=NOTHING, tokens_in=NOTHING, tokens_out=NOTHING, usd=NOTHING, minutes=None),
    )
    return build_design(sources, document, plan)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_entity_has_its_package_and_tests(document: Callable[[], DiscoveryDocument]) -> None:
    described = document()
    names = Names(described)
    paths = {source.path for source in _sources(described)}
    for entity in described.entities:
        package = names.package(entity)
        modules = ("__init__", "model", "schemas", "repository", "service", "router")
        assert {f"app/{package}/{module}.py" for module in modules} <= paths
        assert f"tests/unit/{package}/test_service.py" in paths


@pytest.mark.parametrize("document", DOCUMENTS)
def test_functions_are_short(document: Callable[[], DiscoveryDocument]) -> None:
    for source in _sources(document()):
        for symbol in source.symbols:
            node = ast.parse(symbol.source).body[0]
            if symbol.kind is AtomKind.FUNCTION and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                assert lines <= MAX_BODY_LINES, f"{source.path}:{symbol.name}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_lines_are_no_longer_than_the_project_allows(document: Callable[[], DiscoveryDocument]) -> None:
    for source in _sources(document()):
        for symbol in source.symbols:
            # What is longer than a line outside a definition's head is left to the formatter.
            heads = [line for line in symbol.source.splitlines() if line.startswith(("def ", "async def "))]
            assert all(len(line) <= 120 for line in heads), f"{source.path}:{symbol.name}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_name_stands_twice_in_a_module(document: Callable[[], DiscoveryDocument]) -> None:
    for source in _sources(document()):
        names = [symbol.name for symbol in source.symbols]
        assert len(names) == len(set(names)), source.path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_atoms_depend_on_none_that_needs_them(document: Callable[[], DiscoveryDocument]) -> None:
    design = _design(document())
    graph = AtomGraph.of(design.atoms)
    assert len(graph) == len(design.atoms) == len(design.blueprints)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_outline_names_each_task_and_file_of_the_sources(document: Callable[[], DiscoveryDocument]) -> None:
    described = document()
    planned = {(task.id, path) for task in feature_outline(described, Names(described)) for path in task.files}
    assert planned == {(source.task_id, source.path) for source in _sources(described)}


def test_the_same_document_gives_the_same_text() -> None:
    assert _sources(corners()) == _sources(corners())


def test_twenty_entities_are_plenty_of_atoms() -> None:
    assert len(_design(chain(20)).atoms) >= 500
