"""A fresh delivery: one commit per milestone, nothing of the user's settings, all or nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from devmatrix.delivery import OutputPlan, check_output, deliver
from devmatrix.delivery.report import Report
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import OutputError, RunError
from devmatrix.planning.plan import MasterPlan
from tests.integration.delivery.samples import SAMPLE, deliver_sample, git, tree


def test_one_commit_per_milestone(tmp_path: Path) -> None:
    out = tmp_path / "new" / "library"
    delivered = deliver_sample(out)

    assert git(out, "log", "--reverse", "--format=%s|%an|%ae|%cn").splitlines() == [
        f"{title}|DevMatrix|devmatrix@localhost|DevMatrix" for title in ("Foundation", "Shelfs", "Books", "Delivery")
    ]
    assert git(out, "log", "--reverse", "--format=%H").split() == list(delivered.commits)
    assert git(out, "symbolic-ref", "HEAD").strip() == "refs/heads/main"
    assert git(out, "status", "--porcelain") == ""
    assert git(out, "show", "--name-only", "--format=", delivered.commits[1]).split() == [
        f"app/shelfs/{part}.py" for part in ("model", "repository", "router", "schemas", "service")
    ]
    assert "tests/scenarios/test_all.py" in git(out, "show", "--name-only", "--format=", delivered.head)
    assert f"DevMatrix-Run: {SAMPLE.report().run_id}" in git(out, "log", "-1", "--format=%B")
    assert "- Shelfs: model" in git(out, "log", "--format=%B")
    assert git(out, "fsck", "--strict") == ""


def test_the_files_are_those_given(tmp_path: Path) -> None:
    odd = {"crlf.txt": "a\r\nb\r\n", "empty": "", 'od"d ä.txt': "ünï\n", "data/no-newline": "x"}
    deliver_sample(tmp_path / "out", odd)
    found = tree(tmp_path / "out")
    own = {path: found.pop(path) for path in list(found) if path.startswith(".devmatrix/")}
    assert found == {path: text.encode() for path, text in {**SAMPLE.files, **odd}.items()}
    assert set(own) == {
        f".devmatrix/{name}"
        for name in (".gitignore", "delivery.json", "document.json", "plan.json", "report.html", "report.json")
    }
    assert subprocess.check_output(["git", "show", "HEAD:crlf.txt"], cwd=tmp_path / "out") == b"a\r\nb\r\n"


def test_what_devmatrix_knows_lies_beside_but_not_in_the_commits(tmp_path: Path) -> None:
    delivered = deliver_sample(tmp_path / "out")
    own = tmp_path / "out" / ".devmatrix"
    assert ".devmatrix" not in git(tmp_path / "out", "ls-files")
    assert DiscoveryDocument.model_validate_json((own / "document.json").read_text()) == SAMPLE.document
    assert MasterPlan.model_validate_json((own / "plan.json").read_text()) == SAMPLE.plan
    report = json.loads(delivered.report_json.read_text())
    schema = json.loads((Path(sys.modules["devmatrix.delivery"].__path__[0]) / "report.schema.json").read_text())
    jsonschema.validate(report, schema)
    assert Report.model_validate(report).code_hash == SAMPLE.report().code_hash
    assert delivered.report_html.read_text().startswith("<!doctype html>")
    assert json.loads((own / "delivery.json").read_text())["commit"] == delivered.head


def test_nothing_of_the_users_settings_matters(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = home / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "pre-commit", "post-commit", "reference-transaction", "post-index-change"):
        (hooks / name).write_text("#!/bin/sh\ntouch $HOME/hooked\nexit 1\n")
        (hooks / name).chmod(0o755)
    (home / "template" / "hooks").mkdir(parents=True)
    (home / "template" / "planted").write_text("")
    (home / "attributes").write_text("* text eol=crlf\n")
    (home / ".gitconfig").write_text(
        f"[core]\nhooksPath={hooks}\nautocrlf=true\nattributesFile={home}/attributes\n[init]\ndefaultBranch=odd\n"
        f"templateDir={home}/template\n[commit]\ngpgSign=true\n[user]\nsigningKey=none\n"
    )
    monkeypatch.setenv("GIT_DIR", str(home / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(home / "index"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Wrong")
    out = tmp_path / "out"
    deliver_sample(out)
    deliver_sample(out, {"app/main.py": "# other\n"})

    monkeypatch.undo()
    assert not (home / "hooked").exists()
    assert not (out / ".git" / "planted").exists()
    assert git(out, "symbolic-ref", "HEAD").strip() == "refs/heads/main"
    assert git(out, "log", "--format=%an").splitlines() == ["DevMatrix"] * 5
    assert (out / "app/main.py").read_bytes() == b"# other\n"


def test_the_users_own_name_is_used(tmp_path: Path, home: Path) -> None:
    (home / ".gitconfig").write_text('[user]\nname = "Ada <L>"\nemail = ada@example.com\n')
    deliver_sample(tmp_path / "out")
    assert set(git(tmp_path / "out", "log", "--format=%an %ae").splitlines()) == {"Ada L ada@example.com"}
    assert (home / ".gitconfig").read_text().startswith("[user]")


def test_inside_another_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "mine.txt").write_text("mine")
    git(tmp_path, "add", "mine.txt")
    git(tmp_path, "commit", "-qm", "Mine")
    before = git(tmp_path, "rev-parse", "HEAD")

    delivered = deliver_sample(tmp_path / "build" / "library")
    assert len(delivered.commits) == 4
    assert git(tmp_path, "rev-parse", "HEAD") == before
    assert git(tmp_path, "status", "--porcelain").split() == ["??", "build/"]
    assert check_output(tmp_path / "build" / "library").delivered == delivered.head


def test_an_empty_folder_stays_the_same_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    inode = out.stat().st_ino
    deliver_sample(out)
    assert out.stat().st_ino == inode
    assert git(out, "status", "--porcelain") == ""
    assert not list(out.glob(".devmatrix-staging*"))


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert deliver_sample(tmp_path / "link").out == tmp_path / "real"


def test_permissions_are_ordinary(tmp_path: Path) -> None:
    deliver_sample(tmp_path / "out")
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o777 & ~umask
    assert (tmp_path / "out/app/main.py").stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("there", ["nothing", "empty folder"])
@pytest.mark.parametrize("stop", ["move_to", "prepare"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, RunError])
def test_interrupted_it_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, stop: str, error: type[BaseException]
) -> None:
    out = tmp_path / "a" / "b" / "out"
    if there == "empty folder":
        out.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    def interrupt(*_arguments: object, **_more: object) -> None:
        raise error("stopped")

    monkeypatch.setattr(f"devmatrix.delivery.git.Repository.{stop}", interrupt)
    with pytest.raises((KeyboardInterrupt, OutputError, RunError)):
        deliver_sample(out)
    assert sorted(tmp_path.rglob("*")) == before


def test_interrupted_while_moving_in_it_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    rename = Path.rename

    def interrupt(self: Path, target: Path) -> Path:
        if self.name == "app":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        deliver_sample(out)
    assert list(out.iterdir()) == []


def test_what_came_into_being_during_the_run_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    seen = check_output(out)
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="not made by DevMatrix"):
        deliver(seen, files=SAMPLE.files, document=SAMPLE.document, plan=SAMPLE.plan, report=SAMPLE.report())
    assert tree(out) == {"mine.txt": b"mine"}


def test_a_path_that_no_project_may_have_stops_it_all(tmp_path: Path) -> None:
    for path in ("../escaped", ".git/hooks/post-commit", ".devmatrix/x"):
        with pytest.raises(RunError, match="cannot have a file"):
            deliver_sample(tmp_path / "out", {path: "x"})
    with pytest.raises(RunError, match="nothing to deliver"):
        deliver(
            OutputPlan(tmp_path / "out", None),
            files={},
            document=SAMPLE.document,
            plan=SAMPLE.plan,
            report=SAMPLE.report(),
        )
    assert list(tmp_path.iterdir()) == []
