"""Ids that the document promises to be unguessable."""

import json
import re
from collections.abc import Iterable, Iterator

from devmatrix.discovery.document import DiscoveryDocument, Operation, OperationKind
from devmatrix.discovery.interface import Source
from devmatrix.validation.probes.fields import at
from devmatrix.validation.probes.probe import Probe, Subject
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

_MAKES = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER)
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_BEGINNING = 12
_FEWEST = 2


class GuessableIds(Probe):
    """Ids of records that were made: random ones (UUID version 4), none twice, none alike."""

    rule = "probe.guessable-id"
    nothing = "no random ids promised"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations that make records with such ids."""
        names = _promised(world.document)
        makers = [item for item in world.document.operations if item.kind in _MAKES and names.get(item.entity)]
        return [item.id for item in makers if world.situations.simplest(item) and _expected(world, item)]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Make two more, each in the same situation, and look at all that were made before."""
        operation = world.document.operation(subject)
        names = _promised(world.document)[operation.entity]
        situation = world.situations.successes[subject][0]
        for _ in range(2):
            world.ask(world.stage(situation))
        for name in sorted(names):
            seen: list[str] = []
            for exchange in world.journal.exchanges:
                made = exchange.status == operation.success_status and exchange.method == operation.method
                if made and world.situations.operation_at(exchange.method, exchange.target) is operation:
                    seen += _values(exchange.answered, name)
            yield from self._judge(subject, situation.scenario_id, name, seen)

    @staticmethod
    def _judge(subject: Subject, scenario: str, name: str, seen: list[str]) -> Iterator[Found]:
        if len(seen) < _FEWEST:
            return
        other = next((value for value in seen if not _RANDOM.fullmatch(value)), None)
        if other is not None:
            yield Found(subject, f"{name} {other!r} is no random UUID (version 4)", scenario)
            return
        alike: dict[str, str] = {}
        for value in seen:
            known = alike.setdefault(value[:_BEGINNING], value)
            if known is not value:
                yield Found(subject, f"{name} {value!r} can be guessed from {known!r}", scenario)
                return


def _promised(document: DiscoveryDocument) -> dict[str, set[str]]:
    """Entity -> properties of its answers that hold random UUIDs."""
    if document.interface is None:
        return {entity.name: {"id"} for entity in document.entities}
    random = {
        (entity.name, item.name)
        for entity in document.entities
        for item in entity.attributes
        if item.generated == "uuid"
    }
    found: dict[str, set[str]] = {}
    for view in document.interface.views:
        for member in view.members:
            shown = member.value.source is Source.ATTRIBUTE
            if shown and (view.entity, member.value.attribute) in random:
                found.setdefault(view.entity, set()).add(member.name)
    return found


def _expected(world: World, operation: Operation) -> bool:
    """Whether scenarios expect a UUID; always where an imported document says so."""
    shown = (item.act.expect.body for item in world.situations.successes[operation.id])
    return world.document.interface is not None or any(at(body, "/id/$match") == "uuid" for body in shown)


def _values(content: bytes, name: str) -> list[str]:
    """The value of the outermost property of that name."""
    try:
        value = json.loads(content)
    except ValueError:
        return []
    level = [value]
    while level:
        found = [str(item[name]) for item in level if isinstance(item, dict) and isinstance(item.get(name), str | int)]
        if found:
            return found[:1]
        level = [inner for item in level if isinstance(item, dict) for inner in item.values()]
    return []
