"""Renderers for what is no terminal: lines for people and logs, JSON lines for programs."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from devmatrix.cli.text import count, duration, line, money, money_range
from devmatrix.events import (
    BudgetWarned,
    Event,
    LevelFinished,
    Planned,
    Progress,
    RunStarted,
    StageFinished,
    StageStarted,
    Understood,
)


class PlainRenderer:
    """A line at each change of stage, and of progress at most every `every` seconds."""

    def __init__(self, stream: TextIO, *, every: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._every = every
        self._clock = clock
        self._spoken = clock()

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back."""

    def show(self, event: Event) -> None:
        """Print the event's line, if it has one that is due."""
        text = _line_of(event)
        now = self._clock()
        if not text or (isinstance(event, Progress) and now - self._spoken < self._every):
            return
        self._spoken = now
        print(text, file=self._stream, flush=True)


def _line_of(event: Event) -> str:
    match event:
        case RunStarted():
            return f"run {event.run_id}: {line(event.request, 100)}"
        case StageStarted():
            return f"{event.stage} ..."
        case StageFinished():
            return f"{event.stage} done in {duration(event.seconds)}: {line(event.summary)}"
        case Understood():
            return f"understood: {line(event.title)}: {', '.join(line(name) for name in event.entities)}"
        case Planned():
            return planned_line(event)
        case Progress():
            return progress_line(event)
        case BudgetWarned():
            return f"warning: {line(event.message)}"
        case LevelFinished():
            result = f"{event.passed:,} of {event.ran:,} passed" if event.ran else "nothing ran"
            return f"level {event.level}: {result} in {duration(event.seconds)}"
        case _:
            return ""


def planned_line(event: Planned) -> str:
    """How much there is to do, and what it may cost, in a line."""
    size = f"planned: {count(event.tasks, 'task')}, {count(event.atoms, 'atom')}"
    if not event.model_atoms:
        return size
    return f"{size}, {event.model_atoms:,} of them for a model, {money_range(event.usd_low, event.usd_high)}"


def progress_line(event: Progress) -> str:
    """Where the run stands, in a line."""
    parts = [
        f"{event.stage}: {event.tasks_done:,}/{event.tasks:,} tasks, {event.atoms_done:,}/{event.atoms:,} atoms",
        f"{event.accepted_first:,} accepted first time",
        count(event.findings, "finding"),
        f"{duration(event.elapsed_seconds)} elapsed",
    ]
    if event.rest_seconds is not None:
        parts.append(f"about {duration(event.rest_seconds)} to go")
    return ", ".join([*parts, f"{money(event.cost_usd)} spent"])


class JsonRenderer:
    """One JSON object per event and line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back."""

    def show(self, event: Event) -> None:
        """Print the event, as `devmatrix.events` has it."""
        print(event.model_dump_json(), file=self._stream, flush=True)
