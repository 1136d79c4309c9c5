"""Takes an attribute, gives the values just inside and just outside of what it accepts, each with words for it."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.discovery.proofs.patterns import matching, not_matching
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import NUMBERS, STRINGS, as_number, lengths, number_range, padded, sample


class Edge(NamedTuple):
    """A value at an edge: what a person would call it, and the value itself."""

    text: str
    value: JsonValue
    answer: JsonValue
    """What the service answers where it accepts the value."""


def is_bounded(attribute: Attribute) -> bool:
    """Whether the attribute says itself what it accepts, beyond its type."""
    bounds = (
        attribute.minimum,
        attribute.exclusive_minimum,
        attribute.maximum,
        attribute.exclusive_maximum,
        attribute.min_length,
        attribute.max_length,
        attribute.pattern,
    )
    return bool(attribute.choices) or any(bound is not None for bound in bounds)


def inside(attribute: Attribute) -> list[Edge]:
    """Accepted values at the limits that the attribute itself states; none where no value can be made up."""
    return _possible(lambda: _inside(attribute))


def outside(attribute: Attribute) -> list[Edge]:
    """Refused values just beyond the limits that the attribute itself states; none where none can be made up."""
    return _possible(lambda: _outside(attribute))


def _inside(attribute: Attribute) -> list[Edge]:
    found: list[Edge] = []
    if attribute.type is FieldType.ENUM:
        return [Edge(f"{attribute.name} {choice}", choice, choice) for choice in attribute.choices]
    if attribute.type in NUMBERS:
        span = number_range(attribute)
        if _has_minimum(attribute):
            found.append(_number_edge(attribute, "the least", span.low))
        if _has_maximum(attribute):
            found.append(_number_edge(attribute, "the greatest", span.high))
        return found
    if attribute.type in STRINGS:
        shortest, longest = lengths(attribute)
        if attribute.min_length is not None:
            found += _sized(attribute, shortest, "shortest")
        if attribute.max_length is not None:
            found += _sized(attribute, longest, "longest")
        if attribute.pattern is not None:
            found += _possible(lambda: [_matching(attribute, shortest, longest)])
    return found


def _outside(attribute: Attribute) -> list[Edge]:
    found: list[Edge] = []
    if attribute.type is FieldType.ENUM:
        return [_refused(f"an unknown {attribute.name}", _no_choice(attribute))]
    if attribute.type in NUMBERS:
        span = number_range(attribute)
        if _has_minimum(attribute):
            found.append(_number_edge(attribute, "less than the least", span.low - span.step))
        if _has_maximum(attribute):
            found.append(_number_edge(attribute, "more than the greatest", span.high + span.step))
        return found
    if attribute.type in STRINGS:
        shortest, longest = lengths(attribute)
        if attribute.min_length is not None and shortest > 0:
            found += _sized(attribute, shortest - 1, "too short")
        if attribute.max_length is not None:
            found += _sized(attribute, longest + 1, "too long")
        if attribute.pattern is not None:
            found += _possible(
                lambda: [
                    _refused(
                        f"{attribute.name} of another form", not_matching(attribute.pattern or "", shortest, longest)
                    )
                ]
            )
    return found


def wrong_values(attribute: Attribute) -> list[Edge]:
    """Values of the wrong JSON type or form: refused, whatever the limits are."""
    return _possible(lambda: _wrong_values(attribute))


def _wrong_values(attribute: Attribute) -> list[Edge]:
    name = attribute.name
    by_type: dict[FieldType, list[Edge]] = {
        FieldType.INTEGER: [_refused(f"{name} as text", "1"), _refused(f"{name} with a fraction", 1.5)],
        FieldType.DECIMAL: [
            _refused(f"{name} that is no number", "much"),
            _refused(f"{name} with too many digits", _too_precise(attribute)),
        ],
        FieldType.FLOAT: [_refused(f"{name} as text", "1.5")],
        FieldType.BOOLEAN: [_refused(f"{name} as text", "true"), _refused(f"{name} as a number", 1)],
        FieldType.DATE: [
            _refused(f"{name} on a day that does not exist", "2026-02-30"),
            _refused(f"{name} as seconds since 1970", "1769817600"),
        ],
        FieldType.DATETIME: [
            _refused(f"{name} without a time zone", "2026-01-31T09:30:00"),
            _refused(f"{name} as seconds since 1970", "1769817600"),
        ],
        FieldType.TIME: [
            _refused(f"{name} at an hour that does not exist", "25:00:00"),
            _refused(f"{name} as seconds since midnight", "34200"),
        ],
        FieldType.EMAIL: [_refused(f"{name} without an @", "nobody.example.com")],
        FieldType.URL: [_refused(f"{name} of another scheme", "ftp://example.com/file")],
        FieldType.UUID: [
            _refused(f"{name} that is no UUID", "not-a-uuid"),
            _refused(f"{name} as a URN", "urn:uuid:6f9619ff-8b86-4d01-b42d-00c04fc964ff"),
        ],
        FieldType.REFERENCE: [_refused(f"{name} that is no UUID", "not-a-uuid")],
        FieldType.REFERENCES: [_refused(f"{name} that is no list", "not-a-list"), _refused(f"{name} null", None)],
        FieldType.ENUM: [_refused(f"{name} as a number", 1)],
    }
    return by_type.get(attribute.type, [_refused(f"{name} as a number", 12345678901)])


def type_limits(attribute: Attribute) -> tuple[list[Edge], list[Edge]]:
    """(accepted, refused) at the limits that the conventions set for the attribute's type, where it states none."""
    if attribute.type in NUMBERS and not _possible(lambda: [_number_edge(attribute, "", number_range(attribute).low)]):
        return [], []
    accepted: list[Edge] = []
    refused: list[Edge] = []
    if attribute.type in STRINGS and attribute.pattern is None and attribute.type is not FieldType.EMAIL:
        shortest, longest = lengths(attribute)
        if attribute.max_length is None:
            accepted += _sized(attribute, longest, "longest")
            refused += _sized(attribute, longest + 1, "too long")
        if attribute.min_length is None and shortest > 0 and attribute.type is not FieldType.URL:
            refused += _sized(attribute, shortest - 1, "too short")
    elif attribute.type is FieldType.INTEGER:
        span = number_range(attribute)
        if not _has_maximum(attribute) and span.high == 2**31 - 1:
            accepted.append(_number_edge(attribute, "the greatest", span.high))
            refused.append(_number_edge(attribute, "more than the greatest", span.high + 1))
        if not _has_minimum(attribute) and span.low == -(2**31):
            refused.append(_number_edge(attribute, "less than the least", span.low - 1))
    return accepted, refused


