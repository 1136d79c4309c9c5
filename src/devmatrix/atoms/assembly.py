"""Puts a module together from its face and the code of its atoms, and knows which line belongs to which atom."""

from collections.abc import Mapping
from dataclasses import dataclass

from devmatrix.atoms.contract import AtomKind, Module


@dataclass(frozen=True)
class Written:
    """Code for one atom, and the import statements that its body needs beyond the face's."""

    code: str
    imports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Lines `first_line`..`last_line` (1-based, inclusive) belong to the atom."""

    atom_id: str
    first_line: int
    last_line: int


@dataclass(frozen=True)
class Assembled:
    """The text of one file, not yet formatted."""

    path: str
    text: str
    places: tuple[Place, ...]

    def atom_at(self, line: int) -> str | None:
        """The atom that the line belongs to; none for imports and preamble."""
        return next((place.atom_id for place in self.places if place.first_line <= line <= place.last_line), None)


def assemble(module: Module, written: Mapping[str, Written]) -> Assembled:
    """The module's text: symbols with code in `written` (by atom id) as written, all others as their face."""
    if module.contracts and module.contracts[0].kind is AtomKind.FILE:
        return _assemble_file(module, written)
    imports = list(module.imports)
    for contract in module.contracts:
        if contract.id in written:
            imports += [line for line in written[contract.id].imports if line not in imports]
    lines: list[str] = []
    if module.docstring:
        lines += [f'"""{module.docstring}"""', ""]
    lines += sorted(imports, key=_import_order)
    if module.preamble:
        lines += ["", *module.preamble.splitlines()]
    places: list[Place] = []
    for contract in module.contracts:
        code = written[contract.id].code if contract.id in written else contract.face
        lines += ["", ""]
        first = len(lines) + 1
        lines += code.strip("\n").splitlines()
        places.append(Place(contract.id, first, len(lines)))
    if module.postamble:
        lines += ["", "", *module.postamble.splitlines()]
    return Assembled(module.path, "\n".join(lines) + "\n" if lines else "", tuple(places))


def _assemble_file(module: Module, written: Mapping[str, Written]) -> Assembled:
    contract = module.contracts[0]
    text = written[contract.id].code if contract.id in written else contract.face
    return Assembled(module.path, text, (Place(contract.id, 1, text.count("\n") + 1),))


def _import_order(line: str) -> tuple[int, str]:
    return (0 if line.startswith("from __future__") else 1, line)
