import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console

from devmatrix.cli.rendering import (
    JsonRenderer,
    LiveRenderer,
    PlainRenderer,
    write_plan,
    write_summary,
    write_understanding,
)
from devmatrix.cli.rendering.standing import Standing
from devmatrix.events import Event, Planned, Precision, RunFinished, StageFinished, StageStarted
from tests.unit.cli.scripted import HEAD, document, finished, plan, progress, whole_run


def console(width: int = 100, *, terminal: bool = False) -> tuple[Console, Callable[[], str]]:
    stream = io.StringIO()
    opened = Console(
        file=stream,
        width=width,
        force_terminal=terminal,
        markup=False,
        emoji=False,
        highlight=False,
        color_system=None,
        _environ={"TERM": "xterm"},  # whatever terminal the tests run in
    )
    return opened, stream.getvalue


def test_a_whole_run_reads_as_lines() -> None:
    stream = io.StringIO()
    with PlainRenderer(stream, every=0) as renderer:
        for event in whole_run():
            renderer.show(event)
    assert stream.getvalue().splitlines() == [
        "run run-1: Shelf: name",
        "discovery ...",
        "understood: Shelf keeping: Shelf",
        "discovery done in 0.1 s: 1 entity, 10 requirements",
        "planned: 7 tasks, 40 atoms",
        "authoring ...",
        "authoring: 3/7 tasks, 20/40 atoms, 19 accepted first time, 1 finding, 2.0 s elapsed, about 4.0 s to go,"
        " $0.00 spent",
        "level 1: 40 of 41 passed in 1.5 s",
        "authoring done in 3.0 s: 40 atoms",
    ]


def test_what_a_model_will_cost_is_told_with_the_plan() -> None:
    stream = io.StringIO()
    planned = next(event for event in whole_run() if isinstance(event, Planned))
    dear = planned.model_copy(update={"model_atoms": 12, "usd_low": 0.004, "usd_high": 1.25})
    PlainRenderer(stream).show(dear)
    assert stream.getvalue() == "planned: 7 tasks, 40 atoms, 12 of them for a model, $0.0040 to $1.25\n"


def test_what_a_model_has_cost_stands_beside_what_was_forecast() -> None:
    told = finished().model_copy(update={"cost_usd": 0.42, "calls": 14, "reused": 1, "usd_low": 0.2, "usd_high": 0.9})
    assert "$0.42 (14 model calls, 1 answer used again, forecast $0.20 to $0.90)" in summary(told)


def test_progress_is_told_at_most_every_few_seconds() -> None:
    now = 0.0
    stream = io.StringIO()
    renderer = PlainRenderer(stream, every=3, clock=lambda: now)
    for now in (0.5, 2.9, 3.0, 3.1, 5.9, 6.0):
        renderer.show(progress(elapsed_seconds=now))
    assert [line.split(", ")[4] for line in stream.getvalue().splitlines()] == ["3.0 s elapsed", "6.0 s elapsed"]


def test_json_lines_are_the_events() -> None:
    stream = io.StringIO()
    events = whole_run()
    with JsonRenderer(stream) as renderer:
        for event in events:
            renderer.show(event)
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        event.model_dump(mode="json") for event in events
    ]


def test_the_live_board_shows_stage_counts_and_money() -> None:
    screen, shown = console(terminal=True)
    with LiveRenderer(screen, clock=lambda: 0.0) as renderer:
        for event in whole_run()[:9]:
            renderer.show(event)
        renderer._live.refresh()
        text = shown()
    for part in ("✓ discovery", "1 entity, 10 requirements", "authoring", "3/7 tasks", "20/40 atoms", "$0.00 spent"):
        assert part in text
    assert "19 accepted first time · 1 finding" in text
    assert "0.0 s elapsed · about 4.0 s to go" in text


@pytest.mark.parametrize("width", [20, 40, 80])
def test_the_live_board_fits_narrow_terminals(width: int) -> None:
    screen, _ = console(width, terminal=True)
    renderer = LiveRenderer(screen, clock=lambda: 0.0)
    for event in whole_run()[:9]:
        renderer.show(event)
    rows = screen.render_lines(renderer._board(), pad=False)
    assert all(sum(segment.cell_length for segment in row) <= width for row in rows)
    assert len(rows) < 24
    text = "".join(segment.text for row in rows for segment in row)
    assert "✓ discovery  0.1 s" in text


