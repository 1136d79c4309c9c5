"""Looks into the shapes of a document: names resolved, unions of objects read as one object."""

from collections.abc import Iterator

from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

ANYTHING = Shape(kind=ShapeKind.ANY)
_SCALARS = frozenset({ShapeKind.STRING, ShapeKind.INTEGER, ShapeKind.NUMBER, ShapeKind.BOOLEAN})
_MAX_DEPTH = 8


class Shapes:
    """The shapes of one document."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._objects: dict[str, Shape | None] = {}

    def resolve(self, shape: Shape) -> Shape:
        """The shape itself, a union of one thing being that thing; anything, where the name leads nowhere."""
        for _ in range(_MAX_DEPTH):
            if shape.kind is ShapeKind.NAMED:
                try:
                    shape = self._given.resolve(shape)
                except KeyError:
                    return ANYTHING
            real = [one for one in shape.alternatives if one.kind is not ShapeKind.NULL]
            if shape.kind is not ShapeKind.UNION or len(real) != 1:
                return shape
            shape = real[0]
        return ANYTHING

    def name_of(self, shape: Shape) -> str:
        """The name of a named shape, else empty."""
        if shape.kind is ShapeKind.UNION:
            real = [one for one in shape.alternatives if one.kind is not ShapeKind.NULL]
            return self.name_of(real[0]) if len(real) == 1 else ""
        return shape.name if shape.kind is ShapeKind.NAMED else ""

    def object_of(self, shape: Shape) -> Shape | None:
        """The object that it is: of a union, the properties of all; none where it is no object."""
        if shape.kind is ShapeKind.NAMED:
            if shape.name not in self._objects:
                self._objects[shape.name] = None  # met again inside itself: no object
                self._objects[shape.name] = self._as_object(shape)
            return self._objects[shape.name]
        return self._as_object(shape)

    def _as_object(self, shape: Shape) -> Shape | None:
        resolved = self.resolve(shape)
        if resolved.kind is ShapeKind.OBJECT:
            return resolved
        if resolved.kind is not ShapeKind.UNION:
            return None
        real = [one for one in resolved.alternatives if one.kind is not ShapeKind.NULL]
        objects = [found for one in real if (found := self.object_of(one)) is not None]
        if not objects or len(objects) < len(real):
            return None
        merged: dict[str, Property] = {}
        for each in objects:
            for item in each.properties:
                everywhere = all((other := o.property(item.name)) is not None and other.required for o in objects)
                merged.setdefault(item.name, item.model_copy(update={"required": everywhere}))
        return Shape(kind=ShapeKind.OBJECT, properties=tuple(merged.values()), description=resolved.description)

    def items_of(self, shape: Shape) -> Shape | None:
        """What a list holds; none where it is no list."""
        resolved = self.resolve(shape)
        return (resolved.items or ANYTHING) if resolved.kind is ShapeKind.ARRAY else None

    def is_scalar(self, shape: Shape) -> bool:
        """Whether it is a string, a number or a boolean (or one of these)."""
        resolved = self.resolve(shape)
        if resolved.kind is ShapeKind.UNION:
            return all(self.resolve(one).kind in _SCALARS | {ShapeKind.NULL} for one in resolved.alternatives)
        return resolved.kind in _SCALARS

    def is_file(self, shape: Shape) -> bool:
        """Whether it is bytes, or a list of such."""
        resolved = self.resolve(shape)
        if resolved.kind is ShapeKind.ARRAY and resolved.items is not None:
            resolved = self.resolve(resolved.items)
        return resolved.kind is ShapeKind.BINARY or (
            resolved.kind is ShapeKind.STRING and resolved.format in ("binary", "byte-stream")
        )

    def choices_of(self, shape: Shape) -> tuple[str, ...]:
        """The strings that it may be, where they are listed."""
        return tuple(one for one in self.resolve(shape).choices if isinstance(one, str))

    def walk(self, shape: Shape, depth: int = 2, at: str = "") -> Iterator[tuple[str, Property]]:
        """Properties, and those of the objects in them, with their JSON pointers."""
        owner = self.object_of(shape)
        for item in owner.properties if owner else ():
            here = f"{at}/{escaped(item.name)}"
            yield here, item
            if depth > 1:
                yield from self.walk(item.shape, depth - 1, here)


def escaped(name: str) -> str:
    """A name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
