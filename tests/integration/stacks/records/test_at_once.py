"""What another request does at the same moment, and what each database has its own way with: both answer alike."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from tests.integration.stacks.records.test_museum import exhibit, made, signed_in
from tests.integration.stacks.serving import serving

ORDERS = """
from sqlalchemy.dialects import postgresql, sqlite
from app.{module} import ordered
from app.{package}.model import {model} as model
for dialect in (postgresql, sqlite):
    for column in (model.{text}, model.{other}):
        print(ordered(column, column, {direction})[0].compile(dialect=dialect.dialect()))
"""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    url = make_url(database_url)
    engine = create_engine(url if url.drivername == "sqlite" else url.set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


def status_after(engine: Engine, others: str, ask: Callable[[], httpx.Response]) -> int:
    """The status of a request that comes while another transaction has done something and not committed it yet."""
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(ask()))
    with engine.begin() as connection:
        for each in others.split("; "):
            connection.execute(text(each))
        asking.start()
        _let_it_wait(connection)
    asking.join()
    return answers[0].status_code


def _let_it_wait(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        time.sleep(0.3)  # nobody can see who waits; whoever writes does nothing else
        return
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    end = time.monotonic() + 60
    while time.monotonic() < end and not connection.execute(waiting).scalar():
        time.sleep(0.02)


def test_who_comes_second_is_told_so(museum_folder: Path, database_url: str, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with serving(museum_folder, {"DATABASE_URL": database_url}) as client:
        client.base_url = client.base_url.join("/api/")
        ada = signed_in(client, "ada")
        made(client, "halls", {"name": "East"})
        made(client, "labels/bulk", {"labels": [{"name": "old"}]})
        path = f"exhibits/{exhibit(client, ada, 'chair', shownFrom='2026-01-31T12:00:00Z')['id']}"

        shown = "UPDATE exhibits SET state = 'shown'"
        assert status_after(engine, shown, lambda: client.post(f"{path}/show")) == 409

        linked = (
            "UPDATE exhibits SET code = code; INSERT INTO exhibits_labels (holder_row_id, target_row_id) VALUES (1, 1)"
        )
        assert status_after(engine, linked, lambda: client.put(f"{path}/labels/old")) == 409
        client.delete(f"{path}/labels/old")
        change = {"labels": ["old"]}
        assert status_after(engine, linked, lambda: client.patch(path, json=change, headers=ada)) == 200
        assert client.get(f"{path}/labels").json() == [{"name": "old"}]

        deleted = "DELETE FROM exhibits_labels; DELETE FROM exhibits; DELETE FROM halls"
        assert status_after(engine, deleted, lambda: client.put("halls/1", json={"name": "West"})) == 404

        # SQLite has indexes of texts of any length.
        endless = "".join(chr(0x4E00 + 7919 * number % 20000) for number in range(4000))
        status = 201 if engine.dialect.name == "sqlite" else 422
        assert client.post("halls", json={"name": endless}).status_code == status


def test_texts_are_put_in_order_alike_whatever_language_the_database_is_set_to(
    museum_folder: Path, written: Callable[[str], Path]
) -> None:
    of_imported = {"module": "listing", "package": "exhibits", "model": "Exhibit", "direction": "descending=False"}
    of_pages = {"module": "pages", "package": "books", "model": "Book", "direction": '""'}
    for folder, names in (
        (museum_folder, {**of_imported, "text": "title", "other": "weight"}),
        (written("library"), {**of_pages, "text": "title", "other": "created_at"}),
    ):
        command = [sys.executable, "-c", ORDERS.format(**names)]
        done = subprocess.run(
            command, cwd=folder, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert ['COLLATE "C"' in line for line in lines] == [True, False, False, False]
