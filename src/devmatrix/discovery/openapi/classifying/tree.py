"""The paths of a document as a tree: what stands below what, and which operations there are at each place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from devmatrix.discovery.naming import is_plural
from devmatrix.discovery.openapi.classifying.forms import NOTHING, Form, answer_form, body_form
from devmatrix.discovery.openapi.classifying.paths import Route, Token, routes_of
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.words import SEARCH, bare_name, joined, one
from devmatrix.discovery.openapi.given import Given, GivenOperation


@dataclass(eq=False)
class Node:
    """One place in the tree."""

    token: Token
    parent: "Node | None" = None
    children: dict[str, "Node"] = field(default_factory=dict)
    sights: list["Sight"] = field(default_factory=list)

    @property
    def is_parameter(self) -> bool:
        """Whether a parameter stands here."""
        return bool(self.token.parameters)

    @property
    def record(self) -> "Node | None":
        """The place of one record of this collection: the parameter below (the last of several in a row)."""
        found = self.children.get("{}")
        while found is not None and not found.sights and list(found.children) == ["{}"]:
            found = found.children["{}"]
        return found

    def sight(self, *methods: str) -> "Sight | None":
        """The first operation here with one of these methods, as it is meant."""
        return next((sight for sight in self.sights if sight.method in methods), None)

    def up(self) -> Iterator["Node"]:
        """This place and those above it."""
        node: Node | None = self
        while node is not None and node.parent is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator["Node"]:
        """All places below, and this one."""
        yield self
        for child in self.children.values():
            yield from child.walk()

    @property
    def above(self) -> "Node | None":
        """The nearest literal above, past parameters."""
        return next((node for node in self.up() if node is not self and not node.is_parameter), None)

    def has_record_above(self) -> bool:
        """Whether a parameter stands above."""
        return any(node.is_parameter for node in self.up() if node is not self)


@dataclass(eq=False)
class Sight:
    """One operation, at its place, with what its body and its answer hold."""

    given: GivenOperation
    route: Route
    node: Node
    shapes: Shapes
    method: str
    """What it does, by its method or by a verb in its path: POST /x/delete is a DELETE."""

    @cached_property
    def body(self) -> Form:
        """What its body gives."""
        return body_form(self.shapes, self.given) if self.given.method != "GET" else NOTHING

    @cached_property
    def answer(self) -> Form:
        """What its success holds."""
        node = self.node
        posts = any(sight.given.method == "POST" and sight.given.endpoint.bodies for sight in node.sights)
        words = node.token.words or ("",)
        asks = node.token.name in SEARCH or words[0] in SEARCH
        many = not node.is_parameter and (asks or (self.method == "GET" and (node.record is not None or posts)))
        many = many or (self.method == "GET" and is_plural(words[-1]))
        return answer_form(self.shapes, self.given, many, "" if node.is_parameter else one(node.token.name))

    @property
    def words(self) -> str:
        """The operationId in snake_case."""
        return joined(self.given.endpoint.document_id)

    @property
    def text(self) -> str:
        """What the document says of it in words."""
        replies = " . ".join(reply.description for reply in self.given.endpoint.replies if reply.status < 300)
        return f"{self.given.summary} . {self.given.endpoint.description} . {replies}"

    def query(self) -> dict[str, bool]:
        """Its query parameters, and whether each must be given."""
        return {one.name: one.required for one in self.given.endpoint.parameters if one.place == "query"}

    @property
    def literal(self) -> str:
        """The last literal of its path in snake_case, below which it stands."""
        return next((node.token.name for node in self.node.up() if not node.is_parameter), "")


@dataclass(frozen=True)
class Tree:
    """All places, and all operations in the order of the document."""

    root: Node
    sights: tuple[Sight, ...]
    nodes: tuple[Node, ...]


def plant(given: Given, shapes: Shapes) -> Tree:
    """The tree of a document."""
    names = frozenset("_".join(bare_name(name)) for name in given.shapes)
    methods: dict[str, set[str]] = {}
    for operation in given.operations:
        methods.setdefault(operation.path, set()).add(operation.method)
    routes = routes_of(methods, names)
    root = Node(Token(""))
    sights = []
    for operation in sorted_by_verb(given, routes):
        route = routes[operation.path]
        node = root
        for token in route.tokens:
            node = _child(node, token, loose=bool(route.verb))
        sight = Sight(operation, route, node, shapes, operation.method)
        if route.verb:
            sight = _meant(sight)
        node.sights.append(sight)
        sights.append(sight)
    order = {id(operation): at for at, operation in enumerate(given.operations)}
    sights.sort(key=lambda sight: order[id(sight.given)])
    return Tree(root, tuple(sights), tuple(root.walk()))


def sorted_by_verb(given: Given, routes: Mapping[str, Route]) -> list[GivenOperation]:
    """Operations with plain paths first: those with verbs in theirs are put where the plain ones stand."""
    return sorted(given.operations, key=lambda operation: bool(routes[operation.path].verb))


def _child(node: Node, token: Token, *, loose: bool) -> Node:
    """The place of a step; `loose`: in singular or plural, as the verb beside it would have it."""
    key = token.key
    if loose and key not in node.children:
        key = next((other for other in node.children if one(other) == one(key) and other != "{}"), key)
    if key not in node.children:
        node.children[key] = Node(replace(token), node)
    return node.children[key]


_MEANT = {
    "GET": "get read show view fetch retrieve find details detail info describe load list all index listing query",
    "POST": "create add new insert make register",
    "PATCH": "update edit modify change set patch put replace save upsert",
    "DELETE": "delete remove destroy drop purge clear",
}


def _meant(sight: Sight) -> Sight:
    """With the method that the verb of its path means."""
    for method, verbs in _MEANT.items():
        if sight.route.verb in verbs.split() and sight.given.method in ("POST", "GET", "PUT", method):
            if method == "GET" and sight.given.method == "PUT":
                return sight
            if method == "PATCH" and sight.given.method == "PUT":
                method = "PUT"
            return replace(sight, method=method)
    return sight
