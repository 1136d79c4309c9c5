"""Level 1, read from the candidate's text alone: each rule is a small class with an id, and says what it found."""

import ast
import io
import sys
import tokenize
from dataclasses import dataclass
from typing import Protocol

from devmatrix.atoms.candidate import AuthorKind, Candidate
from devmatrix.atoms.contract import MAX_BODY_LINES, AtomKind, Contract
from devmatrix.atoms.faces import face_of
from devmatrix.errors import ContractError
from devmatrix.syntax import parse_python, parse_statements
from devmatrix.validation.reach import reaching
from devmatrix.validation.sql_texts import composed_sql

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Function = ast.FunctionDef | ast.AsyncFunctionDef

MAX_CLASS_LINES = 200
_DENIED = frozenset(
    "cffi code codeop ctypes ftplib imaplib marshal multiprocessing pickle poplib pty runpy shelve smtplib socket "
    "socketserver subprocess telnetlib webbrowser xmlrpc http.client http.server urllib.request importlib".split()
)
_ALLOWED_BELOW = frozenset({"importlib.metadata", "importlib.resources"})
_DENIED_CALLS = frozenset({"__import__", "eval", "exec", "compile", "breakpoint"})
_SUPPRESSIONS = ("noqa", "type: ignore", "type:ignore", "ty: ignore", "pyrefly: ignore", "pyright:", "ruff: ", "mypy:")
_TODO = ("TODO", "FIXME", "XXX")


@dataclass(frozen=True)
class Defect:
    """What a rule found, at a 1-based line of the candidate's code (0: no line)."""

    rule: str
    message: str
    line: int = 0


@dataclass(frozen=True)
class Judged:
    """A candidate that parses, with what it is judged against."""

    candidate: Candidate
    contract: Contract
    definition: Definition
    importable: frozenset[str]
    """Top-level names that its project may import beyond the standard library."""


class Rule(Protocol):
    """One check of a parsed candidate."""

    id: str

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """What is wrong; empty when nothing is."""
        ...


class KeepsContract:
    """Its face is the contract's face: name, arguments, annotations, decorators, docstring, bases, fields."""

    id = "atom.contract"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Compare the two faces as syntax trees."""
        contract = judged.contract
        try:
            face = parse_python(face_of(judged.candidate.code.strip("\n"), contract.kind))
        except (ContractError, SyntaxError) as error:
            return (Defect(self.id, f"no face can be taken of it: {error}", 1),)
        wanted = parse_python(contract.face)
        if ast.dump(face) == ast.dump(wanted):
            return ()
        return (Defect(self.id, _difference(face.body[0], wanted.body[0]), judged.definition.lineno),)


class Size:
    """A function's body has at most so many lines; a class has a generous limit. Docstring, comments and blank lines
    do not count: nobody shall save on them.
    """

    id = "atom.size"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Count."""
        node, kind = judged.definition, judged.contract.kind
        limit = MAX_BODY_LINES if kind is AtomKind.FUNCTION and not isinstance(node, ast.ClassDef) else MAX_CLASS_LINES
        lines = _body_lines(judged.candidate.code.strip("\n"), node)
        return (Defect(self.id, f"{lines} lines in its body; at most {limit}", node.lineno),) if lines > limit else ()


class NoStub:
    """It does something, and leaves nothing for later."""

    id = "atom.stub"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Look for empty bodies, in methods too, and for notes that something is still to be done."""
        found = [
            Defect(self.id, f"{node.name} does nothing: its body is a stub", node.lineno)
            for node in ast.walk(judged.definition)
            if isinstance(node, _Function) and _is_stub(node)
        ]
        for token in _comments(judged.candidate.code):
            if any(word in token.string for word in _TODO):
                found.append(Defect(self.id, f"left for later: {token.string.strip()}", token.start[0]))
        return tuple(found)


class Asserts:
    """A test asserts something that can be false."""

    id = "atom.asserts"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Look for an assert, pytest.raises or a call of a function whose name says that it asserts."""
        node = judged.definition
        if judged.contract.kind is not AtomKind.TEST or not node.name.startswith("test"):
            return ()
        if any(_asserts(inner) for inner in ast.walk(node)):
            return ()
        return (Defect(self.id, f"{node.name} asserts nothing that could be false", node.lineno),)


class Imports:
    """It imports the project, what the project declares, and harmless parts of the standard library."""

    id = "atom.imports"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Look at the imports it brings and at those in its body, and at calls that run text as code."""
        found: list[Defect] = []
        for line in judged.candidate.imports:
            statements = list(parse_statements([line]))
            if len(statements) != 1 or not isinstance(statements[0], ast.Import | ast.ImportFrom):
                found.append(Defect(self.id, f"not one import statement: {line[:100]!r}"))
                continue
            found += self._statement(statements[0], judged.importable, 0)
        for node in ast.walk(judged.definition):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found += self._statement(node, judged.importable, node.lineno)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DENIED_CALLS:
                found.append(Defect(self.id, f"calls {node.func.id}", node.lineno))
        return tuple(found)

    def _statement(self, node: ast.Import | ast.ImportFrom, importable: frozenset[str], line: int) -> list[Defect]:
        if isinstance(node, ast.ImportFrom):
            if node.level:
                return [Defect(self.id, "a relative import; write it from the project's root", line)]
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            if any(alias.name == "*" for alias in node.names):
                return [Defect(self.id, f"imports everything from {node.module}", line)]
        else:
            names = [alias.name for alias in node.names]
        root = names[0].split(".")[0]
        if root not in importable and root not in sys.stdlib_module_names:
            return [Defect(self.id, f"{root} is neither of this project nor declared by it", line)]
        if _is_denied(names):
            return [Defect(self.id, f"{names[0]} may not be imported", line)]
        return []


class NoSuppression:
    """It silences no checker."""

    id = "atom.suppression"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Look for comments that checkers obey."""
        return tuple(
            Defect(self.id, f"silences a checker: {token.string.strip()}", token.start[0])
            for token in _comments(judged.candidate.code)
            if any(mark in token.string for mark in _SUPPRESSIONS)
        )


