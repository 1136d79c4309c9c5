"""What must hold for requirements and scenarios that a person wrote."""

from collections.abc import Iterator

from devmatrix.discovery.document import DiscoveryDocument, Requirement
from devmatrix.discovery.given.faults import Fault, repeated, unknown


def requirement_faults(document: DiscoveryDocument) -> Iterator[Fault]:
    """All that is wrong with requirements that were given; where none are, they are derived."""
    if not document.requirements:
        return
    both = [(f"/requirements/{number}", item) for number, item in enumerate(document.requirements)]
    yield from repeated(((f"{pointer}/id", item.id) for pointer, item in both), "the requirement")
    entities = sorted(entity.name for entity in document.entities)
    operations = {item.id for item in document.operations}
    for pointer, item in both:
        if not item.scenarios:
            mend = "add one, or take `requirements` out: they are then derived"
            yield Fault(pointer, f"{item.id} has no scenario, so nothing could prove it", mend)
        for number, name in enumerate(item.entities):
            if name not in entities:
                yield unknown(f"{pointer}/entities/{number}", "entity", name, entities)
        for number, name in enumerate(item.operations):
            if name not in operations:
                yield unknown(f"{pointer}/operations/{number}", "operation", name, sorted(operations))
    yield from _scenarios(document, both)
    forgotten = operations - {name for _, item in both for name in item.operations}
    if forgotten:
        mend = "add some, or take `requirements` out: they are then derived"
        yield Fault("/requirements", f"no requirement is about {', '.join(sorted(forgotten))}", mend)


def _scenarios(document: DiscoveryDocument, both: list[tuple[str, Requirement]]) -> Iterator[Fault]:
    found = [
        (f"{pointer}/scenarios/{number}", item, scenario)
        for pointer, item in both
        for number, scenario in enumerate(item.scenarios)
    ]
    yield from repeated(((f"{pointer}/id", scenario.id) for pointer, _, scenario in found), "the scenario")
    actors = sorted(actor.name for actor in document.actors)
    for pointer, item, scenario in found:
        if not scenario.id.startswith(f"{item.id}."):
            what = f"{scenario.id} is no id of a scenario of {item.id}"
            yield Fault(f"{pointer}/id", what, f"write {item.id}.1, {item.id}.2, ...")
        for number, step in enumerate(scenario.steps):
            if step.actor is not None and step.actor not in actors:
                yield unknown(f"{pointer}/steps/{number}/actor", "actor", step.actor, actors)
