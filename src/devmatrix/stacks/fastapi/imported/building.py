"""All tasks and sources of a project for an imported API: the wire side, the records behind it, and what is around."""

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.deliverables import delivery_outline, delivery_sources
from devmatrix.stacks.fastapi.facts import Facts
from devmatrix.stacks.fastapi.imported.records import record_outline, record_sources
from devmatrix.stacks.fastapi.imported.wire import Wire
from devmatrix.stacks.fastapi.imported.wire.delivery import ImportedDeliveryFacts
from devmatrix.stacks.fastapi.imported.wire.modules import wire_outline, wire_sources
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.source import Source


def imported_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """The tasks."""
    facts = _facts(document, names)
    return (*wire_outline(facts), *record_outline(document, names), *delivery_outline(document, names, facts))


def imported_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The modules and files."""
    facts = _facts(document, names)
    return (*wire_sources(facts), *record_sources(document, names), *delivery_sources(document, names, facts))


def imported_facts(document: DiscoveryDocument, names: Names) -> Facts:
    """What is known of how the service runs."""
    return _facts(document, names)


def _facts(document: DiscoveryDocument, names: Names) -> ImportedDeliveryFacts:
    return ImportedDeliveryFacts(document, names, Wire(document, names))
