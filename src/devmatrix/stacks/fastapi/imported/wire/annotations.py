"""Types as source: what a shape is in Python, on each side of the wire."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import ceil, floor

from pydantic import JsonValue

from devmatrix.discovery.interface import Interface
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.wire.patterns import usable
from devmatrix.stacks.fastapi.imported.wire.plans import Annotation, Side

_INT32 = (-(2**31), 2**31 - 1)
CHECKED_FORMATS = {
    "date": "Date",
    "date-time": "DateTime",
    "time": "Time",
    "email": "Email",
    "uuid": "Uuid",
    "uri": "Uri",
    "url": "Uri",
    "ipv4": "IPv4",
    "ipv6": "IPv6",
}
"""Formats that requests are checked for, and the names of their types in `app/types.py`."""
_SCALARS = (ShapeKind.STRING, ShapeKind.INTEGER, ShapeKind.NUMBER, ShapeKind.BOOLEAN)
_FROM_TYPING = frozenset({"Annotated", "Any", "Literal", "TYPE_CHECKING"})
_FROM_PYDANTIC = frozenset({"Field", "ConfigDict", "model_validator"})

Reference = Callable[[Shape, Side], str | None]
"""The name of the class or alias for a shape, if it has one."""


@dataclass
class Writing:
    """Collects what a text needs while it is written."""

    names: set[str] = field(default_factory=set)
    """Names from typing, pydantic and app.types."""
    classes: set[str] = field(default_factory=set)
    """Names of classes and aliases."""

    def use(self, *names: str) -> str:
        """Note the names; gives the first."""
        self.names.update(names)
        return names[0]


def import_of(name: str) -> str:
    """The statement that imports a name which annotations use."""
    if name in _FROM_TYPING:
        return f"from typing import {name}"
    return f"from {'pydantic' if name in _FROM_PYDANTIC else 'app.types'} import {name}"


def is_record(shape: Shape) -> bool:
    """Whether the shape becomes a class: an object with properties."""
    return shape.kind is ShapeKind.OBJECT and bool(shape.properties)


def is_scalar(shape: Shape) -> bool:
    """Whether it is a str, int, float or bool."""
    return shape.kind in _SCALARS


def is_alias(shape: Shape) -> bool:
    """Whether a named shape is worth a name of its own although it is no class: choices, or bounds."""
    bounds = (shape.minimum, shape.maximum, shape.exclusive_minimum, shape.exclusive_maximum, shape.multiple_of)
    lengths = (shape.min_length, shape.max_length, shape.pattern)
    return is_scalar(shape) and (bool(shape.choices) or any(part is not None for part in (*bounds, *lengths)))


class Annotations:
    """Writes types; `reference` knows the classes."""

    def __init__(self, interface: Interface, reference: Reference) -> None:
        self._interface = interface
        self._reference = reference

    def write(self, shape: Shape, side: Side, writing: Writing, *, null: bool = True) -> str:
        """The text, with `| None` where null is allowed (and `null`)."""
        text = self._bare(shape, side, writing, ())
        return f"{text} | None" if null and self.is_nullable(shape) and text != "None" else text

    def body_of_alias(self, shape: Shape, side: Side, writing: Writing) -> str:
        """The text of a named shape itself, without its name."""
        return self._scalar(shape, side, writing)

    def is_nullable(self, shape: Shape) -> bool:
        """Whether null is allowed, here or where the name leads."""
        seen: set[str] = set()
        while not shape.nullable and shape.kind is ShapeKind.NAMED and shape.name not in seen:
            seen.add(shape.name)
            shape = self._interface.shapes.get(shape.name, Shape(kind=ShapeKind.ANY))
        return shape.nullable or shape.kind in (ShapeKind.NULL, ShapeKind.ANY)

    def _bare(self, shape: Shape, side: Side, writing: Writing, entered: tuple[str, ...]) -> str:
        name = self._reference(shape, side)
        if name is not None:
            writing.classes.add(name)
            return name
        match shape.kind:
            case ShapeKind.NAMED:
                target = self._interface.shapes.get(shape.name)
                if target is None or shape.name in entered:
                    return self._anything(side, writing)
                return self._bare(target, side, writing, (*entered, shape.name))
            case ShapeKind.ARRAY:
                return self._array(shape, side, writing, entered)
            case ShapeKind.OBJECT:
                return self._map(shape, side, writing, entered)
            case ShapeKind.UNION:
                return self._union(shape, side, writing, entered)
            case ShapeKind.NULL:
                return "None"
            case ShapeKind.ANY if not shape.choices:
                return self._anything(side, writing)
            case _:
                return self._scalar(shape, side, writing)

    def _inner(self, shape: Shape | None, side: Side, writing: Writing, entered: tuple[str, ...]) -> str:
        """A value inside another: with null where it is allowed."""
        if shape is None:
            return self._anything(side, writing)
        text = self._bare(shape, side, writing, entered)
        bare = text in ("None", "Json", "Any", "Annotated[Json, ReadJson]")
        return f"{text} | None" if self.is_nullable(shape) and not bare else text

    def _anything(self, side: Side, writing: Writing) -> str:
        if side == "text":
            return _annotated(writing.use("Json"), writing, [], ["ReadJson"])
        return writing.use("Json" if side == "request" else "Any")

    def _array(self, shape: Shape, side: Side, writing: Writing, entered: tuple[str, ...]) -> str:
        text = f"list[{self._inner(shape.items, side, writing, entered)}]"
        if side == "answer":
            return text
        bounds = _arguments(min_length=shape.min_items, max_length=shape.max_items)
        return _annotated(text, writing, bounds, [writing.use("Unique")] if shape.unique_items else [])

    def _map(self, shape: Shape, side: Side, writing: Writing, entered: tuple[str, ...]) -> str:
        if side == "answer":
            return f"dict[str, {self._inner(shape.additional, side, writing, entered)}]"
        most = 0 if shape.closed else shape.max_properties
        text = f"dict[{writing.use('Text')}, {self._inner(shape.additional, side, writing, entered)}]"
        markers = ["ReadJson"] if side == "text" else []
        return _annotated(text, writing, _arguments(min_length=shape.min_properties, max_length=most), markers)

    def _union(self, shape: Shape, side: Side, writing: Writing, entered: tuple[str, ...]) -> str:
        texts = dict.fromkeys(self._inner(each, side, writing, entered) for each in shape.alternatives)
        if not texts or set(texts) & {"Json", "Any", "Annotated[Json, ReadJson]"}:
            return self._anything(side, writing)
        parts = [text for text in texts if text != "None"]
        null = ["None"] if len(parts) < len(texts) else []
        text = " | ".join([*parts, *null])
        tag = self._tag(shape, side) if len(parts) > 1 and not null else None
        return _annotated(text, writing, [f"discriminator={literal(tag)}"], []) if tag else text

    def _tag(self, shape: Shape, side: Side) -> str | None:
        """The discriminator's Python name, where each alternative has its own values of it."""
        from devmatrix.stacks.fastapi.imported.wire.identifiers import field_names

        values: list[str] = []
        names = set()
        for alternative in shape.alternatives:
            target = self.target(alternative)
            property_ = target.property(shape.discriminator) if is_record(target) else None
            choices = self.target(property_.shape).choices if property_ else ()
            if property_ is None or not property_.required or side != "request" or not choices:
                return None
            if not all(isinstance(choice, str) for choice in choices) or self.is_nullable(property_.shape):
                return None
            values += [str(choice) for choice in choices]
            names.add(field_names(one.name for one in target.properties)[shape.discriminator])
        return names.pop() if len(names) == 1 and len(set(values)) == len(values) else None

    def target(self, shape: Shape) -> Shape:
        """The shape itself, where it is named."""
        seen: set[str] = set()
        while shape.kind is ShapeKind.NAMED and shape.name not in seen:
            seen.add(shape.name)
            shape = self._interface.shapes.get(shape.name, Shape(kind=ShapeKind.ANY))
        return shape

    def _scalar(self, shape: Shape, side: Side, writing: Writing) -> str:
        if side == "answer":
            return _shown(shape, writing)
        if shape.choices:
            return _choices(shape, side, writing)
        match shape.kind:
            case ShapeKind.INTEGER:
                return _integer(shape, side, writing)
            case ShapeKind.NUMBER:
                return _number(shape, side, writing)
            case ShapeKind.BOOLEAN:
                return writing.use("Flag") if side == "request" else _annotated("bool", writing, [], ["ReadFlag"])
            case _:
                return _string(shape, writing)


