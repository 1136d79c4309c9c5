"""`devmatrix runs` and `devmatrix show` over a real database."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel, JsonValue

from devmatrix.atoms import Atom, AtomKind, Contract, Evidence, EvidenceLevel
from devmatrix.cli.history import runs_command, show_command
from devmatrix.errors import UserError
from devmatrix.storage import AttemptRecord, RunRecord, RunStatus, RunStore, open_store

AT = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


class Report(BaseModel):
    """As much of a report as `show` reads; the whole one is delivery's."""

    requirements: list[dict[str, JsonValue]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    monkeypatch.setenv("DEVMATRIX_HOME", str(tmp_path))
    monkeypatch.setenv("DEVMATRIX_DATABASE_URL", "")
    store = open_store(f"sqlite:///{tmp_path / 'devmatrix.db'}")
    yield store
    store.close()


def begin(store: RunStore, run_id: str, **changes: object) -> None:
    values: dict[str, object] = {
        "id": run_id,
        "request": "Shelf: [bold]name\x1b[2J",
        "stack": "fastapi",
        "out": "/projects/shelves",
        "status": RunStatus.RUNNING,
        "created_at": AT,
        "devmatrix_version": "0.1.0",
    }
    store.start_run(RunRecord.model_validate(values | changes))


def attempt(number: int, *, accepted: bool) -> AttemptRecord:
    return AttemptRecord(
        atom_id="app/x.py:f", number=number, author="blueprint", accepted=accepted, content_hash="c", code="", at=AT
    )


def evidence(level: EvidenceLevel, *, passed: bool) -> Evidence:
    return Evidence(level=level, check="ruff", subject="x", passed=passed, content_hash="c", at=AT, seconds=0.1)


def test_a_fresh_database_has_no_runs_and_says_how_to_make_one(
    store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runs_command(limit=20, json=False) == 0
    assert "devmatrix build" in capsys.readouterr().out
    assert runs_command(limit=20, json=True) == 0
    assert capsys.readouterr().out == ""


def test_runs_are_listed_latest_first(store: RunStore, capsys: pytest.CaptureFixture[str]) -> None:
    begin(store, "aaaa")
    begin(store, "bbbb", created_at=AT.replace(hour=13), title="Shelf keeping")
    runs_command(limit=20, json=False)
    header, second, first = capsys.readouterr().out.splitlines()
    assert header.split() == ["run", "began", "status", "took", "cost", "what"]
    assert second.split()[:4] == ["bbbb", "2026-01-31", "13:30", "running"]
    assert "Shelf keeping" in second
    assert "Shelf: [bold]name" in first
    assert "\x1b" not in first
    runs_command(limit=1, json=True)
    assert json.loads(capsys.readouterr().out)["id"] == "bbbb"


def test_a_run_shows_its_result_evidence_and_what_is_not_proven(
    store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(store, "abcd1234")
    contract = Contract(path="app/x.py", name="f", kind=AtomKind.FUNCTION, face="def f() -> None: ...")
    store.save_atoms("abcd1234", [Atom(contract=contract, task_id="x", requirement_ids=())])
    store.save_attempts("abcd1234", [attempt(1, accepted=False), attempt(2, accepted=True)])
    store.save_evidence(
        "abcd1234", [evidence(EvidenceLevel.ATOM, passed=True), evidence(EvidenceLevel.ATOM, passed=False)]
    )
    requirements: list[dict[str, JsonValue]] = [
        {"id": "R-01", "level": "must", "text": "A shelf has a name.", "proven": True},
        {"id": "R-02", "level": "should", "text": "Shelves are tidy.", "proven": False},
    ]
    store.finish_run("abcd1234", RunStatus.INCOMPLETE, Report(requirements=requirements), title="Shelves", seconds=2.5)

    assert show_command("abcd", json=False) == 0
    shown = capsys.readouterr().out
    for part in (
        "incomplete: Shelves",
        "2.5 s",
        "1 of 1 (100 %) accepted, 0 of 1 (0 %) at first",
        "level 1, atom: 1 of 2 checks passed",
        "level 4, system: nothing ran",
        "not proven: 1\n- R-02 (should): Shelves are tidy.",
        "app/x.py:f: 2 attempts, accepted",
    ):
        assert part in shown
    assert "R-01" not in shown

    assert show_command("abcd", json=True) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["status"] == "incomplete"
    assert values["levels"] == {"1": {"ran": 2, "passed": 1}}
    assert values["retried"] == [{"id": "app/x.py:f", "attempts": 2, "accepted": True, "author": "blueprint"}]
    assert values["report"]["requirements"] == requirements


def test_a_run_without_a_report_says_so(store: RunStore, capsys: pytest.CaptureFixture[str]) -> None:
    begin(store, "abcd")
    show_command("abcd", json=False)
    shown = capsys.readouterr().out
    assert "There is no report" in shown
    assert "not ended" in shown
    assert "atoms    none" in shown


@pytest.mark.parametrize("name", ["nope", "", "\udcff", "%"])
def test_a_run_that_there_is_not_is_a_clear_error(store: RunStore, name: str) -> None:
    begin(store, "abcd")
    with pytest.raises(UserError) as refused:
        show_command(name, json=False)
    assert "devmatrix runs" in refused.value.mend
