"""What a topic works with: one entity, its operations, and a way to write scenarios that may turn out impossible."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeVar

from devmatrix.discovery.document import DiscoveryDocument, Entity, Level, Operation, OperationKind
from devmatrix.discovery.proofs.cast import Cast, find
from devmatrix.discovery.proofs.script import Script
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.scenario import Step

Kind = Literal["happy", "boundary", "error", "access"]
Item = TypeVar("Item")

MOST_STEPS = 6


@dataclass(frozen=True)
class Draft:
    """A scenario without its id."""

    title: str
    kind: Kind
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Proof:
    """A requirement without its ids."""

    level: Level
    text: str
    operations: tuple[Operation, ...]
    drafts: tuple[Draft, ...]
    said: str = ""
    """What a statement became that says so; none: the first that speaks of the entity."""


@dataclass
class Subject:
    """One entity of a document."""

    cast: Cast
    entity: Entity
    omissions: list[str] = field(default_factory=list)
    """Scenarios that were left out, each with the reason."""

    @property
    def document(self) -> DiscoveryDocument:
        """The document."""
        return self.cast.document

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations on the entity, links of its many-to-many attributes included."""
        return tuple(
            item for item in self.document.operations if (item.relation_entity or item.entity) == self.entity.name
        )

    def operation(self, kind: OperationKind) -> Operation | None:
        """The operation of that kind."""
        return find(self.document, self.entity, kind)

    def draft(self, title: str, kind: Kind, write: Callable[[Script], None]) -> list[Draft]:
        """The scenario that `write` writes; none where that turns out impossible, which is noted."""
        script = Script(self.cast)
        try:
            write(script)
        except UnproducibleError as reason:
            self.omissions.append(f"{self.entity.name}: {title}: {reason}")
            return []
        return [Draft(title, kind, tuple(script.steps))] if script.steps else []

    def chunked(
        self,
        title: str,
        kind: Kind,
        items: Iterable[Item],
        write: Callable[[Script, list[Item]], None],
        most: int = MOST_STEPS,
    ) -> list[Draft]:
        """Scenarios that share the items among them, at most so many in each."""
        # Mostly each item makes a record, and all are made by one caller.
        owned = (quota.most for quota in self.entity.quotas if quota.per == self.entity.owner_field)
        parts = list(_chunks(items, min((most, *owned))))
        drafts: list[Draft] = []
        for number, part in enumerate(parts, start=1):
            ending = f" ({number} of {len(parts)})" if len(parts) > 1 else ""
            drafts += self.draft(title + ending, kind, _bound(write, part))
        return drafts


def _bound(write: Callable[[Script, list[Item]], None], part: list[Item]) -> Callable[[Script], None]:
    return lambda script: write(script, part)


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def proof(
    level: Level, text: str, operations: Iterable[Operation | None], drafts: Iterable[list[Draft]]
) -> list[Proof]:
    """One requirement with those scenarios; none where there are no scenarios."""
    found = tuple(draft for group in drafts for draft in group)
    about = tuple(operation for operation in operations if operation is not None)
    return [Proof(level, text, about, found)] if found else []
