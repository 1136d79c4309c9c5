"""Remembers and brings back the rows of a SQLite file that a service is using, from outside of it."""

import sqlite3
import stat
from pathlib import Path

from devmatrix.validation.scenarios.failure import ServiceFailure

_BUSY_SECONDS = 10.0
_KEPT = {"alembic_version"}


class SqliteRows:
    """The rows of all tables but those of the migrations; satisfies `support.Database`.

    Raises ServiceFailure where the file cannot be read or stays locked.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._rows: dict[str, list[tuple[object, ...]]] = {}

    def snapshot(self) -> None:
        """Remember the rows of all tables."""
        try:
            connection = self._connected()
            listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
            tables = [name for (name,) in listed if name not in _KEPT and not name.startswith("sqlite_")]
            self._rows = {table: _rows(connection, table) for table in tables}
        except sqlite3.Error as error:
            raise ServiceFailure(f"the database {self._file.name} cannot be read: {error}") from error

    @property
    def remembered(self) -> dict[str, list[tuple[object, ...]]]:
        """The remembered rows of each table; may be set to what was remembered before."""
        return self._rows

    @remembered.setter
    def remembered(self, rows: dict[str, list[tuple[object, ...]]]) -> None:
        self._rows = rows

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each table are remembered."""
        return {table: len(rows) for table, rows in self._rows.items()}

    def restore(self) -> None:
        """Bring the remembered rows back: only tables that have changed are written."""
        try:
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            try:
                for table, rows in self._rows.items():
                    if _rows(connection, table) != rows:
                        _write(connection, table, rows)
            except sqlite3.Error:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise ServiceFailure(f"the database {self._file.name} cannot be restored: {error}") from error

    def revive(self) -> None:
        """Bring remembered rows back that were changed or deleted, and leave those that were made since."""
        try:
            connection = self._connected()
            for table, rows in self._rows.items():
                now = set(_rows(connection, table))
                lost = [row for row in rows if row not in now]
                if lost:
                    marks = ", ".join("?" * len(lost[0]))
                    connection.executemany(f"INSERT OR REPLACE INTO {_quoted(table)} VALUES ({marks})", lost)
        except sqlite3.Error as error:
            raise ServiceFailure(f"the database {self._file.name} cannot be restored: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            # mode=rw: a file that is not there is an error, not an empty database.
            uri = f"{self._file.absolute().as_uri()}?mode=rw"
            seen = _own(self._file)
            # It may be used by one thread after the other, never by two at once.
            self._connection = sqlite3.connect(
                uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA foreign_keys = OFF")
            # Nobody needs these rows after a power cut, so nothing waits for the disk.
            self._connection.execute("PRAGMA synchronous = OFF")
            if _own(self._file) != seen:
                self.close()
                raise ServiceFailure(f"the database {self._file.name} was exchanged while it was opened")
        return self._connection


def _own(file: Path) -> tuple[int, int] | None:
    """Which file it is. The service could have put a link in its place, to have another database written for it."""
    try:
        status = file.lstat()
    except OSError:
        return None  # SQLite says what is wrong
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or file.parent.is_symlink():
        raise ServiceFailure(f"the database {file.name} is no ordinary file of the project")
    return status.st_dev, status.st_ino


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(f"SELECT * FROM {_quoted(table)}").fetchall()


def _write(connection: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    connection.execute(f"DELETE FROM {_quoted(table)}")
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {_quoted(table)} VALUES ({marks})", rows)
