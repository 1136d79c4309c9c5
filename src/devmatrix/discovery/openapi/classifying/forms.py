"""What a body or an answer holds: a record, records, a count, a file; and where in its envelope that stands."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property

from devmatrix.discovery.interface import Content
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.apart import flattened, is_apart
from devmatrix.discovery.openapi.classifying.shapes import ANYTHING, Shapes, escaped
from devmatrix.discovery.openapi.classifying.words import (
    LIST_NAMES,
    NOTICE,
    PAGING,
    is_token,
    joined,
    one,
    words_of,
)
from devmatrix.discovery.openapi.given import GivenOperation
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_FILES = ("image/", "audio/", "video/", "font/")
_FILE_TYPES = frozenset(
    """application/octet-stream application/pdf application/zip application/gzip application/x-tar text/csv
    application/vnd.ms-excel application/msword text/calendar application/x-zip-compressed application/csv text/vcard
    application/epub+zip application/x-gzip application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
    application/vnd.openxmlformats-officedocument.wordprocessingml.document""".split()
)
_WRAPPERS = frozenset("data result response payload body content embedded".split())


_EACH = _WRAPPERS | LIST_NAMES | frozenset("resource node item record entry object".split())


class Holds(Enum):
    """What there is."""

    NOTHING = auto()
    RECORD = auto()
    RECORDS = auto()
    VALUES = auto()  # a list of plain values
    NUMBER = auto()
    NUMBERS = auto()  # an object of name -> whole number
    TEXT = auto()
    FILE = auto()
    NOTICE = auto()  # tells how the request went
    OTHER = auto()


@dataclass(frozen=True)
class Form:
    """A body or an answer."""

    holds: Holds
    at: str = ""
    """JSON pointer to what it holds."""
    record: Shape | None = None
    """The record (of records: each) as an object."""
    name: str = ""
    """Name of its shape."""
    has_token: bool = False
    mapped: bool = False
    """Records under names of their own, or each in an envelope: no plain list of records."""
    whole: Shape = ANYTHING

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the record's properties, in snake_case."""
        return frozenset(joined(item.name) for item in self.record.properties) if self.record else frozenset()

    def property(self, *names: str) -> Property | None:
        """The record's property of one of these names, whatever their style."""
        wanted = {joined(name) for name in names}
        for item in self.record.properties if self.record else ():
            if joined(item.name) in wanted:
                return item
        return None


NOTHING = Form(Holds.NOTHING)


def json_of(contents: tuple[Content, ...]) -> Content | None:
    """The JSON among the media types; a form where there is none."""
    media = [(content.media_type.split(";")[0].strip().lower(), content) for content in contents]
    for fits in ("application/json", "+json", "json", "*/*", "xml", "application/x-www-form-urlencoded", "multipart/"):
        for name, content in media:
            if (
                name == fits
                or (fits[0] in "+jx" and name.endswith(fits))
                or (fits[-1] == "/" and name.startswith(fits))
            ):
                return content
    return None


def answer_form(shapes: Shapes, operation: GivenOperation, many: bool, word: str = "") -> Form:
    """What the success holds. `many`: a list is likelier than a record; `word`: of what, in the singular."""
    reply = operation.success
    if reply is None or not reply.contents:
        return NOTHING
    content = json_of(reply.contents)
    if content is None or shapes.is_file(content.shape):
        media = reply.contents[0].media_type.split(";")[0].strip().lower()
        is_file = any(shapes.is_file(each.shape) for each in reply.contents)
        is_file = is_file or media in _FILE_TYPES or media.startswith(_FILES)
        return Form(Holds.FILE if is_file else Holds.TEXT, whole=reply.contents[0].shape)
    return _Reader(shapes, many, word=word).read(content.shape)


