"""Blueprints of the unit tests of quotas."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.stacks.fastapi.features.feature import Feature, local_name, python_name, stem
from devmatrix.stacks.fastapi.features.quotas import counted, guard_name, guarded
from devmatrix.stacks.fastapi.features.samples import can_make, is_freshly_made
from devmatrix.stacks.fastapi.features.text import function, literal, words
from devmatrix.stacks.fastapi.source import Symbol

_MOST_MADE = 50
"""A unit test makes no more records."""


def quota_tests(feature: Feature) -> Iterable[Symbol]:
    """Unit tests of the guards."""
    for number, quota in enumerate(guarded(feature), start=1):
        field = feature.entity.attribute(quota.per)
        if quota.most > _MOST_MADE or not can_make(feature.target(field)) or not _may_repeat(feature, field):
            continue
        parent = local_name(feature, field)
        values = [f"{python_name(field)}={parent}.id"]
        if quota.field is not None:
            values.append(f"{python_name(feature.entity.attribute(quota.field))}={literal(quota.values[0])}")
        call = f"await service.{guard_name(feature, quota)}"
        new = f"{feature.class_name}({', '.join(values)})"
        body = [
            f"{parent} = await make_{feature.target(field).variable}(session)",
            f"for _ in range({quota.most}):",
            f"    {call}(session, {new})",
            f"    {feature.local} = await make_{feature.variable}({', '.join(['session', *values])})",
            "with pytest.raises(Conflict):",
            f"    {call}(session, {new})",
            f"{call}(session, {feature.local})",
        ]
        name = f"test_{stem(field)}_has_a_quota_of_{quota.most}{f'_by_rule_{number}' if number > 1 else ''}"
        head = f"async def {name}(session: AsyncSession) -> None"
        doc = f"One {words(stem(field))} has at most {quota.most} {counted(feature, quota)}."
        yield Symbol(name, function(head, doc, body), AtomKind.TEST)


def _may_repeat(feature: Feature, field: Attribute) -> bool:
    """Whether several records made for a test may refer to one by this attribute."""
    if not can_make(feature):
        return False
    groups = [group for group in feature.unique if field in group]
    others = [[item for item in group if item != field] for group in groups]
    return all(any(_is_apart(item) for item in group) for group in others)


def _is_apart(item: Attribute) -> bool:
    return item.required if item.type is FieldType.REFERENCE else is_freshly_made(item)
