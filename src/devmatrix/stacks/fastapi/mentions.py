"""Which names a text of Python mentions: read once for each text, as several stages ask for them."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from devmatrix.errors import ContractError
from devmatrix.syntax import parse_python

_MOST_TEXTS = 50_000


@dataclass(frozen=True)
class Mentions:
    """The names in one text."""

    names: frozenset[str]
    """Identifiers that stand free in the code, the bases of attributes too."""
    quoted: frozenset[str]
    """Identifiers inside quoted annotations: they must be imported, but nothing has to stand before what names them."""
    attributes: frozenset[tuple[str, str]]
    """Base and attribute, where the base is a name."""
    imported: frozenset[tuple[str, str]]
    """Module and name of what statements inside import."""


@dataclass(frozen=True)
class Imported:
    """One import statement of one name."""

    name: str
    """What it binds."""
    module: str
    """Empty for `import x`."""
    original: str


@lru_cache(maxsize=_MOST_TEXTS)
def mentions_of(text: str) -> Mentions:
    """The names in the text. Raises SyntaxError where it is no Python."""
    names: set[str] = set()
    quoted: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    imported: set[tuple[str, str]] = set()
    for node in ast.walk(parse_python(text)):
        match node:
            case ast.Name(id=name):
                names.add(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                attributes.add((name, attribute))
            case ast.ImportFrom(module=str(module), names=aliases):
                imported |= {(module, alias.name) for alias in aliases}
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                quoted.update(_quoted(annotation))
            case (
                ast.FunctionDef(returns=ast.expr() as annotation)
                | ast.AsyncFunctionDef(returns=ast.expr() as annotation)
            ):
                quoted.update(_quoted(annotation))
    return Mentions(frozenset(names), frozenset(quoted), frozenset(attributes), frozenset(imported))


def _quoted(annotation: ast.expr) -> Iterable[str]:
    for part in ast.walk(annotation):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            try:
                yield from mentions_of(part.value).names
            except SyntaxError:  # a description, a pattern
                continue


@lru_cache(maxsize=_MOST_TEXTS)
def imported_by(line: str) -> Imported:
    """What an import statement binds. Raises ContractError where it is not just one name."""
    node = parse_python(line).body[0]
    if not isinstance(node, ast.Import | ast.ImportFrom) or len(node.names) != 1:
        raise ContractError(f"one name an import: {line!r}")
    alias = node.names[0]
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    return Imported((alias.asname or alias.name).split(".")[0], module, alias.name)
