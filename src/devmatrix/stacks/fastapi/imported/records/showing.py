"""Values of answers as source: what the interface says of them, over records that are at hand."""

from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.interface import Member, Source, Value
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from devmatrix.errors import ContractError
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.records.collection import Collection
from devmatrix.stacks.fastapi.imported.records.gallery import (
    ANYTHING,
    Gallery,
    Shown,
    item_shape,
    needs_settings,
    property_of,
)
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake

_KINDS = {ShapeKind.STRING: "str", ShapeKind.INTEGER: "int", ShapeKind.NUMBER: "float", ShapeKind.BOOLEAN: "bool"}
_NEUTRAL = {ShapeKind.STRING: '""', ShapeKind.INTEGER: "0", ShapeKind.NUMBER: "0", ShapeKind.BOOLEAN: "False"}


@dataclass(frozen=True)
class Expression:
    """A value as source."""

    text: str
    type: str = "Any"
    """str, int, float, bool; else Any."""
    nullable: bool = False
    absent: str = ""
    """When there is no value at all, as a condition: the text must not be evaluated then."""

    @property
    def whole(self) -> str:
        """The value, or None."""
        return f"None if {self.absent} else {self.text}" if self.absent else self.text


@dataclass
class Scene:
    """What is at hand where values are written."""

    records: str = ""
    """Source of the sequence of records."""
    record: str = ""
    """Source of one of them."""
    collection: Collection | None = None
    caller: str = "None"
    settings: str = "settings"
    page: str = ""
    request: str = "request"
    statement: str = ""
    count: str = ""
    shown: str = ""
    """Variable for what shows the records of the page."""
    lines: list[str] = field(default_factory=list)
    """What must be loaded before."""
    taken: set[str] = field(default_factory=set)

    def local(self, name: str) -> str:
        """A variable that is free, and is not any more."""
        chosen = free(name, {*RESERVED, *self.taken})
        self.taken.add(chosen)
        return chosen


