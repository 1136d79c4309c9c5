"""Brings together the places where records of one kind are served."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from devmatrix.discovery.openapi.classifying.forms import Form, Holds
from devmatrix.discovery.openapi.classifying.roles import Role, Roles, alike
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.signing import Signing, takes_password
from devmatrix.discovery.openapi.classifying.tree import Node, Sight, Tree
from devmatrix.discovery.openapi.classifying.words import ACCOUNTS, CALLER, TOGGLES, bare_name, joined, one
from devmatrix.discovery.shapes import ShapeKind

_OWNS = frozenset({"POST", "PUT", "PATCH"})
_MIN_PROFILE = 2
_EVERYWHERE = frozenset("id created_at updated_at created updated name description status type url".split())


@dataclass(eq=False)
class Group:
    """Places with the same kind of record."""

    nodes: list[Node]
    answers: list[Form] = field(default_factory=list)
    bodies: list[Form] = field(default_factory=list)
    is_account: bool = False

    @property
    def properties(self) -> frozenset[str]:
        """Names of all properties that answers show."""
        return frozenset().union(*(form.names for form in self.answers))

    @property
    def shown(self) -> frozenset[str]:
        """Names of all properties that are shown, or else given."""
        return self.properties or frozenset().union(*(form.names for form in self.bodies))

    @property
    def names(self) -> set[str]:
        """Names of its answers' shapes."""
        return {form.name for form in self.answers if form.name}

    @property
    def words(self) -> list[str]:
        """What its places are called, in the singular."""
        return list(dict.fromkeys(one(node.token.name) for node in self.nodes))


