"""The one reader of the environment. `.env.example` documents each variable."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic import Field as Bounded

from devmatrix.errors import SettingsError

VARIABLES = {
    "max_concurrency": "MGE_V2_MAX_CONCURRENCY",
    "max_attempts": "MGE_V2_MAX_RETRIES",
    "database_url": "DEVMATRIX_DATABASE_URL",
    "home": "DEVMATRIX_HOME",
    "sandbox": "DEVMATRIX_SANDBOX",
    "authors": "DEVMATRIX_AUTHORS",
    "fuzz_examples": "DEVMATRIX_FUZZ_EXAMPLES",
    "enable_caching": "MGE_V2_ENABLE_CACHING",
    "model": "DEVMATRIX_MODEL",
    "model_cheap": "DEVMATRIX_MODEL_CHEAP",
    "model_strong": "DEVMATRIX_MODEL_STRONG",
    "model_start": "DEVMATRIX_MODEL_START",
    "model_seconds": "DEVMATRIX_MODEL_TIMEOUT_SECONDS",
    "requests_per_minute": "DEVMATRIX_MODEL_REQUESTS_PER_MINUTE",
    "tokens_per_minute": "DEVMATRIX_MODEL_TOKENS_PER_MINUTE",
    "budget_usd": "DEVMATRIX_BUDGET_USD",
    "budget_usd_per_workspace": "DEVMATRIX_BUDGET_USD_PER_WORKSPACE",
    "budget_usd_per_day": "DEVMATRIX_BUDGET_USD_PER_DAY",
    "budget_tokens": "DEVMATRIX_BUDGET_TOKENS",
    "budget_calls": "DEVMATRIX_BUDGET_CALLS",
    "budget_minutes": "DEVMATRIX_BUDGET_MINUTES",
    "anthropic_api_key": "ANTHROPIC_API_KEY",
    "anthropic_base_url": "ANTHROPIC_BASE_URL",
    "openai_api_key": "OPENAI_API_KEY",
    "openai_base_url": "OPENAI_BASE_URL",
    "ollama_base_url": "OLLAMA_BASE_URL",
    "openrouter_api_key": "OPENROUTER_API_KEY",
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
    authors: str = Bounded(
        default="blueprint,recorded,model", pattern="^(blueprint|recorded|model)(,(blueprint|recorded|model))*$"
    )
    """Who may write code."""
    fuzz_examples: int = Bounded(default=3, ge=1, le=1000)
    """Random requests to each operation of a finished project."""
    enable_caching: bool = True
    """Whether answers of language models are used again by other runs. Within a run they always are."""
    model: str = ""
    """Language model, such as anthropic:claude-sonnet-5-5; empty: none."""
    model_cheap: str = ""
    model_strong: str = ""
    model_start: str = Bounded(default="cheap", pattern="^(cheap|standard|strong)$")
    """The tier that is asked first for each atom; retries go up from there."""
    model_seconds: float = Bounded(default=300, gt=0)
    """How long one call may take."""
    requests_per_minute: int | None = Bounded(default=None, ge=1)
    tokens_per_minute: int | None = Bounded(default=None, ge=1)
    budget_usd: float = Bounded(default=5.0, ge=0)
    """What one run may cost; inf: no cap."""
    budget_usd_per_workspace: float | None = Bounded(default=None, ge=0)
    budget_usd_per_day: float | None = Bounded(default=None, ge=0)
    budget_tokens: int | None = Bounded(default=None, ge=0)
    budget_calls: int | None = Bounded(default=None, ge=0)
    budget_minutes: float | None = Bounded(default=None, ge=0)
    anthropic_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = ""
    ollama_base_url: str = ""
    openrouter_api_key: SecretStr = SecretStr("")

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None, *, said: Mapping[str, object | None] | None = None) -> Self:
        """Read the settings from `environ` (default: the process's). Raises SettingsError naming the variable.

        `said`: field -> value that holds instead, such as a command line's; none: nothing was said.
        """
        source = os.environ if environ is None else environ
        given = {field: source[name].strip() for field, name in VARIABLES.items() if source.get(name, "").strip()}
        given |= {field: str(value) for field, value in (said or {}).items() if value is not None}
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