_ANSWERS = {ShapeKind.STRING: "str", ShapeKind.INTEGER: "int", ShapeKind.NUMBER: "float", ShapeKind.BOOLEAN: "bool"}


def _shown(shape: Shape, writing: Writing) -> str:
    base = _ANSWERS.get(shape.kind, "Any")
    if base == "Any":
        writing.use("Any")
    arguments = [f"format={literal(shape.format)}"] if shape.format else []
    if shape.choices:
        choices = ", ".join(_value(choice) for choice in shape.choices)
        arguments.append(f"enum=[{choices}]")
    if not arguments:
        return base
    return _annotated(base, writing, [], [f"{writing.use('Shown')}({', '.join(arguments)})"])


_FITTING: dict[ShapeKind, Callable[[JsonValue], bool]] = {
    ShapeKind.STRING: lambda value: isinstance(value, str),
    ShapeKind.INTEGER: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    ShapeKind.NUMBER: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    ShapeKind.BOOLEAN: lambda value: isinstance(value, bool),
}


def _anything_fits(value: JsonValue) -> bool:
    return value is not None


def _choices(shape: Shape, side: Side, writing: Writing) -> str:
    fitting = _FITTING.get(shape.kind, _anything_fits)
    values = [value for value in shape.choices if fitting(value)] or list(shape.choices)
    plain = all(isinstance(value, str | bool | int) for value in values)
    if shape.kind is ShapeKind.NUMBER or not plain:
        base = writing.use("Json") if side == "request" else writing.use("Text")
        return _annotated(base, writing, [], [f"{writing.use('OneOf')}({', '.join(map(_value, values))})"])
    text = f"{writing.use('Literal')}[{', '.join(map(_value, values))}]"
    reader = {ShapeKind.INTEGER: "ReadInteger", ShapeKind.BOOLEAN: "ReadFlag"}.get(shape.kind)
    if side == "text" and reader:
        return _annotated(text, writing, [], [reader])
    return _annotated(text, writing, [], ["Whole"]) if shape.kind is ShapeKind.INTEGER else text


