"""The tree of an answer: envelopes around records, what lists say of themselves, tokens, counts."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from devmatrix.discovery.document import FieldType, OperationKind
from devmatrix.discovery.interface import Member, Paging, Reply, Source, Value
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.accounts import refreshing
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.gathering import DELETES, json_content
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.openapi.binding.pages import page_value, remark
from devmatrix.discovery.openapi.binding.views import NOTHING, ViewBook
from devmatrix.discovery.openapi.binding.words import EXPIRES, TOKENS, key
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

SIGNING_IN = frozenset({OperationKind.LOGIN, OperationKind.REGISTER, OperationKind.CREATE})
OWN_KINDS = frozenset(
    {
        OperationKind.LOGIN,
        OperationKind.REGISTER,
        OperationKind.CURRENT,
        OperationKind.CURRENT_PATCH,
        OperationKind.CURRENT_REPLACE,
    }
)
_MAX_DEPTH = 6
_MAKES = frozenset({OperationKind.CREATE, OperationKind.NESTED_CREATE})
_PLAIN = ("", "string")
_LISTS = frozenset({OperationKind.LIST, OperationKind.NESTED_LIST, OperationKind.SEARCH})
_SHOWING = _LISTS | {
    OperationKind.READ,
    OperationKind.NESTED_READ,
    OperationKind.CURRENT,
    OperationKind.COUNT,
    OperationKind.CUSTOM,
}
"""What an answer is the point of: it cannot be always the same."""
_WITHOUT_RECORD = frozenset(
    {
        OperationKind.LIST,
        OperationKind.NESTED_LIST,
        OperationKind.SEARCH,
        OperationKind.COUNT,
        OperationKind.LOGOUT,
        OperationKind.BULK_CREATE,
        OperationKind.BULK_DELETE,
        OperationKind.CUSTOM,
    }
)


@dataclass(frozen=True)
class Asked:
    """The operation whose answer is made."""

    operation: Classified
    draft: EntityDraft
    reply: Reply | None
    status: int
    paging: Paging | None = None
    related: EntityDraft | None = None
    """Whose records the answer shows, where it is not the operation's entity: what was linked."""
    values: Value | None = None
    """What a list of plain values lists."""
    counted: Value | None = None
    """What a count answers as a whole."""
    path: str = ""
    example: dict[str, JsonValue] = field(default_factory=dict)

    @property
    def shown(self) -> EntityDraft:
        """Whose records the answer shows."""
        return self.related or self.draft


def plain_text(shapes: Shapes, reply: Reply) -> str | None:
    """What an answer in plain text always says: its example, else its description; none where it has no such text."""
    texts = [one for one in reply.contents if one.media_type.lower().startswith("text/plain")]
    content = next((one for one in texts if shapes.resolve(one.shape).kind is ShapeKind.STRING), None)
    if content is None:
        return None
    shape = shapes.resolve(content.shape)
    known = (*content.examples, *content.shape.examples, *shape.examples, *shape.choices, shape.default)
    shown = next((one for one in known if isinstance(one, str) and one), "")
    return shown or reply.description.strip() or "OK"


