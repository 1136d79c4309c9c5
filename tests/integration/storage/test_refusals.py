"""A database that cannot be used is one clear sentence with its mend, and never shows a password."""

from pathlib import Path

import pytest

from devmatrix.errors import SettingsError
from devmatrix.storage import open_store


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "oracle://x"])
def test_urls_that_are_of_no_use(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_store(url)
    assert "DEVMATRIX_DATABASE_URL" in caught.value.mend


def test_a_parent_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SettingsError, match="cannot be made") as caught:
        open_store(f"sqlite:///{tmp_path / 'file' / 'runs.db'}")
    assert "DEVMATRIX_HOME" in caught.value.mend


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        open_store(f"sqlite:///{tmp_path}")


def test_a_place_where_nobody_may_write() -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        open_store("sqlite:////proc/runs.db")
    with pytest.raises(SettingsError, match="cannot be made"):
        open_store("sqlite:////proc/devmatrix/runs.db")


def test_a_file_that_is_no_database_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "runs.db"
    file.write_text("a letter that happens to lie here\n" * 200)
    with pytest.raises(SettingsError, match="not a usable SQLite database"):
        open_store(f"sqlite:///{file}")
    assert file.read_text().startswith("a letter")


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(SettingsError, match="cannot be reached") as caught:
        open_store("postgresql://someone:hunter2@127.0.0.1:1/runs")
    assert "hunter2" not in caught.value.message


def test_a_database_that_is_not_there(postgres_url: str) -> None:
    with pytest.raises(SettingsError, match="absent"):
        open_store(postgres_url.replace("/test_", "/absent_"))
