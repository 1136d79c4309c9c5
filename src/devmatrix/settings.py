"""The one reader of the environment. `.env.example` documents each variable."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Bounded

from devmatrix.errors import SettingsError

VARIABLES = {
    "max_concurrency": "MGE_V2_MAX_CONCURRENCY",
    "max_attempts": "MGE_V2_MAX_RETRIES",
    "database_url": "DEVMATRIX_DATABASE_URL",
    "home": "DEVMATRIX_HOME",
    "sandbox": "DEVMATRIX_SANDBOX",
    "model": "DEVMATRIX_MODEL",
}


class Settings(BaseModel):
    """All settings, typed; `Settings.read()` takes them from the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_concurrency: int = Bounded(default=100, ge=1, le=10_000)
    max_attempts: int = Bounded(default=4, ge=1, le=10)
    """Attempts per atom (1 + retries)."""
    database_url: str = ""
    """Where runs are kept; empty: a SQLite file in `home`."""
    home: Path
    """Folder for the database, environments of stacks and work in progress."""
    sandbox: str = Bounded(default="bubblewrap", pattern="^(bubblewrap|off)$")
    model: str = ""
    """Language model; empty: none."""

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings from `environ` (default: the process's). Raises SettingsError naming the variable."""
        source = os.environ if environ is None else environ
        given = {field: source[name] for field, name in VARIABLES.items() if source.get(name, "").strip()}
        given.setdefault("home", str(_default_home(source)))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = VARIABLES[str(first["loc"][0])]
            raise SettingsError(
                f"{name}={first['input']!r} is not valid: {first['msg'].lower()}",
                mend=f"set {name} as .env.example says, or unset it",
            ) from error

    @property
    def database(self) -> str:
        """URL of the database that keeps the runs."""
        return self.database_url or f"sqlite:///{self.home / 'devmatrix.db'}"


def _default_home(environ: Mapping[str, str]) -> Path:
    # As root the sandbox runs as an unprivileged user, who cannot read below /root (mode 0700).
    if os.geteuid() == 0:
        return Path("/var/lib/devmatrix")
    data = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "devmatrix"
