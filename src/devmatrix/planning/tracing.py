"""The rule that nothing in a plan is untraced: requirements, scenarios, tasks and operations, both ways."""

from collections.abc import Sequence

from devmatrix.discovery.document import DiscoveryDocument, Level
from devmatrix.errors import ContractError
from devmatrix.planning.plan import Task

_SHOWN = 20


class Trace:
    """Which requirements an entity has; made once, looked up for each task."""

    def __init__(self, document: DiscoveryDocument) -> None:
        self._all = tuple(need.id for need in document.requirements)
        self._by_entity: dict[str, list[int]] = {}
        for number, need in enumerate(document.requirements):
            for name in dict.fromkeys(need.entities):
                self._by_entity.setdefault(name, []).append(number)

    def needs(self, entities: Sequence[str]) -> tuple[str, ...]:
        """Ids of the requirements that are about any of the entities, in order; of none: all."""
        if not entities:
            return self._all
        numbers = {number for name in entities for number in self._by_entity.get(name, ())}
        return tuple(self._all[number] for number in sorted(numbers))


def require_traced(document: DiscoveryDocument, tasks: Sequence[Task]) -> None:
    """Raise ContractError where a task serves nothing, or something that is wanted is not built or not proven."""
    served = {need for task in tasks for need in task.requirement_ids}
    proven = {name for need in document.requirements if need.scenarios for name in need.operations}
    untraced = {
        "tasks without a requirement": [task.id for task in tasks if not task.requirement_ids],
        "requirements without a task": [
            need.id for need in document.requirements if need.level is Level.MUST and need.id not in served
        ],
        "requirements without a scenario": [need.id for need in document.requirements if not need.scenarios],
        "operations without a requirement": [item.id for item in document.operations if item.id not in proven],
    }
    for what, names in untraced.items():
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            raise ContractError(f"{what}: {', '.join(names[:_SHOWN])}{more}")
