"""Takes a regular expression, gives strings that match it, and strings that do not."""

# ruff: noqa: ANN401 - the nodes of the parser have no types

import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache

# The parser that `re` itself uses: private, but the only way to see a pattern as Python sees it.
from re import _constants as constants  # type: ignore[attr-defined, unused-ignore]
from re import _parser as parser  # type: ignore[attr-defined, unused-ignore]
from typing import Any

from devmatrix.discovery.proofs.unproducible import UnproducibleError

_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. @#+/:,!"
_SEEDS = 60
_MOST_STRETCHES = 300
_STRANGERS = (
    "!",
    "~",
    "?!",
    "!!!",
    " ",
    "~ ~",
    "-",
    "0",
    "a",
    "A",
    "!0",
    "a!",
    "é",
    "~~~~~~~~~~",
    "0000000000",
    "zzzzzzzzzz!",
)


_PROPERTY = re.compile(r"\\([pP])(?:\{\^?(?:\w+=)?(\w+)\}|([A-Z]))")
_PROPERTIES = {
    **dict.fromkeys(("L", "Letter", "Alphabetic", "Alpha", "Latin"), "A-Za-z"),
    **dict.fromkeys(("Lu", "Uppercase_Letter", "Uppercase", "Upper"), "A-Z"),
    **dict.fromkeys(("Ll", "Lowercase_Letter", "Lowercase", "Lower"), "a-z"),
    **dict.fromkeys(("N", "Nd", "Number", "Digit", "Decimal_Number"), "0-9"),
    **dict.fromkeys(("Z", "Zs", "Separator", "Space_Separator", "White_Space"), " "),
    **dict.fromkeys(("P", "Punctuation"), "!#%&*,./:;?@_-"),
}
"""The ASCII part of what names of properties in patterns stand for."""


def as_python(pattern: str) -> str:
    r"""The pattern in Python's dialect: `\p{L}` and the like mean their ASCII part. Others are left as they are."""
    found: list[str] = []
    inside, position = False, 0
    while position < len(pattern):
        named = _PROPERTY.match(pattern, position)
        letters = _PROPERTIES.get(named[2] or named[3]) if named else None
        if named and letters and "^" not in named[0] and not (inside and named[1] == "P"):
            escaped = letters.replace("-", "\\-") if letters.endswith("-") else letters
            found.append(escaped if inside else f"[{'^' if named[1] == 'P' else ''}{escaped}]")
            position = named.end()
            continue
        step = 2 if pattern[position] == "\\" else 1
        piece = pattern[position : position + step]
        inside = piece == "[" or (inside and piece != "]")
        found.append(piece)
        position += step
    return "".join(found)


def matching(pattern: str, index: int, shortest: int, longest: int) -> str:
    """The string number `index` (from 0) of those, all different, that match `pattern` as a whole and are so long.

    Raises UnproducibleError where the pattern is beyond this generator, or has too few such strings.
    """
    found = _strings(pattern, index + 1, shortest, longest)
    if len(found) <= index:
        raise UnproducibleError(f"no {index + 1} strings were found that match {pattern}")
    return found[index]


def some_matching(pattern: str, index: int, shortest: int, longest: int) -> str:
    """As `matching`, but where there are too few such strings, they come again in turn."""
    found = _strings(pattern, index + 1, shortest, longest)
    if not found:
        raise UnproducibleError(f"no string was found that matches {pattern}")
    return found[index % len(found)]


@lru_cache(maxsize=4096)
def _strings(pattern: str, wanted: int, shortest: int, longest: int) -> tuple[str, ...]:
    """At most so many strings that match."""
    try:
        with warnings.catch_warnings():
            # Python warns of patterns that may change their meaning one day.
            warnings.simplefilter("ignore")
            python = as_python(pattern)
            tree, compiled = parser.parse(python), re.compile(python)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnproducibleError(f"the pattern {pattern} cannot be read: {error}") from error
    found: dict[str, None] = {}
    sets: dict[int, str] = {}
    for extra in _stretches(tree, shortest, sets):
        for seed in range(_SEEDS + 2 * wanted):
            choices = _Choices(seed, extra, sets)
            text = "".join(choices.draw(tree))
            if not (shortest <= len(text) <= longest or choices.branched):
                break  # without branches every seed gives this length
            if shortest <= len(text) <= longest and text.isprintable() and compiled.fullmatch(text):
                found[text] = None
            if len(found) == wanted:
                return tuple(found)
            if seed > _SEEDS and not found:
                break
    return tuple(found)


