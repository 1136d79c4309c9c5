"""Defects of declarations: models that hold, and bodies that let in, what they should not."""

import ast
import re
from collections.abc import Iterator

from devmatrix.llm.testing.defects.defect import Edit, EditDefect, Offsets, functions, outside_of_texts, working_body

_CONSTRAINTS = frozenset({"CheckConstraint", "UniqueConstraint", "ForeignKey", "ForeignKeyConstraint", "Index"})
_BOUNDS = frozenset(
    "max_length min_length ge gt le lt pattern multiple_of max_digits decimal_places strict extra".split()
)
_SECRET = re.compile(r"(?:^|_)(?:passwords?|secrets?|tokens?|credentials?)(?:$|_hash$)", re.IGNORECASE)
_LOOSER = {"strict": "False", "extra": "'ignore'"}


class ConstraintDropped(EditDefect):
    """A table that takes what it must refuse."""

    name = "constraint_dropped"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """A constraint, or what makes a column unique or obligatory, left out."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            match node:
                case ast.keyword(arg="unique", value=ast.Constant(value=True) as told):
                    yield Edit(*offsets.of(told), "False")
                case ast.keyword(arg="nullable", value=ast.Constant(value=False) as told):
                    yield Edit(*offsets.of(told), "True")
                case ast.Tuple(elts=items) | ast.Call(args=items):
                    yield from _without_constraint(code, offsets, items)


def _without_constraint(code: str, offsets: Offsets, items: list[ast.expr]) -> Iterator[Edit]:
    for item in items:
        if isinstance(item, ast.Call) and ast.unparse(item.func).rpartition(".")[2] in _CONSTRAINTS:
            start, end = offsets.of(item)
            rest = code[end:]
            comma = len(rest) - len(rest.lstrip())
            if rest[comma : comma + 1] == ",":
                end += comma + 1
            yield Edit(start, end, "")


class ValidationLoosened(EditDefect):
    """A body or a query that is taken though it is out of bounds."""

    name = "validation_loosened"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """One bound gone."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            if not isinstance(node, ast.Call):
                continue
            for keyword in node.keywords:
                if keyword.arg in _LOOSER:
                    yield Edit(*offsets.of(keyword.value), _LOOSER[keyword.arg])
                elif keyword.arg in _BOUNDS:
                    yield Edit(*offsets.of(keyword.value), "None")


class FlagTurned(EditDefect):
    """True for False, False for True."""

    name = "flag_turned"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Wherever a flag is told."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, bool):
                yield Edit(*offsets.of(node), str(not node.value))


class SecretExposed(EditDefect):
    """A secret in the log of the service."""

    name = "secret_exposed"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """An argument that is one, or what the body takes one from, printed first."""
        offsets = Offsets(code)
        for function in functions(tree):
            body = working_body(function)
            if not body or body[0].lineno == function.lineno:
                continue
            arguments = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
            start = offsets.of(body[0])[0]
            for shown in dict.fromkeys(_secrets(function, arguments)):
                yield Edit(start, start, f"print({shown})\n{' ' * body[0].col_offset}")


def _secrets(function: ast.AST, arguments: set[str]) -> Iterator[str]:
    yield from sorted(filter(_SECRET.search, arguments))
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in arguments:
                if _SECRET.search(attribute):
                    yield f"{name}.{attribute}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[ast.Constant(value=str(key)), *_]):
                if name in arguments and _SECRET.search(key):
                    yield name
