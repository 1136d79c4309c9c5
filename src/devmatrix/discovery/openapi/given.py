"""An OpenAPI document as it was loaded: references resolved, schemas normalised, nothing interpreted yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from devmatrix.discovery.document import Span
from devmatrix.discovery.interface import Endpoint, Reply, Scheme
from devmatrix.discovery.shapes import Shape, ShapeKind

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


@dataclass(frozen=True)
class GivenOperation:
    """One operation. `endpoint` has neither effect nor refusals yet."""

    method: Method
    path: str
    """As in the document, without the base path."""
    endpoint: Endpoint
    summary: str = ""
    secured: bool = False
    """A caller must show credentials."""
    server: str | None = None
    """Base path of its own, where the document gives one."""

    @property
    def success(self) -> Reply | None:
        """The first documented 2xx (else 3xx) answer; `default` where that is all there is."""
        ranked = sorted(self.endpoint.replies, key=lambda reply: reply.status)
        for low, high in ((200, 300), (300, 400)):
            for reply in ranked:
                if low <= reply.status < high:
                    return reply
        return next((reply for reply in ranked if reply.status == 0), None)


@dataclass(frozen=True)
class Place:
    """Where something stands in the document."""

    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Given:
    """The whole document."""

    file: str
    title: str
    description: str
    version: str
    openapi: str
    base_path: str
    shapes: Mapping[str, Shape]
    schemes: tuple[Scheme, ...]
    operations: tuple[GivenOperation, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tag -> its description."""
    unread: tuple[tuple[str, str], ...] = ()
    """(pointer, why) of what is there and was not taken in: webhooks, callbacks, media types, ..."""
    assumed: tuple[tuple[str, str], ...] = ()
    """(what, why) was taken for granted while reading."""
    blank: str = ""
    """What an error says of texts that are empty, where one is shown: none that a body needs may be."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Pointer -> place, for paths, operations, parameters, bodies, replies, schemas and their properties."""

    def resolve(self, shape: Shape) -> Shape:
        """The shape itself, where it is named."""
        seen: set[str] = set()
        while shape.kind is ShapeKind.NAMED:
            if shape.name in seen:
                raise KeyError(f"{shape.name} is nothing but itself")
            seen.add(shape.name)
            shape = self.shapes[shape.name]
        return shape

    def span(self, pointer: str, text: str) -> Span:
        """The place at `pointer` (or at the nearest pointer above it that is known), described by `text`."""
        at = pointer
        while at and at not in self.places:
            at = at.rpartition("/")[0]
        place = self.places.get(at, Place(0, 0, 1))
        return Span(start=place.start, end=place.end, text=text, source=self.file, pointer=pointer, line=place.line)
