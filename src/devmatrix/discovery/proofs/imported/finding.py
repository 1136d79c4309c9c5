"""Finds what a record is known by where no answer about it alone shows that: in a list."""

import re
from collections.abc import Iterator

from devmatrix.discovery.document import Attribute, OperationKind
from devmatrix.discovery.interface import Interface, Source, Value
from devmatrix.discovery.proofs.imported.bodies import place
from devmatrix.discovery.proofs.imported.calls import Part, Parts
from devmatrix.discovery.proofs.imported.world import Record, World

LISTS = (OperationKind.LIST, OperationKind.NESTED_LIST)


def showing_list(
    interface: Interface, parts: Parts, world: World, record: Record, attribute: str
) -> tuple[Part, list[Record], dict[str, str]] | None:
    """(a list that shows the record, the records that its lookups find, name -> pointer of what is to be captured)."""
    for part in parts.find(record.entity.name, *LISTS):
        effect = part.effect
        if effect.answer is None or effect.association or _narrows(interface, part) or len(effect.lookups) > 1:
            continue
        listed, parents = world.of(record.entity.name), []
        if effect.lookups:
            parent = record.references.get(effect.parent)
            if parent is None or effect.lookups[0].place != "path":
                continue
            parents, listed = [parent], [one for one in listed if one.references.get(effect.parent) is parent]
        index = _place(part, record, listed)
        if index is None:
            continue
        found = {shown: pointer for shown, pointer in _shown(interface, effect.answer, "", index)}
        if attribute in found:
            return part, parents, found
    return None


def _narrows(interface: Interface, part: Part) -> bool:
    """Whether it may leave records out."""
    if any(not one.parameter for one in part.effect.filters) or part.operation.access.owner:
        return True
    return any(
        one.place in ("query", "header") and (one.required or interface.resolve(one.shape).has_default)
        for one in part.endpoint.parameters
        if one.name in {each.parameter for each in part.effect.filters} or one.required
    )


def _place(part: Part, record: Record, listed: list[Record]) -> int | None:
    """Where the record stands in the list; none where that cannot be told."""
    sorting, paging = part.effect.sorting, part.effect.paging
    if len(listed) > (paging.default_size if paging is not None else len(listed)):
        return None
    if sorting.attribute and len(listed) > 1:
        order: Attribute = record.entity.attribute(sorting.attribute)
        if order.generated not in ("now", "sequence"):
            return None
    at = next(index for index, one in enumerate(listed) if one is record)
    return len(listed) - 1 - at if sorting.descending else at


def _shown(interface: Interface, value: Value, path: str, index: int) -> Iterator[tuple[str, str]]:
    """(attribute, pointer) of what the list shows of its record at `index`."""
    if value.source is Source.RECORDS:
        yield from _members(interface, value.view, f"{path}/{index}")
    for one in value.fields:
        yield from _shown(interface, one.value, f"{path}/{place(one.name)}", index)


def _members(interface: Interface, view: str, path: str) -> Iterator[tuple[str, str]]:
    waiting = [(f"{path}/{place(one.name)}", one.value) for one in interface.view(view).members]
    while waiting:
        pointer, value = waiting.pop(0)
        if value.source is Source.ATTRIBUTE:
            yield value.attribute, pointer
        waiting += [(f"{pointer}/{place(one.name)}", one.value) for one in value.fields]


def capture_name(record: Record, attribute: str) -> str:
    """What a captured value is called."""
    return f"{record.name}_{re.sub(r'[^a-z0-9]+', '_', attribute.lower()).strip('_')}"
