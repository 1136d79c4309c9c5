"""Contracts of operations that no rule explains: what a model is told, and what its body may use."""

import ast

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Reply
from tests.imported_documents import trails
from tests.unit.stacks.fastapi.imported.records.test_records import designed

_ID = "app/operations/trails.py:forecast_trail"


def _forecast(**changes: object) -> DiscoveryDocument:
    """The trails; the operation that no rule explains has these changes."""
    document = trails()
    assert document.interface
    found = next(one for one in document.interface.endpoints if one.operation == "forecast_trail")
    create = next(one for one in document.interface.endpoints if one.operation == "star_trail")
    assert create.effect
    changed = found.model_copy(update={"finds": create.effect.lookups, **changes})
    endpoints = tuple(changed if one is found else one for one in document.interface.endpoints)
    return document.model_copy(update={"interface": document.interface.model_copy(update={"endpoints": endpoints})})


def test_it_is_open_and_typed_as_the_document_has_it() -> None:
    design = designed(_forecast())
    atom = next(one for one in design.atoms if one.id == _ID)
    assert _ID not in design.blueprints
    assert _ID in design.stand_ins
    head = ast.parse(atom.contract.face).body[0]
    assert isinstance(head, ast.AsyncFunctionDef)
    shown = {one.arg: ast.unparse(one.annotation) for one in head.args.args if one.annotation}
    assert shown == {"session": "AsyncSession", "caller": "MemberRecord", "slug": "str", "body": "ForecastTrailBody"}
    assert head.returns is not None
    assert ast.unparse(head.returns) == "ForecastTrailAnswer"


def test_its_body_may_use_what_finds_changes_and_keeps_the_records_that_it_is_about() -> None:
    design = designed(_forecast())
    atom = next(one for one in design.atoms if one.id == _ID)
    wanted = {
        "app/trails/queries.py:trail_by_slug",
        "app/trails/changes.py:change_trail",
        "app/trails/model.py:Trail",
        "app/members/model.py:Member",
        "app/keeping.py:found",
    }
    assert wanted <= set(atom.depends_on)


def test_its_route_hands_on_all_that_it_takes() -> None:
    code = designed(_forecast()).blueprints["app/routers/trails.py:forecast_trail"].code
    assert "return await trails_operations.forecast_trail(session, caller, slug=slug, body=body)" in code
    assert "Unwritten" not in code


def test_words_of_the_document_cannot_leave_the_docstring() -> None:
    text = 'Says """ and \\ and\n"""\nimport os\n' + "x" * 300
    replies = (Reply(status=200, description=text),)
    design = designed(_forecast(description=text, replies=replies))
    code = design.stand_ins[_ID].code
    (node,) = ast.parse(code).body
    assert isinstance(node, ast.AsyncFunctionDef)
    assert len(node.body) == 2, "a docstring and a refusal"
    assert max(map(len, code.splitlines())) <= 120
    assert "import os" in (ast.get_docstring(node) or "")
