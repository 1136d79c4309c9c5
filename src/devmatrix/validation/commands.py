"""Level 4: what the README tells its reader to type works, and nothing is told that nobody tried."""

import re
from pathlib import Path

from devmatrix.atoms.evidence import Finding
from devmatrix.sandbox.sandbox import Limits, Sandbox
from devmatrix.stacks.stack import Boot
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.scenarios.database import SqliteRows
from devmatrix.validation.scenarios.failure import ServiceFailure

_FENCE = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LIMITS = Limits(seconds=120.0)


def check_readme(ledger: Ledger, boot: Boot, project: Path) -> None:
    """Its shell blocks hold how to install, serve and test, and no command that is not executed in this judgement."""
    readme = project / "README.md"
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else ""
    told = [command for block in _FENCE.findall(text) for command in _commands(block)]
    serve, executed = " ".join(boot.serve), {" ".join(command) for command in (boot.test, *boot.commands)}
    found = []
    for command in told:
        if command not in executed and command not in boot.install and not serve.startswith(command):
            found.append(f"tells `{command}`, which nothing has tried")
    if not any(serve.startswith(command) for command in told):
        found.append("does not tell how to start the service")
    found += [f"does not tell `{command}`" for command in (" ".join(boot.test), *boot.install) if command not in told]
    findings = [ledger.finding("readme", f"the README {each}", path="README.md", line=1) for each in found]
    ledger.record("readme", "README.md", findings, detail=f"{len(told)} commands")


def check_commands(ledger: Ledger, boot: Boot, sandbox: Sandbox, project: Path, environment: Path) -> None:
    """Boot.commands end well, one after the other in `project`; what fills the database does so, and only once."""
    for command in boot.commands:
        shown = " ".join(command)
        found = _run(ledger, command, boot, sandbox, project, environment)
        if command == boot.seed and not found:
            before = _rows(project / boot.database_file)
            found = _run(ledger, command, boot, sandbox, project, environment)
            after = _rows(project / boot.database_file)
            if not sum(before.values()):
                found.append(ledger.finding("command", f"`{shown}` ended well and left no row"))
            elif before != after:
                found.append(ledger.finding("command", f"`{shown}`, run again, went from {before} rows to {after}"))
        ledger.record("command", shown, found)


def _run(
    ledger: Ledger, command: tuple[str, ...], boot: Boot, sandbox: Sandbox, project: Path, environment: Path
) -> list[Finding]:
    ended = sandbox.run(command, project=project, environment=environment, variables=boot.environment, limits=_LIMITS)
    said = f"{ended.stdout}\n{ended.stderr}".strip()
    if ended.timed_out or ended.exit_code:
        how = f"did not end in {_LIMITS.seconds:.0f} s" if ended.timed_out else f"ended with {ended.exit_code}"
        return [ledger.finding("command", f"`{' '.join(command)}` {how}: {said[-2000:]}", trace=said)]
    return []


def _commands(block: str) -> list[str]:
    lines = (line.partition(" #")[0].strip() for line in block.splitlines())
    return [part.strip() for line in lines if line and not line.startswith("#") for part in line.split("&&")]


def _rows(database: Path) -> dict[str, int]:
    """Rows of each table."""
    rows = SqliteRows(database)
    try:
        rows.snapshot()
        return rows.counts
    except ServiceFailure:
        return {}
    finally:
        rows.close()
