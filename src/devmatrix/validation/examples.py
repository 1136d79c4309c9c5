"""Level 1, executed: takes contracts with examples, gives those that their bodies do not keep, run in the sandbox."""

import json
import re
import secrets
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from devmatrix.atoms.contract import Contract
from devmatrix.sandbox.sandbox import Completed, Limits, Sandbox
from devmatrix.sandbox.warm import Warm
from devmatrix.validation.rules import Defect

RULE = "atom.example"
_LIMITS = Limits(seconds=20.0, processes=32, output_bytes=200_000)
_IMPORTED = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
# Runs inside: says for each example what it gave instead; its answer is the marked line, whatever else is printed.
_SCRIPT = """
import importlib, json, sys
mark, module, asked = json.loads(sys.argv.pop())
names = vars(importlib.import_module(module))
found = {}
for name, examples in asked.items():
    found[name] = []
    for call, gives in examples:
        try:
            got, wanted = eval(call, dict(names)), eval(gives, dict(names))
            if got != wanted or type(got) is not type(wanted):
                found[name].append(f"{call} gave {got!r}, must give {wanted!r}")
        except Exception as error:
            found[name].append(f"{call} raised {type(error).__name__}: {error}")
print()
print(mark + json.dumps(found))
"""
_Found = dict[str, tuple[Defect, ...]]


class Examples:
    """Executes examples: each contract's in a fork of a warm process, so that most of what is wrong is known at once;
    what passes there is confirmed in a fresh sandbox, all contracts of a file together, since code that runs in
    the warm one could forge the verdict on other code.
    """

    def __init__(self, sandbox: Sandbox, environment: Path, workspace: Path) -> None:
        """`workspace`: a folder for copies of what is judged, its own."""
        self._sandbox = sandbox
        self._environment = environment
        self._workspace = workspace
        self._warm: Warm | None = None

    def judge(self, contracts: Sequence[Contract], tree: Path) -> Mapping[str, tuple[Defect, ...]]:
        """By id of the contract, what is wrong with its body in the folder `tree`, which stays as it is. A run that
        tells nothing is a defect, too.
        """
        warm = self._warmed(tree)
        found: _Found = {}
        with warm.copy_of(tree) as folder:
            for contract in contracts:
                found |= _judge(
                    (contract,),
                    lambda argument: warm.run(_SCRIPT, (argument,), folder=folder, seconds=_LIMITS.seconds),
                )
        files: dict[str, list[Contract]] = defaultdict(list)
        for contract in contracts:
            if not found[contract.id]:
                files[contract.path].append(contract)
        for passed in files.values():
            found |= self._confirm(passed, tree)
        return found

    def close(self) -> None:
        """End the warm process; the next contracts get a new one."""
        if self._warm is not None:
            self._warm.close()

    def _confirm(self, contracts: Sequence[Contract], tree: Path) -> _Found:
        with tempfile.TemporaryDirectory(dir=self._workspace.parent, ignore_cleanup_errors=True) as root:
            project = Path(root) / "tree"
            shutil.copytree(tree, project, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            return _judge(
                contracts,
                lambda argument: self._sandbox.run(
                    ("python", "-c", _SCRIPT, argument), project=project, environment=self._environment, limits=_LIMITS
                ),
            )

    def _warmed(self, tree: Path) -> Warm:
        if self._warm is None:
            self._workspace.mkdir(parents=True, exist_ok=True)
            self._warm = Warm(
                self._sandbox,
                project=self._workspace,
                environment=self._environment,
                modules=_foreign_imports(tree),
                limits=_LIMITS,
            )
        return self._warm


def _judge(contracts: Sequence[Contract], run: Callable[[str], Completed]) -> _Found:
    """All of one file."""
    mark = secrets.token_hex(16)
    module = ".".join(PurePosixPath(contracts[0].path).with_suffix("").parts)
    asked = {contract.id: [(example.call, example.gives) for example in contract.examples] for contract in contracts}
    ended = run(json.dumps([mark, module, asked]))
    told = _told(ended, mark)
    if isinstance(told, str):
        return {contract.id: (Defect(RULE, told),) for contract in contracts}
    missing: list[object] = ["its examples were left out of the answer"]
    return {
        contract.id: tuple(Defect(RULE, str(message)[:500]) for message in told.get(contract.id, missing))
        for contract in contracts
    }


def _told(ended: Completed, mark: str) -> dict[str, list[object]] | str:
    """What was found, or why that is not known."""
    if ended.timed_out:
        return f"its examples did not end in {_LIMITS.seconds:.0f} s"
    lines = [line for line in ended.stdout.splitlines() if line.startswith(mark)]
    said = (ended.stderr or ended.stdout).strip()[-500:] or "nothing was said"
    if ended.exit_code or not lines:
        return f"its examples could not be run: {said}"
    try:
        told = json.loads(lines[-1][len(mark) :])
    except ValueError:
        return f"its examples gave an answer that cannot be read: {lines[-1][len(mark) :][:200]}"
    if not isinstance(told, dict) or not all(isinstance(messages, list) for messages in told.values()):
        return "its examples gave an answer of another form"
    return told


def _foreign_imports(tree: Path) -> tuple[str, ...]:
    """Modules from elsewhere that the files of the tree import: worth having before any of them is run."""
    own = {path.stem for path in tree.iterdir()}
    named = (
        name for path in sorted(tree.rglob("*.py")) for name in _IMPORTED.findall(path.read_text(encoding="utf-8"))
    )
    return tuple(sorted({name for name in named if name.split(".")[0] not in own | {"__future__"}}))
