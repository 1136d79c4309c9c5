"""A scripted pipeline: the events of a run as the real one sends them, without the run."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from devmatrix.discovery import Source
from devmatrix.discovery.document import (
    Assumption,
    Attribute,
    Context,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    OperationKind,
    Question,
    Span,
    Statement,
)
from devmatrix.events import (
    AtomJudged,
    Event,
    LevelFinished,
    Planned,
    Precision,
    Progress,
    RunFinished,
    RunStarted,
    StageFinished,
    StageStarted,
    Understood,
)
from devmatrix.planning.plan import Estimate, MasterPlan, Milestone, Phase, Range, Task

HEAD: dict[str, Any] = {"run_id": "run-1", "at": datetime(2026, 1, 31, 12, tzinfo=UTC)}
ZERO = Range(low=0, likely=0, high=0)


def finished(**changes: object) -> RunFinished:
    values: dict[str, Any] = {
        "status": "succeeded",
        "title": "Shelf keeping",
        "out": "/projects/shelves",
        "precision": Precision(must_passed=9, must_total=9, should_passed=1, should_total=1),
        "atoms": 40,
        "atoms_accepted": 40,
        "atoms_accepted_first": 39,
        "atoms_by_author": {"blueprint": 40},
        "tasks": 7,
        "levels": {1: (41, 40, 1), 2: (8, 8, 0), 3: (12, 12, 0), 4: (14, 14, 0)},
        "seconds": 8.4,
        "cost_usd": 0.0,
        "missing": (),
        "serve_command": "cd /projects/shelves && python -m uvicorn app.main:app",
        "test_command": "cd /projects/shelves && make test",
        "report": "/projects/shelves/.devmatrix/report.html",
    }
    return RunFinished.model_validate(HEAD | values | changes)


def progress(**changes: object) -> Progress:
    values: dict[str, Any] = {
        "stage": "authoring",
        "tasks_done": 3,
        "tasks": 7,
        "atoms_done": 20,
        "atoms": 40,
        "accepted_first": 19,
        "findings": 1,
        "cost_usd": 0.0,
        "elapsed_seconds": 2.0,
        "rest_seconds": 4.0,
    }
    return Progress.model_validate(HEAD | values | changes)


def whole_run(end: RunFinished | None = None) -> list[Event]:
    """One event of every kind, in the order of a real run."""
    return [
        RunStarted(**HEAD, request="Shelf: name", out="/projects/shelves"),
        StageStarted(**HEAD, stage="discovery"),
        Understood(
            **HEAD,
            title="Shelf keeping",
            entities=("Shelf",),
            operations=6,
            must=9,
            should=1,
            assumptions=(),
            questions=(),
            not_understood=(),
        ),
        StageFinished(**HEAD, stage="discovery", seconds=0.1, summary="1 entity, 10 requirements"),
        Planned(**HEAD, milestones=3, tasks=7, atoms=40, estimated_seconds=None, estimated_usd=0.0),
        StageStarted(**HEAD, stage="authoring"),
        progress(),
        AtomJudged(**HEAD, atom_id="app/x.py:f", attempt=1, author="blueprint", accepted=True, findings=()),
        LevelFinished(**HEAD, level=1, ran=41, passed=40, failed=1, seconds=1.5),
        StageFinished(**HEAD, stage="authoring", seconds=3.0, summary="40 atoms"),
        end or finished(),
    ]


def document(**changes: object) -> DiscoveryDocument:
    name = Attribute(name="name", type=FieldType.STRING, unique=True)
    values: dict[str, Any] = {
        "title": "Shelf keeping",
        "slug": "shelf-keeping",
        "request": "Shelf: name",
        "contexts": (Context(name="shelves", entities=("Shelf",)),),
        "entities": (Entity(name="Shelf", plural="shelves", attributes=(name,)),),
        "operations": (
            Operation(
                id="list_shelves",
                kind=OperationKind.LIST,
                entity="Shelf",
                method="GET",
                path="/shelves",
                success_status=200,
            ),
        ),
        "assumptions": (Assumption(text="Names are unique.", why="[bold]nobody said[/bold] otherwise"),),
        "questions": (Question(id="Q-1", text="Who may delete?", default="everybody", why="safety"),),
        "statements": (
            Statement(span=Span(start=0, end=4, text="Blub"), understood=False, became="no entity is named"),
        ),
    }
    return DiscoveryDocument.model_validate(values | changes)


def plan() -> MasterPlan:
    task = Task(
        id="shelves.model",
        title="Model",
        files=("app/shelves/model.py",),
        depends_on=(),
        requirement_ids=(),
        lines=Range(low=10, likely=20, high=30),
    )
    milestone = Milestone(id="shelves", title="Shelves", tasks=(task,))
    return MasterPlan(
        title="Shelf keeping",
        stack="fastapi",
        phases=(Phase(id="features", title="Features", milestones=(milestone,)),),
        estimate=Estimate(
            lines=Range(low=10, likely=20, high=30), tokens_in=ZERO, tokens_out=ZERO, usd=ZERO, minutes=None
        ),
    )


@dataclass
class ScriptedPipeline:
    """Sends the given events; stops for ever after `hang_after` of them. Says what it was asked and how it was left."""

    events: Sequence[Event] = field(default_factory=whole_run)
    hang_after: int | None = None
    error: Exception | None = None
    understood: DiscoveryDocument = field(default_factory=lambda: document())
    planned: list[tuple[tuple[str, ...], Mapping[str, str], bool]] = field(default_factory=list)
    built: list[tuple[DiscoveryDocument, Path]] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    closed: bool = False

    def questions_of(
        self, sources: Sequence[Source], *, answers: Mapping[str, str], allow_remote: bool = False
    ) -> tuple[Question, ...]:
        return self._answered(answers).questions

    def plan_from_sources(
        self,
        sources: Sequence[Source],
        *,
        answers: Mapping[str, str] | None = None,
        strict: bool = False,
        allow_remote: bool = False,
        with_model: bool = False,
    ) -> tuple[DiscoveryDocument, MasterPlan]:
        self.planned.append((tuple(source.text for source in sources), answers or {}, strict))
        return self._answered(answers or {}), plan()

    def plan_from_discovery(self, document: DiscoveryDocument) -> MasterPlan:
        return plan()

    def _answered(self, answers: Mapping[str, str]) -> DiscoveryDocument:
        questions = tuple(
            question.model_copy(update={"answer": answers.get(question.id)}) for question in self.understood.questions
        )
        return self.understood.model_copy(update={"questions": questions})

    async def orchestrate_from_discovery(
        self, document: DiscoveryDocument, *, out: Path, discovery_seconds: float | None = None
    ) -> AsyncIterator[Event]:
        self.built.append((document, out))
        async with aclosing(self._told()) as events:
            async for event in events:
                yield event

    async def resume(self, run: str) -> AsyncIterator[Event]:
        self.resumed.append(run)
        async with aclosing(self._told()) as events:
            async for event in events:
                yield event

    async def _told(self) -> AsyncGenerator[Event]:
        try:
            for number, event in enumerate(self.events):
                if number == self.hang_after:
                    await asyncio.Event().wait()
                yield event
            if self.error is not None:
                raise self.error
        finally:
            self.closed = True
