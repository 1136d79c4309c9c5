"""Rules for files, counts, many records at once, and searches."""

from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.openapi.classifying.evidence import Group
from devmatrix.discovery.openapi.classifying.forms import Holds
from devmatrix.discovery.openapi.classifying.record_rules import key_elsewhere
from devmatrix.discovery.openapi.classifying.roles import Role
from devmatrix.discovery.openapi.classifying.scene import UNSAID, K, Spot
from devmatrix.discovery.openapi.classifying.words import BULK, BULK_TAILS, COUNT, CREATES, DELETES, SEARCH
from devmatrix.discovery.shapes import ShapeKind

_COUNTING = ("how many", "number of", "count of", "counts", "count the", "quantities", "quantity of")


def upload(spot: Spot) -> Classified | None:
    """Bytes go in."""
    if spot.method not in ("POST", "PUT", "PATCH"):
        return None
    part = any(
        spot.scene.shapes.is_file(item.shape) for item in (spot.body.record.properties if spot.body.record else ())
    )
    if spot.body.holds is Holds.FILE or part:
        return spot.verdict(K.UPLOAD, "its body is a file, or has one", verb=spot.word)
    return None


def download(spot: Spot) -> Classified | None:
    """Bytes come out."""
    if spot.method == "GET" and spot.answer.holds is Holds.FILE:
        return spot.verdict(K.DOWNLOAD, "it answers with a file", verb=spot.word)
    return None


def count(spot: Spot) -> Classified | None:
    """How many there are."""
    words = set(spot.sight.node.token.words)
    numbers = spot.answer.holds in (Holds.NUMBER, Holds.NUMBERS) or (words & COUNT and _has_one_number(spot))
    if spot.method != "GET" or not numbers:
        return None
    said = bool(words & COUNT) or bool({"count", "counts"} & set(split_words(spot.sight.given.endpoint.document_id)))
    told = spot.answer.holds is Holds.NUMBERS and any(one in spot.sight.text.lower() for one in _COUNTING)
    if not (said or told) or (spot.on_record and spot.tail and spot.group is None):
        return None
    group = spot.group if spot.group is not None and not spot.on_record else _spoken_of(spot)
    if group is None:
        return None
    return spot.verdict(K.COUNT, "it answers with how many there are", group=group)


def _has_one_number(spot: Spot) -> bool:
    """Whether the answer is an object that only wraps a number."""
    items = spot.answer.record.properties if spot.answer.record is not None else ()
    whole = [item for item in items if spot.scene.shapes.resolve(item.shape).kind is ShapeKind.INTEGER]
    return len(whole) == 1 and len(items) < 3 and not spot.shows_own(spot.answer)


def _spoken_of(spot: Spot) -> Group | None:
    """The kind of record that the words around an operation name."""
    said = " ".join((*spot.sight.node.token.words, spot.sight.given.endpoint.document_id, spot.sight.text))
    for word in split_words(said):
        group = spot.scene.atlas.named(word)
        if group is not None:
            return group
    return None


def bulk(spot: Spot) -> Classified | None:
    """Many records at once; all records of a collection."""
    if spot.home is None or spot.on_record or spot.role not in (Role.COLLECTION, Role.CALLER):
        return None
    words = set(split_words(spot.word))
    deletes, many = bool(words & DELETES), bool(words & (BULK | BULK_TAILS))
    if len(spot.tail) == 1 and deletes and spot.method in ("POST", "PUT", "DELETE"):
        return spot.verdict(K.BULK_DELETE, "deletes many records, as its path says")
    if spot.method == "DELETE" and spot.role is Role.COLLECTION and (not spot.tail or (many and len(spot.tail) == 1)):
        if not _finds_one(spot):
            return spot.verdict(K.BULK_DELETE, "deletes records of a collection, and nothing finds a single one")
        return None
    if spot.method != "POST" or spot.body.holds is not Holds.RECORDS:
        return None
    fits = spot.body.record is None or spot.shows_own(spot.body)
    if fits and (not spot.tail or (len(spot.tail) == 1 and (many or words & CREATES))):
        return spot.verdict(K.BULK_CREATE, "its body is a list of records")
    return None


def _finds_one(spot: Spot) -> bool:
    listed = {one.name for one in spot.sight.given.endpoint.parameters if spot.scene.shapes.items_of(one.shape)}
    if key_elsewhere(spot):
        return True
    keys = [name for name in spot.sight.query() if name not in listed]
    return any(needed for name, needed in spot.sight.query().items() if name in keys)


def search(spot: Spot) -> Classified | None:
    """A list by criteria under a path of its own."""
    if spot.method not in ("GET", "POST") or spot.answer.holds not in (Holds.RECORDS, *UNSAID):
        return None
    literals = [node for node in spot.sight.node.up() if not node.is_parameter]
    above = literals[1:2] if literals and literals[0].parent in literals else []
    places = [node for node in (*literals[:1], *above) if node is not spot.home]
    if not any(_asks(node.token.name, node.token.words) for node in places) and not _is_criteria(spot):
        return None
    atlas = spot.scene.atlas
    group = atlas.group_of(spot.answer) or (spot.group if not spot.on_record else None)
    group = group or (atlas.named(literals[0].token.name) if literals and spot.home is None else None)
    if group is None or (spot.answer.record is None and spot.home is None):
        return None
    if spot.method == "GET" and spot.answer.holds is not Holds.RECORDS and spot.answer.whole.properties:
        return None
    return spot.verdict(K.SEARCH, "a list of what meets criteria, under a path of its own", group=group)


def _asks(name: str, words: tuple[str, ...]) -> bool:
    return name in SEARCH or words[:1] in (("find",), ("search",), ("filter",), ("lookup",)) or "by" in words


def _is_criteria(spot: Spot) -> bool:
    """A list below a collection, of a value in its path or of properties in its body."""
    if spot.answer.holds is not Holds.RECORDS:
        return False
    if spot.home is None:
        return spot.sight.node.is_parameter and spot.scene.atlas.group_of(spot.answer) is not None
    if spot.role is not Role.COLLECTION:
        return False
    if not spot.shows_own(spot.answer) and spot.answer.record is not None:
        return False
    if spot.method == "POST":
        return not spot.on_record and len(spot.tail) == 1 and spot.is_own_body() and not _made(spot)
    if spot.at_record:
        return True
    return not spot.on_record and len(spot.tail) > 1 and spot.tail[-1].is_parameter


def _made(spot: Spot) -> bool:
    reply = spot.sight.given.success
    return reply is not None and reply.status == 201
