"""Makes an attribute of a property: its type, bounds, default, and who sets it."""

import re
from collections.abc import Sequence
from typing import Literal

from devmatrix.discovery.document import Attribute, Default, FieldType
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.drafts import EntityDraft
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.openapi.binding.words import UNIQUE, says
from devmatrix.discovery.shapes import Shape, ShapeKind

_FORMATS = {
    "email": FieldType.EMAIL,
    "idn-email": FieldType.EMAIL,
    "uri": FieldType.URL,
    "url": FieldType.URL,
    "date": FieldType.DATE,
    "date-time": FieldType.DATETIME,
    "datetime": FieldType.DATETIME,
    "time": FieldType.TIME,
    "uuid": FieldType.UUID,
    "password": FieldType.PASSWORD,
    "binary": FieldType.BINARY,
}
_KINDS = {
    ShapeKind.INTEGER: FieldType.INTEGER,
    ShapeKind.NUMBER: FieldType.FLOAT,
    ShapeKind.BOOLEAN: FieldType.BOOLEAN,
    ShapeKind.BINARY: FieldType.BINARY,
}
_LONG = frozenset("description body content text bio notes note summary comment message about details".split())
_SHORT_LENGTH = 500

Generated = Literal["uuid", "sequence", "text", "slug", "now", "touched"]


def type_of(shapes: Shapes, name: str, shape: Shape) -> FieldType:
    """The type of a property."""
    resolved = shapes.resolve(shape)
    if resolved.kind in _KINDS:
        return _KINDS[resolved.kind]
    if resolved.kind is not ShapeKind.STRING:
        return FieldType.JSON
    if resolved.choices:
        return FieldType.ENUM if all(isinstance(one, str) for one in resolved.choices) else FieldType.STRING
    if resolved.format in _FORMATS:
        return _FORMATS[resolved.format]
    if is_password(name):
        return FieldType.PASSWORD
    longest = resolved.max_length
    if longest is not None:
        return FieldType.TEXT if longest > _SHORT_LENGTH else FieldType.STRING
    return FieldType.TEXT if set(split_words(name)[-1:]) & _LONG else FieldType.STRING


def is_password(name: str) -> bool:
    """Whether the name is that of a secret that people sign in with."""
    words = split_words(name)
    return bool(words) and words[-1] in ("password", "passwd", "passphrase") and not is_repetition(name)


def is_secret(shapes: Shapes, name: str, shape: Shape) -> bool:
    """Whether people sign in with it, by its name or its format."""
    return is_password(name) or (shapes.resolve(shape).format == "password" and not is_repetition(name))


def is_repetition(name: str) -> bool:
    """Whether it repeats another property to be sure, or gives the old password: no attribute of the record."""
    words = set(split_words(name))
    doubled = {"confirm", "confirmation", "confirmed", "repeat", "repeated", "again", "verify"}
    return bool(words & {"password", "passwd", "email"} and words & {*doubled, "old", "current", "previous", "new"})


def make_attribute(shapes: Shapes, draft: EntityDraft, name: str) -> Attribute:
    """The attribute of a property as bodies (else answers) show it."""
    given, answered = draft.given(name), draft.answered(name)
    shape = given or answered or next(one.property.shape for one in draft.seen[name])
    kind = type_of(shapes, name, shape)
    resolved = shapes.resolve(shape)
    creates = draft.on(name, "create")
    required = bool(creates) and all(item.required and not item.read_only for item in creates)
    bounded = _bounds(shapes, [item.shape for item in (*creates, *draft.on(name, "change"))] or [shape])
    texts = [resolved.description, shape.description]
    return Attribute(
        name=name,
        type=kind,
        description=shape.description or resolved.description,
        required=required and not shapes.nullable(shape),
        default=_default(shapes, draft, name, kind, required=required),
        unique=says(UNIQUE, texts) and kind is not FieldType.BOOLEAN,
        choices=tuple(str(one) for one in resolved.choices) if kind is FieldType.ENUM else (),
        shape=shape if kind is FieldType.JSON else None,
        server_set=given is None,
        **(bounded if kind not in (FieldType.JSON, FieldType.ENUM, FieldType.BOOLEAN, FieldType.BINARY) else {}),
    )


_LOWER = ("minimum", "exclusive_minimum", "min_length")
_UPPER = ("maximum", "exclusive_maximum", "max_length")


def _bounds(shapes: Shapes, found: Sequence[Shape]) -> dict[str, float | int | str]:
    """The loosest bounds: those that hold for every body that sets it."""
    resolved = [shapes.resolve(one) for one in found]
    bounds: dict[str, float | int | str] = {}
    for names, loosest in ((_LOWER, min), (_UPPER, max)):
        for name in names:
            values = [getattr(one, name) for one in resolved]
            if all(value is not None for value in values):
                bounds[name] = loosest(values)
    patterns = {one.pattern for one in resolved}
    if len(patterns) == 1 and (pattern := patterns.pop()) is not None and _is_read(pattern):
        bounds["pattern"] = pattern
    return bounds


def _is_read(pattern: str) -> bool:
    """Whether Python reads the pattern; bodies are checked for it in any case, by an engine that does."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _default(shapes: Shapes, draft: EntityDraft, name: str, kind: FieldType, *, required: bool) -> Default | None:
    """What it holds when nobody sets it: as documented; no is the default of a question that was not asked."""
    if required:
        return None
    shown = [*(item.shape for item in draft.on(name, "create")), *(one for one in (draft.answered(name),) if one)]
    for shape in shown:
        resolved = shapes.resolve(shape)
        for one in (shape, resolved):
            if one.has_default and one.default is not None and _is_of(kind, one.default):
                return Default(kind="literal", value=one.default)
    answered = draft.answered(name)
    if answered is None or shapes.nullable(answered):
        return None
    if kind is FieldType.BOOLEAN:
        return Default(kind="literal", value=False)
    if kind is FieldType.INTEGER and draft.given(name) is None and shapes.resolve(answered).minimum in (None, 0):
        return Default(kind="literal", value=0)
    if kind is FieldType.JSON and any(item.required for item in draft.on(name, "answer")):
        return Default(kind="literal", value=shapes.neutral(answered))
    return None


def _is_of(kind: FieldType, value: object) -> bool:
    match kind:
        case FieldType.BOOLEAN:
            return isinstance(value, bool)
        case FieldType.INTEGER | FieldType.FLOAT:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case FieldType.JSON:
            return True
        case _:
            return isinstance(value, str)
