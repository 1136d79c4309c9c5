"""A function while it is written: its lines, the names that it uses, and what it needs imported."""

import keyword
from collections.abc import Iterable

from devmatrix.stacks.fastapi.features.text import LINE_LENGTH
from devmatrix.stacks.fastapi.imported.records.collection import Collection
from devmatrix.stacks.fastapi.imported.wire.identifiers import free

_OFFERED = {
    "app.keeping": """first_of picked inside wanted found ensure_owner ensure_state row_with rows_with refuse_duplicates
        save hold fitting discard change fill
        now_text today_text later_text now_seconds new_uuid new_text free_slug""",
    "app.listing": """Page Window alive as_text contains count count_by distinct_values fetch_page moment
        ordered record_url size_in_force window_after window_at_offset window_of_page""",
    "app.relating": """children counts drop_link held_by is_linked linked members put_link related set_links""",
    "app.jsonlists": "holds holds_with",
    "app.numbering": "next_number",
    "app.types": "plain",
    "app.security": "account_by_token has_role revoke_token",
    "app.settings": "Settings",
    "app.database": "SessionDependency now",
    "app.authentication.tokens": "REFRESH create_refresh_token create_token",
    "app.authentication.passwords": "hash_password verify_password",
    "app.refusals": "BadCredentials Duplicate Forbidden InvalidBody InvalidQuery Missing StateConflict Unwritten",
    "fastapi": "Request Response",
    "fastapi.concurrency": "run_in_threadpool",
    "typing": "Any",
    "collections.abc": "Iterator Mapping Sequence",
    "sqlalchemy": "ColumnElement Select delete exists select update",
    "sqlalchemy.ext.asyncio": "AsyncSession",
    "sqlalchemy.orm": "InstrumentedAttribute",
}
_ORIGINS = {name: module for module, names in _OFFERED.items() for name in names.split()}
_LOCALS = frozenset(
    """session caller body request response router item items page sent values made record records statement settings
    base_url dict list set str int float bool bytes len None True False""".split()
)
RESERVED = frozenset({*_ORIGINS, *_LOCALS, *keyword.kwlist})
"""Names that variables, parameters and functions of the project must not have."""


class Writer:
    """Collects lines and imports. `taken`: names that imports must not have, as something else bears them."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.lines: list[str] = []
        self.imports: dict[str, None] = {}
        self._taken = frozenset(taken)

    def use(self, name: str) -> str:
        """Import a name that the project or its packages offer; gives what it is called here."""
        return self.imported(_ORIGINS[name], name)

    def imported(self, module: str, name: str) -> str:
        """Import a name; gives what it is called here."""
        called = free(name, self._taken)
        self.imports[f"from {module} import {name}{'' if called == name else f' as {called}'}"] = None
        return called

    def model(self, collection: Collection) -> str:
        """The model of a collection."""
        name = collection.class_name
        while name in self._taken:
            name += "Record"
        alias = "" if name == collection.class_name else f" as {name}"
        self.imports[f"from app.{collection.package}.model import {collection.class_name}{alias}"] = None
        return name

    def module(self, collection: Collection, module: str) -> str:
        """One of the modules of a collection."""
        name = free(f"{collection.variable}_{module}", self._taken)
        self.imports[f"from app.{collection.package} import {module} as {name}"] = None
        return name

    def imported_as(self, package: str, module: str, suffix: str) -> str:
        """Import a module of a package, called after both; gives what it is called here."""
        name = free(f"{module}_{suffix}", self._taken)
        self.imports[f"from {package} import {module} as {name}"] = None
        return name

    def add(self, *lines: str) -> None:
        """Write lines."""
        for line in lines:
            self.lines += broken(line)


def broken(line: str) -> list[str]:
    """The line; where it is too long, its outermost brackets with what is in them on lines of its own."""
    if len(line) <= LINE_LENGTH - 4:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    best = _longest_bracket(line)
    if best is None:
        return [line]
    start, end = best
    parts = split_arguments(line[start + 1 : end])
    inner = f"{indent}    {', '.join(parts)}"
    is_comprehension = len(parts) == 1
    if len(inner) <= LINE_LENGTH - 4:
        middle = [inner]
    elif is_comprehension:
        middle = broken(inner)
    else:
        middle = [piece for part in parts for piece in broken(f"{indent}    {part},")]
    return [line[: start + 1], *middle, f"{indent}{line[end:]}"]


def _longest_bracket(line: str) -> tuple[int, int] | None:
    """The outermost pair of brackets with the most in it."""
    stack: list[int] = []
    found: list[tuple[int, int]] = []
    quote = ""
    for position, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote and line[position - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            stack.append(position)
        elif letter in ")]}" and stack:
            start = stack.pop()
            if not stack:
                found.append((start, position))
    return max(found, key=lambda pair: pair[1] - pair[0], default=None)


def split_arguments(text: str) -> list[str]:
    """What stands between the commas that are in no brackets."""
    parts, depth, quote, current = [], 0, "", ""
    for position, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[position - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        if letter == "," and depth == 0 and not quote:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    return [part for part in (*parts, current.strip()) if part]
