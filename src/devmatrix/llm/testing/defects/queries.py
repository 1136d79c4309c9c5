"""Defects of queries: the right table, the wrong rows."""

import ast
from collections.abc import Iterator

from devmatrix.llm.testing.defects.defect import Edit, EditDefect, Offsets, outside_of_texts

_NARROWING = frozenset({"where", "filter", "filter_by", "having"})
_DIRECTIONS = {"asc": "desc", "desc": "asc", "nulls_first": "nulls_last", "nulls_last": "nulls_first"}
_PAGING = frozenset({"limit", "offset"})


class FilterIgnored(EditDefect):
    """A condition of a query that is not asked."""

    name = "filter_ignored"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """All conditions of one call gone, or one of several."""
        offsets = Offsets(code)
        for call in _methods(tree, _NARROWING):
            yield Edit(*offsets.of(call), _text(code, offsets, _owner(call)))
            if len(call.args) > 1:
                for left_out in call.args:
                    kept = ", ".join(_text(code, offsets, each) for each in call.args if each is not left_out)
                    yield Edit(offsets.of(call.args[0])[0], offsets.of(call.args[-1])[1], kept)


class OrderLost(EditDefect):
    """A list in another order, or in none."""

    name = "order_lost"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """An order gone, or turned round."""
        offsets = Offsets(code)
        for call in _methods(tree, frozenset({"order_by"})):
            yield Edit(*offsets.of(call), _text(code, offsets, _owner(call)))
        for call in _methods(tree, frozenset(_DIRECTIONS)):
            assert isinstance(call.func, ast.Attribute)
            end = offsets.of(call.func)[1]
            yield Edit(end - len(call.func.attr), end, _DIRECTIONS[call.func.attr])


class PageMissed(EditDefect):
    """A page that begins or ends beside the one that was asked for."""

    name = "page_missed"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """A bound moved by one, or gone."""
        offsets = Offsets(code)
        for call in _methods(tree, _PAGING):
            yield Edit(*offsets.of(call), _text(code, offsets, _owner(call)))
            for bound in call.args[:1]:
                shown = _text(code, offsets, bound)
                yield Edit(*offsets.of(bound), f"({shown}) + 1")


def _methods(tree: ast.Module, names: frozenset[str]) -> Iterator[ast.Call]:
    for node in outside_of_texts(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def _owner(call: ast.Call) -> ast.expr:
    assert isinstance(call.func, ast.Attribute)
    return call.func.value


def _text(code: str, offsets: Offsets, node: ast.expr) -> str:
    start, end = offsets.of(node)
    return code[start:end]
