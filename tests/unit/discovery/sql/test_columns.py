"""What one column becomes."""

import pytest
from pydantic import JsonValue

from devmatrix.discovery.document import Default, FieldType
from tests.unit.discovery.sql.reads import attribute, column, document_of, entity, lost

F = FieldType
LITERAL = "literal"


@pytest.mark.parametrize(
    ("declaration", "kind"),
    [
        ("a varchar(40)", F.STRING),
        ("a char(2)", F.STRING),
        ("a character varying", F.STRING),
        ("a text", F.STRING),
        ("notes text", F.TEXT),
        ("a mediumtext", F.TEXT),
        ("a citext", F.STRING),
        ("a int", F.INTEGER),
        ("a bigint", F.INTEGER),
        ("a smallint unsigned", F.INTEGER),
        ("a numeric(8,2)", F.DECIMAL),
        ("a decimal", F.DECIMAL),
        ("a money", F.DECIMAL),
        ("a real", F.FLOAT),
        ("a double precision", F.FLOAT),
        ("a float", F.FLOAT),
        ("a boolean", F.BOOLEAN),
        ("a tinyint(1)", F.BOOLEAN),
        ("a bit(1)", F.BOOLEAN),
        ("a date", F.DATE),
        ("a timestamp", F.DATETIME),
        ("a timestamp(3) with time zone", F.DATETIME),
        ("a datetime", F.DATETIME),
        ("a time", F.TIME),
        ("a uuid", F.UUID),
        ("a enum('x','y')", F.ENUM),
        ("email varchar(80)", F.EMAIL),
        ("work_email text", F.EMAIL),
        ("website varchar(300)", F.URL),
        ("product_uuid char(36)", F.UUID),
        ("email_template text", F.STRING),
        ("password varchar(60)", F.STRING),
        ("a json", F.TEXT),
        ("active int check (active in (0, 1))", F.BOOLEAN),
    ],
)
def test_types(declaration: str, kind: FieldType) -> None:
    assert column(declaration).type is kind


@pytest.mark.parametrize(
    ("declaration", "low", "high"),
    [
        ("a int", None, None),
        ("a smallint", -32_768, 32_767),
        ("a int unsigned", 0, 4_294_967_295),
        ("a bigint", -(2**53) + 1, 2**53 - 1),
        ("a numeric(5,2)", -999.99, 999.99),
        ("a numeric(30,2)", None, None),
        ("a numeric(5)", -99_999, 99_999),
        ("a smallint check (a >= 3)", 3, 32_767),
    ],
)
def test_types_bound_numbers(declaration: str, low: float | None, high: float | None) -> None:
    found = column(declaration)
    assert (found.minimum, found.maximum) == (low, high)


@pytest.mark.parametrize(
    ("declaration", "value"),
    [
        ("a varchar(20) default 'it''s'", "it's"),
        ("a int default -3", -3),
        ("a int default '3'::integer", 3),
        ("a numeric(6,2) default 0.5", "0.50"),
        ("a boolean default true", True),
        ("a boolean default 'f'", False),
        ("a tinyint(1) default '1'", True),
        ("a bit(1) default b'0'", False),
        ("a date default '2026-01-31'", "2026-01-31"),
        ("a time default '08:30'", "08:30:00"),
        ("a timestamptz default '2026-01-31 10:00:00+02'", "2026-01-31T08:00:00Z"),
        ("a enum('x y','z') default 'x y'", "x y"),
        ("a varchar(9) default 'open' check (a in ('open', 'Shut'))", "open"),
    ],
)
def test_literal_defaults(declaration: str, value: JsonValue) -> None:
    found = column(declaration + " NOT NULL")
    assert found.default == Default(kind="literal", value=value)
    assert not found.required


@pytest.mark.parametrize(
    ("declaration", "kind", "days"),
    [
        ("a timestamptz default now()", "now", 0),
        ("a timestamp default current_timestamp(6)", "now", 0),
        ("a datetime default (datetime('now'))", "now", 0),
        ("a date default current_date", "today", 0),
        ("a date default now()", "today", 0),
        ("a date default (current_date + 14)", "today", 14),
        ("a date default (current_date + interval '2 weeks')", "today", 14),
        ("a date default (current_date - interval '1 day')", "today", -1),
        ("a date default (date('now', '+14 days'))", "today", 14),
        ("a timestamptz default (now() + interval '30 days')", "now", 30),
    ],
)
def test_defaults_that_move_with_the_clock(declaration: str, kind: str, days: int) -> None:
    found = column(declaration).default
    assert found is not None
    assert (found.kind, found.days) == (kind, days)


@pytest.mark.parametrize(
    ("declaration", "reason"),
    [
        ("a bytea", "the column is left out"),
        ("a interval", "the column is left out"),
        ("a text[]", "a list of text"),
        ("a point", "the column is left out"),
        ("a jsonb", "json"),
        ("a int generated always as (b + 1) stored", "computes"),
        ("a uuid default gen_random_uuid()", "a default that the database computes"),
        ("a serial", "counts up"),
        ("a numeric(20,12)", "12 digits after the point"),
        ("a boolean default 'perhaps'", "no boolean"),
        ("a timestamp default '0000-00-00 00:00:00'", "no moment"),
        ("a int check (a % 2 = 0)", "a condition"),
        ("a int not nul", "the parser"),
        ('"日本" int', "letters a to z"),
    ],
)
def test_what_is_not_kept_is_said(declaration: str, reason: str) -> None:
    found = lost(f"create table things (id serial primary key, b int, {declaration});")
    assert [reason in item for item in found] == [True]


def test_what_the_database_fills_may_be_left_out() -> None:
    assert not column("a uuid not null default gen_random_uuid()").required
    assert not column("a serial not null").required


def test_null_and_not_null() -> None:
    assert column("a int not null").required
    assert not column("a int").required
    assert not column("a int null").required
    assert column("a varchar(3) not null default null").required


def test_an_empty_default_means_that_it_may_be_left_out() -> None:
    found = column("a varchar(9) not null default ''")
    assert (found.required, found.default) == (False, None)


def test_names_are_in_snake_case_and_apart() -> None:
    document = document_of('create table t (id serial primary key, "a b" int, a_b int, "UserName" int, "Größe" int);')
    assert [item.name for item in document.entities[0].attributes] == ["a_b", "a_b_2", "user_name", "grosse"]


def test_moments_of_creation_and_change_are_those_of_the_service() -> None:
    document = document_of(
        """create table t (id serial primary key, "createdAt" timestamptz default now(), last_update timestamp,
        created_on date, modified_by int);"""
    )
    assert [item.name for item in document.entities[0].attributes] == ["created_on", "modified_by"]
    assert "t.createdAt" in str(document.assumptions).replace("T.", "t.")


def test_comments_describe() -> None:
    sql = "create table t (id serial primary key, a int); comment on column public.t.a is 'In\n metres; ''net''';"
    assert attribute(sql, "T", "a").description == "In metres; 'net'"


@pytest.mark.parametrize("ending", ["", " ENGINE=InnoDB", " STRICT"])
def test_places_are_no_numbers_and_no_texts(ending: str) -> None:
    script = f"create table spots (id integer primary key, name text, at point, tail polygon){ending};"
    assert [item.name for item in entity(script, "Spot").attributes] == ["name"]
    assert len(lost(script)) == 2
