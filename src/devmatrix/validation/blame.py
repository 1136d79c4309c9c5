"""From a failure to the atoms that may have caused it: by place, by stack trace, by what a scenario is about."""

import ast
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from devmatrix.atoms.contract import Atom, AtomKind
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.syntax import parse_python

MAX_SUSPECTS = 10
# `File "/project/app/x.py", line 3` as Python prints it, and `app/x.py:3:` as pytest does.
_FRAME = re.compile(r'File "(?:/project/)?(?P<a>[^"\n]+\.py)", line (?P<b>\d+)|^(?P<c>[\w./-]+\.py):(?P<d>\d+):', re.M)
# 'users', "users" and <users>, as messages name what they are about.
_QUOTED = re.compile(r"[\"'<]([A-Za-z_][\w.]*)[\"'>]")

_Symbol = tuple[str, int, int]
"""Name, first and last line."""


class Blame:
    """Knows a project's atoms and where they stand in its files as they are now."""

    def __init__(self, project: Path, atoms: Iterable[Atom], document: DiscoveryDocument) -> None:
        self._project = project
        self._atoms = {atom.id: atom for atom in atoms}
        self._files = frozenset(
            atom.contract.path for atom in self._atoms.values() if atom.contract.kind is AtomKind.FILE
        )
        self._symbols: dict[str, tuple[_Symbol, ...]] = {}
        self._requirements = {
            scenario.id: requirement.id for requirement in document.requirements for scenario in requirement.scenarios
        }

    def by_place(self, path: str, line: int) -> tuple[str, ...]:
        """The atom at the 1-based line of a file; for a whole-file atom, itself; none for imports and the like."""
        if path in self._files:
            return (f"{path}:{path}",)
        for name, first, last in self._symbols_of(path):
            if first <= line <= last and f"{path}:{name}" in self._atoms:
                return (f"{path}:{name}",)
        return ()

    def by_trace(self, text: str) -> tuple[str, ...]:
        """Atoms on the stack, innermost first, tests last: a failing test is a witness, seldom the culprit."""
        found: list[str] = []
        for match in _FRAME.finditer(text):
            path = (match["a"] or match["c"]).removeprefix("./")
            found += self.by_place(path, int(match["b"] or match["d"]))
        ordered = list(dict.fromkeys(reversed(found)))
        return tuple(sorted(ordered, key=lambda atom_id: self._is_test(atom_id)))[:MAX_SUSPECTS]

    def by_scenario(self, scenario_id: str) -> tuple[str, ...]:
        """Atoms of the scenario's requirement; those that serve the fewest requirements first."""
        requirement = self._requirements.get(scenario_id)
        suspects = [
            atom
            for atom in self._atoms.values()
            if requirement in atom.requirement_ids and atom.contract.kind in (AtomKind.FUNCTION, AtomKind.CLASS)
        ]
        suspects.sort(key=lambda atom: len(atom.requirement_ids))
        return tuple(atom.id for atom in suspects[:MAX_SUSPECTS])

    def by_words(self, text: str) -> tuple[str, ...]:
        """Atoms of the product that hold what the text has in quotes or <>, such as a table: most of it first."""
        words = [f'"{word}"' for word in dict.fromkeys(_QUOTED.findall(text))]
        held: Counter[str] = Counter()
        for path in sorted({atom.contract.path for atom in self._atoms.values() if not self._is_test(atom.id)}):
            for number, line in enumerate(self._lines(path), start=1):
                for atom_id in self.by_place(path, number) if any(word in line for word in words) else ():
                    held[atom_id] += sum(word in line for word in words)
        return tuple(atom_id for atom_id, _ in held.most_common(MAX_SUSPECTS))

    def _lines(self, path: str) -> list[str]:
        place = self._project / path
        return place.read_text(encoding="utf-8").splitlines() if path.endswith(".py") and place.is_file() else []

    def _symbols_of(self, path: str) -> tuple[_Symbol, ...]:
        if path not in self._symbols:
            self._symbols[path] = _symbols(self._project / path)
        return self._symbols[path]

    def _is_test(self, atom_id: str) -> bool:
        return self._atoms[atom_id].contract.kind is AtomKind.TEST


def _symbols(path: Path) -> tuple[_Symbol, ...]:
    """Name, first and last line of each definition at the top of a Python file, decorators included."""
    if PurePosixPath(path).suffix != ".py" or not path.is_file():
        return ()
    try:
        nodes = parse_python(path.read_text(encoding="utf-8")).body
    except (SyntaxError, ValueError):
        return ()
    return tuple(
        (node.name, min([node.lineno, *(item.lineno for item in node.decorator_list)]), node.end_lineno or node.lineno)
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
