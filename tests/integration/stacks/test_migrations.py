"""Migrations go up, down and up again, and leave no difference to the models."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROUND_TRIP = """
from alembic import command
from alembic.config import Config

config = Config("alembic.ini")
command.upgrade(config, "head")
command.check(config)
command.downgrade(config, "base")
command.upgrade(config, "head")
command.check(config)
from app.seed import run
run()
run()
"""

CHECKS = """
import asyncio
from sqlalchemy import text
from app.database import create_engine
from app.settings import get_settings


async def tables() -> None:
    async with create_engine(get_settings().database_url, read_only=True).connect() as connection:
        for row in await connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")):
            print(*row)

asyncio.run(tables())
"""

WHILE_ANOTHER_WRITES = """
import asyncio
import sqlite3
import threading
from sqlalchemy import make_url, text
from app.database import create_engine
from app.settings import get_settings

url = get_settings().database_url
writer = sqlite3.connect(make_url(url).database, isolation_level=None, check_same_thread=False)
writer.execute("BEGIN IMMEDIATE")
threading.Timer(0.5, lambda: writer.execute("COMMIT")).start()


async def mode() -> None:
    async with create_engine(url, read_only=True).connect() as connection:
        print(await connection.scalar(text("PRAGMA journal_mode")))

asyncio.run(mode())
"""


def run(folder: Path, code: str, url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code],
        cwd=folder,
        env={"PATH": os.defpath, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["library", "accounts", "owned_notes", "odd_names", "measurements"])
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_up_down_up(
    name: str, backend: str, written: Callable[[str], Path], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/app.db" if backend == "sqlite" else request.getfixturevalue("postgres_url")
    said = run(written(name), ROUND_TRIP, url)
    assert said.count("No new upgrade operations detected.") == 2
    assert said.endswith("The examples are there now.\nThere is data already: nothing was changed.\n")


def test_closing_a_circle_keeps_the_checks(written: Callable[[str], Path], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/app.db"
    folder = written("odd_names")
    run(folder, ROUND_TRIP, url)
    assert run(folder, CHECKS, url).count("CONSTRAINT ck_employees_department_id_not_mentor_id CHECK") == 1


def test_a_new_sqlite_file_may_be_opened_while_another_writes_it(
    written: Callable[[str], Path], tmp_path: Path
) -> None:
    assert run(written("library"), WHILE_ANOTHER_WRITES, f"sqlite:///{tmp_path}/app.db") == "wal\n"
