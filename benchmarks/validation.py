"""How fast atoms are judged, all four levels, against one cold pytest per atom: `make bench NAME=validation`.

The rival is what is usually done: for each atom a process of pytest that imports its module and looks at it, in the
same sandbox. It proves far less, and its time is only sampled; both are measured in the same run.
"""

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from devmatrix.atoms import Atom, AtomKind, Written
from devmatrix.discovery import Source, discover
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.execution import write_project
from devmatrix.planning import make_plan
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.settings import Settings
from devmatrix.stacks import Design
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.validation import AtomJudge, judge_project
from devmatrix.validation.scenarios import compile_scenarios

REQUEST = Path(__file__).parent / "requests" / "example.txt"
SAMPLE = 15
RATIO = 20.0
COLD = "import {module}\n\n\ndef test_it():\n    assert {module}.{name}\n"


def main() -> int:
    stack = FastAPIStack(Settings.read().home)
    document = discover([Source(REQUEST.read_text(encoding="utf-8"))])
    design = stack.design(document, make_plan(document, stack.outline(document), stack=stack.name, history=None))
    scenarios = compile_scenarios(document)
    root = Path(tempfile.mkdtemp(prefix="devmatrix-bench-"))
    root.chmod(0o755)
    try:
        began = time.monotonic()
        passed = asyncio.run(judge(root, stack, document, design, scenarios))
        seconds = time.monotonic() - began
        cold = [cold_pytest(root / "project", stack, atom) for atom in sampled(design)]
    finally:
        shutil.rmtree(root, ignore_errors=True)
    atoms = len(design.atoms)
    figures = {
        "atoms": atoms,
        "checks_passed": passed,
        "atoms_per_second": round(atoms / seconds, 2),
        "cold_pytest_atoms_per_second": round(1 / statistics.mean(cold), 3),
    }
    figures["ratio"] = round(figures["atoms_per_second"] / figures["cold_pytest_atoms_per_second"], 1)
    print(f"{atoms} atoms, {passed} checks at four levels: {seconds:.2f} s")
    print(f"one cold pytest: {statistics.mean(cold):.2f} s (mean of {len(cold)})")
    print(f"ratio {figures['ratio']} of at least {RATIO:g}")
    print(json.dumps(figures))
    return 0 if figures["ratio"] >= RATIO else 1


async def judge(
    root: Path, stack: FastAPIStack, document: DiscoveryDocument, design: Design, scenarios: Mapping[str, str]
) -> int:
    """All four levels, as in a build. Gives how many checks there were; every one must pass."""
    sandbox = Bubblewrap.find()
    atoms = AtomJudge(design.modules, design.atoms, stack.environment(), root / "atoms", sandbox)
    with closing(atoms):
        atoms.anticipate(design.blueprints.values())
        verdicts = await asyncio.gather(*(atoms.judge(each) for each in design.blueprints.values()))
    written = {key: Written(each.code, each.imports) for key, each in design.blueprints.items()}
    write_project(root / "project", design.modules, written, scenarios)
    evidence = [entry for verdict in verdicts for entry in verdict.evidence]
    async for level in judge_project(root / "project", design, document, stack, sandbox):
        evidence += level.evidence
    failing = [f"{entry.check} {entry.subject}" for entry in evidence if not entry.passed]
    if failing or not evidence:
        raise SystemExit(f"not everything passed: {failing[:5]}")
    return len(evidence)


def sampled(design: Design) -> list[Atom]:
    """Atoms of the product, spread over all of it."""
    judged = [
        atom
        for atom in design.atoms
        if atom.contract.kind in (AtomKind.FUNCTION, AtomKind.CLASS) and atom.contract.path.startswith("app/")
    ]
    return judged[:: max(1, len(judged) // SAMPLE)][:SAMPLE]


def cold_pytest(project: Path, stack: FastAPIStack, atom: Atom) -> float:
    """Seconds of one process that tests one atom."""
    path, name = atom.contract.path, atom.contract.name
    module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    test = project / "tests" / "test_cold.py"
    test.write_text(COLD.format(module=module, name=name), encoding="utf-8")
    argv = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_cold.py")
    done = Bubblewrap.find().run(argv, project=project, environment=stack.environment())
    test.unlink()
    if done.exit_code:
        raise SystemExit(f"the cold pytest of {atom.id} failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.seconds


if __name__ == "__main__":
    sys.exit(main())
