"""Defects that only running a service shows: each is the edit that its name says, and leaves Python that parses."""

import ast
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.llm.testing.defects import SERVICE_DEFECTS, Defect
from tests.unit.llm_testing.snippets import classes, functions, modules


@pytest.mark.parametrize("defect", SERVICE_DEFECTS, ids=lambda defect: defect.name)
@given(code=functions() | classes() | modules(), seed=st.integers(0, 1_000))
def test_a_defect_changes_code_and_leaves_it_parsable(defect: Defect, code: str, seed: int) -> None:
    if not defect.applies(code):
        return
    flawed = defect.inject(code, Random(seed))
    assert flawed != code
    ast.parse(flawed)
    assert defect.inject(code, Random(seed)) == flawed


@pytest.mark.parametrize("defect", SERVICE_DEFECTS, ids=lambda defect: defect.name)
@given(text=st.text(max_size=60))
def test_no_text_breaks_a_defect(defect: Defect, text: str) -> None:
    if defect.applies(text):
        assert defect.inject(text, Random(0)) != text


CASES = {
    "access_opened": [
        ("def f(a):\n    if a.role != 'x':\n        raise Forbidden('no')\n", "def f(a):\n    pass\n"),
        ("def f(a):\n    ensure_owner(a)\n", "def f(a):\n    pass\n"),
        ("@r.get('/', dependencies=[x])\ndef f(): ...\n", "@r.get('/', dependencies=[])\ndef f(): ...\n"),
    ],
    "arguments_swapped": [("f(a, b)\n", "f(b, a)\n")],
    "condition_turned": [("x = a if b else c\n", "x = a if not (b) else c\n"), ("[a for a in b if c]\n", "not (c)]")],
    "constant_answer": [
        ("def f() -> bool:\n    return x()\n", "return True"),
        ("def f() -> A | None:\n    return x\n", "None"),
    ],
    "constraint_dropped": [
        ("x = (CheckConstraint('a'), 1)\n", "x = ( 1)\n"),
        ("x = c(String, ForeignKey('a.id'))\n", "x = c(String, )\n"),
        ("x = c(unique=True)\n", "x = c(unique=False)\n"),
        ("x = c(nullable=False)\n", "x = c(nullable=True)\n"),
    ],
    "equality_turned": [("a == b\n", "a != b\n"), ("a is not b\n", "a is b\n"), ("a not in b\n", "a in b\n")],
    "filter_ignored": [("s.where(a == b)\n", "s\n"), ("s.where(a, b)\n", "s.where(b)\n")],
    "flag_turned": [("f(x=True)\n", "f(x=False)\n")],
    "guard_dropped": [("def f(a):\n    if a is None:\n        raise NotFound('no')\n", "def f(a):\n    pass\n")],
    "junction_swapped": [("a and b and c\n", "a or b and c\n"), ("a or b\n", "a and b\n")],
    "missing_await": [("async def f():\n    return await g()\n", "return g()")],
    "off_by_one": [("a < 3\n", "a <= 3\n"), ("a < 3\n", "a < 4\n")],
    "order_lost": [("s.order_by(a)\n", "s\n"), ("a.desc()\n", "a.asc()\n")],
    "page_missed": [("s.limit(n)\n", "s\n"), ("s.offset(n)\n", "s.offset((n) + 1)\n")],
    "secret_exposed": [
        ("def f(password):\n    return 1\n", "def f(password):\n    print(password)\n    return 1\n"),
        ("def f(a):\n    return a.password\n", "print(a.password)"),
        ("def f(v):\n    return v.pop('password')\n", "print(v)"),
    ],
    "sql_by_string": [("def f(b):\n    s.where(A.x == b)\n", "text(f\"x = '{b}'\")")],
    "statement_dropped": [("def f():\n    g()\n", "def f():\n    pass\n"), ("def f(a):\n    a.b = 1\n", "    pass\n")],
    "swallowed_error": [("def f():\n    raise A\n", "def f():\n    pass\n")],
    "transaction_split": [
        ("async def f(session):\n    a()\n    b()\n", "    a()\n    await session.commit()\n    b()\n")
    ],
    "validation_loosened": [("Field(max_length=3)\n", "max_length=None"), ("C(extra='forbid')\n", "extra='ignore'")],
    "wrong_error": [("def f():\n    raise A('x')\n", "raise ValueError('x')")],
    "wrong_status": [("f(404)\n", "f(410)\n")],
    "wrong_word": [("a['key']\n", "a['keyx']\n")],
}


def test_each_has_a_case() -> None:
    assert sorted(CASES) == sorted(defect.name for defect in SERVICE_DEFECTS)


@pytest.mark.parametrize("defect", SERVICE_DEFECTS, ids=lambda defect: defect.name)
def test_each_is_the_edit_that_its_name_says(defect: Defect) -> None:
    for code, expected in CASES[defect.name]:
        made = {defect.inject(code, Random(seed)) for seed in range(20)}
        assert any(expected in each for each in made), made


def test_what_guards_nothing_else_is_left_alone() -> None:
    by_name = {defect.name: defect for defect in SERVICE_DEFECTS}
    assert not by_name["guard_dropped"].applies("def f(a):\n    if not a.owner:\n        raise Forbidden('no')\n")
    assert not by_name["access_opened"].applies("def f(a):\n    if a is None:\n        raise NotFound('no')\n")
    assert not by_name["secret_exposed"].applies("def f(title, data):\n    return data.title\n")
    assert not by_name["transaction_split"].applies("async def f(client):\n    a()\n    b()\n")
