"""Migrations of imported APIs: a revision per entity in order of dependency, one for what the service itself keeps."""

from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.atoms.contract import AtomKind
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.imported.records.collection import Records
from devmatrix.stacks.fastapi.imported.records.tables import Creation, Table, creations
from devmatrix.stacks.fastapi.migrations.operations import (
    column,
    create_foreign_key,
    create_index,
    create_table,
    drop_foreign_key,
    foreign_key,
    migration_function,
    named,
    text,
)
from devmatrix.stacks.fastapi.source import Source, Symbol


@dataclass(frozen=True)
class _Revision:
    number: int
    creation: Creation
    task_id: str

    @property
    def path(self) -> str:
        return f"migrations/versions/{self.number:04}_create_{self.creation.tables[0].name}.py"


def migration_outline(records: Records) -> Iterable[TaskOutline]:
    """One task per revision, in the milestone of the entity's context."""
    milestones = {name: context.name for context in records.document.contexts for name in context.entities}
    for revision in _revisions(records):
        entity = revision.creation.entity
        yield TaskOutline(
            id=revision.task_id,
            title=f"Migration that creates {revision.creation.tables[0].name}",
            milestone=milestones.get(entity.name, records.document.contexts[0].name) if entity else "foundation",
            files=(revision.path,),
            depends_on=(f"{records.of(entity.name).package}.model" if entity else "foundation.migrations",),
            entities=(entity.name,) if entity else (),
            estimated_lines=sum(symbol.source.count("\n") for symbol in _source(revision).symbols),
        )


def migration_sources(records: Records) -> tuple[Source, ...]:
    """The revisions as modules."""
    return tuple(_source(revision) for revision in _revisions(records))


def _revisions(records: Records) -> Iterable[_Revision]:
    found = creations(records.layout, revokes=records.wire.guards.revokes)
    for number, creation in enumerate(found, 1):
        package = records.of(creation.entity.name).package if creation.entity else "foundation"
        yield _Revision(number, creation, f"{package}.{'migration' if creation.entity else 'tables'}")


def _source(revision: _Revision) -> Source:
    previous = f'"{revision.number - 1:04}"' if revision.number > 1 else "None"
    upgrade = migration_function("upgrade", "Apply.", _upgrade(revision.creation))
    downgrade = migration_function("downgrade", "Take back.", _downgrade(revision.creation))
    return Source(
        path=revision.path,
        task_id=revision.task_id,
        docstring=f"Create {', '.join(table.name for table in revision.creation.tables)}.",
        symbols=(
            Symbol("upgrade", upgrade, AtomKind.TABLE),
            Symbol("downgrade", downgrade, AtomKind.TABLE),
        ),
        imports=("import sqlalchemy as sa", "from alembic import op"),
        preamble=f'revision: str = "{revision.number:04}"\ndown_revision: str | None = {previous}',
    )


def _upgrade(creation: Creation) -> Iterable[str]:
    for table in creation.tables:
        yield from create_table(table.name, _parts(table))
        for name in table.indexes:
            yield create_index(table.name, name)
        for unique in table.unique:
            if unique.partial:
                where = 'sa.text("deleted_at IS NULL")'
                columns = ", ".join(map(text, unique.columns))
                yield "op.create_index("
                yield f"    op.f({text(unique.name)}),"
                yield f"    {text(table.name)},"
                yield f"    [{columns}],"
                yield "    unique=True,"
                yield f"    sqlite_where={where},"
                yield f"    postgresql_where={where},"
                yield ")"
    for late in creation.late:
        yield from create_foreign_key(late.table, late.column, late.target, late.on_delete, key="row_id")


def _downgrade(creation: Creation) -> Iterable[str]:
    for late in reversed(creation.late):
        yield from drop_foreign_key(late.table, late.column)
    for table in reversed(creation.tables):
        yield f"op.drop_table({text(table.name)})"


def _parts(table: Table) -> Iterable[str]:
    for name, sql_type, nullable in table.columns:
        yield column(name, sql_type, nullable=nullable)
    for reference in table.references:
        yield foreign_key(table.name, reference.column, reference.target, reference.on_delete, key="row_id")
    yield f"sa.PrimaryKeyConstraint({text(table.key)}, name={named('pk', table.name)})"
    for unique in table.unique:
        if not unique.partial:
            yield f"sa.UniqueConstraint({', '.join(map(text, unique.columns))}, name=op.f({text(unique.name)}))"
