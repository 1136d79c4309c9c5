"""Looks into shapes: names resolved, unions of objects read as one, pointers followed."""

from collections.abc import Iterator

from pydantic import JsonValue

from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

ANYTHING = Shape(kind=ShapeKind.ANY)
_MAX_DEPTH = 12


class Shapes:
    """The shapes of one document."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._objects: dict[tuple[str, bool], Shape | None] = {}

    def resolve(self, shape: Shape) -> Shape:
        """The shape itself; a union of one alternative is that one. What is nothing but itself is anything."""
        for _ in range(_MAX_DEPTH):
            if shape.kind is ShapeKind.NAMED:
                try:
                    shape = self._given.resolve(shape)
                except KeyError:
                    return ANYTHING
            found = [one for one in shape.alternatives if self._kind(one) is not ShapeKind.NULL]
            if shape.kind is not ShapeKind.UNION or len(found) != 1:
                return shape
            shape = found[0]
        return ANYTHING

    def _kind(self, shape: Shape) -> ShapeKind:
        return shape.kind

    def nullable(self, shape: Shape) -> bool:
        """Whether null is allowed, by the shape or by what its name stands for."""
        if shape.nullable or shape.kind in (ShapeKind.NULL, ShapeKind.ANY):
            return True
        if shape.kind is ShapeKind.UNION and any(one.kind is ShapeKind.NULL for one in shape.alternatives):
            return True
        return shape.kind is ShapeKind.NAMED and self.resolve(shape).nullable

    def object_of(self, shape: Shape, *, answer: bool = True) -> Shape | None:
        """The object that it is. Of a union of objects: in answers the first, in requests all properties of all."""
        if shape.kind is ShapeKind.NAMED:
            known = (shape.name, answer)
            if known not in self._objects:
                self._objects[known] = self._as_object(shape, answer)
            return self._objects[known]
        return self._as_object(shape, answer)

    def _as_object(self, shape: Shape, answer: bool) -> Shape | None:
        resolved = self.resolve(shape)
        if resolved.kind is ShapeKind.OBJECT:
            return resolved
        if resolved.kind is not ShapeKind.UNION:
            return None
        found = [self.resolve(one) for one in resolved.alternatives]
        objects = [one for one in found if one.kind is ShapeKind.OBJECT]
        if not objects or answer:
            return objects[0] if objects else None
        merged: dict[str, Property] = {}
        for one in objects:
            for item in one.properties:
                everywhere = len(objects) == len(found) and all(
                    (other := each.property(item.name)) is not None and other.required for each in objects
                )
                merged.setdefault(item.name, item.model_copy(update={"required": everywhere}))
        return objects[0].model_copy(update={"properties": tuple(merged.values())})

    def items_of(self, shape: Shape) -> Shape | None:
        """What a list holds; none where it is no list, or nothing is said."""
        resolved = self.resolve(shape)
        return resolved.items if resolved.kind is ShapeKind.ARRAY else None

    def name_of(self, shape: Shape) -> str:
        """The name of a named shape, empty for others."""
        if shape.kind is ShapeKind.UNION:
            found = [one for one in shape.alternatives if one.kind is not ShapeKind.NULL]
            return self.name_of(found[0]) if len(found) == 1 else ""
        return shape.name if shape.kind is ShapeKind.NAMED else ""

    def at(self, shape: Shape, pointer: str, *, answer: bool = True) -> Shape | None:
        """The shape that a JSON pointer leads to, with its name where it has one."""
        for part in pointer.split("/")[1:]:
            owner = self.object_of(shape, answer=answer)
            found = owner.property(part.replace("~1", "/").replace("~0", "~")) if owner else None
            if found is None:
                inner = self.items_of(shape) if part.isdigit() or part in ("*", "-") else None
                if inner is None:
                    return None
                shape = inner
            else:
                shape = found.shape
        return shape

    def is_scalar(self, shape: Shape) -> bool:
        """Whether it is one string, number or boolean."""
        return self.resolve(shape).kind in (
            ShapeKind.STRING,
            ShapeKind.INTEGER,
            ShapeKind.NUMBER,
            ShapeKind.BOOLEAN,
        )

    def neutral(self, shape: Shape, depth: int = 0) -> JsonValue:
        """A value that fits and says nothing: default, example, null, or the emptiest of its kind."""
        resolved = self.resolve(shape)
        if resolved.has_default:
            return resolved.default
        if self.nullable(shape):
            return None
        if resolved.choices:
            return resolved.choices[0]
        if depth > _MAX_DEPTH:
            return None
        match resolved.kind:
            case ShapeKind.OBJECT:
                return {item.name: self.neutral(item.shape, depth + 1) for item in resolved.properties if item.required}
            case ShapeKind.ARRAY:
                return []
            case ShapeKind.UNION:
                return self.neutral(resolved.alternatives[0], depth + 1) if resolved.alternatives else None
            case ShapeKind.BOOLEAN:
                return False
            case ShapeKind.INTEGER | ShapeKind.NUMBER:
                return 0
            case _:
                return ""

    def fits(self, given: Shape, wanted: Shape, depth: int = 0) -> bool:
        """Whether every value of `given` may be answered as `wanted`; formats and bounds are not compared."""
        if depth > _MAX_DEPTH or (given.kind is ShapeKind.NAMED and given.name == wanted.name):
            return True
        one, other = self.resolve(given), self.resolve(wanted)
        if other.kind is ShapeKind.ANY or one == other:
            return True
        if other.kind is ShapeKind.UNION:
            return any(self.fits(given, each, depth + 1) for each in other.alternatives)
        if one.kind is ShapeKind.UNION:
            return all(self.fits(each, wanted, depth + 1) for each in one.alternatives)
        if one.kind is ShapeKind.INTEGER and other.kind is ShapeKind.NUMBER:
            return True
        if one.kind is not other.kind:
            return False
        if one.kind is ShapeKind.ARRAY:
            return self.fits(one.items or ANYTHING, other.items or ANYTHING, depth + 1)
        return one.kind is not ShapeKind.OBJECT or self._fits_object(one, other, depth + 1)

    def _fits_object(self, one: Shape, other: Shape, depth: int) -> bool:
        for item in other.properties:
            mine = one.property(item.name)
            if mine is None or not mine.required or mine.read_only:
                if item.required and not item.write_only:
                    return False
                if mine is None:
                    continue
            if not self.fits(mine.shape, item.shape, depth):
                return False
        return not (other.closed and any(other.property(mine.name) is None for mine in one.properties))

    def walk(self, shape: Shape, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, Property]]:
        """Properties of an object and of the objects directly in it, with their pointers."""
        owner = self.object_of(shape)
        for item in owner.properties if owner and depth < _MAX_DEPTH else ():
            here = f"{pointer}/{item.name.replace('~', '~0').replace('/', '~1')}"
            yield here, item
            if depth < 2:
                yield from self.walk(item.shape, here, depth + 1)
