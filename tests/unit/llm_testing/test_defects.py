"""Every defect changes the code, always; what is to break it breaks it, and what is to hide in it still parses."""

import ast
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.llm.testing import DEFECTS, Defect
from devmatrix.llm.testing.defects import (
    InventedImport,
    MissingAwait,
    OffByOne,
    Prose,
    SqlByString,
    Stub,
    SwallowedError,
    SyntaxSlip,
    Truncated,
    WrongName,
    WrongStatus,
)
from tests.unit.llm_testing.snippets import classes, functions, modules

RIGHT = '''\
async def get_row(session: AsyncSession, key: int) -> Row:
    """The row; NotFound where there is none."""
    query = select(Row).where(Row.key == key).limit(1)
    row = await session.scalar(query)
    if row is None:
        raise NotFound(404)
    return row
'''


def parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
@given(code=functions() | classes() | modules(), seed=st.integers(0, 1_000))
def test_a_defect_changes_code_as_it_says(defect: Defect, code: str, seed: int) -> None:
    assert parses(code)
    if not defect.applies(code):
        return
    flawed = defect.inject(code, Random(seed))
    assert flawed != code
    assert parses(flawed) is defect.parses
    assert defect.inject(code, Random(seed)) == flawed


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
@given(text=st.text(max_size=60))
def test_no_text_breaks_a_defect(defect: Defect, text: str) -> None:
    if defect.applies(text):
        assert defect.inject(text, Random(0)) != text


def test_all_apply_to_a_typical_function() -> None:
    assert [defect.name for defect in DEFECTS if not defect.applies(RIGHT)] == []
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS) == 12


def lines_changed(defect: Defect, seed: int = 0) -> tuple[list[str], list[str]]:
    before, after = RIGHT.splitlines(), defect.inject(RIGHT, Random(seed)).splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


def test_a_wrong_name_is_a_synonym() -> None:
    assert lines_changed(WrongName())[1] == ["async def fetch_row(session: AsyncSession, key: int) -> Row:"]
    assert WrongName().inject("class Row: ...", Random(1)).startswith("class Row")


def test_an_await_is_missing() -> None:
    assert lines_changed(MissingAwait())[1] == ["    row = session.scalar(query)"]


def test_an_error_is_swallowed() -> None:
    assert {lines_changed(SwallowedError(), seed)[1][0] for seed in range(9)} == {"        pass", "        return None"}
    quiet = {SwallowedError().inject("def f(a):\n    b = a()\n    return b\n", Random(seed)) for seed in range(9)}
    tried = "def f(a):\n    try:\n        b = a()\n        return b\n    except Exception:\n"
    assert quiet == {f"{tried}        pass\n", f"{tried}        return None\n"}


def test_a_status_has_a_wrong_neighbour() -> None:
    assert lines_changed(WrongStatus())[1][0] in ("        raise NotFound(400)", "        raise NotFound(410)")
    named = WrongStatus().inject("x = status.HTTP_201_CREATED", Random(0))
    assert named in ("x = 200", "x = 202")


def test_a_bound_is_missed() -> None:
    assert lines_changed(OffByOne())[1][0].endswith((".limit(2)", ".limit(0)"))
    assert OffByOne().inject("def f(a, b):\n    return a <  b\n", Random(0)) == "def f(a, b):\n    return a <=  b\n"
    assert not OffByOne().applies("def f():\n    return 404\n")


def test_a_query_is_put_together_from_texts() -> None:
    before, after = lines_changed(SqlByString())
    assert after == [
        "    from sqlalchemy import text",
        "    query = select(Row).where(text(f\"key = '{key}'\")).limit(1)",
    ]
    assert len(before) == 1
    bound = "def f(s, a):\n    s.execute(text('SELECT 1 WHERE a = :a'))\n"
    assert "text(f\"SELECT 1 WHERE a = '{a}'\")" in SqlByString().inject(bound, Random(0))


def test_nothing_is_written() -> None:
    stub = Stub().inject(RIGHT, Random(1))
    assert stub.splitlines()[1] == '    """The row; NotFound where there is none."""'
    assert stub.splitlines()[2].strip() in (
        "pass",
        "raise NotImplementedError",
        "raise NotImplementedError  # left for later",
    )
    assert not Stub().applies("def f():\n    pass\n")


def test_what_does_not_exist_is_imported() -> None:
    inventions = {line for seed in range(20) for line in lines_changed(InventedImport(), seed)[1]}
    assert any(line.startswith("    ") for line in inventions)
    assert any(not line.startswith(" ") for line in inventions)
    future = InventedImport().inject("from __future__ import annotations\nx = 1\n", Random(0))
    assert future.splitlines()[0] == "from __future__ import annotations"


def test_an_end_is_missing_where_it_is_missed() -> None:
    cut = Truncated().inject(RIGHT, Random(0))
    assert RIGHT.startswith(cut)
    assert len(cut) >= len(RIGHT.rstrip()) // 2


def test_talk_comes_with_fences_and_without() -> None:
    talks = [Prose().inject(RIGHT, Random(seed)) for seed in range(10)]
    assert all(RIGHT.rstrip() in talk for talk in talks)
    assert {"```" in talk for talk in talks} == {True, False}


def test_one_character_less_breaks_it() -> None:
    assert len(SyntaxSlip().inject(RIGHT, Random(0))) == len(RIGHT) - 1
