"""Examples that are coherent."""

import ast

from devmatrix.discovery.document import Attribute, Entity, FieldType
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.seeds import seed_sources
from devmatrix.stacks.fastapi.seeds.examples import examples_of
from tests import conventional, documents
from tests.conventional import crud, reference


def test_examples_come_after_those_they_refer_to() -> None:
    order = [one.entity.name for one in examples_of(documents.library())]
    assert order.index("Loan") > order.index("Book") > order.index("Shelf")


def test_unique_values_differ() -> None:
    for one in examples_of(documents.library()):
        for attribute in one.entity.attributes:
            if attribute.unique and attribute.type is not FieldType.REFERENCE:
                values = [row[attribute.name] for row in one.rows]
                assert len(set(values)) == len(values) > 0


def test_what_needs_one_of_its_own_kind_has_no_examples() -> None:
    document = documents.library()
    member = document.entity("Member")
    needing = Attribute(name="sponsor_id", type=FieldType.REFERENCE, target="Member")
    member = member.model_copy(update={"attributes": (*member.attributes, needing)})
    others = tuple(entity for entity in document.entities if entity.name != "Member")
    changed = document.model_copy(update={"entities": (*others, member)})
    names = {one.entity.name for one in examples_of(changed)}
    assert "Member" not in names
    assert "Loan" not in names  # needs a member
    assert "Book" in names


def test_no_password_stands_in_the_rows() -> None:
    document = documents.accounts()
    (source,) = seed_sources(document, Names(document))
    assert "password" not in source.preamble
    assert "hash_password(" in "".join(symbol.source for symbol in source.symbols)


def test_records_are_called_as_nothing_else_in_the_functions() -> None:
    shelf = Entity(name="Value", plural="values", attributes=(Attribute(name="note", type=FieldType.TEXT),))
    book = Entity(name="Book", plural="books", attributes=(reference("value_id", "Value"),))
    document = conventional.document("Names", "Names.", [shelf, book], [*crud(shelf), *crud(book)])
    (source,) = seed_sources(document, Names(document))
    (make,) = (symbol for symbol in source.symbols if symbol.name == "make_books")
    assert "Book(**values, value_id=values_made[number].id) for number, values in" in make.source


def test_rows_of_records_that_only_refer_are_empty() -> None:
    shelf = Entity(name="Shelf", plural="shelves", attributes=(Attribute(name="note", type=FieldType.TEXT),))
    stay = Entity(name="Stay", plural="stays", attributes=(reference("shelf_id", "Shelf"),))
    document = conventional.document("Stays", "Stays.", [shelf, stay], [*crud(shelf), *crud(stay)])
    (source,) = seed_sources(document, Names(document))
    ast.parse(source.preamble)
    assert "STAYS: list[dict[str, Any]] = [{}" in source.preamble
