"""The bodies of errors: how each property that a documented error has is made."""

import re
from collections.abc import Mapping

from pydantic import JsonValue

from devmatrix.discovery.interface import RECORD_KEY, Content, Fault, FaultMember, FaultValue, Reason
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.openapi.binding.words import key
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_MAX_DEPTH = 8
_DETAIL = frozenset(
    """message detail description error_description reason msg error_message developer_message user_message
    details info text explanation error_msg errormessage""".split()
)
_FIELD = frozenset("field property param parameter path location pointer source attribute key name loc".split())
_ERRORS = frozenset(
    "errors details violations fields field_errors validation_errors invalid_params causes error".split()
)
_STATUS = frozenset("status status_code http_status http_status_code statuscode code error_code".split())
_NOW = frozenset("timestamp time date datetime occurred_at".split())
_PATH = frozenset("path instance request_path uri".split())
_TITLES = {
    Reason.UNAUTHENTICATED: "Unauthorized",
    Reason.BAD_CREDENTIALS: "Unauthorized",
    Reason.FORBIDDEN: "Forbidden",
    Reason.INVALID_PATH: "Bad request",
    Reason.INVALID_QUERY: "Bad request",
    Reason.INVALID_BODY: "Bad request",
    Reason.MISSING: "Not found",
    Reason.DUPLICATE: "Conflict",
    Reason.STATE: "Conflict",
    Reason.UNWRITTEN: "Not implemented",
}
_STATUS_TITLES = {422: "Unprocessable entity", 409: "Conflict", 400: "Bad request", 403: "Forbidden", 404: "Not found"}
_CODES = {
    Reason.UNAUTHENTICATED: "unauthenticated unauthorized not_authenticated",
    Reason.BAD_CREDENTIALS: "invalid_credentials bad_credentials unauthorized unauthenticated",
    Reason.FORBIDDEN: "forbidden access_denied permission_denied not_allowed",
    Reason.INVALID_PATH: "invalid bad_request validation_error invalid_request validation",
    Reason.INVALID_QUERY: "invalid bad_request validation_error invalid_request validation",
    Reason.INVALID_BODY: "invalid validation_error validation invalid_request bad_request unprocessable_entity",
    Reason.MISSING: "not_found missing resource_not_found",
    Reason.DUPLICATE: "duplicate conflict already_exists",
    Reason.STATE: "conflict invalid_state",
    Reason.UNWRITTEN: "not_implemented",
}
_FIXED = frozenset({Reason.MISSING, Reason.UNAUTHENTICATED, Reason.FORBIDDEN, Reason.BAD_CREDENTIALS})
"""Reasons whose sentence is always the same, so that the example's may stand for all."""
_NAMING = re.compile(
    r"\b(?:key|name|property|field)s?\b[^.\n]{0,20}?\b(?:identif|name|is|says?\b|tells?\b|denote|indicate)"
    r"[^.\n]{0,30}?\b(?:resource|entity|record|object|model)\b",
    re.I,
)
"""Words that say of the key in an error's body that it names the record."""
_OF_CREDENTIALS = frozenset("token tokens authorization authentication header session auth".split())


