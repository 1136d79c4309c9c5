"""Brings together the places where records of one kind are served."""

from devmatrix.discovery.openapi.classifying.evidence import Evidence, Group
from devmatrix.discovery.openapi.classifying.roles import Role, Roles, alike
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.tree import Node, Tree
from devmatrix.discovery.openapi.classifying.words import CALLER, bare_name, one


class Groups:
    """All groups of a document. `account` is the one whose records sign in, once it is known."""

    def __init__(self, tree: Tree, roles: Roles, shapes: Shapes) -> None:
        self.roles = roles
        self.evidence = Evidence(roles, shapes)
        self.account: Group | None = None
        self.of: dict[Node, Group] = {}
        for node in tree.nodes:
            if roles[node] in (Role.COLLECTION, Role.SINGLE, Role.CALLER):
                found = self.evidence.at(node)
                if found is not None:
                    self.of[node] = found
        self._join_same()
        self._join_other_keys()

    def all(self) -> list[Group]:
        """In the order of the document."""
        return list(dict.fromkeys(self.of.values()))

    def join(self, first: Group, second: Group) -> Group:
        """Make one of two."""
        if first is second:
            return first
        first.take(second.answers, second.bodies, second.nodes)
        first.is_account = first.is_account or second.is_account
        for node in second.nodes:
            self.of[node] = first
        return first

    def _join_same(self) -> None:
        """By word, where the shapes go together; by the name of the shape."""
        by_word: dict[str, list[Node]] = {}
        by_name: dict[str, list[Node]] = {}
        for node, group in self.of.items():
            by_word.setdefault(one(node.token.name), []).append(node)
            for name in group.names:
                by_name.setdefault(name, []).append(node)
        for name, nodes in by_name.items():
            self._join_by_name(name, nodes)
        for word, nodes in by_word.items():
            if word not in CALLER:
                self._join_by_word(nodes)
        self._join_by_bare_name()

    def _join_by_name(self, name: str, nodes: list[Node]) -> None:
        """Views join the place where the records are made; two places that make records stay two, if words differ."""
        home = bare_name(name)
        ranked = sorted(
            nodes,
            key=lambda node: (
                tuple(one(node.token.name).split("_")) != home,
                not self.evidence.owns(node),
                node.has_record_above(),
            ),
        )
        first = ranked[0]
        for node in ranked[1:]:
            apart = self.evidence.owns(node) and self.evidence.owns(first) and self._apart(first, node)
            if not apart:
                self.join(self.of[first], self.of[node])

    def _apart(self, first: Node, second: Node) -> bool:
        words = {one(node.token.name) for node in (first, second)}
        callers = Role.CALLER in (self.roles[first], self.roles[second])
        return len(words) > 1 and not callers and first.has_record_above() == second.has_record_above()

    def _join_by_word(self, nodes: list[Node]) -> None:
        for at, node in enumerate(nodes):
            for other in nodes[:at]:
                mine, theirs = self.of[node].shown, self.of[other].shown
                if not mine or not theirs or alike(mine, theirs):
                    self.join(self.of[other], self.of[node])
                    break

    def _join_by_bare_name(self) -> None:
        known: dict[tuple[str, ...], Group] = {}
        for group in self.all():
            for bare in dict.fromkeys(bare_name(name) for name in sorted(group.names)):
                other = known.setdefault(bare, group)
                lonely = all(not self.evidence.owns(node) for node in group.nodes)
                if (
                    other is not group
                    and self.of[group.nodes[0]] is group
                    and lonely
                    and alike(group.shown, other.shown)
                ):
                    self.join(other, group)

    def _join_other_keys(self) -> None:
        """Records that are found by another key: /kites/serial/{serial} beside /kites/{id}."""
        for node in list(self.of):
            above = node.parent
            if above not in self.of or above is None or self.evidence.owns(node) or self.roles.sights(node):
                continue
            mine, theirs = self.of[node].shown, self.of[above].shown
            if any(self.evidence.owns(one) for one in self.of[node].nodes):
                continue  # a kind of its own, that is kept elsewhere
            if self.roles[above] is Role.COLLECTION and mine and alike(mine, theirs):
                self.join(self.of[above], self.of[node])
