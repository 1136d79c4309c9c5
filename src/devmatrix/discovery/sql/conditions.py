"""What the condition of a CHECK says, as facts about columns; whatever is none of them is named as lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

Operator = Literal["<", "<=", ">", ">=", "!="]
_OPERATORS: dict[type[exp.Expr], Operator] = {exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.NEQ: "!="}
_TURNED: dict[Operator, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
_LENGTHS = frozenset({"length", "len", "char_length", "character_length"})
_MOST_CHOICES = 500


@dataclass(frozen=True)
class Bound:
    """A number bounds a column."""

    column: str
    operator: Operator
    number: float


@dataclass(frozen=True)
class Length:
    """A number bounds the length of a column's text."""

    column: str
    operator: Operator
    number: int


@dataclass(frozen=True)
class Choices:
    """A column has one of these values."""

    column: str
    values: tuple[str, ...]
    numeric: bool


@dataclass(frozen=True)
class Pattern:
    """A column's text matches a regular expression somewhere."""

    column: str
    pattern: str


@dataclass(frozen=True)
class Filled:
    """A column is not null."""

    column: str


@dataclass(frozen=True)
class Comparison:
    """A rule between two columns."""

    left: str
    operator: Operator
    right: str


@dataclass(frozen=True)
class Json:
    """A column's text is JSON."""

    column: str


@dataclass(frozen=True)
class Mail:
    """A column's text has an @."""

    column: str


@dataclass(frozen=True)
class Lost:
    """A condition that is none of these."""

    why: str


Fact = Bound | Length | Choices | Pattern | Filled | Comparison | Json | Mail | Lost


def facts(condition: exp.Expr) -> tuple[Fact, ...]:
    """Everything that a condition says; all of it holds at once."""
    try:
        return tuple(fact for part in _conjuncts(condition) for fact in _facts(part))
    except RecursionError:
        return (Lost("an expression that is nested too deeply"),)


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    waiting = [condition]
    while waiting:
        part = _plain(waiting.pop())
        if isinstance(part, exp.And):
            waiting += [part.expression, part.this]
        else:
            yield part


def _facts(part: exp.Expr) -> Iterator[Fact]:
    match part:
        case exp.Or():
            yield _alternatives(part)
        case exp.Between():
            low, high = part.args["low"], part.args["high"]
            yield _compared(part.this, ">=", low)
            yield _compared(part.this, "<=", high)
        case exp.In() if part.expressions:
            yield _choices(part.this, part.expressions)
        case exp.EQ():
            yield from _equal(part)
        case exp.LT() | exp.LTE() | exp.GT() | exp.GTE() | exp.NEQ():
            yield _compared(part.this, _OPERATORS[type(part)], part.expression)
        case exp.Not() if isinstance(inner := _plain(part.this), exp.Is) and isinstance(inner.expression, exp.Null):
            column = _column(inner.this)
            yield Filled(column) if column else Lost("an expression")
        case exp.RegexpLike():
            yield _pattern(part)
        case exp.Like() | exp.ILike():
            yield _like(part)
        case exp.Anonymous() if part.name.lower() == "json_valid" and part.expressions:
            column = _column(part.expressions[0])
            yield Json(column) if column else Lost("an expression")
        case _:
            yield Lost("an expression that is no bound, list of values, length, pattern or comparison of two columns")


def _plain(node: exp.Expr) -> exp.Expr:
    """The node without brackets, casts and collations around it."""
    while isinstance(node, exp.Paren | exp.Cast | exp.TryCast | exp.Collate | exp.Introducer):
        node = node.expression if isinstance(node, exp.Introducer) else node.this
    return node


def _column(node: exp.Expr) -> str:
    node = _plain(node)
    return node.name if isinstance(node, exp.Column | exp.Identifier) else ""


def _number(node: exp.Expr) -> float | None:
    node = _plain(node)
    if isinstance(node, exp.Neg):
        number = _number(node.this)
        return None if number is None else -number
    if isinstance(node, exp.Literal):
        try:
            value = float(node.name)
        except ValueError:
            return None
        return value if abs(value) < 1e300 else None  # nan and inf are no bounds
    return None


def _length_of(node: exp.Expr) -> str:
    """The column whose length the node is."""
    node = _plain(node)
    if isinstance(node, exp.Length):
        return _column(node.this)
    if isinstance(node, exp.Anonymous) and node.name.lower() in _LENGTHS and len(node.expressions) == 1:
        return _column(node.expressions[0])
    return ""


def _trimmed(node: exp.Expr) -> str:
    """The column that the node trims, or measures when trimmed."""
    node = _plain(node)
    if isinstance(node, exp.Length):
        node = _plain(node.this)
    if isinstance(node, exp.Trim) and node.args.get("expression") is None:
        return _column(node.this)
    return ""


