"""`devmatrix doctor`, check by check, on this machine and on spoiled ones."""

import json
from pathlib import Path

import pytest

from devmatrix.cli.doctor import Diagnosis, doctor_command, examine
from devmatrix.llm.testing import FakeModelServer, Sample
from devmatrix.sandbox.conformance import ATTACKS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("DEVMATRIX_HOME", str(home))
    for name in ("DEVMATRIX_DATABASE_URL", "DEVMATRIX_SANDBOX", "DEVMATRIX_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return home


def diagnosed(check: str) -> Diagnosis:
    return next(diagnosis for diagnosis in examine() if diagnosis.check == check)


def test_a_sound_machine_lacks_nothing() -> None:
    found = {diagnosis.check: diagnosis for diagnosis in examine()}
    assert list(found) == ["python", "git", "make", "home", "database", "stack fastapi", "sandbox", "model"]
    assert {check: item for check, item in found.items() if item.state == "missing"} == {}
    assert found["sandbox"].state == "ok"
    assert f"{len(ATTACKS)} of {len(ATTACKS)} attacks contained, " in found["sandbox"].found
    assert found["git"].found.startswith("git version")


def test_an_environment_that_is_not_made_yet_is_worth_a_note(home: Path) -> None:
    found = diagnosed("stack fastapi")
    assert found.state == "note"
    assert "--prepare" in found.mend
    assert not [path for path in home.rglob("pyvenv.cfg")]


def test_a_home_that_cannot_be_written_is_missing_with_its_mend(home: Path) -> None:
    home.write_text("a file")
    found = diagnosed("home")
    assert found.state == "missing"
    assert str(home) in found.found
    assert "DEVMATRIX_HOME" in found.mend


def test_a_database_that_does_not_open_is_missing_and_its_password_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEVMATRIX_DATABASE_URL", "postgresql://someone:geheim@127.0.0.1:1/none")
    found = diagnosed("database")
    assert found.state == "missing"
    assert found.mend
    assert "geheim" not in found.found + found.mend


def test_a_tool_that_is_not_there_is_missing_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = diagnosed("git")
    assert found.state == "missing"
    assert "apt-get install git" in found.mend


def test_a_tool_that_does_not_work_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "make"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = diagnosed("make")
    assert found.state == "missing"
    assert "does not work" in found.found


def test_a_sandbox_that_is_switched_off_is_worth_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVMATRIX_SANDBOX", "off")
    assert diagnosed("sandbox").state == "note"


def test_a_model_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVMATRIX_SANDBOX", "off")
    monkeypatch.setenv("DEVMATRIX_MODEL", "anthropic:claude-sonnet-5-5")
    with FakeModelServer(Sample()) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        assert diagnosed("model").state == "ok"
        monkeypatch.setenv("ANTHROPIC_API_KEY", "wrong-key")
        found = diagnosed("model")
        assert server.calls == (), "to look costs nothing"
    assert found.state == "missing"
    assert "refuses the key" in found.found
    assert "wrong-key" not in found.found + found.mend


def test_settings_that_are_wrong_end_the_examination(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MGE_V2_MAX_CONCURRENCY", "many")
    assert doctor_command(prepare=False, json=False) == 1
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last[0].startswith("missing settings: MGE_V2_MAX_CONCURRENCY='many' is not valid")
    assert last[1].startswith("        mend: ")


def test_json_is_one_object_per_check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DEVMATRIX_SANDBOX", "off")
    assert doctor_command(prepare=False, json=True) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [item["check"] for item in found][:2] == ["python", "git"]
    assert {item["state"] for item in found} <= {"ok", "note"}
