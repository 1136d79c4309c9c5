"""Which foundation modules a document needs, and the tasks that they make."""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.facts import Facts
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.source import Source, file_source
from devmatrix.stacks.fastapi.templates import module_source, render

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class _Task:
    id: str
    title: str
    paths: tuple[str, ...]
    needed: Callable[[Facts], bool] = lambda facts: True


_TASKS = (
    _Task("foundation.configuration", "Configuration of the project's tools", ("pyproject.toml", "alembic.ini")),
    _Task("foundation.settings", "Settings from the environment", ("app/__init__.py", "app/settings.py")),
    _Task("foundation.problems", "Problem responses", ("app/problems.py",)),
    _Task("foundation.database", "Database engine, sessions and base classes", ("app/database.py",)),
    _Task("foundation.types", "Types of request and response bodies", ("app/types.py", "app/pages.py")),
    _Task("foundation.health", "Health endpoints", ("app/health.py",)),
    _Task("foundation.limits", "Limit of request bodies", ("app/limits.py",)),
    _Task(
        "foundation.concurrency",
        "Versions of records",
        ("app/concurrency.py",),
        lambda facts: facts.versioned,
    ),
    _Task(
        "foundation.migrations",
        "Environment of the migrations",
        ("app/models.py", "migrations/env.py", "migrations/script.py.mako"),
    ),
    _Task("foundation.application", "The application", ("app/main.py",)),
    _Task("foundation.tests", "Fixtures of the tests", ("tests/__init__.py", "tests/conftest.py")),
)


class FoundationFacts(Facts):
    """Variables of the foundation's templates."""

    @property
    def lock(self) -> int:
        """Key of the advisory lock that keeps migrations apart, one for each project."""
        return zlib.crc32(self.document.slug.encode())


def foundation_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """The tasks of the milestone `foundation`."""
    facts = FoundationFacts(document, names)
    done: list[TaskOutline] = []
    for task in _tasks(facts):
        texts = [render(_TEMPLATES, path, facts) for path in task.paths]
        done.append(
            TaskOutline(
                id=task.id,
                title=task.title,
                milestone="foundation",
                files=task.paths,
                depends_on=(done[-1].id,) if done else (),
                estimated_lines=max(1, sum(text.count("\n") for text in texts)),
            )
        )
    return tuple(done)


def foundation_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The modules and files of the foundation."""
    return tuple(_sources(FoundationFacts(document, names)))


def _tasks(facts: FoundationFacts) -> tuple[_Task, ...]:
    return tuple(task for task in _TASKS if task.needed(facts))


def _sources(facts: FoundationFacts) -> Iterable[Source]:
    for task in _tasks(facts):
        for path in task.paths:
            text = render(_TEMPLATES, path, facts)
            yield module_source(path, task.id, text) if path.endswith(".py") else file_source(path, task.id, text)
