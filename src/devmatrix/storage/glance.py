"""One look at the history of runs, for those who need nothing else of the store."""

import re
from contextlib import closing
from urllib.parse import quote

_FILE = re.compile(r"sqlite(?:\+\w+)?:///([^?]+)")
_QUERY = """
SELECT seconds, (SELECT count(*) FROM tasks WHERE tasks.run_id = runs.id) AS planned
FROM runs WHERE status IN ('succeeded', 'incomplete') AND planned > 0
ORDER BY created_at DESC LIMIT ?
"""
"""As `RunStore.seconds_per_task`, which a test compares it with."""


def seconds_per_task(database_url: str, limit: int = 20) -> tuple[float, ...]:
    """What the latest runs that ended with a report took per task of their plan; nothing is made or migrated.

    SQLAlchemy takes longer to import than a plan to make, so that a SQLite file is read without it. Raises
    SettingsError as `open_store` does.
    """
    import sqlite3

    found = _FILE.fullmatch(database_url)
    if found is not None:
        try:
            with closing(sqlite3.connect(f"file:{quote(found[1])}?mode=ro", uri=True)) as connection:
                return tuple(seconds / planned for seconds, planned in connection.execute(_QUERY, (limit,)))
        except sqlite3.Error:
            pass  # not there yet, of another version, or none: the store makes it, or says what is wrong
    from devmatrix.storage.opening import open_store

    store = open_store(database_url)
    try:
        return store.seconds_per_task(limit)
    finally:
        store.close()
