"""Whole runs through the Python API: what is wrong ends incomplete or failed, and says so."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from devmatrix.atoms import Candidate
from devmatrix.discovery import discover
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import ContractError, OutputError, RequestError
from devmatrix.events import Event, LevelFinished, RunFinished, StageFinished, Understood
from devmatrix.orchestration import OrchestrationService
from devmatrix.planning import MasterPlan
from devmatrix.settings import Settings
from devmatrix.stacks import Design
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.storage import RunStatus, open_store

REQUEST = "Memo: title"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=Settings.read().home, database_url=f"sqlite:///{tmp_path / 'runs.db'}", fuzz_examples=1)


class Flawed(FastAPIStack):
    """The stack with one blueprint changed."""

    def __init__(self, home: Path, atom_id: str, change: Callable[[str], str]) -> None:
        super().__init__(home)
        self._atom_id = atom_id
        self._change = change

    def design(self, document: DiscoveryDocument, plan: MasterPlan) -> Design:
        design = super().design(document, plan)
        right = design.blueprints[self._atom_id]
        wrong = right.model_copy(update={"code": self._change(right.code)})
        assert wrong.code != right.code
        blueprints: dict[str, Candidate] = {**design.blueprints, self._atom_id: wrong}
        return design.model_copy(update={"blueprints": blueprints})


def _run(service: OrchestrationService, out: Path) -> list[Event]:
    async def collect() -> list[Event]:
        return [event async for event in service.orchestrate_from_request(REQUEST, out=out)]

    return asyncio.run(collect())


def _outcome(events: list[Event]) -> RunFinished:
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last


def test_a_run_tells_each_stage_and_level_and_is_kept(settings: Settings, tmp_path: Path) -> None:
    events = _run(OrchestrationService(settings), tmp_path / "out")
    outcome = _outcome(events)
    assert (outcome.status, outcome.missing) == ("succeeded", ())
    assert [event.stage for event in events if isinstance(event, StageFinished)] == [
        "discovery",
        "planning",
        "atoms",
        "authoring",
        "validation",
        "delivery",
    ]
    assert [event.level for event in events if isinstance(event, LevelFinished)] == [1, 2, 3, 4]
    assert sum(isinstance(event, Understood) for event in events) == 1
    store = open_store(settings.database)
    run = store.run(outcome.run_id)
    assert run.status is RunStatus.SUCCEEDED
    assert run.report is not None
    assert all(atom.accepted for atom in store.atoms(run.id))
    assert {entry.level for entry in store.evidence(run.id)} == {1, 2, 3, 4}
    assert [record.type for record in store.events(run.id)][-1] == "run_finished"
    store.close()


def test_wrong_behaviour_that_type_checks_ends_incomplete_and_names_what_is_not_proven(
    settings: Settings, tmp_path: Path
) -> None:
    stack = Flawed(
        settings.home, "app/memos/service.py:patch_memo", lambda code: code.replace("exclude_unset=True", "")
    )
    outcome = _outcome(_run(OrchestrationService(settings, stack=stack), tmp_path / "out"))
    assert outcome.status == "incomplete"
    assert outcome.precision.must_passed < outcome.precision.must_total
    assert any("changed in part" in line for line in outcome.missing), outcome.missing


def test_code_that_does_not_keep_its_contract_is_not_accepted(settings: Settings, tmp_path: Path) -> None:
    stack = Flawed(settings.home, "app/memos/service.py:delete_memo", lambda code: code.replace("memo_id", "key"))
    outcome = _outcome(_run(OrchestrationService(settings, stack=stack), tmp_path / "out"))
    assert outcome.status == "incomplete"
    assert outcome.atoms_accepted == outcome.atoms - 1
    assert outcome.levels[1][2] > 0


def test_a_contract_tree_that_does_not_type_check_stops_the_run(settings: Settings, tmp_path: Path) -> None:
    class Unsound(FastAPIStack):
        def design(self, document: DiscoveryDocument, plan: MasterPlan) -> Design:
            design = super().design(document, plan)
            first = next(module for module in design.modules if module.path == "app/memos/service.py")
            broken = first.model_copy(update={"preamble": f"{first.preamble}\nLIMIT: int = 'many'"})
            others = tuple(broken if module is first else module for module in design.modules)
            return design.model_copy(update={"modules": others})

    with pytest.raises(ContractError, match=r"does not type-check: app/memos/service\.py"):
        _run(OrchestrationService(settings, stack=Unsound(settings.home)), tmp_path / "out")
    store = open_store(settings.database)
    assert [run.status for run in store.runs()] == [RunStatus.FAILED]
    store.close()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("stop_at", ["planning", "authoring"])
def test_closing_the_events_cancels_the_run_and_leaves_nothing(
    stop_at: str, settings: Settings, tmp_path: Path
) -> None:
    async def start_and_stop() -> None:
        events = OrchestrationService(settings).orchestrate_from_discovery(discover(REQUEST), out=tmp_path / "out")
        async for event in events:
            if isinstance(event, StageFinished) and event.stage == stop_at:
                break
        await events.aclose()

    asyncio.run(start_and_stop())
    store = open_store(settings.database)
    (run,) = store.runs()
    assert run.status is RunStatus.CANCELLED
    store.close()
    assert not (tmp_path / "out").exists()
    assert not (settings.home / "work" / run.id).exists()


def test_what_cannot_be_built_is_refused_before_a_run_begins(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file"):
        _run(OrchestrationService(settings), tmp_path / "out")

    async def strict() -> None:
        service = OrchestrationService(settings)
        request = f"{REQUEST}. It should feel like a summer breeze."
        async for _ in service.orchestrate_from_request(request, out=tmp_path / "other", strict=True):
            pass

    with pytest.raises(RequestError, match="summer breeze"):
        asyncio.run(strict())
    store = open_store(settings.database)
    assert store.runs() == ()
    store.close()
