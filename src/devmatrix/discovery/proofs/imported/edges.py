"""Values at the very edge of what shapes allow: least and greatest, shortest and longest, first and last, null."""

from contextlib import suppress
from typing import Literal

from pydantic import JsonValue

from devmatrix.discovery.interface import Interface
from devmatrix.discovery.proofs.imported.numbers import outermost, tidy
from devmatrix.discovery.proofs.imported.samples import CHECKED_FORMATS, Samples
from devmatrix.discovery.proofs.patterns import some_matching
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.shapes import Shape, ShapeKind

Side = Literal["least", "most"]

_DEEPEST = 5
_LONGEST = 10_000
_LONGEST_PATTERN = 400
_MOST_ITEMS = 60
_LONGEST_EMAIL = 254
_LONGEST_URI = 2_000
_FREE_FORMATS = frozenset({"", "password", "string", "text"})
_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Edges:
    """Makes them; where a shape has no bound on a side, an ordinary value stands."""

    def __init__(self, interface: Interface, samples: Samples) -> None:
        self._interface, self._samples = interface, samples

    def value(self, shape: Shape, side: Side, n: int, name: str = "value", *, depth: int = 0) -> JsonValue:
        """The value at that edge; other `n`, other value where the edge leaves room. Raises UnproducibleError."""
        shape = self._interface.resolve(shape)
        if shape.choices:
            return shape.choices[0 if side == "least" else -1]
        match shape.kind:
            case ShapeKind.OBJECT if shape.properties and depth < _DEEPEST:
                return self._object(shape, side, n, depth)
            case ShapeKind.ARRAY if depth < _DEEPEST:
                return self._array(shape, side, n, name, depth)
            case ShapeKind.STRING:
                return self._string(shape, side, n, name)
            case ShapeKind.INTEGER | ShapeKind.NUMBER:
                bound = outermost(shape)[0 if side == "least" else 1]
                return tidy(bound) if bound is not None else self._samples.value(shape, n, name)
            case ShapeKind.BOOLEAN:
                return side == "most"
            case _:
                return self._samples.value(shape, n, name)

    def _object(self, shape: Shape, side: Side, n: int, depth: int) -> JsonValue:
        found: dict[str, JsonValue] = {}
        for prop in shape.properties:
            if prop.read_only:
                continue
            try:
                found[prop.name] = self.value(prop.shape, side, n, prop.name, depth=depth + 1)
            except UnproducibleError:
                if prop.required:
                    raise
        return found

    def _array(self, shape: Shape, side: Side, n: int, name: str, depth: int) -> JsonValue:
        bound = shape.min_items or 0 if side == "least" else shape.max_items
        if bound is None or bound > _MOST_ITEMS:
            bound = max(shape.min_items or 0, 1)
        found = self._samples.several(shape, bound, n, name)
        if found and shape.items is not None and not shape.unique_items:
            found[0] = self.value(shape.items, side, n, name, depth=depth + 1)
        return found

    def _string(self, shape: Shape, side: Side, n: int, name: str) -> str:
        length = shape.min_length if side == "least" else shape.max_length
        if length is None or length > _LONGEST:
            return self._samples.string(shape, n, name)
        if shape.pattern is not None:
            # Not every pattern has texts of that length, or some that are found.
            with suppress(UnproducibleError):
                if length <= _LONGEST_PATTERN:
                    return some_matching(shape.pattern, n, length, length)
            return self._samples.string(shape, n, name)
        made = _of_length(shape.format, length, n, name)
        return self._samples.string(shape, n, name) if made is None else made

    def with_nulls(self, shape: Shape, value: JsonValue, *, depth: int = 0) -> JsonValue:
        """The value with null wherever its objects may have it, envelopes apart."""
        shape = self._interface.resolve(shape)
        if shape.kind is not ShapeKind.OBJECT or not isinstance(value, dict) or depth > 1:
            return value
        found = dict(value)
        for prop in shape.properties:
            if prop.name not in found:
                continue
            nullable = prop.shape.nullable or self._interface.resolve(prop.shape).nullable
            found[prop.name] = None if nullable else self.with_nulls(prop.shape, found[prop.name], depth=depth + 1)
        return found


def _of_length(kind: str, length: int, n: int, name: str) -> str | None:
    """A text of exactly that length; none where the format leaves no room for it."""
    if kind == "email":
        return _email(length, n)
    if kind in ("uri", "url"):
        start = f"https://example.com/{n}/"
        return start + "x" * (length - len(start)) if len(start) <= length <= _LONGEST_URI else None
    if kind in CHECKED_FORMATS or kind not in _FREE_FORMATS:
        return None
    plain = f"{name} {n}"
    return plain + "x" * (length - len(plain)) if len(plain) <= length else _short(length, n)


def _short(length: int, n: int) -> str:
    digits = ""
    for _ in range(length):
        n, digit = divmod(n, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _email(length: int, n: int) -> str | None:
    start = f"p{n}@"
    rest = length - len(start)
    if rest < len("a.example") or length > _LONGEST_EMAIL:
        return None
    # No label of a domain is longer than 63 characters.
    domain = "example.com" if rest >= len("a.example.com") else "example"
    while rest > len(domain):
        more = min(60, rest - len(domain) - 1)
        if rest - len(domain) - 1 - more == 1:
            more -= 1
        if more < 1:
            return None
        domain = f"{'a' * more}.{domain}"
    return start + domain
