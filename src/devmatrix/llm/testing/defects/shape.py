"""Defects of form: what a reader or a compiler sees without running anything."""

import ast
import re
from collections.abc import Iterator
from random import Random

from devmatrix.llm.testing.calls import StopReason
from devmatrix.llm.testing.defects.defect import (
    Edit,
    Offsets,
    functions,
    parsed,
    sound,
    with_local_import,
    working_body,
)
from devmatrix.syntax import parse_python


class SyntaxSlip:
    """A lost colon, bracket or quote."""

    name = "syntax_error"
    parses = False
    bare = False
    stop = StopReason.END

    def applies(self, code: str) -> bool:
        """Wherever there is Python with anything to lose."""
        return parsed(code) is not None and bool(_slips(code))

    def inject(self, code: str, rng: Random) -> str:
        """One character less."""
        return rng.choice(_slips(code)).apply(code)


def _slips(code: str) -> list[Edit]:
    """Losses that break the code. At most forty are tried, spread over the text: each costs a parse."""
    places = [match.start() for match in re.finditer(r"[:()\[\]{}\"']", code)]
    tried = [Edit(place, place + 1, "") for place in places[:: len(places) // 40 + 1]]
    return [edit for edit in tried if parsed(edit.apply(code)) is None]


class WrongName:
    """The symbol has another name than its contract says."""

    name = "wrong_name"
    parses = True
    bare = False
    stop = StopReason.END

    _synonyms = (
        ("get_", "fetch_"),
        ("list_", "get_all_"),
        ("create_", "add_"),
        ("update_", "edit_"),
        ("delete_", "remove_"),
        ("read_", "load_"),
        ("find_", "lookup_"),
        ("check_", "validate_"),
    )

    def applies(self, code: str) -> bool:
        """Where the code defines a function or a class."""
        tree = parsed(code)
        return tree is not None and bool(_definitions(tree))

    def inject(self, code: str, rng: Random) -> str:
        """The first definition under another name."""
        tree = parse_python(code)
        old = _definitions(tree)[0].name
        return re.sub(rf"(\b(?:def|class)\s+){old}\b", rf"\g<1>{self._renamed(old, rng)}", code, count=1)

    def _renamed(self, name: str, rng: Random) -> str:
        for prefix, other in self._synonyms:
            if name.startswith(prefix):
                return other + name.removeprefix(prefix)
        if name[0].isupper():
            return name + rng.choice(("Model", "Data", "Base"))
        return rng.choice((f"do_{name.lstrip('_')}", f"{name}_impl", f"handle_{name.lstrip('_')}"))


def _definitions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]


class Stub:
    """Nothing is written where something was asked."""

    name = "stub"
    parses = True
    bare = False
    stop = StopReason.END

    def applies(self, code: str) -> bool:
        """Where a function does anything at all."""
        return bool(_stubs(code))

    def inject(self, code: str, rng: Random) -> str:
        """One function's body gone."""
        return rng.choice(_stubs(code)).apply(code)


def _stubs(code: str) -> list[Edit]:
    tree = parsed(code)
    if tree is None:
        return []
    offsets = Offsets(code)

    def edits() -> Iterator[Edit]:
        for function in functions(tree):
            body = working_body(function)
            if not body or ast.unparse(body[0]) in ("pass", "...", "raise NotImplementedError"):
                continue
            start, end = offsets.of(body[0])[0], offsets.of(body[-1])[1]
            for text in ("pass", "raise NotImplementedError", "raise NotImplementedError  # left for later"):
                yield Edit(start, end, text)

    return sound(code, edits())


class InventedImport:
    """A library or a name that does not exist."""

    name = "invented_import"
    parses = True
    bare = False
    stop = StopReason.END

    _inventions = (
        "from fastapi.helpers import auto_respond",
        "from sqlalchemy.shortcuts import get_or_404",
        "import pydantic_toolbox",
        "from app.shared.helpers import ensure_valid",
    )

    def applies(self, code: str) -> bool:
        """Any Python."""
        return bool(code.strip()) and parsed(code) is not None

    def inject(self, code: str, rng: Random) -> str:
        """Imported at the top, or at the beginning of the first function."""
        line = rng.choice(self._inventions)
        inside = with_local_import(code, line) if rng.random() < 0.5 else code
        return inside if inside != code else _below_the_future(parse_python(code), code, line)


def _below_the_future(tree: ast.Module, code: str, line: str) -> str:
    """The line at the top, but after what has to stand there: the docstring and `from __future__`."""
    last = 0
    for place, node in enumerate(tree.body):
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        docstring = place == 0 and ast.get_docstring(tree, clean=False) is not None
        if future or docstring:
            last = node.end_lineno or last
    lines = code.splitlines(keepends=True)
    before = "".join(lines[:last])
    gap = "" if not before or before.endswith("\n") else "\n"
    return f"{before}{gap}{line}\n{''.join(lines[last:])}"
