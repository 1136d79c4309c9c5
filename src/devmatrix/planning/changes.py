"""What differs between two documents, in words: what an edit of a plan changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from devmatrix.discovery.document import Access, Attribute, DiscoveryDocument, Entity, Operation

M = TypeVar("M", bound=BaseModel)
_LONG = 80


def changes_between(before: DiscoveryDocument, after: DiscoveryDocument) -> tuple[str, ...]:
    """Each change in a line: the whole, contexts, entities, attributes, operations, access, requirements."""
    return tuple(
        [
            *_facets("the document", before, after, ("title", "slug", "request")),
            *_contexts(before, after),
            *_entities(before, after),
            *_operations(before, after),
            *_interface(before, after),
            *_requirements(before, after),
        ]
    )


def access_in_words(access: Access) -> str:
    """`anyone`, `every account`, `admin or the owner`."""
    if not access.authenticated:
        return "anyone"
    who = [*access.roles, *(["the owner"] if access.owner else [])]
    return " or ".join(who) or "every account"


def _facets(label: str, old: M, new: M, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{label}: {name} {_shown(before)} → {_shown(after)}"


def _shown(value: object) -> str:
    if value is None or value == () or value == "":
        return "none"
    if isinstance(value, BaseModel):
        fields = value.model_dump(mode="json", exclude_defaults=True)
        text = " ".join(f"{name} {_shown(item)}" for name, item in fields.items())
    elif isinstance(value, str):
        text = " ".join(value.split())
    elif isinstance(value, float):
        text = f"{value:g}"
    elif isinstance(value, Sequence):
        text = ", ".join(_shown(item) for item in value)
    elif isinstance(value, Mapping):
        text = " ".join(f"{name} {_shown(item)}" for name, item in value.items())
    else:
        text = str(value).lower()
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _contexts(before: DiscoveryDocument, after: DiscoveryDocument) -> Iterator[str]:
    old = {item.name: item.entities for item in before.contexts}
    new = {item.name: item.entities for item in after.contexts}
    for name in old.keys() | new.keys():
        if old.get(name) != new.get(name):
            yield f"context {name}: {_shown(old.get(name))} → {_shown(new.get(name))}"


def _entities(before: DiscoveryDocument, after: DiscoveryDocument) -> Iterator[str]:
    old = {item.name: item for item in before.entities}
    new = {item.name: item for item in after.entities}
    yield from (f"entity {name} removed" for name in old if name not in new)
    for name, entity in new.items():
        if name not in old:
            fields = ", ".join(item.name for item in entity.attributes)
            yield f"entity {name} added: {fields}"
            continue
        yield from _facets(name, old[name], entity, (key for key in Entity.model_fields if key != "attributes"))
        yield from _attributes(name, old[name], entity)


def _attributes(label: str, before: Entity, after: Entity) -> Iterator[str]:
    old = {item.name: item for item in before.attributes}
    new = {item.name: item for item in after.attributes}
    yield from (f"{label}.{name} removed" for name in old if name not in new)
    for name, item in new.items():
        if name in old:
            yield from _facets(f"{label}.{name}", old[name], item, Attribute.model_fields)
        else:
            yield f"{label}.{name} added: {item.type}{'' if item.required else ', optional'}"


def _operations(before: DiscoveryDocument, after: DiscoveryDocument) -> Iterator[str]:
    old = {item.id: item for item in before.operations}
    new = {item.id: item for item in after.operations}
    yield from (f"operation {id_} removed: {item.method} {item.path}" for id_, item in old.items() if id_ not in new)
    for id_, item in new.items():
        if id_ not in old:
            yield f"operation {id_} added: {item.method} {item.path}, for {access_in_words(item.access)}"
            continue
        names = (key for key in Operation.model_fields if key not in ("id", "access"))
        yield from _facets(f"operation {id_}", old[id_], item, names)
        if old[id_].access != item.access:
            words = f"{access_in_words(old[id_].access)} → {access_in_words(item.access)}"
            yield f"operation {id_}: who may call it: {words}"


def _interface(before: DiscoveryDocument, after: DiscoveryDocument) -> Iterator[str]:
    if before.interface is None or after.interface is None:
        if before.interface != after.interface:
            yield f"the interface was {'removed' if after.interface is None else 'added'}"
        return
    old = {item.operation: item for item in before.interface.endpoints}
    for item in after.interface.endpoints:
        known = old.get(item.operation)
        if known is not None and known != item:
            parts = [key for key in type(item).model_fields if getattr(known, key) != getattr(item, key)]
            yield f"operation {item.operation}: its interface changed: {', '.join(parts)}"
    rest = [key for key in type(after.interface).model_fields if key != "endpoints"]
    changed = [key for key in rest if getattr(before.interface, key) != getattr(after.interface, key)]
    if changed:
        yield f"the interface changed: {', '.join(changed)}"


def _requirements(before: DiscoveryDocument, after: DiscoveryDocument) -> Iterator[str]:
    """By what they say: their ids are given anew whenever they are derived."""
    old = Counter((item.text, item.level) for item in before.requirements)
    new = Counter((item.text, item.level) for item in after.requirements)
    gone, come = old - new, new - old
    levels = {text: level for text, level in come}
    for text, level in gone:
        if text in levels:
            yield f"requirement changed from {level.upper()} to {levels[text].upper()}: {text}"
        else:
            yield f"requirement removed: {text}"
    moved = {text for text, _ in gone}
    yield from (f"requirement added ({level.upper()}): {text}" for text, level in come if text not in moved)
