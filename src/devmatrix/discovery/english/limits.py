"""Limits of a field in words: "unique", "positive", "between 1 and 100", "at most 80 characters"."""

import re

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import FieldDraft
from devmatrix.discovery.notation.fields import bound
from devmatrix.discovery.types import WRITTEN, inferred

_NUMBER = r"(-?\d{1,12}(?:\.\d{1,6})?)"
_CHARACTERS = re.compile(r"\s*(?:characters?|chars?|letters?|digits?|symbols?)(?:\s+long)?$|\s+long$", re.I)
_SHAPES: dict[str, tuple[str, ...]] = {
    rf"(?:in\s+the\s+range\s+(?:of\s+)?)?(?:between|from)?\s*{_NUMBER}\s*(?:and|to|\.\.|-|–)\s*{_NUMBER}": (">=", "<="),
    r"(?:at\s+most|up\s+to|no\s+more\s+than|max(?:imum)?(?:\s+of)?|not\s+(?:exceed|above|over|more\s+than)|<=)": (
        "<=",
    ),
    r"(?:at\s+least|no\s+less\s+than|min(?:imum)?(?:\s+of)?|not\s+(?:below|under|less\s+than)|>=)": (">=",),
    r"(?:(?:more|greater|larger|bigger|higher)\s+than|above|over|>)": (">",),
    r"(?:(?:less|smaller|lower|fewer)\s+than|below|under|<)": ("<",),
    r"exactly": (">=", "<="),
}
_PATTERNS = tuple(
    (re.compile(shape if _NUMBER in shape else rf"{shape}\s*{_NUMBER}", re.I), operators)
    for shape, operators in _SHAPES.items()
)
_WORDS = {
    "positive": (">", 0.0), "greater than zero": (">", 0.0), "more than zero": (">", 0.0), "> 0": (">", 0.0),
    "non-negative": (">=", 0.0), "nonnegative": (">=", 0.0), "not negative": (">=", 0.0), "zero or more": (">=", 0.0),
    "never negative": (">=", 0.0), "negative": ("<", 0.0), ">= 0": (">=", 0.0),
}  # fmt: skip
_TEXTUAL = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.PASSWORD)


def apply_limit(field: FieldDraft, words: str) -> bool:
    """Limit a field as the words say; whether they were understood and fit the field."""
    text = re.sub(r"\s+", " ", words.strip().lower())
    if text in {"unique", "optional", "required", "mandatory"}:
        field.unique = field.unique or text == "unique"
        if text != "unique":
            field.required = text != "optional"
            if field.required:
                field.default = field.raw_default = None
        return True
    if "|" in words:
        field.type, field.choices, field.noun = FieldType.ENUM, tuple(words.split("|")), None
        return True
    if text in WRITTEN and field.type is None:
        field.type, field.noun = WRITTEN[text], None
        return True
    if text in _WORDS:
        return _bound_number(field, [_WORDS[text]])
    default = re.fullmatch(r"(?:default(?:s to| is)?:?|by default) (\S{1,60})", words.strip(), re.I)
    if default is not None:
        field.raw_default = default[1].strip("'\"")
        return True
    return _apply_number(field, text)


def _apply_number(field: FieldDraft, text: str) -> bool:
    of_length = _CHARACTERS.search(text)
    core = text[: of_length.start()] if of_length else text
    for pattern, operators in _PATTERNS:
        match = pattern.fullmatch(core.strip())
        if match is None:
            continue
        numbers = [float(number) for number in match.groups()]
        numbers *= 2 if len(numbers) < len(operators) else 1
        limits = list(zip(operators, numbers, strict=True))
        if len(limits) == 2 and limits[0][1] > limits[1][1]:
            return False
        if of_length or ((field.type or inferred(field.name)) in _TEXTUAL and "length" in text):
            return _bound_length(field, limits)
        return _bound_number(field, limits)
    return False


def _bound_length(field: FieldDraft, limits: list[tuple[str, float]]) -> bool:
    if (field.type or inferred(field.name)) not in _TEXTUAL:
        return False
    for operator, limit in limits:
        whole = int(limit) + {">": 1, "<": -1}.get(operator, 0)
        if not 0 <= whole <= 100_000 or whole != limit + {">": 1, "<": -1}.get(operator, 0):
            return False
        if operator.startswith(">"):
            field.min_length = whole
        else:
            field.max_length = max(whole, 1)
    return True


def _bound_number(field: FieldDraft, limits: list[tuple[str, float]]) -> bool:
    if field.type not in (None, FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT) or field.choices:
        return False
    field.noun = None
    for operator, limit in limits:
        bound(field, operator, limit)
    return True
