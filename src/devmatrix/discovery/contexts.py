"""Bounded contexts: entities that refer to one another, at most six together; accounts stand on their own."""

from devmatrix.discovery.document import Context, Entity, FieldType

MAX_SIZE = 6
_TAKEN = ("foundation", "delivery")


def contexts_of(entities: tuple[Entity, ...]) -> tuple[Context, ...]:
    """Every entity in exactly one context, in the order of the request."""
    groups = {entity.name: [entity.name] for entity in entities}
    people = {entity.name for entity in entities if entity.account}
    for binding in (True, False):
        for entity in entities:
            for attribute in entity.attributes:
                target = attribute.target
                if target is None or attribute.server_set or {entity.name, target} & people:
                    continue
                if (attribute.type is FieldType.REFERENCE and attribute.required) is binding:
                    _join(groups, target, entity.name)
    order = [entity.name for entity in entities]
    incoming = {name: 0 for name in order}
    for entity in entities:
        for attribute in entity.attributes:
            if attribute.target is not None:
                incoming[attribute.target] += 1
    by_name = {entity.name: entity for entity in entities}
    distinct = {id(group): sorted(group, key=order.index) for group in groups.values()}
    contexts = []
    for group in sorted(distinct.values(), key=lambda names: order.index(names[0])):
        main = max(group, key=lambda name: (incoming[name], -order.index(name)))
        name = by_name[main].plural
        contexts.append(Context(name=f"{name}_records" if name in _TAKEN else name, entities=tuple(group)))
    return tuple(contexts)


def _join(groups: dict[str, list[str]], one: str, other: str) -> None:
    first, second = groups[one], groups[other]
    if first is second or len(first) + len(second) > MAX_SIZE:
        return
    first += second
    for name in second:
        groups[name] = first
