"""Python text to a syntax tree, from any thread."""

import ast
from collections.abc import Iterable, Iterator

_TRIES = 100


def parse_python(source: str) -> ast.Module:
    """The tree of `source`. Raises what `ast.parse` raises: SyntaxError, ValueError, RecursionError, MemoryError.

    Before 3.11.5, CPython counts the depth of its tree builder for all threads together: two that parse at the same
    time can make one of them fail with a SystemError, whatever the text (python/cpython#106905). Asked again, it works.
    """
    for _ in range(_TRIES):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)


def parse_statements(sources: Iterable[str]) -> Iterator[ast.stmt]:
    """The statements in `sources`; a source that does not parse is left out."""
    for source in sources:
        try:
            yield from parse_python(source).body
        except (SyntaxError, ValueError):
            continue


def one_import_each(node: ast.Import | ast.ImportFrom) -> list[str]:
    """An import statement as one for each name, as modules keep them."""
    if isinstance(node, ast.Import):
        return [ast.unparse(ast.Import([alias])) for alias in node.names]
    return [ast.unparse(ast.ImportFrom(node.module, [alias], node.level)) for alias in node.names]
