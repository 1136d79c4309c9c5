"""Limits inside the body of a request: at a JSON pointer of its shape, for one endpoint alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from devmatrix.discovery.interface import Content, Effect, Interface
from devmatrix.discovery.shapes import Shape, ShapeKind

_SHAPES_OWN = (
    "minimum", "exclusive_minimum", "maximum", "exclusive_maximum", "min_length", "max_length", "pattern",
)  # fmt: skip


def limit_body(
    content: Content, interface: Interface, limits: Iterable[tuple[str, Mapping[str, Any]]], effect: Effect
) -> Content:
    """The content with what holds at each pointer; shapes that others use, too, are written out on the way."""
    shape = content.shape
    for pointer, changed in limits:
        path = tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
        shape = _limited(shape, interface, path, changed, merges=effect.merges)
    return content.model_copy(update={"shape": shape})


def _limited(
    shape: Shape, interface: Interface, path: tuple[str, ...], changed: Mapping[str, Any], *, merges: bool
) -> Shape:
    nullable = shape.nullable
    shape = interface.resolve(shape)
    if nullable and not shape.nullable:
        shape = shape.model_copy(update={"nullable": True})
    if not path:
        return shape.model_copy(update={name: changed[name] for name in _SHAPES_OWN if name in changed})
    if shape.kind is ShapeKind.UNION:
        ways = tuple(_limited(one, interface, path, changed, merges=merges) for one in shape.alternatives)
        return shape.model_copy(update={"alternatives": ways})
    properties = []
    for one in shape.properties:
        if one.name == path[0]:
            update: dict[str, Any] = {"shape": _limited(one.shape, interface, path[1:], changed, merges=merges)}
            if len(path) == 1 and "required" in changed and not merges:
                update["required"] = bool(changed["required"])
            one = one.model_copy(update=update)
        properties.append(one)
    return shape.model_copy(update={"properties": tuple(properties)})
