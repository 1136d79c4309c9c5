"""What an output folder may be, found out before a run starts."""

import json
import os
import shutil
from pathlib import Path

import pytest

from devmatrix.delivery import OutputPlan, check_output
from devmatrix.errors import OutputError, SettingsError
from tests.integration.delivery.samples import deliver_sample, tree


def test_missing_or_empty_is_fresh(tmp_path: Path) -> None:
    assert check_output(tmp_path / "a" / "b") == OutputPlan(tmp_path / "a" / "b", None)
    assert check_output(tmp_path) == OutputPlan(tmp_path, None)
    assert list(tmp_path.iterdir()) == []


def test_relative_and_dotted_paths_are_made_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert check_output(Path("a/../b")).path == tmp_path / "b"
    assert check_output(Path()).path == tmp_path


def test_left_over_from_a_killed_run_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".devmatrix-staging-dead").mkdir()
    (tmp_path / ".devmatrix-staging-dead" / "half").write_text("")
    deliver_sample(tmp_path)
    assert not (tmp_path / ".devmatrix-staging-dead").exists()


def test_ours_and_untouched_is_an_update(tmp_path: Path) -> None:
    delivered = deliver_sample(tmp_path / "out")
    assert check_output(tmp_path / "out") == OutputPlan(tmp_path / "out", delivered.head)


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("file", "is a file"),
        ("file/below", "is a file"),
        ("file/below/deeper", "is a file"),
        ("full", "was not made by DevMatrix: it has mine.txt"),
        ("dangling", "link to nothing"),
        ("loop", "cannot be used|link to nothing"),
        ("n" * 255, "too long"),
        ("n" * 300, "too long"),
        ("a\0b", "null"),
    ],
)
def test_what_cannot_be_used_is_named_and_kept(tmp_path: Path, out: str, said: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = tree(tmp_path)
    with pytest.raises(OutputError, match=said) as caught:
        check_output(tmp_path / out)
    assert "--out" in caught.value.mend
    assert tree(tmp_path) == before


@pytest.mark.parametrize("out", ["/proc/devmatrix", "/sys/devmatrix/a", "/dev/null/x", "/"])
def test_places_where_nobody_may_write(out: str) -> None:
    with pytest.raises(OutputError):
        check_output(Path(out))


@pytest.mark.parametrize(
    "content", ["", "not json", "[]", "{}", '{"commit": 1}', '{"commit": "HEAD"}', '{"commit": "--exec=x"}', "\xff"]
)
def test_a_forged_or_broken_note_is_not_ours(tmp_path: Path, content: str) -> None:
    deliver_sample(tmp_path / "out")
    (tmp_path / "out/.devmatrix/delivery.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(OutputError, match="not made by DevMatrix"):
        check_output(tmp_path / "out")


def test_a_commit_that_is_not_there(tmp_path: Path) -> None:
    deliver_sample(tmp_path / "out")
    note = tmp_path / "out/.devmatrix/delivery.json"
    note.write_text(json.dumps({"commit": "0" * 40}))
    with pytest.raises(OutputError, match="changed since"):
        check_output(tmp_path / "out")


def test_without_its_repository_it_is_not_ours(tmp_path: Path) -> None:
    out = tmp_path / "out"
    deliver_sample(out)
    shutil.rmtree(out / ".git")
    with pytest.raises(OutputError, match="not made by DevMatrix"):
        check_output(out)


def test_a_broken_repository_is_an_output_error(tmp_path: Path) -> None:
    out = tmp_path / "out"
    deliver_sample(out)
    (out / ".git" / "HEAD").write_text("rubbish")
    with pytest.raises(OutputError):
        check_output(out)


def test_without_git_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(SettingsError) as caught:
        check_output(tmp_path / "out")
    assert "apt-get install git" in caught.value.mend
