"""What is left when keys, references, toggles and moments are found: plain values, constants, groups of counts."""

from devmatrix.discovery.document import Attribute, Default, FieldType, OperationKind
from devmatrix.discovery.interface import Member, Source, Value
from devmatrix.discovery.openapi.binding.associations import count_of
from devmatrix.discovery.openapi.binding.attributes import is_repetition, make_attribute
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Seen
from devmatrix.discovery.openapi.binding.words import key
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_ADDRESSES = frozenset("url uri href self self_url self_href self_link resource_url api_url".split())
"""What answers call the URL of the record that they show."""


def add_plain(desk: Desk, draft: EntityDraft) -> None:
    """A meaning for every property that has none yet."""
    for name in draft.seen:
        if name not in draft.meanings:
            draft.meanings[name] = _meaning(desk, draft, name)
    for name, attribute in draft.attributes.items():
        draft.attributes[name] = _filled(desk, draft, attribute)


def meaning_of(desk: Desk, draft: EntityDraft, item: Property) -> Value:
    """What a property of the record means; one that is seen for the first time becomes a plain value."""
    if item.name not in draft.meanings:
        draft.seen.setdefault(item.name, []).append(Seen(item, "answer"))
        draft.meanings[item.name] = _meaning(desk, draft, item.name)
        if item.name in draft.attributes:
            draft.attributes[item.name] = _filled(desk, draft, draft.attributes[item.name])
    return draft.meanings[item.name]


def _meaning(desk: Desk, draft: EntityDraft, name: str) -> Value:
    answered, given = draft.answered(name), draft.given(name)
    if name in draft.attributes:
        return Value(source=Source.ATTRIBUTE, attribute=name)
    if is_repetition(name):
        return Value(source=Source.CONSTANT)
    if answered is not None and given is None:
        resolved = desk.shapes.resolve(answered)
        if len(resolved.choices) == 1:
            return Value(source=Source.CONSTANT, value=resolved.choices[0])
        found = _group(desk, draft, resolved) or _address(desk, draft, name, resolved)
        if found is not None:
            return found
    draft.attributes[name] = make_attribute(desk.shapes, draft, name)
    if given is not None:
        draft.settable.add(name)
    if draft.attributes[name].type is FieldType.PASSWORD:
        return Value(source=Source.CONSTANT)
    return Value(source=Source.ATTRIBUTE, attribute=name)


def _address(desk: Desk, draft: EntityDraft, name: str, shape: Shape) -> Value | None:
    """The URL of the record itself, where an operation reads it by one key."""
    if shape.kind is not ShapeKind.STRING or shape.choices or key(name) not in _ADDRESSES:
        return None
    if shape.format not in ("", "string", "uri", "url", "uri-reference"):
        return None
    for one in desk.about[draft.name]:
        given = one.operation
        found = one.kind is OperationKind.READ and len(one.steps) == 1 and given.path.count("{") == 1
        if found and one.steps[0].resource == draft.name and one.steps[0].property in draft.attributes:
            base = given.server if given.server is not None else desk.given.base_path
            path = f"{base}{given.path}".replace(f"{{{one.steps[0].parameter}}}", "{}")
            return Value(source=Source.ADDRESS, attribute=one.steps[0].property, value=path)
    return None


def _group(desk: Desk, draft: EntityDraft, shape: Shape) -> Value | None:
    """An object of nothing but counts: {"likes": 3, "comments": 4}."""
    if shape.kind is not ShapeKind.OBJECT or not shape.properties:
        return None
    fields = []
    for item in shape.properties:
        if desk.shapes.resolve(item.shape).kind is not ShapeKind.INTEGER:
            return None
        value = count_of(desk, draft, item.name) or count_of(desk, draft, f"{item.name}_count")
        if value is None:
            return None
        fields.append(Member(name=item.name, value=value))
    return Value(source=Source.OBJECT, fields=tuple(fields))


def _filled(desk: Desk, draft: EntityDraft, attribute: Attribute) -> Attribute:
    """The attribute with a value that fits its answers, where nobody sets it and they need one."""
    name = attribute.name
    shown = draft.on(name, "answer")
    if attribute.required or attribute.default is not None or attribute.generated is not None:
        return attribute
    if attribute.type is FieldType.ENUM and attribute.server_set and shown:
        first = Default(kind="literal", value=attribute.choices[0])
        return attribute if desk.shapes.nullable(shown[0].shape) else attribute.model_copy(update={"default": first})
    needed = any(item.required and not desk.shapes.nullable(item.shape) for item in shown)
    if not needed:
        return attribute
    if attribute.type in (FieldType.DATETIME, FieldType.DATE):
        desk.assume(f"{draft.name}.{name} is the moment of creation", "answers must have it, and nothing else gives it")
        return attribute.model_copy(update={"generated": "now"})
    if attribute.type is FieldType.UUID and attribute.server_set:
        return attribute.model_copy(update={"generated": "uuid"})
    if attribute.server_set and attribute.type not in (FieldType.REFERENCE, FieldType.REFERENCES, FieldType.PASSWORD):
        desk.assume(f"{draft.name}.{name} stays empty", "answers have it, and no operation sets it")
    return attribute


def unfit(desk: Desk, draft: EntityDraft, name: str, answered: Shape) -> bool:
    """Whether bodies may give a list or an object that answers must not show."""
    given = [*draft.on(name, "create"), *draft.on(name, "change")]
    return any(not desk.shapes.fits(item.shape, answered) for item in given)
