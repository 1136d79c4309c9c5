"""What goes into the store and comes out of it: frozen records, never rows."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

DEFAULT_WORKSPACE = "default"


class RunStatus(StrEnum):
    """Where a run stands. `incomplete` is an honest end: something is not proven, and the report says what."""

    PLANNED = "planned"
    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class RunRecord(_Record):
    """One run, without its large documents."""

    id: str
    workspace_id: str = DEFAULT_WORKSPACE
    request: str
    title: str = ""
    stack: str
    out: str
    """Absolute path of the output folder."""
    status: RunStatus
    created_at: datetime
    finished_at: datetime | None = None
    seconds: float = 0.0
    cost_usd: float = 0.0
    devmatrix_version: str


class StoredRun(RunRecord):
    """One run with its documents, each as JSON; none until it was saved."""

    document: dict[str, JsonValue] | None
    plan: dict[str, JsonValue] | None
    report: dict[str, JsonValue] | None


class TaskRecord(_Record):
    """One task of the plan, in the plan's order."""

    run_id: str
    id: str
    position: int
    milestone_id: str
    title: str
    files: tuple[str, ...]
    depends_on: tuple[str, ...]
    requirement_ids: tuple[str, ...]


class AtomRecord(_Record):
    """One atom and how far it got."""

    run_id: str
    id: str
    position: int
    task_id: str
    kind: str
    content_hash: str
    requirement_ids: tuple[str, ...]
    depends_on: tuple[str, ...]
    contract: dict[str, JsonValue]
    attempts: int
    accepted: bool
    author: str | None
    """Who wrote the accepted code; none while there is none."""


class AttemptRecord(_Record):
    """One candidate for one atom and its findings."""

    atom_id: str
    number: int
    """From 1."""
    author: str
    accepted: bool
    content_hash: str
    """The atom's: equal hash, equal question."""
    code: str
    imports: tuple[str, ...] = ()
    findings: tuple[dict[str, JsonValue], ...] = ()
    cost_usd: float = 0.0
    tokens: int = 0
    seconds: float = 0.0
    at: datetime


class AcceptedCode(_Record):
    """Code that was accepted for a question, in any run."""

    content_hash: str
    run_id: str
    author: str
    code: str
    imports: tuple[str, ...]


class EvidenceRecord(_Record):
    """One executed check, as it was saved."""

    level: int
    check: str
    subject: str
    passed: bool
    content_hash: str
    at: datetime
    seconds: float
    findings: tuple[dict[str, JsonValue], ...]
    detail: str


class EventRecord(_Record):
    """One event of a run. `sequence` counts from 1 without gaps: read on from the last one seen."""

    sequence: int
    type: str
    at: datetime
    event: dict[str, JsonValue]
