"""Takes an attribute, gives values that it accepts, in the form in which the service answers them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.discovery.proofs.patterns import matching, some_matching
from devmatrix.discovery.proofs.unproducible import UnproducibleError

NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT})
STRINGS = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.PASSWORD})
REFERENCES = frozenset({FieldType.REFERENCE, FieldType.REFERENCES})

_LENGTHS = {
    FieldType.STRING: (1, 200),
    FieldType.TEXT: (0, 10_000),
    FieldType.EMAIL: (1, 254),
    FieldType.URL: (1, 2000),
    FieldType.PASSWORD: (8, 128),
}
_LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class NumberRange:
    """The least and greatest number of an attribute, both allowed, and the smallest distance between two."""

    low: Decimal
    high: Decimal
    step: Decimal


def lengths(attribute: Attribute) -> tuple[int, int]:
    """The shortest and longest string that a text-like attribute accepts, by itself or by the conventions."""
    shortest, longest = _LENGTHS[attribute.type]
    if attribute.min_length is not None:
        shortest = attribute.min_length
    if attribute.max_length is not None:
        longest = attribute.max_length
    return shortest, longest


def number_range(attribute: Attribute) -> NumberRange:
    """The range of a numeric attribute. Raises UnproducibleError where it is empty."""
    step = Decimal(1)
    if attribute.type is FieldType.DECIMAL:
        step = Decimal(1).scaleb(-attribute.scale)
    elif attribute.type is FieldType.FLOAT:
        step = Decimal("0.001")
    low, high = Decimal(-(2**31)), Decimal(2**31 - 1)
    if attribute.type is not FieldType.INTEGER:
        high = Decimal(10**12) - (step if attribute.type is FieldType.DECIMAL else 0)
        low = -high
    lower = [Decimal(str(attribute.minimum))] if attribute.minimum is not None else []
    if attribute.exclusive_minimum is not None:
        lower.append(_above(Decimal(str(attribute.exclusive_minimum)), step))
    upper = [Decimal(str(attribute.maximum))] if attribute.maximum is not None else []
    if attribute.exclusive_maximum is not None:
        upper.append(-_above(-Decimal(str(attribute.exclusive_maximum)), step))
    if lower:
        low = _on_grid(max(lower), step, ROUND_CEILING)
    if upper:
        high = _on_grid(min(upper), step, ROUND_FLOOR)
    if low > high:
        if upper and lower:
            raise UnproducibleError(f"{attribute.name} accepts no number")
        low, high = (low, low * 2 + 100) if lower else (high * 2 - 100, high)
    return NumberRange(low, high, step)


def _above(bound: Decimal, step: Decimal) -> Decimal:
    return _on_grid(bound, step, ROUND_FLOOR) + step


def _on_grid(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (value / step).to_integral_value(rounding) * step


def as_number(attribute: Attribute, value: Decimal) -> JsonValue:
    """`value` as the service answers it for that attribute."""
    if attribute.type is FieldType.INTEGER:
        return int(value)
    if attribute.type is FieldType.DECIMAL:
        return f"{value:.{attribute.scale}f}"
    return float(value)


def sample(attribute: Attribute, n: int) -> JsonValue:
    """Value number `n` (from 1) that the attribute accepts by itself: another for each `n` where the type has so many.

    Raises UnproducibleError where there is none. Not for references.
    """
    kind = attribute.type
    if kind in NUMBERS:
        return _number(attribute, n)
    if kind in STRINGS:
        return _string(attribute, n)
    if kind is FieldType.ENUM:
        others = [choice for choice in attribute.choices if choice != _literal(attribute)]
        choices = others + [choice for choice in attribute.choices if choice not in others]
        return choices[(n - 1) % len(choices)]
    if kind is FieldType.BOOLEAN:
        first = _literal(attribute) is not True
        return first if n % 2 else not first
    if kind is FieldType.DATE:
        day = date(2026, 1, 10) if attribute.example is None else date.fromisoformat(str(attribute.example))
        return (day + timedelta(days=n - 1)).isoformat()
    if kind is FieldType.DATETIME:
        moment = datetime(2026, 1, 10, 9, 30)
        if attribute.example is not None:
            moment = datetime.fromisoformat(str(attribute.example).removesuffix("Z"))
        return f"{(moment + timedelta(days=n - 1)).isoformat()}Z"
    if kind is FieldType.TIME:
        return (datetime(2026, 1, 1, 8) + timedelta(minutes=5 * n)).time().isoformat()
    if kind is FieldType.UUID:
        return f"6f9619ff-8b86-4d01-b42d-{n:012x}"
    raise UnproducibleError(f"{attribute.name} is a reference")


def _literal(attribute: Attribute) -> JsonValue:
    return attribute.default.value if attribute.default else None


def _number(attribute: Attribute, n: int) -> JsonValue:
    span = number_range(attribute)
    if attribute.example is not None:
        return as_number(attribute, _near(Decimal(str(attribute.example)), span, n))
    whole = Decimal(10 + n)
    if attribute.type is not FieldType.INTEGER:
        whole += Decimal("0.5") if span.step <= Decimal("0.5") else 0
    if span.low <= whole <= span.high:
        return as_number(attribute, whole)
    places = int((span.high - span.low) / span.step) + 1
    stride = max(1, places // 20)
    return as_number(attribute, span.low + span.step * ((n * stride) % places))


def _near(example: Decimal, span: NumberRange, n: int) -> Decimal:
    """The `n`th number from the example: a whole one further each time, a step further where that leaves the range."""
    for stride in (Decimal(n - 1), -Decimal(n - 1), span.step * (n - 1), -span.step * (n - 1)):
        if span.low <= example + stride <= span.high:
            return example + stride
    return example


def _string(attribute: Attribute, n: int) -> str:
    shortest, longest = lengths(attribute)
    words = attribute.name.replace("_", " ").strip() or "text"
    if attribute.pattern:
        text = some_matching(attribute.pattern, n, shortest, longest)
    elif attribute.type is FieldType.EMAIL:
        text = f"{words.split()[0].lower()}{n}@example.com"
        text = text if text[0].isalnum() and text.isascii() else f"person{n}@example.com"
    elif attribute.type is FieldType.URL:
        text = f"https://example.com/{n}".ljust(shortest, "x")
    elif attribute.type is FieldType.PASSWORD:
        text = _fitted(f"Secret-{n}-word", n, shortest, longest)
    else:
        text = _fitted(f"{words.capitalize()} {n}", n, shortest, longest)
    if not shortest <= len(text) <= longest:
        raise UnproducibleError(f"no string was found that {attribute.name} accepts")
    return text


def _fitted(text: str, n: int, shortest: int, longest: int) -> str:
    if len(text) > longest:
        tail = str(n) if longest > 1 else chr(ord("a") + n % 26)
        text = (text[: max(0, longest - len(tail))].rstrip() + tail)[-longest:]
    # A full stop ends it, so that a padded text is never the beginning of another one.
    return text if len(text) >= shortest else text + "x" * (shortest - len(text) - 1) + "."


def padded(attribute: Attribute, length: int) -> str:
    """A string of exactly that length that fits the form of the attribute, whatever its limits say.

    Raises UnproducibleError where the form leaves no such string.
    """
    if attribute.pattern:
        return matching(attribute.pattern, 0, length, length)
    if attribute.type is FieldType.EMAIL:
        # Labels of at most 63 characters in the domain, as RFC 1035 has it.
        inner = length - len("person@.com")
        if not 1 <= inner <= 240:
            raise UnproducibleError(f"an email has no {length} characters")
        domain = (("x" * 60 + ".") * 5)[:inner]
        return f"person@{domain[:-1]}x.com"
    if attribute.type is FieldType.URL:
        if length < len("https://example.com/"):
            raise UnproducibleError(f"a URL has no {length} characters")
        return "https://example.com/".ljust(length, "x")
    return "x" * length


def accepts(attribute: Attribute, value: JsonValue) -> bool:
    """Whether the attribute by itself accepts `value`, which has the right type."""
    if value is None:
        return not attribute.required
    if attribute.type in NUMBERS:
        span = number_range(attribute)
        return span.low <= Decimal(str(value)) <= span.high
    if attribute.type in STRINGS and isinstance(value, str):
        shortest, longest = lengths(attribute)
        return shortest <= len(value) <= longest and (
            attribute.pattern is None or re.search(attribute.pattern, value) is not None
        )
    return attribute.type is not FieldType.ENUM or value in attribute.choices
