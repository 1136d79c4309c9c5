"""Migrations: up, down, up again; the same as the tables; safe to run at once."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from devmatrix.errors import SettingsError
from devmatrix.storage import open_store
from devmatrix.storage.engine import make_engine, parse_url, reading, writing
from devmatrix.storage.migrate import configuration, current_revision, migrate
from devmatrix.storage.tables import REVISION, Base
from tests.integration.storage import samples

TABLES = {"runs", "tasks", "atoms", "attempts", "evidence", "events"}
TABLES |= {"model_replies", "model_claims", "model_charges", "model_totals"}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(parse_url(database_url))
    yield engine
    engine.dispose()


def test_up_down_up(engine: Engine) -> None:
    migrate(engine)
    assert set(inspect(engine).get_table_names()) >= TABLES
    assert current_revision(engine) == REVISION

    with writing(engine) as connection:
        command.downgrade(configuration(connection), "base")
    assert not TABLES & set(inspect(engine).get_table_names())

    migrate(engine)
    assert set(inspect(engine).get_table_names()) >= TABLES


def test_migrations_make_what_the_tables_say(engine: Engine) -> None:
    migrate(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        head = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    assert head == REVISION


def test_a_newer_database_is_left_alone(engine: Engine, database_url: str) -> None:
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="another version") as caught:
        open_store(database_url)
    assert "upgrade" in caught.value.mend
    assert current_revision(engine) == "9999"


def test_first_opens_at_once(database_url: str) -> None:
    program = "import sys; from devmatrix.storage import open_store; open_store(sys.argv[1]).close()"
    command_line = [sys.executable, "-W", "error", "-c", program, database_url]
    openers = [subprocess.Popen(command_line, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [opener.communicate(timeout=120)[1] for opener in openers]

    assert [opener.returncode for opener in openers] == [0, 0, 0, 0], errors
    store = open_store(database_url)
    store.start_run(samples.run())
    assert len(store.runs()) == 1
    store.close()


def test_sqlite_is_set_up_for_several_users(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'runs.db'}")
    with reading(store.engine) as connection:
        pragmas = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")]
        assert pragmas == ["wal", 1]
        assert (connection.scalar(text("PRAGMA busy_timeout")) or 0) >= 5_000
    store.close()


def test_a_new_sqlite_file_may_be_opened_while_another_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "runs.db"
    writer = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    engine = make_engine(parse_url(f"sqlite:///{file}"))
    ends = threading.Timer(0.5, lambda: writer.execute("COMMIT"))
    ends.start()
    with reading(engine) as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    ends.join()
    writer.close()
    engine.dispose()
