"""One field in the notation: name, type and marks, as in `copies int >= 0` or `shelf -> Shelf`."""

import re

from devmatrix.discovery.document import Default, FieldType
from devmatrix.discovery.drafts import FieldDraft
from devmatrix.discovery.naming import choice, singular, snake
from devmatrix.discovery.notation.tokens import NotationError, Tokens
from devmatrix.discovery.types import WRITTEN

_MARKS = frozenset("unique optional required restrict cascade".split())
SENTENCE_WORDS = frozenset(
    """a an the has have is are be was were can cannot may must should shall will would only each every to and or not
    that which who with for from in as into it its they their we i you all any many several please when if there belongs
    belong""".split()
)
"""Words that no name in the notation holds: where they stand, a sentence stands."""
_NUMERIC = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT)
_TEXTUAL = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.PASSWORD)


def read_field(text: str) -> FieldDraft:
    """The field that `text` describes. Raises NotationError with the reason where it describes none."""
    tokens = Tokens(text)
    words: list[str] = []
    while tokens.peek().kind == "word":
        words.append(tokens.take().text)
    if not words:
        raise NotationError("a field begins with its name")
    # A field may be called `from` or `a`; among other words, such a word tells a sentence.
    sentence = [word for word in words if word.lower() in SENTENCE_WORDS]
    if sentence and (len(words) > 2 or (words[-1] in sentence and len(words) > 1)):
        raise NotationError(f"`{sentence[0]}` is no part of a field's name: name, type and marks are expected")
    item, first_choice = _head(words, tokens)
    if first_choice is not None:
        _read_choices(tokens, item, first_choice)
    while not tokens.ended:
        _read_mark(tokens, item)
    _require_sound(item)
    return item


def _head(words: list[str], tokens: Tokens) -> tuple[FieldDraft, str | None]:
    """The field with name, type and marks from its leading words; and the first of its choices, if they follow."""
    if tokens.peek().text == "|":
        if len(words) < 2:
            raise NotationError("choices follow a name, as in `status open|closed`")
        return _named(words[0]), " ".join(words[1:])
    marks: list[str] = []
    while len(words) > 1 and words[-1].lower() in _MARKS:
        marks.append(words.pop().lower())
    kind = WRITTEN.get(words[-1].lower()) if len(words) > 1 else None
    if kind is not None:
        words.pop()
    if len(words) > 4:
        raise NotationError("a field's name has at most four words")
    item = _named(" ".join(words))
    item.type = kind
    for mark in marks:
        _apply_mark(item, mark)
    return item, None


def _named(words: str) -> FieldDraft:
    name = snake(words)
    if not name:
        raise NotationError("a name is written with the letters a to z")
    if len(name) > 60:
        raise NotationError("a field's name has at most 60 characters")
    return FieldDraft(name=name, description="" if words.isascii() and words.islower() else words)


def _read_choices(tokens: Tokens, item: FieldDraft, first: str) -> None:
    choices = [choice(first)]
    while tokens.accept("|"):
        parts: list[str] = []
        while tokens.peek().kind in {"word", "number"} and not (parts and tokens.peek().text.lower() in _MARKS):
            parts.append(tokens.take().text)
        if not parts:
            raise NotationError("a choice is missing after `|`")
        choices.append(choice(" ".join(parts)))
    _set_choices(item, choices)


def _set_choices(item: FieldDraft, choices: list[str]) -> None:
    if len(set(choices)) < len(choices):
        raise NotationError("a choice is given twice")
    item.type, item.choices = FieldType.ENUM, tuple(choices)


def _read_mark(tokens: Tokens, item: FieldDraft) -> None:
    token = tokens.take()
    match token.kind, token.text.lower():
        case "operator", "?":
            item.required = False
        case "operator", "(":
            _read_arguments(tokens, item)
        case "arrow", "->":
            _read_target(tokens, item)
        case "operator", "<" | "<=" | ">" | ">=" as operator:
            bound(item, operator, tokens.number())
        case "operator", "=":
            _read_default(tokens, item)
        case "pattern", _:
            item.pattern = token.text
        case "string", _:
            item.description = token.text.strip('"')
        case "word", word:
            if word == "set" and tokens.accept("null"):
                item.on_delete = "set_null"
            else:
                _read_word(tokens, item, word)
        case "operator", "-":
            _read_range(tokens, item, f"-{tokens.number():g}")
        case "number" | "dots", _:
            _read_range(tokens, item, token.text)
        case _:
            raise NotationError(f"`{token.text}` is not expected here")


def _read_word(tokens: Tokens, item: FieldDraft, word: str) -> None:
    if word in _MARKS:
        _apply_mark(item, word)
    elif word in WRITTEN and item.type is None:
        item.type = WRITTEN[word]
    else:
        raise NotationError(f"`{word}` is neither a type nor a mark")


def _apply_mark(item: FieldDraft, mark: str) -> None:
    match mark:
        case "unique":
            item.unique = True
        case "optional" | "required":
            item.required = mark == "required"
        case "restrict":
            item.on_delete = "restrict"
        case "cascade":
            item.on_delete = "cascade"


def bound(item: FieldDraft, operator: str, limit: float) -> None:
    """Bound a field by a number."""
    match operator:
        case "<":
            item.exclusive_maximum = limit
        case "<=":
            item.maximum = limit
        case ">":
            item.exclusive_minimum = limit
        case ">=":
            item.minimum = limit


