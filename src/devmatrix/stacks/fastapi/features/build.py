"""All tasks and sources of the entities' packages."""

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.features.feature import Feature
from devmatrix.stacks.fastapi.features.model import model_source
from devmatrix.stacks.fastapi.features.procedures import custom_operations, procedures_source
from devmatrix.stacks.fastapi.features.repository import repository_source
from devmatrix.stacks.fastapi.features.router import router_source
from devmatrix.stacks.fastapi.features.rules import rules_source
from devmatrix.stacks.fastapi.features.schemas import schemas_source
from devmatrix.stacks.fastapi.features.service import service_source
from devmatrix.stacks.fastapi.features.unit_tests import test_sources
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.source import Source


def feature_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The modules of every entity's package, in the order of the document."""
    return tuple(source for entity in document.entities for source in _sources(Feature(entity, document, names)))


def _sources(feature: Feature) -> tuple[Source, ...]:
    package = Source(
        path=feature.path("__init__"),
        task_id=f"{feature.package}.model",
        docstring=f"Everything about {feature.collection}.",
    )
    return (
        package,
        model_source(feature),
        schemas_source(feature),
        repository_source(feature),
        *([rules_source(feature)] if feature.entity.rules else []),
        service_source(feature),
        *([procedures_source(feature)] if custom_operations(feature) else []),
        *([router_source(feature)] if feature.operations else []),
        *test_sources(feature),
    )


def feature_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """The tasks of every entity: model, schemas, repository, service, router."""
    milestones = {name: context.name for context in document.contexts for name in context.entities}
    found: list[TaskOutline] = []
    for entity in document.entities:
        feature = Feature(entity, document, names)
        found += _outline(feature, milestones.get(entity.name, document.contexts[0].name))
    return tuple(found)


def _outline(feature: Feature, milestone: str) -> list[TaskOutline]:
    files: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for source in _sources(feature):
        files.setdefault(source.task_id, []).append(source.path)
        lines[source.task_id] = (
            lines.get(source.task_id, 4)
            + len(source.preamble.splitlines())
            + sum(symbol.source.count("\n") + 2 for symbol in source.symbols)
        )
    layers = ("model", "schemas", "repository", "rules", "service", "procedures", "router", "tests")
    needs = {
        "model": ("foundation.database",),
        "schemas": (f"{feature.package}.model",),
        "repository": (f"{feature.package}.schemas",),
        "rules": (f"{feature.package}.model",),
        "service": (f"{feature.package}.{'rules' if feature.entity.rules else 'repository'}",),
        "procedures": (f"{feature.package}.service",),
        "router": (f"{feature.package}.{'procedures' if custom_operations(feature) else 'service'}",),
        "tests": (f"{feature.package}.service",),
    }
    return [
        TaskOutline(
            id=f"{feature.package}.{layer}",
            title=f"{layer.capitalize()} of {feature.collection}",
            milestone=milestone,
            files=tuple(files[f"{feature.package}.{layer}"]),
            depends_on=needs[layer],
            entities=(feature.entity.name,),
            estimated_lines=lines[f"{feature.package}.{layer}"],
        )
        for layer in layers
        if f"{feature.package}.{layer}" in files
    ]
