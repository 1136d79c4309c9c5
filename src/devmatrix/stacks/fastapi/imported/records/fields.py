"""How the attributes of an entity are kept: names, columns and types, worked out once for models and migrations."""

import hashlib
import keyword
from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, FieldType, OperationKind
from devmatrix.discovery.interface import Endpoint, Write
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.columns import creation_order
from devmatrix.stacks.fastapi.imported.wire.contents import body_content
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake
from devmatrix.stacks.fastapi.imported.wire.identifiers import pascal as class_case
from devmatrix.stacks.fastapi.naming import Names

MAX_NAME = 29
"""Of a table or column: PostgreSQL takes 63 characters for the name of a constraint that is made of both."""

_TAKEN = frozenset(
    """metadata registry row_id deleted_at holder_row_id target_row_id
    keep_moment moment literal_column mapped_column validates self cls
    str int float bool bytes any""".split()
)
"""Would hide what the model uses inside the class, or what every record has."""

_TYPES = {
    FieldType.INTEGER: ("int", "BigInteger()"),
    FieldType.FLOAT: ("float", "Double()"),
    FieldType.BOOLEAN: ("bool", "Boolean()"),
    FieldType.JSON: ("Any", "JSON(none_as_null=True)"),
    FieldType.BINARY: ("bytes", "LargeBinary()"),
    FieldType.REFERENCE: ("int", "Integer()"),
}
_MAKING = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER, OperationKind.BULK_CREATE)


@dataclass(frozen=True)
class Field:
    """An attribute as its entity's table keeps it."""

    attribute: Attribute
    name: str
    """Identifier in the model, and name of the column."""
    python_type: str
    sql_type: str
    """For migrations, after `sa.`."""
    nullable: bool
    unique: bool
    table: str = ""
    """Of a reference: the table that it points to."""
    on_delete: str = ""
    """As SQL has it."""
    moment: str = ""
    """Name of the column with its moment, where it is compared by that."""
    media_type: str = ""
    """Name of the column with the media type of bytes."""


@dataclass(frozen=True)
class Association:
    """The table behind a `references` attribute, a class of its own."""

    attribute: Attribute
    holder: Entity
    target: Entity
    class_name: str
    table: str
    holder_table: str
    target_table: str


