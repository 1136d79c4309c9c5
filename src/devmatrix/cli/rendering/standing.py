"""Where a run stands: what its events so far add up to."""

from dataclasses import dataclass, field
from typing import get_args

from devmatrix.events import (
    BudgetWarned,
    Event,
    LevelFinished,
    Planned,
    Progress,
    RunFinished,
    RunStarted,
    Stage,
    StageFinished,
    StageStarted,
    Understood,
)

STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass
class Standing:
    """The sum of the events so far; `apply` adds one."""

    run_id: str = ""
    stage: Stage | None = None
    finished: dict[Stage, StageFinished] = field(default_factory=dict)
    understood: Understood | None = None
    planned: Planned | None = None
    progress: Progress | None = None
    levels: dict[int, LevelFinished] = field(default_factory=dict)
    warning: BudgetWarned | None = None
    outcome: RunFinished | None = None

    @property
    def is_delivering(self) -> bool:
        """Whether writing to the output folder has begun."""
        return self.stage == "delivery" or "delivery" in self.finished

    def apply(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case RunStarted():
                self.run_id = event.run_id
            case StageStarted():
                self.stage = event.stage
            case StageFinished():
                self.finished[event.stage] = event
                self.stage = None if self.stage == event.stage else self.stage
            case Understood():
                self.understood = event
            case Planned():
                self.planned = event
            case Progress():
                self.progress = event
            case BudgetWarned():
                self.warning = event
            case LevelFinished():
                self.levels[event.level] = event
            case RunFinished():
                self.outcome = event
