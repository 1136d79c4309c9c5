"""Scripts that are broken, huge or malicious; and scripts that change what they made."""

import re
import time
from collections.abc import Callable

import pytest

from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.sources import Source
from devmatrix.discovery.sql import read_sql
from devmatrix.errors import RequestError
from tests.unit.discovery.sql.reads import document_of, lost, require_covered, require_sound_reading, statements_of

FINE = "create table fine (id serial primary key, x int);\n"


@pytest.mark.parametrize(
    ("sql", "line", "column", "what"),
    [
        ("hello world", 1, 1, "no statement of SQL"),
        (FINE + "create table b (y text default 'abc);", 2, 32, "never closed"),
        (FINE + 'create table b ("y text);', 2, 17, "never closed"),
        (FINE + "\n /* abc", 3, 2, "never closed"),
        ("create function f() returns int as $x$ begin $y$;", 1, 36, "never closed"),
        (FINE + "a\0b", 2, 2, "binary"),
        ("-- a comment\n\nCREATE TABLE (x int);", 3, 1, "without a list of columns"),
        ("create table a (x int", 1, 1, "( is never closed"),
    ],
)
def test_what_is_no_sql_is_refused_with_its_place(sql: str, line: int, column: int, what: str) -> None:
    with pytest.raises(RequestError, match=re.escape(what)) as error:
        statements_of(sql)
    assert error.value.message.startswith(f"schema.sql, line {line}, column {column}: ")
    assert error.value.mend


def test_too_long_a_dump_is_refused_at_once() -> None:
    with pytest.raises(RequestError, match="longer than") as error:
        statements_of("-" * 20_000_001)
    assert "--schema-only" in error.value.mend


def test_an_empty_script_says_nothing() -> None:
    assert statements_of(" \n") == ()
    assert [item.understood for item in statements_of("insert into a values (1);")] == [True]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("create table b (y int;", "never closed"),
        ("create table (y int);", "without a list"),
        ("create table b as select * from fine;", "without a list"),
        ("create elephant;", "no statement of SQL"),
        ("create table FINE (y int);", "created before"),
        ("alter table nowhere add x int;", "no table nowhere"),
        ("alter table fine drop column x;", "as they are in the end"),
        ("drop table fine;", "as they are in the end"),
        ("alter table fine rename to coarse;", "as they are in the end"),
        ("alter table fine enable row level security;", "say who may do what"),
        ("create policy p on fine using (true);", "say who may do what"),
    ],
)
def test_what_is_broken_or_beyond_reach_loses_nothing_else(broken: str, reason: str) -> None:
    sql = f"{FINE}{broken}\n{FINE.replace('fine', 'last')}"
    assert [item.name for item in require_sound_reading(sql).entities] == ["Fine", "Last"]
    found = lost(sql)
    assert len(found) == 1
    assert reason in found[0]


def test_a_forgotten_semicolon_loses_nothing() -> None:
    sql = FINE.replace(";", "") + FINE.replace("fine", "last")
    assert [item.name for item in require_sound_reading(sql).entities] == ["Fine", "Last"]


def test_a_broken_column_loses_no_other() -> None:
    sql = "create table t (id serial primary key, a int nott null, b int not null, c c c c, d text);"
    assert [item.name for item in document_of(sql).entities[0].attributes] == ["b", "d"]
    assert len(lost(sql)) == 2


@pytest.mark.parametrize(
    "check",
    [
        "(" * 5_000 + "x > 0" + ")" * 5_000,
        "not " * 5_000 + "x",
        "x > " + "- " * 5_000 + "1",
        " or ".join(["x > 0"] * 3_000),
        "x in (" + ", ".join(str(number * 2) for number in range(2_000)) + ")",
    ],
    ids=["brackets", "nots", "minuses", "alternatives", "values"],
)
def test_deep_and_long_conditions_are_listed(check: str) -> None:
    sql = f"create table t (id serial primary key, x int check ({check}), y int);"
    assert [item.name for item in document_of(sql).entities[0].attributes][-1] == "y"
    assert len(lost(sql)) == 1


