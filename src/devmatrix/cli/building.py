"""`devmatrix build` and `devmatrix plan`."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from devmatrix.cli import composition
from devmatrix.cli.boundary import CANCELLED, tell
from devmatrix.cli.deciding import Wanted, ask_open, lets_model_read
from devmatrix.cli.rendering import (
    JsonRenderer,
    LiveRenderer,
    PlainRenderer,
    Renderer,
    write_changes,
    write_plan,
    write_summary,
    write_understanding,
)
from devmatrix.cli.rendering.standing import Standing
from devmatrix.cli.screen import ask, can_redraw, is_attended, open_console
from devmatrix.cli.text import line
from devmatrix.errors import OutputError, UserError
from devmatrix.events import Event, RunFinished
from devmatrix.settings import Settings

if TYPE_CHECKING:
    from devmatrix.discovery import DiscoveryDocument
    from devmatrix.planning.plan import MasterPlan

EXIT_CODES = {"succeeded": 0, "failed": 1, "incomplete": 3, "cancelled": CANCELLED}


def plan_command(
    arguments: Sequence[str],
    *,
    out: Path | None = None,
    answers: Path | None = None,
    strict: bool = False,
    json: bool = False,
    allow_remote: bool = False,
    yes: bool = False,
) -> int:
    """Show what was understood and the plan, and write it to a folder where one is given. Returns the exit code."""
    settings = Settings.read()
    service = composition.open_orchestration(settings)
    asks = is_attended() and not json
    wanted = Wanted.read(arguments, answers, strict=strict, allow_remote=allow_remote)
    wanted = _with_model(service, wanted, settings, yes=yes, asks=asks)
    document, plan, _ = _decide(service, wanted, asks=asks)
    if out is not None:
        from devmatrix.planning.folder import write_folder

        write_folder(_checked(out), document, plan)
    if json:
        for before, part in (('{"document": ', document), (', "plan": ', plan)):
            print(before, part.model_dump_json(ensure_ascii=True), sep="", end="")
        print("}")
        return 0
    console = open_console()
    write_understanding(console, document)
    write_plan(console, plan)
    if out is not None:
        folder = line(str(out), 4096)
        console.print(
            Text(f"Plan: read {folder}/plan.md, edit {folder}/document.yaml, then: devmatrix build --plan {folder}")
        )
    return 0


def build_command(
    arguments: Sequence[str],
    *,
    out: Path | None = None,
    answers: Path | None = None,
    yes: bool = False,
    json: bool = False,
    strict: bool = False,
    allow_remote: bool = False,
    budget: float | None = None,
    authors: str | None = None,
) -> int:
    """Build, after asking where that is due. Returns the exit code."""
    _require_approver(yes=yes, json=json)
    settings = Settings.read(said={"budget_usd": budget, "authors": authors})
    service = composition.open_orchestration(settings)
    wanted = Wanted.read(arguments, answers, strict=strict, allow_remote=allow_remote)
    wanted = _with_model(service, wanted, settings, yes=yes, asks=not yes)
    document, plan, seconds = _decide(service, wanted, asks=not yes)
    return _approve_and_build(service, document, plan, out=out, yes=yes, json=json, seconds=seconds)


def build_planned_command(
    folder: Path,
    *,
    out: Path | None = None,
    yes: bool = False,
    json: bool = False,
    strict: bool = False,
    budget: float | None = None,
    authors: str | None = None,
) -> int:
    """Build what a folder of `devmatrix plan --out` holds, edits included. Returns the exit code."""
    from devmatrix.discovery.coverage import require_all_understood
    from devmatrix.planning.folder import read_folder

    _require_approver(yes=yes, json=json)
    service = composition.open_orchestration(Settings.read(said={"budget_usd": budget, "authors": authors}))
    began = time.monotonic()
    planned = read_folder(folder)
    seconds = time.monotonic() - began
    if strict:
        require_all_understood(planned.document)
    plan = service.plan_from_discovery(planned.document)
    if not json:
        write_changes(open_console(), planned.changes)
    return _approve_and_build(service, planned.document, plan, out=out, yes=yes, json=json, seconds=seconds)


def resume_command(run: str, *, budget: float | None = None, json: bool = False) -> int:
    """Go on with a run that stopped. Returns the exit code."""
    service = composition.open_orchestration(Settings.read(said={"budget_usd": budget}))
    return _build(service.resume(run), json=json)


def _approve_and_build(
    service: composition.Orchestration,
    document: "DiscoveryDocument",
    plan: "MasterPlan",
    *,
    out: Path | None,
    yes: bool,
    json: bool,
    seconds: float,
) -> int:
    out = _checked(out or Path(document.slug))
    if not yes:
        console = open_console()
        write_understanding(console, document)
        write_plan(console, plan)
        if not ask(f"Build it in {line(str(out), 4096)}?"):
            tell("nothing was built")
            return CANCELLED
    return _build(service.orchestrate_from_discovery(document, out=out, discovery_seconds=seconds), json=json)


def _require_approver(*, yes: bool, json: bool) -> None:
    if not yes and (json or not is_attended()):
        raise UserError("nobody can be asked here whether to build", mend="add --yes to build without asking")


def _with_model(
    service: composition.Orchestration, wanted: Wanted, settings: Settings, *, yes: bool, asks: bool
) -> Wanted:
    model = settings.model if "model" in settings.authors else ""
    return replace(wanted, with_model=lets_model_read(service, wanted, model, yes=yes, asks=asks))


def _decide(
    service: composition.Orchestration, wanted: Wanted, *, asks: bool
) -> "tuple[DiscoveryDocument, MasterPlan, float]":
    """What was understood, with all questions answered, the plan, and the seconds that reading took."""
    # What a model reads, it asks itself: its questions come with the document.
    answers = ask_open(service, wanted) if asks and not wanted.with_model else wanted.answers
    began = time.monotonic()
    document, plan = service.plan_from_sources(
        wanted.sources,
        answers=answers,
        strict=wanted.strict,
        allow_remote=wanted.allow_remote,
        with_model=wanted.with_model,
    )
    return document, plan, time.monotonic() - began


def _checked(out: Path) -> Path:
    try:
        str(out).encode()
    except UnicodeEncodeError as error:
        raise OutputError("the name of the output folder is not valid UTF-8", mend="choose another --out") from error
    if "\0" in str(out) or not str(out).strip():
        raise OutputError("the name of the output folder is empty or cannot be one", mend="choose another --out")
    return out


def _build(events: AsyncIterator[Event], *, json: bool) -> int:
    console = open_console()
    renderer: Renderer
    if json:
        renderer = JsonRenderer(sys.stdout)
    elif can_redraw(console):
        renderer = LiveRenderer(console)
    else:
        renderer = PlainRenderer(sys.stdout)
    standing = Standing()
    try:
        outcome = asyncio.run(watch(events, renderer, standing))
    except (KeyboardInterrupt, asyncio.CancelledError):
        state = "the output folder may hold part of the project" if standing.is_delivering else "nothing was written"
        tell(f"cancelled: {state}; to go on, run the same command again")
        return CANCELLED
    if not json:
        write_summary(console, outcome)
    return EXIT_CODES[outcome.status]


async def watch(events: AsyncIterator[Event], renderer: Renderer, standing: Standing) -> RunFinished:
    """Show all events, keeping `standing` up to date; the last one.

    Cancelled, it closes `events` before it lets go: the run is then marked cancelled.
    """
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError, RuntimeError):
            # Ctrl-C is asyncio's own; a service manager's SIGTERM deserves the same clean end.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with renderer:
        try:
            async for event in events:
                standing.apply(event)
                renderer.show(event)
        except asyncio.CancelledError:
            if standing.outcome is None:  # else it came too late: the run has ended
                raise
        finally:
            close = getattr(events, "aclose", None)
            if close is not None:
                await close()
    if standing.outcome is None:
        raise RuntimeError("the run ended without saying how")
    return standing.outcome
