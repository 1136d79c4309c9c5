"""Records that keep their properties apart: `attributes`, `relationships` beside `type`, `id`, as JSON:API has them."""

from collections.abc import Iterator
from typing import Protocol

from devmatrix.discovery.shapes import Property, Shape

ATTRIBUTES = "attributes"
RELATIONSHIPS = "relationships"
KIND = "type"
DATA = "data"
_LOCAL = "lid"
_MEMBERS = frozenset({KIND, "id", ATTRIBUTES, RELATIONSHIPS, "links", "meta", _LOCAL})


class Looks(Protocol):
    """Looks into shapes."""

    def object_of(self, shape: Shape) -> Shape | None:
        """The object that it is."""
        ...

    def is_scalar(self, shape: Shape) -> bool:
        """Whether it is a plain value."""
        ...


def is_apart(looks: Looks, owner: Shape) -> bool:
    """Whether an object is a record whose properties stand in an object of their own."""
    kind, attributes = owner.property(KIND), owner.property(ATTRIBUTES)
    if kind is None or attributes is None or not looks.is_scalar(kind.shape):
        return False
    inner = looks.object_of(attributes.shape)
    return bool(inner and inner.properties) and {item.name for item in owner.properties} <= _MEMBERS


def spread(looks: Looks, owner: Shape) -> Iterator[tuple[str, Property]]:
    """(JSON pointer, property) of all that a record has; of a related record, the property is what names it."""
    if not is_apart(looks, owner):
        yield from ((f"/{_escaped(item.name)}", item) for item in owner.properties)
        return
    for item in owner.properties:
        if item.name == ATTRIBUTES:
            inner = looks.object_of(item.shape)
            for one in inner.properties if inner else ():
                yield f"/{ATTRIBUTES}/{_escaped(one.name)}", _within(one, item)
        elif item.name == RELATIONSHIPS:
            inner = looks.object_of(item.shape)
            for one in inner.properties if inner else ():
                yield from _related(looks, one, item)
        elif item.name not in (KIND, _LOCAL):
            yield f"/{_escaped(item.name)}", item


def flattened(looks: Looks, owner: Shape) -> Shape:
    """The record as if all its properties stood side by side; itself, where they do."""
    if not is_apart(looks, owner):
        return owner
    found: dict[str, Property] = {}
    for _, item in spread(looks, owner):
        found.setdefault(item.name, item)
    return owner.model_copy(update={"properties": tuple(found.values())})


def _related(looks: Looks, one: Property, around: Property) -> Iterator[tuple[str, Property]]:
    owner = looks.object_of(one.shape)
    data = owner.property(DATA) if owner is not None else None
    if data is not None:
        named = _within(data, _within(one, around)).model_copy(update={"name": one.name})
        yield f"/{RELATIONSHIPS}/{_escaped(one.name)}/{DATA}", named


def _within(one: Property, around: Property) -> Property:
    """The property with what holds for the object around it."""
    changes = {
        "required": one.required and around.required,
        "read_only": one.read_only or around.read_only,
        "write_only": one.write_only or around.write_only,
    }
    return one.model_copy(update=changes)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
