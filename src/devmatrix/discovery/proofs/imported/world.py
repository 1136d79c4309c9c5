"""What the service holds in a scenario, as far as it is known; and the answers that follow from it.

Values that the service makes are `${captures}` once an answer has shown them, and `$match` patterns before.
"""

from dataclasses import dataclass, field

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, FieldType
from devmatrix.discovery.interface import RECORD_KEY, Fault, FaultValue, Interface, Source, Value
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

SENTENCE: JsonValue = {"$match": "string"}
_KINDS = {
    FieldType.INTEGER: "integer",
    FieldType.FLOAT: "number",
    FieldType.BOOLEAN: "boolean",
}


@dataclass(eq=False)
class Record:
    """A record that exists."""

    entity: Entity
    name: str
    values: dict[str, JsonValue] = field(default_factory=dict)
    """Attribute -> value or pattern; missing: null."""
    references: dict[str, "Record"] = field(default_factory=dict)
    links: dict[str, list["Record"]] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)
    """Headers that its own account sends."""
    query: str = ""
    """Likewise, where the credential stands in the query."""
    login: dict[str, JsonValue] = field(default_factory=dict)
    """Attribute -> value that it was registered with, the password included."""
    maker: "Record | None" = None


@dataclass(frozen=True)
class Page:
    """What a list answers with, besides the records."""

    total: int
    size: int
    offset: int = 0
    page: int = 0
    first: int = 0
    has_more: bool = False

    @property
    def pages(self) -> int:
        """How many there are."""
        return -(-self.total // self.size) if self.size else 1


@dataclass(frozen=True)
class Scene:
    """What an answer is about."""

    record: Record | None = None
    records: tuple[Record, ...] = ()
    caller: Record | None = None
    page: Page | None = None
    count: int | None = None


class World:
    """All records of one scenario."""

    def __init__(self, document: DiscoveryDocument, interface: Interface) -> None:
        self.document = document
        self.interface = interface
        self.records: list[Record] = []

    def of(self, entity: str) -> list[Record]:
        """All records of an entity, as created."""
        return [record for record in self.records if record.entity.name == entity]

    def remove(self, record: Record) -> None:
        """Delete a record, and what goes with it."""
        self.records.remove(record)
        for other in list(self.records):
            for name, target in list(other.references.items()):
                if target is not record:
                    continue
                if other.entity.attribute(name).on_delete == "cascade":
                    if other in self.records:
                        self.remove(other)
                else:
                    del other.references[name]
            for linked in other.links.values():
                if record in linked:
                    linked.remove(record)

    # Answers

    def answer(self, value: Value, shape: Shape | None, scene: Scene) -> JsonValue:
        """The pattern of an answer."""
        shape = self.interface.resolve(shape) if shape is not None else None
        if shape is not None and shape.kind is ShapeKind.UNION:
            shape = next(
                (one for one in map(self.interface.resolve, shape.alternatives) if one.kind is ShapeKind.OBJECT), shape
            )
        if value.source is Source.OBJECT:
            return self._object(value, shape, scene)
        return self._value(value, shape, scene)

    def _object(self, value: Value, shape: Shape | None, scene: Scene) -> JsonValue:
        return self._members(tuple((one.name, one.value) for one in value.fields), shape, scene)

    def _members(self, members: tuple[tuple[str, Value], ...], shape: Shape | None, scene: Scene) -> JsonValue:
        found: dict[str, JsonValue] = {}
        for name, value in members:
            prop = shape.property(name) if shape is not None else None
            made = self.answer(value, prop.shape if prop else None, scene)
            if made is None:
                if prop is not None and not prop.required and not self._nullable(prop):
                    continue
                made = self.neutral(prop)
            found[name] = made
        return found

    def _nullable(self, prop: Property) -> bool:
        shape = self.interface.resolve(prop.shape)
        return prop.shape.nullable or shape.nullable or shape.kind in (ShapeKind.NULL, ShapeKind.ANY)

    def neutral(self, prop: Property | None) -> JsonValue:
        """What stands for null where null may not stand."""
        if prop is None or self._nullable(prop):
            return None
        shape = self.interface.resolve(prop.shape)
        if shape.choices:
            return shape.choices[0]
        empty: dict[ShapeKind, JsonValue] = {
            ShapeKind.STRING: "",
            ShapeKind.INTEGER: 0,
            ShapeKind.NUMBER: 0,
            ShapeKind.BOOLEAN: False,
            ShapeKind.ARRAY: [],
            ShapeKind.OBJECT: {},
        }
        return empty.get(shape.kind)

    def _value(self, value: Value, shape: Shape | None, scene: Scene) -> JsonValue:
        record = scene.record
        match value.source:
            case Source.RECORD:
                return self.view(value.view, self._record(scene), shape, scene)
            case Source.RECORDS:
                items = shape.items if shape is not None else None
                return [self.view(value.view, one, items, scene) for one in scene.records]
            case Source.ATTRIBUTE:
                return self.attribute(self._record(scene), value.attribute)
            case Source.CONSTANT:
                return value.value
            case Source.TOKEN | Source.REFRESH_TOKEN | Source.EXPIRES | Source.ADDRESS:
                return {"$match": "integer" if value.source is Source.EXPIRES else "token"}
            case Source.RELATED | Source.RELATED_VALUE:
                return self._related(value, shape, scene)
            case Source.COUNT:
                return scene.count
            case Source.COUNTS:
                return self._counts(value, scene)
            case Source.VALUES:
                return self._values(value)
            case _ if record is not None and value.source in _OF_RECORD:
                return self._linked(value, record, shape, scene)
            case _:
                return self._of_page(value, scene)

    def _related(self, value: Value, shape: Shape | None, scene: Scene) -> JsonValue:
        target = self._record(scene).references.get(value.attribute)
        if target is None:
            return None
        if value.source is Source.RELATED_VALUE:
            return self.attribute(target, value.target_attribute)
        return self.view(value.view, target, shape, scene)

    def _record(self, scene: Scene) -> Record:
        if scene.record is None:
            raise UnproducibleError("the answer shows a record, and there is none")
        return scene.record

    def view(self, name: str, record: Record, shape: Shape | None, scene: Scene) -> JsonValue:
        """A record as a view shows it."""
        view = self.interface.view(name)
        named = self.interface.shapes.get(view.shape) or shape
        resolved = self.interface.resolve(named) if named is not None else None
        inner = Scene(record=record, caller=scene.caller, page=scene.page)
        if resolved is not None and resolved.kind is ShapeKind.UNION:
            resolved = None
        return self._members(tuple((one.name, one.value) for one in view.members), resolved, inner)

    def attribute(self, record: Record, name: str) -> JsonValue:
        """What is known of an attribute."""
        if name in record.values:
            return record.values[name]
        attribute = record.entity.attribute(name)
        return unknown(attribute) if attribute.generated else None

    def _counts(self, value: Value, scene: Scene) -> JsonValue:
        found: dict[str, JsonValue] = {}
        held = [record.values.get(value.attribute) for record in scene.records]
        for one in held:
            if isinstance(one, str | int | float):
                found[str(one)] = held.count(one)
        return found

    def _values(self, value: Value) -> JsonValue:
        found: set[str] = set()
        for record in self.of(value.entity):
            held = record.values.get(value.attribute)
            for one in held if isinstance(held, list) else [held]:
                if isinstance(one, str):
                    found.add(one)
        return [*sorted(found)]

    def _linked(self, value: Value, record: Record, shape: Shape | None, scene: Scene) -> JsonValue:
        items = shape.items if shape is not None else None
        match value.source:
            case Source.CHILDREN:
                return [self.view(value.view, one, items, scene) for one in self._children(value, record)]
            case Source.CHILD_COUNT:
                return len(self._children(value, record))
            case Source.LINKS:
                linked = record.links.get(value.attribute, [])
                return [self.view(value.view, one, items, scene) for one in linked]
            case Source.LINK_VALUES:
                linked = record.links.get(value.attribute, [])
                return [self.attribute(one, value.target_attribute) for one in linked]
            case Source.LINKED:
                caller = scene.caller
                return caller is not None and record in caller.links.get(value.attribute, [])
            case Source.HELD_COUNT:
                return len(record.links.get(value.attribute, []))
            case _:
                return sum(record in other.links.get(value.attribute, []) for other in self.records)

    def _children(self, value: Value, record: Record) -> list[Record]:
        return [one for one in self.of(value.entity) if one.references.get(value.attribute) is record]

    def _of_page(self, value: Value, scene: Scene) -> JsonValue:
        page = scene.page
        if page is None:
            raise UnproducibleError(f"{value.source} is unknown here")
        last = page.first + page.pages - 1
        simple: dict[Source, JsonValue] = {
            Source.TOTAL: page.total,
            Source.SIZE: page.size,
            Source.LENGTH: len(scene.records),
            Source.OFFSET: page.offset,
            Source.PAGE: page.page,
            Source.PAGES: page.pages,
            Source.HAS_MORE: page.has_more is not value.negated,
            Source.HAS_PREVIOUS: (page.offset > 0) is not value.negated,
            Source.PREVIOUS_PAGE: page.page - 1 if page.page > page.first else None,
            Source.NEXT_PAGE: page.page + 1 if page.page < last else None,
            Source.CURSOR: {"$match": "token"} if page.has_more else None,
            Source.NEXT_LINK: {"$match": "token"} if page.has_more else None,
            Source.PREVIOUS_LINK: {"$match": "token"} if page.offset > 0 else None,
        }
        if value.source not in simple:
            raise UnproducibleError(f"{value.source} is unknown here")
        return simple[value.source]


_OF_RECORD = frozenset(
    {
        Source.CHILDREN,
        Source.CHILD_COUNT,
        Source.LINKS,
        Source.LINK_VALUES,
        Source.LINKED,
        Source.LINK_COUNT,
        Source.HELD_COUNT,
    }
)


def unknown(attribute: Attribute) -> JsonValue:
    """The pattern of a value that the service makes."""
    match attribute.generated:
        case "uuid":
            return {"$match": "uuid"}
        case "sequence":
            return {"$match": "integer" if attribute.type is FieldType.INTEGER else "string"}
        case "now" | "touched":
            return {"$match": _KINDS.get(attribute.type, "date" if attribute.type is FieldType.DATE else "datetime")}
        case _:
            return {"$match": _KINDS.get(attribute.type, "string")}


def fault(value: FaultValue, status: int, name: str, record: str = "") -> JsonValue:
    """The pattern of an error's body that blames the field `name` (empty: it may blame any), or the `record`."""
    match value.source:
        case Fault.OBJECT:
            return {one.name: fault(one.value, status, name, record) for one in value.fields}
        case Fault.STATUS:
            return status
        case Fault.STATUS_TEXT:
            return str(status)
        case Fault.DETAIL | Fault.PATH | Fault.NOW:
            return SENTENCE
        case Fault.DETAILS:
            return {"$contains": [SENTENCE]}
        case Fault.BY_FIELD:
            blamed = name or (record if value.key == RECORD_KEY else value.key)
            return {"$open": {blamed: {"$contains": [value.sentence or SENTENCE]}}} if blamed else {"$match": "any"}
        case Fault.FIELDS:
            return {"$contains": [{one.name: fault(one.value, status, name, record) for one in value.fields}]}
        case Fault.FIELD:
            return name or SENTENCE
        case _:
            return value.constant
