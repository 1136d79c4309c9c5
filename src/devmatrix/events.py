"""What a run tells while it goes on: a tagged union of frozen events, all JSON-serialisable."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Stage = Literal["discovery", "planning", "atoms", "authoring", "validation", "delivery"]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    at: datetime


class RunStarted(_Event):
    """A run began."""

    type: Literal["run_started"] = "run_started"
    request: str
    out: str


class StageStarted(_Event):
    """A stage began."""

    type: Literal["stage_started"] = "stage_started"
    stage: Stage


class StageFinished(_Event):
    """A stage ended; `summary` says in a line what it gave."""

    type: Literal["stage_finished"] = "stage_finished"
    stage: Stage
    seconds: float
    summary: str


class Understood(_Event):
    """What discovery made of the request: shown before the build."""

    type: Literal["understood"] = "understood"
    title: str
    entities: tuple[str, ...]
    operations: int
    must: int
    should: int
    assumptions: tuple[str, ...]
    questions: tuple[str, ...]
    not_understood: tuple[str, ...]


class Planned(_Event):
    """The size of what is to be done."""

    type: Literal["planned"] = "planned"
    milestones: int
    tasks: int
    atoms: int
    estimated_seconds: float | None
    """None where there is no history to estimate from."""
    estimated_usd: float
    usd_low: float = 0.0
    usd_high: float = 0.0
    """The range of `estimated_usd`: list prices of the models that the settings name."""
    model_atoms: int = 0
    """Atoms that are for a language model."""


class Progress(_Event):
    """Where authoring and validation stand."""

    type: Literal["progress"] = "progress"
    stage: Stage
    tasks_done: int
    tasks: int
    atoms_done: int
    atoms: int
    accepted_first: int
    findings: int
    cost_usd: float
    elapsed_seconds: float
    rest_seconds: float | None
    """Expected rest of the run; none while nothing is known."""


class AtomJudged(_Event):
    """One attempt at one atom was judged."""

    type: Literal["atom_judged"] = "atom_judged"
    atom_id: str
    attempt: int
    author: str
    accepted: bool
    findings: tuple[str, ...]


class BudgetWarned(_Event):
    """Most of what may be spent is spent: the run goes on until all of it is."""

    type: Literal["budget_warned"] = "budget_warned"
    message: str


class LevelFinished(_Event):
    """All checks of one evidence level ran."""

    type: Literal["level_finished"] = "level_finished"
    level: int
    ran: int
    passed: int
    failed: int
    seconds: float


class Precision(BaseModel):
    """Requirements whose scenarios all passed, of all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    must_passed: int
    must_total: int
    should_passed: int
    should_total: int


class RunFinished(_Event):
    """A run ended: with everything that the closing summary shows."""

    type: Literal["run_finished"] = "run_finished"
    status: Literal["succeeded", "incomplete", "failed", "cancelled"]
    title: str
    out: str
    precision: Precision
    atoms: int
    atoms_accepted: int
    atoms_accepted_first: int
    atoms_by_author: dict[str, int]
    tasks: int
    levels: dict[int, tuple[int, int, int]]
    """Level -> ran, passed, failed."""
    seconds: float
    cost_usd: float
    usd_low: float = 0.0
    usd_high: float = 0.0
    """What was forecast."""
    calls: int = 0
    """Answers of models that were paid."""
    reused: int = 0
    """Answers that were there already."""
    missing: tuple[str, ...]
    """What is not proven, and why; empty when succeeded."""
    serve_command: str
    test_command: str
    report: str


Event = Annotated[
    RunStarted
    | StageStarted
    | StageFinished
    | Understood
    | Planned
    | Progress
    | AtomJudged
    | BudgetWarned
    | LevelFinished
    | RunFinished,
    Field(discriminator="type"),
]
