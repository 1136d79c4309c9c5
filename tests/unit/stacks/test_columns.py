"""What the tables hold."""

import pytest
import sqlalchemy
from sqlalchemy import CheckConstraint, MetaData, String, Table, create_engine

from devmatrix.discovery.document import Attribute, Check, DiscoveryDocument, Entity, FieldType
from devmatrix.stacks.fastapi.columns import (
    Column,
    associations,
    columns,
    creation_order,
    quoted,
    table_checks,
    unique_groups,
)
from devmatrix.stacks.fastapi.naming import Names
from tests import documents


def of(document: DiscoveryDocument, entity: str) -> dict[str, Column]:
    found = columns(document.entity(entity), document, Names(document))
    return {column.name: column for column in found}


def one(attribute: Attribute) -> Column:
    document = documents.library()
    entity = Entity(name="Thing", plural="things", attributes=(attribute,))
    document = document.model_copy(update={"entities": (entity,)})
    (column,) = columns(entity, document, Names(document))
    return column


@pytest.mark.parametrize(
    ("attribute", "sql_type", "python_type"),
    [
        (Attribute(name="x", type=FieldType.STRING), "String(200)", "str"),
        (Attribute(name="x", type=FieldType.STRING, max_length=7), "String(7)", "str"),
        (Attribute(name="x", type=FieldType.EMAIL), "String(254)", "str"),
        (Attribute(name="x", type=FieldType.INTEGER, maximum=2**31 - 1), "Integer()", "int"),
        (Attribute(name="x", type=FieldType.INTEGER, maximum=2**31), "BigInteger()", "int"),
        (Attribute(name="x", type=FieldType.DECIMAL, scale=4), "Numeric(16, 4)", "Decimal"),
        (Attribute(name="x", type=FieldType.ENUM, choices=("a", "abc")), "String(3)", "str"),
        (Attribute(name="x", type=FieldType.DATETIME), "DateTime(timezone=True)", "dt.datetime"),
    ],
)
def test_each_type_has_its_column(attribute: Attribute, sql_type: str, python_type: str) -> None:
    column = one(attribute)
    assert (column.sql_type, column.python_type) == (sql_type, python_type)


def test_a_password_is_kept_as_its_hash() -> None:
    column = one(Attribute(name="secret", type=FieldType.PASSWORD))
    assert (column.name, column.sql_type) == ("secret_hash", "String(255)")


def test_what_is_not_required_may_be_null() -> None:
    assert one(Attribute(name="x", type=FieldType.TEXT, required=False)).nullable
    assert not one(Attribute(name="x", type=FieldType.TEXT)).nullable


def test_references_have_an_index_unless_they_are_unique() -> None:
    found = of(documents.odd_names(), "Employee")
    assert found["department_id"].index
    assert found["mentor_id"].unique
    assert not found["mentor_id"].index


def test_one_foreign_key_of_a_circle_comes_late() -> None:
    document = documents.odd_names()
    late = [
        (entity.name, column.name)
        for entity in document.entities
        for column in columns(entity, document, Names(document))
        if column.foreign_key is not None and column.foreign_key.closes_circle
    ]
    assert len(late) == 1
    names = [entity.name for entity in creation_order(document)]
    assert sorted(names) == sorted(entity.name for entity in document.entities)


def test_tombstones_of_children_go_with_the_parent() -> None:
    document = documents.owned_notes()
    note = document.entity("Note")
    key = of(document, "Note")["owner_id"].foreign_key
    assert key is not None
    assert key.on_delete == "CASCADE"
    restricting = note.model_copy(
        update={"attributes": tuple(a.model_copy(update={"on_delete": "restrict"}) for a in note.attributes)}
    )
    (column,) = [c for c in columns(restricting, document, Names(document)) if c.foreign_key]
    assert column.foreign_key is not None
    assert column.foreign_key.on_delete == "CASCADE"


def test_checks_quote_what_sql_would_misread() -> None:
    entity = Entity(
        name="Thing",
        plural="things",
        attributes=(
            Attribute(name="order", type=FieldType.INTEGER, minimum=0, exclusive_maximum=9.5),
            Attribute(name="kind", type=FieldType.ENUM, choices=("it's", "a:b", "c\\d")),
            Attribute(name="end", type=FieldType.INTEGER),
        ),
        checks=(Check(left="order", operator="<=", right="end"),),
        unique_together=(("order", "end"),),
    )
    found = {check.name: check.sql for check in table_checks(entity)}
    assert found["order_minimum"] == '"order" >= 0'
    assert found["order_exclusive_maximum"] == '"order" < 9.5'
    assert found["kind_choices"] == r"kind IN ('it''s', 'a\:b', 'c\d')"
    assert found["order_at_most_end"] == '"order" <= "end"'
    assert unique_groups(entity) == (("order", "end"),)


@pytest.mark.parametrize("choice", ["it's", "a:b", "c\\d", "c\\:d", "\\", "{{ x }}", ":"])
def test_choices_come_into_the_table_as_they_are(choice: str) -> None:
    entity = Entity(name="T", plural="ts", attributes=(Attribute(name="k", type=FieldType.ENUM, choices=(choice,)),))
    (check,) = table_checks(entity)
    table = Table("ts", MetaData(), sqlalchemy.Column("k", String()), CheckConstraint(check.sql))
    engine = create_engine("sqlite://")
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), {"k": choice})
        assert connection.scalar(sqlalchemy.select(table.c.k)) == choice
    engine.dispose()


@pytest.mark.parametrize(("name", "sql"), [("title", "title"), ("camelCase", '"camelCase"'), ("group", '"group"')])
def test_names_are_quoted_where_they_must_be(name: str, sql: str) -> None:
    assert quoted(name) == sql


def test_an_association_to_ones_own_kind_has_two_different_columns() -> None:
    person = Entity(
        name="Person",
        plural="people",
        attributes=(
            Attribute(name="person_ids", type=FieldType.REFERENCES, target="Person"),
            Attribute(name="friend_ids", type=FieldType.REFERENCES, target="Person"),
        ),
    )
    document = documents.library().model_copy(update={"entities": (person,)})
    found = associations(document, Names(document))
    assert [(link.table, link.owner_column, link.target_column) for link in found] == [
        ("people_person", "person_id", "other_person_id"),
        ("people_friend", "person_id", "friend_id"),
    ]


def test_no_association_takes_the_name_of_a_table() -> None:
    entities = (
        Entity(
            name="Book",
            plural="books",
            attributes=(Attribute(name="tag_ids", type=FieldType.REFERENCES, target="BooksTag"),),
        ),
        Entity(name="BooksTag", plural="books_tag", attributes=(Attribute(name="x", type=FieldType.STRING),)),
    )
    document = documents.library().model_copy(update={"entities": entities})
    (link,) = associations(document, Names(document))
    assert link.table == "books_tag_links"
