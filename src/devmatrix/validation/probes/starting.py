"""Starts with settings that are wrong: the process ends by itself, and says in a sentence which setting it is."""

import time
from dataclasses import dataclass
from pathlib import Path

from devmatrix.sandbox.sandbox import Completed, Limits, Sandbox
from devmatrix.stacks.stack import Boot, WrongStart
from devmatrix.validation.ledger import Ledger

RULE = "probe.wrong-start"
_SECONDS = 30.0
_TRACEBACK = "Traceback (most recent call last)"
_LONGEST = 300
"""Characters of a line that people read as a sentence."""


@dataclass(frozen=True)
class Start:
    """One start, and how it ended."""

    wrong: WrongStart
    completed: Completed


def try_starts(boot: Boot, sandbox: Sandbox, project: Path, environment: Path) -> tuple[Start, ...]:
    """Start the project in the folder with each of the stack's wrong settings, one after the other."""
    found = []
    for wrong in boot.wrong_starts:
        variables = {**boot.environment, **wrong.environment}
        limits = Limits(seconds=_SECONDS)
        began = time.monotonic()
        completed = sandbox.run(
            boot.serve, project=project, environment=environment, variables=variables, limits=limits
        )
        found.append(Start(wrong, completed.model_copy(update={"seconds": time.monotonic() - began})))
    return tuple(found)


def check_starts(ledger: Ledger, boot: Boot, starts: tuple[Start, ...]) -> None:
    """Evidence for each wrong setting."""
    told = {name: start for start in starts for name in start.wrong.named}
    for name in dict.fromkeys(name for wrong in boot.wrong_starts for name in wrong.named):
        start = told.get(name)
        defects = ["was not tried"] if start is None else list(_defects(start, name, boot))
        found = [ledger.finding(RULE, f"{name} is wrong: {defect}") for defect in defects]
        seconds = 0.0 if start is None else start.completed.seconds / len(start.wrong.named)
        ledger.record(RULE, name, found, seconds=seconds, detail="a setting that is wrong")


def _defects(start: Start, name: str, boot: Boot) -> list[str]:
    ended = start.completed
    said = f"{ended.stdout}\n{ended.stderr}"
    lines = [line.strip() for line in said.splitlines() if name in line]
    secrets = [key for key in boot.secrets if len(start.wrong.environment.get(key, "")) > 2]
    checks = (
        (ended.timed_out, f"the process still runs after {_SECONDS:.0f} s"),
        (not ended.timed_out and ended.exit_code == 0, "the process ends as if all were well"),
        (ended.exit_code < 0 and not ended.timed_out, f"the process was killed by a signal ({ended.exit_code})"),
        (_TRACEBACK in said, f"it prints a traceback: {said[-600:]}"),
        (not lines, f"what it prints does not name the setting: {said[-600:]}"),
        (bool(lines) and min(map(len, lines)) > _LONGEST, f"no short sentence names it: {lines[:1]}"),
        (any(start.wrong.environment[key] in said for key in secrets), "what it prints holds the secret itself"),
    )
    return [message for wrong, message in checks if wrong]
