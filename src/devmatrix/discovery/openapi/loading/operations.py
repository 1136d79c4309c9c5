"""The operations of a document: parameters, bodies, replies, security."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

from pydantic import JsonValue

from devmatrix.discovery.interface import Content, Endpoint, Parameter, Reply, Scheme
from devmatrix.discovery.openapi.given import GivenOperation, Method
from devmatrix.discovery.openapi.loading.files import At, Files
from devmatrix.discovery.openapi.loading.media import settled
from devmatrix.discovery.openapi.loading.schemas import Shapes
from devmatrix.discovery.openapi.loading.servers import base_path
from devmatrix.discovery.openapi.loading.spreading import spread
from devmatrix.discovery.shapes import Shape, ShapeKind

MAX_OPERATIONS = 5_000
_METHODS = {method.lower(): method for method in get_args(Method)}
_PLACES = ("path", "query", "header", "cookie")
_BESIDE = ("summary", "description", "servers", "parameters", "$ref")
_OPEN_PART = re.compile(r"\{([^{}/]*)\}")
_NOT_NAMES = ("content-type", "accept", "authorization")


@dataclass
class Operations:
    """Reads all operations below `paths`."""

    files: Files
    shapes: Shapes
    schemes: tuple[Scheme, ...]
    unread: list[tuple[At, str]] = field(default_factory=list)
    _ids: dict[str, At] = field(default_factory=dict)

    def read(self, root: At) -> tuple[GivenOperation, ...]:
        """In the order of the document."""
        paths = root.get("paths")
        if paths is None or not paths.mapping:
            raise root.fail("the document has no paths", mend="give a document that describes operations")
        general = root.get("security")
        seen: dict[str, At] = {}
        found: list[GivenOperation] = []
        for path, item in paths.items():
            if path.startswith("x-"):
                continue
            self._check_path(path, item, seen)
            found += self._item(path, self.files.follow(item), item, general)
            if len(found) > MAX_OPERATIONS:
                raise item.fail(f"the document has more than {MAX_OPERATIONS:,} operations", mend="split it")
        if not found:
            raise paths.fail("no path has an operation", mend="give a document that describes operations")
        return tuple(found)

    def _check_path(self, path: str, item: At, seen: dict[str, At]) -> None:
        if not path.startswith("/"):
            raise item.fail(f"the path {path[:80]!r} does not begin with /")
        if any(part in (".", "..") for part in path.split("/")) or re.search(r"[\s\\?#\x00-\x1f]", path):
            raise item.fail(f"{path[:80]!r} can be no path of a request")
        same = _OPEN_PART.sub("{}", path)
        if same in seen:
            line = seen[same].tree.line(seen[same].pointer)
            raise item.fail(f"{path[:80]} is the same path as one on line {line}, but for the names of its parameters")
        seen[same] = item

    def _item(self, path: str, item: At, written: At, general: At | None) -> Iterator[GivenOperation]:
        shared = self._parameters(item)
        server = base_path(item)
        for key, at in item.items():
            if key in _METHODS:
                yield self._operation(_METHODS[key], path, at, shared, general, server)
            elif key not in _BESIDE and not key.startswith("x-"):
                self.unread.append((at, f"{key} is no operation that is read"))

    def _operation(
        self,
        method: Method,
        path: str,
        at: At,
        shared: dict[tuple[str, str], Parameter],
        general: At | None,
        server: str | None,
    ) -> GivenOperation:
        for key in ("callbacks",):
            if at.get(key) is not None:
                self.unread.append((at.child(key), "callbacks are not made"))
        document_id = at.text_of("operationId")
        self._check_id(document_id, at)
        given = {(one.name, one.place): one for one in self._path_parameters(path, at, shared | self._parameters(at))}
        contents, needed = self._body(at)
        security = at.get("security") or (general if "security" not in at.mapping else None)
        names, scopes, secured = self._security(security)
        endpoint = Endpoint(
            operation=document_id or f"{method} {path}",
            document_id=document_id,
            tags=tuple(tag.text for tag in at.child("tags").each()) if at.get("tags") else (),
            description=at.text_of("description"),
            deprecated=at.flag("deprecated"),
            parameters=tuple(given.values()),
            bodies=contents,
            body_required=needed,
            replies=self._replies(at),
            schemes=names,
            scopes=scopes,
            pointer=at.pointer,
        )
        own = base_path(at)
        return GivenOperation(
            method, path, endpoint, at.text_of("summary"), secured, own if own is not None else server
        )

    def _check_id(self, document_id: str, at: At) -> None:
        if not document_id:
            return
        if document_id in self._ids:
            first = self._ids[document_id]
            place = f"{first.pointer} on line {first.tree.line(first.pointer)}"
            raise at.child("operationId").fail(
                f"the operationId {document_id[:80]} is taken: {place}",
                mend="give each operation an id of its own",
            )
        self._ids[document_id] = at

    def _parameters(self, at: At) -> dict[tuple[str, str], Parameter]:
        found: dict[tuple[str, str], Parameter] = {}
        listed = at.get("parameters")
        for one in listed.each() if listed else ():
            for parameter in self._parameter(self.files.follow(one)):
                found[parameter.name, parameter.place] = parameter
        return found

    def _parameter(self, at: At) -> tuple[Parameter, ...]:
        name, place = at.text_of("name"), at.text_of("in")
        if place == "querystring":
            self.unread.append((at, f"{name}: a query string as a whole is not read"))
            return ()
        if not name or place not in _PLACES:
            raise at.fail(f"a parameter needs a name, and `in` one of {', '.join(_PLACES)}")
        if place == "header" and name.lower() in _NOT_NAMES:
            return ()  # the format itself says that these are not parameters
        schema = at.get("schema")
        content = at.get("content")
        if content is not None:
            self.unread.append(
                (at, f"the parameter {name} is taken as text, not as {next(iter(content.mapping), '?')}")
            )
        shape = self.shapes.shape(schema) if schema else Shape(kind=ShapeKind.STRING)
        style, explode = at.text_of("style"), at.mapping.get("explode")
        joined = (
            style in ("spaceDelimited", "pipeDelimited", "simple") or explode is False or place in ("path", "header")
        )
        if "example" in at.mapping and not shape.examples:
            shape = shape.model_copy(update={"examples": (at.mapping["example"],)})
        parameter = Parameter(
            name=name,
            place=place,
            shape=shape,
            required=place == "path" or at.flag("required"),
            description=at.text_of("description"),
            separated=joined,
        )
        found = tuple(spread(parameter, style, explode=explode is not False, named=self.shapes.named))
        if not found:
            self.unread.append((at, f"nothing says how the properties of the parameter {name} are sent"))
        return found

    def _path_parameters(self, path: str, at: At, given: dict[tuple[str, str], Parameter]) -> Iterator[Parameter]:
        """All parameters, those of the path in its order; what the path has and nobody declares is text."""
        names = _OPEN_PART.findall(path)
        if len(set(names)) < len(names):
            raise at.fail(f"{path[:80]} has a parameter twice")
        for name in names:
            if not name:
                raise at.fail(f"{path[:80]} has a parameter without a name")
            if (name, "path") not in given:
                self.unread.append((at, f"the path parameter {name} is not declared; it is taken as text"))
            yield given.get(
                (name, "path"), Parameter(name=name, place="path", shape=Shape(kind=ShapeKind.STRING), required=True)
            )
        for (name, place), parameter in given.items():
            if place != "path":
                yield parameter
            elif name not in names:
                self.unread.append((at, f"the path parameter {name} is not in the path"))

    def _body(self, at: At) -> tuple[tuple[Content, ...], bool]:
        written = at.get("requestBody")
        if written is None:
            return (), False
        body = self.files.follow(written)
        return self._contents(body), body.flag("required")

    def _contents(self, at: At) -> tuple[Content, ...]:
        listed = at.get("content")
        return settled(self._content(name, one) for name, one in listed.items()) if listed else ()

    def _content(self, media_type: str, at: At) -> Content:
        schema = at.get("schema")
        binary = not media_type.startswith(("application/json", "text/", "multipart/")) and "+json" not in media_type
        silent = Shape(kind=ShapeKind.BINARY if binary and "form" not in media_type else ShapeKind.ANY)
        return Content(
            media_type=media_type,
            shape=self.shapes.shape(schema) if schema else silent,
            examples=tuple(self._examples(at)),
            deep=tuple(self._deep(at)),
        )

    def _deep(self, at: At) -> Iterator[str]:
        encoding = at.get("encoding")
        for name, one in encoding.items() if encoding else ():
            if one.text_of("style") == "deepObject":
                yield name

    def _examples(self, at: At) -> Iterator[JsonValue]:
        if "example" in at.mapping:
            yield at.mapping["example"]  # type: ignore[misc]
        listed = at.get("examples")
        if listed is None:
            return
        for _, one in listed.items():
            shown = self.files.follow(one)
            if isinstance(shown.value, dict) and "value" in shown.value:
                yield shown.value["value"]

    def _replies(self, at: At) -> tuple[Reply, ...]:
        listed = at.get("responses")
        found = []
        for key, one in listed.items() if listed else ():
            if key.startswith("x-"):
                continue
            reply = self.files.follow(one)
            if reply.get("links") is not None:
                self.unread.append((reply.child("links"), "links are not made"))
            headers = reply.get("headers")
            found.append(
                Reply(
                    status=self._status(key, one),
                    description=reply.text_of("description"),
                    contents=self._contents(reply),
                    headers=tuple(headers.mapping) if headers else (),
                )
            )
        return tuple(found)

    def _status(self, key: str, at: At) -> int:
        if key == "default":
            return 0
        if re.fullmatch(r"[1-5](\d\d|[xX]{2})", key):
            return int(re.sub("[xX]", "0", key))
        raise at.fail(f"{key[:40]!r} is no HTTP status")

    def _security(self, at: At | None) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]], bool]:
        """(schemes that let a caller in, the scopes that each asks for, whether one is needed)."""
        if at is None:
            return (), {}, False
        names: list[str] = []
        scopes: dict[str, tuple[str, ...]] = {}
        optional = False
        known = {scheme.name for scheme in self.schemes}
        alternatives = list(at.each())
        for one in alternatives:
            wanted = list(one.mapping)
            if not wanted:
                optional = True
                continue
            if len(wanted) > 1:
                self.unread.append((one, f"several credentials at once are not asked for: {wanted[0]} alone is"))
            if wanted[0] in known:
                asked = tuple(scope.text for scope in one.child(wanted[0]).each())
                if wanted[0] in names and set(asked) != set(scopes[wanted[0]]):
                    self.unread.append((one, f"other scopes of {wanted[0]} do not let in: the first are asked for"))
                names.append(wanted[0])
                scopes.setdefault(wanted[0], asked)
            else:
                self.unread.append((one, f"the security scheme {wanted[0][:80]} is not known"))
        asked_for = {name: each for name, each in scopes.items() if each}
        return tuple(dict.fromkeys(names)), asked_for, bool(names) and not optional
