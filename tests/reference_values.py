"""What docs/conventions.md says of values on the wire: read strictly, answered in one form."""

# ruff: noqa: ANN401 - JSON comes as it comes

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from devmatrix.discovery.document import Attribute, FieldType

UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]{1,64}@([a-z0-9-]{1,63}\.)+[a-z]{2,}", re.IGNORECASE)
LIMITS = {
    FieldType.STRING: (1, 200),
    FieldType.TEXT: (0, 10_000),
    FieldType.EMAIL: (1, 254),
    FieldType.URL: (1, 2000),
    FieldType.PASSWORD: (8, 128),
}


class Wrong(Exception):
    """A value that an attribute does not accept."""


def moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def accept(attribute: Attribute, value: Any, *, bounds: bool = True) -> Any:
    """The value as it is kept and answered; raises Wrong."""
    kind = attribute.type
    if kind in LIMITS:
        return _text(attribute, value, bounds)
    if kind in {FieldType.INTEGER, FieldType.FLOAT, FieldType.DECIMAL}:
        return _number(attribute, value, bounds)
    if kind is FieldType.BOOLEAN:
        return value if isinstance(value, bool) else wrong("no boolean")
    if kind is FieldType.ENUM:
        return value if value in attribute.choices or not bounds else wrong("no choice")
    if kind is FieldType.REFERENCES:
        if not isinstance(value, list) or len(value) > 100:
            wrong("no list")
        if not all(isinstance(item, str) and UUID.fullmatch(item) for item in value) or len(set(value)) < len(value):
            wrong("no list of ids")
        return sorted(value)
    if not isinstance(value, str):
        wrong("no text")
    return _form(kind, value)


def wrong(reason: str) -> Any:
    raise Wrong(reason)


def _form(kind: FieldType, value: str) -> str:
    try:
        if kind is FieldType.DATE:
            return date.fromisoformat(value).isoformat()
        if kind is FieldType.TIME:
            return time.fromisoformat(value).isoformat()
        if kind is FieldType.DATETIME:
            given = datetime.fromisoformat(value)
            return moment(given) if given.tzinfo else str(wrong("no time zone"))
    except ValueError as error:
        raise Wrong(str(error)) from error
    return value.lower() if UUID.fullmatch(value) else str(wrong("no UUID"))


def _text(attribute: Attribute, value: Any, bounds: bool) -> Any:
    if not isinstance(value, str) or "\0" in value:
        wrong("no text")
    if not bounds:
        return value
    shortest, longest = LIMITS[attribute.type]
    shortest = shortest if attribute.min_length is None else attribute.min_length
    longest = longest if attribute.max_length is None else attribute.max_length
    if not shortest <= len(value) <= longest:
        wrong("length")
    if attribute.pattern and not re.search(attribute.pattern, value):
        wrong("pattern")
    if attribute.type is FieldType.EMAIL:
        return value.lower() if EMAIL.fullmatch(value) else wrong("no email")
    if attribute.type is FieldType.URL and not re.match(r"https?://[^/\s]+", value):
        wrong("no URL")
    return value


def _number(attribute: Attribute, value: Any, bounds: bool) -> Any:
    textual = attribute.type is FieldType.DECIMAL and isinstance(value, str)
    if isinstance(value, bool) or not (isinstance(value, (int, float)) or textual):
        wrong("no number")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise Wrong("no number") from error
    if attribute.type is FieldType.INTEGER and not isinstance(value, int):
        wrong("no integer")
    low, high = (-(2**31), 2**31 - 1) if attribute.type is FieldType.INTEGER else (-(10**12), 10**12)
    floor = attribute.minimum if attribute.minimum is not None else low
    roof = attribute.maximum if attribute.maximum is not None else high
    below = number < Decimal(str(floor)) or number > Decimal(str(roof))
    if attribute.exclusive_minimum is not None:
        below = below or number <= Decimal(str(attribute.exclusive_minimum))
    if attribute.exclusive_maximum is not None:
        below = below or number >= Decimal(str(attribute.exclusive_maximum))
    if below and bounds:
        wrong("bounds")
    if attribute.type is FieldType.DECIMAL:
        if number != round(number, attribute.scale):
            wrong("digits")
        return f"{number:.{attribute.scale}f}"
    return value if attribute.type is FieldType.INTEGER else float(value)


def key(attribute: Attribute | None, value: Any) -> Any:
    """What values are compared by."""
    return Decimal(value) if attribute is not None and attribute.type is FieldType.DECIMAL else value
