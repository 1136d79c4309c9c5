"""Defects of decisions: the right steps under the wrong conditions."""

import ast
import re
from collections.abc import Iterator

from devmatrix.llm.testing.defects.defect import Edit, EditDefect, Offsets, outside_of_texts

_ACCESS = re.compile(r"forbidden|unauthori[sz]ed|40[13]|owner|role|permi|access|token|credential", re.IGNORECASE)
_DEMANDS = re.compile(r"(?:^|\.|_)(?:ensure|require|check|verify|assert|authori[sz]e|guard|deny)")
_OPPOSITES: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: (r"is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: (r"in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}


class AccessOpened(EditDefect):
    """Whoever may not, may."""

    name = "access_opened"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """A check of who calls left out."""
        for edit, shown in _guards(code, tree):
            if _ACCESS.search(shown):
                yield edit


class GuardDropped(EditDefect):
    """What must be refused is done."""

    name = "guard_dropped"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Any other check left out."""
        for edit, shown in _guards(code, tree):
            if not _ACCESS.search(shown):
                yield edit


def _guards(code: str, tree: ast.Module) -> Iterator[tuple[Edit, str]]:
    """(its removal, its text) of each `if` that does nothing but raise, and of each call whose name demands."""
    offsets = Offsets(code)
    for node in ast.walk(tree):
        match node:
            case ast.If(body=[*_, ast.Raise()], orelse=[]):
                yield Edit(*offsets.of(node), "pass"), ast.unparse(node)
            case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
                if _DEMANDS.search(ast.unparse(call.func)):
                    yield Edit(*offsets.of(node), "pass"), ast.unparse(node)
            case ast.keyword(arg="dependencies", value=value):
                yield Edit(*offsets.of(value), "[]"), "access"


class ConditionTurned(EditDefect):
    """Done where it must not be, and the other way round."""

    name = "condition_turned"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """The condition of an `if`, of a choice or of a comprehension."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            tests: list[ast.expr] = []
            if isinstance(node, ast.If | ast.IfExp):
                tests = [node.test]
            elif isinstance(node, ast.comprehension):
                tests = node.ifs
            for test in tests:
                start, end = offsets.of(test)
                yield Edit(start, end, f"not ({code[start:end]})")


class JunctionSwapped(EditDefect):
    """`and` for `or`, `or` for `and`."""

    name = "junction_swapped"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Between the first two of what is joined."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            if isinstance(node, ast.BoolOp):
                old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                yield _between(code, offsets, node.values[0], node.values[1], rf"\b{old}\b", new)


class EqualityTurned(EditDefect):
    """Equal for unequal, in for not in."""

    name = "equality_turned"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Wherever two values are compared so."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OPPOSITES:
                old, new = _OPPOSITES[type(node.ops[0])]
                yield _between(code, offsets, node.left, node.comparators[0], old, new)


def _between(code: str, offsets: Offsets, left: ast.expr, right: ast.expr, old: str, new: str) -> Edit:
    start, end = offsets.of(left)[1], offsets.of(right)[0]
    return Edit(start, end, re.sub(old, new, code[start:end], count=1))
