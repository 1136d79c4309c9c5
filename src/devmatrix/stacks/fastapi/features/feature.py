"""What the blueprints of one entity need to know, worked out once from the document."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.document import (
    Account,
    Attribute,
    Check,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    OperationKind,
)
from devmatrix.stacks.fastapi.features.text import words
from devmatrix.stacks.fastapi.naming import Names, attribute_name

_LOCALS_TAKEN = frozenset(
    """session repository service router data query caller statement changes name value if_match response status
    records record found total hash_password to_thread commit now pytest uuid4 dt page changed moved stranger""".split()
)
_UNSORTED = (FieldType.PASSWORD, FieldType.TEXT, FieldType.REFERENCES)
_SEARCHED = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL)


@dataclass(frozen=True)
class Reference:
    """A reference attribute seen from the entity that it points to."""

    child: "Feature"
    attribute: Attribute


class Feature:
    """One entity with its names and everything derived from the document."""

    def __init__(self, entity: Entity, document: DiscoveryDocument, names: Names) -> None:
        self.entity = entity
        self.document = document
        self.names = names
        self.class_name = names.class_name(entity)
        self.package = names.package(entity)
        self.variable = names.variable(entity)
        self.local = f"{self.variable}_record" if self.variable in _LOCALS_TAKEN else self.variable
        self.label = words(entity.name)
        self.collection = words(entity.plural)
        self.segment = entity.plural.replace("_", "-")

    def of(self, name: str) -> "Feature":
        """The feature of another entity."""
        return Feature(self.document.entity(name), self.document, self.names)

    def target(self, attribute: Attribute) -> "Feature":
        """The feature that a reference points to."""
        if attribute.target is None:
            raise KeyError(f"{self.entity.name}.{attribute.name} points to nothing")
        return self.of(attribute.target)

    def path(self, module: str) -> str:
        """Path of one of its modules."""
        return f"app/{self.package}/{module}.py"

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The endpoints that its router serves: its own, and those over its many-to-many attributes."""
        return tuple(
            operation
            for operation in self.document.operations
            if (operation.relation_entity or operation.entity) == self.entity.name
            and operation.kind not in _AUTHENTICATION
        )

    def operations_of(self, *kinds: OperationKind) -> tuple[Operation, ...]:
        """Its operations of these kinds."""
        return tuple(operation for operation in self.operations if operation.kind in kinds)

    def has(self, *kinds: OperationKind) -> bool:
        """Whether it has an operation of one of these kinds."""
        return bool(self.operations_of(*kinds))

    @cached_property
    def account(self) -> Account | None:
        """How its records sign in, if they do."""
        return self.entity.account

    @cached_property
    def columns(self) -> tuple[Attribute, ...]:
        """Attributes that are columns of its table."""
        return tuple(field for field in self.entity.attributes if field.type is not FieldType.REFERENCES)

    @cached_property
    def links(self) -> tuple[Attribute, ...]:
        """Many-to-many attributes."""
        return tuple(field for field in self.entity.attributes if field.type is FieldType.REFERENCES)

    @cached_property
    def references(self) -> tuple[Attribute, ...]:
        """References to one record."""
        return tuple(field for field in self.entity.attributes if field.type is FieldType.REFERENCE)

    @cached_property
    def settable(self) -> tuple[Attribute, ...]:
        """Attributes that callers may write."""
        return tuple(field for field in self.entity.attributes if not field.server_set)

    @cached_property
    def passwords(self) -> tuple[Attribute, ...]:
        """Attributes that are kept as a hash."""
        return tuple(field for field in self.entity.attributes if field.type is FieldType.PASSWORD)

    @cached_property
    def needs_preparing(self) -> bool:
        """Whether the values of a body differ from what the model takes."""
        return bool(self.passwords or self.links)

    @cached_property
    def sortable(self) -> tuple[Attribute, ...]:
        """Attributes that a list can be sorted by, besides id, created_at and updated_at."""
        return tuple(field for field in self.entity.attributes if field.type not in _UNSORTED)

    @cached_property
    def searched(self) -> tuple[Attribute, ...]:
        """Attributes that `search` looks at."""
        return tuple(field for field in self.entity.attributes if field.type in _SEARCHED)

    @cached_property
    def role(self) -> Attribute | None:
        """The attribute that holds an account's role."""
        if self.account is None or self.account.role_field is None:
            return None
        return self.entity.attribute(self.account.role_field)

    def is_optional(self, attribute: Attribute) -> bool:
        """Whether a body may leave the attribute out. A role that is left out is the first one."""
        has_default = attribute.default is not None or attribute == self.role
        return not attribute.required or has_default or attribute.type is FieldType.REFERENCES

    @cached_property
    def unique(self) -> tuple[tuple[Attribute, ...], ...]:
        """Groups of attributes that are unique."""
        alone = tuple((field,) for field in self.columns if field.unique)
        return alone + tuple(
            tuple(self.entity.attribute(name) for name in group) for group in self.entity.unique_together
        )

    @cached_property
    def body_checks(self) -> tuple[Check, ...]:
        """Checks of which a caller writes both sides."""
        return tuple(check for check in self.entity.checks if self.is_settable(check.left, check.right))

    def is_settable(self, *names: str) -> bool:
        """Whether callers may write all of these attributes."""
        return all(not self.entity.attribute(name).server_set for name in names)

    @cached_property
    def incoming(self) -> tuple[Reference, ...]:
        """References of any entity that point to it."""
        return tuple(self._pointing(FieldType.REFERENCE))

    @cached_property
    def incoming_links(self) -> tuple[Reference, ...]:
        """Many-to-many attributes of any entity that point to it."""
        return tuple(self._pointing(FieldType.REFERENCES))

    def _pointing(self, kind: FieldType) -> Iterable[Reference]:
        for entity in self.document.entities:
            for attribute in entity.attributes:
                if attribute.type is kind and attribute.target == self.entity.name:
                    yield Reference(self.of(entity.name), attribute)

    @cached_property
    def listings(self) -> tuple[Operation, ...]:
        """Every operation that answers a page of its records, wherever it is served."""
        kinds = (OperationKind.LIST, OperationKind.NESTED_LIST)
        return tuple(
            operation
            for operation in self.document.operations
            if operation.entity == self.entity.name and operation.kind in kinds
        )

    @cached_property
    def listing_parents(self) -> tuple[Attribute, ...]:
        """References that a nested list fixes."""
        return self._distinct(op.parent_field for op in self.listings if not op.relation)

    @cached_property
    def creating_parents(self) -> tuple[Attribute, ...]:
        """References that a nested create fixes."""
        return self._distinct(op.parent_field for op in self.operations_of(OperationKind.NESTED_CREATE))

    @cached_property
    def is_listed_whole(self) -> bool:
        """Whether some list of it is not fixed to a parent by a reference."""
        return any(op.relation or op.parent_field is None for op in self.listings)

    def _distinct(self, names: Iterable[str | None]) -> tuple[Attribute, ...]:
        return tuple(self.entity.attribute(name) for name in dict.fromkeys(names) if name)


_AUTHENTICATION = (
    OperationKind.REGISTER,
    OperationKind.LOGIN,
    OperationKind.CURRENT,
    OperationKind.CURRENT_PATCH,
)


def python_name(attribute: Attribute) -> str:
    """Its identifier in code; a reference list's is that of the property that gives the ids."""
    return attribute_name(attribute.name)


def stem(attribute: Attribute) -> str:
    """A reference's name without _id or _ids: shelf_id -> shelf."""
    return re.sub(r"_ids?$", "", attribute.name)


def local_name(feature: Feature, attribute: Attribute) -> str:
    """The variable for a record that a reference of the feature points to."""
    name = attribute_name(stem(attribute))
    return f"{name}_record" if name in _LOCALS_TAKEN or name == feature.local else name


def is_nullable(attribute: Attribute) -> bool:
    """Whether null is a value of it."""
    return attribute.may_be_null
