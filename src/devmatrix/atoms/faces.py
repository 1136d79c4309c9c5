"""From whole code to its face: the declaration that stands in the contract tree before any body is written."""

import ast
from collections.abc import Iterator

from devmatrix.atoms.contract import AtomKind
from devmatrix.errors import ContractError
from devmatrix.syntax import parse_python

_STUB = "raise NotImplementedError"
_KEPT_FIELD_ARGUMENTS = frozenset({"default", "default_factory", "alias", "validation_alias", "serialization_alias"})


def face_of(source: str, kind: AtomKind) -> str:
    """The face of one symbol: signature and docstring of a function, its body raising; bases and fields of a class."""
    if kind is AtomKind.FILE:
        return ""
    nodes = parse_python(source).body
    if len(nodes) != 1:
        raise ContractError(f"a symbol is one definition, not {len(nodes)}: {source[:80]!r}")
    node = nodes[0]
    if isinstance(node, ast.ClassDef):
        return ast.unparse(_class_face(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _function_face(source, node)
    raise ContractError(f"neither function nor class: {source[:80]!r}")


def _function_face(source: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    has_docstring = ast.get_docstring(node) is not None
    kept_until = node.body[0].end_lineno if has_docstring else node.body[0].lineno - 1
    lines = source.splitlines()[:kept_until]
    # Whether it yields decides what a call gives, so that is part of the face.
    generator = ["    yield"] if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in _own_parts(node)) else []
    return "\n".join([*lines, f"    {_STUB}", *generator])


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """Everything inside the function, but not inside the functions that it defines."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _own_parts(child)


def _class_face(node: ast.ClassDef) -> ast.ClassDef:
    if any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases):
        return node
    body = [kept for statement in node.body if (kept := _member_face(statement)) is not None]
    node.body = body or [ast.Pass()]
    return node


def _member_face(statement: ast.stmt) -> ast.stmt | None:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        docstring = statement.body[:1] if ast.get_docstring(statement) is not None else []
        statement.body = [*docstring, *parse_python(_STUB).body]
        return statement
    if isinstance(statement, ast.AnnAssign):
        statement.value = _value_face(statement.value)
        return statement
    if isinstance(statement, ast.Assign):
        return statement if isinstance(statement.value, ast.Constant) else None
    return statement


def _value_face(value: ast.expr | None) -> ast.expr | None:
    """What of a field's value belongs to the face: whether it has a default, and under which name it is given."""
    if not isinstance(value, ast.Call):
        return value
    if not isinstance(value.func, ast.Name) or value.func.id != "Field":
        return None
    kept = [keyword for keyword in value.keywords if keyword.arg in _KEPT_FIELD_ARGUMENTS]
    if not kept and not value.args:
        return None
    return ast.Call(func=value.func, args=value.args, keywords=kept)
