"""The default of a column: a literal, now, today, or days from either."""

import re
from datetime import UTC, datetime

from sqlglot import exp

from devmatrix.discovery.document import Default, FieldType
from devmatrix.discovery.drafts import FieldDraft

_MOMENTS = (FieldType.DATE, FieldType.DATETIME)
_NOW = frozenset("now datetime statement_timestamp transaction_timestamp clock_timestamp sysdate getdate utc_timestamp "
                 "localtimestamp current_timestamp timezone strftime".split())  # fmt: skip
_TODAY = frozenset({"date", "curdate", "current_date", "utc_date"})
_DAYS = re.compile(r"\s*([+-]?\s*\d{1,5})\s*(days?|weeks?)?\s*", re.I)


def apply_default(field: FieldDraft, value: exp.Expr) -> str:
    """Give the field its default; why not, where it has one that an API cannot have."""
    node = _plain(value)
    if isinstance(node, exp.Null):
        return ""
    if field.type is FieldType.REFERENCE:
        return "a default record: nothing says which it is"
    moment = _moment(node) if field.type in _MOMENTS else None
    if moment is not None:
        today = moment[0] == "today" or field.type is FieldType.DATE
        field.default = Default(kind="today" if today else "now", days=moment[1])
        return ""
    literal = _literal(node)
    if literal is None:
        return "a default that the database computes"
    return _apply_literal(field, literal)


def _plain(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren | exp.Cast | exp.TryCast | exp.Collate | exp.AtTimeZone):
        node = node.this
    return node


def _literal(node: exp.Expr) -> str | None:
    match node:
        case exp.Neg() if (inner := _literal(_plain(node.this))) is not None:
            return f"-{inner}"
        case exp.Literal():
            return str(node.this)
        case exp.Boolean():
            return "true" if node.this else "false"
        case exp.BitString():
            return str(node.this)
        case exp.Column() if not node.args.get("table") and isinstance(node.this, exp.Identifier):
            # MySQL and SQLite take "open" in double quotes for a text, where no column is called so.
            return node.name if node.this.args.get("quoted") else None
        case _:
            return None


def _moment(node: exp.Expr) -> tuple[str, int] | None:
    """Whether the node is now or today, and how many days from it."""
    match node:
        case exp.Add() | exp.Sub():
            base, days = _moment(_plain(node.this)), _days(node.expression)
            if base is None or days is None:
                return None
            return base[0], base[1] + (days if isinstance(node, exp.Add) else -days)
        case exp.CurrentDate():
            return "today", 0
        case exp.CurrentTimestamp() | exp.CurrentDatetime():
            return "now", 0
        case exp.Literal() if node.is_string and node.name.lower() in {"now", "today"}:
            return node.name.lower(), 0
    name = node.name.lower() if isinstance(node, exp.Anonymous) else node.key.lower()
    arguments = [item.name for item in node.find_all(exp.Literal) if item.is_string]
    if name in _TODAY:
        kind = "today"
    elif name in _NOW or "now" in (argument.lower() for argument in arguments[:2]):
        kind = "now"
    else:
        return None
    shifts = [_DAYS.fullmatch(argument) for argument in arguments if argument[:1] in "+-"]
    if len(shifts) > 1 or any(shift is None for shift in shifts):
        return None
    return kind, _count(shifts[0]) if shifts and shifts[0] else 0


def _days(node: exp.Expr) -> int | None:
    node = _plain(node)
    if isinstance(node, exp.Interval):
        unit = str(node.args.get("unit") or "").lower()
        amount = node.this.name if isinstance(node.this, exp.Expr) else ""
        found = _DAYS.fullmatch(f"{amount} {unit}" if unit in {"day", "days", "week", "weeks"} else "none")
        return _count(found) if found else None
    found = _DAYS.fullmatch(node.name) if isinstance(node, exp.Literal) else None
    return _count(found) if found else None


def _count(found: re.Match[str]) -> int:
    days = int(found[1].replace(" ", ""))
    return days * 7 if (found[2] or "").lower().startswith("week") else days


def _apply_literal(field: FieldDraft, text: str) -> str:
    match field.type:
        case FieldType.BOOLEAN:
            value = {"1": "true", "t": "true", "y": "true", "yes": "true", "on": "true", "true": "true"}.get(
                text.lower()
            )
            other = {"0": "false", "f": "false", "n": "false", "no": "false", "off": "false", "false": "false"}
            value = value or other.get(text.lower())
            if value is None:
                return f"the default {text} is no boolean"
            field.raw_default = value
        case FieldType.DATETIME:
            return _apply_moment(field, text)
        case FieldType.EMAIL | FieldType.PASSWORD | FieldType.REFERENCES:
            return f"the default of {'an email' if field.type is FieldType.EMAIL else 'a password'}"
        case FieldType.STRING | FieldType.TEXT | FieldType.URL if not text:
            field.required = False
            return ""
        case FieldType.ENUM if text not in field.choices:
            return f"the default {text} is none of the choices"
        case _:
            field.raw_default = text
    return ""


def _apply_moment(field: FieldDraft, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return f"the default {text} is no moment"
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    field.default = Default(kind="literal", value=moment.isoformat().replace("+00:00", "Z"))
    return ""
