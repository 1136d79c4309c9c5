"""Contract trees of projects from SQL: tables of several trades and dialects, with a sentence beside them."""

from pathlib import Path

import pytest

from devmatrix.discovery import discover
from devmatrix.discovery.sources import Source
from devmatrix.planning import make_plan
from devmatrix.settings import Settings
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.validation import check_skeleton

SCHEMAS = Path(__file__).parents[2] / "unit" / "discovery" / "sql" / "schemas"
RULES = {
    "tickets": "Only admins may delete labels.",
    "library": "A reader has at most 800 characters.",
    "hr": "",
    "shop": "",
    "clinic": "",
    "logistics": "",
    "school": "",
    "music": "",
}


@pytest.mark.parametrize("name", RULES)
def test_tables_make_contracts_that_type_check(name: str, tmp_path: Path) -> None:
    sources = [Source((SCHEMAS / f"{name}.sql").read_text(encoding="utf-8"), f"{name}.sql")]
    sources += [Source(RULES[name])] if RULES[name] else []
    document = discover(sources)
    assert [item.became for item in document.statements if not item.understood and not item.span.source] == []
    assert document.requirements
    stack = FastAPIStack(Settings.read().home)
    plan = make_plan(document, stack.outline(document), stack=stack.name)
    design = stack.design(document, plan)
    assert check_skeleton(design.modules, stack.environment(), tmp_path / "skeleton") == ()
