"""Engines: from a URL to a database that answers, with each vendor error said as one of ours."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError

from devmatrix.errors import RunError, SettingsError

URL_MEND = "set DEVMATRIX_DATABASE_URL to sqlite:////absolute/path.db or postgresql://user:password@host/name"
BUSY_MS = 30_000
_AGAIN_SECONDS = 0.01


def parse_url(text: str) -> URL:
    """The URL with the driver that DevMatrix ships. SettingsError for anything but SQLite files and PostgreSQL."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise SettingsError("the database URL cannot be read", mend=URL_MEND) from error
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise SettingsError(f"DevMatrix cannot keep its runs in {backend!r}", mend=URL_MEND)
    if url.database in (None, "", ":memory:"):
        raise SettingsError("an in-memory database would lose the runs", mend=URL_MEND)
    return url.set(drivername="sqlite")


def make_engine(url: URL, *, forced: bool = False) -> Engine:
    """An engine for `url`; for SQLite the parent folder is made. Raises SettingsError if that cannot be.

    `forced`: a commit returns when it is on the disk. PostgreSQL does so anyway; SQLite otherwise loses the last
    commits (and never more) in a power cut.
    """
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    _make_folder(sqlite_path(url))
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    if forced:
        event.listen(engine, "connect", _force_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def sqlite_path(url: URL) -> Path:
    """The file of a SQLite URL."""
    return Path(url.database or "").absolute()


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turns what SQLAlchemy raises inside into SettingsError (the user can mend it) or RunError."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(engine, error) from error
    except NoSuchModuleError as error:
        raise SettingsError(f"no driver for the database: {error}", mend=URL_MEND) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: on SQLite it takes the write lock at once, so that it never fails half-way."""
    with translated(engine), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads."""
    with translated(engine), engine.connect() as connection:
        yield connection


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"the folder {file.parent} for the database cannot be made: {error.strerror}",
            mend="set DEVMATRIX_HOME or DEVMATRIX_DATABASE_URL to a place that you may write to",
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own BEGIN is deferred, which SQLite answers with "locked" when two readers both want to write.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _use_wal(connection)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(connection: sqlite3.Connection) -> None:
    # Who switches a new file while others use it is refused at once, whatever the busy timeout.
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_SECONDS)


def _force_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _translate(engine: Engine, error: DBAPIError) -> Exception:
    place = engine.url.render_as_string(hide_password=True)
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if engine.dialect.name == "sqlite":
        file = sqlite_path(engine.url)
        if "not a database" in said or "malformed" in said:
            mend = "move that file away, or set DEVMATRIX_DATABASE_URL to another one"
            return SettingsError(f"{file} is not a usable SQLite database ({said})", mend=mend)
        if "unable to open" in said or "readonly" in said:
            mend = "make it writable, or set DEVMATRIX_HOME to a folder that you may write to"
            return SettingsError(f"the database {file} cannot be written ({said})", mend=mend)
    elif error.connection_invalidated or _unreachable(error):
        return SettingsError(f"the database {place} cannot be reached: {said}", mend="start it, or " + URL_MEND)
    if isinstance(error, DatabaseError):
        return RunError(f"the database {place} refused: {said}", mend="see that its disk is not full, then try again")
    return error


def _unreachable(error: DBAPIError) -> bool:
    # psycopg gives no SQLSTATE when the connection was never made.
    return type(error.orig).__name__ == "OperationalError" and getattr(error.orig, "sqlstate", None) is None
