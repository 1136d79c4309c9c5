"""Records inside bodies: their keys say which record is meant, though the document gives them as read-only."""

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.interface import Content, Effect
from devmatrix.discovery.openapi.binding.drafts import EntityDraft
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_EACH = "-"
"""The items of a list."""


def unlocked(shapes: Shapes, draft: EntityDraft, effect: Effect, bodies: tuple[Content, ...]) -> tuple[Content, ...]:
    """The bodies with what is read-only of the records inside them to be sent, where the effect keeps it.

    That is the key of a record that is referred to, and all of one that is kept as it is sent.
    """
    outer = [*_tokens(effect.batch), _EACH] if effect.batch else []
    for write in effect.writes:
        attribute = draft.attributes.get(write.attribute)
        if write.place != "body" or attribute is None:
            continue
        path = [*outer, *_tokens(write.name)]
        if write.match or attribute.type is FieldType.JSON:
            deep = not write.match
            bodies = tuple(
                one.model_copy(update={"shape": _at(shapes, one.shape, path, deep=deep, top=len(outer) + 1)})
                for one in bodies
            )
    return bodies


def _tokens(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _at(shapes: Shapes, shape: Shape, path: list[str], *, deep: bool, top: int) -> Shape:
    """The shape with what stands at the path to be sent; the very same where nothing changes."""
    if not path:
        return _inside(shapes, shape, frozenset()) if deep else shape
    own = shapes.resolve(shape)
    if path[0] == _EACH and own.items is not None:
        items = _at(shapes, own.items, path[1:], deep=deep, top=top - 1)
        return shape if items is own.items else _copy(shapes, shape, own, items=items)
    one = own.property(path[0]) if own.kind is ShapeKind.OBJECT else None
    if one is None:
        return shape
    changed = one.model_copy(update={"shape": _at(shapes, one.shape, path[1:], deep=deep, top=top - 1)})
    if len(path) == 1 and top < 1 and one.read_only:
        changed = changed.model_copy(update={"read_only": False})
    return shape if changed == one else _with(shapes, shape, own, (changed,))


def _inside(shapes: Shapes, shape: Shape, seen: frozenset[str]) -> Shape:
    """The shape with all that is read-only in it to be sent."""
    if shape.kind is ShapeKind.NAMED and shape.name in seen:
        return shape
    seen = seen | {shape.name} if shape.kind is ShapeKind.NAMED else seen
    own = shapes.resolve(shape)
    if own.items is not None:
        items = _inside(shapes, own.items, seen)
        return shape if items is own.items else _copy(shapes, shape, own, items=items)
    changed = tuple(
        one.model_copy(update={"read_only": False, "shape": _inside(shapes, one.shape, seen)}) for one in own.properties
    )
    return shape if changed == own.properties else _with(shapes, shape, own, changed)


def _with(shapes: Shapes, shape: Shape, own: Shape, changed: tuple[Property, ...]) -> Shape:
    by_name = {one.name: one for one in changed}
    properties = tuple(by_name.get(one.name, one) for one in own.properties)
    return _copy(shapes, shape, own, properties=properties)


def _copy(shapes: Shapes, shape: Shape, own: Shape, **changes: object) -> Shape:
    return own.model_copy(update={**changes, "nullable": shapes.nullable(shape)})
