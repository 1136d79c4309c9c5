"""One build as a user sees it: what is shown, what lies in the folder, and what happens the second time."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tests.acceptance.conftest import Devmatrix, report_of
from tests.acceptance.test_domains import EXAMPLE


def _tree(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in paths
        if path.relative_to(folder).parts[0] not in (".git", ".devmatrix")
    }


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_report_is_complete_and_keeps_its_schema(builds: Callable[[str], Path]) -> None:
    project = builds(EXAMPLE)
    report = report_of(project)
    schema = json.loads(files("devmatrix.delivery").joinpath("report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)
    assert report["atoms"]["total"] == report["atoms"]["accepted"] == report["atoms"]["by_author"]["blueprint"]
    assert set(report["levels"]) == {"1", "2", "3", "4"}
    assert report["cost_usd"] == 0
    for requirement in report["requirements"]:
        assert requirement["proven"], requirement
        assert requirement["scenarios"]
        assert requirement["tasks"] or report["shared"]["tasks"]
    page = (project / ".devmatrix" / "report.html").read_text(encoding="utf-8")
    assert "R-01" in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)


def test_the_project_is_a_repository_with_a_commit_per_milestone(builds: Callable[[str], Path]) -> None:
    project = builds(EXAMPLE)
    assert _git(project, "status", "--porcelain") == ""
    plan = json.loads((project / ".devmatrix" / "plan.json").read_text(encoding="utf-8"))
    milestones = [milestone["title"] for phase in plan["phases"] for milestone in phase["milestones"]]
    assert _git(project, "log", "--reverse", "--format=%s").splitlines() == milestones


def test_the_same_request_gives_the_same_bytes_and_an_untouched_folder_is_built_again(
    builds: Callable[[str], Path], devmatrix: Devmatrix, tmp_path: Path
) -> None:
    project = builds(EXAMPLE)
    again = tmp_path / "again"
    shutil.copytree(project, again)
    (again / "app.db").write_bytes(b"mine")
    before = _git(again, "rev-parse", "HEAD")

    ran = devmatrix("build", EXAMPLE, "--out", str(again), "--yes")

    assert ran.exit_code == 0, ran.text
    assert (again / "app.db").read_bytes() == b"mine"
    (again / "app.db").unlink()
    assert _tree(again) == _tree(project)
    assert _git(again, "rev-parse", "HEAD") == before
    assert report_of(again)["code_hash"] == report_of(project)["code_hash"]


def test_a_folder_that_was_edited_is_left_alone(
    builds: Callable[[str], Path], devmatrix: Devmatrix, tmp_path: Path
) -> None:
    edited = tmp_path / "edited"
    shutil.copytree(builds(EXAMPLE), edited)
    readme = edited / "README.md"
    readme.write_text("# My own words\n", encoding="utf-8")

    ran = devmatrix("build", EXAMPLE, "--out", str(edited), "--yes")

    assert ran.exit_code == 2
    assert "README.md" in ran.stderr
    assert "--out" in ran.stderr
    assert readme.read_text(encoding="utf-8") == "# My own words\n"


def test_json_lines_hold_events_only_and_end_with_the_outcome(devmatrix: Devmatrix, tmp_path: Path) -> None:
    ran = devmatrix("build", "Memo: title", "--out", str(tmp_path / "notes"), "--yes", "--json")
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    assert events[0]["type"] == "run_started"
    assert events[-1]["type"] == "run_finished"
    assert events[-1]["status"] == "succeeded"
    run_id = events[0]["run_id"]
    assert {event["run_id"] for event in events} == {run_id}

    assert run_id in devmatrix("runs").stdout
    shown = devmatrix("show", run_id[:-2])
    assert shown.exit_code == 0
    assert "succeeded" in shown.stdout


def test_interrupting_leaves_nothing_and_says_how_to_go_on(variables: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    request = Path(__file__).parents[2] / "benchmarks" / "requests" / "library.txt"
    command = [sys.executable, "-m", "devmatrix", "build", f"@{request}", "--out", str(out), "--yes"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=variables)
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if line.startswith("validation"):
            break
    os.kill(process.pid, signal.SIGINT)
    told += process.communicate(timeout=60)[0]

    assert process.returncode == 130, told
    assert "same command" in told
    assert "Traceback" not in told
    assert not out.exists()
    runs = subprocess.run(
        [sys.executable, "-m", "devmatrix", "runs", "--json"], capture_output=True, text=True, env=variables, check=True
    )
    assert "cancelled" in runs.stdout
    time.sleep(0.5)
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(out) not in left


@pytest.mark.parametrize("command", ["build", "plan"])
def test_help_says_what_to_type(command: str, devmatrix: Devmatrix) -> None:
    ran = devmatrix(command, "--help")
    assert ran.exit_code == 0
    assert "SOURCE" in ran.stdout
