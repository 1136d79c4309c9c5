"""The whole project as sources: what its plan says, and only what the document asks for."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from devmatrix.atoms.contract import MAX_BODY_LINES, AtomKind
from devmatrix.discovery.document import Attribute, Check, DiscoveryDocument, FieldType
from devmatrix.discovery.proofs.values import sample
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.stacks.fastapi.environment import REQUIREMENTS
from devmatrix.stacks.fastapi.facts import neutral_values
from devmatrix.stacks.stack import Design
from devmatrix.validation.file_rules import check_file
from tests import conventional, documents
from tests.integration.stacks.projects import designed

ALL = [documents.library, documents.accounts, documents.owned_notes, documents.odd_names, documents.measurements]
every_document = pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)


def text_of(design: Design) -> str:
    """All Python code of `app`."""
    return "\n".join(
        [candidate.code for key, candidate in design.blueprints.items() if key.startswith("app/")]
        + [f"{module.preamble}\n{module.postamble}" for module in design.modules if module.path.startswith("app/")]
    )


@every_document
def test_every_file_belongs_to_the_task_that_names_it(make: Callable[[], DiscoveryDocument]) -> None:
    plan, design = designed(make())
    planned = {path: task.id for task in plan.tasks for path in task.files}
    assert {module.path: module.task_id for module in design.modules} == planned


@every_document
def test_every_atom_has_a_blueprint_and_comes_after_what_it_uses(make: Callable[[], DiscoveryDocument]) -> None:
    _, design = designed(make())
    seen: set[str] = set()
    for atom in design.atoms:
        assert set(atom.depends_on) <= seen
        assert atom.id in design.blueprints
        seen.add(atom.id)


@every_document
def test_functions_are_short(make: Callable[[], DiscoveryDocument]) -> None:
    _, design = designed(make())
    for atom in design.atoms:
        if atom.contract.kind is AtomKind.FUNCTION:
            (node,) = ast.parse(design.blueprints[atom.id].code).body
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            body = node.body[1:] if ast.get_docstring(node) else node.body
            assert (body[-1].end_lineno or 0) - body[0].lineno < MAX_BODY_LINES, atom.id


def test_a_project_without_accounts_knows_nothing_of_them() -> None:
    _, design = designed(documents.library())
    text = text_of(design).lower()
    for word in ("password", "token", "secret", "bearer", "admin", "role"):
        assert word not in text, word
    assert not any("authentication" in module.path or "security" in module.path for module in design.modules)


def test_what_no_entity_needs_is_not_there() -> None:
    _, plain = designed(documents.library())
    for word in ("PreconditionFailed", "deleted_at", "If-Match", "ExactNumeric"):
        assert word not in text_of(plain), word
    _, rich = designed(documents.owned_notes())
    for word in ("PreconditionFailed", "deleted_at", "If-Match"):
        assert word in text_of(rich), word


def test_requirements_are_the_locked_ones() -> None:
    _, design = designed(documents.library())
    texts = {atom_id.split(":")[0]: candidate.code for atom_id, candidate in design.blueprints.items()}
    assert texts["requirements.txt"] == (REQUIREMENTS / "runtime.txt").read_text()
    assert texts["requirements-dev.txt"] == (REQUIREMENTS / "dev.txt").read_text()


def test_the_readme_names_every_endpoint_and_setting() -> None:
    document = documents.accounts()
    _, design = designed(document)
    readme = design.blueprints["README.md:README.md"].code
    for operation in document.operations:
        assert f"| {operation.method} | `{operation.path}` |" in readme
    for name in FastAPIStack(Path()).boot(document).environment:
        assert f"`{name}`" in readme


def test_what_looks_like_a_template_in_the_request_stands_for_itself() -> None:
    document = documents.accounts()
    first = document.operations[0].model_copy(update={"summary": "Sends {{ name }} {% to %} <your-name> | all"})
    document = document.model_copy(
        update={"title": "Letters {{ of }} <placeholder>, a TODO app", "operations": (first, *document.operations[1:])}
    )
    _, design = designed(document)
    readme = design.blueprints["README.md:README.md"].code
    assert check_file("README.md", readme) == ()
    assert r"Letters {\{ of }} \<placeholder>, a TODO app" in readme


def test_the_first_administrator_keeps_the_rules_between_attributes() -> None:
    user = documents.accounts().account_entity
    assert user is not None
    times = tuple(Attribute(name=name, type=FieldType.TIME) for name in ("starts", "ends"))
    rule = Check(left="starts", operator="!=", right="ends")
    values = neutral_values(user.model_copy(update={"attributes": (*user.attributes, *times), "checks": (rule,)}))
    assert values["starts"] != values["ends"]


def test_the_first_administrator_takes_no_value_that_the_first_of_others_has() -> None:
    user = documents.accounts().account_entity
    assert user is not None
    fee = Attribute(name="fee", type=FieldType.DECIMAL, unique=True)
    values = neutral_values(user.model_copy(update={"attributes": (*user.attributes, fee)}))
    assert values["fee"] not in {sample(fee, n) for n in range(1, 1000)}


def test_a_value_at_its_limits_is_tried_once() -> None:
    book = documents.library().entities[0]
    one = Attribute(name="one", type=FieldType.INTEGER, minimum=1, maximum=1)
    entity = book.model_copy(update={"name": "One", "plural": "ones", "attributes": (one,)})
    _, design = designed(conventional.document("One", "One.", [entity], conventional.crud(entity)))
    (test,) = (
        text.code for key, text in design.blueprints.items() if key.endswith("test_a_value_at_its_limits_is_accepted")
    )
    assert test.count('("one", 1)') == 1