def not_matching(pattern: str, shortest: int, longest: int) -> str:
    """A string so long in which `pattern` is found nowhere. Raises UnproducibleError where none was found."""
    python = as_python(pattern)
    try:
        compiled = re.compile(python)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnproducibleError(f"the pattern {pattern} cannot be read: {error}") from error
    # Beyond ASCII a property may hold where its ASCII part does not.
    for stranger in _STRANGERS if python == pattern else filter(str.isascii, _STRANGERS):
        text = stranger if len(stranger) >= shortest else stranger * (shortest // len(stranger) + 1)
        if shortest <= len(text) <= longest and not compiled.search(text):
            return text
    raise UnproducibleError(f"no string was found that breaks {pattern}")


def _stretches(tree: Any, shortest: int, sets: dict[int, str]) -> list[int]:
    """By how many repetitions to stretch, the number first that probably gives strings as long as wanted."""
    plain, stretched = (len("".join(_Choices(0, extra, sets).draw(tree))) for extra in (0, 1))
    wanted = max(0, shortest - plain) // max(1, stretched - plain)
    return sorted(range(shortest + 1), key=lambda extra: abs(extra - wanted))[:_MOST_STRETCHES]


class _Choices:
    """Walks a parsed pattern and takes each choice by the digits of a seed: other seed, other string.

    `sets` keeps the characters of each set of the tree, by the identity of its node.
    """

    def __init__(self, seed: int, extra: int, sets: dict[int, str]) -> None:
        self._seed = seed
        self._extra = extra
        self._sets = sets
        self.branched = False

    def draw(self, tree: Any) -> Iterator[str]:
        for operator, argument in tree:
            yield from self._draw_one(operator, argument)

    def _draw_one(self, operator: Any, argument: Any) -> Iterator[str]:
        if operator is constants.LITERAL:
            yield chr(argument)
        elif operator is constants.IN:
            yield self._choose(self._set(argument))
        elif operator in {constants.ANY, constants.NOT_LITERAL}:
            yield self._choose(_characters(operator, argument))
        elif operator in {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}:
            least, most, inner = argument
            times = min(max(least, 1) + self._extra, most)
            # What is too short is stretched at the first place that can be, so that every length is reached.
            self._extra -= max(0, times - max(least, 1))
            for _ in range(times):
                yield from self.draw(inner)
        elif operator is constants.SUBPATTERN:
            yield from self.draw(argument[-1])
        elif operator is constants.ATOMIC_GROUP:
            yield from self.draw(argument)
        elif operator is constants.BRANCH:
            self.branched = True
            yield from self.draw(self._choose(argument[1]))
        elif operator is not constants.AT:
            # Look-arounds and back references: what is drawn is checked against the pattern, so at worst nothing fits.
            yield ""

    def _set(self, argument: Any) -> str:
        if id(argument) not in self._sets:
            self._sets[id(argument)] = _characters(constants.IN, argument)
        return self._sets[id(argument)]

    def _choose(self, options: Any) -> Any:
        if not options:
            raise UnproducibleError("a set of the pattern holds no usual character")
        self._seed, digit = divmod(self._seed, len(options))
        return options[digit]


def _characters(operator: Any, argument: Any) -> str:
    if operator is constants.ANY:
        return _ALPHABET
    if operator is constants.NOT_LITERAL:
        return "".join(character for character in _ALPHABET if ord(character) != argument)
    negated = argument[0][0] is constants.NEGATE
    wanted = [character for character in _ALPHABET if any(_in(item, character) for item in argument) != negated]
    if not wanted and not negated:
        wanted = [chr(low) for low in (_first(item) for item in argument) if low is not None]
    return "".join(wanted)


def _in(item: Any, character: str) -> bool:
    operator, argument = item
    if operator is constants.LITERAL:
        return bool(ord(character) == argument)
    if operator is constants.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    if operator is constants.CATEGORY:
        return _CATEGORIES[argument](character)
    return False


def _first(item: Any) -> int | None:
    operator, argument = item
    if operator is constants.LITERAL:
        return int(argument)
    return int(argument[0]) if operator is constants.RANGE else None


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    constants.CATEGORY_DIGIT: str.isdigit,
    constants.CATEGORY_NOT_DIGIT: lambda character: not character.isdigit(),
    constants.CATEGORY_WORD: _is_word,
    constants.CATEGORY_NOT_WORD: lambda character: not _is_word(character),
    constants.CATEGORY_SPACE: str.isspace,
    constants.CATEGORY_NOT_SPACE: lambda character: not character.isspace(),
}
