"""SQL that is put together from text: takes a definition, gives the places where values become part of a statement."""

import ast
from collections.abc import Iterator, Sequence

from devmatrix.syntax import parse_statements

_STATEMENTS = frozenset({"text", "literal_column", "exec_driver_sql"})
"""SQLAlchemy's doors for SQL as text: only what is fixed may go through them."""
_RUNNERS = frozenset({"execute", "executemany", "executescript", "scalar", "scalars", "stream"})
"""Take built statements most often; text that is put together never."""
_BUILDERS = frozenset({"format", "format_map", "join", "replace"})


def composed_sql(definition: ast.AST, imports: Sequence[str]) -> Iterator[ast.expr]:
    """The expressions of SQL that hold more than fixed text. `imports`: the statements that the code brings along."""
    texts = _Texts(definition)
    doors = _doors([definition, *parse_statements(imports)])
    for node in ast.walk(definition):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called, argument = _called(node.func), node.args[0]
        if (called in doors and not texts.fixed(argument)) or (called in _RUNNERS and texts.composed(argument)):
            yield argument


class _Texts:
    """What the local names of a definition hold."""

    def __init__(self, definition: ast.AST) -> None:
        self._assigned: dict[str, list[ast.expr]] = {}
        self._unknown: set[str] = set()
        for node in ast.walk(definition):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._assigned.setdefault(name, []).append(value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self._assigned.setdefault(name, []).append(value)
                case ast.AugAssign(target=ast.Name(id=name), value=value):
                    self._assigned.setdefault(name, []).append(value)
                case ast.NamedExpr(target=ast.Name(id=name), value=value):
                    self._assigned.setdefault(name, []).append(value)
                case ast.For(target=ast.Name(id=name), iter=ast.Tuple(elts=items) | ast.List(elts=items)):
                    self._assigned.setdefault(name, []).extend(items)
                case ast.arg(arg=name):
                    self._unknown.add(name)
                case ast.Name(id=name, ctx=ast.Store()):
                    self._assigned.setdefault(name, [])

    def fixed(self, node: ast.expr, seen: frozenset[str] = frozenset()) -> bool:
        """Whether it is the same text whatever comes in."""
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr(values=parts):
                return all(self.fixed(part, seen) for part in parts)
            case ast.FormattedValue(value=value):
                return self.fixed(value, seen)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.fixed(left, seen) and self.fixed(right, seen)
            case ast.IfExp(body=one, orelse=other):
                return self.fixed(one, seen) and self.fixed(other, seen)
            case ast.Subscript(value=value):  # one of so many
                return self.fixed(value, seen)
            case ast.Name(id=name):
                return self._fixed_name(name, seen)
        return False

    def composed(self, node: ast.expr, seen: frozenset[str] = frozenset()) -> bool:
        """Whether it is text for certain, and not fixed."""
        match node:
            case ast.JoinedStr():
                return not self.fixed(node)
            case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
                sides = (left, right)
                return any(_is_text(side) or self.composed(side, seen) for side in sides) and not self.fixed(node)
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _BUILDERS:
                return _is_text(value) or self.composed(value, seen)
            case ast.Name(id=name) if name not in seen:
                return any(self.composed(value, seen | {name}) for value in self._assigned.get(name, ()))
        return False

    def _fixed_name(self, name: str, seen: frozenset[str]) -> bool:
        if name in self._unknown or name in seen:
            return False
        values = self._assigned.get(name)
        if values is None:  # of the module: a constant, by its name
            return name.isupper()
        return bool(values) and all(self.fixed(value, seen | {name}) for value in values)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _doors(trees: Sequence[ast.AST]) -> frozenset[str]:
    """The names that SQL goes in by: SQLAlchemy's own, its aliases, but none that comes from elsewhere."""
    doors = set(_STATEMENTS)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                ours = (node.module or "").split(".")[0] == "sqlalchemy"
                for alias in node.names:
                    name = alias.asname or alias.name
                    if ours and alias.name in _STATEMENTS:
                        doors.add(name)
                    elif not ours:
                        doors.discard(name)
    return frozenset(doors)


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