class Layout:
    """How all entities of a document are kept; each worked out once."""

    def __init__(self, document: DiscoveryDocument, names: Names) -> None:
        self.document = document
        self.names = names
        self.entities = {entity.name: entity for entity in document.entities}
        self.order = creation_order(document)
        self.places = {entity.name: place for place, entity in enumerate(self.order)}
        self.associations: tuple[Association, ...] = _associations(document, names)
        self.endpoints: dict[str, list[Endpoint]] = {}
        """By the entity that they are about."""
        for endpoint in document.interface.endpoints if document.interface else ():
            if endpoint.effect is not None:
                self.endpoints.setdefault(endpoint.effect.entity, []).append(endpoint)
        self.operations = {operation.id: operation for operation in document.operations}
        self.compared = self._compared()
        """Attributes by entity that some list compares or sorts by."""
        self._fields: dict[str, Fields] = {}

    def fields(self, entity: Entity) -> "Fields":
        """The fields of an entity."""
        if entity.name not in self._fields:
            self._fields[entity.name] = Fields(entity, self)
        return self._fields[entity.name]

    def table(self, entity: str) -> str:
        """The table of an entity."""
        return clipped(self.names.package(self.entities[entity]))

    def late(self, entity: Entity) -> frozenset[str]:
        """References of the entity to tables that are made after its own."""
        return frozenset(
            attribute.name
            for attribute in entity.attributes
            if attribute.type is FieldType.REFERENCE
            and attribute.target is not None
            and self.places[attribute.target] > self.places[entity.name]
        )

    def _compared(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for entity, endpoints in self.endpoints.items():
            for effect in (endpoint.effect for endpoint in endpoints if endpoint.effect):
                sorting = effect.sorting
                found.setdefault(entity, set()).update({sorting.attribute, *(name for _, name, _ in sorting.choices)})
                for one in effect.filters:
                    found.setdefault(self._end(entity, one.path[:-1]), set()).add(one.path[-1])
        return found

    def _end(self, entity: str, path: tuple[str, ...]) -> str:
        """The entity that the references of the path lead to."""
        for step in path:
            known = next((each for each in self.entities[entity].attributes if each.name == step), None)
            entity = (known.target if known else None) or entity
        return entity


class Fields:
    """The fields of one entity."""

    def __init__(self, entity: Entity, layout: Layout) -> None:
        self._entity = entity
        self._layout = layout
        self._writes = _Writes(entity, layout)
        compared = layout.compared.get(entity.name, set())
        found: dict[str, str] = {}
        used = set(_TAKEN) | set(keyword.kwlist)
        for attribute in entity.attributes:
            name = free(clipped(_base(attribute)), used)
            used.add(name)
            found[attribute.name] = name
            # A column beside it must be free, too.
            used |= {f"{name}_moment", f"{name}_media_type"}
        self.names: dict[str, str] = found
        """Identifiers by wire name; of `references` attributes too, which are no columns."""
        self.all: tuple[Field, ...] = tuple(
            self._field(attribute, found[attribute.name], is_compared=attribute.name in compared)
            for attribute in entity.attributes
            if attribute.type is not FieldType.REFERENCES
        )
        self._by_name = {field.attribute.name: field for field in self.all}

    def of(self, attribute: str) -> Field:
        """The field of an attribute; KeyError where it is no column."""
        return self._by_name[attribute]

    def _field(self, attribute: Attribute, name: str, *, is_compared: bool) -> Field:
        python_type, sql_type = _TYPES.get(attribute.type, ("str", "Text()"))
        table = ""
        if attribute.type is FieldType.REFERENCE and attribute.target is not None:
            table = self._layout.table(attribute.target)
        return Field(
            attribute=attribute,
            name=name,
            python_type=python_type,
            sql_type=sql_type,
            nullable=not self._writes.always_set(attribute),
            unique=attribute.unique,
            table=table,
            on_delete=_on_delete(self._entity, attribute) if table else "",
            moment=f"{name}_moment" if is_compared and attribute.type is FieldType.DATETIME else "",
            media_type=f"{name}_media_type" if attribute.type is FieldType.BINARY else "",
        )


def clipped(name: str) -> str:
    """The name, or its beginning and a digest where it is too long."""
    if len(name) <= MAX_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:5]
    return f"{name[: MAX_NAME - 6].rstrip('_')}_{digest}"


def _associations(document: DiscoveryDocument, names: Names) -> tuple[Association, ...]:
    entities = {entity.name: entity for entity in document.entities}
    classes = {names.class_name(entity) for entity in document.entities}
    tables = {clipped(names.package(entity)) for entity in document.entities}
    found = []
    for entity in document.entities:
        for attribute in entity.attributes:
            if attribute.type is not FieldType.REFERENCES or attribute.target is None:
                continue
            stem = snake(attribute.name).removesuffix("_ids")
            class_name = f"{names.class_name(entity)}{class_case(stem)}Link"
            while class_name in classes:
                class_name += "Record"
            table = free(clipped(f"{names.package(entity)}_{stem}"), tables)
            classes.add(class_name)
            tables.add(table)
            target = entities[attribute.target]
            found.append(
                Association(
                    attribute,
                    entity,
                    target,
                    class_name,
                    table,
                    clipped(names.package(entity)),
                    clipped(names.package(target)),
                )
            )
    return tuple(found)


def _base(attribute: Attribute) -> str:
    name = snake(attribute.name)
    if attribute.type is FieldType.REFERENCE:
        return f"{name.removesuffix('_id')[: MAX_NAME - 7]}_row_id"
    return f"{name}_hash" if attribute.type is FieldType.PASSWORD else name


def _on_delete(entity: Entity, attribute: Attribute) -> str:
    # The service guards the records that are not deleted; what it has soft-deleted goes with the parent's row.
    if entity.soft_delete and attribute.on_delete == "restrict":
        return "CASCADE"
    return attribute.on_delete.replace("_", " ").upper()


