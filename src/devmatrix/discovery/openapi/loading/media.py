"""Which media types a body or an answer has, JSON first: `*/*` is what a service that says nothing else sends, JSON."""

from collections.abc import Iterable

from devmatrix.discovery.interface import Content
from devmatrix.discovery.shapes import ShapeKind

JSON = "application/json"
_ANY = ("*/*", "*", "application/*")
_OTHER_NAMES = ("text/json", "application/x-json")


def settled(contents: Iterable[Content]) -> tuple[Content, ...]:
    """The contents with JSON first (as `application/json` where it may be called so), each media type once."""
    found: dict[str, Content] = {}
    for content in sorted(map(_named, contents), key=_rank):
        found.setdefault(content.media_type, content)
    return tuple(found.values())


def _named(content: Content) -> Content:
    essence = content.media_type.split(";")[0].strip().lower()
    if essence in _ANY and content.shape.kind is not ShapeKind.BINARY:
        return content.model_copy(update={"media_type": JSON})
    return content


def _rank(content: Content) -> int:
    essence = content.media_type.split(";")[0].strip().lower()
    ranks = (essence == JSON, essence.endswith("+json"), essence in _OTHER_NAMES, True)
    return ranks.index(True)
