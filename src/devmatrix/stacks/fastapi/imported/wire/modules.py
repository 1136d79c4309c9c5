"""The modules of the wire side, and the tasks that they make."""

from collections.abc import Iterable
from pathlib import Path

from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.accounts import ACCOUNT_TEMPLATES
from devmatrix.stacks.fastapi.foundation import TEMPLATES as FOUNDATION_TEMPLATES
from devmatrix.stacks.fastapi.imported.wire.facts import ImportedFacts, SecurityFacts
from devmatrix.stacks.fastapi.imported.wire.schemas import SchemaModules
from devmatrix.stacks.fastapi.imported.wire.wire import Wire
from devmatrix.stacks.fastapi.outlines import TemplateTask, outline_of, sources_of
from devmatrix.stacks.fastapi.source import Source

_TEMPLATES = Path(__file__).parent / "templates"
_PACKAGE = "app/authentication"
_SCHEMAS = "foundation.schemas"

Placed = tuple[TemplateTask, Path]


def wire_outline(facts: ImportedFacts) -> tuple[TaskOutline, ...]:
    """The tasks that every project of an imported API begins with; each depends on the one before it."""
    found: list[TaskOutline] = []
    security = _security(facts)
    for task, folder in _tasks(facts):
        after = found[-1].id if found else ""
        found += outline_of([task], folder, security, "foundation", after=after)
    for source in _schemas(facts.wire):
        lines = sum(symbol.source.count("\n") + 2 for symbol in source.symbols) + source.preamble.count("\n")
        found.append(
            TaskOutline(
                id=source.task_id,
                title=f"Schemas of {Path(source.path).stem.replace('_', ' ')}",
                milestone="foundation",
                files=(source.path,),
                depends_on=("foundation.types",),
                estimated_lines=max(1, lines),
            )
        )
    return tuple(found)


def wire_sources(facts: ImportedFacts) -> tuple[Source, ...]:
    """The modules."""
    security = _security(facts)
    rendered = (sources_of([task], folder, security) for task, folder in _tasks(facts))
    return (
        *(source for sources in rendered for source in sources),
        *_schemas(facts.wire),
    )


def _schemas(wire: Wire) -> tuple[Source, ...]:
    tasks = {module: f"{_SCHEMAS}.{module}" for module in wire.classes.modules}
    return tuple(SchemaModules(wire.classes, camel=wire.camel).sources(tasks))


def _security(facts: ImportedFacts) -> SecurityFacts:
    return SecurityFacts(facts.document, facts.names, facts.wire)


def _tasks(facts: ImportedFacts) -> Iterable[Placed]:
    shared = (
        ("foundation.configuration", "Configuration of the project's tools", ("pyproject.toml", "alembic.ini")),
        ("foundation.settings", "Settings from the environment", ("app/__init__.py", "app/settings.py")),
        ("foundation.problems", "Problem responses", ("app/problems.py",)),
        ("foundation.database", "Database engine, sessions and base classes", ("app/database.py",)),
        ("foundation.health", "Health endpoints", ("app/health.py",)),
        ("foundation.limits", "Limit of request bodies", ("app/limits.py",)),
    )
    yield from ((TemplateTask(*each), FOUNDATION_TEMPLATES) for each in shared)
    own = (
        ("foundation.routing", "Routes", ("app/routing.py", "app/routers/__init__.py")),
        ("foundation.refusals", "Refusals, as the document has them", ("app/refusals.py",)),
        ("foundation.types", "Types of request and response bodies", ("app/types.py", "app/schemas/__init__.py")),
    )
    yield from ((TemplateTask(*each), _TEMPLATES) for each in own)
    yield from _accounts(facts)
    if facts.secured:
        yield TemplateTask("foundation.security", "The caller and their rights", ("app/security.py",)), _TEMPLATES
    environment = ("app/models.py", "migrations/env.py", "migrations/script.py.mako")
    last = (
        ("foundation.migrations", "Environment of the migrations", environment),
        ("foundation.application", "The application", ("app/main.py",)),
        ("foundation.tests", "Fixtures of the tests", ("tests/__init__.py", "tests/conftest.py")),
    )
    yield from ((TemplateTask(*each), FOUNDATION_TEMPLATES) for each in last)


def _accounts(facts: ImportedFacts) -> Iterable[Placed]:
    if not facts.passwords:
        return
    yield TemplateTask("foundation.accounts", "Who someone is", (f"{_PACKAGE}/__init__.py",)), _TEMPLATES
    passwords = (f"{_PACKAGE}/passwords.py",)
    yield TemplateTask("foundation.passwords", "Hashing of passwords", passwords), ACCOUNT_TEMPLATES
    if facts.wire.guards.issues_tokens:
        yield TemplateTask("foundation.tokens", "Access tokens", (f"{_PACKAGE}/tokens.py",)), _TEMPLATES
    if facts.wire.guards.revokes:
        paths = (f"{_PACKAGE}/revocations.py",)
        yield TemplateTask("foundation.revocations", "Tokens that were made void", paths), _TEMPLATES
