"""Delivering again into the same folder: new commits on top, and nothing of the user's lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devmatrix.delivery import check_output
from devmatrix.errors import OutputError
from tests.integration.delivery.samples import deliver_sample, git, tree


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A delivered project that was run once: a database, an environment, a cache lie in it."""
    out = tmp_path / "out"
    deliver_sample(out, {".gitignore": "*.db\n.venv/\n__pycache__/\n"})
    (out / "app.db").write_text("records")
    (out / ".venv").mkdir()
    (out / ".venv" / "python").write_text("")
    (out / "notes.txt").write_text("mine, untracked")
    return out


KEEP: dict[str, str | None] = {".gitignore": "*.db\n.venv/\n__pycache__/\n"}


def test_equal_content_makes_no_commit(out: Path) -> None:
    before, head = tree(out), git(out, "rev-parse", "HEAD")
    delivered = deliver_sample(out, KEEP)
    assert delivered.commits == ()
    assert delivered.head == head.strip()
    after = tree(out)
    assert {path for path in before if before[path] != after[path]} <= {
        f".devmatrix/{name}" for name in ("delivery.json", "report.json", "report.html")
    }
    assert check_output(out).delivered == delivered.head


def test_changes_are_commits_on_top(out: Path) -> None:
    first = git(out, "rev-parse", "HEAD").strip()
    delivered = deliver_sample(
        out,
        {**KEEP, "app/main.py": "# new\n", "app/books/model.py": "# new\n", "app/shelfs/router.py": None, "x/y": "z"},
    )
    assert git(out, "log", "--reverse", "--format=%s", f"{first}..").splitlines() == [
        "Update: Foundation",
        "Update: Books",
        "Update: Delivery",
    ]
    assert git(out, "rev-list", "--reverse", f"{first}..").split() == list(delivered.commits)
    assert git(out, "status", "--porcelain").split() == ["??", "notes.txt"]
    assert (out / "app/main.py").read_text() == "# new\n"
    assert (out / "x/y").read_text() == "z"
    assert not (out / "app/shelfs/router.py").exists()
    assert (out / "app.db").read_text() == "records"
    assert (out / "notes.txt").read_text() == "mine, untracked"
    assert (out / ".venv/python").exists()


def test_what_was_removed_can_come_back_and_folders_go_when_empty(out: Path) -> None:
    parts = ("model", "repository", "router", "schemas", "service")
    gone = dict.fromkeys((f"app/books/{part}.py" for part in parts), None)
    deliver_sample(out, {**KEEP, **gone})
    assert not (out / "app/books").exists()
    deliver_sample(out, KEEP)
    assert (out / "app/books/model.py").exists()
    assert git(out, "status", "--porcelain").split() == ["??", "notes.txt"]


def test_a_file_can_become_a_folder_and_back(out: Path) -> None:
    deliver_sample(out, {**KEEP, "data": "a file"})
    deliver_sample(out, {**KEEP, "data/a.txt": "a folder"})
    assert (out / "data/a.txt").read_text() == "a folder"
    deliver_sample(out, {**KEEP, "data": "a file"})
    assert (out / "data").read_text() == "a file"
    assert git(out, "status", "--porcelain").split() == ["??", "notes.txt"]


def test_names_may_change_in_case_only(out: Path) -> None:
    deliver_sample(out, {**KEEP, "Readme.txt": "a"})
    deliver_sample(out, {**KEEP, "README.txt": "a"})
    assert "README.txt" in git(out, "ls-files")
    assert "Readme.txt" not in git(out, "ls-files")


def test_on_a_branch_of_the_users(out: Path) -> None:
    git(out, "checkout", "-qb", "try")
    main = git(out, "rev-parse", "main")
    deliver_sample(out, {**KEEP, "app/main.py": "# new\n"})
    assert git(out, "symbolic-ref", "--short", "HEAD").strip() == "try"
    assert git(out, "rev-parse", "main") == main


def _edit(out: Path) -> str:
    (out / "app/main.py").write_text("# mine\n")
    return "app/main.py"


def _stage(out: Path) -> str:
    (out / "extra.py").write_text("# mine\n")
    git(out, "add", "extra.py")
    return "extra.py"


def _delete(out: Path) -> str:
    (out / "app/books/service.py").unlink()
    return "app/books/service.py"


def _commit(out: Path) -> str:
    (out / "Makefile").write_text("# mine\n")
    git(out, "commit", "-qam", "Mine")
    return "Makefile"


def _amend(out: Path) -> str:
    (out / "README.md").write_text("# mine\n")
    git(out, "commit", "-qa", "--amend", "-m", "Mine")
    return "README.md"


def _go_back(out: Path) -> str:
    git(out, "reset", "-q", "--hard", "HEAD~1")
    return "Makefile"


def _link(out: Path) -> str:
    (out / "app/main.py").unlink()
    (out / "app/main.py").symlink_to("/etc/passwd")
    return "app/main.py"


@pytest.mark.parametrize("edit", [_edit, _stage, _delete, _commit, _amend, _go_back, _link])
def test_edits_by_hand_are_named_and_kept(out: Path, edit: Callable[[Path], str]) -> None:
    named = edit(out)
    before, head = tree(out), git(out, "rev-parse", "HEAD")
    with pytest.raises(OutputError) as caught:
        deliver_sample(out, {**KEEP, "app/main.py": "# new\n"})
    assert named in caught.value.message
    assert "--out" in caught.value.mend
    assert (tree(out), git(out, "rev-parse", "HEAD")) == (before, head)


def test_files_of_the_users_in_the_way_are_kept(out: Path) -> None:
    (out / "app/extra.py").write_text("# mine\n")
    (out / "linked").symlink_to(out.parent)
    before = tree(out)
    for path, named in (
        ("app/extra.py", "app/extra.py"),
        ("linked/escaped.py", "linked"),
        ("notes.txt/x", "notes.txt"),
    ):
        with pytest.raises(OutputError, match="where new ones") as caught:
            deliver_sample(out, {**KEEP, path: "# generated\n"})
        assert named in caught.value.message
    assert tree(out) == before
    assert not (out.parent / "escaped.py").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_interrupted_it_is_as_before(out: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    before, head = tree(out), git(out, "rev-parse", "HEAD")

    def interrupt(*_arguments: object) -> None:
        raise error("stopped")

    with monkeypatch.context() as patch:
        patch.setattr("devmatrix.delivery.delivering._write_own", interrupt)
        with pytest.raises((KeyboardInterrupt, OutputError)):
            deliver_sample(out, {**KEEP, "app/main.py": "# new\n", "new/file.py": "", "app/books/model.py": None})
    assert (tree(out), git(out, "rev-parse", "HEAD")) == (before, head)
    assert not (out / "new").exists()
    assert git(out, "status", "--porcelain").split() == ["??", "notes.txt"]
    assert len(deliver_sample(out, {**KEEP, "app/main.py": "# new\n"}).commits) == 1
