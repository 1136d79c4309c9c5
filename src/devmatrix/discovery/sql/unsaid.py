"""What the tables of many applications mean without saying it: references without foreign keys, tables of tools."""

from collections.abc import Iterator, Mapping

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.naming import entity_name, split_words
from devmatrix.discovery.sql.column_types import Reading
from devmatrix.discovery.sql.schema import Column, ForeignKey, Schema, Table

_KINDS = (FieldType.INTEGER, FieldType.UUID)
_BOOKKEEPING = frozenset(
    """schema_migrations ar_internal_metadata django_migrations alembic_version flyway_schema_history schema_version
    knex_migrations knex_migrations_lock _prisma_migrations goose_db_version databasechangelog databasechangeloglock
    __efmigrationshistory doctrine_migration_versions phinxlog""".split()
)
Key = tuple[str, str]


def is_bookkeeping(table: Table) -> bool:
    """Whether a tool keeps the table for itself: of the migrations that it ran, of what SQLite counts."""
    name = table.name.table.casefold()
    return name in _BOOKKEEPING or name.startswith("sqlite_")


def unsaid_references(
    schema: Schema, names: Mapping[Key, str], readings: Mapping[Key, Mapping[str, Reading]]
) -> Iterator[tuple[Table, Column, ForeignKey]]:
    """Columns such as `shelf_id` that no foreign key speaks of, and that can only point to a shelf."""
    by_name = {name: schema.tables[key] for key, name in names.items()}
    for key in names:
        table = schema.tables[key]
        spoken = {column.casefold() for foreign in table.foreign_keys for column in foreign.columns}
        own = table.primary[0].casefold() if len(table.primary) == 1 else None
        for column_key, column in table.columns.items():
            words = split_words(column.name)
            target = by_name.get(entity_name(" ".join(words[:-1]))) if words[-1:] == ("id",) and words[:-1] else None
            if target is None or column_key in spoken or column_key == own or len(target.primary) != 1:
                continue
            known = readings[target.name.key].get(target.primary[0].casefold())
            if known is not None and known.kind in _KINDS and known.kind is readings[key][column_key].kind:
                yield table, column, ForeignKey((column.name,), target.name, target.primary, "", column.remark)
