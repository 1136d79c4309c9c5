"""Interfaces with one kind of constraint moved by one: what a service checks that is off by one."""

from collections.abc import Callable, Mapping

from devmatrix.discovery.interface import Interface
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

Pinch = Callable[[Shape], dict[str, object]]


def _moved(name: str, by: float) -> Pinch:
    def pinch(shape: Shape) -> dict[str, object]:
        value = getattr(shape, name)
        return {} if value is None else {name: value + by}

    return pinch


def _fewer(first: int, last: int | None) -> Pinch:
    def pinch(shape: Shape) -> dict[str, object]:
        return {"choices": shape.choices[first:last]} if len(shape.choices) > 2 else {}

    return pinch


def _included(name: str, bound: str) -> Pinch:
    """The exclusive bound counts as an inclusive one."""

    def pinch(shape: Shape) -> dict[str, object]:
        value = getattr(shape, name)
        return {} if value is None else {name: None, bound: value}

    return pinch


def _not_null(shape: Shape) -> dict[str, object]:
    return {"nullable": False} if shape.kind is not ShapeKind.NAMED else {}


TIGHTER: Mapping[str, Pinch] = {
    "max_length - 1": _moved("max_length", -1),
    "min_length + 1": _moved("min_length", 1),
    "maximum - 1": _moved("maximum", -1),
    "minimum + 1": _moved("minimum", 1),
    "exclusive_minimum + 1": _moved("exclusive_minimum", 1),
    "exclusive_maximum - 1": _moved("exclusive_maximum", -1),
    "max_items - 1": _moved("max_items", -1),
    "min_items + 1": _moved("min_items", 1),
    "not the first choice": _fewer(1, None),
    "not the last choice": _fewer(0, -1),
    "no null": _not_null,
}
LOOSER: Mapping[str, Pinch] = {
    "max_length + 1": _moved("max_length", 1),
    "min_length - 1": _moved("min_length", -1),
    "maximum + 1": _moved("maximum", 1),
    "minimum - 1": _moved("minimum", -1),
    "minimum included": _included("exclusive_minimum", "minimum"),
    "maximum included": _included("exclusive_maximum", "maximum"),
    "max_items + 1": _moved("max_items", 1),
    "min_items - 1": _moved("min_items", -1),
    "any multiple": lambda shape: {"multiple_of": None},
    "repetitions": lambda shape: {"unique_items": False},
}


def pinched(interface: Interface, flaws: frozenset[str]) -> Interface:
    """The interface as a service checks requests that has those of the flaws above."""
    for name, pinch in {**TIGHTER, **LOOSER}.items():
        if name in flaws:
            interface = _changed(interface, pinch)
    return interface


def _changed(interface: Interface, pinch: Pinch) -> Interface:
    endpoints = [
        endpoint.model_copy(
            update={
                "parameters": tuple(
                    one.model_copy(update={"shape": _shape(one.shape, pinch)}) for one in endpoint.parameters
                ),
                "bodies": tuple(one.model_copy(update={"shape": _shape(one.shape, pinch)}) for one in endpoint.bodies),
            }
        )
        for endpoint in interface.endpoints
    ]
    shapes = {name: _shape(one, pinch) for name, one in interface.shapes.items()}
    return interface.model_copy(update={"endpoints": tuple(endpoints), "shapes": shapes})


def _shape(shape: Shape, pinch: Pinch) -> Shape:
    inner: dict[str, object] = {
        "properties": tuple(_property(one, pinch) for one in shape.properties),
        "alternatives": tuple(_shape(one, pinch) for one in shape.alternatives),
        "items": _shape(shape.items, pinch) if shape.items is not None else None,
        "additional": _shape(shape.additional, pinch) if shape.additional is not None else None,
    }
    return shape.model_copy(update=inner | pinch(shape))


def _property(one: Property, pinch: Pinch) -> Property:
    return one.model_copy(update={"shape": _shape(one.shape, pinch)})