def body_form(shapes: Shapes, operation: GivenOperation) -> Form:
    """What the body gives."""
    contents = operation.endpoint.bodies
    if not contents:
        return NOTHING
    content = json_of(contents)
    if content is None:
        media = {each.media_type.split(";")[0].strip().lower() for each in contents}
        is_file = any(shapes.is_file(each.shape) for each in contents) or any(name.startswith(_FILES) for name in media)
        return Form(Holds.FILE if is_file or media & _FILE_TYPES else Holds.TEXT)
    if shapes.is_file(content.shape):
        return Form(Holds.FILE, whole=content.shape)
    return _Reader(shapes, many=False, body=True).read(content.shape)


@dataclass(frozen=True)
class _Reader:
    shapes: Shapes
    many: bool
    body: bool = False
    word: str = ""

    def read(self, shape: Shape, depth: int = 0) -> Form:
        """The form of a shape."""
        resolved = self.shapes.resolve(shape)
        items = self.shapes.items_of(shape)
        if items is not None:
            return self._list("", items, shape)
        owner = self.shapes.object_of(shape)
        if owner is None:
            return self._scalar(resolved, shape)
        seen = [item for item in owner.properties if not (item.read_only if self.body else item.write_only)]
        if not seen:
            return self._map(owner, shape)
        if is_apart(self.shapes, owner):
            return Form(Holds.RECORD, "", flattened(self.shapes, owner), self.shapes.name_of(shape), whole=shape)
        return self._object(owner, seen, shape, depth)

    def _list(self, at: str, items: Shape, whole: Shape) -> Form:
        record = self.shapes.object_of(items)
        if record is not None and is_apart(self.shapes, record):
            return Form(Holds.RECORDS, at, flattened(self.shapes, record), self.shapes.name_of(items), whole=whole)
        if record is not None:
            inner = _wrapped(self, record)
            if inner is not None and not self.body:
                owner, name = self.shapes.object_of(inner.shape), self.shapes.name_of(inner.shape)
                return Form(Holds.RECORDS, at, owner, name, mapped=True)
            return Form(Holds.RECORDS, at, record, self.shapes.name_of(items), whole=whole)
        plain = self.shapes.is_scalar(items)
        unsaid = self.shapes.resolve(items).kind is ShapeKind.ANY
        return Form(Holds.VALUES if plain else Holds.RECORDS if unsaid else Holds.OTHER, at, whole=whole)

    def _scalar(self, resolved: Shape, shape: Shape) -> Form:
        if resolved.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER):
            return Form(Holds.NUMBER, whole=shape)
        if resolved.kind in (ShapeKind.STRING, ShapeKind.BOOLEAN):
            return Form(Holds.TEXT, whole=shape)
        return Form(Holds.OTHER, whole=shape)

    def _map(self, owner: Shape, whole: Shape) -> Form:
        values = self.shapes.resolve(owner.additional) if owner.additional is not None else None
        if values is not None and values.kind is ShapeKind.INTEGER:
            return Form(Holds.NUMBERS, whole=whole)
        record = self.shapes.object_of(owner.additional) if owner.additional is not None else None
        if record is not None and record.properties and not self.body:
            return Form(Holds.RECORDS, "", record, self.shapes.name_of(owner.additional or whole), mapped=True)
        return Form(Holds.OTHER, whole=whole)

    def _object(self, owner: Shape, seen: list[Property], shape: Shape, depth: int) -> Form:
        token = any(is_token(item.name) and self.shapes.is_scalar(item.shape) for item in seen)
        found = self._enclosed_list(seen) or self._enclosed_record(seen, depth)
        if found is not None:
            return replace(found, has_token=token or found.has_token, whole=shape)
        words = [words_of(item.name) for item in seen]
        scalar = [item for item in seen if self.shapes.resolve(item.shape).kind is ShapeKind.INTEGER]
        if len(seen) == 1 and scalar and not self.body and joined(seen[0].name) not in ("id",):
            return Form(Holds.NUMBER, f"/{escaped(seen[0].name)}", whole=shape)
        if not self.body and all(each <= NOTICE for each in words):
            return Form(Holds.NOTICE, whole=shape)
        return Form(Holds.RECORD, "", owner, self.shapes.name_of(shape), token, whole=shape)

    def _enclosed_list(self, seen: list[Property]) -> Form | None:
        """The one list in it, beside what tells of pages."""
        lists = [item for item in seen if self._holds_objects(item)]
        if len(lists) > 1:
            lists = [item for item in lists if not words_of(item.name) <= PAGING | NOTICE] or lists[:0]
        lists = lists or [item for item in seen if self.shapes.items_of(item.shape) is not None]
        if len(lists) != 1:
            return None
        listed, others = lists[0], [item for item in seen if item is not lists[0]]
        if self.body and (others or not self._holds_objects(listed)):
            return None
        own = frozenset((*split_words(listed.name), *split_words(one(listed.name))))
        named = one(listed.name) == self.word and self.many and all(joined(item.name) != "id" for item in others)
        if not named and not all(self._beside(item, own) for item in others):
            return None
        items = self.shapes.items_of(listed.shape)
        return self._list(f"/{escaped(listed.name)}", items or ANYTHING, ANYTHING)

    def _holds_objects(self, item: Property) -> bool:
        items = self.shapes.items_of(item.shape)
        return items is not None and self.shapes.object_of(items) is not None

    def _beside(self, item: Property, own: frozenset[str]) -> bool:
        words = words_of(item.name)
        if joined(item.name) == "id":
            return False
        if words - own <= PAGING | NOTICE:
            return True
        return self.many and self.shapes.resolve(item.shape).kind in (
            ShapeKind.INTEGER,
            ShapeKind.NUMBER,
            ShapeKind.BOOLEAN,
            ShapeKind.NULL,
        )

    def _enclosed_record(self, seen: list[Property], depth: int) -> Form | None:
        """The one object in it, beside a token and what tells of the request."""
        item = _only_object(self, seen)
        if item is None or depth > 2:
            return None
        at = f"/{escaped(item.name)}"
        inner = replace(self, many=self.many or joined(item.name) == "embedded").read(item.shape, depth + 1)
        fits = self.many or joined(item.name) in _WRAPPERS or one(item.name) != joined(item.name)
        if inner.holds in (Holds.RECORDS, Holds.VALUES) and not fits:
            return Form(Holds.RECORD, at, self.shapes.object_of(item.shape), self.shapes.name_of(item.shape))
        if inner.holds in (Holds.RECORD, Holds.RECORDS, Holds.VALUES, Holds.NUMBER):
            return replace(inner, at=at + inner.at)
        return None


