"""The report of a run: report.json is this model, described by report.schema.json and docs/report.md."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["succeeded", "incomplete", "failed", "cancelled"]
Outcome = Literal["passed", "failed", "none"]
"""`none`: nothing was executed, so nothing is known."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedAttempt(_Part):
    """An attempt for which a model was asked: what `build_report` is told."""

    number: int
    model: str
    """Such as anthropic:claude-haiku-5-5; empty where no answer came."""
    tier: str
    accepted: bool


class AtomOutcome(_Part):
    """What became of one atom: what `build_report` is told."""

    atom_id: str
    task_id: str
    author: str | None
    """Who wrote the accepted code; none where none was accepted."""
    attempts: int
    accepted: bool
    accepted_first: bool
    content_hash: str
    """Of the atom's question."""
    asked: tuple[AskedAttempt, ...] = ()


class Count(_Part):
    """So many passed of so many."""

    passed: int = Field(ge=0)
    total: int = Field(ge=0)


class PrecisionFigures(_Part):
    """Requirements that are proven, of those that there are."""

    must: Count
    should: Count
    all: Count


class AtomFigures(_Part):
    """Atoms by what became of them. `by_author` counts accepted ones."""

    total: int
    accepted: int
    accepted_first: int
    by_author: Mapping[str, int]


class TokenFigures(_Part):
    """Tokens by what they cost. The three kinds of input do not overlap."""

    input: int = 0
    """Paid in full."""
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0


class PaidAttempt(_Part):
    """An attempt for which a model was asked, and what that cost in this run."""

    number: int
    model: str
    """Empty where no answer came."""
    tier: str
    accepted: bool
    reused: bool
    """The answer was there already: nothing was paid."""
    tokens: TokenFigures
    usd: float


class ModelFigures(_Part):
    """What one model was asked and paid."""

    model: str
    calls: int
    tokens: TokenFigures
    usd: float


class ForecastFigures(_Part):
    """What the run was to cost, as it was told before anything was asked; USD."""

    low: float
    likely: float
    high: float


class CostFigures(_Part):
    """What language models cost, at list price."""

    usd: float = 0.0
    """All of it, `uncertain_usd` included."""
    uncertain_usd: float = 0.0
    """At most so much for calls that broke off, and may have been billed."""
    tokens: TokenFigures = TokenFigures()
    calls: int = 0
    """Answers that were paid."""
    reused: int = 0
    """Answers that were there already."""
    broken_off: int = 0
    """Calls without an answer that are, or may be, billed."""
    models: tuple[ModelFigures, ...] = ()
    atoms: Count = Count(passed=0, total=0)
    """Atoms that a model wrote in this run, of all."""
    forecast: ForecastFigures | None = None
    """None where no model was to be asked."""


class LevelFigures(_Part):
    """The checks of one evidence level, each judged by its last execution."""

    ran: int
    """Checks: a kind of check on one subject."""
    passed: int
    failed: int
    executions: int
    """How often they were executed: more than `ran` where something was repaired."""
    seconds: float
    """Of all executions together; checks run side by side, so this is not wall-clock time."""


class ScenarioResult(_Part):
    """One scenario, played over HTTP against the running project."""

    id: str
    title: str
    kind: str
    ran: bool
    passed: bool
    seconds: float
    message: str
    """Why it did not pass, or what was seen."""


class SourceEntry(_Part):
    """A file that the request named."""

    name: str
    format: str
    sha256: str
    size: int
    """Bytes."""


class SpanText(_Part):
    """Characters [start, end) of a source."""

    start: int
    end: int
    text: str
    place: str
    """Where it stands in a file: `rules.md:3`, with a JSON pointer where there is one; empty: in the request."""


