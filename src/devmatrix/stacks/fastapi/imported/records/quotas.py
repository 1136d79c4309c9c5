"""The part of `changes.py` that keeps to quotas: how many records may refer to one and the same."""

from collections.abc import Iterable

from devmatrix.discovery.document import Quota
from devmatrix.stacks.fastapi.features.text import function, is_none_of, is_one_of, literal, words
from devmatrix.stacks.fastapi.imported.records.collection import Collection
from devmatrix.stacks.fastapi.imported.records.writing import Writer
from devmatrix.stacks.fastapi.source import Symbol


def quota_guards(collection: Collection, writer: Writer) -> Iterable[Symbol]:
    """Functions that refuse one record more than a quota allows, and let nobody else count meanwhile."""
    model = writer.model(collection)
    for quota in collection.entity.quotas:
        name, key = guard_name(collection, quota), _key(collection, quota)
        target = writer.model(collection.target(quota.per))
        select, count = writer.use("select"), writer.imported("sqlalchemy", "func")
        held = [f"values.get({literal(field)})" for field in _fields(collection, quota)]
        exempt = [f"{key} is None", *(is_none_of(value, quota.values) for value in held)]
        alive = [f"{model}.deleted_at.is_(None)"] if collection.entity.soft_delete else []
        # Where a record is new, it has no row yet.
        same = [f"{model}.{key} == {key}", f"{model}.row_id.is_distinct_from(own_row)", *alive]
        same += [is_one_of(f"{model}.{field}", quota.values) for field in _fields(collection, quota)]
        lock = f"{select}({target}.row_id).where({target}.row_id == {key}).with_for_update(key_share=True)"
        body = [
            f"{key} = values.get({literal(key)})",
            f"if {' or '.join(exempt)}:",
            "    return",
            f"await session.execute({lock})",
            f"others = {select}({count}.count({model}.row_id)).where({', '.join(same)})",
            f"if (await session.scalar(others) or 0) >= {quota.most}:",
            f"    raise {writer.use('StateConflict')}({literal(_refusal(collection, quota))})",
        ]
        mapping = f"{writer.use('Mapping')}[str, {writer.use('Any')}]"
        parameters = f"session: {writer.use('AsyncSession')}, values: {mapping}, own_row: int | None"
        head = f"async def {name}({parameters}) -> None"
        doc = f"Raise StateConflict where the {collection.label} is one more than its {_owner(quota)} may have."
        yield Symbol(name, function(head, doc, body), raises=("StateConflict",))


def lines_on_creation(collection: Collection, values: str) -> list[str]:
    """Calls of the guards for a new record."""
    return [f"await {guard_name(collection, quota)}(session, {values}, None)" for quota in collection.entity.quotas]


def lines_on_change(collection: Collection, record: str, values: str) -> list[str]:
    """Calls of the guards for a record that gets other values, where they may make it count."""
    lines = []
    for quota in collection.entity.quotas:
        names = [_key(collection, quota), *_fields(collection, quota)]
        keys = ", ".join(map(literal, names))
        kept = ", ".join(f"{literal(name)}: {record}.{name}" for name in names)
        lines += [
            f"if {values}.keys() & {{{keys}}}:",
            f"    counted = {{{kept}, **{values}}}",
            f"    await {guard_name(collection, quota)}(session, counted, {record}.row_id)",
        ]
    return lines


def guard_name(collection: Collection, quota: Quota) -> str:
    """Name of the function that refuses one more."""
    alike = [item for item in collection.entity.quotas if item.per == quota.per]
    number = alike.index(quota) + 1
    stem = _key(collection, quota).removesuffix("_row_id").removesuffix("_row")
    return f"ensure_quota_of_{stem}{f'_{number}' if number > 1 else ''}"


def _key(collection: Collection, quota: Quota) -> str:
    return collection.fields.of(quota.per).name


def _fields(collection: Collection, quota: Quota) -> list[str]:
    return [collection.fields.of(quota.field).name] if quota.field else []


def _refusal(collection: Collection, quota: Quota) -> str:
    which = " or ".join(words(value) for value in quota.values)
    counted = " ".join(f"{which} {collection.label_of_many}".split())
    return f"There are {quota.most} {counted} for its {_owner(quota)} already."


def _owner(quota: Quota) -> str:
    """Words for that for which is counted."""
    return words(quota.per).removesuffix(" id")
