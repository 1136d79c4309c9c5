"""Python text to a syntax tree, from any thread."""

import ast

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
