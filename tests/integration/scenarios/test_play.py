"""Scenarios over real HTTP and a real database; the same scenarios compiled to pytest."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.proofs import actors_for, requirements_for
from devmatrix.validation.scenarios import compile_scenarios, play
from devmatrix.validation.scenarios.database import SqliteRows
from devmatrix.validation.scenarios.failure import ServiceFailure
from tests import documents

ROOT = Path(__file__).parents[3]

CONFTEST = """
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from tests.reference_api import ReferenceApi

GIVEN = json.loads((Path(__file__).parent / "given.json").read_text("utf-8"))
API = ReferenceApi(DiscoveryDocument.model_validate(GIVEN["document"]), GIVEN["flaws"])


@pytest.fixture(scope="session")
def client() -> ReferenceApi:
    return API


@pytest.fixture(scope="session")
def database() -> ReferenceApi:
    return API
"""


def proven(build: Callable[[], DiscoveryDocument]) -> DiscoveryDocument:
    document = build()
    return document.model_copy(update={"actors": actors_for(document), "requirements": requirements_for(document)})


def given_json(document: DiscoveryDocument, flaws: list[str]) -> str:
    return json.dumps({"document": document.model_dump(mode="json"), "flaws": flaws})


@contextmanager
def served(folder: Path, document: DiscoveryDocument, flaws: list[str]) -> Iterator[tuple[Path, Path]]:
    """(socket, database file) of a running service."""
    socket, database, given = folder / "http.sock", folder / "app.db", folder / "given.json"
    given.write_text(given_json(document, flaws), "utf-8")
    argv = [sys.executable, "-m", "tests.integration.scenarios.serving", str(socket), str(database), str(given)]
    process = subprocess.Popen(argv, cwd=ROOT)
    try:
        for _ in range(400):
            if socket.exists() or process.poll() is not None:
                break
            time.sleep(0.05)
        yield socket, database
    finally:
        process.kill()
        process.wait()


def passed_by_pytest(folder: Path, document: DiscoveryDocument, flaws: list[str]) -> dict[str, bool]:
    """Scenario id -> whether its compiled test passes."""
    for path, text in compile_scenarios(document).items():
        (folder / "compiled" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "compiled" / path).write_text(text, "utf-8")
    package = folder / "compiled" / "tests" / "scenarios"
    # The service's own fixtures stand above the scenarios, as in a delivered project.
    outer = package.parent.rename(package.parent.with_name("delivered"))
    (outer / "conftest.py").write_text(CONFTEST, "utf-8")
    (outer / "given.json").write_text(given_json(document, flaws), "utf-8")
    argv = [sys.executable, "-m", "pytest", "-rA", "-q", "--rootdir", str(outer), "-p", "no:cacheprovider", str(outer)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = re.findall(r"^(PASSED|FAILED) \S+::test_(r\d+)_(\d+)_", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return {f"{name.upper().replace('R', 'R-')}.{number}": verdict == "PASSED" for verdict, name, number in found}


@pytest.mark.parametrize(
    ("build", "flaws"),
    [
        (documents.help_desk, []),
        (documents.owned_notes, ["no-owners", "versions-ignored"]),
        (documents.library, ["no-unique", "offset-off"]),
    ],
)
def test_compiled_tests_and_the_runner_give_the_same_verdicts(
    tmp_path: Path, build: Callable[[], DiscoveryDocument], flaws: list[str]
) -> None:
    document = proven(build)
    with served(tmp_path, document, flaws) as (socket, database):
        verdicts = play(document, socket, database)
    played = {verdict.scenario_id: verdict.passed for verdict in verdicts}
    assert all(played.values()) is not bool(flaws)
    assert passed_by_pytest(tmp_path, document, flaws) == played


def test_simple_scenarios_are_quick(tmp_path: Path) -> None:
    """The runner itself can play 150 a second: its own time counts, as others may use the machine meanwhile."""
    document = proven(documents.odd_names)
    health = document.requirements[0]
    many = tuple(health.scenarios[0].model_copy(update={"id": f"R-01.{number}"}) for number in range(1, 301))
    document = document.model_copy(update={"requirements": (health.model_copy(update={"scenarios": many}),)})
    with served(tmp_path, document, []) as (socket, database):
        started = time.process_time()
        verdicts = play(document, socket, database)
        seconds = time.process_time() - started
    assert all(verdict.passed for verdict in verdicts)
    assert len(verdicts) / seconds >= 150


# httpcore leaves its socket to the collector when a Unix socket cannot be connected.
@pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
def test_a_service_that_is_not_there_fails_scenarios_clearly(tmp_path: Path) -> None:
    document = proven(documents.odd_names)
    sqlite3.connect(tmp_path / "app.db").close()
    verdicts = play(document, tmp_path / "nowhere.sock", tmp_path / "app.db")
    assert not any(verdict.passed for verdict in verdicts)
    assert "the service did not answer GET /health/live: ConnectError" in verdicts[0].message


def test_a_database_that_is_not_there_fails_scenarios_clearly(tmp_path: Path) -> None:
    document = proven(documents.odd_names)
    verdicts = play(document, tmp_path / "nowhere.sock", tmp_path / "nowhere.db")
    assert {verdict.passed for verdict in verdicts} == {False}
    assert "the database nowhere.db cannot be read" in verdicts[0].message


def filled(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.execute("CREATE TABLE parent (id TEXT PRIMARY KEY, data BLOB)")
    connection.execute('CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, parent TEXT REFERENCES parent (id))')
    connection.execute("INSERT INTO parent VALUES ('a', x'00ff'), ('b', NULL)")
    connection.execute('INSERT INTO "odd ""name" VALUES (1, \'a\')')
    return connection


def test_rows_are_brought_back_whatever_was_done_to_them(tmp_path: Path) -> None:
    connection = filled(tmp_path / "app.db")
    rows = SqliteRows(tmp_path / "app.db")
    rows.snapshot()
    connection.execute("INSERT INTO alembic_version VALUES ('1')")
    connection.execute("DELETE FROM parent")
    connection.execute('UPDATE "odd ""name" SET id = 2')
    rows.restore()
    assert connection.execute("SELECT * FROM parent ORDER BY id").fetchall() == [("a", b"\x00\xff"), ("b", None)]
    assert connection.execute('SELECT * FROM "odd ""name"').fetchall() == [(1, "a")]
    assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("1",)]
    rows.close()
    connection.close()


def test_restoring_waits_for_a_writer_that_is_busy(tmp_path: Path) -> None:
    connection = filled(tmp_path / "app.db")
    rows = SqliteRows(tmp_path / "app.db")
    rows.snapshot()
    locked = threading.Event()

    def write() -> None:
        writer = sqlite3.connect(tmp_path / "app.db", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM parent")
        locked.set()
        time.sleep(0.3)
        writer.execute("COMMIT")
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert locked.wait(5)
    rows.restore()
    thread.join()
    assert connection.execute("SELECT count(*) FROM parent").fetchone() == (2,)
    rows.close()
    connection.close()


@pytest.mark.parametrize("second_name", ["symbolic", "hard"])
def test_a_database_outside_the_project_is_not_touched(second_name: str, tmp_path: Path) -> None:
    filled(tmp_path / "outside.db").close()
    if second_name == "symbolic":
        (tmp_path / "app.db").symlink_to(tmp_path / "outside.db")
    else:
        (tmp_path / "app.db").hardlink_to(tmp_path / "outside.db")
    with pytest.raises(ServiceFailure, match=r"app\.db is no ordinary file of the project"):
        SqliteRows(tmp_path / "app.db").snapshot()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "app.db").write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(ServiceFailure, match=r"app\.db cannot be read: file is not a database"):
        SqliteRows(tmp_path / "app.db").snapshot()
