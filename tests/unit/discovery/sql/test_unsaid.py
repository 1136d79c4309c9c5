"""References without foreign keys, and tables that tools keep for themselves."""

import pytest

from devmatrix.discovery.document import FieldType
from tests.unit.discovery.sql.reads import document_of, entity, lost

_PARENTS = "create table shelves (id bigint not null primary key, name text);"


def test_columns_named_after_a_table_and_its_key_refer_to_it() -> None:
    script = f"{_PARENTS} create table books (id bigint primary key, title text, shelf_id bigint not null);"
    shelf = entity(script, "Book").attribute("shelf_id")
    assert (shelf.type, shelf.target, shelf.required) == (FieldType.REFERENCE, "Shelf", True)
    assert "Taken for references, though no foreign key says so: books.shelf_id" in [
        one.text for one in document_of(script).assumptions
    ]


@pytest.mark.parametrize(
    "column",
    [
        "shelf_id varchar(9)",
        "shelf_id uuid",
        "shelf_number bigint",
        "owner_id bigint",
        "shelf bigint",
        "old_shelf_id bigint",
    ],
)
def test_columns_that_may_mean_something_else_do_not(column: str) -> None:
    script = f"{_PARENTS} create table books (id bigint primary key, title text, {column});"
    assert all(item.target is None for item in entity(script, "Book").attributes)


def test_keys_of_their_own_and_keys_that_are_said_stay_what_they_are() -> None:
    script = f"""{_PARENTS} create table rooms (id bigint primary key);
    create table books (book_id bigint primary key, shelf_id bigint references rooms (id) on delete cascade);"""
    (shelf,) = entity(script, "Book").attributes
    assert (shelf.target, shelf.on_delete) == ("Room", "cascade")


def test_two_such_columns_and_nothing_else_link() -> None:
    script = f"""{_PARENTS} create table labels (id bigint primary key, name text);
    create table labels_shelves (label_id bigint not null, shelf_id bigint not null);"""
    document = document_of(script)
    assert [one.name for one in document.entities] == ["Shelf", "Label"]
    assert [item.target for one in document.entities for item in one.attributes if item.target] in (
        ["Label"],
        ["Shelf"],
    )


@pytest.mark.parametrize("name", ["schema_migrations", "django_migrations", '"SQLITE_SEQUENCE"', "alembic_version"])
def test_tables_of_tools_are_left_out_and_accounted_for(name: str) -> None:
    script = f"{_PARENTS}\ncreate table {name} (version text not null primary key, at timestamp);"
    document = document_of(script)
    assert [one.name for one in document.entities] == ["Shelf"]
    assert not lost(script)
    assert any("a tool keeps it for itself" in one.became for one in document.statements)


def test_a_key_of_a_column_that_is_not_there_is_no_key_to_refer_to() -> None:
    script = "create table shelves (name text, primary key (code)); create table books (title text, shelf_id bigint);"
    assert all(item.target is None for item in entity(script, "Book").attributes)
