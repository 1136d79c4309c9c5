"""Tables that only link two others: they are relations of many to many, and no entities."""

from devmatrix.discovery.naming import plural, singular, split_words
from devmatrix.discovery.sql.names import name_of_reference
from devmatrix.discovery.sql.roles import Role
from devmatrix.discovery.sql.schema import ForeignKey, Schema, Table


def is_join(table: Table, roles: dict[str, Role], referenced: set[tuple[str, str]], schema: Schema) -> bool:
    """Whether a table has two foreign keys, keys of its own and moments of change, and nothing else."""
    keys = table.foreign_keys
    if len(keys) != 2 or any(len(key.columns) != 1 for key in keys) or table.checks or table.name.key in referenced:
        return False
    linked = {key.columns[0].casefold() for key in keys}
    if len(linked) != 2 or any(schema.find(key.target) in (None, table) for key in keys):
        return False
    spare = {name for name, role in roles.items() if role in (Role.ID, Role.CREATED, Role.UPDATED)}
    if set(table.columns) - linked - spare or any(column.checks for column in table.columns.values()):
        return False
    pairs = [{name.casefold() for name in unique.columns} for unique in table.uniques]
    primary = {name.casefold() for name in table.primary}
    return all(pair == linked for pair in pairs) and (primary == linked or primary <= spare)


def names_of_link(
    table: Table, owner: str, key: ForeignKey, target: str, target_columns: tuple[str, ...]
) -> tuple[str, ...]:
    """What the list of references may be called, the best first: after the column, the table, and the target."""
    stem = name_of_reference(key.columns[0], target_columns, target).removesuffix("_id")
    owned = set(split_words(owner)) | {plural(word) for word in split_words(owner)}
    linked = [word for word in split_words(table.name.table) if word not in owned]
    linked = [*linked[:-1], singular(linked[-1])] if linked else []
    candidates = (stem, "_".join(linked), "_".join(split_words(target)))
    return tuple(f"{stem}_ids".lstrip("_0123456789") for stem in candidates if stem)
