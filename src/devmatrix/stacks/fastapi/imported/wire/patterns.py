"""Patterns of JSON Schema (ECMAScript): in the dialect of whatever can run them in Python."""

import re
from functools import lru_cache
from typing import Literal

_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_"}
# Inline flags, Python's groups and anchors: no ECMAScript, or with another meaning there.
_FOREIGN = re.compile(r"\(\?[A-Za-z]|(?<!\\)(\\\\)*\\[AZz]")
_RUST_ONLY = re.compile(r"&&|--|~~")

Engine = Literal["rust", "python", "none"]


@lru_cache(maxsize=4096)
def usable(pattern: str) -> tuple[Engine, str]:
    """The engine that runs the pattern, and the pattern for it.

    rust: pydantic's own, which takes linear time; python: `re`, for look-around and back-references; none: nothing here
    runs it.
    """
    if not _FOREIGN.search(pattern):
        rust = _translated(pattern, "$")
        if not _RUST_ONLY.search(rust) and _runs_in_rust(rust):
            return "rust", rust
        python = _translated(pattern, r"\Z")
        if _runs_in_python(python):
            return "python", python
    return "none", pattern


def _runs_in_rust(pattern: str) -> bool:
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return False
    return True


def _runs_in_python(pattern: str) -> bool:
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _translated(pattern: str, end: str) -> str:
    r"""`\d` and `\w` mean ASCII, `$` the very end, `(?<name>` begins a group, `\/` is a slash."""
    found: list[str] = []
    inside = False
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        following = pattern[position + 1 : position + 2]
        step = 1
        if letter == "\\" and following:
            step = 2
            found.append(_escape(following, inside=inside))
        elif letter == "$" and not inside:
            found.append(end)
        elif not inside and re.match(r"\(\?<[A-Za-z_]", pattern[position:]):
            step = 3
            found.append("(?P<")
        elif inside and letter == "[":
            found.append(r"\[")
        else:
            inside = letter == "[" or (inside and letter != "]")
            found.append(letter)
        position += step
    return "".join(found)


def _escape(letter: str, *, inside: bool) -> str:
    if letter in _CLASSES:
        return _CLASSES[letter] if inside else f"[{_CLASSES[letter]}]"
    if letter.lower() in _CLASSES and not inside:
        return f"[^{_CLASSES[letter.lower()]}]"
    return letter if letter in "/" else f"\\{letter}"
