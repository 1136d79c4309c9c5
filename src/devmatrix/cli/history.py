"""`devmatrix runs` and `devmatrix show`: what is kept of earlier runs."""

import json as json_module
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from devmatrix.cli.rendering.summary import LEVELS, SHOWN
from devmatrix.cli.screen import open_console
from devmatrix.cli.text import count, duration, line, money, share
from devmatrix.errors import UserError
from devmatrix.settings import Settings
from devmatrix.storage import AtomRecord, EvidenceRecord, RunRecord, StoredRun, open_store


def runs_command(*, limit: int, json: bool) -> int:
    """List the runs, newest first."""
    with closing(open_store(Settings.read().database)) as store:
        runs = store.runs(limit)
    if json:
        for run in runs:
            print(run.model_dump_json())
        return 0
    console = open_console()
    if not runs:
        console.print('There are no runs yet: devmatrix build "Create a REST API for user management" makes one.')
        return 0
    console.print(_table(runs))
    return 0


def show_command(prefix: str, *, json: bool) -> int:
    """Show the run whose id begins with `prefix`."""
    try:
        prefix.encode()
    except UnicodeEncodeError as error:
        raise UserError("that is no run's id", mend="`devmatrix runs` lists them") from error
    with closing(open_store(Settings.read().database)) as store:
        run = store.run(prefix)
        atoms = store.atoms(run.id)
        evidence = store.evidence(run.id)
    retried = [atom for atom in atoms if atom.attempts > 1]
    levels = _levels(evidence)
    if json:
        shown = run.model_dump(mode="json") | {
            "levels": {str(level): dict(zip(("ran", "passed"), sums, strict=True)) for level, sums in levels.items()},
            "retried": [
                atom.model_dump(mode="json", include={"id", "attempts", "accepted", "author"}) for atom in retried
            ],
        }
        print(json_module.dumps(shown))
        return 0
    console = open_console()
    _write_run(console, run, atoms)
    _write_levels(console, levels)
    _write_unproven(console, run)
    _write_list(
        console,
        "Atoms that took more than one attempt",
        [f"{atom.id}: {atom.attempts} attempts, {'accepted' if atom.accepted else 'not accepted'}" for atom in retried],
    )
    return 0


def _table(runs: Sequence[RunRecord]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("run", "began", "status", "took", "cost"):
        table.add_column(name, no_wrap=True)
    table.add_column("what", overflow="ellipsis", no_wrap=True)
    for run in runs:
        began = f"{run.created_at:%Y-%m-%d %H:%M}"
        took = duration(run.seconds) if run.finished_at else ""
        what = line(run.title or run.request, 80)
        table.add_row(*map(Text, (run.id, began, run.status.value, took, money(run.cost_usd), what)))
    return table


def _write_run(console: Console, run: StoredRun, atoms: Sequence[AtomRecord]) -> None:
    accepted = sum(atom.accepted for atom in atoms)
    first = sum(atom.accepted and atom.attempts == 1 for atom in atoms)
    console.print(Text.assemble((run.status.value, "bold"), f": {line(run.title or run.request)}"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    rows = {
        "run": run.id,
        "request": line(run.request),
        "began": f"{run.created_at:%Y-%m-%d %H:%M:%S} UTC",
        "took": duration(run.seconds) if run.finished_at else "not ended",
        "cost": money(run.cost_usd),
        "project": line(run.out, 4096),
        "atoms": f"{share(accepted, len(atoms))} accepted, {share(first, len(atoms))} at first" if atoms else "none",
    }
    for name, value in rows.items():
        grid.add_row(name, Text(value))
    console.print(grid)


def _levels(evidence: Iterable[EvidenceRecord]) -> dict[int, tuple[int, int]]:
    """Level -> checks that ran, and that passed."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for entry in evidence:
        sums[entry.level][0] += 1
        sums[entry.level][1] += entry.passed
    return {level: (ran, passed) for level, (ran, passed) in sorted(sums.items())}


def _write_levels(console: Console, levels: Mapping[int, tuple[int, int]]) -> None:
    console.print(Text("Evidence", style="bold"))
    for level, name in LEVELS.items():
        ran, passed = levels.get(level, (0, 0))
        console.print(
            f"- level {level}, {name}: " + (f"{passed:,} of {count(ran, 'check')} passed" if ran else "nothing ran")
        )


def _write_unproven(console: Console, run: StoredRun) -> None:
    if run.report is None:
        console.print("There is no report: the run ended before anything could be proven.")
        return
    _write_list(console, "Requirements that are not proven", list(_unproven(run.report)))


def _unproven(report: Mapping[str, JsonValue]) -> Iterable[str]:
    requirements = report["requirements"]
    if isinstance(requirements, list):
        for requirement in requirements:
            if isinstance(requirement, dict) and not requirement["proven"]:
                yield f"{requirement['id']} ({requirement['level']}): {requirement['text']}"


def _write_list(console: Console, title: str, items: Sequence[str]) -> None:
    if not items:
        console.print(f"{title}: none")
        return
    console.print(Text(f"{title}: {len(items):,}", style="bold"))
    for item in items[:SHOWN]:
        console.print(Text(f"- {line(item, 400)}"))
    if len(items) > SHOWN:
        console.print(f"- and {len(items) - SHOWN:,} more (--json shows all)")
