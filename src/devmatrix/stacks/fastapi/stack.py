"""The stack `fastapi`: FastAPI, SQLAlchemy 2, Alembic, Pydantic, pytest; SQLite or PostgreSQL."""

from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import MasterPlan, TaskOutline
from devmatrix.stacks.fastapi.accounts import account_outline, account_sources
from devmatrix.stacks.fastapi.features import feature_outline, feature_sources
from devmatrix.stacks.fastapi.foundation import foundation_outline, foundation_sources
from devmatrix.stacks.fastapi.migrations import migration_outline, migration_sources
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.pruning import prune
from devmatrix.stacks.fastapi.source import Source, build_design
from devmatrix.stacks.stack import Design


class FastAPIStack:
    """Writes and runs projects of this stack; keeps their virtual environment below `home`."""

    name = "fastapi"

    def __init__(self, home: Path) -> None:
        self._home = home

    def outline(self, document: DiscoveryDocument) -> tuple[TaskOutline, ...]:
        """The tasks that a project for `document` takes."""
        names = Names(document)
        return (
            *foundation_outline(document, names),
            *account_outline(document, names),
            *feature_outline(document, names),
            *migration_outline(document, names),
        )

    def design(self, document: DiscoveryDocument, plan: MasterPlan) -> Design:
        """Contracts, atoms and blueprints for the planned tasks."""
        return build_design(project_sources(document), document, plan)


def project_sources(document: DiscoveryDocument) -> tuple[Source, ...]:
    """All modules and files of the project, without what it does not use."""
    names = Names(document)
    return prune(
        (
            *foundation_sources(document, names),
            *account_sources(document, names),
            *feature_sources(document, names),
            *migration_sources(document, names),
        )
    )
