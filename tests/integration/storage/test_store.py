"""The store keeps what it is given, on SQLite and on PostgreSQL."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import RunError, UserError
from devmatrix.events import RunStarted, StageStarted
from devmatrix.planning.plan import MasterPlan
from devmatrix.storage import RunStatus, RunStore, open_store, seconds_per_task
from tests.integration.storage import samples


@pytest.fixture
def store(database_url: str) -> Iterator[RunStore]:
    store = open_store(database_url)
    yield store
    store.close()


def test_a_run_comes_back_as_it_went_in(store: RunStore) -> None:
    run = samples.run()
    store.start_run(run)

    assert store.runs() == (run,)
    stored = store.run(run.id)
    assert (stored.document, stored.plan, stored.report) == (None, None, None)
    assert stored.created_at == samples.NOON
    assert stored.created_at.tzinfo is UTC


def test_the_history_is_read_alike_with_and_without_the_store(database_url: str) -> None:
    assert seconds_per_task(database_url) == ()  # and makes it, as any other command does
    store = open_store(database_url)
    for number, (status, seconds) in enumerate(
        ((RunStatus.SUCCEEDED, 10.0), (RunStatus.INCOMPLETE, 4.0), (RunStatus.FAILED, 9.0), (RunStatus.SUCCEEDED, 8.0))
    ):
        run = samples.run().model_copy(
            update={
                "id": f"run-{number}",
                "status": status,
                "seconds": seconds,
                "created_at": samples.NOON + timedelta(hours=number),
            }
        )
        store.start_run(run)
        if number != 3:  # the last has no plan
            store.save_plan(run.id, samples.DOCUMENT, samples.PLAN)
    known = store.seconds_per_task()
    store.close()
    assert known == (2.0, 5.0)
    assert seconds_per_task(database_url) == known
    assert seconds_per_task(database_url, limit=1) == known[:1]


def test_a_run_is_started_once(store: RunStore) -> None:
    store.start_run(samples.run())
    with pytest.raises(RunError, match="refused"):
        store.start_run(samples.run())


def test_document_and_plan_come_back_whole(store: RunStore) -> None:
    store.start_run(samples.run())
    store.save_plan("4f1c00aa", samples.DOCUMENT, samples.PLAN)
    store.save_plan("4f1c00aa", samples.DOCUMENT, samples.PLAN)

    stored = store.run("4f1c00aa")
    assert DiscoveryDocument.model_validate(stored.document) == samples.DOCUMENT
    assert MasterPlan.model_validate(stored.plan) == samples.PLAN
    tasks = store.tasks("4f1c00aa")
    assert [(task.id, task.milestone_id, task.position) for task in tasks] == [
        ("shelves.model", "shelves", 0),
        ("shelves.service", "shelves", 1),
    ]
    assert tasks[1].requirement_ids == ("R-01", "R-02")


def test_atoms_tell_how_far_they_got(store: RunStore) -> None:
    store.start_run(samples.run())
    first, second, third = samples.atom(1), samples.atom(2, samples.atom(1).id), samples.atom(3)
    store.save_atoms("4f1c00aa", [first, second, third])
    store.save_attempts("4f1c00aa", [samples.attempt(first, 1, accepted=False), samples.attempt(first, 2)])
    store.save_attempts("4f1c00aa", [samples.attempt(second, 1, accepted=False)])

    atoms = store.atoms("4f1c00aa")
    assert [(atom.id, atom.attempts, atom.accepted, atom.author) for atom in atoms] == [
        (first.id, 2, True, "blueprint"),
        (second.id, 1, False, None),
        (third.id, 0, False, None),
    ]
    assert atoms[1].depends_on == (first.id,)
    assert atoms[0].contract == first.contract.model_dump(mode="json")


def test_attempts_saved_again_are_kept_once(store: RunStore) -> None:
    store.start_run(samples.run())
    only = samples.atom(1)
    store.save_atoms("4f1c00aa", [only])
    tried = [samples.attempt(only, 1, accepted=False), samples.attempt(only, 2)]
    store.save_attempts("4f1c00aa", tried)
    store.save_attempts("4f1c00aa", tried[1:])

    assert store.attempts("4f1c00aa", only.id) == tuple(tried)
    assert store.attempts("4f1c00aa") == tuple(tried)
    assert store.attempts("4f1c00aa", "another") == ()


def test_accepted_code_is_found_by_the_question_in_any_run(store: RunStore) -> None:
    atom, refused = samples.atom(1), samples.atom(2)
    for run_id in ("aaaa", "bbbb"):
        store.start_run(samples.run(run_id))
        store.save_atoms(run_id, [atom, refused])
    store.save_attempts("aaaa", [samples.attempt(atom, 1, code="return 1")])
    store.save_attempts("bbbb", [samples.attempt(atom, 2, code="return 2")])
    store.save_attempts("bbbb", [samples.attempt(refused, 1, accepted=False)])

    found = store.accepted_code([atom.content_hash, refused.content_hash, *(f"{n}" for n in range(2_000))])
    assert list(found) == [atom.content_hash]
    assert (found[atom.content_hash].code, found[atom.content_hash].run_id) == ("return 2", "bbbb")


def test_evidence_keeps_its_order_over_several_savings(store: RunStore) -> None:
    store.start_run(samples.run())
    store.save_evidence("4f1c00aa", [samples.evidence("b", passed=False), samples.evidence("a")])
    store.save_evidence("4f1c00aa", [samples.evidence("c")])

    kept = store.evidence("4f1c00aa")
    assert [(entry.subject, entry.passed) for entry in kept] == [("b", False), ("a", True), ("c", True)]
    assert kept[0].findings[0]["message"] == "NUL \x00 in it"
    assert kept[0].detail == "seen \ufffd"  # PostgreSQL keeps no NUL in text
    assert kept[0].at == samples.NOON


def test_events_are_read_on_from_the_last_one_seen(store: RunStore) -> None:
    store.start_run(samples.run())
    started = RunStarted(run_id="4f1c00aa", at=samples.NOON, request="Track shelves", out="/tmp/shelves")
    stage = StageStarted(run_id="4f1c00aa", at=samples.NOON, stage="planning")
    assert store.append_events("4f1c00aa", []) == 0
    assert store.append_events("4f1c00aa", [started, stage]) == 2
    assert store.append_events("4f1c00aa", [stage]) == 3

    assert [event.sequence for event in store.events("4f1c00aa")] == [1, 2, 3]
    assert [event.type for event in store.events("4f1c00aa", after=1)] == ["stage_started", "stage_started"]
    assert RunStarted.model_validate(store.events("4f1c00aa")[0].event) == started


def test_writers_at_once_neither_lose_nor_reorder_events(store: RunStore) -> None:
    store.start_run(samples.run())

    def write(name: str) -> None:
        for number in range(20):
            event = RunStarted(run_id="4f1c00aa", at=samples.NOON, request=f"{name}{number}", out="")
            store.append_events("4f1c00aa", [event])

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    events = store.events("4f1c00aa")
    assert [event.sequence for event in events] == list(range(1, 81))
    texts = [str(event.event["request"]) for event in events]
    for name in "abcd":
        assert [text for text in texts if text[0] == name] == [f"{name}{number}" for number in range(20)]


def test_a_finished_run_has_its_report(store: RunStore) -> None:
    store.start_run(samples.run())
    store.set_status("4f1c00aa", RunStatus.PAUSED)
    assert store.run("4f1c00aa").status is RunStatus.PAUSED
    before = datetime.now(UTC)
    store.finish_run("4f1c00aa", RunStatus.SUCCEEDED, samples.SOME, title="Shelves", seconds=2.5, cost_usd=0.1)

    stored = store.run("4f1c00aa")
    assert (stored.status, stored.title, stored.seconds, stored.cost_usd) == ("succeeded", "Shelves", 2.5, 0.1)
    assert stored.report == {"low": 1.0, "likely": 2.0, "high": 3.0}
    assert stored.finished_at is not None
    assert before <= stored.finished_at <= datetime.now(UTC)


def test_finished_runs_tell_how_long_a_task_takes(store: RunStore) -> None:
    ends = [
        (RunStatus.SUCCEEDED, 4.0),
        (RunStatus.FAILED, 100.0),
        (RunStatus.INCOMPLETE, 6.0),
        (RunStatus.SUCCEEDED, 1.0),
    ]
    for number, (status, seconds) in enumerate(ends):
        store.start_run(samples.run(f"run{number}", minutes=number))
        if seconds > 1:
            store.save_plan(f"run{number}", samples.DOCUMENT, samples.PLAN)
        store.finish_run(f"run{number}", status, seconds=seconds)

    assert store.seconds_per_task() == (3.0, 2.0)
    assert store.seconds_per_task(limit=1) == (3.0,)


def test_runs_are_listed_newest_first_per_workspace(store: RunStore) -> None:
    for number in range(5):
        store.start_run(samples.run(f"run{number}", minutes=number))
    store.start_run(samples.run("other", workspace_id="elsewhere"))

    assert [run.id for run in store.runs(limit=2, offset=1)] == ["run3", "run2"]
    assert [run.id for run in store.runs(workspace_id="elsewhere")] == ["other"]
    with pytest.raises(UserError, match="no run 'other'"):
        store.run("other")


def test_a_run_is_named_by_the_start_of_its_id(store: RunStore) -> None:
    for run_id in ("4f1c00aa", "4f1c00bb", "4f1c", "9%_x"):
        store.start_run(samples.run(run_id))

    assert store.run("4f1c00a").id == "4f1c00aa"
    assert store.run("4f1c").id == "4f1c"
    assert store.run("9%").id == "9%_x"
    with pytest.raises(UserError, match="2 runs start with '4f1c00': 4f1c00aa, 4f1c00bb"):
        store.run("4f1c00")
    for unknown in ("", "%", "4F1C00A", "zz"):
        with pytest.raises(UserError) as caught:
            store.run(unknown)
        assert "devmatrix runs" in caught.value.mend


def test_nothing_is_kept_of_a_run_that_is_not_there(store: RunStore) -> None:
    writes: tuple[Callable[[], None], ...] = (
        lambda: store.save_atoms("none", [samples.atom(1)]),
        lambda: store.save_plan("none", samples.DOCUMENT, samples.PLAN),
        lambda: store.save_evidence("none", [samples.evidence("a")]),
        lambda: store.set_status("none", RunStatus.FAILED),
    )
    for write in writes:
        with pytest.raises(UserError, match="no run 'none'"):
            write()


def test_an_attempt_needs_its_atom(store: RunStore) -> None:
    store.start_run(samples.run())
    with pytest.raises(RunError, match="refused"):
        store.save_attempts("4f1c00aa", [samples.attempt(samples.atom(1))])
    assert store.attempts("4f1c00aa") == ()


def test_800_atoms_are_kept_in_well_under_a_second(store: RunStore) -> None:
    store.start_run(samples.run())
    atoms = [samples.atom(number) for number in range(800)]
    started = time.process_time()
    store.save_atoms("4f1c00aa", atoms)
    store.save_attempts("4f1c00aa", [samples.attempt(atom) for atom in atoms])
    store.save_evidence("4f1c00aa", [samples.evidence(atom.id) for atom in atoms])
    spent = time.process_time() - started

    assert len(store.atoms("4f1c00aa")) == 800
    assert spent < 0.8


def test_seconds_per_task_come_from_runs_that_ended_with_a_report(store: RunStore) -> None:
    assert store.seconds_per_task() == ()
    store.start_run(samples.run())
    store.save_plan("4f1c00aa", samples.DOCUMENT, samples.PLAN)
    assert store.seconds_per_task() == ()
    store.finish_run("4f1c00aa", RunStatus.SUCCEEDED, seconds=6.0)
    assert store.seconds_per_task() == (3.0,)
    store.finish_run("4f1c00aa", RunStatus.CANCELLED, seconds=6.0)
    assert store.seconds_per_task() == ()
