"""What the facts of a CHECK do to the fields of an entity, and a field in words."""

import math

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import FieldDraft
from devmatrix.discovery.sql.column_types import MOST_CHARACTERS, Reading
from devmatrix.discovery.sql.conditions import (
    Bound,
    Choices,
    Comparison,
    Fact,
    Filled,
    Json,
    Length,
    Lost,
    Mail,
    Operator,
    Pattern,
)

_NUMERIC = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT)
_TEXTS = (FieldType.STRING, FieldType.TEXT)
_MEASURED = (*_TEXTS, FieldType.EMAIL, FieldType.URL)
ORDERED = (*_NUMERIC, FieldType.DATE, FieldType.DATETIME, FieldType.TIME)


def apply_fact(field: FieldDraft, fact: Fact) -> str:
    """Give a field what a condition says of it; why not, where it cannot have that."""
    match fact:
        case Bound():
            return _bound(field, fact.operator, fact.number)
        case Length():
            return _length(field, fact.operator, fact.number)
        case Choices():
            return _number_choices(field, fact) if fact.numeric else _choices(field, fact.values)
        case Pattern():
            return _pattern(field, fact.pattern)
        case Filled():
            field.required = True
            return ""
        case Mail():
            return "" if field.type is FieldType.EMAIL else _pattern(field, "@")
        case Json():
            field.type, field.max_length = FieldType.TEXT, None
            return "json is kept as a text that holds it, not as a structure"
        case Lost():
            return fact.why
        case Comparison():
            return "a comparison with another column"


def _bound(field: FieldDraft, operator: Operator, number: float) -> str:
    if field.type not in _NUMERIC:
        return f"a numeric bound of {_article(field)}"
    match operator:
        case ">":
            field.exclusive_minimum = max(
                number, -math.inf if field.exclusive_minimum is None else field.exclusive_minimum
            )
        case ">=":
            field.minimum = max(number, -math.inf if field.minimum is None else field.minimum)
        case "<":
            field.exclusive_maximum = min(
                number, math.inf if field.exclusive_maximum is None else field.exclusive_maximum
            )
        case "<=":
            field.maximum = min(number, math.inf if field.maximum is None else field.maximum)
        case "!=":
            return "a single value that is forbidden"
    return ""


def _length(field: FieldDraft, operator: Operator, number: int) -> str:
    if field.type is FieldType.ENUM:
        return ""
    if field.type not in _MEASURED:
        return f"a length of {_article(field)}"
    if operator in (">", ">="):
        field.min_length = max(number + (operator == ">"), field.min_length or 0)
        return ""
    most = number - (operator == "<")
    if most < 1:
        return "no text is so short"
    field.max_length = min(most, field.max_length or MOST_CHARACTERS)
    return ""


def _choices(field: FieldDraft, values: tuple[str, ...]) -> str:
    if field.type is FieldType.ENUM:
        kept = tuple(value for value in field.choices if value in values)
        field.choices = kept or field.choices
        return "" if kept else "values that are none of the choices"
    if field.type not in _MEASURED:
        return f"a list of values of {_article(field)}"
    field.type, field.choices = FieldType.ENUM, values
    field.min_length = field.max_length = field.pattern = None
    return ""


def _number_choices(field: FieldDraft, fact: Choices) -> str:
    numbers = sorted(float(value) for value in fact.values)
    if field.type is FieldType.BOOLEAN:
        return "" if numbers == [0, 1] else "a flag with one value alone"
    if field.type is FieldType.INTEGER and numbers == [0, 1]:
        field.type = FieldType.BOOLEAN
        return ""
    whole = numbers[-1] - numbers[0] == len(numbers) - 1 and numbers[0] == int(numbers[0])
    if field.type is not FieldType.INTEGER or not whole:
        return "a list of numbers with gaps"
    return _bound(field, ">=", numbers[0]) or _bound(field, "<=", numbers[-1])


def _pattern(field: FieldDraft, pattern: str) -> str:
    if field.type is FieldType.EMAIL and "@" in pattern:
        return ""  # the type demands more than such patterns do
    if field.type not in _TEXTS or (field.pattern is not None and field.pattern != pattern):
        return f"a pattern of {_article(field)}" if field.type not in _TEXTS else "a second pattern"
    field.pattern = pattern
    return ""


def settle(field: FieldDraft, reading: Reading) -> str:
    """Set the bounds of the type itself where none are said; tells what is wrong where bounds exclude everything."""
    if field.type in _NUMERIC:
        if field.minimum is None and field.exclusive_minimum is None:
            field.minimum = reading.minimum
        if field.maximum is None and field.exclusive_maximum is None:
            field.maximum = reading.maximum
    if field.type not in _MEASURED:
        field.min_length = field.max_length = field.pattern = None
    lows = [limit for limit in (field.minimum, field.exclusive_minimum) if limit is not None]
    highs = [limit for limit in (field.maximum, field.exclusive_maximum) if limit is not None]
    if field.type not in _NUMERIC or (lows and highs and max(lows) > min(highs)):
        given = field.is_bounded()
        field.minimum = field.exclusive_minimum = field.maximum = field.exclusive_maximum = None
        return "bounds that no value keeps: they are left out" if given and field.type in _NUMERIC else ""
    if field.min_length is not None and field.max_length is not None and field.min_length > field.max_length:
        field.min_length = None
        return "lengths that no text has: the least one is left out"
    return ""


def described(entity: str, field: FieldDraft) -> str:
    """A field in words."""
    said = [str(field.type)]
    if field.choices:
        shown = ", ".join(field.choices[:6])
        said = [f"one of {shown}{' ...' if len(field.choices) > 6 else ''}"]
    if field.target:
        said = [f"{'many' if field.type is FieldType.REFERENCES else 'one'} {field.target}"]
    if field.default is not None or field.raw_default is not None:
        moment = field.default.kind if field.default and field.default.kind != "literal" else None
        literal = field.raw_default if field.default is None else field.default.value
        said.append(f"{moment or literal} by default")
    elif field.required is False:
        said.append("optional")
    said += ["unique"] if field.unique else []
    bounds = (
        (">=", field.minimum),
        (">", field.exclusive_minimum),
        ("<=", field.maximum),
        ("<", field.exclusive_maximum),
    )
    said += [f"{sign} {int(limit) if limit == int(limit) else limit}" for sign, limit in bounds if limit is not None]
    said += [f"at least {field.min_length} characters"] if field.min_length else []
    said += [f"at most {field.max_length} characters"] if field.max_length else []
    return f"{entity}.{field.name}: {', '.join(said)}"


def _article(field: FieldDraft) -> str:
    name = str(field.type)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