class Groups:
    """All groups of a document."""

    def __init__(self, tree: Tree, roles: Roles, signing: Signing, shapes: Shapes) -> None:
        self.roles = roles
        self._shapes = shapes
        self._signing = signing
        self.of: dict[Node, Group] = {}
        for node in tree.nodes:
            if roles[node] in (Role.COLLECTION, Role.SINGLE, Role.CALLER):
                found = self._evidence(node)
                if found.answers or found.bodies or self._is_bare(node):
                    self.of[node] = found
        self._join_same()
        self._join_other_keys()
        self._join_account()
        self._join_profiles()

    def all(self) -> list[Group]:
        """In the order of the document."""
        return list(dict.fromkeys(self.of.values()))

    @property
    def account(self) -> Group | None:
        """The one whose records sign in."""
        return next((group for group in self.all() if group.is_account), None)

    def _evidence(self, node: Node) -> Group:
        found = Group([node])
        record = node.record
        sights = [*self.roles.sights(record)] if record is not None else []
        for sight in (*sights, *self.roles.sights(node)):
            if sight.answer.holds in (Holds.RECORD, Holds.RECORDS) and sight.answer.record is not None:
                found.answers.append(sight.answer)
            if sight.body.holds is Holds.RECORD and sight.method in _OWNS and sight.body.record is not None:
                found.bodies.append(sight.body)
        if self.roles[node] is Role.COLLECTION:
            found.answers = self._but_holder(node, found.answers)
        return found

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
                inner = self._shapes.items_of(item.shape) if joined(item.name) == node.token.name else None
                record = self._shapes.object_of(inner) if inner is not None else None
                if record is not None and inner is not None:
                    return [Form(Holds.RECORDS, "", record, self._shapes.name_of(inner))]
        return []

    def _is_bare(self, node: Node) -> bool:
        """Whether the methods alone tell of records, where nothing is said of their shape."""
        if self.roles[node] is Role.CALLER:
            return True
        if self.roles[node] is not Role.COLLECTION or node.token.name in TOGGLES:
            return False
        record = node.record
        reads = [
            sight for place in (node, record) if place for sight in self.roles.sights(place) if sight.method == "GET"
        ]
        unsaid = [
            sight for sight in reads if sight.answer.holds in (Holds.NOTHING, Holds.OTHER, Holds.NOTICE, Holds.RECORDS)
        ]
        return bool(unsaid) and len(unsaid) == len(reads)

    def _owns(self, node: Node) -> bool:
        """Whether records are made or changed at this place."""
        places = [node] if node.record is None else [node, node.record]
        return any(
            sight.method in _OWNS and sight.body.holds is not Holds.NOTHING
            for place in places
            for sight in self.roles.sights(place)
        )

    def _join(self, first: Group, second: Group) -> Group:
        if first is second:
            return first
        first.nodes += second.nodes
        first.answers += second.answers
        first.bodies += second.bodies
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
                not self._owns(node),
                node.has_record_above(),
            ),
        )
        first = ranked[0]
        for node in ranked[1:]:
            apart = self._owns(node) and self._owns(first) and self._apart(first, node)
            if not apart:
                self._join(self.of[first], self.of[node])

    def _apart(self, first: Node, second: Node) -> bool:
        words = {one(node.token.name) for node in (first, second)}
        callers = Role.CALLER in (self.roles[first], self.roles[second])
        return len(words) > 1 and not callers and first.has_record_above() == second.has_record_above()

    def _join_by_word(self, nodes: list[Node]) -> None:
        for at, node in enumerate(nodes):
            for other in nodes[:at]:
                mine, theirs = self.of[node].shown, self.of[other].shown
                if not mine or not theirs or alike(mine, theirs):
                    self._join(self.of[other], self.of[node])
                    break

    def _join_by_bare_name(self) -> None:
        known: dict[tuple[str, ...], Group] = {}
        for group in self.all():
            for bare in dict.fromkeys(bare_name(name) for name in sorted(group.names)):
                other = known.setdefault(bare, group)
                lonely = all(not self._owns(node) for node in group.nodes)
                if (
                    other is not group
                    and self.of[group.nodes[0]] is group
                    and lonely
                    and alike(group.shown, other.shown)
                ):
                    self._join(other, group)

    def _join_other_keys(self) -> None:
        """Records that are found by another key: /kites/serial/{serial} beside /kites/{id}."""
        for node in list(self.of):
            above = node.parent
            if above not in self.of or above is None or self._owns(node) or self.roles.sights(node):
                continue
            mine, theirs = self.of[node].shown, self.of[above].shown
            if self.roles[above] is Role.COLLECTION and mine and alike(mine, theirs):
                self._join(self.of[above], self.of[node])

    def _join_account(self) -> None:
        """What callers sign in to, are shown as their own, or join."""
        found: list[Group] = []
        for node in [node for node in self.of if self.roles[node] is Role.CALLER]:
            found.append(self._caller_group(node))
        for sight in (*self._signing.registers, *self._signing.logins):
            group = self._signed(sight)
            if group is not None:
                found.append(group)
        if not found:
            found = self._made_with_password()
        found = [group for group in found if group in self.of.values()]
        if not found:
            return
        account = max(found, key=lambda group: (found.count(group), len(group.shown)))
        for group in found:
            if group is not account and all(self.roles[node] is Role.CALLER for node in group.nodes):
                self._join(account, group)
        account.is_account = True
        for sight in (*self._signing.registers, *self._signing.logins):
            answer = sight.answer
            if answer.holds is Holds.RECORD and answer.record and alike(answer.names, account.shown):
                account.answers.append(answer)
        account.bodies += [sight.body for sight in self._signing.registers if sight.body.record is not None]

    def _caller_group(self, node: Node) -> Group:
        """With the records that are like the caller's: those of the collection above, or the likest."""
        mine = self.of[node]
        if len(mine.nodes) > 1 and any(self.roles[other] is not Role.CALLER for other in mine.nodes):
            return mine
        above = node.above
        if above is not None and above in self.of and (not mine.shown or alike(mine.shown, self.of[above].shown)):
            return self._join(self.of[above], mine)
        others = [group for group in self.all() if group is not mine]
        word = one(node.token.name)
        for group in others:
            if word in group.words and (not mine.shown or alike(mine.shown, group.shown)):
                return self._join(group, mine)
        likely = [group for group in others if set(group.words) & ACCOUNTS or self._takes_passwords(group)]
        for group in likely:
            if not mine.shown or self._is_same_account(mine, group):
                return self._join(group, mine)
        return mine

    def _is_same_account(self, mine: Group, other: Group) -> bool:
        """Whether the caller's own record is one of these: nearly all properties, or names that go together."""
        shared = (mine.shown & other.shown) - _EVERYWHERE
        smaller = min(len(mine.shown - _EVERYWHERE), len(other.shown - _EVERYWHERE))
        mine_bare, other_bare = ({bare_name(name) for name in group.names} for group in (mine, other))
        akin = not mine_bare or not other_bare or any(one[-1:] == two[-1:] for one in mine_bare for two in other_bare)
        return bool(shared) and len(shared) * (2 if akin else 1.25) >= smaller

    def _takes_passwords(self, group: Group) -> bool:
        return any(takes_password(sight) for node in group.nodes for sight in self.roles.sights(node))

    def _signed(self, sight: Sight) -> Group | None:
        """The group that a login or a registration speaks of."""
        above = next((node for node in sight.node.up() if node in self.of), None)
        if above is not None:
            return self.of[above]
        for form in (sight.answer, sight.body):
            if form.holds is Holds.RECORD and form.name:
                named = next((group for group in self.all() if form.name in group.names), None)
                if named is not None:
                    return named
        for form in (sight.answer, sight.body):
            likely = [group for group in self.all() if set(group.words) & ACCOUNTS or self._takes_passwords(group)]
            for group in likely:
                if form.holds is Holds.RECORD and form.names & group.shown:
                    return group
        if sight in self._signing.registers and (sight.answer.record or sight.body.record):
            new = Group([sight.node])
            new.answers = [sight.answer] if sight.answer.record and not sight.answer.has_token else []
            self.of[sight.node] = new
            return new
        return None

    def _made_with_password(self) -> list[Group]:
        return [
            group
            for group in self.all()
            if any(sight.method == "POST" and takes_password(sight) for node in group.nodes for sight in node.sights)
        ]

    def _join_profiles(self) -> None:
        """Views of the account under another path, which nobody can make or delete apart from it."""
        account = self.account
        if account is None:
            return
        for group in self.all():
            if (
                group is account
                or not group.answers
                or any(self._owns(node) or self._deletes(node) for node in group.nodes)
            ):
                continue
            own = {name for form in group.answers for name in self._telling(form)}
            keys = [node.record.token.parameters[0] for node in group.nodes if node.record is not None]
            known = account.shown | frozenset().union(*(form.names for form in account.bodies))
            if keys and len(own) >= _MIN_PROFILE and own <= known:
                self._join(account, group)

    def _deletes(self, node: Node) -> bool:
        places = [node] if node.record is None else [node, node.record]
        return any(sight.method == "DELETE" for place in places for sight in self.roles.sights(place))

    def _telling(self, form: Form) -> Iterable[str]:
        """Properties but flags and counts, which depend on who looks."""
        for item in form.record.properties if form.record else ():
            if self._shapes.resolve(item.shape).kind not in (ShapeKind.BOOLEAN, ShapeKind.INTEGER):
                yield joined(item.name)