def _compared(left: exp.Expr, operator: Operator, right: exp.Expr) -> Fact:
    number, text = _number(right), _plain(right)
    if number is None and _number(left) is not None:
        left, operator, right, number = right, _TURNED[operator], left, _number(left)
    column, other = _column(left), _column(right)
    if column and other:
        return Comparison(column, operator, other)
    if column and number is not None:
        return Bound(column, operator, number) if operator != "!=" else Lost("a single value that is forbidden")
    measured = _length_of(left)
    if measured and number is not None and number == int(number) and operator != "!=":
        return Length(measured, operator, int(number))
    if isinstance(text, exp.Literal) and text.is_string and not text.name and operator in ("!=", ">"):
        return Length(column, ">=", 1) if column else _not_blank(left)
    if number is not None and (operator, number) in ((">", 0), (">=", 1)):
        return _not_blank(left)
    if column and isinstance(text, exp.Literal):
        return Lost("a bound that is no number")
    return Lost("an expression that is no bound, list of values, length, pattern or comparison of two columns")


def _not_blank(left: exp.Expr) -> Fact:
    column = _trimmed(left)
    return Pattern(column, r"\S") if column else Lost("an expression on a text")


def _equal(part: exp.EQ) -> Iterator[Fact]:
    measured, number = _length_of(part.this), _number(part.expression)
    if isinstance(part.expression, exp.Any):
        listed = part.expression.find(exp.Array)
        yield _choices(part.this, listed.expressions) if listed is not None else Lost("an expression on a list")
    elif measured and number is not None and number == int(number):
        yield Length(measured, ">=", int(number))
        yield Length(measured, "<=", int(number))
    else:
        yield _choices(part.this, [part.expression])


def _choices(left: exp.Expr, listed: list[exp.Expr]) -> Fact:
    column = _column(left)
    if not column or len(listed) > _MOST_CHOICES:
        return Lost("an expression that is compared with values" if not column else "too many values")
    values = [_plain(value) for value in listed]
    if not all(isinstance(value, exp.Literal | exp.Neg | exp.Boolean) for value in values):
        return Lost("a list of expressions")
    texts = [value.name for value in values if isinstance(value, exp.Literal) and value.is_string]
    if len(texts) == len(values):
        return Choices(column, tuple(dict.fromkeys(texts)), numeric=False)
    numbers = [int(value.this) if isinstance(value, exp.Boolean) else _number(value) for value in values]
    if any(number is None for number in numbers):
        return Lost("a list of values of several types")
    return Choices(
        column, tuple(dict.fromkeys(f"{number:.15g}" for number in numbers if number is not None)), numeric=True
    )


def _alternatives(part: exp.Or) -> Fact:
    options = [_plain(option) for option in part.flatten()]
    known = [option for option in options if not _is_null(option)]
    nulls = {_column(option.this) for option in options if _is_null(option)}
    if len(known) == 1:
        found = [fact for option in _conjuncts(known[0]) for fact in _facts(option)]
        if len(found) == 1 and nulls & set(_columns(found[0])):
            return found[0]  # null satisfies a rule anyway
        return Lost("an alternative")
    found = [fact for option in known for fact in _facts(option)]
    lists = [fact for fact in found if isinstance(fact, Choices)]
    same = {(fact.column, fact.numeric) for fact in lists}
    if len(lists) == len(found) == len(known) and len(same) == 1 and nulls <= {lists[0].column}:
        return Choices(
            lists[0].column, tuple(dict.fromkeys(v for fact in lists for v in fact.values)), lists[0].numeric
        )
    return Lost("an alternative")


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null) and bool(_column(node.this))


def _columns(fact: Fact) -> tuple[str, ...]:
    if isinstance(fact, Comparison):
        return (fact.left, fact.right)
    return () if isinstance(fact, Lost) else (fact.column,)


def _pattern(part: exp.RegexpLike) -> Fact:
    column, literal = _column(part.this), _plain(part.expression)
    if not column or not isinstance(literal, exp.Literal) or part.args.get("flag"):
        return Lost("a pattern on an expression")
    pattern = literal.name
    if len(pattern) > 500 or re.search(r"\(\?(?!:)|\\[1-9]|\[\[:|\\[mMyY<>]", pattern):
        return Lost("a pattern in a dialect of its own")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return Lost("a pattern in a dialect of its own")
    return Pattern(column, pattern)


def _like(part: exp.Like | exp.ILike) -> Fact:
    column, literal = _column(part.this), _plain(part.expression)
    if column and isinstance(literal, exp.Literal) and re.fullmatch(r"[%_]+@[%_]+(?:\.[%_]+)?", literal.name):
        return Mail(column)
    return Lost("a LIKE")
