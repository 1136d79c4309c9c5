"""Level 1, executed: takes a contract with examples, gives those that its body does not keep, run in the sandbox."""

import json
from pathlib import Path, PurePosixPath

from devmatrix.atoms.contract import Contract
from devmatrix.sandbox.sandbox import Limits, Sandbox
from devmatrix.validation.rules import Defect

RULE = "atom.example"
_LIMITS = Limits(seconds=20.0, processes=32, output_bytes=200_000)
# Runs inside: says for each example what it gave instead; the last line is the answer, whatever the code prints.
_SCRIPT = """
import importlib, json, sys
asked = json.loads(sys.argv[1])
names = vars(importlib.import_module(asked["module"]))
found = []
for call, gives in asked["examples"]:
    try:
        got, wanted = eval(call, dict(names)), eval(gives, dict(names))
        if got != wanted or type(got) is not type(wanted):
            found.append(f"{call} gave {got!r}, must give {wanted!r}")
    except Exception as error:
        found.append(f"{call} raised {type(error).__name__}: {error}")
print()
print(json.dumps(found))
"""


def run_examples(contract: Contract, tree: Path, sandbox: Sandbox, environment: Path) -> tuple[Defect, ...]:
    """What is wrong with the body that stands in the folder `tree`; a run that tells nothing is a defect, too."""
    module = ".".join(PurePosixPath(contract.path).with_suffix("").parts)
    asked = {"module": module, "examples": [[example.call, example.gives] for example in contract.examples]}
    argv = ("python", "-c", _SCRIPT, json.dumps(asked))
    ended = sandbox.run(argv, project=tree, environment=environment, limits=_LIMITS)
    lines = ended.stdout.strip().splitlines()
    if ended.timed_out:
        return (Defect(RULE, f"its examples did not end in {_LIMITS.seconds:.0f} s"),)
    if ended.exit_code or not lines:
        said = (ended.stderr or ended.stdout).strip()[-500:]
        return (Defect(RULE, f"its examples could not be run: {said or 'nothing was said'}"),)
    found: list[str] = json.loads(lines[-1])
    return tuple(Defect(RULE, message[:500]) for message in found)