class _Writes:
    """What sets the attributes of an entity, to see which of them are never null."""

    def __init__(self, entity: Entity, layout: Layout) -> None:
        interface = layout.document.interface
        self._entity = entity
        self._operations = layout.operations
        self._shapes = interface.shapes if interface else {}
        self._making: list[Endpoint] = []
        self._changing: list[tuple[Endpoint, bool]] = []
        for endpoint in layout.endpoints.get(entity.name, ()):
            kind = layout.operations[endpoint.operation].kind
            if kind in _MAKING:
                self._making.append(endpoint)
            elif endpoint.effect is not None:
                self._changing.append((endpoint, endpoint.effect.merges or not _replaces(kind)))

    def always_set(self, attribute: Attribute) -> bool:
        """Whether every record has a value there."""
        is_made = attribute.generated is not None or (
            attribute.default is not None and attribute.default.value is not None
        )
        if self._entity.states is not None and self._entity.states.field == attribute.name:
            is_made = True
        if attribute.on_delete == "set_null" and attribute.type is FieldType.REFERENCE:
            return False
        for endpoint in self._making:
            write = _write_of(endpoint, attribute)
            if write is None and not is_made:
                return False
            if write is not None and not self._is_sure(endpoint, write, made=is_made, generated=attribute.generated):
                return False
        for endpoint, merges in self._changing:
            write = _write_of(endpoint, attribute)
            if write is not None and not self._is_sure(
                endpoint, write, made=merges or is_made, generated=attribute.generated
            ):
                return False
        return is_made or bool(self._making)

    def _is_sure(self, endpoint: Endpoint, write: Write, *, made: bool, generated: str | None) -> bool:
        """Whether the write never leaves null; `made`: something else fills it in where nothing is sent."""
        match write.place:
            case "constant":
                return write.value is not None
            case "caller":
                return self._operations[endpoint.operation].access.authenticated
            case "parent" | "path":
                return True
            case "body":
                sure, nullable = self._at(endpoint, write.name)
                return ((sure or made) and not nullable) or (nullable and generated is not None)
            case _:
                found = next((each for each in endpoint.parameters if each.name == write.name), None)
                return found is not None and (found.required or made)

    def _at(self, endpoint: Endpoint, pointer: str) -> tuple[bool, bool]:
        """Whether the body always has a value at the pointer, and whether it may be null."""
        content = body_content(endpoint)
        if content is None:
            return False, True
        shape, sure, nullable = content.shape, endpoint.body_required, False
        effect = endpoint.effect
        if effect is not None and self._operations[endpoint.operation].kind is OperationKind.BULK_CREATE:
            for token in tokens(effect.batch):
                one = self._resolved(shape)[0].property(token)
                shape = one.shape if one else Shape(kind=ShapeKind.ANY)
            sure, shape = True, self._resolved(shape)[0].items or Shape(kind=ShapeKind.ANY)
        for token in tokens(pointer):
            target, outer = self._resolved(shape)
            one = target.property(token)
            if one is None or one.read_only:
                return False, True
            sure, shape = sure and one.required and not outer, one.shape
        target, nullable = self._resolved(shape)
        return sure, nullable or target.kind in (ShapeKind.ANY, ShapeKind.NULL, ShapeKind.UNION)

    def _resolved(self, shape: Shape) -> tuple[Shape, bool]:
        nullable, seen = shape.nullable, set[str]()
        while shape.kind is ShapeKind.NAMED and shape.name not in seen and shape.name in self._shapes:
            seen.add(shape.name)
            shape = self._shapes[shape.name]
            nullable = nullable or shape.nullable
        return shape, nullable


def _replaces(kind: OperationKind) -> bool:
    return kind in (OperationKind.REPLACE, OperationKind.NESTED_REPLACE, OperationKind.CURRENT_REPLACE)


def _write_of(endpoint: Endpoint, attribute: Attribute) -> Write | None:
    writes: Iterable[Write] = endpoint.effect.writes if endpoint.effect else ()
    return next((write for write in writes if write.attribute == attribute.name), None)


def tokens(pointer: str) -> list[str]:
    """The names in a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
