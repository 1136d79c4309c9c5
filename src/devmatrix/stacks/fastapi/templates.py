"""Blueprints kept as files: rendered text, and Python modules read into their symbols."""

import ast
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from devmatrix.atoms.contract import AtomKind
from devmatrix.errors import ContractError
from devmatrix.stacks.fastapi.source import Source, Symbol
from devmatrix.syntax import parse_python

if TYPE_CHECKING:
    from jinja2 import Environment

_SUFFIX = ".jinja"


def render(folder: Path, path: str, facts: object) -> str:
    """The text of `folder`/`path`.jinja for `facts`: their attributes are its variables."""
    variables = {name: getattr(facts, name) for name in dir(facts) if not name.startswith("_")}
    return _environment(folder).get_template(f"{path}{_SUFFIX}").render(variables)


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        # Braces belong to Python, Make and YAML.
        variable_start_string="<<",
        variable_end_string=">>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["python"] = _python_literal
    return environment


def _python_literal(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)


def module_source(path: str, task_id: str, text: str) -> Source:
    """A Python module as a Source: what stands before its symbols is its preamble, what comes after them its postamble.

    Raises ContractError where statements stand between symbols.
    """
    body = parse_python(text).body
    docstring = ast.get_docstring(parse_python(text), clean=False) or ""
    if docstring:
        body = body[1:]
    imports = tuple(line for node in body if isinstance(node, ast.Import | ast.ImportFrom) for line in _split(node))
    rest = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    places = [index for index, node in enumerate(rest) if _is_symbol(node)]
    if not places:
        return Source(path, task_id, docstring, preamble=_text(text, body))
    first, last = places[0], places[-1]
    middle = rest[first : last + 1]
    if not all(_is_symbol(node) for node in middle):
        raise ContractError(f"{path}: a statement stands between its functions")
    return Source(
        path=path,
        task_id=task_id,
        docstring=docstring,
        symbols=tuple(_symbol(text, node) for node in middle),
        imports=imports,
        preamble=_text(text, rest[:first]),
        postamble=_text(text, rest[last + 1 :]),
    )


def _split(node: ast.Import | ast.ImportFrom) -> list[str]:
    prefix = f"from {node.module} import" if isinstance(node, ast.ImportFrom) else "import"
    return [f"{prefix} {name.name}{f' as {name.asname}' if name.asname else ''}" for name in node.names]


def _is_symbol(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _symbol(text: str, node: ast.stmt) -> Symbol:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        raise ContractError(f"no symbol: {ast.unparse(node)[:80]}")
    if isinstance(node, ast.ClassDef):
        kind = AtomKind.CLASS
    else:
        kind = AtomKind.TEST if node.name.startswith("test_") else AtomKind.FUNCTION
    return Symbol(node.name, _text(text, [node]) + "\n", kind)


def _text(text: str, nodes: list[ast.stmt]) -> str:
    """The lines of adjacent statements, with their decorators and the comments between them."""
    if not nodes:
        return ""
    decorators = getattr(nodes[0], "decorator_list", [])
    first = min([nodes[0].lineno, *(decorator.lineno for decorator in decorators)])
    lines = text.splitlines()
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return "\n".join(lines[first - 1 : nodes[-1].end_lineno])
