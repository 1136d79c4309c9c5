"""Media types, which of those that are listed a route takes and gives, and what HTTP calls a status."""

from http import HTTPStatus

from devmatrix.discovery.interface import Content, Endpoint, Reply
from devmatrix.discovery.shapes import ShapeKind

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def essence(media_type: str) -> str:
    """Without parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether bodies of that type are JSON."""
    name = essence(media_type)
    return name in ("application/json", "*/*", "application/*", "text/json") or name.endswith("+json")


def is_form(media_type: str) -> bool:
    """Whether it is a form."""
    return essence(media_type) in (URLENCODED, MULTIPART)


def is_binary(content: Content) -> bool:
    """Whether the body is bytes."""
    return content.shape.kind is ShapeKind.BINARY


def body_content(endpoint: Endpoint) -> Content | None:
    """The body that is taken: JSON, else a form, else one with files, else bytes or text; none where nothing is."""
    ranks = {URLENCODED: 1, MULTIPART: 2}
    found = [
        (0 if is_json(each.media_type) and not is_binary(each) else ranks.get(essence(each.media_type), 3), index, each)
        for index, each in enumerate(endpoint.bodies)
    ]
    return min(found)[2] if found else None


def success_reply(endpoint: Endpoint, status: int) -> Reply | None:
    """The reply that the document lists for success with that status, or by default."""
    by_status = {reply.status: reply for reply in endpoint.replies}
    return by_status.get(status) or by_status.get(0)


def reply_content(reply: Reply | None) -> Content | None:
    """What is answered: JSON where it is listed, else the first."""
    if reply is None or not reply.contents:
        return None
    return next((each for each in reply.contents if is_json(each.media_type)), reply.contents[0])


def json_contents(reply: Reply) -> tuple[Content, ...]:
    """The JSON content of a reply, if it has one."""
    content = reply_content(reply)
    return (content,) if content and is_json(content.media_type) and not is_binary(content) else ()


def status_phrase(status: int, unknown: str = "") -> str:
    """What HTTP calls a status; `unknown` where it has no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return unknown
