"""Each rule of level 1 accepts what is right and finds what is wrong."""

from random import Random

import pytest

from devmatrix.atoms import MAX_BODY_LINES, AuthorKind
from devmatrix.llm.testing.defects import SqlByString
from tests.unit.validation.cases import GOOD, GOOD_CLASS, GOOD_TEST, HALVE, PART, TEST, defects, rules

HEAD = 'async def halve(number: int, *, exact: bool = False) -> float:\n    """Half of it."""\n'


def test_what_is_right_is_accepted() -> None:
    assert defects(GOOD, imports=("import math", "from app.parts import Part")) == []
    assert defects(GOOD_CLASS, PART) == []
    assert defects(GOOD_TEST, TEST) == []


@pytest.mark.parametrize(
    "code",
    [
        "",
        "Here is the function you asked for:",
        "def halve(:",
        "x = 1",
        GOOD + "\nprint(1)\n",
        GOOD + GOOD,
        "```python\n" + GOOD + "```",
        GOOD.replace("return number / 2", "return number /"),
        "nul = '\0'",
        "async def halve(number: int) -> float:\n    return yield\n",
        "(" * 500,
    ],
)
def test_what_is_not_one_definition_does_not_parse(code: str) -> None:
    assert rules(code) == {"atom.parses"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("halve", "half"),
        ("number: int", "number: float"),
        ("number: int", "number"),
        ("*, exact", "exact"),
        ("= False", "= True"),
        ("-> float", "-> int"),
        ("async def", "def"),
        ("Half of it", "Half"),
        ("async def", "@cached\nasync def"),
        ('    """Half of it."""\n', ""),
    ],
)
def test_another_face_breaks_the_contract(old: str, new: str) -> None:
    assert old in GOOD
    assert "atom.contract" in rules(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Part(BaseModel)", "Part(dict)"),
        ("size: int", "size: str"),
        ("size: int", "length: int"),
        ("    size: int\n", ""),
        ("size: int", "size: int = 1"),
        ("size: int", "size: int\n    more: int"),
        ("    @property\n", ""),
        ("A part", "Some part"),
    ],
)
def test_a_class_keeps_bases_fields_and_methods(old: str, new: str) -> None:
    assert old in GOOD_CLASS
    assert "atom.contract" in rules(GOOD_CLASS.replace(old, new, 1), PART)


def test_the_finding_says_what_differs() -> None:
    assert "returns: has 'int', must have 'float'" in defects(GOOD.replace("-> float", "-> int"))[0].message
    assert "missing ['size: int']" in defects(GOOD_CLASS.replace("size: int", "size: str"), PART)[0].message


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "...",
        "return None",
        "return",
        "raise NotImplementedError",
        "raise NotImplementedError('later')",
        "'later'",
        "assert True",
    ],
)
def test_a_stub_is_found(body: str) -> None:
    assert "atom.stub" in rules(f"{HEAD}    {body}\n")


def test_a_stub_is_found_in_a_method_and_a_note_in_a_comment() -> None:
    method = GOOD_CLASS.replace('return f"{self.name} {self.size}"', "raise NotImplementedError")
    assert "atom.stub" in rules(method, PART)
    assert "atom.stub" in rules(GOOD.replace("    return", "    # TODO: round\n    return"))
    assert rules(GOOD.replace("return number / 2", 'return float("TODO" != "")')) == set()


def test_size_counts_code_only() -> None:
    most = "".join(f"    number += {step}\n" for step in range(MAX_BODY_LINES - 1))
    assert rules(f"{HEAD}{most}    return number\n") == set()
    assert rules(f"{HEAD}{most}\n\n    # why\n    return number\n") == set()
    assert rules(f"{HEAD}{most}    number += 1\n    return number\n") == {"atom.size"}


@pytest.mark.parametrize("body", ["assert True", "assert 1", "halve(4)", "x = halve(4) == 2"])
def test_a_test_that_cannot_fail_is_found(body: str) -> None:
    assert "atom.asserts" in rules(GOOD_TEST.replace("assert halve(4) == 2", body), TEST)


def test_a_test_may_expect_an_exception() -> None:
    body = "with pytest.raises(ValueError):\n        halve(3)"
    assert rules(GOOD_TEST.replace("assert halve(4) == 2", body), TEST) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import subprocess",
        "from os import system as s; import ctypes",
        "import requests",
        "from . import parts",
        "from app.parts import *",
        "import urllib.request",
        "from urllib import request",
        "from importlib import import_module",
        "import pickle as p",
        "not an import",
        "x = 1",
    ],
)
def test_imports_beyond_the_allowed_are_found(line: str) -> None:
    assert rules(GOOD, imports=(line,), by=AuthorKind.BLUEPRINT) == {"atom.imports"}


@pytest.mark.parametrize(
    "line",
    ["import urllib.parse", "from importlib.metadata import version", "from pydantic import Field", "import json"],
)
def test_harmless_imports_are_allowed(line: str) -> None:
    assert rules(GOOD, imports=(line,)) == set()


@pytest.mark.parametrize("statement", ["import socket", "eval('1')", "exec('x')", "__import__('os')"])
def test_a_body_does_not_get_round_the_imports(statement: str) -> None:
    assert "atom.imports" in rules(GOOD.replace("    return", f"    {statement}\n    return"))


