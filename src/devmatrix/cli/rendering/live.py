"""The renderer for terminals: a small board that is redrawn in place."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from devmatrix.cli.rendering.standing import STAGES, Standing
from devmatrix.cli.text import count, duration, line, money
from devmatrix.events import Event, Progress, Stage, StageStarted


class LiveRenderer:
    """Stages with their state, a bar over the atoms, the figures of the run."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._standing = Standing()
        self._began = self._stage_began = clock()
        self._spinner = Spinner("dots" if console.encoding.lower().startswith("utf") else "line")
        self._live = Live(get_renderable=self._board, console=console, refresh_per_second=8)

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last board standing, the cursor below it."""
        self._standing.stage = None
        self._live.__exit__(kind, error, trace)

    def show(self, event: Event) -> None:
        """Take the event in; the next redraw shows it."""
        if isinstance(event, StageStarted):
            self._stage_began = self._clock()
        self._standing.apply(event)

    def _board(self) -> RenderableType:
        standing = self._standing
        stages = Table.grid(padding=(0, 1))
        stages.add_column(width=1)
        stages.add_column(no_wrap=True)
        stages.add_column(no_wrap=True, justify="right")
        stages.add_column()  # the only one that may shrink
        for stage in STAGES:
            stages.add_row(*self._stage_row(stage))
        running = standing.stage is not None or not standing.finished
        return Group(stages, *(self._figures() if running else ()))

    def _stage_row(self, stage: Stage) -> tuple[RenderableType, ...]:
        finished = self._standing.finished.get(stage)
        if finished is not None:
            mark, took, what = Text("✓", style="green"), duration(finished.seconds), line(finished.summary)
            return (
                mark,
                Text(stage),
                Text(took, style="dim"),
                Text(what, style="dim", no_wrap=True, overflow="ellipsis"),
            )
        if stage == "discovery" and self._standing.understood is not None:
            return Text("✓", style="green"), Text(stage), Text(""), Text(self._understood(), style="dim", no_wrap=True)
        if self._standing.stage == stage:
            took = duration(self._clock() - self._stage_began)
            return (
                self._spinner,
                Text(stage, style="bold"),
                Text(took),
                Text(self._doing(stage), no_wrap=True, overflow="ellipsis"),
            )
        return Text(" "), Text(stage, style="dim"), Text(""), Text("")

    def _understood(self) -> str:
        said = self._standing.understood
        return f"{count(len(said.entities), 'entity')}, {count(said.must + said.should, 'requirement')}" if said else ""

    def _doing(self, stage: Stage) -> str:
        if stage == "validation":
            done = (
                f"level {level.level}: {level.passed:,} of {level.ran:,}" for level in self._standing.levels.values()
            )
            return ", ".join(done)
        return ""

    def _figures(self) -> tuple[RenderableType, ...]:
        progress = self._standing.progress
        elapsed = duration(self._clock() - self._began)
        if progress is None:
            return (Text(f"  {elapsed} elapsed", style="dim"),)
        width = max(10, min(40, self._console.width - 4))
        bar = Table.grid(padding=(0, 1))
        bar.add_row(Text(" "), ProgressBar(total=max(progress.atoms, 1), completed=progress.atoms_done, width=width))
        warning = self._standing.warning
        told = (Text(f"  {line(warning.message)}", style="yellow"),) if warning else ()
        return bar, Text(f"  {_work(progress)}"), Text(f"  {_account(progress, elapsed)}", style="dim"), *told


def _work(progress: Progress) -> str:
    return (
        f"{progress.tasks_done:,}/{progress.tasks:,} tasks · {progress.atoms_done:,}/{progress.atoms:,} atoms · "
        f"{progress.accepted_first:,} accepted first time · {count(progress.findings, 'finding')}"
    )


def _account(progress: Progress, elapsed: str) -> str:
    rest = f" · about {duration(progress.rest_seconds)} to go" if progress.rest_seconds is not None else ""
    return f"{elapsed} elapsed{rest} · {money(progress.cost_usd)} spent"
