"""Level 2: the project declares what it is installed from, and imports nothing else."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from devmatrix.atoms.evidence import Finding
from devmatrix.stacks.stack import Boot
from devmatrix.syntax import parse_python
from devmatrix.validation.ledger import Ledger, project_files

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_TESTS = "tests"


def check_requirements(ledger: Ledger, boot: Boot, project: Path, environment: Path) -> None:
    """Each requirements file pins just what the judged project ran with; each import is of something declared."""
    pinned: dict[str, dict[str, str]] = {}
    for path, lock in boot.requirements.items():
        pinned[path] = _pins(project / path)
        wanted = _pins(lock)
        differing = sorted(wanted.items() ^ pinned[path].items())
        found = []
        if not wanted or differing:
            shown = ", ".join(f"{name}=={version}" for name, version in differing[:5]) or "nothing is pinned"
            found.append(ledger.finding("requirements", f"not what it was judged with: {shown}", path=path, line=1))
        ledger.record("requirements", path, found, detail=f"{len(pinned[path])} pinned")
    if not boot.requirements:
        ledger.record("requirements", "project", [ledger.finding("requirements", "the project declares nothing")])
        return
    _check_imports(ledger, project, _declared(environment, pinned))


def _check_imports(ledger: Ledger, project: Path, declared: tuple[frozenset[str], frozenset[str]]) -> None:
    run, test = declared
    files = [path for path in project_files(project) if path.suffix == ".py"]
    own = {path.relative_to(project).parts[0].removesuffix(".py") for path in files}
    for path in files:
        place = path.relative_to(project)
        known = (test if place.parts[0] == _TESTS else run) | own | sys.stdlib_module_names
        ledger.record("declared", place.as_posix(), list(_undeclared(ledger, path, place.as_posix(), known)))


def _undeclared(ledger: Ledger, path: Path, place: str, known: frozenset[str]) -> Iterator[Finding]:
    try:
        tree = parse_python(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        yield ledger.finding("declared", f"cannot be read: {error}", path=place, line=1)
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), level=0):
                names = [module]
            case _:
                continue
        for name in names:
            if name.partition(".")[0] not in known:
                message = f"imports {name}, which no requirement declares"
                yield ledger.finding("declared", message, path=place, line=node.lineno)


def _declared(environment: Path, pinned: dict[str, dict[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
    """Top-level names that may be imported by (the product, its tests): of the first file, and of all files."""
    names = {_normal(each.name): _modules(each) for each in distributions(path=_site_packages(environment))}
    run, *_ = pinned.values()
    everything = {name for pins in pinned.values() for name in pins}
    return _union(names, run), _union(names, everything)


def _union(names: dict[str, frozenset[str]], wanted: "dict[str, str] | set[str]") -> frozenset[str]:
    return frozenset().union(*(names.get(name, frozenset()) for name in wanted))


def _modules(distribution: Distribution) -> frozenset[str]:
    return frozenset(file.parts[0].split(".")[0] for file in distribution.files or () if file.suffix in (".py", ".so"))


def _site_packages(environment: Path) -> list[str]:
    return [str(folder) for folder in sorted((environment / "lib").glob("python3.*/site-packages"))]


def _pins(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    return {_normal(name): version for name, version in _PIN.findall(path.read_text(encoding="utf-8"))}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