def _read_range(tokens: Tokens, item: FieldDraft, first: str) -> None:
    if first != "..":
        item.minimum = float(first)
        tokens.expect("..")
    if tokens.peek().kind == "number" or tokens.peek().text == "-":
        item.maximum = tokens.number()


def _read_arguments(tokens: Tokens, item: FieldDraft) -> None:
    if item.type is FieldType.ENUM:
        _read_enum(tokens, item)
        return
    low = None if tokens.peek().kind == "dots" else tokens.number()
    ranged = tokens.accept("..")
    high = tokens.number() if ranged and tokens.peek().text != ")" else None
    tokens.expect(")")
    kind = item.type or FieldType.STRING
    if kind in _TEXTUAL:
        item.min_length = int(low) if low is not None and ranged else None
        item.max_length = int(high) if high is not None else (None if ranged or low is None else int(low))
    elif kind is FieldType.DECIMAL and not ranged and low is not None:
        item.scale = int(low)
    elif kind in _NUMERIC and ranged:
        item.minimum, item.maximum = low, high
    else:
        raise NotationError(f"{kind} takes no such argument")


def _read_enum(tokens: Tokens, item: FieldDraft) -> None:
    choices: list[str] = []
    parts: list[str] = []
    while not tokens.accept(")"):
        token = tokens.take()
        if token.kind == "end":
            raise NotationError("`)` is missing after the choices")
        if token.text in {",", "|"}:
            choices.append(choice(" ".join(parts)))
            parts = []
        else:
            parts.append(token.text.strip('"'))
    choices.append(choice(" ".join(parts)))
    if not all(choices):
        raise NotationError("a choice is missing")
    _set_choices(item, choices)


def _read_target(tokens: Tokens, item: FieldDraft) -> None:
    words = [tokens.word("the name of an entity")]
    while tokens.peek().kind == "word" and tokens.peek().text.lower() not in _MARKS | {"set"}:
        words.append(tokens.take().text)
    item.target = " ".join(words)
    item.type = FieldType.REFERENCE
    if tokens.peek().kind == "list":
        tokens.take()
        item.type = FieldType.REFERENCES
    suffix = "_ids" if item.type is FieldType.REFERENCES else "_id"
    if not item.name.endswith(suffix):
        stem = item.name.removesuffix("_id").removesuffix("_ids")
        parts = stem.split("_")
        item.name = "_".join((*parts[:-1], singular(parts[-1]))) + suffix if suffix == "_ids" else stem + suffix


def _read_default(tokens: Tokens, item: FieldDraft) -> None:
    token = tokens.take()
    if token.kind == "word" and token.text.lower() in {"today", "now"}:
        sign = 1 if tokens.accept("+") else -1 if tokens.accept("-") else 0
        days = int(tokens.number()) * sign if sign else 0
        if sign and tokens.peek().text.lower() in {"day", "days"}:
            tokens.take()
        if abs(days) > 36500:
            raise NotationError("a default lies at most 36500 days away")
        item.default = Default(kind="today" if token.text.lower() == "today" else "now", days=days)
    elif token.kind in {"word", "number", "string"}:
        words = [token.text.strip('"')]
        while token.kind == "word" and tokens.peek().kind == "word" and tokens.peek().text.lower() not in _MARKS:
            words.append(tokens.take().text)
        item.raw_default = " ".join(words)
        if token.kind == "number" and tokens.peek().text == "-":
            item.raw_default = _date_literal(tokens, item.raw_default)
    elif token.text == "-":
        item.raw_default = f"-{tokens.take().text}"
    else:
        raise NotationError("a default is a word, a number, a quoted text, today or now")


def _date_literal(tokens: Tokens, year: str) -> str:
    parts = [year]
    while tokens.accept("-"):
        parts.append(tokens.take().text)
    return "-".join(parts)


def _require_sound(item: FieldDraft) -> None:
    lows = [limit for limit in (item.minimum, item.exclusive_minimum) if limit is not None]
    highs = [limit for limit in (item.maximum, item.exclusive_maximum) if limit is not None]
    if lows and highs and max(lows) > min(highs):
        raise NotationError("the lower bound lies above the upper one")
    if item.min_length is not None and item.max_length is not None and item.min_length > item.max_length:
        raise NotationError("the least length lies above the greatest")
    if item.max_length is not None and not 1 <= item.max_length <= 100_000:
        raise NotationError("a greatest length lies between 1 and 100000")
    if item.scale is not None and not 0 <= item.scale <= 8:
        raise NotationError("a decimal has 0 to 8 digits after the point")
    if item.type is not None and item.type not in _NUMERIC and item.is_bounded():
        raise NotationError(f"{item.type} has no numeric bounds")
    if item.pattern is not None:
        _require_pattern(item)
    if item.choices and item.raw_default is not None:
        item.raw_default = choice(item.raw_default)
        if item.raw_default not in item.choices:
            raise NotationError(f"the default {item.raw_default} is none of {', '.join(item.choices)}")


def _require_pattern(item: FieldDraft) -> None:
    if item.type not in (None, FieldType.STRING, FieldType.TEXT):
        raise NotationError(f"{item.type} takes no pattern")
    pattern = item.pattern or ""
    if re.search(r"\(\?(?!:)|\\[1-9]", pattern):
        raise NotationError("a pattern has no look-around, flags or back-references")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise NotationError(f"/{pattern}/ is no regular expression: {error}") from error
    item.type = item.type or FieldType.STRING
