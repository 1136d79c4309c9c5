"""Views: how records look in answers, one for each kind of record and shape."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.discovery.interface import Member, Source, Value, View
from devmatrix.discovery.naming import pascal, split_words
from devmatrix.discovery.openapi.apart import ATTRIBUTES, DATA, KIND, RELATIONSHIPS, is_apart
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.properties import meaning_of, unfit
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

NOTHING = Value(source=Source.CONSTANT)
_MAX_DEPTH = 5
_SPOKEN = frozenset("name title label code number".split())
_KINDS = {
    FieldType.INTEGER: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    FieldType.FLOAT: (ShapeKind.NUMBER,),
    FieldType.BOOLEAN: (ShapeKind.BOOLEAN,),
}
_WHOLE = (ShapeKind.INTEGER, ShapeKind.NUMBER, ShapeKind.ANY)
_TOLD: dict[Source, tuple[ShapeKind, ...]] = {
    Source.TOKEN: (ShapeKind.STRING, ShapeKind.ANY),
    Source.LINKED: (ShapeKind.BOOLEAN, ShapeKind.ANY),
    Source.LINK_COUNT: _WHOLE,
    Source.HELD_COUNT: _WHOLE,
    Source.CHILD_COUNT: _WHOLE,
    Source.OBJECT: (ShapeKind.OBJECT, ShapeKind.ANY),
}
"""What such a value may stand for."""


@dataclass(frozen=True)
class _Open:
    """A view that is being made."""

    key: tuple[str, str, bool]
    edge: Source
    """How it is reached from the one before."""
    name: str
    """That the view will have."""


class ViewBook:
    """Makes views, and keeps them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._views: dict[str, View] = {}
        self._known: dict[tuple[str, str, bool], str] = {}
        self._open: list[_Open] = []
        self._cut = False

    @property
    def views(self) -> tuple[View, ...]:
        """All of them."""
        return tuple(self._views.values())

    def of(self, draft: EntityDraft, shape: Shape, *, own: bool = False, edge: Source = Source.RECORD) -> str:
        """The name of the view of that kind of record in that shape. Raises Unexplained where it cannot be made.

        `own`: the caller's own account, right after signing in or when asked for: it may show a token.
        """
        desk = self._desk
        owner = desk.shapes.object_of(shape)
        if owner is None:
            raise Unexplained(f"the {draft.name} that it answers is no object")
        name = desk.shapes.name_of(shape)
        own = own and any(draft.meanings.get(item.name, NOTHING).source is Source.TOKEN for item in owner.properties)
        known = (draft.name, name or owner.model_dump_json(), own)
        if known in self._known:
            return self._known[known]
        outer, self._cut = self._cut, False
        view_name = self._free(name or draft.name, draft)
        self._open.append(_Open(known, edge, view_name))
        try:
            members = tuple(self._members(draft, owner, own))
        finally:
            self._open.pop()
            cut, self._cut = self._cut, self._cut or outer
        view = View(name=view_name, entity=draft.name, shape=name, members=members)
        self._views[view.name] = view
        if not cut or not self._open:
            # A view that was cut short because of where it stands must not be used elsewhere.
            self._known[known] = view.name
            self._cut = outer
        return view.name

    def add(self, draft: EntityDraft, wished: str, members: tuple[Member, ...]) -> str:
        """A view of its own."""
        for view in self._views.values():
            if view.entity == draft.name and view.members == members:
                return view.name
        name = self._free(wished, draft)
        self._views[name] = View(name=name, entity=draft.name, members=members)
        return name

    def _free(self, wished: str, draft: EntityDraft) -> str:
        base = pascal(split_words(wished)) or draft.name
        taken = self._views.keys() | {one.name for one in self._open}
        names = itertools.chain((base, f"{base}Of{draft.name}"), (f"{base}{number}" for number in itertools.count(2)))
        return next(name for name in names if name not in taken)

    def _members(self, draft: EntityDraft, owner: Shape, own: bool) -> Iterator[Member]:
        shapes = self._desk.shapes
        apart = is_apart(shapes, owner)
        for item in owner.properties:
            inner = shapes.object_of(item.shape) if apart else None
            if item.write_only:
                continue
            if apart and item.name == KIND:
                yield Member(name=item.name, value=Value(source=Source.CONSTANT, value=self._kind(draft, item.shape)))
            elif inner is not None and item.name == ATTRIBUTES:
                fields = tuple(
                    Member(name=one.name, value=self._value(draft, one, own))
                    for one in inner.properties
                    if not one.write_only
                )
                yield Member(name=item.name, value=Value(source=Source.OBJECT, fields=fields))
            elif inner is not None and item.name == RELATIONSHIPS:
                fields = tuple(self._relationship(draft, one, own) for one in inner.properties)
                yield Member(name=item.name, value=Value(source=Source.OBJECT, fields=fields))
            else:
                yield Member(name=item.name, value=self._value(draft, item, own))

    def _relationship(self, draft: EntityDraft, item: Property, own: bool) -> Member:
        owner = self._desk.shapes.object_of(item.shape)
        data = owner.property(DATA) if owner is not None else None
        if data is None:
            return Member(name=item.name, value=self._empty(draft, item, "it does not say which record it is"))
        value = self._value(draft, data.model_copy(update={"name": item.name}), own)
        fields = (Member(name=DATA, value=value),)
        return Member(name=item.name, value=Value(source=Source.OBJECT, fields=fields))

    def _kind(self, draft: EntityDraft, shape: Shape) -> JsonValue:
        """What records of this kind call themselves."""
        resolved = self._desk.shapes.resolve(shape)
        shown = (*resolved.choices, *((resolved.default,) if resolved.has_default else ()), *resolved.examples)
        return next(iter(shown), draft.resource.plural)

    def _value(self, draft: EntityDraft, item: Property, own: bool) -> Value:
        meaning = meaning_of(self._desk, draft, item)
        match meaning.source:
            case Source.ATTRIBUTE:
                return self._plain(draft, item, draft.attributes[meaning.attribute])
            case Source.RELATED | Source.RELATED_VALUE:
                return self._related(draft, item, draft.attributes[meaning.attribute], meaning)
            case Source.LINKS | Source.LINK_VALUES | Source.CHILDREN:
                return self._listed(draft, item, meaning)
            case source if source in _TOLD and self._desk.shapes.resolve(item.shape).kind not in _TOLD[source]:
                return self._unfit(draft, item)
            case Source.TOKEN:
                return meaning if own else self._empty(draft, item, "only whoever signs in gets a token")
            case _:
                return meaning

    def _empty(self, draft: EntityDraft, item: Property, why: str) -> Value:
        """Nothing, where that may be answered."""
        shapes = self._desk.shapes
        if item.required and not shapes.nullable(item.shape) and not shapes.is_scalar(item.shape):
            raise Unexplained(f"{draft.name}.{item.name} cannot be answered: {why}")
        return NOTHING

    def _plain(self, draft: EntityDraft, item: Property, attribute: Attribute) -> Value:
        shapes = self._desk.shapes
        value = Value(source=Source.ATTRIBUTE, attribute=attribute.name)
        resolved = shapes.resolve(item.shape)
        if attribute.type is FieldType.JSON:
            if resolved.kind is not ShapeKind.ANY and unfit(self._desk, draft, item.name, item.shape):
                return self._unfit(draft, item)
            return value
        if attribute.type is FieldType.BINARY:
            return self._empty(draft, item, "it is a file")
        wanted = _KINDS.get(attribute.type, (ShapeKind.STRING,))
        kinds = {resolved.kind, *(shapes.resolve(one).kind for one in resolved.alternatives)}
        if ShapeKind.ANY in kinds or kinds & set(wanted):
            return value
        return self._unfit(draft, item)

    def _unfit(self, draft: EntityDraft, item: Property) -> Value:
        if item.required and not self._desk.shapes.nullable(item.shape):
            raise Unexplained(f"bodies give {draft.name}.{item.name} in another form than answers must have")
        self._desk.assume(
            f"{draft.name}.{item.name} is left out of answers", "bodies give it in another form than answers have"
        )
        return NOTHING

    def _related(self, draft: EntityDraft, item: Property, attribute: Attribute, meaning: Value) -> Value:
        shapes, target = self._desk.shapes, self._desk.drafts[attribute.target or ""]
        keyed = any(shapes.is_scalar(one) for one in shapes.resolve(item.shape).alternatives)
        if shapes.object_of(item.shape) is not None and not keyed:
            return self._nested(draft, item, target, item.shape, Value(source=Source.RELATED, attribute=attribute.name))
        if not keyed and not shapes.is_scalar(item.shape) and shapes.resolve(item.shape).kind is not ShapeKind.ANY:
            return self._unfit(draft, item)
        matched = meaning.target_attribute or next(iter(target.keys), "")
        if not matched:
            return self._empty(draft, item, f"{target.name} has no key")
        if self._is_text(item.shape) and target.attributes[matched].type is FieldType.INTEGER:
            matched = self._spoken(target)  # it is shown by what people call it
        if not matched:
            return self._unfit(draft, item)
        return Value(source=Source.RELATED_VALUE, attribute=attribute.name, target_attribute=matched)

    def _is_text(self, shape: Shape) -> bool:
        resolved = self._desk.shapes.resolve(shape)
        kinds = {resolved.kind, *(self._desk.shapes.resolve(one).kind for one in resolved.alternatives)}
        return ShapeKind.STRING in kinds and not kinds & {ShapeKind.INTEGER, ShapeKind.NUMBER}

    def _spoken(self, target: EntityDraft) -> str:
        """A text that tells records of a kind apart for people; empty: there is none."""
        texts = [name for name, one in target.attributes.items() if one.type in (FieldType.STRING, FieldType.TEXT)]
        said = [name for name in texts if set(split_words(name)) & _SPOKEN and name in target.seen]
        return next(iter(said), "")

    def _listed(self, draft: EntityDraft, item: Property, meaning: Value) -> Value:
        shapes = self._desk.shapes
        items = shapes.items_of(item.shape)
        if items is None:
            return self._unfit(draft, item)
        if meaning.source is Source.CHILDREN:
            target = self._desk.drafts[meaning.entity]
        else:
            target = self._desk.drafts[draft.attributes[meaning.attribute].target or ""]
        if shapes.object_of(items) is not None:
            source = Source.CHILDREN if meaning.source is Source.CHILDREN else Source.LINKS
            shown = Value(source=source, entity=meaning.entity, attribute=meaning.attribute)
            return self._nested(draft, item, target, items, shown)
        matched = meaning.target_attribute or next(iter(target.keys), "")
        if meaning.source is Source.CHILDREN or not matched:
            return self._unfit(draft, item)
        return Value(source=Source.LINK_VALUES, attribute=meaning.attribute, target_attribute=matched)

    def _nested(self, draft: EntityDraft, item: Property, target: EntityDraft, shape: Shape, value: Value) -> Value:
        owner = self._desk.shapes.object_of(shape)
        name = self._desk.shapes.name_of(shape) or (owner.model_dump_json() if owner else "")
        places = [index for index, one in enumerate(self._open) if one.key[:2] == (target.name, name)]
        if places:
            edges = {value.source, *(one.edge for one in self._open[places[-1] + 1 :])}
            if edges == {Source.CHILDREN} and places[-1] == len(self._open) - 1:
                return value.model_copy(update={"view": self._open[-1].name})
            return self._ended(draft, item, "it would go on without end")
        crowded = len(self._views) > 20 * len(self._desk.drafts) + 200
        if len(self._open) >= (2 if crowded else _MAX_DEPTH):
            return self._ended(draft, item, "it is nested too deeply")
        return value.model_copy(update={"view": self.of(target, shape, edge=value.source)})

    def _ended(self, draft: EntityDraft, item: Property, why: str) -> Value:
        self._cut = True
        value = self._empty(draft, item, why)
        self._desk.assume(f"{draft.name}.{item.name} is left out of nested answers", why)
        return value
