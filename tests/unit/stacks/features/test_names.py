"""Names of the document never hide what the generated code uses, nor are they taken for tests."""

import ast
import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

from devmatrix.discovery.document import Attribute, Check, Default, Entity, FieldType
from devmatrix.stacks.fastapi.features import feature_sources
from devmatrix.stacks.fastapi.features.feature import Feature
from devmatrix.stacks.fastapi.features.samples import record_values
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.source import Source
from tests.conventional import crud, document, reference
from tests.unit.stacks.features.corners import corners


def _sources(entity: Entity) -> tuple[Source, ...]:
    described = document("Names", "Names.", [entity], crud(entity))
    return feature_sources(described, Names(described))


def _imported(source: Source) -> set[str]:
    aliases = (
        alias for line in source.imports for node in ast.parse(line).body for alias in getattr(node, "names", ())
    )
    return {(alias.asname or alias.name).split(".")[0] for alias in aliases}


def _bound(source: Source) -> Iterable[str]:
    for symbol in source.symbols:
        for node in ast.walk(ast.parse(symbol.source)):
            if isinstance(node, ast.arg):
                yield node.arg
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id


def test_attributes_hide_nothing_that_their_modules_import() -> None:
    described = corners()
    usual = feature_sources(described, Names(described))
    packages = {f"{Names(described).package(entity)}_repository" for entity in described.entities}
    names = sorted({name for source in usual for name in _imported(source) if name == name.lower()} - packages)
    assert {"now", "select", "dt"} <= set(names)
    pairs = list(pairwise(names))
    thing = Entity(
        name="Thing",
        plural="things",
        attributes=tuple(Attribute(name=name, type=FieldType.TIME, unique=True, required=False) for name in names),
        checks=tuple(Check(left=left, operator="<=", right=right) for left, right in pairs),
    )
    for source in _sources(thing):
        if source.path.endswith(("/model.py", "/schemas.py", "/repository.py")):
            assert not set(_bound(source)) & _imported(source), source.path


def test_nothing_that_tests_import_is_taken_for_a_test() -> None:
    trial = Entity(
        name="Test",
        plural="tests",
        attributes=(
            Attribute(name="test", type=FieldType.DATE),
            Attribute(name="test_end", type=FieldType.DATE),
        ),
        checks=(Check(left="test", operator="<", right="test_end"),),
    )
    for source in _sources(trial):
        if source.path.startswith("tests/"):
            assert not [name for name in _imported(source) if name.startswith("test_")], source.path
        if source.path.endswith("/factory.py"):
            assert not [symbol.name for symbol in source.symbols if symbol.name.startswith("test")]


def test_a_unique_time_is_looked_up_by_a_time() -> None:
    slot = Entity(name="Slot", plural="slots", attributes=(Attribute(name="at", type=FieldType.TIME, unique=True),))
    (repository,) = (source for source in _sources(slot) if source.path.endswith("/repository.py"))
    (query,) = (symbol for symbol in repository.symbols if symbol.name == "id_with_at")
    assert "at: dt.time" in query.source


def test_flags_are_compared_by_identity() -> None:
    flag = Entity(name="Flag", plural="flags", attributes=(Attribute(name="up", type=FieldType.BOOLEAN),))
    (tests,) = (source for source in _sources(flag) if source.path.endswith("/test_service.py"))
    (change,) = (symbol for symbol in tests.symbols if symbol.name == "test_change_flag")
    assert "assert changed.up is True" in change.source


def test_records_for_tests_differ_where_values_are_unique() -> None:
    kinds = {
        FieldType.DATE: dt.date,
        FieldType.DATETIME: dt.datetime,
        FieldType.TIME: dt.time,
        FieldType.DECIMAL: Decimal,
        FieldType.FLOAT: float,
        FieldType.INTEGER: int,
        FieldType.STRING: str,
    }
    attributes = tuple(Attribute(name=f"one_{kind}", type=kind, unique=True) for kind in kinds)
    ticket = Entity(name="Ticket", plural="tickets", attributes=attributes)
    described = document("Names", "Names.", [ticket], crud(ticket))
    made = dict(record_values(Feature(ticket, described, Names(described))))
    known = {"dt": dt, "Decimal": Decimal, "uuid4": uuid4}
    for attribute in attributes:
        assert "datetime(2000, 1, 1)" not in made[attribute.name]  # without a time zone
        values = {eval(made[attribute.name], known) for _ in range(9)}
        assert len(values) == 9
        assert {type(value) for value in values} == {kinds[attribute.type]}


def test_records_that_are_referred_to_hide_nothing_in_tests() -> None:
    shelf = Entity(name="Shelf", plural="shelves", attributes=(Attribute(name="note", type=FieldType.TEXT),))
    names = ("str_id", "data_id", "book_id", "class_id")
    book = Entity(name="Book", plural="books", attributes=tuple(reference(name, "Shelf") for name in names))
    described = document("Names", "Names.", [shelf, book], [*crud(shelf), *crud(book)])
    (tests,) = (
        source
        for source in feature_sources(described, Names(described))
        if source.path == "tests/unit/books/test_service.py"
    )
    (create,) = (symbol for symbol in tests.symbols if symbol.name == "test_create_book")
    made = {line.split(" = ")[0].strip() for line in create.source.splitlines() if "= await make_shelf" in line}
    assert made == {"str_", "data_record", "book_record", "class_"}


def test_what_is_unique_is_tried_with_values_that_keep_the_checks() -> None:
    loan = Entity(
        name="Loan",
        plural="loans",
        attributes=(
            Attribute(name="reader", type=FieldType.STRING),
            Attribute(name="lent_on", type=FieldType.DATE, required=False),
            Attribute(name="due_on", type=FieldType.DATE, required=False, default=Default(kind="today", days=21)),
        ),
        unique_together=(("reader", "lent_on"),),
        checks=(Check(left="lent_on", operator="<=", right="due_on"),),
    )
    (tests,) = (source for source in _sources(loan) if source.path == "tests/unit/loans/test_service.py")
    (tried,) = (symbol for symbol in tests.symbols if symbol.name == "test_reader_and_lent_on_is_unique")
    lent, due = re.findall(r"(?:lent|due)_on=dt\.date\.fromisoformat\(\"([\d-]+)\"\)", tried.source)
    assert lent <= due