class Answers:
    """Makes answers."""

    def __init__(self, desk: Desk, book: ViewBook) -> None:
        self._desk = desk
        self._book = book

    def of(self, asked: Asked) -> Value | None:
        """The answer; none for no body. Raises Unexplained where it cannot be made."""
        reply = asked.reply
        if reply is None or not reply.contents or reply.status in (204, 304):
            return None
        content = json_content(reply.contents)
        if content is None or content.media_type.startswith(("multipart/", "application/x-www")):
            return self._plain(asked, reply)
        return self._tree(asked, content.shape, "", frozenset())

    def _plain(self, asked: Asked, reply: Reply) -> Value:
        """A text that is no JSON: a token, or always the same few words."""
        text = plain_text(self._desk.shapes, reply)
        if text is None or asked.operation.kind in _SHOWING:
            raise Unexplained(f"it answers {reply.contents[0].media_type}, and not JSON")
        if asked.operation.kind is OperationKind.LOGIN:
            return Value(source=Source.TOKEN)
        return Value(source=Source.CONSTANT, value=text)

    def _tree(self, asked: Asked, shape: Shape, pointer: str, siblings: frozenset[str]) -> Value:
        operation, shapes = asked.operation, self._desk.shapes
        if operation.record_at == pointer and operation.kind not in _LISTS:
            return self._record(asked, shape)
        if operation.records_at == pointer:
            return self._records(asked, shape)
        if pointer == "" and asked.counted is not None and asked.counted.source is Source.COUNTS:
            return asked.counted
        resolved = shapes.resolve(shape)
        owner = shapes.object_of(shape)
        if owner is not None and owner.properties:
            return self._object(asked, owner, pointer)
        if asked.values is not None and resolved.kind is ShapeKind.ARRAY:
            return asked.values
        if pointer == "":
            return self._whole(asked, resolved)
        raise Unexplained(f"nothing says where {pointer} of its answer comes from")

    def _record(self, asked: Asked, shape: Shape) -> Value:
        kind = asked.operation.kind
        own = asked.shown.account is not None and (kind in OWN_KINDS or kind is OperationKind.CREATE)
        resolved = self._desk.shapes.resolve(shape)
        if resolved.kind is ShapeKind.ARRAY and kind is OperationKind.BULK_CREATE:
            return self._records(asked, shape)
        if kind in (OperationKind.BULK_CREATE, OperationKind.BULK_DELETE):
            owner = self._desk.shapes.object_of(shape)
            if owner is None or any(item.required for item in owner.properties):
                raise Unexplained("it takes many records and answers one")
            return Value(
                source=Source.OBJECT, fields=tuple(Member(name=one.name, value=NOTHING) for one in owner.properties)
            )
        return Value(source=Source.RECORD, view=self._book.of(asked.shown, shape, own=own))

    def _records(self, asked: Asked, shape: Shape) -> Value:
        items = self._desk.shapes.items_of(shape)
        if items is None:
            raise Unexplained("where it lists records, its answer has no list")
        if self._desk.shapes.object_of(items) is None:
            if asked.values is not None:
                return asked.values
            raise Unexplained(f"the {asked.shown.name} records that it lists are no objects")
        return Value(source=Source.RECORDS, view=self._book.of(asked.shown, items))

    def _object(self, asked: Asked, owner: Shape, pointer: str) -> Value:
        if pointer.count("/") > _MAX_DEPTH:
            raise Unexplained(f"nothing says where {pointer} of its answer comes from")
        names = frozenset(key(item.name) for item in owner.properties)
        fields = []
        of_record = False
        for item in owner.properties:
            if item.write_only:
                continue
            inner = f"{pointer}/{item.name.replace('~', '~0').replace('/', '~1')}"
            value, plain = self._member(asked, item, inner, names)
            of_record = of_record or plain
            fields.append(Member(name=item.name, value=value))
        whole = Value(source=Source.OBJECT, fields=tuple(fields))
        simple = all(one.value.source not in (Source.RECORD, Source.RECORDS, Source.OBJECT) for one in fields)
        if of_record and simple:
            wished = f"{asked.shown.name}Of{asked.operation.operation.endpoint.document_id or asked.operation.kind}"
            return Value(source=Source.RECORD, view=self._book.add(asked.shown, wished, tuple(fields)))
        return whole

    def _member(self, asked: Asked, item: Property, pointer: str, siblings: frozenset[str]) -> tuple[Value, bool]:
        """The value, and whether it is one of the record itself."""
        desk, operation = self._desk, asked.operation
        inside = [one for one in (operation.record_at, operation.records_at) if one is not None]
        if any(one == pointer or one.startswith(f"{pointer}/") for one in inside):
            return self._tree(asked, item.shape, pointer, siblings), False
        found = self._signing_in(asked, item) or self._counting(asked, item)
        if found is None and operation.kind in _LISTS:
            found = page_value(desk.shapes, item.name, item.shape, asked.paging, siblings)
            if found is None and key(item.name) == "url" and "{" not in asked.path:
                found = Value(source=Source.CONSTANT, value=asked.path)
        if found is not None:
            return found, False
        known = self._of_record(asked, item)
        if known is not None:
            return known, True
        said = remark(desk.shapes, item.name, item.shape, asked.status, asked.example.get(item.name))
        if said is not None:
            return said, False
        return self._rest(asked, item, pointer, siblings), False

    def _rest(self, asked: Asked, item: Property, pointer: str, siblings: frozenset[str]) -> Value:
        shapes = self._desk.shapes
        owner = shapes.object_of(item.shape)
        if owner is not None and owner.properties:
            try:
                return self._object(asked, owner, pointer)
            except Unexplained:
                if item.required and not shapes.nullable(item.shape):
                    raise
                return NOTHING
        if asked.values is not None and shapes.resolve(item.shape).kind is ShapeKind.ARRAY:
            return asked.values
        if not item.required or shapes.nullable(item.shape):
            return NOTHING
        resolved = shapes.resolve(item.shape)
        plain = shapes.is_scalar(item.shape) and not resolved.format.startswith(("date", "time", "uuid", "email"))
        if resolved.has_default or (
            plain and (asked.operation.kind in _LISTS or resolved.kind is not ShapeKind.STRING)
        ):
            return Value(source=Source.CONSTANT, value=shapes.neutral(item.shape))
        raise Unexplained(f"nothing says where {pointer} of its answer comes from")

    def _signing_in(self, asked: Asked, item: Property) -> Value | None:
        signing = asked.operation.kind in SIGNING_IN or refreshing(self._desk, asked.operation) is not None
        if asked.draft.account is None or not signing:
            return None
        words, shapes = key(item.name), self._desk.shapes
        kind = shapes.resolve(item.shape).kind
        if words == "refresh_token" and kind is ShapeKind.STRING:
            renews = any(refreshing(self._desk, one) is not None for one in self._desk.operations)
            return Value(source=Source.REFRESH_TOKEN if renews else Source.TOKEN)
        if words in TOKENS and kind is ShapeKind.STRING:
            return Value(source=Source.TOKEN)
        if words in EXPIRES and kind in (ShapeKind.INTEGER, ShapeKind.NUMBER):
            return Value(source=Source.EXPIRES)
        if words == "token_type" and kind is ShapeKind.STRING:
            choices = shapes.resolve(item.shape).choices
            prefix = next((one.prefix.strip() for one in self._desk.given.schemes if one.prefix), "bearer")
            value = choices[0] if choices else asked.example.get(item.name) or prefix.lower()
            return Value(source=Source.CONSTANT, value=value)
        return None

    def _counting(self, asked: Asked, item: Property) -> Value | None:
        kind = asked.operation.kind
        if kind not in (OperationKind.COUNT, OperationKind.BULK_CREATE, OperationKind.BULK_DELETE):
            return None
        resolved = self._desk.shapes.resolve(item.shape)
        if resolved.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER) and key(item.name) not in ("status", "code"):
            return Value(source=Source.COUNT)
        if asked.counted is not None and resolved.kind is ShapeKind.OBJECT and not resolved.properties:
            return asked.counted
        return None

    def _of_record(self, asked: Asked, item: Property) -> Value | None:
        """The value of the record that a property beside it (or instead of it) tells."""
        operation, draft = asked.operation, asked.shown
        if operation.kind in _WITHOUT_RECORD or not self._desk.shapes.is_scalar(item.shape):
            return None
        words = split_words(item.name)
        same_entity = words[:-1] in (split_words(draft.name), split_words(draft.name)[-1:])
        name = item.name if item.name in draft.meanings else ""
        if not name and words[-1:] == ("id",) and same_entity and draft.keys:
            name = next((one for one in draft.keys if "id" in split_words(one)), draft.keys[0])
        if not name or key(item.name) in ("message", "status_code", "success"):
            return None
        meaning = draft.meanings[name]
        if operation.kind in DELETES and self._desk.shapes.resolve(item.shape).kind is ShapeKind.BOOLEAN:
            return None
        simple = (Source.ATTRIBUTE, Source.RELATED_VALUE, Source.LINKED, Source.LINK_COUNT, Source.CHILD_COUNT)
        return meaning if meaning.source in simple else None

    def _bare_key(self, asked: Asked, resolved: Shape) -> Value | None:
        """The key of what was made, where that is all that is answered."""
        draft = asked.shown
        for name in draft.keys:
            attribute = draft.attributes[name]
            whole = resolved.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER)
            if whole:
                fits = attribute.type is FieldType.INTEGER
            else:
                said = set(split_words(resolved.description)) & {"id", "identifier", "key", *split_words(name)}
                fits = resolved.kind is ShapeKind.STRING and attribute.type is not FieldType.INTEGER
                fits = fits and (resolved.format == "uuid" or bool(said))
            if fits:
                return Value(source=Source.ATTRIBUTE, attribute=name)
        return None

    def _whole(self, asked: Asked, resolved: Shape) -> Value:
        """An answer that is no object: a count, a token, a sentence."""
        kind, operation = resolved.kind, asked.operation.kind
        if operation is OperationKind.COUNT and kind in (ShapeKind.INTEGER, ShapeKind.NUMBER):
            return Value(source=Source.COUNT)
        if operation is OperationKind.LOGIN and kind is ShapeKind.STRING:
            return Value(source=Source.TOKEN)
        found = self._bare_key(asked, resolved) if operation in _MAKES else None
        if found is not None:
            return found
        if (
            kind is ShapeKind.STRING
            and resolved.format in _PLAIN
            and operation not in _WITHOUT_RECORD | {OperationKind.READ}
        ):
            return Value(source=Source.CONSTANT, value="OK")
        if kind is ShapeKind.BOOLEAN and operation not in _WITHOUT_RECORD:
            return Value(source=Source.CONSTANT, value=True)
        if kind in (ShapeKind.ANY, ShapeKind.OBJECT):
            # Nothing is said about it: an object without properties.
            return Value(source=Source.OBJECT)
        raise Unexplained(f"nothing says where its answer, a bare {kind}, comes from")
