"""What the tables hold: one definition that the model's blueprint and the migration's blueprint both render."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.discovery.document import Attribute, Check, DiscoveryDocument, Entity, FieldType
from devmatrix.stacks.fastapi.naming import Names, attribute_name

_LENGTHS = {FieldType.STRING: 200, FieldType.EMAIL: 254, FieldType.URL: 2000}
_HASH_LENGTH = 255
_DECIMAL_DIGITS_BEFORE_POINT = 12
_INT32 = (-(2**31), 2**31 - 1)

_PYTHON_TYPES = {
    FieldType.INTEGER: "int",
    FieldType.DECIMAL: "Decimal",
    FieldType.FLOAT: "float",
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "dt.date",
    FieldType.DATETIME: "dt.datetime",
    FieldType.TIME: "dt.time",
    FieldType.UUID: "UUID",
    FieldType.REFERENCE: "UUID",
}

_SQL_TYPES = {
    FieldType.TEXT: "Text()",
    FieldType.INTEGER: "Integer()",
    FieldType.FLOAT: "Double()",
    FieldType.BOOLEAN: "Boolean()",
    FieldType.DATE: "Date()",
    FieldType.DATETIME: "DateTime(timezone=True)",
    FieldType.TIME: "Time()",
    FieldType.UUID: "Uuid()",
    FieldType.REFERENCE: "Uuid()",
}


@dataclass(frozen=True)
class ForeignKey:
    """What a column points to: `table`.id."""

    table: str
    on_delete: str
    """As SQL has it: RESTRICT, CASCADE, SET NULL."""
    closes_circle: bool
    """The table that it points to is made after this one: the constraint is added later (`use_alter`)."""


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    """In the database: the wire name (`<name>_hash` for a password)."""
    attribute: str
    """The identifier in the model."""
    python_type: str
    """`str` also for enums; without `| None`."""
    sql_type: str
    """For migrations, after `sa.`: `String(200)`, `Numeric(14, 2)`."""
    model_type: str
    """For models, as mapped_column's argument; empty where `Base.type_annotation_map` knows it from the Python type."""
    nullable: bool
    unique: bool
    index: bool
    foreign_key: ForeignKey | None = None


@dataclass(frozen=True)
class TableCheck:
    """A CHECK constraint; the naming convention puts `ck_<table>_` before the name."""

    name: str
    sql: str


@dataclass(frozen=True)
class Association:
    """The table behind a `references` attribute: two foreign keys, both of them the primary key, both CASCADE."""

    table: str
    owner: Entity
    attribute: Attribute
    target: Entity
    owner_table: str
    owner_column: str
    target_table: str
    target_column: str


def columns(entity: Entity, document: DiscoveryDocument, names: Names) -> tuple[Column, ...]:
    """The columns of an entity's own attributes; those of Record, Versioned and SoftDeleted are not among them."""
    order = creation_order(document)
    place = {other.name: index for index, other in enumerate(order)}
    found = []
    for attribute in entity.attributes:
        if attribute.type is FieldType.REFERENCES:
            continue
        key = None
        if attribute.type is FieldType.REFERENCE and attribute.target is not None:
            late = place[attribute.target] > place[entity.name]
            key = ForeignKey(names.package(document.entity(attribute.target)), _on_delete(entity, attribute), late)
        found.append(_column(attribute, key))
    return tuple(found)


def _column(attribute: Attribute, key: ForeignKey | None) -> Column:
    hashed = attribute.type is FieldType.PASSWORD
    name = f"{attribute.name}_hash" if hashed else attribute.name
    sql_type = _sql_type(attribute)
    return Column(
        name=name,
        attribute=attribute_name(name),
        python_type=_PYTHON_TYPES.get(attribute.type, "str"),
        sql_type=sql_type,
        model_type=_model_type(attribute, sql_type),
        nullable=attribute.may_be_null,
        unique=attribute.unique,
        index=key is not None and not attribute.unique,
        foreign_key=key,
    )


def _on_delete(entity: Entity, attribute: Attribute) -> str:
    # The service guards the records that are not deleted; what it has soft-deleted goes with the parent's row.
    if entity.soft_delete and attribute.on_delete == "restrict":
        return "CASCADE"
    return attribute.on_delete.replace("_", " ").upper()


def _sql_type(attribute: Attribute) -> str:
    match attribute.type:
        case FieldType.PASSWORD:
            return f"String({_HASH_LENGTH})"
        case FieldType.ENUM:
            return f"String({max(map(len, attribute.choices), default=1) or 1})"
        case FieldType.STRING | FieldType.EMAIL | FieldType.URL:
            return f"String({attribute.max_length or _LENGTHS[attribute.type]})"
        case FieldType.DECIMAL:
            return f"Numeric({_DECIMAL_DIGITS_BEFORE_POINT + attribute.scale}, {attribute.scale})"
        case FieldType.INTEGER if not _fits_32_bits(attribute):
            return "BigInteger()"
        case _:
            return _SQL_TYPES[attribute.type]


