"""What it takes for the first record of an entity to exist: with long chains of references, most of every scenario."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devmatrix.discovery.document import DiscoveryDocument, Entity
from devmatrix.discovery.proofs.payloads import Values, settable
from devmatrix.discovery.proofs.values import REFERENCES
from devmatrix.discovery.scenario import Step

if TYPE_CHECKING:
    from devmatrix.discovery.proofs.script import Record


@dataclass(frozen=True)
class Chain:
    """The records that the first one of an entity needs, and itself, as a scenario without any of them makes them."""

    steps: tuple[Step, ...]
    made: Mapping[str, int]
    """Entity -> how many."""
    taken: Mapping[str, tuple[Values, ...]]
    shared: Mapping[str, "Record"]
    record: "Record"


def needed_by(document: DiscoveryDocument, entity: Entity) -> dict[str, Entity]:
    """The entity and all that a record of it cannot be without."""
    found: dict[str, Entity] = {}
    open_: list[Entity] = [entity]
    while open_:
        one = open_.pop()
        if one.name not in found:
            found[one.name] = one
            open_ += _targets(document, one)
    return found


def _targets(document: DiscoveryDocument, entity: Entity) -> Iterator[Entity]:
    for attribute in settable(entity):
        if attribute.required and attribute.type in REFERENCES and attribute.target:
            yield document.entity(attribute.target)
