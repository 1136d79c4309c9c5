"""The tables of imported documents, as migrations make them."""

from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.discovery.document import DiscoveryDocument, Entity
from devmatrix.stacks.fastapi.imported.records.fields import Association, Field, Layout, clipped

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


def unique_index_name(table: str, group: Iterable[Field]) -> str:
    """Name of what keeps the group unique."""
    name = f"uq_{table}_{'_'.join(field.name for field in group)}"
    return name if len(name) <= MAX_CONSTRAINT else f"uq_{table}_{clipped('_'.join(field.name for field in group))}"


def needs_numbering(document: DiscoveryDocument) -> bool:
    """Whether some attribute counts 1, 2, 3, ..."""
    return any(each.generated == "sequence" for entity in document.entities for each in entity.attributes)


def creations(layout: Layout, *, revokes: bool) -> Iterable[Creation]:
    """The tables of each revision, in order."""
    foundation = [_NUMBERING] if needs_numbering(layout.document) else []
    foundation += [_REVOKED] if revokes else []
    if foundation:
        yield Creation(tuple(foundation))
    done: set[str] = set()
    pending = list(layout.associations)
    late: list[Reference] = []
    for entity in layout.order:
        table = _table(entity, layout)
        done.add(table.name)
        late += [_reference(table.name, layout.fields(entity).of(name)) for name in sorted(layout.late(entity))]
        ready = [link for link in pending if {link.holder_table, link.target_table} <= done]
        pending = [link for link in pending if link not in ready]
        closed = tuple(reference for reference in late if reference.target == table.name)
        yield Creation((table, *map(_link_table, ready)), closed, entity)


def _table(entity: Entity, layout: Layout) -> Table:
    name, fields, late = layout.table(entity.name), layout.fields(entity).all, layout.late(entity)
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