class NoSqlText:
    """SQL is built with bound values, never put together from text and values."""

    id = "atom.sql"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Look at all that SQL goes in by as text."""
        return tuple(
            Defect(
                self.id,
                f"SQL is put together from text: {ast.unparse(node)[:100]}; use the query builder, or bound parameters",
                node.lineno,
            )
            for node in composed_sql(judged.definition, judged.candidate.imports)
        )


class Reach:
    """What a model wrote reaches for nothing outside the project: files, processes, networks, the inside of Python.

    Blueprints do where they must, and tests may.
    """

    id = "atom.reach"

    def check(self, judged: Judged) -> tuple[Defect, ...]:
        """Look at imports, calls and names."""
        candidate = judged.candidate
        if candidate.author not in (AuthorKind.MODEL, AuthorKind.RECORDED) or judged.contract.path.startswith("tests/"):
            return ()
        asked = {what for node in parse_statements([judged.contract.face]) for what, _ in reaching(node, ())}
        found = reaching(judged.definition, candidate.imports)
        return tuple(
            Defect(self.id, f"{what}: no contract asks for that", line) for what, line in found if what not in asked
        )


RULES: tuple[Rule, ...] = (
    KeepsContract(),
    Size(),
    NoStub(),
    Asserts(),
    Imports(),
    NoSuppression(),
    NoSqlText(),
    Reach(),
)


def parse_symbol(code: str) -> Definition | Defect:
    """The one definition that the code consists of, or what is wrong."""
    try:
        nodes = parse_python(code.strip("\n")).body
        compile(code.strip("\n"), "candidate", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Defect("atom.parses", f"does not parse: {error}", getattr(error, "lineno", 0) or 0)
    if len(nodes) != 1 or not isinstance(nodes[0], Definition):
        return Defect("atom.parses", f"must be one function or class and nothing else, not {len(nodes)} statements", 1)
    return nodes[0]


def body_without_docstring(node: Definition) -> list[ast.stmt]:
    """The statements that do something."""
    return node.body[1:] if ast.get_docstring(node) is not None else node.body


def _body_lines(code: str, node: Definition) -> int:
    statements = body_without_docstring(node)
    if not statements:
        return 0
    lines = code.splitlines()[statements[0].lineno - 1 : statements[-1].end_lineno]
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


def _is_denied(names: list[str]) -> bool:
    if any(name in _ALLOWED_BELOW for name in names):
        return False
    first = names[0].split(".")
    prefixes = {".".join(first[:length]) for length in range(1, len(first) + 1)}
    return bool(_DENIED & (prefixes | set(names)))


def _is_stub(node: _Function) -> bool:
    statements = body_without_docstring(node)
    if len(statements) > 1:
        return False
    return not statements or _does_nothing(statements[0])


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case ast.Assert(test=ast.Constant()):
            return True
    return False


def _asserts(node: ast.AST) -> bool:
    match node:
        case ast.Assert(test=test):
            return not isinstance(test, ast.Constant)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr="raises" | "fail" | "warns")):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.lstrip("_").startswith(("assert", "expect", "check"))
    return False


def _comments(code: str) -> list[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(code.strip("\n") + "\n").readline)
    return [token for token in tokens if token.type == tokenize.COMMENT]


def _difference(found: ast.stmt, wanted: ast.stmt) -> str:
    """A sentence on the first thing that differs between two faces."""
    if type(found) is not type(wanted):
        return f"is {_word(found)}, must be {_word(wanted)}"
    for part in ("name", "decorator_list", "args", "returns", "bases", "keywords"):
        if _text(found, part) != _text(wanted, part):
            return f"{part.removesuffix('_list')}: has {_text(found, part)!r}, must have {_text(wanted, part)!r}"
    if isinstance(found, Definition) and isinstance(wanted, Definition):
        if ast.get_docstring(found) != ast.get_docstring(wanted):
            return "the docstring is not the contract's"
        ours, theirs = (list(map(ast.unparse, node.body)) for node in (found, wanted))
        missing = [text for text in theirs if text not in ours]
        extra = [text for text in ours if text not in theirs]
        if missing or extra:
            return f"members: missing {missing[:3]}, not in the contract {extra[:3]}"
    return "its declaration is not the contract's (order of members, or type parameters)"


def _text(node: ast.stmt, part: str) -> str:
    value = getattr(node, part, None)
    if isinstance(value, list):
        return ", ".join(ast.unparse(item) for item in value)
    return ast.unparse(value) if isinstance(value, ast.AST) else str(value)


def _word(node: ast.stmt) -> str:
    return {"AsyncFunctionDef": "an async function", "FunctionDef": "a function"}.get(type(node).__name__, "a class")