def other_spellings(attribute: Attribute) -> list[Edge]:
    """Accepted values that the service answers in another spelling."""
    return _possible(lambda: _other_spellings(attribute))


def _other_spellings(attribute: Attribute) -> list[Edge]:
    name = attribute.name
    if attribute.type is FieldType.EMAIL:
        text = str(sample(attribute, 77))
        return [Edge(f"{name} in capitals", text.upper(), text.lower())] if attribute.pattern is None else []
    if attribute.type is FieldType.DATETIME:
        return [Edge(f"{name} in another time zone", "2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00Z")]
    if attribute.type is FieldType.DECIMAL:
        value = sample(attribute, 77)
        return [Edge(f"{name} as a number", float(str(value)), value)]
    return []


def _has_minimum(attribute: Attribute) -> bool:
    return attribute.minimum is not None or attribute.exclusive_minimum is not None


def _has_maximum(attribute: Attribute) -> bool:
    return attribute.maximum is not None or attribute.exclusive_maximum is not None


def _number_edge(attribute: Attribute, words: str, value: Decimal) -> Edge:
    number = as_number(attribute, value)
    return Edge(f"{words} {attribute.name} {number}", number, number)


def _refused(text: str, value: JsonValue) -> Edge:
    return Edge(text, value, None)


def _matching(attribute: Attribute, shortest: int, longest: int) -> Edge:
    text = matching(attribute.pattern or "", 5, shortest, longest)
    return Edge(f"{attribute.name} {text}", text, text)


def _sized(attribute: Attribute, length: int, words: str) -> list[Edge]:
    def edges() -> list[Edge]:
        text = padded(attribute, length)
        return [Edge(f"{attribute.name} of {length} characters ({words})", text, text)]

    return _possible(edges)


def _possible(make: Callable[[], list[Edge]]) -> list[Edge]:
    try:
        return make()
    except UnproducibleError:
        return []


def _no_choice(attribute: Attribute) -> str:
    word = "something-else"
    while word in attribute.choices:
        word += "-else"
    return word


def _too_precise(attribute: Attribute) -> str:
    span = number_range(attribute)
    value = min(max(span.low, Decimal(1)), span.high) if attribute.type is FieldType.DECIMAL else Decimal(1)
    return f"{value:.{attribute.scale}f}{'' if attribute.scale else '.'}5"
