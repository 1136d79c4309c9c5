"""The views of a document, in all shapes that answers show them in."""

from dataclasses import dataclass

from devmatrix.discovery.interface import Source, Value, View
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from devmatrix.stacks.fastapi.imported.records.collection import Records
from devmatrix.stacks.fastapi.imported.wire.contents import reply_content, success_reply
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake

ANYTHING = Shape(kind=ShapeKind.ANY)


@dataclass(frozen=True)
class Shown:
    """A view in one shape: the function that makes it."""

    view: View
    shape: Shape
    class_name: str
    """Of the answer; empty: a dict."""
    class_import: str
    name: str
    """What the functions' names are made of."""

    @property
    def each(self) -> str:
        """Name of the function for many, by row."""
        return f"show_each_{self.name}"

    @property
    def one(self) -> str:
        """Name of the function for one."""
        return f"show_{self.name}"

    @property
    def type(self) -> str:
        """What it gives for one record, but for the import."""
        return self.class_name or "dict[str, Any]"


class Gallery:
    """All views of a document in all shapes that they are shown in."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._shown: dict[tuple[str, str], Shown] = {}
        self._taken: set[str] = set()
        self.singles: set[str] = set()
        """Names of the views that answers show of one record."""
        for served in records.served:
            if served.effect.answer is not None:
                self._walk(served.effect.answer, answer_shape(records, served.operation.id))
        for endpoint in records.interface.endpoints:
            if endpoint.effect is None:
                self.singles |= {shown.name for shown in self.shown_in(answer_shape(records, endpoint.operation))}

    @property
    def all(self) -> tuple[Shown, ...]:
        """In the order in which they are met."""
        return tuple(self._shown.values())

    def of(self, view: str, shape: Shape) -> Shown:
        """A view in a shape."""
        found = self.records.interface.view(view)
        shape = self._shape(found, shape)
        cls = self.records.wire.answer_class(shape)
        key = (view, cls.text if cls else "")
        if key not in self._shown:
            name = snake(view)
            if name in self._taken:
                name = free(f"{name}_as_{snake(key[1] or 'dict')}", self._taken)
            self._taken.add(name)
            self._shown[key] = Shown(found, shape, key[1], cls.imports[0] if cls and cls.imports else "", name)
            for member in found.members:
                self._walk(member.value, property_shape(self.records, shape, member.name))
        return self._shown[key]

    def shown_in(self, shape: Shape) -> list[Shown]:
        """The views that may stand in an answer of that shape, of which nothing else is known."""
        interface, waiting, seen, found = self.records.interface, [shape], set[str](), list[Shown]()
        while waiting:
            each = waiting.pop(0)
            if each.kind is ShapeKind.NAMED:
                views = [one for one in interface.views if one.shape == each.name and each.name not in seen]
                found += [self.of(one.name, each) for one in views]
                if views or each.name in seen:
                    continue
                seen.add(each.name)
            target = interface.resolve(each)
            waiting += [one.shape for one in target.properties]
            waiting += [*([target.items] if target.items else []), *target.alternatives]
        return found

    def needs(self, shown: Shown, source: Source) -> bool:
        """Whether the view, or one in it, has values of that source."""
        waiting, seen = [shown], {shown.name}
        while waiting:
            for value, shape in members_of(self.records, waiting.pop()):
                if value.source is source:
                    return True
                if value.view:
                    inner = self.of(value.view, item_shape(self.records, value, shape))
                    if inner.name not in seen:
                        seen.add(inner.name)
                        waiting.append(inner)
        return False

    def inner(self, shown: Shown) -> tuple[Shown, ...]:
        """The views that it shows within itself."""
        return tuple(
            self.of(value.view, item_shape(self.records, value, shape))
            for value, shape in members_of(self.records, shown)
            if value.view
        )

    def is_recursive(self, shown: Shown) -> bool:
        """Whether the view shows itself within itself."""
        waiting, seen = [shown], set[str]()
        while waiting:
            for inner in self.inner(waiting.pop()):
                if inner.name == shown.name:
                    return True
                if inner.name not in seen:
                    seen.add(inner.name)
                    waiting.append(inner)
        return False

    def _walk(self, value: Value, shape: Shape) -> None:
        if value.view:
            shown = self.of(value.view, item_shape(self.records, value, shape))
            if value.source is Source.RECORD:
                self.singles.add(shown.name)
        for member in value.fields:
            self._walk(member.value, property_shape(self.records, shape, member.name))

    def _shape(self, view: View, shape: Shape) -> Shape:
        """The shape that has a class: that of the place, else one of its alternatives, else the view's own."""
        wire, target = self.records.wire, self.records.interface.resolve(shape)
        own = Shape(kind=ShapeKind.NAMED, name=view.shape) if view.shape in self.records.interface.shapes else None
        for candidate in (shape, *([own] if own else []), *target.alternatives):
            if wire.answer_class(candidate) is not None:
                return candidate
        return shape


def members_of(records: Records, shown: Shown) -> list[tuple[Value, Shape]]:
    """All values in a view, those inside objects too, with their shapes."""
    found: list[tuple[Value, Shape]] = []
    waiting = [(member.value, property_shape(records, shown.shape, member.name)) for member in shown.view.members]
    while waiting:
        value, shape = waiting.pop(0)
        found.append((value, shape))
        waiting += [(each.value, property_shape(records, shape, each.name)) for each in value.fields]
    return found


def answer_shape(records: Records, operation_id: str) -> Shape:
    """The shape of an endpoint's answer."""
    endpoint, operation = records.endpoints[operation_id], records.operations[operation_id]
    content = reply_content(success_reply(endpoint, operation.success_status))
    return content.shape if content is not None else ANYTHING


def property_of(records: Records, shape: Shape, name: str) -> Property | None:
    """The property of that name, whichever alternative has it."""
    target = records.interface.resolve(shape)
    for each in (target, *map(records.interface.resolve, target.alternatives)):
        found = each.property(name)
        if found is not None:
            return found
    return None


def property_shape(records: Records, shape: Shape, name: str) -> Shape:
    """The shape of that property."""
    found = property_of(records, shape, name)
    return found.shape if found is not None else ANYTHING


def item_shape(records: Records, value: Value, shape: Shape) -> Shape:
    """The shape of one record's view, where the value is a list of them."""
    if value.source in (Source.RECORDS, Source.CHILDREN, Source.LINKS):
        target = records.interface.resolve(shape)
        return target.items or ANYTHING
    return shape


def needs_settings(gallery: Gallery, shown: Shown) -> bool:
    """Whether the view has a token, or its life."""
    return any(gallery.needs(shown, each) for each in (Source.TOKEN, Source.REFRESH_TOKEN, Source.EXPIRES))
