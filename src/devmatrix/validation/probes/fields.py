"""What the bodies of an operation hold, as the document says: which texts are free, and what may not be set."""

from collections.abc import Iterator
from dataclasses import dataclass

from devmatrix.discovery.document import DiscoveryDocument, Entity, FieldType, Operation, OperationKind
from devmatrix.discovery.interface import Endpoint, Interface
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.validation.probes.exchanges import NOTHING

TEXTS = (FieldType.STRING, FieldType.TEXT)
_SELF_SERVICE = (OperationKind.REGISTER, OperationKind.CURRENT_PATCH, OperationKind.CURRENT_REPLACE)
_JSON = "json"


@dataclass(frozen=True)
class Field:
    """One property of a body that sets an attribute."""

    pointer: str
    attribute: str
    type: FieldType
    max_length: int | None
    pattern: str | None
    free: bool
    """Any text will do, within the length."""

    @property
    def is_address(self) -> bool:
        """Whether it holds the address of something on the web."""
        return self.type is FieldType.URL


def fields(document: DiscoveryDocument, operation: Operation) -> tuple[Field, ...]:
    """The properties of the operation's JSON body that set attributes."""
    entity = next((item for item in document.entities if item.name == operation.entity), None)
    if entity is None or operation.kind in (OperationKind.LOGIN, OperationKind.CUSTOM):
        return ()
    if document.interface is None:
        return tuple(_own(entity))
    return tuple(_imported(document.interface, document.interface.endpoint(operation.id), entity))


def forbidden(document: DiscoveryDocument, operation: Operation) -> dict[str, tuple[str, FieldType]]:
    """Property -> (attribute, type): what a body of the operation must not set, under the names of attributes."""
    entity = next((item for item in document.entities if item.name == operation.entity), None)
    if entity is None:
        return {}
    found = {item.name: (item.name, item.type) for item in entity.attributes if item.server_set or item.generated}
    if entity.owner_field is not None:
        found[entity.owner_field] = (entity.owner_field, FieldType.REFERENCE)
    role = entity.account.role_field if entity.account is not None else None
    if role is not None and operation.kind in _SELF_SERVICE:
        found[role] = (role, FieldType.ENUM)
    for name, kind in _ALWAYS.items():
        found.setdefault(name, (name, kind))
    settable = {item.name for item in entity.attributes if not item.server_set and not item.generated}
    return {name: item for name, item in found.items() if name not in settable or name == role}


_ALWAYS = {
    "id": FieldType.UUID,
    "_id": FieldType.STRING,
    "row_id": FieldType.INTEGER,
    "created_at": FieldType.DATETIME,
    "updated_at": FieldType.DATETIME,
    "deleted_at": FieldType.DATETIME,
    "version": FieldType.INTEGER,
    "password_hash": FieldType.STRING,
    "is_admin": FieldType.BOOLEAN,
    "owner_id": FieldType.REFERENCE,
    "__class__": FieldType.STRING,
    "a_property_of_nobody": FieldType.STRING,
}


def at(value: object, pointer: str) -> object:
    """What stands at a JSON pointer; NOTHING where nothing does."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return NOTHING
    return value


def put(value: object, pointer: str, new: object) -> object:
    """The value with something else at a JSON pointer whose parents are there."""
    if not pointer:
        return new
    first, _, rest = pointer[1:].partition("/")
    name = first.replace("~1", "/").replace("~0", "~")
    if isinstance(value, dict):
        return {**value, name: put(value.get(name, {}), f"/{rest}" if rest else "", new)}
    if isinstance(value, list) and name.isdigit() and int(name) < len(value):
        index = int(name)
        return [*value[:index], put(value[index], f"/{rest}" if rest else "", new), *value[index + 1 :]]
    return value


def shape_at(interface: Interface, shape: Shape | None, pointer: str) -> Shape | None:
    """The shape of what stands at a pointer."""
    for part in pointer.split("/")[1:]:
        resolved = None if shape is None else _resolved(interface, shape)
        name = part.replace("~1", "/").replace("~0", "~")
        inner = resolved.property(name) if resolved is not None else None
        shape = inner.shape if inner is not None else None
    return None if shape is None else _resolved(interface, shape)


def json_shape(endpoint: Endpoint) -> Shape | None:
    """The shape of the endpoint's JSON body."""
    return next((item.shape for item in endpoint.bodies if _JSON in item.media_type), None)


def _own(entity: Entity) -> Iterator[Field]:
    for item in entity.attributes:
        if not item.server_set:
            free = item.type in TEXTS and not item.choices and item.pattern is None
            yield Field(f"/{item.name}", item.name, item.type, item.max_length or _usual(item.type), item.pattern, free)


def _usual(kind: FieldType) -> int | None:
    return {FieldType.STRING: 200, FieldType.TEXT: 10_000, FieldType.URL: 2_000}.get(kind)


def _imported(interface: Interface, endpoint: Endpoint, entity: Entity) -> Iterator[Field]:
    body = json_shape(endpoint)
    for write in endpoint.effect.writes if endpoint.effect is not None else ():
        shape = shape_at(interface, body, write.name) if write.place == "body" and write.name else None
        known = [item for item in entity.attributes if item.name == write.attribute]
        if shape is None or not known or write.match or shape.kind is not ShapeKind.STRING:
            continue
        kind = FieldType.URL if shape.format in ("uri", "url") else known[0].type
        free = kind in TEXTS and not (shape.format or shape.choices or shape.pattern)
        yield Field(write.name, write.attribute, kind, shape.max_length, shape.pattern, free)


def _resolved(interface: Interface, shape: Shape) -> Shape | None:
    try:
        return interface.resolve(shape)
    except KeyError:
        return None
