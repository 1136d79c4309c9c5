"""allOf: one shape that holds what all of several shapes say."""

from collections.abc import Callable, Sequence

from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_LOWER = ("minimum", "exclusive_minimum", "min_length", "min_items", "min_properties")
_UPPER = ("maximum", "exclusive_maximum", "max_length", "max_items", "max_properties")
_LATER = ("format", "description", "pattern", "discriminator", "multiple_of", "items", "additional")


def merged(shapes: Sequence[Shape], note: Callable[[str], None]) -> Shape:
    """The shape of a value that fits all of `shapes` (none of them named)."""
    found = shapes[0] if shapes else Shape(kind=ShapeKind.ANY)
    for other in shapes[1:]:
        found = _both(found, other, note)
    return found


def _both(one: Shape, other: Shape, note: Callable[[str], None]) -> Shape:
    if one.kind is ShapeKind.ANY:
        return _described(other, one)
    if other.kind is ShapeKind.ANY:
        return _described(one, other)
    if ShapeKind.UNION in (one.kind, other.kind):
        union, plain = (one, other) if one.kind is ShapeKind.UNION else (other, one)
        if plain.kind is not ShapeKind.OBJECT or any(part.kind is ShapeKind.NAMED for part in union.alternatives):
            note("oneOf inside allOf is taken alone")
            return union
        parts = tuple(_both(plain, part, note) for part in union.alternatives)
        return union.model_copy(update={"alternatives": parts})
    if one.kind is not other.kind:
        numbers = {ShapeKind.INTEGER, ShapeKind.NUMBER}
        if {one.kind, other.kind} != numbers:
            note(f"allOf asks for {one.kind} and {other.kind} at once; {one.kind} is taken")
            return one
        one = one.model_copy(update={"kind": ShapeKind.INTEGER})
    return _same_kind(one, other, note)


def _described(shape: Shape, other: Shape) -> Shape:
    found = {name: getattr(other, name) for name in ("description", "examples") if not getattr(shape, name)}
    if other.has_default and not shape.has_default:
        found |= {"has_default": True, "default": other.default}
    return shape.model_copy(update=found)


def _same_kind(one: Shape, other: Shape, note: Callable[[str], None]) -> Shape:
    found: dict[str, object] = {}
    for names, pick in ((_LOWER, max), (_UPPER, min)):
        for name in names:
            given = [value for value in (getattr(one, name), getattr(other, name)) if value is not None]
            found[name] = pick(given) if given else None
    for name in _LATER:
        found[name] = getattr(other, name) or getattr(one, name)
    choices = [choice for choice in one.choices if choice in other.choices] if one.choices and other.choices else []
    found["choices"] = tuple(choices) or one.choices or other.choices
    found["examples"] = other.examples or one.examples
    found["nullable"] = one.nullable and other.nullable
    found["unique_items"] = one.unique_items or other.unique_items
    if other.has_default:
        found |= {"has_default": True, "default": other.default}
    if one.kind is ShapeKind.OBJECT:
        # A closed part would refuse what the other part lists: nobody means that.
        found["closed"] = one.closed and other.closed
        found["properties"] = _properties(one, other, note)
    return one.model_copy(update=found)


def _properties(one: Shape, other: Shape, note: Callable[[str], None]) -> tuple[Property, ...]:
    found = {prop.name: prop for prop in one.properties}
    for prop in other.properties:
        before = found.get(prop.name)
        found[prop.name] = prop if before is None else _property(before, prop, note)
    return tuple(found.values())


def _property(one: Property, other: Property, note: Callable[[str], None]) -> Property:
    if other.shape.kind is ShapeKind.ANY or other.shape == one.shape:
        shape = one.shape
    elif ShapeKind.NAMED in (one.shape.kind, other.shape.kind):
        shape = other.shape
    else:
        shape = _both(one.shape, other.shape, note)
    return Property(
        name=one.name,
        shape=shape,
        required=one.required or other.required,
        read_only=one.read_only or other.read_only,
        write_only=one.write_only or other.write_only,
    )
