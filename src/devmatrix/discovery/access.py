"""Who may call what: the rules of the request, and what holds where it says nothing."""

from devmatrix.discovery.document import Access, Entity, OperationKind
from devmatrix.discovery.drafts import AccessRule, Draft
from devmatrix.discovery.naming import enumerate_words, human
from devmatrix.discovery.phrases import READS, WRITES

Kind = OperationKind
_ROLE_ALONE = (Kind.LIST, Kind.CREATE, Kind.REPLACE, Kind.DELETE)


class AccessBook:
    """Answers who may call an operation, for one document."""

    def __init__(self, draft: Draft, entities: tuple[Entity, ...]) -> None:
        self._draft = draft
        self._account = next((entity for entity in entities if entity.account), None)
        self._silent: list[str] = []
        self._rules: dict[str, list[AccessRule]] = {entity.name: [] for entity in entities}
        for rule in draft.rules:
            names = [rule.entity] if rule.entity else [e.name for e in entities if e is not self._account]
            for name in names:
                self._rules[str(name)].append(rule)

    def of(self, entity: Entity, kind: OperationKind, transition: str | None = None) -> Access:
        """Who may do `kind` with records of `entity`."""
        if self._account is None:
            return Access()
        rules = [rule for rule in self._rules[entity.name] if _covers(rule, kind, transition)]
        limiting = [rule for rule in rules if not rule.adds]
        if limiting:
            return self._united(entity, kind, _most_specific(limiting))
        access = self._baseline(entity, kind)
        roles = tuple(dict.fromkeys((*access.roles, *(role for rule in rules for role in rule.who.roles))))
        return access.model_copy(update={"roles": roles}) if access.roles or access.owner else access

    def _united(self, entity: Entity, kind: OperationKind, rules: list[AccessRule]) -> Access:
        callers = [rule.who for rule in rules]
        if all(who.public for who in callers):
            if entity.owner_field is None or kind not in {Kind.CREATE, Kind.NESTED_CREATE}:
                return Access()
            self._draft.assume(
                f"Only who is signed in creates {human(entity.plural)}", "each of them belongs to who created it"
            )
            return Access(authenticated=True)
        if any(who.public for who in callers):
            text = f"May anyone {kind.value} {human(entity.plural)}, and not only those whom the request names?"
            topic = f"anyone {kind.value} {entity.plural}"
            if self._draft.ask(topic, text, ("no", "yes"), _says_both(rules), (entity.name,)) == "yes":
                return Access()
        callers = [who for who in callers if not who.public]
        if any(not who.roles and not who.owner for who in callers):
            return Access(authenticated=True)
        owner = any(who.owner for who in callers) and (entity.owner_field is not None or entity.account is not None)
        roles = tuple(dict.fromkeys(role for who in callers for role in who.roles))
        if owner and any(rule.own for rule in rules):
            roles = tuple(dict.fromkeys((*roles, *self._staff(entity, kind))))
        return Access(authenticated=True, roles=roles, owner=owner)

    def _baseline(self, entity: Entity, kind: OperationKind) -> Access:
        if entity.account is not None:
            return _own_account(entity, kind)
        if entity.owner_field is not None:
            if kind in READS or kind in {Kind.CREATE, Kind.NESTED_CREATE}:
                return Access(authenticated=True)
            roles = self._admin_roles()
            self._draft.assume(
                f"Where nothing else is said, {human(entity.plural)} are changed by their owner"
                f"{' or an administrator' if roles else ''}, and read by every account",
                "records have an owner",
            )
            return Access(authenticated=True, roles=roles, owner=True)
        if entity.plural not in self._silent:
            self._silent.append(entity.plural)
        return Access(authenticated=True)

    def _staff(self, entity: Entity, kind: OperationKind) -> tuple[str, ...]:
        """Roles that "users ... only their own" does not limit: administrators; for reading, who works on them."""
        working = {role for rule in self._rules[entity.name] for role in rule.who.roles} if kind in READS else set()
        roles = tuple(dict.fromkeys((*self._admin_roles(), *sorted(working))))
        if roles:
            self._draft.assume(
                f"Other people's {human(entity.plural)} are open to {enumerate_words(roles)}",
                "somebody has to look after them",
            )
        return roles

    def _admin_roles(self) -> tuple[str, ...]:
        account = self._account.account if self._account else None
        return (account.admin_role,) if account and account.admin_role else ()

    def note_assumptions(self) -> None:
        """Say what was decided where the request says nothing."""
        if self._account is None:
            self._draft.assume("Everything is public", "the request speaks of no accounts")
        elif self._silent:
            names = enumerate_words([human(name) for name in self._silent])
            self._draft.assume(
                f"Where nothing else is said, {names} are read and written by every signed-in account",
                "there are accounts, and the request limits no further",
            )


def _says_both(rules: list[AccessRule]) -> str:
    public = next((rule.place for rule in rules if rule.who.public), "")
    limited = next((rule.place for rule in rules if not rule.who.public), "")
    return f"anyone {public}, fewer {limited}" if public and limited else "the request says both"


def _most_specific(rules: list[AccessRule]) -> list[AccessRule]:
    """`delete by admin` stands above `write by owner`; rules that do not say "only" add to one another."""
    rank = {id(rule): (rule.entity is None, 0 if rule.transitions else len(rule.kinds)) for rule in rules}
    first = min(rank.values())
    specific = [rule for rule in rules if rank[id(rule)] == first]
    return specific if any(rule.only for rule in specific) else rules


def _covers(rule: AccessRule, kind: OperationKind, transition: str | None) -> bool:
    if kind is Kind.TRANSITION and rule.transitions:
        return transition in rule.transitions
    return kind in rule.kinds


def _own_account(entity: Entity, kind: OperationKind) -> Access:
    role = entity.account.admin_role if entity.account else None
    if role is None:
        return Access(authenticated=True, owner=True)
    return Access(authenticated=True, roles=(role,), owner=kind not in _ROLE_ALONE and kind in READS | WRITES)
