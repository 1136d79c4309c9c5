"""What the blueprints of one entity's records need to know, worked out once from the document."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.document import (
    Account,
    Attribute,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    OperationKind,
)
from devmatrix.discovery.interface import Effect, Endpoint, Interface, Lookup, Source, Value
from devmatrix.stacks.fastapi.features.text import words
from devmatrix.stacks.fastapi.imported.records.fields import Association, Field, Fields, Layout
from devmatrix.stacks.fastapi.imported.wire import Wire
from devmatrix.stacks.fastapi.naming import Names


@dataclass(frozen=True)
class Served:
    """An endpoint with its operation and its effect."""

    endpoint: Endpoint
    operation: Operation
    effect: Effect

    @property
    def is_batch(self) -> bool:
        """Whether the body holds a list of what to do; the pointer to it may be empty."""
        kinds = (OperationKind.BULK_CREATE, OperationKind.BULK_DELETE)
        return self.operation.kind in kinds and not self.clears

    @property
    def clears(self) -> bool:
        """Whether it deletes all records, or all that filters leave."""
        named = any(lookup.place == "body" for lookup in self.effect.lookups)
        return self.operation.kind is OperationKind.BULK_DELETE and not named


_OF_SEVERAL = frozenset(
    {
        *(Source.RECORDS, Source.TOTAL, Source.SIZE, Source.LENGTH, Source.OFFSET, Source.PAGE, Source.PAGES),
        *(Source.HAS_MORE, Source.HAS_PREVIOUS, Source.CURSOR, Source.PREVIOUS_PAGE, Source.NEXT_PAGE),
        *(Source.NEXT_LINK, Source.PREVIOUS_LINK, Source.COUNT, Source.COUNTS),
    }
)


def sources_of(value: Value | None) -> frozenset[Source]:
    """Where the values of an answer come from, those in views left out."""
    if value is None:
        return frozenset()
    return frozenset({value.source}).union(*(sources_of(member.value) for member in value.fields))


def selects(served: Served) -> bool:
    """Whether the answer of a list needs its records."""
    return bool(sources_of(served.effect.answer) & _OF_SEVERAL)


@dataclass(frozen=True)
class Incoming:
    """A reference seen from the entity that it points to."""

    child: "Collection"
    field: Field


class Records:
    """All collections of a document."""

    def __init__(self, document: DiscoveryDocument, names: Names) -> None:
        if document.interface is None:
            raise ValueError("the document has no interface")
        self.document = document
        self.names = names
        self.interface: Interface = document.interface
        self.wire = Wire(document, names)
        self.operations = {operation.id: operation for operation in document.operations}
        self.endpoints = {endpoint.operation: endpoint for endpoint in self.interface.endpoints}
        self.layout = Layout(document, names)
        self.associations = self.layout.associations
        self._by_name = {entity.name: Collection(entity, self) for entity in document.entities}

    def of(self, entity: str) -> "Collection":
        """The collection of an entity, by its name."""
        return self._by_name[entity]

    @cached_property
    def all(self) -> tuple["Collection", ...]:
        """In the order of the document."""
        return tuple(self._by_name.values())

    @cached_property
    def served(self) -> tuple[Served, ...]:
        """Endpoints that do something."""
        return tuple(
            Served(endpoint, self.operations[endpoint.operation], endpoint.effect)
            for endpoint in self.interface.endpoints
            if endpoint.effect is not None
        )

    @cached_property
    def served_by_entity(self) -> dict[str, tuple[Served, ...]]:
        """The endpoints about each entity."""
        found: dict[str, list[Served]] = {}
        for served in self.served:
            found.setdefault(served.effect.entity, []).append(served)
        return {entity: tuple(each) for entity, each in found.items()}

    @cached_property
    def incoming_by_entity(self) -> dict[str, tuple["Incoming", ...]]:
        """The references that point to each entity."""
        found: dict[str, list[Incoming]] = {}
        for other in self.all:
            for field in other.fields.all:
                if field.attribute.type is FieldType.REFERENCE and field.attribute.target is not None:
                    found.setdefault(field.attribute.target, []).append(Incoming(other, field))
        return {entity: tuple(each) for entity, each in found.items()}

    @cached_property
    def lookups(self) -> dict[str, tuple[tuple[Served, Lookup], ...]]:
        """The lookups of records of each entity."""
        found: dict[str, list[tuple[Served, Lookup]]] = {}
        for served in self.served:
            for lookup in served.effect.lookups:
                found.setdefault(lookup.entity, []).append((served, lookup))
        return {entity: tuple(each) for entity, each in found.items()}

    @cached_property
    def modules(self) -> frozenset[str]:
        """What the modules of collections are called where they are imported."""
        return frozenset(each.module_name(module) for each in self.all for module in ("queries", "changes", "views"))

    @cached_property
    def answers(self) -> frozenset[str]:
        """Names of the classes of bodies and answers."""
        return frozenset(plan.name for plan in self.wire.classes.plans)

    @cached_property
    def account(self) -> "Collection | None":
        """The collection whose records sign in."""
        entity = self.document.account_entity
        return self.of(entity.name) if entity else None

    def association(self, holder: str, attribute: str) -> Association:
        """The association behind an attribute; KeyError where there is none."""
        for each in self.associations:
            if (each.holder.name, each.attribute.name) == (holder, attribute):
                return each
        raise KeyError(f"{holder} has no association {attribute}")


class Collection:
    """One entity's records."""

    def __init__(self, entity: Entity, records: Records) -> None:
        self.entity = entity
        self.records = records
        names = records.names
        self.class_name = names.class_name(entity)
        self.package = names.package(entity)
        self.variable = names.variable(entity).rstrip("_")
        self.label = words(entity.name)
        self.label_of_many = words(entity.plural)

    @cached_property
    def fields(self) -> Fields:
        """Its attributes as they are kept."""
        return self.records.layout.fields(self.entity)

    @cached_property
    def account(self) -> Account | None:
        """How its records sign in, if they do."""
        return self.entity.account

    def attribute(self, name: str) -> Attribute:
        """Its attribute of that name; KeyError where there is none."""
        return self.entity.attribute(name)

    def target(self, attribute: str) -> "Collection":
        """The collection that a reference points to."""
        target = self.attribute(attribute).target
        if target is None:
            raise KeyError(f"{self.entity.name}.{attribute} points to nothing")
        return self.records.of(target)

    def path(self, module: str) -> str:
        """Path of one of its modules."""
        return f"app/{self.package}/{module}.py"

    @property
    def model_import(self) -> str:
        """The statement that imports its model."""
        return f"from app.{self.package}.model import {self.class_name}"

    def module_import(self, module: str) -> str:
        """The statement that imports one of its modules, under the name that `module_name` gives."""
        return f"from app.{self.package} import {module} as {self.module_name(module)}"

    def module_name(self, module: str) -> str:
        """The name of one of its modules elsewhere: trail_queries."""
        return f"{self.variable}_{module}"

    @property
    def served(self) -> tuple[Served, ...]:
        """The endpoints about its records."""
        return self.records.served_by_entity.get(self.entity.name, ())

    @property
    def incoming(self) -> tuple[Incoming, ...]:
        """References of any entity that point to it."""
        return self.records.incoming_by_entity.get(self.entity.name, ())

    @cached_property
    def held(self) -> tuple[Association, ...]:
        """Associations that it holds."""
        return tuple(each for each in self.records.associations if each.holder.name == self.entity.name)

    @cached_property
    def holding(self) -> tuple[Association, ...]:
        """Associations that hold it."""
        return tuple(each for each in self.records.associations if each.target.name == self.entity.name)

    @cached_property
    def unique(self) -> tuple[tuple[Field, ...], ...]:
        """Groups of fields that are unique."""
        alone = tuple((field,) for field in self.fields.all if field.unique)
        return alone + tuple(
            tuple(self.fields.of(name) for name in group) for group in self.entity.unique_together if len(group) > 1
        )


def reaches(start: "Collection", steps: Callable[["Collection"], Iterable["Collection"]]) -> set[str]:
    """Names of the entities that are reached from `start` in one step or more."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in steps(waiting.pop()):
            if other.entity.name not in found:
                found.add(other.entity.name)
                waiting.append(other)
    return found
