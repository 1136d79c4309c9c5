"""Which foundation modules a document needs, and the tasks that they make."""

import zlib
from collections.abc import Iterable
from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.facts import Facts
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.outlines import TemplateTask, outline_of, sources_of
from devmatrix.stacks.fastapi.source import Source

TEMPLATES = Path(__file__).parent / "templates"


class FoundationFacts(Facts):
    """Variables of the foundation's templates."""

    @property
    def lock(self) -> int:
        """Key of the advisory lock that keeps migrations apart, one for each project."""
        return zlib.crc32(self.document.slug.encode())


def foundation_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """The tasks that every project begins with."""
    facts = FoundationFacts(document, names)
    return outline_of(_tasks(facts), TEMPLATES, facts, "foundation")


def foundation_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The modules and files of the foundation."""
    facts = FoundationFacts(document, names)
    return sources_of(_tasks(facts), TEMPLATES, facts)


def _tasks(facts: Facts) -> Iterable[TemplateTask]:
    configuration = ("pyproject.toml", "alembic.ini")
    yield TemplateTask("foundation.configuration", "Configuration of the project's tools", configuration)
    yield TemplateTask("foundation.settings", "Settings from the environment", ("app/__init__.py", "app/settings.py"))
    yield TemplateTask("foundation.problems", "Problem responses", ("app/problems.py",))
    yield TemplateTask("foundation.database", "Database engine, sessions and base classes", ("app/database.py",))
    yield TemplateTask("foundation.types", "Types of request and response bodies", ("app/types.py", "app/pages.py"))
    yield TemplateTask("foundation.health", "Health endpoints", ("app/health.py",))
    yield TemplateTask("foundation.limits", "Limit of request bodies", ("app/limits.py",))
    if facts.versioned:
        yield TemplateTask("foundation.concurrency", "Versions of records", ("app/concurrency.py",))
    environment = ("app/models.py", "migrations/env.py", "migrations/script.py.mako")
    yield TemplateTask("foundation.migrations", "Environment of the migrations", environment)
    yield TemplateTask("foundation.application", "The application", ("app/main.py",))
    yield TemplateTask("foundation.tests", "Fixtures of the tests", ("tests/__init__.py", "tests/conftest.py"))
