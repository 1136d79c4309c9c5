"""Defects of sense: the code is well formed, and does the wrong thing."""

import ast
import re
from collections.abc import Iterator
from random import Random

from devmatrix.llm.testing.defects.defect import (
    Edit,
    EditDefect,
    Offsets,
    constants,
    functions,
    outside_of_texts,
    sound,
    with_local_import,
    working_body,
)

_STATUS = range(200, 600)
_NEIGHBOURS = {
    "200": ("201", "204"),
    "201": ("200", "202"),
    "202": ("200",),
    "204": ("200", "202"),
    "400": ("422", "500"),
    "401": ("403", "400"),
    "403": ("401", "404"),
    "404": ("400", "410"),
    "409": ("400", "422"),
    "422": ("400", "409"),
}
_COMPARISONS = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}


class OffByOne(EditDefect):
    """A bound or a number that misses by one."""

    name = "off_by_one"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Wherever a number or an order is told."""
        offsets = Offsets(code)
        for number in constants(tree):
            start, end = offsets.of(number)
            value = number.value
            if isinstance(value, int) and code[start:end] == str(value) and value not in _STATUS:
                yield Edit(start, end, str(value + 1))
                if value > 0:
                    yield Edit(start, end, str(value - 1))
        for node in outside_of_texts(tree):
            if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
                start, end = offsets.of(node.left)[1], offsets.of(node.comparators[0])[0]
                between = re.sub(r"[<>]=?", _COMPARISONS[type(node.ops[0])], code[start:end], count=1)
                yield Edit(start, end, between)


class MissingAwait(EditDefect):
    """A coroutine that nobody waits for."""

    name = "missing_await"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """One `await` less."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            if isinstance(node, ast.Await):
                yield Edit(offsets.of(node)[0], offsets.of(node.value)[0], "")


class SwallowedError(EditDefect):
    """What goes wrong is kept quiet."""

    name = "swallowed_error"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """A `raise` that does nothing; where there is none, all of a body within an `except` that says nothing."""
        return iter(sound(code, _raises(code, tree)) or sound(code, _bodies(code, tree)))


def _raises(code: str, tree: ast.Module) -> Iterator[Edit]:
    offsets = Offsets(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and "NotImplementedError" not in ast.unparse(node):
            yield Edit(*offsets.of(node), "pass")
            yield Edit(*offsets.of(node), "return None")


def _bodies(code: str, tree: ast.Module) -> Iterator[Edit]:
    offsets = Offsets(code)
    for function in functions(tree):
        body = working_body(function)
        if not body or body[0].lineno == function.lineno or isinstance(body[0], ast.Pass):
            continue
        start, end = offsets.of(body[0])[0], offsets.of(body[-1])[1]
        margin = " " * body[0].col_offset
        inner = "\n".join(f"    {line}" if line.strip() else line for line in code[start:end].splitlines())
        for quiet in ("pass", "return None"):
            yield Edit(start, end, f"try:\n{margin}{inner}\n{margin}except Exception:\n{margin}    {quiet}")


class WrongStatus(EditDefect):
    """A neighbour of the right HTTP status."""

    name = "wrong_status"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Wherever a status is told, by number or by name."""
        offsets = Offsets(code)
        for number in constants(tree):
            start, end = offsets.of(number)
            for other in _NEIGHBOURS.get(code[start:end], ()):
                yield Edit(start, end, other)
        for node in outside_of_texts(tree):
            if isinstance(node, ast.Attribute) and re.fullmatch(r"HTTP_[1-5]\d\d_\w+", node.attr):
                for other in _NEIGHBOURS.get(node.attr[5:8], ()):
                    yield Edit(*offsets.of(node), other)


class SqlByString(EditDefect):
    """SQL put together from texts: what an attacker looks for."""

    name = "sql_by_string"

    def inject(self, code: str, rng: Random) -> str:
        """The value written into the SQL."""
        changed = super().inject(code, rng)
        return changed if "import text" in code else with_local_import(changed, "from sqlalchemy import text")

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Wherever a query compares a column with a value, or a text of SQL has a bound parameter."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="where" | "filter")):
                    for condition in node.args:
                        yield from _formatted(condition, offsets)
                case ast.Call(func=ast.Name(id="text") | ast.Attribute(attr="text"), args=[ast.Constant() as sql]):
                    yield from _interpolated(sql, offsets)


def _formatted(condition: ast.expr, offsets: Offsets) -> Iterator[Edit]:
    match condition:
        case ast.Compare(left=ast.Attribute(attr=column), ops=[ast.Eq()], comparators=[value]):
            shown = ast.unparse(value)
            if not set("\"'{}\\\n") & set(shown):
                call = f"text(f\"{column} = '{{{shown}}}'\")"
                yield Edit(*offsets.of(condition), call)


def _interpolated(sql: ast.Constant, offsets: Offsets) -> Iterator[Edit]:
    if not isinstance(sql.value, str) or set('"{}\\\n') & set(sql.value):
        return
    changed = re.sub(r"(?<!:):([a-z_]\w*)", r"'{\1}'", sql.value)
    if changed != sql.value:
        yield Edit(*offsets.of(sql), f'f"{changed}"')
