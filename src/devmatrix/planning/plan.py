"""The MasterPlan: who does what, in which order. Planning writes it, every later stage only reads it."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Range(_Part):
    """An estimate: what is expected, between a low and a high."""

    low: float
    likely: float
    high: float


class History(_Part):
    """What earlier runs took, in seconds per task: a tenth, half and nine tenths of them took at most so long."""

    low: float
    likely: float
    high: float

    @classmethod
    def of(cls, seconds_per_task: Sequence[float]) -> Self | None:
        """From the runs' own figures; none where there are none."""
        if not seconds_per_task:
            return None
        ordered = sorted(seconds_per_task)
        last = len(ordered) - 1
        return cls(low=ordered[round(last * 0.1)], likely=ordered[round(last * 0.5)], high=ordered[round(last * 0.9)])


class TaskOutline(_Part):
    """What a stack says about one unit before it is planned: a module or a deliverable."""

    id: str
    """Such as books.service: the feature, then the layer."""
    title: str
    milestone: str
    """Id of the milestone that it belongs to: `foundation`, a context, or `delivery`."""
    files: tuple[str, ...]
    """Paths inside the project, with /."""
    depends_on: tuple[str, ...] = ()
    """Ids of tasks earlier in the outline."""
    entities: tuple[str, ...] = ()
    """Entities that it is about; none: it serves all requirements."""
    estimated_lines: int


class Task(_Part):
    """The unit of distribution: one module or one deliverable."""

    id: str
    title: str
    files: tuple[str, ...]
    depends_on: tuple[str, ...]
    requirement_ids: tuple[str, ...]
    lines: Range


class Milestone(_Part):
    """Tasks that together can be looked at; one commit in the delivered project."""

    id: str
    title: str
    tasks: tuple[Task, ...]


class Phase(_Part):
    """Foundation, features, delivery."""

    id: Literal["foundation", "features", "delivery"]
    title: str
    milestones: tuple[Milestone, ...]


class Estimate(_Part):
    """What the build will take: lines, tokens, USD at list price, minutes."""

    lines: Range
    tokens_in: Range
    """Given to a model; nothing that blueprints write takes any."""
    tokens_out: Range
    usd: Range
    minutes: Range | None
    """None where no earlier run tells."""


class MasterPlan(_Part):
    """Phases > milestones > tasks, with the estimate of the whole."""

    schema_version: Literal[1] = 1
    title: str
    stack: str
    phases: tuple[Phase, ...]
    estimate: Estimate

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        """All milestones, in order."""
        return tuple(milestone for phase in self.phases for milestone in phase.milestones)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks, in order: every task comes after those it depends on."""
        return tuple(task for milestone in self.milestones for task in milestone.tasks)
