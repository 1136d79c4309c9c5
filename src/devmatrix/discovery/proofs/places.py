"""Keeps count, while a scenario is written, of what quotas count: they are only reached where that is meant."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from devmatrix.discovery.document import Entity, Operation, OperationKind, Quota
from devmatrix.discovery.proofs.payloads import answered
from devmatrix.discovery.proofs.unproducible import QuotaReachedError

_MAKES = frozenset({OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER})


class Places:
    """The places that records of one scenario have taken."""

    def __init__(self) -> None:
        self.tried: Quota | None = None
        """The quota that the scenario is about: it is reached on purpose."""
        self._taken: defaultdict[tuple[str, Quota, str], set[str]] = defaultdict(set)
        self._parents: dict[str, list[tuple[Quota, str]]] = {}

    def has_room(self, entity: Entity, per: str, parent: str) -> bool:
        """Whether one more record may refer to `parent`."""
        quotas = [quota for quota in entity.quotas if quota.per == per and quota != self.tried]
        return all(len(self._taken[entity.name, quota, parent]) < quota.most for quota in quotas)

    def take(
        self,
        entity: Entity,
        operation: Operation,
        body: Mapping[str, object],
        ids: list[str],
        maker: str | None,
        name: str | None,
    ) -> None:
        """Count the record that a call makes. Raises QuotaReachedError where there is no place for it."""
        if operation.kind not in _MAKES:
            return
        name = name or f"{entity.name} {len(self._parents)}"
        self._parents[name] = list(_parents(entity, operation, body, ids, maker))
        for quota, parent in self._parents[name]:
            sent = body.get(quota.field or "")
            held = sent if isinstance(sent, str) else answered(entity, {}).get(quota.field or "")
            if quota.field is None or held in quota.values:
                self._add(entity, quota, parent, name)

    def move(self, entity: Entity, operation: Operation, name: str) -> None:
        """Count a record where a transition leads it, or count it no more."""
        machine = entity.states
        if machine is None or operation.kind is not OperationKind.TRANSITION:
            return
        target = next(item.target for item in machine.transitions if item.name == operation.transition)
        for quota, parent in self._parents.get(name, ()):
            if quota.field == machine.field and target in quota.values:
                self._add(entity, quota, parent, name)
            elif quota.field == machine.field:
                self._taken[entity.name, quota, parent].discard(name)

    def free(self, entity: Entity, name: str) -> None:
        """Count a record that is deleted no more."""
        for quota, parent in self._parents.pop(name, ()):
            self._taken[entity.name, quota, parent].discard(name)

    def _add(self, entity: Entity, quota: Quota, parent: str, name: str) -> None:
        taken = self._taken[entity.name, quota, parent]
        if quota != self.tried and name not in taken and len(taken) >= quota.most:
            raise QuotaReachedError(f"no more than {quota.most} {entity.plural} have the same {quota.per}")
        taken.add(name)


def _parents(
    entity: Entity, operation: Operation, body: Mapping[str, object], ids: list[str], maker: str | None
) -> Iterator[tuple[Quota, str]]:
    """The quotas of a new record, each with what it is counted for."""
    for quota in entity.quotas:
        parent: object = ids[0] if quota.per == operation.parent_field and ids else body.get(quota.per)
        parent = maker if quota.per == entity.owner_field else parent
        if isinstance(parent, str):
            yield quota, parent
