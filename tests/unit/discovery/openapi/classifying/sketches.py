"""Documents as sketches, one operation a line, with what it should be classified as.

    Book {id:int, title, state:open|lent}            a schema
    POST* /books?dry {title} -> 201 Book | create Book       * credentials, ? query parameters (! required, [] a list)
    POST /books/{id}/lend -> Book "Lends it" @lendBook | transition Book

Types: int num bool file date any, text where nothing is said, a|b choices, [T] list, <T> map, {..} object, a name of a
schema, A/B union; behind a property's name ? not required, ~ read-only.
"""

import re
from dataclasses import dataclass, field
from typing import get_args

from devmatrix.discovery.interface import Content, Endpoint, Parameter, Reply, Scheme
from devmatrix.discovery.openapi.classified import Classification, Classified
from devmatrix.discovery.openapi.classifying import classify
from devmatrix.discovery.openapi.given import Given, GivenOperation, Method
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_PLAIN = {
    "int": ShapeKind.INTEGER,
    "num": ShapeKind.NUMBER,
    "bool": ShapeKind.BOOLEAN,
    "file": ShapeKind.BINARY,
    "any": ShapeKind.ANY,
}
_TOKEN = re.compile(r"[\w.-]+(?:\|[\w.-]+)+|[\w.$-]+|[{}\[\]<>:,!?~/]")
_LINE = re.compile(
    r"(?P<method>[A-Z]+)(?P<secured>\*?) (?P<path>[^\s?]+)(?:\?(?P<query>\S+))?(?: (?P<body>[^>\"@|-].*?))?"
    r"(?: -> (?P<status>\d+)?\s*(?P<answer>[^\"@]*?))?(?: \"(?P<summary>[^\"]*)\")?(?: @(?P<id>\S+))?"
)


@dataclass
class _Types:
    """Reads types."""

    text: str
    names: frozenset[str]
    parts: list[str] = field(default_factory=list)

    def read(self) -> Shape:
        self.parts = _TOKEN.findall(self.text)
        return self._type()

    def _type(self) -> Shape:
        found = [self._one()]
        while self.parts[:1] == ["/"]:
            self.parts.pop(0)
            found.append(self._one())
        return found[0] if len(found) == 1 else Shape(kind=ShapeKind.UNION, alternatives=tuple(found))

    def _one(self) -> Shape:
        part = self.parts.pop(0)
        if part == "[":
            items = self._type()
            self.parts.pop(0)
            return Shape(kind=ShapeKind.ARRAY, items=items)
        if part == "<":
            additional = self._type()
            self.parts.pop(0)
            return Shape(kind=ShapeKind.OBJECT, additional=additional)
        if part == "{":
            return self._object()
        if "|" in part:
            return Shape(kind=ShapeKind.STRING, choices=tuple(part.split("|")))
        if part in _PLAIN:
            return Shape(kind=_PLAIN[part])
        if part == "date":
            return Shape(kind=ShapeKind.STRING, format="date-time")
        return Shape(kind=ShapeKind.NAMED, name=part) if part in self.names else Shape(kind=ShapeKind.STRING)

    def _object(self) -> Shape:
        found = []
        while self.parts[0] != "}":
            name = self.parts.pop(0)
            marks = set()
            while self.parts[0] in "?~":
                marks.add(self.parts.pop(0))
            shape = Shape(kind=ShapeKind.STRING)
            if self.parts[0] == ":":
                self.parts.pop(0)
                shape = self._type()
            found.append(Property(name=name, shape=shape, required="?" not in marks, read_only="~" in marks))
            if self.parts[0] == ",":
                self.parts.pop(0)
        self.parts.pop(0)
        return Shape(kind=ShapeKind.OBJECT, properties=tuple(found))


@dataclass(frozen=True)
class Sketch:
    """A document and what is expected of it."""

    given: Given
    expected: dict[tuple[str, str], str]

    @property
    def classified(self) -> Classification:
        return classify(self.given)


def sketch(text: str) -> Sketch:
    """The document of a sketch."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    schemas = [line.partition(" ") for line in lines if re.match(r"[\w.-]+ [{\[<]", line)]
    names = frozenset(name for name, _, _ in schemas)
    shapes = {name: _Types(body, names).read() for name, _, body in schemas}
    operations: list[GivenOperation] = []
    expected: dict[tuple[str, str], str] = {}
    for line in lines:
        if re.match(r"[\w.-]+ [{\[<]", line):
            continue
        said, _, wanted = line.rpartition(" | ") if " | " in line else (line, "", "")
        operation = _operation(said, names)
        operations.append(operation)
        if wanted:
            expected[operation.method, operation.path] = wanted.strip()
    schemes = (Scheme(name="token", kind="token"),) if any(one.secured for one in operations) else ()
    given = Given("sketch.yaml", "T", "", "1", "3.0.3", "", shapes, schemes, tuple(operations))
    return Sketch(given, expected)


def _operation(line: str, names: frozenset[str]) -> GivenOperation:
    match = _LINE.fullmatch(line)
    assert match is not None, line
    path = match["path"]
    parameters = [
        Parameter(name=name, place="path", shape=Shape(kind=ShapeKind.STRING), required=True)
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    for name in (match["query"] or "").split("&"):
        plain = name.strip("!").removesuffix("[]")
        shape = Shape(kind=ShapeKind.STRING)
        if "[]" in name:
            shape = Shape(kind=ShapeKind.ARRAY, items=shape)
        if plain:
            parameters.append(Parameter(name=plain, place="query", shape=shape, required=name.endswith("!")))
    body, answer = match["body"], (match["answer"] or "").strip()
    status = int(match["status"] or (200 if answer or match["method"] == "GET" else 204))
    endpoint = Endpoint(
        operation="",
        document_id=match["id"] or "",
        parameters=tuple(parameters),
        bodies=_contents(body, names),
        body_required=body is not None and "?}" not in body,
        replies=(Reply(status=status, contents=_contents(answer, names)),),
        pointer=f"/paths/{path}/{match['method'].lower()}",
    )
    method = next(one for one in get_args(Method) if one == match["method"])
    return GivenOperation(method, path, endpoint, match["summary"] or "", bool(match["secured"]))


def _contents(text: str | None, names: frozenset[str]) -> tuple[Content, ...]:
    if not text:
        return ()
    shape = _Types(text, names).read()
    media = "application/json"
    if text == "file":
        media = "application/octet-stream"
    elif ":file" in text:
        media = "multipart/form-data"
    return (Content(media_type=media, shape=shape),)


def told(classified: Classified) -> str:
    """Kind and resource, as sketches give them."""
    return f"{classified.kind} {classified.resource}" if classified.resource else str(classified.kind)


def differences(given: Sketch) -> list[str]:
    """Operations that are classified otherwise than expected."""
    found = []
    for one in given.classified.operations:
        key = (one.operation.method, one.operation.path)
        wanted = given.expected.get(key)
        got = told(one)
        if wanted is not None and got != wanted and not (wanted == "custom" and one.kind == "custom"):
            found.append(f"{key[0]} {key[1]}: {got}, not {wanted} ({one.why})")
    return found
