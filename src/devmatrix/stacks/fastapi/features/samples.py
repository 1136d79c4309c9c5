"""Values for unit tests: a body that satisfies the schema, and a record that satisfies the table."""

from collections.abc import Iterable
from decimal import Decimal

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.discovery.proofs.payloads import scalar_values
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import number_range
from devmatrix.stacks.fastapi.columns import columns
from devmatrix.stacks.fastapi.features.actions import initial_values
from devmatrix.stacks.fastapi.features.feature import Feature, python_name
from devmatrix.stacks.fastapi.features.fields import integer_bounds, literal_source
from devmatrix.stacks.fastapi.features.text import literal

_MANY = 1_000_000


def body_values(feature: Feature, *, only_required: bool = False) -> dict[str, JsonValue] | None:
    """The values of a body without references; none where no body is found that satisfies all rules."""
    try:
        return scalar_values(feature.entity, 1, {}, only_required=only_required)
    except UnproducibleError:
        return None


def needed_references(feature: Feature) -> tuple[Attribute, ...]:
    """References without which no record can be kept."""
    return tuple(field for field in feature.references if field.required)


def can_make(feature: Feature, above: frozenset[str] = frozenset()) -> bool:
    """Whether a record can be made for a test, with all that it must refer to."""
    if feature.entity.name in above or body_values(feature, only_required=True) is None:
        return False
    above |= {feature.entity.name}
    return all(can_make(feature.target(field), above) for field in needed_references(feature))


def record_values(feature: Feature) -> Iterable[tuple[str, str]]:
    """Column attributes of a record, references left out, and the source of their values."""
    given = body_values(feature, only_required=True) or {}
    extra = dict(initial_values(feature))
    names = {column.name: column.attribute for column in columns(feature.entity, feature.document, feature.names)}
    # What a rule binds to another value cannot be made up alone.
    checked = {name for check in feature.entity.checks for name in (check.left, check.right)}
    for field in feature.columns:
        name = python_name(field)
        if field.type is FieldType.REFERENCE:
            continue
        if name in extra:
            yield name, extra[name]
        elif field.type is FieldType.PASSWORD and field.required:
            yield names[f"{field.name}_hash"], '"unused"'
        elif field.name in given:
            fresh = _fresh(field) if _is_unique(feature, field) and field.name not in checked else None
            yield name, fresh or literal_source(field, given[field.name])
        elif field.required:
            yield name, _required_value(field)


def _is_unique(feature: Feature, field: Attribute) -> bool:
    return any(field in group for group in feature.unique)


def is_freshly_made(field: Attribute) -> bool:
    """Whether each record for a test may have another value of it, where it is unique."""
    return _fresh(field) is not None


def _fresh(field: Attribute) -> str | None:
    """Source of a value that no other record has."""
    match field.type:
        case FieldType.STRING | FieldType.TEXT:
            most = min(field.max_length or 32, 32)
            return "uuid4().hex" if most == 32 else f"uuid4().hex[:{most}]"
        case FieldType.EMAIL:
            return 'f"{uuid4().hex}@example.com"'
        case FieldType.URL:
            return 'f"https://example.com/{uuid4().hex}"'
        case FieldType.UUID:
            return "uuid4()"
        case FieldType.INTEGER:
            low, high = integer_bounds(field)
            return f"{low} + uuid4().int % {high - low + 1}"
        case FieldType.DECIMAL | FieldType.FLOAT:
            return _fresh_number(field)
        case FieldType.DATE:
            return f"dt.date(2000, 1, 1) + dt.timedelta(days=uuid4().int % {_MANY})"
        case FieldType.DATETIME:
            return f"dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=uuid4().int % {_MANY})"
        case FieldType.TIME:
            return f"dt.time(uuid4().int % 24, uuid4().int % 60, 0, uuid4().int % {_MANY})"
        case _:
            return None


def _fresh_number(field: Attribute) -> str:
    span = number_range(field)
    base = span.low if span.low > 0 or span.high <= 0 else Decimal(0)
    places = min(int((span.high - base) / span.step) + 1, _MANY)
    if field.type is FieldType.FLOAT:
        return f"{float(base)} + uuid4().int % {places} * {float(span.step)}"
    return f'Decimal("{base:f}") + uuid4().int % {places} * Decimal("{span.step:f}")'


def _required_value(field: Attribute) -> str:
    # The role of an account, and what the service alone writes: bodies do not hold them.
    if field.choices:
        return literal(field.choices[0])
    return literal("x")
