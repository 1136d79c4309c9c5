"""Whether a served OpenAPI document keeps what an imported one promises.

Requests: all that the imported document allows is accepted. Answers: all that is served was promised.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from devmatrix.discovery.document import Operation
from devmatrix.discovery.interface import Content, Endpoint, Interface, Parameter
from devmatrix.discovery.openapi.given import Given, GivenOperation
from devmatrix.discovery.openapi.loading import load
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.discovery.sources import Source
from devmatrix.validation.fitting import Fitting


@dataclass(frozen=True)
class Served:
    """A served document, by method and path (names of parameters left out)."""

    given: Given
    operations: dict[tuple[str, str], GivenOperation]


def read_served(document: object) -> Served:
    """The served document. Raises RequestError where it is no OpenAPI document."""
    given = load(Source(json.dumps(document), "openapi.json"))
    return Served(given, {(one.method, _nameless(given.base_path + one.path)): one for one in given.operations})


def differences(interface: Interface, operation: Operation, served: Served) -> list[str]:
    """Where the served description of an operation breaks what the imported one says, a sentence each."""
    endpoint = interface.endpoint(operation.id)
    found = served.operations.get((operation.method, _nameless(operation.path)))
    if found is None:
        return [f"{operation.method} {operation.path} is not served"]
    return list(_Comparison(interface, endpoint, served.given, found).all())


def _nameless(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


class _Comparison:
    """One operation, as it was given and as it is served."""

    def __init__(self, interface: Interface, endpoint: Endpoint, given: Given, found: GivenOperation) -> None:
        self._interface, self._endpoint = interface, endpoint
        self._served, self._found = given, found.endpoint
        self._operation = found
        self._requests = Fitting(interface.resolve, given.resolve)
        self._forms = Fitting(interface.resolve, given.resolve, as_text=True)
        self._answers = Fitting(given.resolve, interface.resolve, answers=True)

    def all(self) -> Iterator[str]:
        wanted, found = self._endpoint.document_id, self._found.document_id
        if wanted and wanted != found:
            yield f"operationId: {found or 'none'} instead of {wanted}"
        if self._endpoint.effect is not None:  # what nobody has written takes nothing yet
            yield from self._parameters()
            yield from self._body()
        yield from self._replies()
        yield from self._security()

    def _parameters(self) -> Iterator[str]:
        served = {_key(one): one for one in self._found.parameters}
        paths = [one for one in self._endpoint.parameters if one.place == "path"]
        other_paths = [one for one in self._found.parameters if one.place == "path"]
        for one, other in zip_longest(paths, other_paths):
            if one is not None and other is not None:
                yield from self._parameter(one, other)
            else:
                yield "path: the parameters differ in number"
        named = {one.name for one in self._endpoint.parameters}
        for one in self._endpoint.parameters:
            if one.place == "path":
                continue
            match = served.get(_key(one))
            if match is None:
                yield f"{one.place} {one.name}: is not served"
            else:
                yield from self._parameter(one, match)
        for other in self._found.parameters:
            if other.place != "path" and other.required and other.name not in named:
                yield f"{other.place} {other.name}: is required, and was not given"

    def _parameter(self, one: Parameter, other: Parameter) -> Iterator[str]:
        where = f"{one.place} {one.name}"
        if other.required and not one.required:
            yield f"{where}: is required"
        if one.separated != other.separated and "array" in (one.shape.kind, other.shape.kind):
            return  # a list in one value is declared as text
        if other.shape == Shape(kind=ShapeKind.STRING):
            return  # in a URL and in a header everything is text
        yield from self._requests.differences(one.shape, other.shape, where)

    def _body(self) -> Iterator[str]:
        if not self._endpoint.bodies or not self._found.bodies:
            if self._found.bodies and self._found.body_required:
                yield "body: is required, and was not given"
            elif self._endpoint.bodies:
                yield "body: is not served"
            return
        if self._found.body_required and not self._endpoint.body_required:
            yield "body: is required"
        pairs = _pairs(self._endpoint.bodies, self._found.bodies)
        if not pairs:
            yield f"body: none of {', '.join(one.media_type for one in self._endpoint.bodies)} is served"
        for one, other in pairs:
            is_json = "json" in one.media_type
            fitting = (
                self._requests if is_json else Fitting(self._interface.resolve, self._served.resolve, as_text=True)
            )
            yield from fitting.differences(one.shape, other.shape, "body")

    def _replies(self) -> Iterator[str]:
        served = {one.status: one for one in self._found.replies}
        for reply in self._endpoint.replies:
            if reply.status % 100 == 0 and reply.status not in (200, 400, 500):
                continue  # default, and ranges such as 4XX
            other = served.get(reply.status)
            if other is None:
                yield f"{reply.status}: is not served"
                continue
            if not reply.contents:
                continue
            pairs = _pairs(reply.contents, other.contents)
            if not pairs and any("json" in one.media_type for one in reply.contents):
                yield f"{reply.status}: {reply.contents[0].media_type} is not served"
            for one, content in pairs:
                yield from self._answers.differences(content.shape, one.shape, str(reply.status))

    def _security(self) -> Iterator[str]:
        known = {one.name: one for one in self._served.schemes}
        served = {(known[name].place, known[name].parameter.lower()) for name in self._found.schemes if name in known}
        for name in self._endpoint.schemes:
            scheme = self._interface.scheme(name)
            if (scheme.place, scheme.parameter.lower()) not in served:
                yield f"security: {name} is not served"


def _key(parameter: Parameter) -> str:
    """Names of headers compare without regard to case."""
    name = parameter.name.lower() if parameter.place == "header" else parameter.name
    return f"{parameter.place} {name}"


def _pairs(given: tuple[Content, ...], served: tuple[Content, ...]) -> list[tuple[Content, Content]]:
    """Contents of one media type; only one of several is taken for bodies."""
    by_type = {one.media_type.partition(";")[0].strip(): one for one in served}
    return [(one, by_type[key]) for one in given if (key := one.media_type.partition(";")[0].strip()) in by_type]
