"""One revision per entity: its table, the association tables it completes, and foreign keys that close a circle."""

import json
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
            Symbol("upgrade", _function("upgrade", "Apply.", _upgrade(revision)), AtomKind.TABLE),
            Symbol("downgrade", _function("downgrade", "Take back.", _downgrade(revision)), AtomKind.TABLE),
        ),
        imports=("import sqlalchemy as sa", "from alembic import op"),
        preamble=f'revision: str = "{revision.number:04}"\ndown_revision: str | None = {previous}',
    )


def _function(name: str, docstring: str, lines: Iterable[str]) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {name}() -> None:\n    """{docstring}"""\n{body}\n'


def _upgrade(revision: _Revision) -> Iterable[str]:
    yield from _create_table(revision.table, (*_columns(revision), *_constraints(revision)))
    for column in revision.columns:
        if column.index:
            yield _index(revision.table, column.name)
    for link in revision.associations:
        yield from _create_table(link.table, _association(link))
        yield _index(link.table, link.target_column)
    for key in revision.late_keys:
        yield f"with op.batch_alter_table({_text(key.table)}) as batch:"
        yield f"    batch.create_foreign_key({_late_key(key)})"


def _downgrade(revision: _Revision) -> Iterable[str]:
    for key in reversed(revision.late_keys):
        yield f"with op.batch_alter_table({_text(key.table)}) as batch:"
        yield f'    batch.drop_constraint({_named("fk", key.table, key.column.name)}, type_="foreignkey")'
    for link in reversed(revision.associations):
        yield f"op.drop_table({_text(link.table)})"
    yield f"op.drop_table({_text(revision.table)})"


def _create_table(table: str, parts: Iterable[str]) -> Iterable[str]:
    yield "op.create_table("
    yield f"    {_text(table)},"
    yield from (f"    {part}," for part in parts)
    yield ")"


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


def _column(name: str, sql_type: str, *, nullable: bool = False) -> str:
    return f"sa.Column({_text(name)}, sa.{sql_type}, nullable={nullable})"


def _constraints(revision: _Revision) -> Iterable[str]:
    table = revision.table
    for check in table_checks(revision.entity):
        yield f"sa.CheckConstraint({_text(check.sql)}, name={_named('ck', table, check.name)})"
    for column in revision.columns:
        key = column.foreign_key
        if key is not None and not key.closes_circle:
            yield _foreign_key(table, column.name, key.table, key.on_delete)
    yield f"sa.PrimaryKeyConstraint({_text('id')}, name={_named('pk', table)})"
    groups = [(column.name,) for column in revision.columns if column.unique]
    for group in (*groups, *unique_groups(revision.entity)):
        yield f"sa.UniqueConstraint({', '.join(map(_text, group))}, name={_named('uq', table, *group)})"


def _association(link: Association) -> Iterable[str]:
    for column in (link.owner_column, link.target_column):
        yield _column(column, "Uuid()")
    yield _foreign_key(link.table, link.owner_column, link.owner_table, "CASCADE")
    yield _foreign_key(link.table, link.target_column, link.target_table, "CASCADE")
    pair = f"{_text(link.owner_column)}, {_text(link.target_column)}"
    yield f"sa.PrimaryKeyConstraint({pair}, name={_named('pk', link.table)})"


def _foreign_key(table: str, column: str, target: str, on_delete: str) -> str:
    name = _named("fk", table, column)
    ends = f"[{_text(column)}], [{_text(f'{target}.id')}]"
    return f"sa.ForeignKeyConstraint({ends}, name={name}, ondelete={_text(on_delete)})"


def _late_key(key: _LateKey) -> str:
    if key.column.foreign_key is None:
        raise ValueError(f"{key.column.name} is no foreign key")
    name, target = _named("fk", key.table, key.column.name), key.column.foreign_key
    columns_and_ids = f"[{_text(key.column.name)}], [{_text('id')}]"
    return f"{name}, {_text(target.table)}, {columns_and_ids}, ondelete={_text(target.on_delete)}"


def _index(table: str, column: str) -> str:
    return f"op.create_index({_named('ix', table, column)}, {_text(table)}, [{_text(column)}])"


def _named(kind: str, *parts: str) -> str:
    """The name that the naming convention of the models gives, marked as final."""
    return f"op.f({_text('_'.join((kind, *parts)))})"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
