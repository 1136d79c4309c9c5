"""Whole runs for an OpenAPI document in which a language model writes the operations that no rule explains."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devmatrix.discovery import Source, discover
from devmatrix.events import Event, RunFinished
from devmatrix.llm.testing import FakeModelServer, FakeReply, NoReply, ReceivedCall
from devmatrix.orchestration import OrchestrationService
from devmatrix.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "openapi" / "documents" / "team-tasks.yaml"
CLONE, REORDER, VERSION = "post_tasks_task_id_clone", "post_teams_team_id_tasks_reorder", "get_version"
WRITTEN = {
    CLONE: """\
from app.tasks import changes as task_changes
from app.tasks import queries as task_queries
from app.tasks import views as task_views

{contract}
    task = await task_queries.task_by_id(session, task_id)
    names = ("team_row_id", "title", "notes", "due_on", "assignee_id")
    copy = await task_changes.add_task(session, {{name: getattr(task, name) for name in names}})
    await session.commit()
    return await task_views.show_task(session, copy)
""",
    REORDER: """\
from app.refusals import InvalidBody
from app.tasks.model import Task as TaskRecord
from app.teams import queries as team_queries
from sqlalchemy import select

{contract}
    team = await team_queries.team_by_id(session, team_id)
    known = set(await session.scalars(select(TaskRecord.id).where(TaskRecord.team_row_id == team.row_id)))
    if set(body) != known or len(body) != len(known):
        raise InvalidBody("body", "Must name each task of the team once.")
""",
    VERSION: """\
{contract}
    return GetVersionAnswer(version="1.0.0", commit="unknown")
""",
}

HASTY = (
    ("app.tasks import queries as task_queries", "app.tasks.model import Task as TaskRecord"),
    ("task_queries.task_by_id(session, task_id)", "session.get_one(TaskRecord, 1)"),
)
"""What would not look at the task that is asked for."""


class Answers:
    """What a model would answer: the contract as it is asked for, and a body."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}
        self.asked: dict[str, list[str]] = {}

    def reply(self, call: ReceivedCall) -> FakeReply:
        match = re.search(r"^# Contract: (\S+):(\w+)\n\n```python\n(.*?)\n    raise NotImplementedError", call.question, re.M | re.S)  # fmt: skip # noqa: E501
        if match is None:
            raise NoReply("no contract")
        assert match[1].startswith("app/operations/"), "nothing else is asked for"
        self.asked.setdefault(match[2], []).append(call.question)
        return FakeReply(self.first.pop(match[2], WRITTEN[match[2]]).format(contract=match[3]))


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def server(answers: Answers) -> Iterator[FakeModelServer]:
    with FakeModelServer(answers) as server:
        yield server


def _built(server: FakeModelServer, folder: Path, **variables: str) -> RunFinished:
    environ = {
        **server.environment,
        "DEVMATRIX_HOME": str(Settings.read().home),
        "DEVMATRIX_DATABASE_URL": f"sqlite:///{folder / 'runs.db'}",
        "DEVMATRIX_MODEL": "anthropic:claude-sonnet-5-5",
        "DEVMATRIX_FUZZ_EXAMPLES": "1",
        **variables,
    }
    document = discover([Source(DOCUMENT.read_text(encoding="utf-8"), DOCUMENT.name, DOCUMENT)])

    async def collect() -> list[Event]:
        service = OrchestrationService(Settings.read(environ))
        return [event async for event in service.orchestrate_from_discovery(document, out=folder / "out")]

    last = asyncio.run(collect())[-1]
    assert isinstance(last, RunFinished)
    return last


def test_a_model_writes_what_no_rule_explains_and_all_is_proven(
    server: FakeModelServer, answers: Answers, tmp_path: Path
) -> None:
    answers.first[CLONE] = WRITTEN[CLONE].replace(*HASTY[0]).replace(*HASTY[1])
    outcome = _built(server, tmp_path)
    assert (outcome.status, outcome.missing) == ("succeeded", ())
    assert outcome.atoms_by_author["model"] == 3
    assert set(answers.asked) == {CLONE, REORDER, VERSION}
    first, second = answers.asked[CLONE]
    assert "show_task(session: AsyncSession, task: TaskRecord) -> Task:" in first, "how its answer is made"
    assert "task_by_id(session: AsyncSession, id: str) -> Task:" in first, "how its record is found"
    assert "Missing: 404" in first, "what the document says of refusals"
    assert "expected 404, got 500" in second, "the scenario of an unknown record, as evidence"


def test_without_a_model_they_say_so_and_everything_else_is_proven(server: FakeModelServer, tmp_path: Path) -> None:
    outcome = _built(server, tmp_path, DEVMATRIX_MODEL="")
    assert (outcome.status, server.calls) == ("incomplete", ())
    assert outcome.atoms_by_author["stand-in"] == 3
    unproven = [line for line in outcome.missing if line.startswith("R-")]
    assert len(unproven) == 3
    assert all("does what the document says" in line for line in unproven)
