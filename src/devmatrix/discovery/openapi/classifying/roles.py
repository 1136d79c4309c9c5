"""What each place in the tree is: a collection, a single record, the caller, a deed, or only a part of a path."""

from enum import Enum, auto

from devmatrix.discovery.naming import is_plural, split_words
from devmatrix.discovery.openapi.classifying.forms import Form, Holds
from devmatrix.discovery.openapi.classifying.signing import Signing
from devmatrix.discovery.openapi.classifying.tree import Node, Sight, Tree
from devmatrix.discovery.openapi.classifying.words import (
    ACCOUNTS,
    BULK_TAILS,
    CALLER,
    COUNT,
    FIGURES,
    REPORTS,
    SEARCH,
    SESSIONS,
    TOGGLES,
    bare_name,
    one,
)


class Role(Enum):
    """Of a literal."""

    SPACE = auto()  # only a part of paths
    COLLECTION = auto()
    SINGLE = auto()  # the one record of its kind there is here
    CALLER = auto()
    DEED = auto()  # something to do, or a view of what is above


_RECORDLIKE = frozenset({Holds.RECORD, Holds.RECORDS})
_UNSAID = frozenset({Holds.NOTHING, Holds.OTHER, Holds.NOTICE})


def alike(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two sets of properties may be those of one kind of record."""
    shared = len(first & second)
    return (
        shared >= 1 and shared * 2 >= min(len(first), len(second)) and (shared > 1 or min(len(first), len(second)) < 3)
    )


class Roles:
    """The role of each literal of the tree."""

    def __init__(self, tree: Tree, signing: Signing) -> None:
        self._signing = signing
        self._homes = _homes(tree)
        literals = [node for node in tree.nodes if not node.is_parameter and node.token.words]
        self._words = {
            one(node.token.name) for node in literals if node.record is not None or is_plural(node.token.words[-1])
        }
        self._joined = self._accounts()
        self._has_logins = bool(signing.logins or signing.registers)
        self._found: dict[Node, Role] = {}
        for node in tree.nodes:
            if not node.is_parameter and node.parent is not None:
                self._found[node] = self._role(node)

    def __getitem__(self, node: Node) -> Role:
        return self._found.get(node, Role.SPACE)

    def sights(self, node: Node) -> list[Sight]:
        """Operations at a place but those by which callers come and go."""
        return [sight for sight in node.sights if sight not in self._signing]

    def _role(self, node: Node) -> Role:
        sights = self.sights(node)
        record = node.record
        name = node.token.name
        if self._is_me(node, name, record):
            return Role.CALLER
        if record is not None and (record.sights or record.children) and not self._is_filter(node, record):
            return Role.COLLECTION
        if not sights:
            return Role.SPACE if node.children or not node.sights else Role.DEED
        if self._is_caller(node, sights):
            return Role.CALLER
        above = node.above.token.name if node.above is not None else ""
        if name in COUNT | SEARCH | BULK_TAILS or node.token.words[:1] == ("find",) or above in SEARCH | FIGURES:
            return Role.DEED
        if self._is_collection(node, sights):
            return Role.COLLECTION
        return Role.SINGLE if self._is_single(node, sights) else Role.DEED

    def _is_filter(self, node: Node, record: Node) -> bool:
        """Whether the parameter below narrows a list, and finds no record: /books/by-author/{author}."""
        below = self.sights(record)
        if any(sight.answer.holds is Holds.RECORD for sight in below):
            return False
        if "by" in node.token.words or node.token.name in SEARCH:
            return True
        lists = bool(below) and all(sight.method == "GET" and sight.answer.holds is Holds.RECORDS for sight in below)
        above = [sight for sight in self.sights(node) if sight.answer.holds is not Holds.VALUES]
        return lists and not record.children and not above

    def _is_me(self, node: Node, name: str, record: Node | None) -> bool:
        """Whether the word stands for whoever calls. `current` and `my` need an account, or a thing of it, near by."""
        if name not in CALLER or (record is not None and self.sights(record)) or node.has_record_above():
            return False
        if name not in ("current", "my", "mine"):
            return True
        above = node.above
        if above is None:
            return bool(node.children)
        return one(above.token.name) in ACCOUNTS | SESSIONS | self._joined

    def _is_caller(self, node: Node, sights: list[Sight]) -> bool:
        """Whether it is the account of whoever calls: a single thing in the singular, behind credentials."""
        word = node.token.name
        if node.has_record_above() or not (word in ACCOUNTS or (word in self._joined and not is_plural(word))):
            return False
        seen = next((sight for sight in sights if sight.method in ("GET", "PUT", "PATCH")), None)
        if seen is None or any(sight.method == "POST" for sight in sights):
            return False
        form = seen.answer if seen.answer.holds is not Holds.NOTHING else seen.body
        single = form.holds in (Holds.RECORD, Holds.OTHER, Holds.NOTHING, Holds.NOTICE)
        return single and (seen.given.secured or self._has_logins)

    def _accounts(self) -> set[str]:
        """Words, in the singular, of the collections that callers join or that logins stand below."""
        found = set()
        for sight in (*self._signing.logins, *self._signing.registers):
            found |= {one(node.token.name) for node in sight.node.up()}
        return found & (self._words | {one(word) for word in self._words})

    def _is_collection(self, node: Node, sights: list[Sight]) -> bool:
        reads = [sight for sight in sights if sight.method == "GET"]
        listing = next((sight for sight in reads if sight.answer.holds is Holds.RECORDS), next(iter(reads), None))
        if len({sight.method for sight in sights if sight.route.verb}) > 1:
            return True
        making = next((sight for sight in sights if sight.method == "POST"), None)
        plural = is_plural((node.token.words or ("",))[-1])
        if node.token.name in REPORTS:
            return making is not None and making.answer.holds is Holds.RECORD and plural
        if listing is not None and listing.answer.holds is Holds.RECORDS:
            if making is None and node.has_record_above() and self._is_figured(listing, plural):
                return False
            return making is not None or not self._is_view(node, listing.answer)
        if listing is not None and listing.answer.holds in _UNSAID and (plural or making is not None):
            return making is not None or not self._is_view(node, listing.answer)
        if listing is not None or making is None:
            return any(sight.method in ("PUT", "DELETE") and sight.query() for sight in sights) and plural
        return self._makes(node, making, plural)

    def _is_figured(self, listing: Sight, plural: bool) -> bool:
        """Whether a list below a record is calculated: of things without a key, in the singular or of a day."""
        answer = listing.answer
        if answer.record is None or (answer.name and self._homes.get(answer.name, {""}) != {one(listing.literal)}):
            return False
        keyed = any(
            set(split_words(item.name)) & {"id", "uuid", "key", "code", "slug"} for item in answer.record.properties
        )
        asked = any(listing.query().values())
        return not keyed and (asked or not plural)

    def _is_view(self, node: Node, answer: Form) -> bool:
        """Whether a list only shows some of the records of the collection that it stands in: /books/recent."""
        above = node.parent
        if above is None or above.is_parameter or above.record is None:
            return False
        shown = [sight.answer for place in (above, above.record) for sight in self.sights(place)]
        shown = [form for form in shown if form.holds in _RECORDLIKE]
        if answer.record is None:
            return not shown or not is_plural((node.token.words or ("",))[-1])
        same = any(form.name and form.name == answer.name for form in shown)
        return same or any(alike(form.names, answer.names) for form in shown)

    def _makes(self, node: Node, making: Sight, plural: bool) -> bool:
        """Whether a POST that stands alone makes records of a kind named here."""
        body, answer = making.body, making.answer
        if node.token.name in TOGGLES and node.has_record_above():
            return False
        if body.holds is not Holds.RECORD and not making.route.verb:
            return False
        home = self._homes.get(answer.name)
        if answer.name and home and one(node.token.name) not in home:
            return False
        reply = making.given.success
        made = reply is not None and reply.status == 201
        if answer.holds is Holds.RECORD:
            echoes = alike(body.names, answer.names)
            named = bool(set(bare_name(answer.name)) & set(bare_name(node.token.name)))
            if (
                plural
                and made
                and (answer.property("id", "uuid", "key") or answer.property(f"{one(node.token.name)}_id"))
            ):
                return True
            return echoes and (plural or named or (made and len(answer.names) > len(body.names)))
        below_record = node.parent is not None and node.parent.is_parameter
        return answer.holds in _UNSAID and (plural or (made and not below_record))

    def _is_single(self, node: Node, sights: list[Sight]) -> bool:
        reads = any(sight.method == "GET" and sight.answer.holds is Holds.RECORD for sight in sights)
        writes = any(sight.method in ("PUT", "PATCH") and sight.body.holds is Holds.RECORD for sight in sights)
        makes = any(sight.method == "POST" and sight.body.holds is Holds.RECORD for sight in sights)
        drops = any(sight.method == "DELETE" for sight in sights)
        return reads and (writes or makes or drops or self._has_parts(node))

    def _has_parts(self, node: Node) -> bool:
        """Whether things in it are changed below: PUT /basket/rows/{id}."""
        below = [child.record for child in node.children.values() if child.record is not None]
        return any(sight.method != "GET" for place in below for sight in self.sights(place))


def _homes(tree: Tree) -> dict[str, set[str]]:
    """Name of a shape -> words of the collections that are read in it."""
    found: dict[str, set[str]] = {}
    for sight in tree.sights:
        if sight.method == "GET" and sight.answer.holds in _RECORDLIKE and sight.answer.name:
            if sight.literal in CALLER | ACCOUNTS:
                continue
            found.setdefault(sight.answer.name, set()).add(one(sight.literal))
    return found
