"""Defects of effects: something is left out, given too early, or another thing than what was meant."""

import ast
import re
from collections.abc import Iterator

from devmatrix.llm.testing.defects.defect import Edit, EditDefect, Offsets, functions, outside_of_texts, working_body

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_CONSTANTS = {"bool": ("True", "False"), "str": ('""',), "int": ("0", "1"), "float": ("0.0",), "list": ("[]",)}


class StatementDropped(EditDefect):
    """A step that is not taken."""

    name = "statement_dropped"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """A call whose answer nobody takes, or a value that is set on something."""
        offsets = Offsets(code)
        for node in ast.walk(tree):
            match node:
                case ast.Expr(value=ast.Call() | ast.Await()):
                    yield Edit(*offsets.of(node), "pass")
                case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.AugAssign():
                    yield Edit(*offsets.of(node), "pass")


class TransactionSplit(EditDefect):
    """Half of a change stays when the other half fails."""

    name = "transaction_split"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """What was done so far committed in the middle."""
        offsets = Offsets(code)
        for function in functions(tree):
            arguments = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
            if isinstance(function, ast.AsyncFunctionDef) and "session" in arguments:
                for statement in working_body(function)[1:]:
                    start = offsets.of(statement)[0]
                    yield Edit(start, start, f"await session.commit()\n{' ' * statement.col_offset}")


class WrongWord(EditDefect):
    """Another name for a key, a header, a field or a state."""

    name = "wrong_word"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Wherever such a word stands as a text of its own."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
                yield Edit(*offsets.of(node), repr(node.value + "x"))


class WrongError(EditDefect):
    """Refused for another reason than it is."""

    name = "wrong_error"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """An error of Python itself, or another one that the same code knows."""
        offsets = Offsets(code)
        raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
        names = {ast.unparse(call.func) for call in raised}
        for call in raised:
            for other in sorted(names | {"ValueError"}):
                yield Edit(*offsets.of(call.func), other)


class ConstantAnswer(EditDefect):
    """The same answer whatever is asked."""

    name = "constant_answer"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """What is returned replaced by a value of the declared type."""
        offsets = Offsets(code)
        for function in functions(tree):
            declared = ast.unparse(function.returns) if function.returns else ""
            values = list(_CONSTANTS.get(declared.partition("[")[0], ()))
            values += ["None"] * declared.endswith("| None")
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    for value in values:
                        yield Edit(*offsets.of(node.value), value)


class ArgumentsSwapped(EditDefect):
    """The right values in each other's place."""

    name = "arguments_swapped"

    def edits(self, code: str, tree: ast.Module) -> Iterator[Edit]:
        """Two neighbours among the arguments of a call."""
        offsets = Offsets(code)
        for node in outside_of_texts(tree):
            if not isinstance(node, ast.Call):
                continue
            for one, other in zip(node.args, node.args[1:], strict=False):
                (start, middle), (gap, end) = offsets.of(one), offsets.of(other)
                yield Edit(start, end, code[gap:end] + code[middle:gap] + code[start:middle])
