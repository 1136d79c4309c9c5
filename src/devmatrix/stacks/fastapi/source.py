"""What the blueprints of this stack write, and how it becomes contracts, atoms and candidates.

A blueprint gives whole symbols; everything else is derived from their text, so that it cannot drift from it: the face
(`atoms.faces`), the imports that the face and each body need, and the atoms that each atom depends on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devmatrix.atoms.candidate import AuthorKind, Candidate
from devmatrix.atoms.contract import Atom, AtomKind, Contract, Example, Module
from devmatrix.atoms.faces import face_of
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import ContractError
from devmatrix.planning.plan import MasterPlan, Task
from devmatrix.stacks.fastapi.mentions import imported_by, mentions_of
from devmatrix.stacks.stack import Design


@dataclass(frozen=True)
class Symbol:
    """One unit, whole: a function or class with decorators, signature, docstring and body; or the text of a file."""

    name: str
    source: str
    kind: AtomKind = AtomKind.FUNCTION
    operations: tuple[str, ...] = ()
    """Ids of the operations, or `Entity.rule`, that it is for; none: all requirements of its task."""
    raises: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    is_open: bool = False
    """No blueprint knows its body: `source` is what stands there where nobody writes it."""
    offers: tuple[str, ...] = ()
    """Of an open symbol: names, or `module.name`, that its body may use, all bound by the imports of its module."""

    @property
    def naming(self) -> str:
        """Source of all that it names: of an open symbol its face, and what its body may name."""
        return "\n".join([face_of(self.source, self.kind), *self.offers]) if self.is_open else self.source


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
    needs = _needs_of_operations(document)
    sources = tuple(sources)
    known = {f"{source.path}:{symbol.name}" for source in sources for symbol in source.symbols}
    modules: list[Module] = []
    atoms: dict[str, Atom] = {}
    candidates: dict[str, Candidate] = {}
    for source in sources:
        module, written = _module(source)
        modules.append(module)
        candidates |= written
        origins = _origins(source)
        for contract, symbol in zip(module.contracts, source.symbols, strict=True):
            atoms[contract.id] = Atom(
                contract=contract,
                task_id=source.task_id,
                requirement_ids=_requirements(symbol, tasks[source.task_id], needs),
                depends_on=_uses(f"{source.path}:{symbol.name}", symbol, origins, known),
            )
    opened = {f"{source.path}:{item.name}" for source in sources for item in source.symbols if item.is_open}
    return Design(
        modules=tuple(modules),
        atoms=_in_order(atoms),
        blueprints={atom_id: item for atom_id, item in candidates.items() if atom_id not in opened},
        stand_ins={
            atom_id: item.model_copy(update={"author": AuthorKind.STAND_IN})
            for atom_id, item in candidates.items()
            if atom_id in opened
        },
    )


def _module(source: Source) -> tuple[Module, dict[str, Candidate]]:
    bound = {imported_by(line).name: line for line in source.imports}
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
    face_names = {*mentions_of(source.preamble).names, *mentions_of(source.postamble).names}
    for contract in contracts:
        face_names |= mentions_of(contract.face).names | mentions_of(contract.face).quoted
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
    needed = mentions_of(symbol.source).names - face_names
    return tuple(line for name, line in bound.items() if name in needed)


@dataclass(frozen=True)
class _Origins:
    """What the names of a module stand for."""

    symbols: Mapping[str, str]
    """Name -> id of an atom."""
    modules: Mapping[str, str]
    """Name -> path of the module, where it may be one."""


def _origins(source: Source) -> _Origins:
    symbols = {other.name: f"{source.path}:{other.name}" for other in source.symbols}
    modules: dict[str, str] = {}
    for line in source.imports:
        one = imported_by(line)
        if one.module:
            folder = one.module.replace(".", "/")
            symbols[one.name] = f"{folder}.py:{one.original}"
            modules[one.name] = f"{folder}/{one.original}.py"
    return _Origins(symbols, modules)


def _uses(own: str, symbol: Symbol, origins: _Origins, known: set[str]) -> tuple[str, ...]:
    """The atoms whose symbols the code names: of its own module, or imported from another (as a name or by module)."""
    if symbol.kind is AtomKind.FILE:
        return ()
    mentions = mentions_of(symbol.naming)
    used = {origins.symbols[name] for name in mentions.names if name in origins.symbols}
    used |= {f"{origins.modules[base]}:{name}" for base, name in mentions.attributes if base in origins.modules}
    return tuple(sorted((used & known) - {own}))


def _needs_of_operations(document: DiscoveryDocument) -> dict[str, list[tuple[int, str]]]:
    """Place and id of the requirements about each operation, and each rule."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, need in enumerate(document.requirements):
        for subject in (*need.operations, *need.rules):
            found.setdefault(subject, []).append((place, need.id))
    return found


def _requirements(symbol: Symbol, task: Task, needs: Mapping[str, list[tuple[int, str]]]) -> tuple[str, ...]:
    narrowed = {need for operation in symbol.operations for need in needs.get(operation, ())}
    return tuple(need for _, need in sorted(narrowed)) or task.requirement_ids


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
