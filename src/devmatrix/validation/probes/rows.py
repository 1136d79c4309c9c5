"""The service's rows, seen from outside of it."""

import sqlite3
from collections import Counter
from pathlib import Path

from devmatrix.validation.scenarios.database import SqliteRows
from devmatrix.validation.scenarios.failure import ServiceFailure

Cell = tuple[str, str, object]
"""Table, column, value."""
Remembered = dict[str, list[tuple[object, ...]]]
"""Table -> its rows."""


class Rows:
    """Brings rows back, and tells whether the service wrote anything meanwhile."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._all = SqliteRows(file)
        self._watch: sqlite3.Connection | None = None
        self._seen: object = None

    def remember(self) -> Remembered:
        """The rows as they are now."""
        self._all.snapshot()
        return self._all.remembered

    def restore(self, rows: Remembered) -> None:
        """Bring them back."""
        self._all.remembered = rows
        self._all.restore()

    def mark(self) -> None:
        """From here on changes count."""
        self._seen = self._version()

    def changed(self) -> bool:
        """Whether anything was committed since the mark."""
        return self._version() != self._seen

    def cells(self) -> Counter[Cell]:
        """How often each value stands in each column."""
        connection = self._connected()
        found: Counter[Cell] = Counter()
        try:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                cursor = connection.execute(f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"')
                columns = [column[0] for column in cursor.description]
                for row in cursor:
                    found.update((table, column, value) for column, value in zip(columns, row, strict=True))
        except sqlite3.Error as error:
            raise ServiceFailure(f"the database {self._file.name} cannot be read: {error}") from error
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._all.close()
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _version(self) -> object:
        try:
            return self._connected().execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise ServiceFailure(f"the database {self._file.name} cannot be read: {error}") from error

    def _connected(self) -> sqlite3.Connection:
        if self._watch is None:
            uri = f"{self._file.absolute().as_uri()}?mode=ro"
            self._watch = sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)
        return self._watch
