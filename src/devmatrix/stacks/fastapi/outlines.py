"""Tasks whose files are templates: their outline and their sources."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.facts import Facts
from devmatrix.stacks.fastapi.source import Source, file_source
from devmatrix.stacks.fastapi.templates import module_source, render


@dataclass(frozen=True)
class TemplateTask:
    """A task, and the files that it writes."""

    id: str
    title: str
    paths: tuple[str, ...]


def outline_of(
    tasks: Iterable[TemplateTask], folder: Path, facts: Facts, milestone: str, *, after: str = ""
) -> tuple[TaskOutline, ...]:
    """The tasks, each depending on the one before it, the first on `after`; lines are those of the rendered files."""
    found: list[TaskOutline] = []
    for task in tasks:
        before = found[-1].id if found else after
        found.append(
            TaskOutline(
                id=task.id,
                title=task.title,
                milestone=milestone,
                files=task.paths,
                depends_on=(before,) if before else (),
                estimated_lines=max(1, sum(render(folder, path, facts).count("\n") for path in task.paths)),
            )
        )
    return tuple(found)


def sources_of(tasks: Iterable[TemplateTask], folder: Path, facts: Facts) -> tuple[Source, ...]:
    """The files of the tasks: Python modules as their symbols, others as they are."""
    return tuple(_source(task, path, render(folder, path, facts)) for task in tasks for path in task.paths)


def _source(task: TemplateTask, path: str, text: str) -> Source:
    return module_source(path, task.id, text) if path.endswith(".py") else file_source(path, task.id, text)
