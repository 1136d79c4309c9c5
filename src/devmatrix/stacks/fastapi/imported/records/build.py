"""All tasks and sources of the records of an imported API."""

from collections.abc import Iterable
from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.facts import Facts
from devmatrix.stacks.fastapi.imported.records.changes import changes_source
from devmatrix.stacks.fastapi.imported.records.collection import Collection, Records
from devmatrix.stacks.fastapi.imported.records.customs import operation_sources, operation_task
from devmatrix.stacks.fastapi.imported.records.first_accounts import TASK, first_accounts_source
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery
from devmatrix.stacks.fastapi.imported.records.migrations import migration_outline, migration_sources
from devmatrix.stacks.fastapi.imported.records.model import model_source
from devmatrix.stacks.fastapi.imported.records.queries import queries_source
from devmatrix.stacks.fastapi.imported.records.routes import router_sources, router_task
from devmatrix.stacks.fastapi.imported.records.tables import needs_numbering
from devmatrix.stacks.fastapi.imported.records.unit_tests import test_sources
from devmatrix.stacks.fastapi.imported.records.views import views_source
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.outlines import TemplateTask, outline_of, sources_of
from devmatrix.stacks.fastapi.source import Source

_TEMPLATES = Path(__file__).parent / "templates"
_LAYERS = ("model", "queries", "changes", "views", "tests")


def routers(document: DiscoveryDocument, names: Names) -> tuple[tuple[str, str], ...]:
    """Package and module of every router, in the order in which their routes are tried."""
    return tuple(("routers", group) for group in Records(document, names).wire.groups.all)


def record_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The modules of every entity's package, the routers, and what they share."""
    records = Records(document, names)
    gallery = Gallery(records)
    shared = sources_of(_tasks(document), _TEMPLATES, Facts(document, names))
    packages = (source for collection in records.all for source in _package(collection, gallery))
    first = first_accounts_source(records)
    return (
        *shared,
        *packages,
        *([first] if first else []),
        *operation_sources(records, gallery),
        *router_sources(records, gallery),
        *migration_sources(records),
    )


def record_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """The tasks: what is shared, then model, queries, changes, views and tests of each entity, then the routers."""
    records = Records(document, names)
    gallery = Gallery(records)
    shared = outline_of(_tasks(document), _TEMPLATES, Facts(document, names), "foundation", after="foundation.database")
    milestones = {name: context.name for context in document.contexts for name in context.entities}
    found = list(shared)
    for collection in records.all:
        milestone = milestones.get(collection.entity.name, document.contexts[0].name)
        found += _outline(collection, gallery, milestone)
    found += _first_accounts(records)
    found += _operations(records, gallery)
    done = {task.id for task in found}
    for group, source in zip(records.wire.groups.all, router_sources(records, gallery), strict=True):
        entities = {each.effect.entity for each in records.served if records.wire.group(each.endpoint) == group}
        needed = [f"{records.of(name).package}.{layer}" for name in sorted(entities) for layer in ("views", "changes")]
        needed.append(operation_task(group))
        first = next((milestones[name] for name in document_order(records, entities)), document.contexts[0].name)
        found.append(
            TaskOutline(
                id=router_task(group),
                title=f"Routes for {group.replace('_', ' ')}",
                milestone=first,
                files=(source.path,),
                depends_on=tuple(each for each in needed if each in done),
                entities=tuple(document_order(records, entities)),
                estimated_lines=_lines(source),
            )
        )
    return (*found, *migration_outline(records))


def _first_accounts(records: Records) -> Iterable[TaskOutline]:
    source, account = first_accounts_source(records), records.account
    if source is not None and account is not None:
        yield TaskOutline(
            id=TASK,
            title="The first accounts",
            milestone="foundation",
            files=(source.path,),
            depends_on=(f"{account.package}.changes",),
            entities=(account.entity.name,),
            estimated_lines=_lines(source),
        )


def _operations(records: Records, gallery: Gallery) -> Iterable[TaskOutline]:
    """The tasks of what no blueprint knows."""
    files: dict[str, list[Source]] = {}
    for source in operation_sources(records, gallery):
        files.setdefault(source.task_id, []).append(source)
    for task, sources in files.items():
        yield TaskOutline(
            id=task,
            title=f"Operations of their own around {task.partition('.')[2].replace('_', ' ')}",
            milestone=records.document.contexts[0].name,
            files=tuple(source.path for source in sources),
            depends_on=tuple(f"{each.package}.model" for each in records.all),
            entities=(),
            estimated_lines=sum(_lines(source) for source in sources),
        )


def document_order(records: Records, entities: Iterable[str]) -> list[str]:
    """The entities in the order of the document."""
    wanted = set(entities)
    return [each.entity.name for each in records.all if each.entity.name in wanted]


def _tasks(document: DiscoveryDocument) -> Iterable[TemplateTask]:
    yield TemplateTask("foundation.listing", "Lists, their order and their pages", ("app/listing.py",))
    yield TemplateTask("foundation.relating", "Relations between records", ("app/relating.py",))
    yield TemplateTask("foundation.keeping", "Values of records", ("app/keeping.py",))
    effects = [each.effect for each in document.interface.endpoints if each.effect] if document.interface else []
    if any(each.operator == "member" for effect in effects for each in effect.filters):
        yield TemplateTask("foundation.jsonlists", "Lists that are kept as JSON", ("app/jsonlists.py",))
    if needs_numbering(document):
        yield TemplateTask("foundation.numbering", "Numbers of records", ("app/numbering.py",))


def _package(collection: Collection, gallery: Gallery) -> tuple[Source, ...]:
    package = Source(
        path=collection.path("__init__"),
        task_id=f"{collection.package}.model",
        docstring=f"Everything about {collection.label_of_many}.",
    )
    modules = (
        model_source(collection),
        queries_source(collection),
        changes_source(collection),
        views_source(collection, gallery),
    )
    return (package, *(module for module in modules if module is not None), *test_sources(collection, gallery))


def _outline(collection: Collection, gallery: Gallery, milestone: str) -> Iterable[TaskOutline]:
    files: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for source in _package(collection, gallery):
        files.setdefault(source.task_id, []).append(source.path)
        lines[source.task_id] = lines.get(source.task_id, 4) + _lines(source)
    before = "foundation.database"
    for layer in _LAYERS:
        task = f"{collection.package}.{layer}"
        if task in files:
            yield TaskOutline(
                id=task,
                title=f"{layer.capitalize()} of {collection.label_of_many}",
                milestone=milestone,
                files=tuple(files[task]),
                depends_on=(before,),
                entities=(collection.entity.name,),
                estimated_lines=lines[task],
            )
            before = task


def _lines(source: Source) -> int:
    return len(source.preamble.splitlines()) + sum(symbol.source.count("\n") + 2 for symbol in source.symbols) + 1