def test_what_users_write_cannot_draw() -> None:
    screen, shown = console()
    hostile = "[red]x[/red]\x1b[2J :smile:\r"
    write_summary(screen, finished(title=hostile, status="incomplete", missing=(hostile,)))
    events: list[Event] = [
        StageStarted(**HEAD, stage="atoms"),
        StageFinished(**HEAD, stage="atoms", seconds=1, summary=hostile),
    ]
    with LiveRenderer(screen) as renderer:
        for event in events:
            renderer.show(event)
    write_understanding(screen, document(title=hostile))
    text = shown()
    assert text.count("[red]x[/red] :smile:") == 4
    assert "\x1b" not in text
    assert "\r" not in text


def summary(run: RunFinished, width: int = 100) -> str:
    screen, shown = console(width)
    write_summary(screen, run)
    return shown()


def test_the_summary_says_everything_about_a_success() -> None:
    text = summary(finished())
    for part in (
        "succeeded: Shelf keeping",
        "7 tasks, 40 of 40 atoms accepted",
        "39 of 40 (97.5 %)",
        "40 blueprint",
        "10 of 10 (100 %) requirements",
        "MUST 9 of 9 (100 %), SHOULD 1 of 1 (100 %)",
        "atom: 40 of 41 checks passed, 1 failed",
        "system: 14 of 14 checks passed",
        "8.4 s",
        "$0.00",
        "/projects/shelves/.devmatrix/report.html",
        "cd /projects/shelves && python -m uvicorn app.main:app",
        "cd /projects/shelves && make test",
    ):
        assert part in text
    assert "missing" not in text


def test_the_summary_of_an_incomplete_run_says_what_is_missing_and_why() -> None:
    unproven = tuple(f"R-{number:02}: nobody can write it" for number in range(12))
    text = summary(
        finished(
            status="incomplete",
            precision=Precision(must_passed=0, must_total=12, should_passed=0, should_total=0),
            missing=unproven,
            levels={1: (3, 3, 0)},
        )
    )
    assert "- R-00: nobody can write it" in text
    assert "- and 2 more" in text
    assert "SHOULD no evidence" in text
    assert "system: nothing ran" in text


def test_a_failed_run_offers_no_commands() -> None:
    assert "uvicorn" not in summary(finished(status="failed", missing=("the sandbox died",)))


def test_commands_are_never_wrapped() -> None:
    text = summary(finished(), width=30)
    assert "run it    cd /projects/shelves && python -m uvicorn app.main:app\n" in text


def test_the_plan_shows_what_was_understood_and_what_was_not() -> None:
    screen, shown = console()
    write_understanding(screen, document())
    write_plan(screen, plan())
    text = shown()
    for part in (
        "- Shelf: name unique [list]",
        "- Names are unique. ([bold]nobody said[/bold] otherwise)",
        "- Who may delete? Until then: everybody",
        '- "Blub": no entity is named',
        "1 task in 1 milestone",
        "Estimate: 10 to 30 lines, $0.00",
    ):
        assert part in text


def test_delivering_is_known_from_the_stage_on() -> None:
    standing = Standing()
    for event in whole_run():
        standing.apply(event)
    assert not standing.is_delivering
    standing.apply(StageStarted(**HEAD, stage="delivery"))
    assert standing.is_delivering
    standing.apply(StageFinished(**HEAD, stage="delivery", seconds=1, summary="12 files"))
    assert standing.is_delivering


def test_the_board_ticks_discovery_off_when_it_is_told_what_was_understood() -> None:
    screen, shown = console()
    renderer = LiveRenderer(screen, clock=lambda: 0.0)
    renderer.show(whole_run()[2])
    screen.print(renderer._board())
    assert shown().splitlines()[0].split() == ["✓", "discovery", "1", "entity,", "10", "requirements"]
