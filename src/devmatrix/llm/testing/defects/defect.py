"""The seam of defects, and what they share: edits of a text by its syntax tree."""

import ast
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Protocol

from devmatrix.llm.testing.calls import StopReason
from devmatrix.syntax import parse_python

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # as Python sees lines, who knows no others
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Defect(Protocol):
    """One way of being wrong."""

    name: str
    parses: bool
    """What it makes of Python code still parses."""
    bare: bool
    """It replaces the whole reply, wrapping included."""
    stop: StopReason

    def applies(self, code: str) -> bool:
        """There is a place in the code where it can happen."""
        ...

    def inject(self, code: str, rng: Random) -> str:
        """The code with the defect, never unchanged. Only for code to which it applies."""
        ...


@dataclass(frozen=True)
class Edit:
    """Put `text` where the code stands between two offsets."""

    start: int
    end: int
    text: str

    def apply(self, code: str) -> str:
        """The edited code."""
        return code[: self.start] + self.text + code[self.end :]


def parsed(code: str) -> ast.Module | None:
    """The syntax tree; none for what is no Python."""
    try:
        return parse_python(code)
    except (SyntaxError, ValueError):
        return None


def sound(code: str, edits: Iterator[Edit]) -> list[Edit]:
    """The edits that change the code and leave it parsable."""
    return [edit for edit in edits if (new := edit.apply(code)) != code and parsed(new) is not None]


class Offsets:
    """Where nodes stand in the text, in characters."""

    def __init__(self, code: str) -> None:
        self._lines = _LINE.findall(code)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        """Of a 1-based line and a column in UTF-8 bytes, as syntax trees have them."""
        text = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(text)

    def of(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Beginning and end of a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)


class EditDefect(ABC):
    """A defect that is one of several edits, each of which leaves Python that parses."""

    name: str
    parses = True
    bare = False
    stop = StopReason.END

    def applies(self, code: str) -> bool:
        """Where there is anything to edit."""
        return bool(self._found(code))

    def inject(self, code: str, rng: Random) -> str:
        """One of the edits made."""
        return rng.choice(self._found(code)).apply(code)

    @abstractmethod
    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """What might be edited; those that change nothing or break the code are left out afterwards."""

    def _found(self, code: str) -> list[Edit]:
        tree = parsed(code)
        return sound(code, self.edits(code, tree)) if tree is not None else []


def functions(tree: ast.Module) -> list[Function]:
    """All functions, methods included."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def working_body(function: Function) -> list[ast.stmt]:
    """The statements of a function, its docstring left out."""
    body = function.body
    return body[1:] if ast.get_docstring(function, clean=False) is not None else body


def constants(tree: ast.Module) -> Iterator[ast.Constant]:
    """Whole numbers in the code itself: not in f-strings, whose inside has no place of its own."""
    for node in outside_of_texts(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node


def outside_of_texts(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those within f-strings."""
    yield tree
    if isinstance(tree, ast.JoinedStr):
        return
    for child in ast.iter_child_nodes(tree):
        yield from outside_of_texts(child)


def with_local_import(code: str, line: str) -> str:
    """The code with an import at the beginning of its first function; unchanged where there is no room for it."""
    tree = parsed(code)
    bodies = [working_body(function) for function in functions(tree)] if tree else []
    first = next((body[0] for body in bodies if body), None)
    if first is None:
        return code
    start = Offsets(code).of(first)[0]
    changed = Edit(start, start, f"{line}\n{' ' * first.col_offset}").apply(code)
    return changed if parsed(changed) is not None else code
