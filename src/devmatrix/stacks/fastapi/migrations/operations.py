"""Operations of migrations, as source."""

import json
from collections.abc import Iterable


def migration_function(name: str, docstring: str, lines: Iterable[str]) -> str:
    """`upgrade` or `downgrade`."""
    body = "\n".join(f"    {line}" for line in lines)
    return f'def {name}() -> None:\n    """{docstring}"""\n{body}\n'


def create_table(table: str, parts: Iterable[str]) -> Iterable[str]:
    """Lines that make a table of columns and constraints."""
    yield "op.create_table("
    yield f"    {text(table)},"
    yield from (f"    {part}," for part in parts)
    yield ")"


def column(name: str, sql_type: str, *, nullable: bool = False) -> str:
    """A column; `sql_type` is what stands after `sa.`."""
    return f"sa.Column({text(name)}, sa.{sql_type}, nullable={nullable})"


def foreign_key(table: str, name: str, target: str, on_delete: str, *, key: str = "id") -> str:
    """A foreign key from one column to the `key` of the table `target`."""
    ends = f"[{text(name)}], [{text(f'{target}.{key}')}]"
    return f"sa.ForeignKeyConstraint({ends}, name={named('fk', table, name)}, ondelete={text(on_delete)})"


def create_foreign_key(table: str, name: str, target: str, on_delete: str, *, key: str = "id") -> Iterable[str]:
    """Lines that add a foreign key to a table that is there already."""
    yield f"with op.batch_alter_table({text(table)}) as batch:"
    ends = f"{text(target)}, [{text(name)}], [{text(key)}]"
    yield f"    batch.create_foreign_key({named('fk', table, name)}, {ends}, ondelete={text(on_delete)})"


def drop_foreign_key(table: str, name: str) -> Iterable[str]:
    """Lines that take it away again."""
    yield f"with op.batch_alter_table({text(table)}) as batch:"
    yield f'    batch.drop_constraint({named("fk", table, name)}, type_="foreignkey")'


def create_index(table: str, name: str) -> str:
    """An index on one column."""
    return f"op.create_index({named('ix', table, name)}, {text(table)}, [{text(name)}])"


def named(kind: str, *parts: str) -> str:
    """The name that the naming convention of the models gives, marked as final."""
    return f"op.f({text('_'.join((kind, *parts)))})"


def text(value: str) -> str:
    """A string as source."""
    return json.dumps(value, ensure_ascii=False)
