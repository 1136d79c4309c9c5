"""What CHECKs say, of columns and of tables."""

import pytest

from devmatrix.discovery.document import Attribute, Check, FieldType
from tests.unit.discovery.sql.reads import column, entity, lost

Bounds = tuple[float | None, float | None, float | None, float | None]


def bounds(found: Attribute) -> Bounds:
    return (found.minimum, found.exclusive_minimum, found.maximum, found.exclusive_maximum)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a > 0", (None, 0, None, None)),
        ("0 < a", (None, 0, None, None)),
        ("a >= -2 and a < 10", (-2, None, None, 10)),
        ("((a >= 1) and (a <= (5)::integer))", (1, None, 5, None)),
        ("a between 1 and 5", (1, None, 5, None)),
        ("a is null or a > 3", (None, 3, None, None)),
        ("a in (1, 2, 3)", (1, None, 3, None)),
        ("a > 1 and a > 4", (None, 4, None, None)),
        ("a > 5 and a < 3", (None, None, None, None)),
    ],
)
def test_bounds(condition: str, expected: Bounds) -> None:
    assert bounds(column(f"a int check ({condition})")) == expected


@pytest.mark.parametrize(
    ("condition", "least", "most"),
    [
        ("length(a) <= 30", None, 30),
        ("char_length(a) > 2", 3, 50),
        ("length(a) between 2 and 4", 2, 4),
        ("length(a) = 5", 5, 5),
        ("a <> ''", 1, 50),
        ("octet_length(a) < 9", None, 50),
    ],
)
def test_lengths(condition: str, least: int | None, most: int) -> None:
    found = column(f"a varchar(50) check ({condition})")
    assert (found.min_length, found.max_length) == (least, most)


@pytest.mark.parametrize(
    "condition",
    [
        "a in ('new', 'In Progress')",
        "a = 'new' or a = 'In Progress'",
        "(a)::text = any (array['new'::varchar, 'In Progress'::varchar]::text[])",
        "a is null or a in ('new', 'In Progress')",
    ],
)
def test_lists_of_values_are_choices_kept_as_they_are(condition: str) -> None:
    found = column(f"a varchar(50) check ({condition})")
    assert (found.type, found.choices, found.max_length) == (FieldType.ENUM, ("new", "In Progress"), None)


def test_patterns() -> None:
    assert column("a varchar(9) check (a ~ '^[A-Z]+$')").pattern == "^[A-Z]+$"
    assert column("a varchar(9) check (trim(a) <> '')").pattern == r"\S"
    assert column("a varchar(9) check (a like '%_@_%')").pattern == "@"
    assert column("email varchar(90) check (email like '%@%')").pattern is None
    assert column("a varchar(9) not null, b int check (a is not null)", "a").required


@pytest.mark.parametrize(
    "condition",
    [
        "a <> 3", "a > b + 1", "a > 1 or b > 2", "not (a > 3)", "a in (1, 5)", "a in (select b from x)", "f(a)",
        "a ~ '(a)\\1'", "length(a) > 3", "a > c", "case when a > 1 then true else false end",
    ],
)  # fmt: skip
def test_other_conditions_are_listed(condition: str) -> None:
    found = lost(f"create table t (id serial primary key, a int, b int, c date, check ({condition}));")
    assert len(found) == 1
    assert "not understood: a condition: " in found[0]


def test_what_is_understood_of_a_condition_holds_although_the_rest_does_not() -> None:
    sql = "create table t (id serial primary key, a int, b int, check (a > 0 and a % 2 = 0));"
    assert entity(sql, "T").attribute("a").exclusive_minimum == 0
    assert len(lost(sql)) == 1


def test_columns_are_compared() -> None:
    sql = """create table t (id serial primary key, starts date not null, ends date, low int, high int,
        check (starts < ends), constraint x check (high >= low));"""
    assert entity(sql, "T").checks == (
        Check(left="starts", operator="<", right="ends"),
        Check(left="high", operator=">=", right="low"),
    )


def test_domains_lend_their_conditions() -> None:
    sql = """create domain code as varchar(5) not null default 'AB' check (value ~ '^[A-Z]+$' and length(value) > 1);
        create table t (id serial primary key, a code, b public.code unique);"""
    for name in ("a", "b"):
        found = entity(sql, "T").attribute(name)
        assert (found.pattern, found.min_length, found.max_length) == ("^[A-Z]+$", 2, 5)
        assert found.default is not None
    assert entity(sql, "T").attribute("b").unique
