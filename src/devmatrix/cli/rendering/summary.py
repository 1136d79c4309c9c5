"""The end of a run, as people read it."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from devmatrix.cli.text import clean, count, duration, line, money, money_range, share
from devmatrix.events import RunFinished

LEVELS = {1: "atom", 2: "module", 3: "component", 4: "system"}
SHOWN = 10
_STYLES = {"succeeded": "bold green", "incomplete": "bold yellow", "failed": "bold red", "cancelled": "bold yellow"}


def write_summary(console: Console, run: RunFinished) -> None:
    """Print what was built, how far it is proven, what it took, and where it lies."""
    heading = Text.assemble((run.status, _STYLES[run.status]), f": {line(run.title)}")
    console.print()
    console.print(heading)
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in _rows(run):
        table.add_row(name, Text(value))
    console.print(table)
    write_missing(console, run.missing)
    if run.status in ("succeeded", "incomplete"):
        # Commands are copied: never wrapped, whatever the width.
        console.print(Text("run it    ", style="dim").append(clean(run.serve_command), style="bold"), soft_wrap=True)
        console.print(Text("test it   ", style="dim").append(clean(run.test_command), style="bold"), soft_wrap=True)


def write_missing(console: Console, missing: tuple[str, ...]) -> None:
    """Print what is missing and why, the first ones in full."""
    if not missing:
        return
    console.print(Text("missing", style="bold"))
    for text in missing[:SHOWN]:
        console.print(Text(f"- {line(text, 400)}"))
    if len(missing) > SHOWN:
        console.print(Text(f"- and {len(missing) - SHOWN:,} more: see the report"))


def _rows(run: RunFinished) -> list[tuple[str, str]]:
    proven = run.precision
    passed, total = proven.must_passed + proven.should_passed, proven.must_total + proven.should_total
    authors = ", ".join(f"{number:,} {line(author)}" for author, number in sorted(run.atoms_by_author.items()))
    must, should = share(proven.must_passed, proven.must_total), share(proven.should_passed, proven.should_total)
    rows = [
        ("built", f"{count(run.tasks, 'task')}, {run.atoms_accepted:,} of {count(run.atoms, 'atom')} accepted"),
        ("first time", share(run.atoms_accepted_first, run.atoms)),
        ("authors", authors or "none"),
        ("proven", f"{share(passed, total)} requirements"),
        ("precision", f"MUST {must}, SHOULD {should}"),
    ]
    rows += [(f"level {level}", _level(level, *run.levels.get(level, (0, 0, 0)))) for level in sorted(LEVELS)]
    return [
        *rows,
        ("took", duration(run.seconds)),
        ("cost", _cost(run)),
        ("project", line(run.out, 4096)),
        ("report", line(run.report, 4096)),
        ("run", run.run_id),
    ]


def _cost(run: RunFinished) -> str:
    notes = [count(run.calls, "model call")] if run.calls else []
    notes += [f"{count(run.reused, 'answer')} used again"] if run.reused else []
    notes += [f"forecast {money_range(run.usd_low, run.usd_high)}"] if run.usd_high else []
    return f"{money(run.cost_usd)} ({', '.join(notes)})" if notes else money(run.cost_usd)


def _level(level: int, ran: int, passed: int, failed: int) -> str:
    if not ran:
        return f"{LEVELS[level]}: nothing ran"
    outcome = f"{passed:,} of {count(ran, 'check')} passed"
    return f"{LEVELS[level]}: {outcome}, {failed:,} failed" if failed else f"{LEVELS[level]}: {outcome}"