def _only_object(reader: _Reader, seen: list[Property]) -> Property | None:
    objects = [item for item in seen if (o := reader.shapes.object_of(item.shape)) is not None and o.properties]
    beside = [item for item in objects if not words_of(item.name) <= PAGING | NOTICE - {"result"}]
    chosen = beside if len(objects) > 1 else objects
    if len(chosen) != 1:
        return None
    others = [item for item in seen if item is not chosen[0]]
    if reader.body and others:
        return None
    return chosen[0] if all(_stands_beside(item, chosen[0]) for item in others) else None


def _stands_beside(item: Property, record: Property) -> bool:
    """Whether a property beside a record is none of its own: tells of the request, a token, or repeats the key."""
    if words_of(item.name) <= NOTICE | PAGING or is_token(item.name) or "token" in words_of(item.name):
        return True
    plain = joined(item.name).replace("_", "")
    return plain in ("expires", "expiresin", "expiresat", joined(record.name).replace("_", "") + "id")


def _wrapped(reader: _Reader, record: Shape) -> Property | None:
    """What each item of a list wraps: [{"user": {...}}]."""
    if len(record.properties) != 1:
        return None
    item = record.properties[0]
    inner = reader.shapes.object_of(item.shape)
    return item if inner is not None and inner.properties and joined(item.name) in _EACH else None
