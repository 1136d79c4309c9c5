"""The part of repository and service that keeps to quotas: how many records may refer to one and the same."""

from collections.abc import Iterable

from devmatrix.discovery.document import Attribute, OperationKind, Quota, Transition
from devmatrix.stacks.fastapi.features.feature import Feature, is_nullable, python_name, stem
from devmatrix.stacks.fastapi.features.text import function, is_none_of, is_one_of, listed, literal, words
from devmatrix.stacks.fastapi.source import Symbol


def quota_queries(feature: Feature) -> Iterable[Symbol]:
    """Queries that count the records of a quota, and let nobody else count them meanwhile."""
    model, own = feature.class_name, f"{feature.variable}_id"
    for quota in guarded(feature):
        field, target = _per(feature, quota), feature.target(_per(feature, quota))
        key = f"{stem(field)}_id" if f"{stem(field)}_id" != own else f"other_{own}"
        column = f"{model}.{python_name(field)}"
        live = [f"{model}.deleted_at.is_(None)"] if feature.entity.soft_delete else []
        # Where a record is new, it has no id yet.
        conditions = [f"{column} == {key}", f"{model}.id.is_distinct_from({own})", *live, *_counting(feature, quota)]
        lock = f"select({target.class_name}.id).where({target.class_name}.id == {key}).with_for_update(key_share=True)"
        body = [
            f"await session.execute({lock})",
            f"others = select(func.count({model}.id)).where({', '.join(conditions)})",
            "return await session.scalar(others) or 0",
        ]
        name = _query(feature, quota)
        head = f"async def {name}(session: AsyncSession, {key}: UUID, {own}: UUID) -> int"
        doc = (
            f"How many {counted(feature, quota)} one {words(stem(field))} has, besides the one of that id.\n\n"
            "Who counts for the same one waits until this transaction ends."
        )
        yield Symbol(name, function(head, doc, body))


def quota_guards(feature: Feature) -> Iterable[Symbol]:
    """Functions that refuse one record more than a quota allows."""
    for quota in guarded(feature):
        field, name = _per(feature, quota), guard_name(feature, quota)
        value = f"{feature.local}.{python_name(field)}"
        exempt = [f"{value} is None"] if is_nullable(field) else []
        exempt += _not_counting(feature, quota)
        body = [f"if {' or '.join(exempt)}:", "    return"] if exempt else []
        said = f"The {words(stem(field))} has {quota.most} {counted(feature, quota)} already."
        body += [
            f"others = await repository.{_query(feature, quota)}(session, {value}, {feature.local}.id)",
            f"if others >= {quota.most}:",
            f"    raise Conflict({literal(said)})",
        ]
        head = f"async def {name}(session: AsyncSession, {feature.local}: {feature.class_name}) -> None"
        doc = f"Raise Conflict where the {feature.label} is one more than its {words(stem(field))} may have."
        yield Symbol(name, function(head, doc, body), raises=("Conflict",))


def lines_on_creation(feature: Feature) -> list[str]:
    """Calls of the guards for a new record."""
    machine = feature.entity.states
    return [
        _call(feature, quota)
        for quota in feature.entity.quotas
        if machine is None or quota.field != machine.field or machine.initial in quota.values
    ]


def lines_on_change(feature: Feature) -> list[str]:
    """Calls of the guards for a record whose values are `changes`, where they may make it count."""
    lines = []
    for quota in feature.entity.quotas:
        names = [item for item in (quota.per, quota.field) if item]
        fields = [item for item in feature.settable if item.name in names]
        keys = [literal(python_name(item)) for item in fields]
        if keys:
            moved = f"{keys[0]} in changes" if len(keys) == 1 else f"changes.keys() & {{{', '.join(keys)}}}"
            lines += [f"if {moved}:", f"    {_call(feature, quota)}"]
    return lines


def lines_on_transition(feature: Feature, transition: Transition) -> list[str]:
    """Calls of the guards for a record that has just got another state, where it counts only now."""
    machine = feature.entity.states
    return [
        _call(feature, quota)
        for quota in feature.entity.quotas
        if machine is not None
        and quota.field == machine.field
        and transition.target in quota.values
        and not set(transition.sources) <= set(quota.values)
    ]


def quota_imports(feature: Feature) -> Iterable[str]:
    """What the queries need."""
    for quota in feature.entity.quotas:
        target = feature.target(_per(feature, quota))
        yield "from sqlalchemy import func"
        if target.package != feature.package:
            yield f"from app.{target.package}.model import {target.class_name}"


def guarded(feature: Feature) -> tuple[Quota, ...]:
    """The quotas that some operation could break."""
    kinds = {item.kind for item in feature.document.operations if item.entity == feature.entity.name}
    writes = {
        OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER, OperationKind.REPLACE,
        OperationKind.PATCH, OperationKind.CURRENT_PATCH, OperationKind.TRANSITION,
    }  # fmt: skip
    return feature.entity.quotas if kinds & writes or feature.account else ()


def _per(feature: Feature, quota: Quota) -> Attribute:
    return feature.entity.attribute(quota.per)


def _field(feature: Feature, quota: Quota) -> list[str]:
    return [python_name(feature.entity.attribute(quota.field))] if quota.field else []


def _end(feature: Feature, quota: Quota) -> str:
    """What tells its names from those of another quota by the same reference."""
    same = [item for item in feature.entity.quotas if item.per == quota.per]
    alike = [item for item in same if item.field == quota.field]
    by = f"_by_{quota.field}" if quota.field and len(same) > len(alike) else ""
    number = alike.index(quota) + 1
    return f"{by}_{number}" if number > 1 else by


def _query(feature: Feature, quota: Quota) -> str:
    return f"count_other_{feature.package}_of_{stem(_per(feature, quota))}{_end(feature, quota)}"


def guard_name(feature: Feature, quota: Quota) -> str:
    """Name of the function that refuses one more."""
    return f"ensure_quota_of_{stem(_per(feature, quota))}{_end(feature, quota)}"


def _call(feature: Feature, quota: Quota) -> str:
    return f"await {guard_name(feature, quota)}(session, {feature.local})"


def counted(feature: Feature, quota: Quota) -> str:
    """Words for the records that count: open loans."""
    which = listed((words(value) for value in quota.values), "or") if quota.values else ""
    return f"{which} {feature.collection}".strip()


def _counting(feature: Feature, quota: Quota) -> list[str]:
    """The condition that a row counts."""
    return [is_one_of(f"{feature.class_name}.{name}", quota.values) for name in _field(feature, quota)]


def _not_counting(feature: Feature, quota: Quota) -> list[str]:
    """The condition that a record does not count."""
    return [is_none_of(f"{feature.local}.{name}", quota.values) for name in _field(feature, quota)]
