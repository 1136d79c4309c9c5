"""Which records are the accounts: what callers sign in to, are shown as their own, or join."""

from collections.abc import Iterable

from devmatrix.discovery.openapi.classifying.evidence import Group
from devmatrix.discovery.openapi.classifying.forms import Form, Holds
from devmatrix.discovery.openapi.classifying.groups import Groups
from devmatrix.discovery.openapi.classifying.roles import Role, alike
from devmatrix.discovery.openapi.classifying.signing import Signing, takes_password
from devmatrix.discovery.openapi.classifying.tree import Node, Sight
from devmatrix.discovery.openapi.classifying.words import ACCOUNTS, bare_name, joined, one
from devmatrix.discovery.shapes import ShapeKind

_MIN_PROFILE = 2
_EVERYWHERE = frozenset("id uuid created_at updated_at created updated name description status type url".split())


class Callers:
    """Finds the accounts among the groups."""

    def __init__(self, groups: Groups, signing: Signing) -> None:
        self.groups = groups
        self._signing = signing

    def join(self) -> Group | None:
        """What callers sign in to, are shown as their own, or join."""
        found: list[Group] = []
        for node in [node for node in self.groups.of if self.groups.roles[node] is Role.CALLER]:
            found.append(self._caller_group(node))
        for sight in (*self._signing.registers, *self._signing.logins):
            group = self._signed(sight)
            if group is not None:
                found.append(group)
        if not found:
            found = self._made_with_password()
        found = [group for group in found if group in self.groups.of.values()]
        if not found:
            return None
        account = max(found, key=lambda group: (found.count(group), len(group.shown)))
        for group in found:
            if group is not account and all(self.groups.roles[node] is Role.CALLER for node in group.nodes):
                self.groups.join(account, group)
        account.is_account = True
        bare = not account.answers
        for sight in (*self._signing.registers, *(self._signing.logins if bare else ())):
            answer = sight.answer
            if answer.holds is Holds.RECORD and answer.record and alike(answer.names, account.shown):
                account.take([answer], [])
        account.take([], [sight.body for sight in self._signing.registers if sight.body.record is not None])
        self._join_profiles(account)
        return account

    def _caller_group(self, node: Node) -> Group:
        """With the records that are like the caller's: those of the collection above, or the likest."""
        mine = self.groups.of[node]
        if len(mine.nodes) > 1 and any(self.groups.roles[other] is not Role.CALLER for other in mine.nodes):
            return mine
        above = node.above
        if (
            above is not None
            and above in self.groups.of
            and (not mine.shown or alike(mine.shown, self.groups.of[above].shown))
        ):
            return self.groups.join(self.groups.of[above], mine)
        others = [group for group in self.groups.all() if group is not mine]
        word = one(node.token.name)
        for group in others:
            if word in group.words and (not mine.shown or alike(mine.shown, group.shown)):
                return self.groups.join(group, mine)
        likely = [group for group in others if set(group.words) & ACCOUNTS or self._takes_passwords(group)]
        for group in likely:
            if not mine.shown or self._is_same_account(mine, group):
                return self.groups.join(group, mine)
        return mine

    def _is_same_account(self, mine: Group, other: Group) -> bool:
        """Whether the caller's own record is one of these: nearly all properties, or names that go together."""
        shared = (mine.shown & other.shown) - _EVERYWHERE
        smaller = min(len(mine.shown - _EVERYWHERE), len(other.shown - _EVERYWHERE))
        mine_bare, other_bare = ({bare_name(name) for name in group.names} for group in (mine, other))
        akin = not mine_bare or not other_bare or any(one[-1:] == two[-1:] for one in mine_bare for two in other_bare)
        return bool(shared) and len(shared) * (2 if akin else 1.25) >= smaller

    def _takes_passwords(self, group: Group) -> bool:
        return any(takes_password(sight) for node in group.nodes for sight in self.groups.roles.sights(node))

    def _signed(self, sight: Sight) -> Group | None:
        """The group that a login or a registration speaks of."""
        above = next((node for node in sight.node.up() if node in self.groups.of), None)
        if above is not None:
            return self.groups.of[above]
        for form in (sight.answer, sight.body):
            if form.holds is Holds.RECORD and form.name:
                named = next((group for group in self.groups.all() if form.name in group.names), None)
                if named is not None:
                    return named
        for form in (sight.answer, sight.body):
            likely = [
                group for group in self.groups.all() if set(group.words) & ACCOUNTS or self._takes_passwords(group)
            ]
            for group in likely:
                if form.holds is Holds.RECORD and form.names & group.shown:
                    return group
        if sight in self._signing.registers and (sight.answer.record or sight.body.record):
            new = Group([sight.node])
            new.answers = [sight.answer] if sight.answer.record and not sight.answer.has_token else []
            self.groups.of[sight.node] = new
            return new
        return None

    def _made_with_password(self) -> list[Group]:
        return [
            group
            for group in self.groups.all()
            if any(sight.method == "POST" and takes_password(sight) for node in group.nodes for sight in node.sights)
        ]

    def _join_profiles(self, account: Group) -> None:
        """Views of the account under another path, which nobody can make or delete apart from it."""
        known = account.shown.union(*(form.names for form in account.bodies))
        for group in self.groups.all():
            if group is not account and group.answers and not self._stands_alone(group):
                own = {name for form in group.answers for name in self._telling(form)}
                if self._has_key_of(group, known) and len(own) >= _MIN_PROFILE and own <= known:
                    self.groups.join(account, group)

    def _stands_alone(self, group: Group) -> bool:
        evidence = self.groups.evidence
        return any(evidence.owns(node) or evidence.deletes(node) for node in group.nodes)

    def _has_key_of(self, group: Group, known: frozenset[str]) -> bool:
        """Whether the account has the key; one that everything has tells nothing, but under a word for people."""
        keys = {joined(node.record.token.parameters[0]) for node in group.nodes if node.record is not None}
        people = any(set(word.split("_")) & ACCOUNTS for word in group.words)
        return bool(keys & known - _EVERYWHERE) or (bool(keys) and people)

    def _telling(self, form: Form) -> Iterable[str]:
        """Properties but flags and counts, which depend on who looks."""
        for item in form.record.properties if form.record else ():
            if self.groups.evidence.shapes.resolve(item.shape).kind not in (ShapeKind.BOOLEAN, ShapeKind.INTEGER):
                yield joined(item.name)
