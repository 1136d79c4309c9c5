"""The files of the milestone `delivery`."""

from collections.abc import Iterable
from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.deliverables.facts import DeliveryFacts
from devmatrix.stacks.fastapi.environment import REQUIREMENTS
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.outlines import TemplateTask, outline_of, sources_of
from devmatrix.stacks.fastapi.source import Source, file_source

_TEMPLATES = Path(__file__).parent / "templates"
_REQUIREMENTS_TASK = "delivery.requirements"
LOCKS = {"requirements.txt": "runtime.txt", "requirements-dev.txt": "dev.txt"}
"""File of a project -> the lock of the stack that it holds."""


def delivery_outline(
    document: DiscoveryDocument, names: Names, facts: DeliveryFacts | None = None
) -> tuple[TaskOutline, ...]:
    """The tasks of the milestone `delivery`, but for the examples; `facts` where they are not those of any document."""
    texts = [_requirements(name) for name in LOCKS.values()]
    requirements = TaskOutline(
        id=_REQUIREMENTS_TASK,
        title="Requirements, locked with hashes",
        milestone="delivery",
        files=tuple(LOCKS),
        depends_on=("foundation.application",),
        estimated_lines=sum(text.count("\n") for text in texts),
    )
    facts = facts or DeliveryFacts(document, names)
    return (requirements, *outline_of(_tasks(), _TEMPLATES, facts, "delivery", after=requirements.id))


def delivery_sources(
    document: DiscoveryDocument, names: Names, facts: DeliveryFacts | None = None
) -> tuple[Source, ...]:
    """The files."""
    locked = (file_source(path, _REQUIREMENTS_TASK, _requirements(name)) for path, name in LOCKS.items())
    return (*locked, *sources_of(_tasks(), _TEMPLATES, facts or DeliveryFacts(document, names)))


def _requirements(name: str) -> str:
    return (REQUIREMENTS / name).read_text(encoding="utf-8")


def _tasks() -> Iterable[TemplateTask]:
    yield TemplateTask("delivery.makefile", "Commands of every day", ("Makefile",))
    yield TemplateTask("delivery.container", "Container image", ("Dockerfile", ".dockerignore"))
    yield TemplateTask("delivery.ci", "Continuous integration", (".github/workflows/ci.yml",))
    yield TemplateTask("delivery.settings", "Example of the settings", (".env.example", ".gitignore"))
    yield TemplateTask("delivery.readme", "README", ("README.md",))