@pytest.mark.parametrize("comment", ["# noqa", "# type: ignore[return]", "# ty: ignore", "# pyrefly: ignore"])
def test_silencing_a_checker_is_found(comment: str) -> None:
    code = GOOD.replace("number / 2", f"number / 2  {comment}")
    assert [(found.rule, found.line) for found in defects(code)] == [("atom.suppression", 5)]


@pytest.mark.parametrize(
    "statement",
    [
        "await run(text(f'SELECT 1 FROM parts WHERE name = {number}'))",
        "await run(text('SELECT ' + str(number)))",
        "await run(text('SELECT {}'.format(number)))",
        "await run(text('SELECT %s' % number))",
        "await run(select(1).where(text(f'size = {number}')))",
        "await run(select(1).order_by(text(str(number))))",
        "await run(sa.text(f'SELECT {number}'))",
        "await run(literal_column(f'{number}'))",
        "await connection.exec_driver_sql(f'SELECT {number}')",
        "cursor.execute(f'SELECT {number}')",
        "cursor.execute('SELECT ' + str(number))",
        "cursor.execute('SELECT {}'.format(number))",
        "query = f'SELECT {number}'\n    await run(text(query))",
        "query = 'SELECT 1'\n    query += f' WHERE {number}'\n    await run(text(query))",
        "query = 'SELECT %s' % number\n    cursor.execute(query)",
        "for query in number:\n        await run(text(query))",
    ],
)
def test_sql_put_together_from_text_is_found(statement: str) -> None:
    assert rules(GOOD.replace("    return", f"    {statement}\n    return", 1)) == {"atom.sql"}


@pytest.mark.parametrize(
    "statement",
    [
        "await run(text('SELECT 1 WHERE size = :size'), {'size': number})",
        "await run(text('SELECT 1 ' 'WHERE size = :size').bindparams(size=number))",
        "await run(text('SELECT ' + '1'))",
        "await run(text(COUNTING))",
        "await run(text(f'{COUNTING} LIMIT 1'))",
        "await run(text(LOCKS[number]))",
        "for name in ('a', 'b'):\n        cursor.execute(f'PRAGMA {name}')",
        "query = 'SELECT 1'\n    await run(text(query))",
        "order = 'size DESC' if number else 'size'\n    await run(select(1).order_by(text(order)))",
        "await session.execute(select(Part).where(Part.size == number, Part.name.ilike(f'%{number}%')))",
        "query = select(Part)\n    query = query.where(Part.size == number)\n    await session.scalars(query)",
        "session.scalar(select(func.count() + number))",
        "raise ValueError(f'{number} is odd')",
    ],
)
def test_bound_values_and_fixed_sql_are_allowed(statement: str) -> None:
    assert rules(GOOD.replace("    return", f"    {statement}\n    return", 1)) == set()


@pytest.mark.parametrize("seed", range(4))
def test_sql_as_careless_models_write_it_is_found(seed: int) -> None:
    query = "found = await session.scalars(select(Part).where(Part.size == number, Part.name == str(number)))"
    right = GOOD.replace("    return", f"    {query}\n    if found.first():\n        return 0.0\n    return", 1)
    assert rules(right) == set()
    assert "atom.sql" in rules(SqlByString().inject(right, Random(seed)))


def test_the_door_for_sql_is_known_by_where_it_comes_from() -> None:
    renamed = GOOD.replace("    return", "    await run(sql(f'SELECT {number}'))\n    return", 1)
    assert rules(renamed) == set()
    assert "atom.sql" in rules(renamed, imports=("from sqlalchemy import text as sql",))
    another = GOOD.replace("    return", "    await run(text(f'{number} parts'))\n    return", 1)
    assert rules(another, imports=("from app.pages import text",)) == set()


def test_contracts_are_what_they_were_made_of() -> None:
    assert "raise NotImplementedError" in HALVE.face
    assert "extra" not in PART.face


@pytest.mark.parametrize(
    "body",
    [
        "return len(open('/etc/passwd').read())",
        "import os\n    return len(os.environ)",
        "from pathlib import Path\n    return len(Path('/').parts)",
        "from os.path import exists\n    return float(exists('x'))",
        "import httpx\n    return len(httpx.get('http://example.com').text)",
        "return len(().__class__.__bases__)",
        "return len(getattr(number, '__class__').__mro__)",
        "return len(__builtins__)",
        "return float(len(globals()))",
        "import sqlite3\n    return float(sqlite3.connect('app.db').total_changes)",
    ],
)
def test_what_a_model_wrote_reaches_for_nothing_outside(body: str) -> None:
    code = f"{HEAD}    {body}\n"
    assert "atom.reach" in rules(code)
    assert "atom.reach" not in rules(code, by=AuthorKind.BLUEPRINT), "blueprints do where they must"


def test_what_the_contract_itself_shows_reaches_nowhere() -> None:
    code = 'class Part(Base):\n    """A part."""\n\n    __abstract__ = True\n'
    asked = PART.model_copy(update={"face": code})
    assert "atom.reach" not in rules(code, asked, by=AuthorKind.MODEL)
    assert "atom.reach" in rules(
        code, asked.model_copy(update={"face": code.replace("__abstract__", "x")}), by=AuthorKind.MODEL
    )


def test_an_import_beside_the_definition_reaches_out_too() -> None:
    assert "atom.reach" in rules(GOOD, imports=("from os import environ",))
    assert "atom.reach" not in rules(GOOD, imports=("from app.types import Part", "from urllib.parse import urlsplit"))
