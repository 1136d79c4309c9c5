"""What the blueprints of this stack write, and how it becomes contracts, atoms and candidates.

A blueprint gives whole symbols; everything else is derived from their text, so that it cannot drift from it: the face
(`atoms.faces`), the imports that the face and each body need, and the atoms that each atom depends on.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devmatrix.atoms.candidate import AuthorKind, Candidate
from devmatrix.atoms.contract import Atom, AtomKind, Contract, Example, Module
from devmatrix.atoms.faces import face_of
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import ContractError
from devmatrix.planning.plan import MasterPlan, Task
from devmatrix.stacks.stack import Design


@dataclass(frozen=True)
class Symbol:
    """One unit, whole: a function or class with decorators, signature, docstring and body; or the text of a file."""

    name: str
    source: str
    kind: AtomKind = AtomKind.FUNCTION
    operations: tuple[str, ...] = ()
    """Ids of the operations that it is for; none: all requirements of its task."""
    raises: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Source:
    """One Python module: `imports` may name more than is used; each symbol gets just what it needs."""

    path: str
    task_id: str
    docstring: str
    symbols: tuple[Symbol, ...] = ()
    imports: tuple[str, ...] = ()
    """`import x`, `import x as y`, `from x import y`, `from x import y as z`: one name each."""
    preamble: str = ""
    """Statements between the imports and the symbols that belong to the face."""
    postamble: str = ""
    """Statements after the symbols, which use them."""


def file_source(path: str, task_id: str, text: str) -> Source:
    """A file that is no Python module: one atom, the file itself."""
    return Source(path, task_id, "", (Symbol(path, text, AtomKind.FILE),))


def build_design(sources: Iterable[Source], document: DiscoveryDocument, plan: MasterPlan) -> Design:
    """Contracts, atoms in order of dependency, and candidates for `sources`."""
    tasks = {task.id: task for task in plan.tasks}
    sources = tuple(sources)
    known = {f"{source.path}:{symbol.name}" for source in sources for symbol in source.symbols}
    modules: list[Module] = []
    atoms: dict[str, Atom] = {}
    blueprints: dict[str, Candidate] = {}
    for source in sources:
        module, candidates = _module(source)
        modules.append(module)
        blueprints |= candidates
        for contract, symbol in zip(module.contracts, source.symbols, strict=True):
            atoms[contract.id] = Atom(
                contract=contract,
                task_id=source.task_id,
                requirement_ids=_requirements(symbol, tasks[source.task_id], document),
                depends_on=_uses(source, symbol, known),
            )
    return Design(modules=tuple(modules), atoms=_in_order(atoms), blueprints=blueprints)


def _module(source: Source) -> tuple[Module, dict[str, Candidate]]:
    bound = {_bound_name(line): line for line in source.imports}
    contracts = tuple(
        Contract(
            path=source.path,
            name=symbol.name,
            kind=symbol.kind,
            face=face_of(symbol.source, symbol.kind),
            raises=symbol.raises,
            examples=symbol.examples,
        )
        for symbol in source.symbols
    )
    face_names = _names(source.preamble) | _names(source.postamble)
    for contract in contracts:
        face_names |= _names(contract.face) | quoted_names(contract.face)
    module = Module(
        path=source.path,
        task_id=source.task_id,
        docstring=source.docstring,
        imports=tuple(line for name, line in bound.items() if name in face_names),
        preamble=source.preamble,
        contracts=contracts,
        postamble=source.postamble,
    )
    candidates = {
        contract.id: Candidate(
            atom_id=contract.id,
            code=symbol.source if symbol.kind is AtomKind.FILE else symbol.source.strip("\n") + "\n",
            imports=() if symbol.kind is AtomKind.FILE else _body_imports(symbol, bound, face_names),
            author=AuthorKind.BLUEPRINT,
        )
        for contract, symbol in zip(contracts, source.symbols, strict=True)
    }
    return module, candidates


def _body_imports(symbol: Symbol, bound: Mapping[str, str], face_names: set[str]) -> tuple[str, ...]:
    needed = _names(symbol.source) - face_names
    return tuple(line for name, line in bound.items() if name in needed)


def _uses(source: Source, symbol: Symbol, known: set[str]) -> tuple[str, ...]:
    """The atoms whose symbols the code names: of its own module, or imported from another (as a name or by module)."""
    if symbol.kind is AtomKind.FILE:
        return ()
    origins = {other.name: f"{source.path}:{other.name}" for other in source.symbols}
    packages: dict[str, str] = {}
    for line in source.imports:
        statement = ast.parse(line).body[0]
        if isinstance(statement, ast.ImportFrom) and statement.module:
            alias = statement.names[0]
            folder = statement.module.replace(".", "/")
            origins[alias.asname or alias.name] = f"{folder}.py:{alias.name}"
            packages[alias.asname or alias.name] = f"{folder}/{alias.name}.py"
    tree = ast.parse(symbol.source)
    used = {origins[node.id] for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in origins}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in packages:
            used.add(f"{packages[node.value.id]}:{node.attr}")
    return tuple(sorted((used & known) - {f"{source.path}:{symbol.name}"}))


def _requirements(symbol: Symbol, task: Task, document: DiscoveryDocument) -> tuple[str, ...]:
    if not symbol.operations:
        return task.requirement_ids
    wanted = set(symbol.operations)
    narrowed = tuple(need.id for need in document.requirements if wanted & set(need.operations))
    return narrowed or task.requirement_ids


def _names(text: str) -> set[str]:
    """Identifiers that stand free in the code, the bases of attributes too."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def quoted_names(text: str) -> set[str]:
    """Identifiers inside quoted annotations: they must be imported, but nothing has to stand before what names them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        annotations = [node.annotation] if isinstance(node, ast.arg | ast.AnnAssign) else []
        annotations += [node.returns] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
        for annotation in filter(None, annotations):
            for part in ast.walk(annotation):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found |= _names_in_quotes(part.value)
    return found


def _names_in_quotes(text: str) -> set[str]:
    try:
        return _names(text)
    except SyntaxError:  # a description, a pattern
        return set()


def _bound_name(line: str) -> str:
    node = ast.parse(line).body[0]
    if not isinstance(node, ast.Import | ast.ImportFrom) or len(node.names) != 1:
        raise ContractError(f"one name an import: {line!r}")
    return (node.names[0].asname or node.names[0].name).split(".")[0]


def _in_order(atoms: Mapping[str, Atom]) -> tuple[Atom, ...]:
    """Depth first in the given order. A cycle has no order: ContractError."""
    done: dict[str, Atom] = {}
    entered: list[str] = []

    def visit(atom: Atom) -> None:
        if atom.id in done:
            return
        if atom.id in entered:
            circle = [*entered[entered.index(atom.id) :], atom.id]
            raise ContractError(f"atoms that need each other: {' -> '.join(circle)}")
        entered.append(atom.id)
        for needed in atom.depends_on:
            visit(atoms[needed])
        entered.pop()
        done[atom.id] = atom

    for atom in atoms.values():
        visit(atom)
    return tuple(done.values())
