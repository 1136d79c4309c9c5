"""One revision per entity, in order of dependency."""

import ast

from devmatrix.stacks.fastapi.migrations import migration_outline, migration_sources
from devmatrix.stacks.fastapi.naming import Names
from tests import documents


def test_revisions_form_a_chain() -> None:
    document = documents.library()
    sources = migration_sources(document, Names(document))
    assert len(sources) == len(document.entities)
    previous = "None"
    for number, source in enumerate(sources, 1):
        assert source.preamble == f'revision: str = "{number:04}"\ndown_revision: str | None = {previous}'
        previous = f'"{number:04}"'
        assert [symbol.name for symbol in source.symbols] == ["upgrade", "downgrade"]


def test_an_association_is_made_when_both_sides_are_there() -> None:
    document = documents.library()
    made: list[str] = []
    for source in migration_sources(document, Names(document)):
        calls = [node for node in ast.walk(ast.parse(source.symbols[0].source)) if isinstance(node, ast.Call)]
        made += [
            call.args[0].value
            for call in calls
            if isinstance(call.func, ast.Attribute)
            and call.func.attr == "create_table"
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
        ]
    assert made.index("books_tag") > max(made.index("books"), made.index("tags"))
    assert made.index("loans") > made.index("books")


def test_a_circle_is_closed_by_altering_the_first_table() -> None:
    document = documents.odd_names()
    text = "".join(s.source for source in migration_sources(document, Names(document)) for s in source.symbols)
    assert text.count("batch.create_foreign_key(") == 1
    assert text.count("batch.drop_constraint(") == 1


def test_each_revision_is_a_task_of_its_entity() -> None:
    document = documents.library()
    names = Names(document)
    outline = migration_outline(document, names)
    assert [task.files for task in outline] == [(source.path,) for source in migration_sources(document, names)]
    assert {task.entities[0] for task in outline} == {entity.name for entity in document.entities}
