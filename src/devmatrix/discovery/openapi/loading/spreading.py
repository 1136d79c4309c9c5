"""Parameters that are objects: each of their properties is sent as a parameter of its own."""

from collections.abc import Iterator, Mapping

from devmatrix.discovery.interface import Parameter
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

DEEP = "deepObject"
_PLAIN = (ShapeKind.STRING, ShapeKind.INTEGER, ShapeKind.NUMBER, ShapeKind.BOOLEAN)


def spread(parameter: Parameter, style: str, *, explode: bool, named: Mapping[str, Shape]) -> Iterator[Parameter]:
    """The parameter itself; of an object in a query, one for each property: `name` or (deepObject) `name[property]`.

    Nothing, where the format does not say how its values are sent.
    """
    whole = _resolved(parameter.shape, named)
    if whole.kind is not ShapeKind.OBJECT or parameter.place != "query":
        if style != DEEP:
            yield parameter
        return
    if style not in ("", "form", DEEP) or (style != DEEP and not explode):
        return
    for item in whole.properties:
        if _is_sent(item, named):
            yield Parameter(
                name=f"{parameter.name}[{item.name}]" if style == DEEP else item.name,
                place="query",
                shape=item.shape,
                required=parameter.required and item.required,
                description=item.shape.description or parameter.description,
            )


def _is_sent(item: Property, named: Mapping[str, Shape]) -> bool:
    """Whether it is a value, or a list of values."""
    shape = _resolved(item.shape, named)
    if shape.kind is ShapeKind.ARRAY:
        shape = _resolved(shape.items, named) if shape.items is not None else Shape(kind=ShapeKind.STRING)
    return shape.kind in _PLAIN and not item.read_only


def _resolved(shape: Shape, named: Mapping[str, Shape]) -> Shape:
    seen: set[str] = set()
    while shape.kind is ShapeKind.NAMED and shape.name not in seen and shape.name in named:
        seen.add(shape.name)
        shape = named[shape.name]
    return shape
