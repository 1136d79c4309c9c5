"""The graph of atoms: acyclic by construction, because an atom can only depend on atoms added before it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Self

from devmatrix.atoms.contract import Atom
from devmatrix.errors import ContractError


class AtomGraph:
    """Atoms in an order in which each follows all that it depends on."""

    def __init__(self) -> None:
        self._atoms: dict[str, Atom] = {}
        self._dependents: dict[str, list[str]] = defaultdict(list)
        self._depth: dict[str, int] = {}

    @classmethod
    def of(cls, atoms: Iterable[Atom]) -> Self:
        """A graph of `atoms`, which come in order of dependency."""
        graph = cls()
        for atom in atoms:
            graph.add(atom)
        return graph

    def add(self, atom: Atom) -> None:
        """Add an atom. Raises ContractError if it is there already, or depends on one that is not there yet."""
        if atom.id in self._atoms:
            raise ContractError(f"the atom {atom.id} is there twice")
        missing = [needed for needed in atom.depends_on if needed not in self._atoms]
        if missing:
            raise ContractError(f"the atom {atom.id} depends on {missing[0]}, which does not come before it")
        self._atoms[atom.id] = atom
        self._depth[atom.id] = 1 + max((self._depth[needed] for needed in atom.depends_on), default=-1)
        for needed in atom.depends_on:
            self._dependents[needed].append(atom.id)

    def __len__(self) -> int:
        return len(self._atoms)

    def __iter__(self) -> Iterator[Atom]:
        return iter(self._atoms.values())

    def __getitem__(self, atom_id: str) -> Atom:
        return self._atoms[atom_id]

    def dependents(self, atom_id: str) -> tuple[str, ...]:
        """The atoms that depend on it directly."""
        return tuple(self._dependents.get(atom_id, ()))

    def waves(self) -> tuple[tuple[str, ...], ...]:
        """Atom ids by depth: a way to show progress, not how they are scheduled."""
        rows: dict[int, list[str]] = defaultdict(list)
        for atom_id, depth in self._depth.items():
            rows[depth].append(atom_id)
        return tuple(tuple(rows[depth]) for depth in sorted(rows))
