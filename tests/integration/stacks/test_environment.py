"""Where the environment of generated projects is, and what is said where it cannot be made."""

import sys
from pathlib import Path

import pytest

from devmatrix.errors import StackError
from devmatrix.stacks.fastapi.environment import find_interpreter, is_made, make_environment


def test_what_is_made_is_found_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", None)
    with pytest.raises(TypeError):
        make_environment(tmp_path)
    (lock,) = (tmp_path / "environments").glob("*.lock")
    folder = lock.with_suffix("")
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    assert not is_made(tmp_path)  # it was begun, but not ended
    (folder / "devmatrix-complete").touch()
    assert is_made(tmp_path)
    assert make_environment(tmp_path) == folder


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StackError, match="cannot be written") as caught:
        make_environment(tmp_path / "home")
    assert "DEVMATRIX_HOME" in caught.value.mend


def test_an_index_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_INDEX", "UV_FIND_LINKS", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    nothing = (tmp_path / "nothing").as_uri()
    monkeypatch.setenv("UV_DEFAULT_INDEX", nothing)
    monkeypatch.setenv("UV_INDEX", nothing)
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.raises(StackError, match="could not be made") as caught:
        make_environment(tmp_path / "home")
    assert "doctor" in caught.value.mend
    assert not is_made(tmp_path / "home")


def test_the_interpreter_is_one_that_everybody_can_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    (hidden / "bin").mkdir(parents=True)
    (hidden / "bin" / f"python3.{sys.version_info.minor}").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "base_prefix", str(hidden))
    assert find_interpreter().resolve().stat().st_mode & 0o001
