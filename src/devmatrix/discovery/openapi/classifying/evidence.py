"""What each place shows of its records: the forms in which they are answered and given."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from devmatrix.discovery.openapi.classifying.forms import Form, Holds
from devmatrix.discovery.openapi.classifying.roles import Role, Roles
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.tree import Node, Sight
from devmatrix.discovery.openapi.classifying.words import TOGGLES, joined, one

_OWNS = frozenset({"POST", "PUT", "PATCH"})


@dataclass(eq=False)
class Group:
    """Places with the same kind of record."""

    nodes: list[Node]
    answers: list[Form] = field(default_factory=list)
    bodies: list[Form] = field(default_factory=list)
    is_account: bool = False

    @cached_property
    def properties(self) -> frozenset[str]:
        """Names of all properties that answers show."""
        return frozenset().union(*(form.names for form in self.answers))

    @cached_property
    def shown(self) -> frozenset[str]:
        """Names of all properties that are shown, or else given."""
        return self.properties or frozenset().union(*(form.names for form in self.bodies))

    @cached_property
    def names(self) -> set[str]:
        """Names of its answers' shapes."""
        return {form.name for form in self.answers if form.name}

    @cached_property
    def words(self) -> list[str]:
        """What its places are called, in the singular."""
        return list(dict.fromkeys(one(node.token.name) for node in self.nodes))

    def take(self, answers: Iterable[Form], bodies: Iterable[Form], nodes: Iterable[Node] = ()) -> None:
        """Add what is known from elsewhere; each named form once."""
        for mine, more in ((self.answers, answers), (self.bodies, bodies)):
            known = {form.name for form in mine if form.name}
            mine += [form for form in more if form.name not in known]
        self.nodes += nodes
        for derived in ("properties", "shown", "names", "words"):
            self.__dict__.pop(derived, None)


class Evidence:
    """Looks at single places."""

    def __init__(self, roles: Roles, shapes: Shapes) -> None:
        self.roles = roles
        self.shapes = shapes

    def sights(self, node: Node) -> list[Sight]:
        """Operations at a collection and at its records."""
        record = node.record
        return [*(self.roles.sights(record) if record is not None else ()), *self.roles.sights(node)]

    def at(self, node: Node) -> Group | None:
        """The records at a place, alone; none where nothing tells of records."""
        found = Group([node])
        for sight in self.sights(node):
            if sight.answer.holds in (Holds.RECORD, Holds.RECORDS) and sight.answer.record is not None:
                found.answers.append(sight.answer)
            if sight.body.holds is Holds.RECORD and sight.method in _OWNS and sight.body.record is not None:
                found.bodies.append(sight.body)
        if self.roles[node] in (Role.COLLECTION, Role.SINGLE):
            found.answers = self._but_holder(node, found.answers)
        return found if found.answers or found.bodies or self._is_bare(node) else None

    def owns(self, node: Node) -> bool:
        """Whether records are made or changed at this place."""
        return any(sight.method in _OWNS and sight.body.holds is not Holds.NOTHING for sight in self.sights(node))

    def deletes(self, node: Node) -> bool:
        """Whether records are deleted at this place."""
        return any(sight.method == "DELETE" for sight in self.sights(node))

    def _but_holder(self, node: Node, answers: list[Form]) -> list[Form]:
        """Without the record above, with which some answer when a part of it is changed; then what is in its list."""
        above = node.above
        places = [place for place in (above, above.record if above else None) if place is not None]
        holders = [sight.answer for place in places for sight in self.roles.sights(place)]
        names = {form.name for form in holders if form.holds is Holds.RECORD and form.name}
        lists = {form.name for form in answers if form.holds is Holds.RECORDS}
        kept = [form for form in answers if form.name not in names or form.name in lists]
        found_otherwise = not self.roles.sights(node) and node.parent is above
        if kept or not answers or node.record is None or found_otherwise:
            return kept or answers
        for form in holders:
            for item in form.record.properties if form.record else ():
                inner = self.shapes.items_of(item.shape) if joined(item.name) == node.token.name else None
                record = self.shapes.object_of(inner) if inner is not None else None
                if record is not None and inner is not None:
                    return [Form(Holds.RECORDS, "", record, self.shapes.name_of(inner))]
        return []

    def _is_bare(self, node: Node) -> bool:
        """Whether the methods alone tell of records, where nothing is said of their shape."""
        if self.roles[node] is Role.CALLER:
            return True
        if self.roles[node] is not Role.COLLECTION or node.token.name in TOGGLES:
            return False
        reads = [sight for sight in self.sights(node) if sight.method == "GET"]
        unsaid = [
            sight for sight in reads if sight.answer.holds in (Holds.NOTHING, Holds.OTHER, Holds.NOTICE, Holds.RECORDS)
        ]
        return bool(unsaid) and len(unsaid) == len(reads)
