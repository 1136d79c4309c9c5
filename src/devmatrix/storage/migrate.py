"""Brings a database to the newest revision, whoever else opens it at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from devmatrix.errors import SettingsError
from devmatrix.storage.engine import reading, sqlite_path, writing
from devmatrix.storage.tables import REVISION

if TYPE_CHECKING:
    from alembic.config import Config

ADVISORY_LOCK = 0x6465_766D_6174_7278
"""Any constant that no other program on the same PostgreSQL database uses."""


def migrate(engine: Engine) -> None:
    """Upgrade to the newest revision; safe for several processes at once.

    Raises SettingsError when a newer DevMatrix has already been here.
    """
    if current_revision(engine) == REVISION:
        return
    # Alembic takes as long to import as SQLAlchemy; nearly every opening does without it.
    from alembic import command
    from alembic.util import CommandError

    with _alone(engine), writing(engine) as connection:
        _lock_postgres(connection)
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as error:
            raise SettingsError(
                f"the database was made by another version of DevMatrix ({error})",
                mend="upgrade DevMatrix, or set DEVMATRIX_DATABASE_URL to another database",
            ) from error


def configuration(connection: Connection) -> "Config":
    """Alembic's configuration for the revisions inside this package, on `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "devmatrix.storage:migrations")
    config.attributes["connection"] = connection
    return config


def current_revision(engine: Engine) -> str | None:
    """The revision that the database has; none for an empty one."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "sqlite":
        yield
        return
    from filelock import FileLock

    file = sqlite_path(engine.url)
    with FileLock(file.with_name(file.name + ".lock"), timeout=120):
        yield


def _lock_postgres(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
