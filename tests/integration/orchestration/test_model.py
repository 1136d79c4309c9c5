"""Whole runs in which a language model writes what no blueprint knows: a fake one, over a real socket."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devmatrix.delivery import Report
from devmatrix.discovery import Source, discover
from devmatrix.errors import BudgetReached, SettingsError
from devmatrix.events import AtomJudged, Event, Planned, RunFinished
from devmatrix.llm.testing import FakeModelServer, FakeReply, NoReply, ReceivedCall
from devmatrix.orchestration import OrchestrationService
from devmatrix.settings import Settings
from devmatrix.storage import RunStatus, open_store

DOCUMENT = Path(__file__).parent / "tool_rental.yaml"
RIGHT = {
    "quote_tool": '''\
from decimal import ROUND_HALF_UP

async def quote_tool(session: AsyncSession, tool: Tool, data: QuoteToolInput) -> QuoteToolOutput:
    """GET /tools/{tool_id}/quote: Says what a rental would cost.

    The total is the daily fee times the days; from 7 days on, a tenth less, rounded half up to cents.
    """
    total = tool.daily_fee * data.days
    if data.days >= 7:
        total *= Decimal("0.9")
    return QuoteToolOutput(days=data.days, total=total.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
''',
    "a_tenth_off": '''\
def a_tenth_off(total: Decimal) -> Decimal:
    """The total less a tenth."""
    return total * Decimal("0.9")
''',
    "busiest_tools": '''\
from app.rentals.model import Rental
from sqlalchemy import func
from sqlalchemy import select

async def busiest_tools(session: AsyncSession) -> list[BusiestToolsOutput]:
    """GET /tools/busiest: busiest tools.

    All tools with the number of their rentals, most first, those with equal numbers by name.
    """
    number = func.count(Rental.id)
    statement = (
        select(Tool.id, number)
        .outerjoin(Rental, Rental.tool_id == Tool.id)
        .group_by(Tool.id, Tool.name)
        .order_by(number.desc(), Tool.name)
    )
    rows = await session.execute(statement)
    return [BusiestToolsOutput(tool_id=tool_id, rentals=rentals) for tool_id, rentals in rows]
''',
    "sets_fee": '''\
from app.problems import Invalid
from app.tools.model import Tool

async def sets_fee(session: AsyncSession, rental: Rental) -> None:
    """Sets fee, asked before create, update.

    The fee is the daily fee of the tool times the number of days, both the first and the last day counted.
    """
    tool = await session.get(Tool, rental.tool_id)
    if tool is None:
        raise Invalid("/tool_id", "There is no such tool.")
    days = (rental.ends_on - rental.starts_on).days + 1
    rental.fee = tool.daily_fee * days
''',
    "never_overlaps": '''\
from app.problems import Conflict
from sqlalchemy import select

async def never_overlaps(session: AsyncSession, rental: Rental) -> None:
    """Never overlaps, asked before create, update.

    No two rentals of one tool share a day.

    Raises:
        Conflict: another rental of the same tool has a day in common
    """
    found = await session.scalars(
        select(Rental.id).where(
            Rental.tool_id == rental.tool_id,
            Rental.starts_on <= rental.ends_on,
            Rental.ends_on >= rental.starts_on,
        )
    )
    if any(other != rental.id for other in found):
        raise Conflict("Another rental of this tool has a day in common.")
''',
}


class Answers:
    """Answers by the name of the symbol that is asked for: first what stands in `first`, then what is right."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}
        self.helpers: list[dict[str, object]] = []
        self.long_without: dict[str, str] = {}
        """Symbol -> a helper without which its body gets too long."""
        self.asked: list[ReceivedCall] = []

    def reply(self, call: ReceivedCall) -> FakeReply:
        if call.schema is not None:  # which helpers should it stand on?
            return FakeReply(json.dumps({"helpers": self.helpers}))
        self.asked.append(call)
        match = re.search(r"^# Contract: \S+:(\w+)$", call.question, re.M)
        if match is None:
            raise NoReply("no contract")
        name = match[1]
        if name in self.long_without and self.long_without[name] not in call.prompt:
            head, _, last = RIGHT[name].rstrip().rpartition("\n")
            filler = "".join(f"\n    part_{number} = {number} + {len(self.asked)}" for number in range(16))
            return FakeReply(f"{head}{filler}\n{last}")
        return FakeReply(self.first.pop(name, RIGHT[name]))

    def about(self, name: str) -> list[ReceivedCall]:
        return [call for call in self.asked if f":{name}\n" in call.question]


