"""Keys of records, and the values that the service makes: numbers, UUIDs, slugs, moments."""

import re

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.discovery.interface import Source, Value
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.attributes import Generated, make_attribute
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.words import CREATED, UPDATED, key
from devmatrix.discovery.shapes import Shape, ShapeKind

_SLUGS = frozenset("slug handle permalink".split())
_TITLES = ("title", "name", "headline", "subject", "label", "display_name", "full_name")
_SAMPLE = "a1b2c3d4e5f6"
_UUID = "123e4567-e89b-42d3-a456-426614174000"


def add_keys(desk: Desk, draft: EntityDraft) -> None:
    """The attributes that records are found by."""
    wanted = {prop: parameter for parameter, prop in reversed(draft.resource.keys)}
    for _, step in desk.found_by[draft.name]:
        wanted.setdefault(step.property, step.parameter)
    names = list(dict.fromkeys([*(prop for _, prop in draft.resource.keys), *wanted]))
    for usual in ("id", "_id", "uuid"):
        if usual in draft.seen and usual not in names:
            names.append(usual)
    for name in names:
        shape = _parameter_shape(desk, draft, wanted.get(name, ""))
        if name not in draft.seen:
            # Paths know the record by something that its answers do not show.
            made = Attribute(name=name, type=_plain_type(shape), required=False, server_set=True)
            draft.attributes[name] = made.model_copy(
                update={"unique": True, "generated": _generated(desk, draft, name, shape)}
            )
        else:
            _add_known_key(desk, draft, name, shape)
        draft.keys.append(name)
        draft.meanings[name] = Value(source=Source.ATTRIBUTE, attribute=name)


def _add_known_key(desk: Desk, draft: EntityDraft, name: str, shape: Shape | None) -> None:
    made = make_attribute(desk.shapes, draft, name)
    if made.type is FieldType.FLOAT:
        made = made.model_copy(update={"type": FieldType.INTEGER})
    elif made.type is FieldType.TEXT:
        made = made.model_copy(update={"type": FieldType.STRING})
    changes: dict[str, object] = {"unique": True, "default": None}
    if not made.required and made.type is not FieldType.ENUM:
        shown = draft.answered(name) or shape or draft.given(name)
        changes["generated"] = _generated(desk, draft, name, shown)
        changes["server_set"] = draft.given(name) is None
        if changes["generated"] == "slug":
            changes["slug_of"] = _title(draft)
    draft.attributes[name] = made.model_copy(update=changes)


def _generated(desk: Desk, draft: EntityDraft, name: str, shape: Shape | None) -> Generated | None:
    resolved = desk.shapes.resolve(shape) if shape is not None else Shape(kind=ShapeKind.STRING)
    if resolved.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER):
        return "sequence"
    if resolved.format == "uuid":
        return "uuid"
    if set(split_words(name)) & _SLUGS and _title(draft):
        return "slug"
    if _admits(resolved, _SAMPLE):
        return "text"
    return "uuid" if _admits(resolved, _UUID) else "text"


def _admits(shape: Shape, text: str) -> bool:
    if not (shape.min_length or 0) <= len(text) <= (shape.max_length or 999):
        return False
    try:
        return shape.pattern is None or re.search(shape.pattern, text) is not None
    except re.error:
        return True


def _title(draft: EntityDraft) -> str:
    """The attribute that slugs are made of."""
    for wanted in _TITLES:
        for name in draft.seen:
            if key(name) == wanted and draft.given(name) is not None:
                return name
    return ""


def _plain_type(shape: Shape | None) -> FieldType:
    if shape is not None and shape.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER):
        return FieldType.INTEGER
    return FieldType.UUID if shape is not None and shape.format == "uuid" else FieldType.STRING


def _parameter_shape(desk: Desk, draft: EntityDraft, parameter: str) -> Shape | None:
    for operation, step in desk.found_by[draft.name]:
        for one in operation.operation.endpoint.parameters if step.parameter == parameter else ():
            if one.place == "path" and one.name == parameter:
                return desk.shapes.resolve(one.shape)
    return None


def add_moments(desk: Desk, draft: EntityDraft) -> None:
    """The moments of creation and of the last change, where the record shows them and callers do not give them."""
    for name in draft.seen:
        answered = draft.answered(name)
        if name in draft.attributes or answered is None or draft.given(name) is not None:
            continue
        resolved = desk.shapes.resolve(answered)
        words = key(name)
        made: Generated | None = "now" if words in CREATED else "touched" if words in UPDATED else None
        if made is None or not _is_moment(resolved):
            continue
        if resolved.kind is ShapeKind.INTEGER:
            kind = FieldType.INTEGER
        else:
            kind = FieldType.DATE if resolved.format == "date" else FieldType.DATETIME
        draft.attributes[name] = make_attribute(desk.shapes, draft, name).model_copy(
            update={"type": kind, "generated": made, "required": False, "server_set": True, "default": None}
        )
        draft.meanings[name] = Value(source=Source.ATTRIBUTE, attribute=name)


def _is_moment(shape: Shape) -> bool:
    if shape.kind is ShapeKind.STRING:
        return shape.format in ("date-time", "datetime", "date", "") and not shape.choices
    return shape.kind is ShapeKind.INTEGER
