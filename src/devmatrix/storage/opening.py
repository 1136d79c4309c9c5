"""Opens the store that a URL names."""

from devmatrix.storage.engine import make_engine, parse_url, translated
from devmatrix.storage.migrate import migrate
from devmatrix.storage.store import RunStore


def open_store(database_url: str) -> RunStore:
    """The store at `database_url` (sqlite:///file or postgresql://...), made and migrated where need be.

    Raises SettingsError when it cannot be reached, written, or was made by a newer DevMatrix.
    """
    engine = make_engine(parse_url(database_url))
    try:
        with translated(engine):
            migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return RunStore(engine)
