"""Level 1 for atoms that are whole files: they parse as what their names say, and hold no leftovers of templates."""

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import PurePosixPath

from devmatrix.validation.rules import Defect

# `${{ matrix.python }}` is what CI files are written in; `{{ name }}` is a template nobody filled in. A project may be
# about things to do: only with a colon is it a note.
_LEFTOVER = re.compile(
    r"(?<!\$)\{\{[^{}\n]*\}\}|\{%[^\n]*%\}|(?<!\\)<(?i:placeholder|your[- _][a-z_ -]+)>|\b(?:TODO|FIXME)\b *[:(]"
)
_MAY_BE_EMPTY = frozenset({"py.typed", ".gitkeep"})


def check_file(path: str, text: str) -> tuple[Defect, ...]:
    """What is wrong with the text of the file `path`."""
    place = PurePosixPath(path)
    if not text.strip():
        return () if place.name in _MAY_BE_EMPTY else (Defect("file.empty", f"{path} is empty"),)
    if "\0" in text:
        return (Defect("file.parses", f"{path} holds NUL characters"),)
    found: list[Defect] = []
    parse = _PARSERS.get(place.suffix)
    if parse is not None:
        try:
            parse(text)
        except Exception as error:
            found.append(Defect("file.parses", f"{path} is no valid {place.suffix[1:]}: {error}", _line_of(error)))
    for number, line in enumerate(text.splitlines(), 1):
        if leftover := _LEFTOVER.search(line):
            found.append(Defect("file.leftover", f"{path} holds an unfilled {leftover.group()!r}", number))
    return tuple(found)


def _yaml(text: str) -> None:
    import yaml

    yaml.safe_load(text)


def _ini(text: str) -> None:
    configparser.RawConfigParser().read_string(text)


_PARSERS: dict[str, Callable[[str], object]] = {
    ".json": json.loads,
    ".toml": tomllib.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".ini": _ini,
    ".cfg": _ini,
    ".py": ast.parse,
}


def _line_of(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    line = getattr(error, "lineno", None) or (mark.line + 1 if mark is not None else 0)
    return int(line)
