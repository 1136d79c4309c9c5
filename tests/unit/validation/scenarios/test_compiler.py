"""Compiled scenarios: plain, short, formatted Python that says exactly what the document says."""

import ast
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.proofs import actors_for, requirements_for
from devmatrix.validation.scenarios import compile_scenarios
from devmatrix.validation.scenarios import support as support_module
from devmatrix.validation.scenarios.formatting import formatted
from devmatrix.validation.scenarios.literals import literal, pattern
from devmatrix.validation.scenarios.support import a, page, problem
from tests import documents

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=120),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def proven(build: Callable[[], DiscoveryDocument]) -> DiscoveryDocument:
    document = build()
    return document.model_copy(update={"actors": actors_for(document), "requirements": requirements_for(document)})


@given(JSON)
def test_literals_are_python_for_the_same_value(value: object) -> None:
    assert eval(literal(value)) == value
    assert eval(pattern(value), {"a": a, "page": page, "problem": problem}) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (a("uuid"), 'a("uuid")'),
        (a("date", days=14), 'a("date", days=14)'),
        (problem(422, "/title"), 'problem(422, "/title")'),
        (page("${x}", total=3), 'page("${x}", total=3)'),
        ("x" * 200, '"x" * 200'),
        ("https://example.com/" + "x" * 100, '"https://example.com/" + "x" * 100'),
    ],
)
def test_patterns_take_their_short_forms(value: object, text: str) -> None:
    assert pattern(value) == text


@pytest.mark.parametrize("build", documents.ALL)
def test_each_scenario_becomes_one_test_in_a_short_formatted_file(build: Callable[[], DiscoveryDocument]) -> None:
    document = proven(build)
    files = compile_scenarios(document)
    names = [
        node.name
        for text in files.values()
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    wanted = sum(len(requirement.scenarios) for requirement in document.requirements)
    assert len(names) == len(set(names)) == wanted
    assert max(text.count("\n") for text in files.values()) <= 400
    assert max(len(line) for text in files.values() for line in text.splitlines()) <= 120
    assert formatted({path.replace("/", "-"): text for path, text in files.items()}) == {
        path.replace("/", "-"): text for path, text in files.items()
    }


def test_the_same_document_gives_the_same_text() -> None:
    assert compile_scenarios(proven(documents.help_desk)) == compile_scenarios(proven(documents.help_desk))


def test_the_support_module_is_the_very_file_that_the_runner_uses() -> None:
    with open(support_module.__file__, encoding="utf-8") as file:  # noqa: PTH123
        assert compile_scenarios(proven(documents.library))["tests/scenarios/support.py"] == file.read()


def test_a_test_reads_like_the_scenario_that_it_is() -> None:
    text = compile_scenarios(proven(documents.library))["tests/scenarios/test_shelves.py"]
    assert '    """R-03.1 (must, happy): A shelf can be created."""\n' in text
    assert '        "when a shelf is created with all attributes",\n        "POST /shelves",\n' in text
