"""Lists over associations: what somebody follows, who follows, what belongs to something by links alone."""

from collections.abc import Sequence
from dataclasses import replace

from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.openapi.classifying.scene import K
from devmatrix.discovery.openapi.classifying.words import joined, one, same_root


def with_associations(operations: Sequence[Classified]) -> tuple[Classified, ...]:
    """The same, with `linked` in lists over the associations that links put on."""
    links = [operation for operation in operations if operation.kind is K.LINK]
    children = {
        (operation.resource, operation.steps[-1].resource)
        for operation in operations
        if operation.kind is K.NESTED_CREATE and operation.steps
    }
    return tuple(_seen(operation, links, children) for operation in operations)


def _seen(operation: Classified, links: Sequence[Classified], children: set[tuple[str | None, str]]) -> Classified:
    if operation.kind not in (K.LIST, K.NESTED_LIST) or not (operation.of_caller or operation.steps):
        return operation
    holder = operation.steps[-1].resource if operation.steps else None
    if holder is not None and (operation.resource, holder) in children:
        return operation
    literal = [part for part in operation.operation.path.split("/") if part and not part.startswith("{")]
    word = literal[-1] if literal else ""
    for link in links:
        if link.of_caller and link.verb and _speaks(word, link.verb):
            sides = {link.resource, link.linked}
            if operation.resource in sides and (holder is None or holder in sides):
                return replace(operation, linked=holder or link.linked, verb=word)
        if not link.of_caller and holder is not None and {operation.resource, holder} == {link.resource, link.linked}:
            return replace(operation, linked=holder)
    return operation


def _speaks(word: str, verb: str) -> bool:
    return same_root(joined(word), joined(verb)) or same_root(one(word), one(verb))
