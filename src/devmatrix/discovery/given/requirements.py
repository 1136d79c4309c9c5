"""What must hold for requirements and scenarios that a person wrote."""

from collections.abc import Iterator, Sequence

from devmatrix.discovery.document import DiscoveryDocument, Requirement
from devmatrix.discovery.given.faults import Fault, repeated, unknown
from devmatrix.discovery.scenario import Scenario


def requirement_faults(document: DiscoveryDocument) -> Iterator[Fault]:
    """All that is wrong with requirements that were given; where none are, they are derived."""
    both = [(f"/requirements/{number}", item) for number, item in enumerate(document.requirements)]
    yield from repeated(((f"{pointer}/id", item.id) for pointer, item in both), "the requirement")
    entities = sorted(entity.name for entity in document.entities)
    operations = {item.id for item in document.operations}
    rules = sorted(f"{entity.name}.{rule.name}" for entity in document.entities for rule in entity.rules)
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
        for number, name in enumerate(item.rules):
            if name not in rules:
                yield unknown(f"{pointer}/rules/{number}", "rule", name, rules)
    yield from _scenarios(document, both)
    yield from _unproven(document)


def _unproven(document: DiscoveryDocument) -> Iterator[Fault]:
    """What only words say must have a scenario that a person wrote: none can be derived."""
    if document.interface is not None:
        return
    mend = "add one with a scenario that calls it, and what must come out"
    proven = {name for item in document.requirements for name in (*item.operations, *item.rules)}
    for number, operation in enumerate(document.operations):
        if operation.procedure is not None and operation.id not in proven:
            yield Fault(f"/operations/{number}", f"no requirement is about {operation.id}", mend)
    for number, entity in enumerate(document.entities):
        for place, rule in enumerate(entity.rules):
            name = f"{entity.name}.{rule.name}"
            if name not in proven:
                what = f"no requirement lists {name} in its `rules`"
                yield Fault(f"/entities/{number}/rules/{place}", what, mend)


def _scenarios(document: DiscoveryDocument, both: list[tuple[str, Requirement]]) -> Iterator[Fault]:
    found = [
        (f"{pointer}/scenarios/{number}", item, scenario)
        for pointer, item in both
        for number, scenario in enumerate(item.scenarios)
    ]
    yield from repeated(((f"{pointer}/id", scenario.id) for pointer, _, scenario in found), "the scenario")
    actors = _actors(document, [scenario for _, _, scenario in found])
    for pointer, item, scenario in found:
        if not scenario.id.startswith(f"{item.id}."):
            what = f"{scenario.id} is no id of a scenario of {item.id}"
            yield Fault(f"{pointer}/id", what, f"write {item.id}.1, {item.id}.2, ...")
        for number, step in enumerate(scenario.steps):
            if step.actor is not None and step.actor not in actors:
                yield unknown(f"{pointer}/steps/{number}/actor", "actor", step.actor, actors)


def _actors(document: DiscoveryDocument, scenarios: Sequence[Scenario]) -> list[str]:
    """Names of those who may call: the document's own, and where that does not do, those who would be derived."""
    own = {actor.name for actor in document.actors}
    asked = {step.actor for scenario in scenarios for step in scenario.steps if step.actor is not None}
    if asked <= own or document.account_entity is None or document.interface is not None:
        return sorted(own)
    from devmatrix.discovery.proofs.derive import derive_actors

    return sorted(own | {actor.name for actor in derive_actors(document)})