def _integer(shape: Shape, side: Side, writing: Writing) -> str:
    low, high = _INT32 if shape.format == "int32" else (None, None)
    least = _highest(low, None if shape.minimum is None else ceil(shape.minimum))
    most = _lowest(high, None if shape.maximum is None else floor(shape.maximum))
    above = None if shape.exclusive_minimum is None else floor(shape.exclusive_minimum)
    below = None if shape.exclusive_maximum is None else ceil(shape.exclusive_maximum)
    step = shape.multiple_of
    whole = int(step) if step is not None and float(step).is_integer() and step > 0 else None
    bounds = _arguments(ge=least, gt=above, le=most, lt=below, multiple_of=whole)
    if not bounds and side == "request":
        return writing.use("Integer")
    return _annotated("int", writing, bounds, ["Whole" if side == "request" else "ReadInteger"])


def _number(shape: Shape, side: Side, writing: Writing) -> str:
    bounds = _arguments(
        ge=_plain(shape.minimum),
        gt=_plain(shape.exclusive_minimum),
        le=_plain(shape.maximum),
        lt=_plain(shape.exclusive_maximum),
        multiple_of=_plain(shape.multiple_of) if (shape.multiple_of or 0) > 0 else None,
    )
    if side == "request":
        return _annotated(writing.use("Number"), writing, bounds, [])
    return _annotated("float", writing, [*bounds, "allow_inf_nan=False"], ["ReadNumber"])


def _string(shape: Shape, writing: Writing) -> str:
    bounds = _arguments(min_length=shape.min_length, max_length=shape.max_length)
    markers: list[str] = []
    engine, pattern = usable(shape.pattern) if shape.pattern else ("none", "")
    if engine == "rust":
        bounds.append(f"pattern={raw(pattern)}")
    elif engine == "python":
        markers.append(f"{writing.use('Matches')}({raw(pattern)})")
    if shape.pattern and (engine == "none" or pattern != shape.pattern):
        markers.append(f"{writing.use('Shown')}(pattern={raw(shape.pattern)})")
    checked = CHECKED_FORMATS.get(shape.format)
    if not bounds and not markers and (checked or not shape.format):
        return writing.use(checked or "Text")
    writing.use("SafeText")
    if checked:
        markers.append(f"{writing.use('Formatted')}({literal(shape.format)})")
    elif shape.format:
        markers.append(f"{writing.use('Shown')}(format={literal(shape.format)})")
    return _annotated("str", writing, bounds, ["SafeText", *markers])


def raw(pattern: str) -> str:
    """Source of a pattern: a raw string where it can be one, in pieces where it is long."""
    pieces = [pattern[start : start + 80] for start in range(0, len(pattern), 80)] or [""]
    while any(piece.endswith("\\") for piece in pieces[:-1]):
        index = next(index for index, piece in enumerate(pieces[:-1]) if piece.endswith("\\"))
        pieces[index], pieces[index + 1] = pieces[index][:-1], "\\" + pieces[index + 1]
    texts = [f'r"{piece}"' if _can_be_raw(piece) else literal(piece) for piece in pieces]
    return texts[0] if len(texts) == 1 else f"({' '.join(texts)})"


def _can_be_raw(text: str) -> bool:
    return "\\" in text and '"' not in text and text.isprintable() and not text.endswith("\\")


def _arguments(**bounds: float | None) -> list[str]:
    return [f"{name}={value!r}" for name, value in bounds.items() if value is not None]


def _annotated(text: str, writing: Writing, bounds: Iterable[str], markers: list[str]) -> str:
    bounds = list(bounds)
    if not bounds and not markers:
        return text
    for marker in markers:
        writing.use(marker.partition("(")[0])
    parts = [f"{writing.use('Field')}({', '.join(bounds)})"] if bounds else []
    inner = text.removeprefix("Annotated[").removesuffix("]") if is_annotated(text) else text
    return f"{writing.use('Annotated')}[{', '.join([inner, *parts, *markers])}]"


def is_annotated(text: str) -> bool:
    """Whether the text is one Annotated[...] as a whole."""
    if not text.startswith("Annotated["):
        return False
    import ast

    node = ast.parse(text, mode="eval").body
    return isinstance(node, ast.Subscript)


def _plain(number: float | None) -> float | int | None:
    if number is None:
        return None
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else number


def _highest(*values: int | None) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _lowest(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _value(value: JsonValue) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and value.isprintable() else repr(value)


def annotation(text: str, writing: Writing, more: Iterable[str] = ()) -> Annotation:
    """The text with its imports."""
    return Annotation(text, (*(import_of(name) for name in sorted(writing.names)), *more))
