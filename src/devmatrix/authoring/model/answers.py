"""From what a model said to a candidate: fences and prose around code are cut off, anything else is a finding."""

import ast
import re
import textwrap

from devmatrix.atoms.contract import Atom, AtomKind
from devmatrix.atoms.evidence import EvidenceLevel, Finding
from devmatrix.authoring.author import AuthorKind, Candidate
from devmatrix.llm import Reply, Stop
from devmatrix.syntax import one_import_each, parse_python

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*[\w+-]*[ \t]*\n(?P<code>.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
_MAX_CHARACTERS = 100_000


def read_answer(atom: Atom, reply: Reply) -> Candidate:
    """The candidate in `reply`; its `problems` say what makes it none."""
    code, imports, problems = _read(atom, reply)
    return Candidate(
        atom_id=atom.id,
        code=code,
        imports=imports,
        author=AuthorKind.MODEL,
        model=reply.model,
        cost_usd=reply.cost_usd,
        tokens=0 if reply.reused else reply.usage.total_tokens,
        problems=tuple(_finding(atom, rule, message) for rule, message in problems),
    )


def no_answer(atom: Atom, why: str) -> Candidate:
    """What stands for a question that was not answered."""
    problem = _finding(atom, "answer.missing", why)
    return Candidate(atom_id=atom.id, code="", author=AuthorKind.MODEL, problems=(problem,))


def _finding(atom: Atom, rule: str, message: str) -> Finding:
    path = atom.contract.path
    return Finding(level=EvidenceLevel.ATOM, rule=rule, path=path, message=message, atom_ids=(atom.id,))


_Problems = list[tuple[str, str]]


def _read(atom: Atom, reply: Reply) -> tuple[str, tuple[str, ...], _Problems]:
    text = reply.text.replace("\r\n", "\n").replace("\0", "")
    if reply.stop is Stop.REFUSAL:
        return text[:_MAX_CHARACTERS], (), [("answer.refused", "the model refused to answer")]
    if reply.stop is Stop.LENGTH:
        return text[:_MAX_CHARACTERS], (), [("answer.cut", "the reply was cut off at its maximum length: write less")]
    if not text.strip():
        return "", (), [("answer.empty", "the reply was empty")]
    if len(text) > _MAX_CHARACTERS:
        return text[:_MAX_CHARACTERS], (), [("answer.long", f"the reply has more than {_MAX_CHARACTERS:,} characters")]
    fenced = [match["code"] for match in _FENCE.finditer(text)]
    if atom.contract.kind is AtomKind.FILE:
        whole = fenced[0] if len(fenced) == 1 and text.strip().startswith(("```", "~~~")) else text
        return whole.rstrip("\n") + "\n", (), []
    return _read_python(atom.contract.name, text, fenced)


def _read_python(name: str, text: str, fenced: list[str]) -> tuple[str, tuple[str, ...], _Problems]:
    for source in (*_likely(name, fenced), text):
        source = textwrap.dedent(source).strip("\n")
        try:
            nodes = parse_python(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return _split(name, source, nodes)
    # Not Python: what is nearest to it goes to the judge, whose message names the line.
    return (next(iter(_likely(name, fenced)), text).strip("\n"), (), [])


def _likely(name: str, fenced: list[str]) -> list[str]:
    """Fenced blocks, the one that defines `name` first."""
    return sorted(fenced, key=lambda code: not re.search(rf"\b(def|class)\s+{re.escape(name)}\b", code))


def _split(name: str, source: str, nodes: list[ast.stmt]) -> tuple[str, tuple[str, ...], _Problems]:
    problems: _Problems = []
    imports: list[str] = []
    definitions: list[ast.stmt] = []
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports += one_import_each(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            definitions.append(node)
        else:
            problems.append(("answer.extra", f"a statement beside the definition: {ast.unparse(node)[:80]}"))
    named = [node for node in definitions if getattr(node, "name", "") == name]
    others = [getattr(node, "name", "") for node in definitions if node not in named]
    if not named:
        said = f"it defines {', '.join(others)}" if others else "it defines nothing"
        problems.insert(0, ("answer.name", f"the reply must define {name}; {said}"))
    elif others or len(named) > 1:
        said = ", ".join(others) or f"{name} twice"
        problems.append(("answer.extra", f"the reply must define {name} alone; it defines {said}, too"))
    chosen = named[0] if len(named) == 1 else None
    code = _lines_of(source, chosen) if chosen is not None else source
    return code, tuple(dict.fromkeys(imports)), problems


def _lines_of(source: str, node: ast.stmt) -> str:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
