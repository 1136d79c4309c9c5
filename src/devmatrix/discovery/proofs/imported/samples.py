"""Values from shapes: valid ones, those on the edge, and wrong ones."""

import contextlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from devmatrix.discovery.interface import Content, Interface
from devmatrix.discovery.proofs.imported.numbers import outside, reach, tidy
from devmatrix.discovery.proofs.patterns import matching, not_matching
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

CHECKED_FORMATS = frozenset("date date-time time email uuid uri url ipv4 ipv6".split())
_DEEPEST = 8
_LONGEST = 400
_ROOMY = 4
_MOST_ITEMS = 100


@dataclass(frozen=True)
class Case:
    """A value to try, and what is special about it."""

    text: str
    value: JsonValue
    inside: str = ""
    """Where in the value the defect is."""


class Samples:
    """Makes values for the shapes of one interface."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface

    def value(self, shape: Shape, n: int, name: str = "value", *, full: bool = True, depth: int = 0) -> JsonValue:
        """The n-th valid value; different n give different values, where there are so many.

        `full`: with the optional properties. Raises UnproducibleError where none can be made up.
        """
        shape = self._interface.resolve(shape)
        if depth > _DEEPEST:
            raise UnproducibleError(f"{name} is nested too deep")
        if shape.choices:
            return shape.choices[n % len(shape.choices)]
        match shape.kind:
            case ShapeKind.STRING:
                return self.string(shape, n, name)
            case ShapeKind.INTEGER | ShapeKind.NUMBER:
                return self._number(shape, n)
            case ShapeKind.BOOLEAN:
                return n % 2 == 1
            case ShapeKind.NULL:
                return None
            case ShapeKind.ARRAY:
                wanted = max(shape.min_items or 0, 0 if depth >= _DEEPEST - 2 else 1)
                return [*self.several(shape, wanted, n, name, full=full, depth=depth)]
            case ShapeKind.OBJECT:
                return self._object(shape, n, full, depth)
            case ShapeKind.UNION:
                return self.value(shape.alternatives[0], n, name, full=full, depth=depth + 1)
            case ShapeKind.BINARY:
                return f"bytes {n}"
            case _:
                return f"{name} {n}"

    def several(
        self, shape: Shape, count: int, n: int, name: str, *, full: bool = True, depth: int = 0
    ) -> list[JsonValue]:
        """So many items of a list. Raises UnproducibleError where they must differ and there are too few."""
        items = shape.items or Shape(kind=ShapeKind.STRING)
        found = [self.value(items, n + place, name, full=full, depth=depth + 1) for place in range(count)]
        if shape.unique_items and len({json.dumps(one, sort_keys=True) for one in found}) < count:
            raise UnproducibleError(f"no {count} different values for {name}")
        return found

    def _object(self, shape: Shape, n: int, full: bool, depth: int) -> JsonValue:
        found: dict[str, JsonValue] = {}
        for prop in shape.properties:
            if prop.read_only or not (full or prop.required):
                continue
            try:
                found[prop.name] = self.value(prop.shape, n, prop.name, full=full and depth < 3, depth=depth + 1)
            except UnproducibleError:
                if prop.required:
                    raise
        if shape.additional is not None and not found:
            found[f"key{n}"] = self.value(shape.additional, n, "value", full=full, depth=depth + 1)
        return found

    def string(self, shape: Shape, n: int, name: str) -> str:
        """A string of the shape."""
        shortest, longest = shape.min_length or 0, shape.max_length if shape.max_length is not None else _LONGEST
        if shape.pattern is not None:
            most = min(longest, _LONGEST)
            try:
                with contextlib.suppress(UnproducibleError):
                    return matching(shape.pattern, n, shortest, most)
                # Of longer texts there are more.
                return matching(shape.pattern, n, max(shortest, min(_ROOMY, most)), most)
            except (ValueError, IndexError, KeyError) as error:
                raise UnproducibleError(f"no text for the pattern of {name}") from error
        made = _formatted(shape.format, n) or f"{name} {n}"
        if len(made) > longest:
            made = str(n)[:longest] if shape.format not in CHECKED_FORMATS else made
        if len(made) < shortest and shape.format not in CHECKED_FORMATS:
            made += "x" * (shortest - len(made))
        if not shortest <= len(made) <= longest:
            raise UnproducibleError(f"no text of that length and format for {name}")
        return made

    def _number(self, shape: Shape, n: int) -> int | float:
        low, high, step = reach(shape)
        start = max(low, step) if high >= step else low
        span = math.floor((high - start) / step) + 1
        if span < 1:
            raise UnproducibleError("no number fits the bounds")
        return tidy(start + step * (n % min(span, 100_000)))

    def fits(self, shape: Shape, value: JsonValue) -> bool:
        """Whether a value has the form that a parameter takes."""
        shape = self._interface.resolve(shape)
        if shape.kind is ShapeKind.ARRAY:
            return (
                shape.items is None or not isinstance(value, list) or all(self.fits(shape.items, one) for one in value)
            )
        if shape.format in ("date", "date-time") and isinstance(value, str):
            return len(value) == 10 if shape.format == "date" else len(value) > 10
        return not shape.choices or value in shape.choices or isinstance(value, list)

    def files(self, content: Content | None) -> frozenset[str]:
        """Names of the parts of a form that are files."""
        shape = self._interface.resolve(content.shape) if content is not None else None
        return frozenset(one.name for one in shape.properties if self._is_file(one.shape)) if shape else frozenset()

    def _is_file(self, shape: Shape) -> bool:
        shape = self._interface.resolve(shape)
        if shape.kind is ShapeKind.ARRAY and shape.items is not None:
            shape = self._interface.resolve(shape.items)
        return shape.kind is ShapeKind.BINARY or (shape.kind is ShapeKind.STRING and shape.format == "binary")

    def wrong(self, prop: Property) -> Iterator[Case]:
        """Values that a property must not have."""
        shape = self._interface.resolve(prop.shape)
        nullable = shape.nullable or prop.shape.nullable
        if not nullable and shape.kind not in (ShapeKind.ANY, ShapeKind.NULL):
            yield Case("null", None)
        if shape.choices:
            if all(isinstance(choice, str) for choice in shape.choices):
                yield Case("none of the choices", "none-of-these-choices")
            return
        match shape.kind:
            case ShapeKind.STRING:
                yield Case("a number", 17)
                yield from self._wrong_strings(shape)
            case ShapeKind.INTEGER | ShapeKind.NUMBER:
                yield Case("text", "seventeen")
                yield from self._wrong_numbers(shape)
            case ShapeKind.BOOLEAN:
                yield Case("text", "true")
            case ShapeKind.ARRAY:
                yield Case("text", "no list")
                yield from self._wrong_lists(shape, prop.name)
            case ShapeKind.OBJECT:
                yield Case("text", "no object")

    def _wrong_strings(self, shape: Shape) -> Iterator[Case]:
        if shape.min_length:
            yield Case("too short", "x" * (shape.min_length - 1))
        if shape.max_length is not None and shape.max_length <= 10_000:
            yield Case("too long", "x" * (shape.max_length + 1))
        if shape.format in CHECKED_FORMATS:
            yield Case(f"no {shape.format}", "neither :// this nor that")
        if shape.pattern is not None:
            try:
                yield Case(
                    "against the pattern", not_matching(shape.pattern, shape.min_length or 0, shape.max_length or 60)
                )
            except (UnproducibleError, ValueError, IndexError, KeyError):
                return

    def _wrong_numbers(self, shape: Shape) -> Iterator[Case]:
        for text, value in outside(shape):
            yield Case(text, value)
        if shape.kind is ShapeKind.INTEGER:
            yield Case("with a fraction", tidy(max(reach(shape)[0], 0)) + 0.5)

    def _wrong_lists(self, shape: Shape, name: str) -> Iterator[Case]:
        least, most = shape.min_items or 0, shape.max_items
        items = self._interface.resolve(shape.items) if shape.items else None
        if items is not None and items.kind in (ShapeKind.STRING, ShapeKind.OBJECT) and not items.choices:
            yield Case("a list of numbers", [17, *self.several(shape, max(least, 1), 1, name)[1:]], ".0")
        if least:
            yield Case("too short" if least > 1 else "an empty list", [*self.several(shape, least - 1, 1, name)])
        if most is not None and most <= _MOST_ITEMS:
            with contextlib.suppress(UnproducibleError):
                yield Case("too long", [*self.several(shape, most + 1, 1, name)])
        if shape.unique_items and (most is None or most > 1):
            found = self.several(shape, max(least - 1, 1), 1, name)
            yield Case("a list with a repetition", [*found, found[0]])


def _formatted(kind: str, n: int) -> str:
    match kind:
        case "email" | "idn-email":
            return f"person{n}@example.com"
        case "uuid":
            return f"{n:08x}-0000-4000-8000-{n:012x}"
        case "date":
            return f"20{10 + n // 336 % 80:02}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}"
        case "date-time":
            return f"20{10 + n // 336 % 80:02}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}T10:{n % 60:02}:00Z"
        case "time":
            return f"10:{n % 60:02}:00Z"
        case "uri" | "url" | "iri":
            return f"https://example.com/{n}"
        case "ipv4":
            return f"10.0.{n // 250 % 250}.{n % 250}"
        case "ipv6":
            return f"2001:db8::{n % 65536:x}"
        case "hostname":
            return f"host{n}.example.com"
        case "byte":
            return "aGVsbG8="
        case _:
            return ""
