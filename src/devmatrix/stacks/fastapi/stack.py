"""The stack `fastapi`: FastAPI, SQLAlchemy 2, Alembic, Pydantic, pytest; SQLite or PostgreSQL."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import MasterPlan, TaskOutline
from devmatrix.stacks.fastapi.accounts import account_outline, account_sources
from devmatrix.stacks.fastapi.deliverables import LOCKS, delivery_outline, delivery_sources
from devmatrix.stacks.fastapi.environment import REQUIREMENTS, is_made, make_environment
from devmatrix.stacks.fastapi.facts import Facts
from devmatrix.stacks.fastapi.features import feature_outline, feature_sources
from devmatrix.stacks.fastapi.foundation import foundation_outline, foundation_sources
from devmatrix.stacks.fastapi.imported import imported_facts, imported_outline, imported_sources
from devmatrix.stacks.fastapi.migrations import migration_outline, migration_sources
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.pruning import prune
from devmatrix.stacks.fastapi.seeds import seed_outline, seed_sources
from devmatrix.stacks.fastapi.source import Source, build_design
from devmatrix.stacks.stack import Boot, Design, WrongStart

_PORT = 8000
_INSTALL = (
    "python3 -m venv .venv",
    ". .venv/bin/activate",
    "pip install --require-hashes -r requirements.txt",
)
_MIGRATE, _SEED, _CHECK = ("make", "migrate"), ("make", "seed"), ("make", "check")


class FastAPIStack:
    """Writes projects of this stack, and knows how they run; keeps their virtual environment below `home`."""

    name = "fastapi"

    def __init__(self, home: Path) -> None:
        self._home = home

    def outline(self, document: DiscoveryDocument) -> tuple[TaskOutline, ...]:
        """The tasks that a project for `document` takes."""
        names = Names(document)
        if document.interface is not None:
            return imported_outline(document, names)
        parts = (
            foundation_outline,
            account_outline,
            feature_outline,
            migration_outline,
            seed_outline,
            delivery_outline,
        )
        return tuple(task for outline in parts for task in outline(document, names))

    def design(self, document: DiscoveryDocument, plan: MasterPlan) -> Design:
        """Contracts, atoms and blueprints for the planned tasks."""
        names = Names(document)
        parts: tuple[Callable[[DiscoveryDocument, Names], tuple[Source, ...]], ...] = (
            foundation_sources,
            account_sources,
            feature_sources,
            migration_sources,
            seed_sources,
            delivery_sources,
        )
        if document.interface is not None:
            parts = (imported_sources,)
        sources = prune(source for part in parts for source in part(document, names))
        return build_design(sources, document, plan)

    def guide(self) -> str:
        """How the modules of this stack work together."""
        return (files(__package__) / "guide.md").read_text(encoding="utf-8")

    @property
    def is_prepared(self) -> bool:
        """Whether the environment is there already, so that nothing has to be made."""
        return is_made(self._home)

    def environment(self) -> Path:
        """Folder of the virtual environment that projects run in; made on first use. Raises StackError."""
        return make_environment(self._home)

    def boot(self, document: DiscoveryDocument) -> Boot:
        """How to start and test the project, as its README says."""
        names = Names(document)
        imported = document.interface is not None
        facts = imported_facts(document, names) if imported else Facts(document, names)
        environment, wrong = facts.test_settings, facts.wrong_settings
        return Boot(
            serve=("python", "-m", "uvicorn", "app.main:app", "--port", str(_PORT)),
            port=_PORT,
            ready_path="/health/ready",
            test=("make", "test"),
            install=_INSTALL,
            commands=(_MIGRATE, _CHECK) if imported else (_MIGRATE, _SEED, _CHECK),
            seed=() if imported else _SEED,
            requirements={path: REQUIREMENTS / lock for path, lock in LOCKS.items()},
            environment=environment,
            database_file="app.db",
            secrets=tuple(name for name in environment if name == "SECRET_KEY" or name.endswith("_PASSWORD")),
            token_key=environment.get("SECRET_KEY", ""),
            wrong_starts=(WrongStart(environment=wrong, named=tuple(wrong)),),
        )