def _model_type(attribute: Attribute, sql_type: str) -> str:
    if attribute.type is FieldType.DECIMAL:
        return sql_type.replace("Numeric", "ExactNumeric")
    if attribute.type is FieldType.INTEGER:
        return "" if sql_type == "Integer()" else sql_type.removesuffix("()")
    return "" if attribute.type in _PYTHON_TYPES else sql_type.removesuffix("()")


def _fits_32_bits(attribute: Attribute) -> bool:
    bounds = (attribute.minimum, attribute.exclusive_minimum, attribute.maximum, attribute.exclusive_maximum)
    return all(_INT32[0] <= bound <= _INT32[1] for bound in bounds if bound is not None)


def table_checks(entity: Entity) -> tuple[TableCheck, ...]:
    """Choices of enums, bounds of numbers, and rules between fields."""
    found = []
    for attribute in entity.attributes:
        if attribute.type is FieldType.ENUM:
            choices = ", ".join(_literal(choice) for choice in attribute.choices)
            found.append(TableCheck(f"{attribute.name}_choices", f"{quoted(attribute.name)} IN ({choices})"))
        elif attribute.type in (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT):
            found += _bounds(attribute)
    return (*found, *(_rule(check) for check in entity.checks))


def _bounds(attribute: Attribute) -> Iterable[TableCheck]:
    for name, operator, bound in (
        ("minimum", ">=", attribute.minimum),
        ("exclusive_minimum", ">", attribute.exclusive_minimum),
        ("maximum", "<=", attribute.maximum),
        ("exclusive_maximum", "<", attribute.exclusive_maximum),
    ):
        if bound is not None:
            number = int(bound) if bound == int(bound) else bound
            yield TableCheck(f"{attribute.name}_{name}", f"{quoted(attribute.name)} {operator} {number}")


_OPERATORS = {"<": "before", "<=": "at_most", ">": "after", ">=": "at_least", "!=": "not"}


def _rule(check: Check) -> TableCheck:
    name = f"{check.left}_{_OPERATORS[check.operator]}_{check.right}"
    return TableCheck(name, f"{quoted(check.left)} {check.operator} {quoted(check.right)}")


def _literal(text: str) -> str:
    # SQLAlchemy reads :name inside the text of a constraint as a parameter; a backslash before anything else stays.
    return "'" + text.replace("'", "''").replace(":", "\\:") + "'"


def quoted(name: str) -> str:
    """The column's name as SQL text needs it, in double quotes where it is reserved or not in lower case."""
    from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS as OF_POSTGRESQL
    from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

    plain = re.fullmatch("[a-z_][a-z0-9_]*", name)
    reserved = name in OF_POSTGRESQL or name in SQLiteIdentifierPreparer.reserved_words
    return name if plain and not reserved else f'"{name}"'


def unique_groups(entity: Entity) -> tuple[tuple[str, ...], ...]:
    """Column names of each `unique_together`; single unique columns say so themselves."""
    return tuple(group for group in entity.unique_together if len(group) > 1)


def associations(document: DiscoveryDocument, names: Names) -> tuple[Association, ...]:
    """All association tables of the document."""
    taken = {names.package(entity) for entity in document.entities}
    found = []
    for entity in document.entities:
        for attribute in entity.attributes:
            if attribute.type is not FieldType.REFERENCES or attribute.target is None:
                continue
            target = document.entity(attribute.target)
            table = f"{names.package(entity)}_{attribute.name.removesuffix('_ids')}"
            while table in taken:
                table += "_links"
            taken.add(table)
            owner_column = f"{names.variable(entity).rstrip('_')}_id"
            target_column = attribute.name.removesuffix("s")
            found.append(
                Association(
                    table=table,
                    owner=entity,
                    attribute=attribute,
                    target=target,
                    owner_table=names.package(entity),
                    owner_column=owner_column,
                    target_table=names.package(target),
                    target_column=f"other_{target_column}" if target_column == owner_column else target_column,
                )
            )
    return tuple(found)


def creation_order(document: DiscoveryDocument) -> tuple[Entity, ...]:
    """Entities so that each comes after those it refers to, as far as there is no circle."""
    done: dict[str, Entity] = {}
    entered: set[str] = set()

    def visit(entity: Entity) -> None:
        if entity.name in entered:
            return
        entered.add(entity.name)
        for attribute in entity.attributes:
            if attribute.type is FieldType.REFERENCE and attribute.target is not None:
                visit(document.entity(attribute.target))
        done[entity.name] = entity

    for entity in document.entities:
        visit(entity)
    return tuple(done.values())