@pytest.mark.parametrize(
    "name", ["select", "class", "None", "True", "import", "def", "table", "check", "a b", "x-y", "1a"]
)
def test_reserved_and_odd_names_are_names(name: str) -> None:
    document = require_sound_reading(f'create table "{name}" ("{name}" int, "other" int);')
    assert len(document.entities[0].attributes) == 2


def test_huge_and_foreign_names_are_listed() -> None:
    found = lost(f'create table {"a" * 99} (x int); create table "имена" (y int); {FINE}')
    assert [("letters a to z" in item) for item in found] == [True, True]


def test_statements_of_a_client_and_blocks_of_data_are_told_apart() -> None:
    sql = """\\connect desk
COPY t (a) FROM stdin;
it's 1; create table wrong (x int);
\\.
create table t (id serial primary key, a text default 'a;b'); -- ; create table wrong (x int);
create function f() returns trigger as $body$ begin new.a := 'x'; return new; end; $body$ language plpgsql;
insert into t values (1, 'a;'), (2, 'b');
insert into t values (3, 'c');
"""
    assert [item.name for item in require_sound_reading(sql).entities] == ["T"]
    assert [item.became.removeprefix("of no meaning for the API: ") for item in statements_of(sql)] == [
        "a line for the client program",
        "data",
        "entity T",
        "id, kept by the service",
        "T.a: string, a;b by default",
        "a comment of the script",
        "not understood: a routine of the database",
        "data",
    ]


def test_descriptions_are_one_harmless_line() -> None:
    sql = FINE + 'comment on table fine is \'a\x07 """\n' + "b " * 400 + "';"
    description = document_of(sql).entities[0].description
    assert len(description) <= 300
    assert description.isprintable()


def test_what_another_source_said_holds_and_contradictions_are_asked() -> None:
    draft = Draft()
    read_sql(Source(text="create table books (id serial primary key, pages int);", name="one.sql"), draft)
    found = read_sql(Source(text="create table books (id serial primary key, pages date);", name="two.sql"), draft)
    assert [question.text for question in draft.questions] == ["Book.pages is said to be integer and date: which?"]
    assert [item.understood for item in found] == [True, True, False]


def _seconds(sql: str) -> float:
    began = time.process_time()
    require_covered(sql, statements_of(sql))
    return time.process_time() - began


def _tables(count: int) -> str:
    return "".join(
        f"create table t{number}s (id serial primary key, name varchar(50) not null unique, a int check (a > 0), "
        f"b text, c numeric(10,2) default 0, d date default current_date, up int references t{number // 2}s (id));\n"
        for number in range(count)
    )


def test_a_thousand_tables_are_read_in_seconds() -> None:
    assert _seconds(_tables(1_000)) < 15


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "create table a (" + ", ".join(f"c{number} int" for number in range(n // 50)) + ");",
        lambda n: "create table a (x int);\n" + "insert into a values ('it''s; so');\n" * (n // 10),
        lambda n: "-- x\n" * n + "create table a (x int);",
        lambda n: "create trigger x begin " + "a;" * n + " end; create table a (x int);",
        lambda n: "create table a (x text);" + ";" * n * 10,
        lambda n: "create table a (x text); create table b (" + "(" * n,
        lambda n: "create table a (x text); " + "create " * n,
        lambda n: "create table a (x text); " + "$a$ $b$ $a$ " * n,
        lambda n: "create table a (x" + " " * n + " int);",
    ],
    ids=["columns", "data", "comments", "bodies", "nothing", "brackets", "words", "dollars", "spaces"],
)
def test_time_grows_no_faster_than_the_script(make: Callable[[int], str]) -> None:
    _seconds(make(100))
    small, large = _seconds(make(2_000)), _seconds(make(16_000))
    assert large < max(small, 0.02) * 8 * 4