class Faults:
    """Makes the body of one refusal."""

    def __init__(
        self, shapes: Shapes, reason: Reason, status: int, *, alone: bool, said: str = "", shared: bool = False
    ) -> None:
        """`alone`: the status stands for this reason only, so that an example of it is one of this reason.

        `said`: the description of the answer. `shared`: its shape is one for errors of several statuses, so that what
        the shape itself shows is an example of any of them.
        """
        self._shared = shared
        self._shapes = shapes
        self._said = said
        self._reason = reason
        self._status = status
        self._alone = alone
        self._depth = 0

    def of(self, content: Content) -> FaultValue:
        """The body as the documented shape and its examples show it."""
        example = content.examples[0] if content.examples else None
        self._alone = self._alone and not (self._shared and example is None)
        return self._value(content.shape, "", example)

    def _value(self, shape: Shape, name: str, example: JsonValue) -> FaultValue:
        if self._depth > _MAX_DEPTH:
            return FaultValue(source=Fault.CONSTANT, constant=self._shapes.neutral(shape))
        self._depth += 1
        value = self._value_here(shape, name, example)
        self._depth -= 1
        return value

    def _value_here(self, shape: Shape, name: str, example: JsonValue) -> FaultValue:
        resolved = self._shapes.resolve(shape)
        owner = self._shapes.object_of(shape)
        if owner is not None and owner.properties:
            return self._object(owner, example)
        match resolved.kind:
            case ShapeKind.ARRAY:
                return self._list(resolved, example)
            case ShapeKind.OBJECT:
                return self._map(resolved, name, example)
            case ShapeKind.STRING if name == "":
                return self._sentence(example)
            case ShapeKind.ANY if isinstance(example, dict):
                return self._by_example(example)
            case ShapeKind.ANY:
                return self._sentence(example)
            case _:
                return FaultValue(source=Fault.CONSTANT, constant=self._shapes.neutral(shape))

    def _object(self, owner: Shape, example: JsonValue) -> FaultValue:
        shown = example if isinstance(example, dict) else {}
        names = {key(item.name) for item in owner.properties}
        fields = []
        for item in owner.properties:
            value = self._member(item, names, shown.get(item.name))
            if value is not None:
                fields.append(FaultMember(name=item.name, value=value))
        return FaultValue(source=Fault.OBJECT, fields=tuple(fields))

    def _member(self, item: Property, siblings: set[str], example: JsonValue) -> FaultValue | None:
        """How a property is made; none: it is left out."""
        resolved, words = self._shapes.resolve(item.shape), key(item.name)
        example = example if example is not None else next(iter((*item.shape.examples, *resolved.examples)), None)
        if item.write_only:
            return None
        if len(resolved.choices) == 1:
            return FaultValue(source=Fault.CONSTANT, constant=resolved.choices[0])
        match resolved.kind:
            case ShapeKind.INTEGER | ShapeKind.NUMBER if words in _STATUS:
                return FaultValue(source=Fault.STATUS)
            case ShapeKind.STRING:
                found = self._text(words, resolved, siblings, example)
            case ShapeKind.BOOLEAN:
                said = words in ("error", "failed", "has_error", "is_error")
                found = FaultValue(source=Fault.CONSTANT, constant=said)
            case ShapeKind.OBJECT | ShapeKind.ARRAY | ShapeKind.ANY | ShapeKind.UNION:
                found = self._deep(item, resolved, words, example)
            case _:
                found = None
        if found is None and (item.required and not self._shapes.nullable(item.shape)):
            constant = example if example is not None else self._shapes.neutral(item.shape)
            return FaultValue(source=Fault.CONSTANT, constant=constant)
        if found is None and item.required:
            return FaultValue(source=Fault.CONSTANT, constant=None)
        return found

    def _text(self, words: str, shape: Shape, siblings: set[str], example: JsonValue) -> FaultValue | None:
        if shape.choices:
            return FaultValue(source=Fault.CONSTANT, constant=self._choice(shape.choices))
        if words in ("status", "status_code", "http_status") and (example is None or str(example).isdigit()):
            return FaultValue(source=Fault.STATUS_TEXT)
        if words == "status":
            return FaultValue(source=Fault.CONSTANT, constant=example)
        if words in ("code", "error_code", "error_type", "kind") or (words == "name" and "message" in siblings):
            return self._code(example)
        if words == "error" and siblings & _DETAIL:
            return self._title(example) if example is None or " " in str(example) else self._code_or_title(example)
        if words == "title":
            return self._title(example)
        if words == "type":
            said = example if isinstance(example, str) else None
            if said is None and "title" in siblings:
                said = "about:blank"
            return FaultValue(source=Fault.CONSTANT, constant=said) if said is not None else self._code(None)
        if words in _NOW or shape.format == "date-time":
            return FaultValue(source=Fault.NOW)
        if words in _PATH:
            return FaultValue(source=Fault.PATH)
        if words in _DETAIL or words in ("error", "errors", "result"):
            return self._sentence(example)
        return None

    def _code_or_title(self, example: JsonValue) -> FaultValue:
        return self._code(example) if str(example).islower() else self._title(example)

    def _deep(self, item: Property, resolved: Shape, words: str, example: JsonValue) -> FaultValue | None:
        meant = words in _ERRORS | _DETAIL or words in ("meta", "data", "body", "response", "fault", "status")
        if resolved.kind is ShapeKind.UNION and (words in _DETAIL or words in _ERRORS):
            return self._alternative(resolved, words, example)
        if resolved.kind is ShapeKind.ANY:
            if words in _DETAIL | {"error", "errors"} and (item.required or example is not None):
                return self._sentence(example if isinstance(example, str) else None)
            return None
        if not meant and not item.required:
            return None
        if words == "data" and self._shapes.nullable(item.shape):
            return FaultValue(source=Fault.CONSTANT, constant=None)
        return self._value(item.shape, words or "errors", example)

    def _alternative(self, resolved: Shape, words: str, example: JsonValue) -> FaultValue | None:
        for one in resolved.alternatives:
            inner = self._shapes.resolve(one)
            if inner.kind is ShapeKind.STRING:
                return self._sentence(example if isinstance(example, str) else None)
        first = next((one for one in resolved.alternatives if one.kind is not ShapeKind.NULL), None)
        return self._value(first, words, example) if first is not None else None

    def _list(self, shape: Shape, example: JsonValue) -> FaultValue:
        items = shape.items
        first = example[0] if isinstance(example, list) and example else None
        if items is None or self._shapes.resolve(items).kind is ShapeKind.STRING:
            return FaultValue(source=Fault.DETAILS)
        owner = self._shapes.object_of(items)
        if owner is None or not owner.properties:
            return FaultValue(source=Fault.CONSTANT, constant=[])
        names = {key(item.name) for item in owner.properties}
        fields = []
        for item in owner.properties:
            words, kind = key(item.name), self._shapes.resolve(item.shape).kind
            shown = first.get(item.name) if isinstance(first, dict) else None
            if words in _FIELD and kind is ShapeKind.STRING and not (words == "name" and "field" in names):
                fields.append(FaultMember(name=item.name, value=FaultValue(source=Fault.FIELD)))
            elif words in _FIELD and kind is ShapeKind.ARRAY:
                fields.append(FaultMember(name=item.name, value=FaultValue(source=Fault.CONSTANT, constant=["body"])))
            else:
                value = self._member(item, names, shown)
                if value is not None:
                    fields.append(FaultMember(name=item.name, value=value))
        return FaultValue(source=Fault.FIELDS, fields=tuple(fields))

    def _map(self, shape: Shape, name: str, example: JsonValue) -> FaultValue:
        """An object without listed properties: sentences by field, where they are lists of them."""
        additional = self._shapes.resolve(shape.additional) if shape.additional is not None else None
        if additional is not None and additional.kind is ShapeKind.ARRAY:
            return self._by_field(example)
        if additional is None or additional.kind is ShapeKind.ANY:
            if isinstance(example, dict) and example:
                return self._by_example(example)
            if name in _ERRORS:
                return self._by_field(example)
            if name == "":
                return FaultValue(
                    source=Fault.OBJECT, fields=(FaultMember(name="message", value=FaultValue(source=Fault.DETAIL)),)
                )
        if additional is not None and additional.kind is ShapeKind.STRING and name in ("", *_ERRORS):
            return FaultValue(
                source=Fault.OBJECT, fields=(FaultMember(name="message", value=FaultValue(source=Fault.DETAIL)),)
            )
        return FaultValue(source=Fault.CONSTANT, constant={})

    def _by_example(self, example: Mapping[str, JsonValue]) -> FaultValue:
        """As the example shows it, where the shape says nothing."""
        if example and all(isinstance(one, list) for one in example.values()):
            return self._by_field(dict(example))
        properties = tuple(
            Property(name=name, shape=_shape_of(value), required=True) for name, value in example.items()
        )
        return self._object(Shape(kind=ShapeKind.OBJECT, properties=properties), dict(example))

    def _by_field(self, example: JsonValue) -> FaultValue:
        """Sentences by field, with the key and the sentence of the example, where it shows just one."""
        bare = FaultValue(source=Fault.BY_FIELD)
        name, sentences = next(iter(example.items())) if isinstance(example, dict) and len(example) == 1 else ("", None)
        sentence = sentences[0] if isinstance(sentences, list) and len(sentences) == 1 else None
        if self._reason is Reason.BAD_CREDENTIALS and (not name or key(name) in _OF_CREDENTIALS):
            # The example is one of requests without a token.
            return bare.model_copy(update={"key": "credentials"})
        if not self._alone or not isinstance(sentence, str) or not sentence:
            return bare
        if self._reason is Reason.DUPLICATE:
            return bare.model_copy(update={"sentence": sentence})
        if self._reason not in _FIXED:
            return bare
        named = self._reason in (Reason.MISSING, Reason.FORBIDDEN) and _NAMING.search(self._said)
        return bare.model_copy(update={"sentence": sentence, "key": RECORD_KEY if named else name})

    def _sentence(self, example: JsonValue) -> FaultValue:
        if self._alone and self._reason in _FIXED and isinstance(example, str) and example:
            return FaultValue(source=Fault.CONSTANT, constant=example)
        return FaultValue(source=Fault.DETAIL)

    def _title(self, example: JsonValue) -> FaultValue:
        said = example if isinstance(example, str) and self._alone else None
        title = _STATUS_TITLES.get(self._status, _TITLES[self._reason])
        return FaultValue(source=Fault.TITLE, constant=said or title)

    def _code(self, example: JsonValue) -> FaultValue:
        fallback = _CODES[self._reason].split()[0]
        if isinstance(example, str):
            if self._alone:
                return FaultValue(source=Fault.CODE, constant=example)
            if example.isupper():
                fallback = fallback.upper()
        return FaultValue(source=Fault.CODE, constant=fallback)

    def _choice(self, choices: tuple[JsonValue, ...]) -> JsonValue:
        """The choice that speaks of the reason."""
        wanted = _CODES[self._reason].split()
        for name in wanted:
            for choice in choices:
                if key(str(choice)) == name:
                    return choice
        for name in wanted:
            for choice in choices:
                if set(split_words(name)) & set(split_words(str(choice))):
                    return choice
        general = next((one for one in choices if key(str(one)) in ("error", "fail", "failed", "failure")), None)
        return general if general is not None else choices[0]


def _shape_of(value: JsonValue) -> Shape:
    """The shape of an example's value."""
    if isinstance(value, bool):
        return Shape(kind=ShapeKind.BOOLEAN)
    if isinstance(value, int):
        return Shape(kind=ShapeKind.INTEGER)
    if isinstance(value, float):
        return Shape(kind=ShapeKind.NUMBER)
    if isinstance(value, str):
        return Shape(kind=ShapeKind.STRING)
    if isinstance(value, list):
        return Shape(kind=ShapeKind.ARRAY, items=_shape_of(value[0]) if value else None)
    if isinstance(value, dict):
        properties = tuple(Property(name=name, shape=_shape_of(one), required=True) for name, one in value.items())
        return Shape(kind=ShapeKind.OBJECT, properties=properties)
    return Shape(kind=ShapeKind.NULL)