class RequirementResult(_Part):
    """One requirement, and the trace from it to what was executed."""

    id: str
    level: Literal["must", "should"]
    text: str
    span: SpanText | None
    proven: bool
    """All its scenarios ran and passed; there is at least one."""
    levels: Mapping[str, Outcome]
    """Evidence level ("1".."4") -> what the checks on its own atoms, files, contexts and scenarios gave."""
    scenarios: tuple[ScenarioResult, ...]
    tasks: tuple[str, ...]
    """Ids of tasks, without those that serve every requirement (`shared`)."""
    atoms: tuple[str, ...]
    """Ids of atoms, likewise."""
    evidence: tuple[str, ...]
    """Ids of entries in the report's `evidence`."""


class Shared(_Part):
    """Tasks and atoms that serve every requirement."""

    tasks: tuple[str, ...]
    atoms: tuple[str, ...]


class TaskResult(_Part):
    """One task of the plan."""

    id: str
    title: str
    milestone: str
    files: tuple[str, ...]
    depends_on: tuple[str, ...]
    requirements: tuple[str, ...]
    atoms: Count
    tokens: TokenFigures = TokenFigures()
    cost_usd: float = 0.0


class AtomDetail(_Part):
    """One atom and its level-1 verdict."""

    id: str
    task: str
    kind: str
    author: str | None
    attempts: int
    accepted: bool
    accepted_first: bool
    content_hash: str
    outcome: Outcome
    """What its last candidate's level-1 checks gave."""
    checks: int
    seconds: float
    tokens: TokenFigures = TokenFigures()
    cost_usd: float = 0.0
    """Of all attempts."""
    asked: tuple[PaidAttempt, ...] = ()
    """The attempts for which a model was asked."""


class FindingEntry(_Part):
    """One defect."""

    rule: str
    path: str
    line: int
    message: str
    atoms: tuple[str, ...]


class EvidenceEntry(_Part):
    """One executed check. Level 1 is listed where it failed in the end; what passed is counted per atom."""

    id: str
    level: int
    check: str
    subject: str
    passed: bool
    content_hash: str
    at: datetime
    seconds: float
    detail: str
    findings: tuple[FindingEntry, ...]


class StatementResult(_Part):
    """One sentence, path, table or column of a source and what became of it."""

    place: str
    """As in SpanText."""
    text: str
    understood: bool
    became: str
    requirements: tuple[str, ...]


class AssumptionEntry(_Part):
    """What the request did not say and was decided."""

    text: str
    why: str


class QuestionEntry(_Part):
    """A decision for the user, with the answer that was given, else the default that was taken."""

    id: str
    text: str
    default: str
    why: str
    options: tuple[str, ...]
    depends: tuple[str, ...]
    """What is built otherwise when the answer is another."""
    answer: str | None


class NotUnderstood(_Part):
    """A part of a source that nothing was made of."""

    source: str
    """Name of the file; empty: the request itself."""
    place: str
    """As in SpanText."""
    text: str
    why: str


class Report(_Part):
    """Everything that a run can prove, and what it cannot."""

    schema_version: Literal[1] = 1
    status: Status
    run_id: str
    title: str
    request: str
    sources: tuple[SourceEntry, ...]
    created_at: datetime
    devmatrix_version: str
    precision: PrecisionFigures
    atoms: AtomFigures
    levels: Mapping[str, LevelFigures]
    """"1".."4"."""
    missing: tuple[str, ...]
    """What is not proven, and why."""
    cost_usd: float
    cost: CostFigures = CostFigures()
    seconds: float
    """Wall-clock time of the run."""
    stages: Mapping[str, float]
    """Stage -> seconds."""
    code_hash: str
    """SHA-256 over the sorted paths and contents of all files: the same request gives the same."""
    files: int
    requirements: tuple[RequirementResult, ...]
    shared: Shared
    tasks: tuple[TaskResult, ...]
    atoms_detail: tuple[AtomDetail, ...]
    evidence: tuple[EvidenceEntry, ...]
    statements: tuple[StatementResult, ...]
    assumptions: tuple[AssumptionEntry, ...]
    questions: tuple[QuestionEntry, ...]
    not_understood: tuple[NotUnderstood, ...]