class Runs:
    """Builds of the document with a server."""

    def __init__(self, server: FakeModelServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.database = f"sqlite:///{folder / 'runs.db'}"

    def service(self, **variables: str) -> OrchestrationService:
        environ = {
            **self.server.environment,
            "DEVMATRIX_HOME": str(Settings.read().home),
            "DEVMATRIX_DATABASE_URL": self.database,
            "DEVMATRIX_MODEL": "anthropic:claude-sonnet-5-5",
            "DEVMATRIX_FUZZ_EXAMPLES": "1",
            **variables,
        }
        return OrchestrationService(Settings.read(environ))

    def build(self, **variables: str) -> list[Event]:
        document = discover([Source(DOCUMENT.read_text(encoding="utf-8"), DOCUMENT.name, DOCUMENT)])

        async def collect() -> list[Event]:
            events = self.service(**variables).orchestrate_from_discovery(document, out=self.folder / "out")
            return [event async for event in events]

        return asyncio.run(collect())

    def resume(self, **variables: str) -> list[Event]:
        async def collect() -> list[Event]:
            return [event async for event in self.service(**variables).resume(self.run_id)]

        return asyncio.run(collect())

    @property
    def run_id(self) -> str:
        return self._only()[0]

    @property
    def status(self) -> RunStatus:
        return self._only()[1]

    def _only(self) -> tuple[str, RunStatus]:
        store = open_store(self.database)
        (run,) = store.runs()
        store.close()
        return run.id, run.status


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def runs(answers: Answers, tmp_path: Path) -> Iterator[Runs]:
    with FakeModelServer(answers) as server:
        yield Runs(server, tmp_path)


def _outcome(events: list[Event]) -> RunFinished:
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last


def test_what_no_blueprint_knows_is_written_by_a_model_and_proven(runs: Runs) -> None:
    outcome = _outcome(runs.build())
    assert (outcome.status, outcome.missing) == ("succeeded", ())
    assert outcome.atoms_by_author["model"] == 4
    assert "stand-in" not in outcome.atoms_by_author
    assert outcome.cost_usd == pytest.approx(runs.server.cost_usd)
    assert {call.model for call in runs.server.calls} == {"claude-haiku-5-5"}, "the cheapest tier comes first"


def test_what_it_will_cost_is_told_before_anything_is_asked_and_again_at_the_end(runs: Runs) -> None:
    document = discover([Source(DOCUMENT.read_text(encoding="utf-8"), DOCUMENT.name, DOCUMENT)])
    before = runs.service().plan_from_discovery(document).estimate.usd
    assert 0 < before.low < before.likely < before.high
    assert runs.server.calls == ()
    events = runs.build()
    planned, outcome = next(event for event in events if isinstance(event, Planned)), _outcome(events)
    assert (planned.usd_low, planned.estimated_usd, planned.usd_high) == (before.low, before.likely, before.high)
    assert planned.model_atoms == 4
    assert planned.usd_low <= outcome.cost_usd <= planned.usd_high
    assert (outcome.usd_low, outcome.usd_high) == pytest.approx((planned.usd_low, planned.usd_high), abs=1e-6)
    assert (outcome.calls, outcome.reused) == (4, 0)


def test_who_starts_higher_or_lets_a_model_write_all_is_told_of_more(runs: Runs) -> None:
    document = discover([Source(DOCUMENT.read_text(encoding="utf-8"), DOCUMENT.name, DOCUMENT)])

    def forecast(**variables: str) -> float:
        return runs.service(**variables).plan_from_discovery(document).estimate.usd.likely

    usual = forecast()
    assert forecast(DEVMATRIX_MODEL_START="strong") > forecast(DEVMATRIX_MODEL_START="standard") > 3 * usual
    assert forecast(DEVMATRIX_AUTHORS="model") > 3 * usual
    assert forecast(DEVMATRIX_AUTHORS="blueprint") == forecast(DEVMATRIX_MODEL="")
    assert forecast(ANTHROPIC_API_KEY="") == forecast(DEVMATRIX_MODEL=""), "a key is not needed to plan"


def test_wrong_behaviour_is_repaired_with_the_failing_evidence_in_hand(runs: Runs, answers: Answers) -> None:
    answers.first["sets_fee"] = RIGHT["sets_fee"].replace(".days + 1", ".days")
    events = runs.build()
    outcome = _outcome(events)
    assert (outcome.status, outcome.missing) == ("succeeded", ())
    first, second = answers.about("sets_fee")
    assert "rejected" not in first.question
    assert '"13.50"' in second.question, "the scenario's expectation"
    assert ".days\n" in second.question, "the code that was wrong"
    judged = [event for event in events if isinstance(event, AtomJudged) and event.atom_id.endswith(":sets_fee")]
    assert [event.attempt for event in judged] == [1, 2]
    assert len(answers.asked) == 5, "nobody else is asked anew"


def test_the_report_accounts_for_every_call(runs: Runs, answers: Answers) -> None:
    answers.first["sets_fee"] = "def other() -> int:\n    return 1"
    outcome = _outcome(runs.build())
    report = Report.model_validate_json((runs.folder / "out" / ".devmatrix" / "report.json").read_bytes())
    cost, calls = report.cost, runs.server.calls
    assert report.cost_usd == outcome.cost_usd == pytest.approx(runs.server.cost_usd)
    assert cost.usd == pytest.approx(report.cost_usd)
    assert (cost.calls, cost.reused, cost.broken_off, cost.atoms.passed) == (5, 0, 0, 4)
    assert cost.tokens.model_dump() == {
        "input": sum(call.tokens.uncached_input for call in calls),
        "cache_read": sum(call.tokens.cache_read for call in calls),
        "cache_write": sum(call.tokens.cache_write for call in calls),
        "output": sum(call.tokens.output for call in calls),
    }
    assert sum(task.cost_usd for task in report.tasks) == pytest.approx(cost.usd)
    paid = [atom for atom in report.atoms_detail if atom.asked]
    assert sum(atom.cost_usd for atom in paid) == pytest.approx(cost.usd)
    (twice,) = (atom.asked for atom in paid if len(atom.asked) > 1)
    assert [(one.number, one.tier, one.accepted) for one in twice] == [(1, "cheap", False), (2, "cheap", True)]
    assert all(one.usd > 0 and one.model == "anthropic:claude-haiku-5-5" for one in twice)
    assert cost.forecast is not None
    assert cost.forecast.low <= cost.usd <= cost.forecast.high


def test_what_proves_too_large_for_one_body_is_split(runs: Runs, answers: Answers) -> None:
    answers.long_without["quote_tool"] = "a_tenth_off"
    answers.helpers = [
        {
            "declaration": "def a_tenth_off(total: Decimal) -> Decimal",
            "docstring": "The total less a tenth.",
            "imports": [],
            "examples": [{"call": "a_tenth_off(Decimal('10'))", "result": "Decimal('9.0')"}],
        }
    ]
    outcome = _outcome(runs.build())
    assert (outcome.status, outcome.missing) == ("succeeded", ())
    assert len(answers.about("quote_tool")) > 2
    assert outcome.atoms_by_author["model"] == 5, "the helper, too"


def test_without_a_model_it_says_so_at_run_time_and_everything_else_is_proven(runs: Runs) -> None:
    outcome = _outcome(runs.build(DEVMATRIX_MODEL=""))
    assert outcome.status == "incomplete"
    assert outcome.atoms_by_author["stand-in"] == 4
    assert outcome.atoms_accepted == outcome.atoms - 4
    assert {line.split()[0] for line in outcome.missing if line.startswith("R-")} == {"R-900", "R-901"}


def test_a_run_stops_at_its_budget_and_goes_on_with_a_higher_one_paying_nothing_twice(runs: Runs) -> None:
    with pytest.raises(BudgetReached, match=r"the budget is reached"):
        runs.build(DEVMATRIX_BUDGET_CALLS="2")
    assert runs.status is RunStatus.PAUSED
    assert not (runs.folder / "out").exists()
    assert len(runs.server.calls) == 2
    outcome = _outcome(runs.resume())
    assert outcome.status == "succeeded"
    assert outcome.run_id == runs.run_id
    assert len(runs.server.calls) == 4
    assert runs.server.calls_paid_twice() == 0
    report = Report.model_validate_json((runs.folder / "out" / ".devmatrix" / "report.json").read_bytes())
    assert report.cost.usd == pytest.approx(runs.server.cost_usd), "what was paid before it stopped, too"
    assert (report.cost.calls, report.cost.atoms.passed) == (4, 2), "two were accepted before it stopped"
    assert len([atom for atom in report.atoms_detail if atom.cost_usd]) == 4


def test_a_second_build_of_the_same_asks_nobody(runs: Runs) -> None:
    runs.build()
    events = runs.build()
    outcome = _outcome(events)
    assert outcome.status == "succeeded"
    assert [event.usd_high for event in events if isinstance(event, Planned)] == [0]
    assert outcome.atoms_by_author["recorded"] == 4
    assert outcome.cost_usd == 0
    assert len(runs.server.calls) == 4


def test_a_wrong_key_is_one_sentence_before_anything_is_asked(runs: Runs) -> None:
    with pytest.raises(SettingsError, match="refuses the key"):
        runs.build(ANTHROPIC_API_KEY="wrong")
    assert not (runs.folder / "out").exists()
