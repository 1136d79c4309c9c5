"""From a document's scenarios to situations: how a request of each operation comes to succeed."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.document import DiscoveryDocument, Operation
from devmatrix.discovery.interface import STANDARD_STATUSES, Reason
from devmatrix.discovery.scenario import Scenario, Step

_PARAMETER = re.compile(r"\{[^{}/]*\}")


@dataclass(frozen=True)
class Situation:
    """What has happened before, and one request of an operation, with the answer that the document promises."""

    operation: Operation
    scenario_id: str
    given: tuple[Step, ...]
    act: Step

    @property
    def weight(self) -> int:
        """How much must be done before."""
        return len(self.given)


@dataclass(frozen=True)
class Place:
    """Where credentials stand in a request."""

    kind: str
    """token, key, basic."""
    place: str
    """header, query, cookie."""
    name: str
    prefix: str


BEARER = Place("token", "header", "Authorization", "Bearer ")


class Situations:
    """The situations of a document, and what it says of its operations."""

    def __init__(self, document: DiscoveryDocument) -> None:
        self.document = document
        self._routes = [(operation, _pattern(operation.path)) for operation in document.operations]

    def operation_at(self, method: str, target: str) -> Operation | None:
        """The operation that serves a request; literal segments win over parameters."""
        path = target.partition("?")[0]
        found = [item for item, pattern in self._routes if item.method == method and pattern.fullmatch(path)]
        return min(found, key=lambda item: [part.startswith("{") for part in item.path.split("/")], default=None)

    @cached_property
    def successes(self) -> dict[str, tuple[Situation, ...]]:
        """Operation id -> situations in which it succeeds, the ones with the least before them first."""
        found: defaultdict[str, list[Situation]] = defaultdict(list)
        for situation in self._all:
            if situation.act.expect.status == situation.operation.success_status:
                found[situation.operation.id].append(situation)
        return {name: tuple(sorted(items, key=lambda item: item.weight)) for name, items in found.items()}

    def refused(self, reason: Reason) -> Iterator[Situation]:
        """Situations in which an operation refuses for that reason."""
        for situation in self._all:
            status = self.status(situation.operation, reason)
            if situation.act.expect.status == status and status is not None:
                yield situation

    def simplest(self, operation: Operation) -> Situation | None:
        """The one with the least before it."""
        return next(iter(self.successes.get(operation.id, ())), None)

    def fullest(self, operation: Operation) -> Situation | None:
        """The one with the most in its JSON body."""
        items = [item for item in self.successes.get(operation.id, ()) if item.act.has_body]
        return max(items, key=lambda item: (_size(item.act.body), -item.weight), default=None)

    def status(self, operation: Operation, reason: Reason) -> int | None:
        """The status of a refusal; None where the document knows none."""
        if self.document.interface is None:
            return STANDARD_STATUSES[reason]
        refusals = self.document.interface.endpoint(operation.id).refusals
        return next((item.status for item in refusals if item.reason is reason), None)

    def is_known(self, operation: Operation) -> bool:
        """Whether blueprints can write it: else it may answer 501."""
        if self.document.interface is None:
            return operation.procedure is None
        return self.document.interface.endpoint(operation.id).effect is not None

    def places(self, operation: Operation) -> tuple[Place, ...]:
        """Where callers show who they are."""
        interface = self.document.interface
        if interface is None:
            return (BEARER,)
        schemes = [interface.scheme(name) for name in interface.endpoint(operation.id).schemes]
        return tuple(Place(item.kind, item.place, item.parameter, item.prefix) for item in schemes)

    @cached_property
    def _all(self) -> tuple[Situation, ...]:
        return tuple(
            situation
            for requirement in self.document.requirements
            for scenario in requirement.scenarios
            for situation in self._of(scenario)
        )

    def _of(self, scenario: Scenario) -> Iterator[Situation]:
        before: list[Step] = []
        for step in scenario.steps:
            operation = self.operation_at(step.method, step.path)
            if operation is not None:
                yield Situation(operation, scenario.id, tuple(before), step)
            if step.expect.status < 400:  # refusals change nothing
                before.append(step)


def _pattern(path: str) -> re.Pattern[str]:
    literals = _PARAMETER.split(path)
    return re.compile(r"[^/?]+".join(map(re.escape, literals)))


def _size(body: object) -> int:
    if isinstance(body, dict):
        return len(body) + sum(map(_size, body.values()))
    return sum(map(_size, body)) if isinstance(body, list) else 0
