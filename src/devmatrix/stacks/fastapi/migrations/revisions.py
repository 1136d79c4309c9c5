"""One revision per entity: its table, the association tables it completes, and foreign keys that close a circle."""

from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import DiscoveryDocument, Entity
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.columns import (
    Association,
    Column,
    associations,
    columns,
    creation_order,
    table_checks,
    unique_groups,
)
from devmatrix.stacks.fastapi.migrations.operations import (
    column as _column,
)
from devmatrix.stacks.fastapi.migrations.operations import (
    create_foreign_key,
    create_index,
    create_table,
    drop_foreign_key,
    foreign_key,
    migration_function,
    named,
    text,
)
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.source import Source, Symbol


@dataclass(frozen=True)
class _LateKey:
    """A foreign key of `table` to a table that is made after it."""

    table: str
    column: Column


@dataclass(frozen=True)
class _Revision:
    number: int
    entity: Entity
    table: str
    columns: tuple[Column, ...]
    associations: tuple[Association, ...]
    late_keys: tuple[_LateKey, ...]

    @property
    def path(self) -> str:
        return f"migrations/versions/{self.number:04}_create_{self.table}.py"


def migration_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """One task per revision, in the milestone of the entity's context."""
    milestones = {name: context.name for context in document.contexts for name in context.entities}
    return tuple(
        TaskOutline(
            id=_task_id(revision),
            title=f"Migration that creates {revision.table}",
            milestone=milestones[revision.entity.name],
            files=(revision.path,),
            depends_on=(f"{revision.table}.model",),
            entities=(revision.entity.name,),
            estimated_lines=sum(symbol.source.count("\n") for symbol in _source(revision).symbols),
        )
        for revision in _revisions(document, names)
    )


def migration_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The revisions as modules."""
    return tuple(_source(revision) for revision in _revisions(document, names))


def _task_id(revision: _Revision) -> str:
    return f"{revision.table}.migration"


def _revisions(document: DiscoveryDocument, names: Names) -> Iterable[_Revision]:
    done: set[str] = set()
    pending = list(associations(document, names))
    late: list[tuple[str, _LateKey]] = []
    for number, entity in enumerate(creation_order(document), 1):
        table = names.package(entity)
        own = columns(entity, document, names)
        done.add(table)
        late += [
            (column.foreign_key.table, _LateKey(table, column))
            for column in own
            if column.foreign_key is not None and column.foreign_key.closes_circle
        ]
        ready = tuple(link for link in pending if {link.owner_table, link.target_table} <= done)
        pending = [link for link in pending if link not in ready]
        closed = tuple(key for target, key in late if target == table)
        yield _Revision(number, entity, table, own, ready, closed)


def _source(revision: _Revision) -> Source:
    previous = f'"{revision.number - 1:04}"' if revision.number > 1 else "None"
    return Source(
        path=revision.path,
        task_id=_task_id(revision),
        docstring=f"Create {', '.join([revision.table, *(link.table for link in revision.associations)])}.",
        symbols=(
            Symbol("upgrade", migration_function("upgrade", "Apply.", _upgrade(revision)), AtomKind.TABLE),
            Symbol("downgrade", migration_function("downgrade", "Take back.", _downgrade(revision)), AtomKind.TABLE),
        ),
        imports=("import sqlalchemy as sa", "from alembic import op"),
        preamble=f'revision: str = "{revision.number:04}"\ndown_revision: str | None = {previous}',
    )


def _upgrade(revision: _Revision) -> Iterable[str]:
    yield from create_table(revision.table, (*_columns(revision), *_constraints(revision)))
    for column in revision.columns:
        if column.index:
            yield create_index(revision.table, column.name)
    for link in revision.associations:
        yield from create_table(link.table, _association(link))
        yield create_index(link.table, link.target_column)
    for key in revision.late_keys:
        if key.column.foreign_key is not None:
            target = key.column.foreign_key
            yield from create_foreign_key(key.table, key.column.name, target.table, target.on_delete)


def _downgrade(revision: _Revision) -> Iterable[str]:
    for key in reversed(revision.late_keys):
        yield from drop_foreign_key(key.table, key.column.name)
    for link in reversed(revision.associations):
        yield f"op.drop_table({text(link.table)})"
    yield f"op.drop_table({text(revision.table)})"


def _columns(revision: _Revision) -> Iterable[str]:
    yield _column("id", "Uuid()")
    for column in revision.columns:
        yield _column(column.name, column.sql_type, nullable=column.nullable)
    if revision.entity.versioned:
        yield _column("version", "Integer()")
    if revision.entity.soft_delete:
        yield _column("deleted_at", "DateTime(timezone=True)", nullable=True)
    yield _column("created_at", "DateTime(timezone=True)")
    yield _column("updated_at", "DateTime(timezone=True)")


def _constraints(revision: _Revision) -> Iterable[str]:
    table = revision.table
    for check in table_checks(revision.entity):
        yield f"sa.CheckConstraint({text(check.sql)}, name={named('ck', table, check.name)})"
    for column in revision.columns:
        key = column.foreign_key
        if key is not None and not key.closes_circle:
            yield foreign_key(table, column.name, key.table, key.on_delete)
    yield f"sa.PrimaryKeyConstraint({text('id')}, name={named('pk', table)})"
    groups = [(column.name,) for column in revision.columns if column.unique]
    for group in (*groups, *unique_groups(revision.entity)):
        yield f"sa.UniqueConstraint({', '.join(map(text, group))}, name={named('uq', table, *group)})"


def _association(link: Association) -> Iterable[str]:
    for column in (link.owner_column, link.target_column):
        yield _column(column, "Uuid()")
    yield foreign_key(link.table, link.owner_column, link.owner_table, "CASCADE")
    yield foreign_key(link.table, link.target_column, link.target_table, "CASCADE")
    pair = f"{text(link.owner_column)}, {text(link.target_column)}"
    yield f"sa.PrimaryKeyConstraint({pair}, name={named('pk', link.table)})"
