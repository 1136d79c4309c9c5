"""Defaults as they are written, and in the form that they have on the wire."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from uuid import UUID

from pydantic import JsonValue

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import FieldDraft

NUMERIC = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT)
OFFERED = 8
"""So many answers to choose from."""


def kind_of_literal(text: str) -> FieldType:
    """The type that a default suggests."""
    if text.lower() in {"true", "false"}:
        return FieldType.BOOLEAN
    if text.lstrip("-").isdigit() and text.isascii():
        return FieldType.INTEGER
    try:
        number = Decimal(text)
    except InvalidOperation:
        return FieldType.STRING
    return FieldType.DECIMAL if number.is_finite() else FieldType.STRING


def convert(field: FieldDraft, kind: FieldType) -> JsonValue:
    """The default in the form that it has on the wire. Raises ValueError or InvalidOperation."""
    text = field.raw_default or ""
    match kind:
        case FieldType.INTEGER:
            return _within(field, int(text))
        case FieldType.FLOAT:
            return _within(field, float(text))
        case FieldType.DECIMAL:
            return _convert_decimal(field, Decimal(text))
        case FieldType.DATE:
            return date.fromisoformat(text).isoformat()
        case FieldType.TIME:
            return time.fromisoformat(text).isoformat()
        case FieldType.UUID:
            return str(UUID(text))
        case FieldType.STRING | FieldType.TEXT:
            return _within_length(field, text)
        case FieldType.BOOLEAN if text.lower() in {"true", "false", "yes", "no"}:
            return text.lower() in {"true", "yes"}
        case FieldType.ENUM if text in field.choices:
            return text
        case FieldType.URL if text.startswith(("http://", "https://")):
            return text
        case _:
            raise ValueError(text)


def _convert_decimal(field: FieldDraft, number: Decimal) -> str:
    scale = 2 if field.scale is None else field.scale
    if not number.is_finite() or abs(number) >= 10**12 or round(number, scale) != number:
        raise ValueError(str(number))
    _within(field, float(number))
    return f"{number:.{scale}f}"


def possible(field: FieldDraft, kind: FieldType) -> dict[str, JsonValue]:
    """Defaults that a field could have instead of the one that is none, by how they are written."""
    if kind is FieldType.ENUM:
        return {choice: choice for choice in field.choices[:OFFERED]}
    if kind is FieldType.BOOLEAN:
        return {"false": False, "true": True}
    if kind not in NUMERIC:
        return {}
    limits = [limit for limit in (field.minimum, field.maximum) if limit is not None]
    found: dict[str, JsonValue] = {}
    for text in (f"{Decimal(str(limit)).normalize():f}" for limit in (0, *limits)):
        with suppress(ValueError, InvalidOperation):
            found[text] = convert(replace(field, raw_default=text), kind)
    return found


def _within(field: FieldDraft, value: float) -> float:
    low, high = field.minimum, field.maximum
    above, below = field.exclusive_minimum, field.exclusive_maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(str(value))
    if (above is not None and value <= above) or (below is not None and value >= below):
        raise ValueError(str(value))
    return value


def _within_length(field: FieldDraft, text: str) -> str:
    if len(text) < (field.min_length or 0) or len(text) > (field.max_length or 200):
        raise ValueError(text)
    if field.pattern is not None and not re.search(field.pattern, text):
        raise ValueError(text)
    return text
