"""The tables of imported documents, as migrations make them."""

from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.discovery.document import DiscoveryDocument, Entity, FieldType
from devmatrix.stacks.fastapi.columns import creation_order
from devmatrix.stacks.fastapi.imported.records.fields import (
    Association,
    Field,
    Fields,
    associations,
    clipped,
    table_name,
)
from devmatrix.stacks.fastapi.naming import Names

MAX_CONSTRAINT = 63


@dataclass(frozen=True)
class Reference:
    """A foreign key of `table`.`column` to `target`.row_id."""

    table: str
    column: str
    target: str
    on_delete: str


@dataclass(frozen=True)
class Unique:
    """Columns that are unique together; `partial`: among the rows that are not deleted."""

    name: str
    columns: tuple[str, ...]
    partial: bool = False


@dataclass(frozen=True)
class Table:
    """One table."""

    name: str
    columns: tuple[tuple[str, str, bool], ...]
    """(name, type after `sa.`, nullable)."""
    key: str
    references: tuple[Reference, ...] = ()
    unique: tuple[Unique, ...] = ()
    indexes: tuple[str, ...] = ()
    """Columns."""


@dataclass(frozen=True)
class Creation:
    """What one revision makes: the first table is the entity's."""

    tables: tuple[Table, ...]
    late: tuple[Reference, ...] = ()
    """Of tables that were made before, to one that is made here."""
    entity: Entity | None = None


def late_references(entity: Entity, document: DiscoveryDocument) -> frozenset[str]:
    """References of the entity to tables that are made after its own."""
    place = {other.name: index for index, other in enumerate(creation_order(document))}
    return frozenset(
        attribute.name
        for attribute in entity.attributes
        if attribute.type is FieldType.REFERENCE
        and attribute.target is not None
        and place[attribute.target] > place[entity.name]
    )


def unique_index_name(table: str, group: Iterable[Field]) -> str:
    """Name of what keeps the group unique."""
    name = f"uq_{table}_{'_'.join(field.name for field in group)}"
    return name if len(name) <= MAX_CONSTRAINT else f"uq_{table}_{clipped('_'.join(field.name for field in group))}"


def needs_numbering(document: DiscoveryDocument) -> bool:
    """Whether some attribute counts 1, 2, 3, ..."""
    return any(each.generated == "sequence" for entity in document.entities for each in entity.attributes)


def creations(document: DiscoveryDocument, names: Names, *, revokes: bool) -> Iterable[Creation]:
    """The tables of each revision, in order."""
    foundation = [_NUMBERING] if needs_numbering(document) else []
    foundation += [_REVOKED] if revokes else []
    if foundation:
        yield Creation(tuple(foundation))
    done: set[str] = set()
    pending = list(associations(document, names))
    late: list[Reference] = []
    for entity in creation_order(document):
        table = _table(entity, document, names)
        done.add(table.name)
        late_names = late_references(entity, document)
        fields = Fields(entity, document, names)
        late += [_reference(table.name, fields.of(name)) for name in late_names]
        ready = [link for link in pending if {link.holder_table, link.target_table} <= done]
        pending = [link for link in pending if link not in ready]
        closed = tuple(reference for reference in late if reference.target == table.name)
        yield Creation((table, *map(_link_table, ready)), closed, entity)


def _table(entity: Entity, document: DiscoveryDocument, names: Names) -> Table:
    name = table_name(entity, names)
    fields = Fields(entity, document, names).all
    late = late_references(entity, document)
    columns = [("row_id", "Integer()", False)]
    for field in fields:
        columns.append((field.name, field.sql_type, field.nullable))
        columns += [(field.moment, "BigInteger()", True)] if field.moment else []
        columns += [(field.media_type, "Text()", True)] if field.media_type else []
    columns += [("deleted_at", "DateTime(timezone=True)", True)] if entity.soft_delete else []
    by_name = {field.attribute.name: field for field in fields}
    groups: list[tuple[Field, ...]] = [(field,) for field in fields if field.unique]
    groups += [tuple(by_name[each] for each in group) for group in entity.unique_together if len(group) > 1]
    return Table(
        name=name,
        columns=tuple(columns),
        key="row_id",
        references=tuple(
            _reference(name, field) for field in fields if field.table and field.attribute.name not in late
        ),
        unique=tuple(
            Unique(unique_index_name(name, group), tuple(field.name for field in group), entity.soft_delete)
            for group in groups
        ),
        indexes=tuple(field.name for field in fields if field.table and (not field.unique or entity.soft_delete)),
    )


def _reference(table: str, field: Field) -> Reference:
    return Reference(table, field.name, field.table, field.on_delete)


def _link_table(link: Association) -> Table:
    ends = ("holder_row_id", "target_row_id")
    return Table(
        name=link.table,
        columns=(("row_id", "Integer()", False), *((end, "Integer()", False) for end in ends)),
        key="row_id",
        references=(
            Reference(link.table, "holder_row_id", link.holder_table, "CASCADE"),
            Reference(link.table, "target_row_id", link.target_table, "CASCADE"),
        ),
        unique=(Unique(f"uq_{link.table}_{'_'.join(ends)}", ends),),
        indexes=("target_row_id",),
    )


_NUMBERING = Table("numbering", (("name", "Text()", False), ("last", "BigInteger()", False)), "name")
_REVOKED = Table(
    "revoked_tokens",
    (("token_id", "String(32)", False), ("expires_at", "DateTime(timezone=True)", False)),
    "token_id",
)