class Showing:
    """Writes values in one module; `own` is the collection whose views the module holds, if any."""

    def __init__(self, gallery: Gallery, writer: Writer, own: Collection | None = None) -> None:
        self._gallery = gallery
        self._records = gallery.records
        self._writer = writer
        self._own = own

    def model(self, collection: Collection) -> str:
        """The model of a collection."""
        return self._writer.model(collection)

    def show(self, shown: Shown, scene: Scene, many: str, *, one: bool = False) -> str:
        """The call that shows `many` records by row, or one record."""
        home = self._records.of(shown.view.entity)
        name = shown.one if one else shown.each
        function = name if self._own is home else f"{self._writer.module(home, 'views')}.{name}"
        arguments = ["session", many]
        arguments += [scene.caller] if self._gallery.needs(shown, Source.LINKED) else []
        arguments += [scene.settings] if needs_settings(self._gallery, shown) else []
        arguments += [self._base_url] if self._gallery.needs(shown, Source.ADDRESS) else []
        return f"await {function}({', '.join(arguments)})"

    @property
    def _base_url(self) -> str:
        """Where the service is: views are told, routes see the request."""
        return "base_url" if self._own else "str(request.base_url)"

    def build(self, members: tuple[Member, ...], shape: Shape, scene: Scene) -> str:
        """An object of these members: of the shape's class, or a dict."""
        cls = self._records.wire.answer_class(shape)
        if cls is None:
            parts = [f"{literal(each.name)}: {self.value(each.value, ANYTHING, scene).whole}" for each in members]
            return f"{{{', '.join(parts)}}}"
        for line in cls.imports:
            self._writer.imports[line] = None
        names = self._records.wire.fields(shape)
        parts, done = [], set()
        for each in members:
            one = property_of(self._records, shape, each.name)
            if one is None or one.write_only or each.name not in names:
                continue
            done.add(each.name)
            parts.append(f"{names[each.name]}={self.fitted(each.value, one, scene)}")
        for one in self._records.interface.resolve(shape).properties:
            if one.required and one.name not in done and not one.write_only:
                parts.append(f"{names[one.name]}={self.neutral(one.shape)}")
        return f"{cls.text}({', '.join(parts)})"

    def fitted(self, value: Value, one: Property, scene: Scene) -> str:
        """The value of a property; what null means there."""
        expression = self._converted(self.value(value, one.shape, scene), one.shape)
        if not one.required or self._is_nullable(one.shape):
            return expression.whole
        text, neutral = expression.text, self.neutral(one.shape)
        if expression.nullable:
            plain = neutral in ('""', "0", "False") and not self._records.interface.resolve(one.shape).choices
            is_short = plain and "await" not in text
            text = f"{text} or {neutral}" if is_short else f"{neutral} if {text} is None else {text}"
        return f"{neutral} if {expression.absent} else {text}" if expression.absent else text

    def _is_nullable(self, shape: Shape) -> bool:
        return self._records.wire.classes.annotations.is_nullable(shape)

    def _converted(self, expression: Expression, shape: Shape) -> Expression:
        """In the type of the property, where the record keeps it in another."""
        target = self._records.interface.resolve(shape)
        wanted = _KINDS.get(target.kind)
        if wanted is None or expression.type in (wanted, "Any") or (wanted, expression.type) == ("float", "int"):
            return expression
        text = f"{wanted}({expression.text})"
        if expression.nullable:
            text = f"None if {expression.text} is None else {text}"
        return Expression(text, wanted, expression.nullable, expression.absent)

    def neutral(self, shape: Shape) -> str:
        """A value that says nothing."""
        if self._is_nullable(shape):
            return "None"
        target = self._records.interface.resolve(shape)
        if target.choices:
            return literal(target.choices[0])
        if target.kind is ShapeKind.ARRAY:
            return "[]"
        if target.kind in _NEUTRAL:
            return _NEUTRAL[target.kind]
        if target.kind is ShapeKind.UNION and target.alternatives:
            return self.neutral(target.alternatives[0])
        cls = self._records.wire.answer_class(shape)
        if cls is None:
            return "{}"
        for line in cls.imports:
            self._writer.imports[line] = None
        return f"{cls.text}.model_construct()"

    def value(self, value: Value, shape: Shape, scene: Scene) -> Expression:
        """The value as source; what it needs is loaded by the scene's lines."""
        match value.source:
            case Source.OBJECT:
                return Expression(self.build(value.fields, shape, scene))
            case Source.CONSTANT:
                return Expression(source_of(value.value), nullable=value.value is None)
            case Source.TOKEN | Source.REFRESH_TOKEN:
                create = self._writer.use(f"create_{value.source}")
                return Expression(f"{create}({scene.record}, {scene.settings})", "str")
            case Source.EXPIRES:
                return Expression(f"{scene.settings}.token_seconds", "int")
            case Source.RECORD:
                shown = self._gallery.of(value.view, shape)
                return Expression(self.show(shown, scene, scene.record, one=True))
            case Source.RECORDS:
                return Expression(scene.shown)
            case Source.VALUES:
                return self._values(value)
            case source if source in OF_PAGE:
                text, kind, nullable = OF_PAGE[source]
                if value.negated:
                    return Expression(f"not {scene.page}.{text}", kind)
                return Expression(f"{scene.page}.{text.format(request=scene.request)}", kind, nullable)
            case Source.COUNT:
                return Expression(scene.count, "int")
            case Source.COUNTS:
                name = scene.collection.fields.of(value.attribute).name if scene.collection else value.attribute
                call = f"{self._writer.use('count_by')}(session, {scene.statement}, {literal(name)})"
                return Expression(f"await {call}")
            case _:
                return self._of_record(value, shape, scene)

    def _values(self, value: Value) -> Expression:
        home = self._records.of(value.entity)
        model = self.model(home)
        column = f"{model}.{home.fields.of(value.attribute).name}"
        return Expression(f"await {self._writer.use('distinct_values')}(session, {model}, {column})")

    def _of_record(self, value: Value, shape: Shape, scene: Scene) -> Expression:
        collection = scene.collection
        if collection is None:
            raise ContractError(f"an answer shows {value.source} of a record, but has none")
        match value.source:
            case Source.ATTRIBUTE:
                return self._attribute(value, scene, collection)
            case Source.ADDRESS:
                kept = collection.fields.of(value.attribute)
                parts = (self._base_url, literal(str(value.value)), f"{scene.record}.{kept.name}")
                return Expression(f"{self._writer.use('record_url')}({', '.join(parts)})", "str")
            case Source.RELATED | Source.RELATED_VALUE:
                return self._related(value, shape, scene, collection)
            case Source.CHILDREN | Source.LINKS | Source.LINK_VALUES:
                return self._several(value, shape, scene, collection)
            case _:
                return self._about(value, scene, collection)

    def _attribute(self, value: Value, scene: Scene, collection: Collection) -> Expression:
        attribute = collection.attribute(value.attribute)
        if attribute.type in (FieldType.PASSWORD, FieldType.BINARY, FieldType.REFERENCE, FieldType.REFERENCES):
            return Expression("None", nullable=True)
        kept = collection.fields.of(value.attribute)
        return Expression(f"{scene.record}.{kept.name}", kept.python_type, kept.nullable)

    def _related(self, value: Value, shape: Shape, scene: Scene, collection: Collection) -> Expression:
        kept, target = collection.fields.of(value.attribute), collection.target(value.attribute)
        each = _each_of(scene)
        rows = f"[{each}.{kept.name} for {each} in {scene.records}]"
        load = f"await {self._writer.use('related')}(session, {self.model(target)}, {rows})"
        name = self._loaded(scene, snake(value.attribute), load)
        row, key = f"{scene.record}.{kept.name}", name
        if value.source is Source.RELATED:
            shown = self._gallery.of(value.view, shape)
            key = self._loaded(scene, f"shown_{name}", self.show(shown, scene, f"list({name}.values())"))
            found = Expression(f"{key}[{row}]")
        else:
            inner = target.fields.of(value.target_attribute)
            found = Expression(f"{key}[{row}].{inner.name}", inner.python_type, inner.nullable)
        if not kept.nullable:
            return found
        return replace(found, absent=f"{row} is None")

    def _several(self, value: Value, shape: Shape, scene: Scene, collection: Collection) -> Expression:
        if value.source is Source.CHILDREN:
            child = self._records.of(value.entity)
            model = self.model(child)
            key = f"{model}.{child.fields.of(value.attribute).name}"
            load = f"await {self._writer.use('children')}(session, {model}, {key}, {scene.records})"
            name = self._loaded(scene, snake(child.entity.plural), load)
        else:
            link = self._records.association(collection.entity.name, value.attribute)
            child = self._records.of(link.target.name)
            kind = self._link(collection, link.class_name)
            load = f"await {self._writer.use('linked')}(session, {kind}, {self.model(child)}, {scene.records})"
            name = self._loaded(scene, snake(value.attribute), load)
        group = f"{name}[{scene.record}.row_id]"
        if value.source is Source.LINK_VALUES:
            inner = child.fields.of(value.target_attribute)
            return Expression(f"[each.{inner.name} for each in {group}]")
        shown = self._gallery.of(value.view, item_shape(self._records, value, shape))
        views = self.show(shown, scene, f"{self._writer.use('members')}({name})")
        called = self._loaded(scene, f"shown_{name}", views)
        return Expression(f"[{called}[each.row_id] for each in {group}]")

    def _about(self, value: Value, scene: Scene, collection: Collection) -> Expression:
        writer = self._writer
        if value.source is Source.CHILD_COUNT:
            child = self._records.of(value.entity)
            model = self.model(child)
            key = f"{model}.{child.fields.of(value.attribute).name}"
            load = f"await {writer.use('counts')}(session, {model}, {key}, {scene.records})"
            name = self._loaded(scene, f"{snake(child.entity.plural)}_count", load)
            return Expression(f"{name}[{scene.record}.row_id]", "int")
        holder = collection if value.source is Source.HELD_COUNT else self._records.account
        if holder is None:
            raise ContractError("an answer speaks of the caller, but nobody signs in")
        kind = self._link(holder, self._records.association(holder.entity.name, value.attribute).class_name)
        name = snake(value.attribute)
        if value.source is Source.LINKED:
            load = f"await {writer.use('held_by')}(session, {kind}, {scene.caller}, {scene.records})"
            called = self._loaded(scene, f"{name}_of_caller", load)
            return Expression(f"{scene.record}.row_id in {called}", "bool")
        end = "holder" if value.source is Source.HELD_COUNT else "target"
        load = f"await {writer.use('counts')}(session, {kind}, {kind}.{end}_row_id, {scene.records})"
        called = self._loaded(scene, f"{name}_count", load)
        return Expression(f"{called}[{scene.record}.row_id]", "int")

    def _link(self, holder: Collection, class_name: str) -> str:
        return self._writer.imported(f"app.{holder.package}.model", class_name)

    def _loaded(self, scene: Scene, name: str, load: str) -> str:
        """The variable that holds what is loaded; loaded once."""
        for line in scene.lines:
            if line.endswith(f" = {load}"):
                return line.partition(" = ")[0]
        chosen = scene.local(name)
        scene.lines.append(f"{chosen} = {load}")
        return chosen


OF_PAGE = {
    Source.TOTAL: ("total", "int", False),
    Source.SIZE: ("size", "int", False),
    Source.LENGTH: ("length", "int", False),
    Source.OFFSET: ("window.offset", "int", False),
    Source.PAGE: ("number", "int", False),
    Source.PAGES: ("pages", "int", False),
    Source.HAS_MORE: ("has_more", "bool", False),
    Source.HAS_PREVIOUS: ("has_previous", "bool", False),
    Source.CURSOR: ("cursor", "str", True),
    Source.PREVIOUS_PAGE: ("previous_number", "int", True),
    Source.NEXT_PAGE: ("next_number", "int", True),
    Source.NEXT_LINK: ("next_link({request})", "str", True),
    Source.PREVIOUS_LINK: ("previous_link({request})", "str", True),
}


def _each_of(scene: Scene) -> str:
    return scene.record if scene.record.isidentifier() else "each"


def source_of(value: JsonValue) -> str:
    """A JSON value as source."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(name)}: {source_of(each)}' for name, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(source_of, value))}]"
    return literal(value)
