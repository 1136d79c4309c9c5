"""Judges, sentence by sentence, what of prose can be carried into an imported API; undoes what cannot."""

from copy import deepcopy

from devmatrix.discovery.amending.seeding import CARRIED
from devmatrix.discovery.document import DiscoveryDocument, Entity, FieldType, OperationKind
from devmatrix.discovery.drafts import AccessRule, Draft, EntityDraft, FieldDraft, QuotaDraft
from devmatrix.discovery.naming import human
from devmatrix.discovery.quotas import references

Kind = OperationKind
BASE_KINDS = {
    Kind.NESTED_READ: Kind.READ,
    Kind.NESTED_REPLACE: Kind.REPLACE,
    Kind.NESTED_PATCH: Kind.PATCH,
    Kind.NESTED_DELETE: Kind.DELETE,
    Kind.SEARCH: Kind.LIST,
    Kind.COUNT: Kind.LIST,
    Kind.BULK_CREATE: Kind.CREATE,
    Kind.BULK_DELETE: Kind.DELETE,
    Kind.UPLOAD: Kind.PATCH,
    Kind.DOWNLOAD: Kind.READ,
}
"""Kinds of imported documents -> those that rules of access speak of."""
MAKING = (Kind.CREATE, Kind.NESTED_CREATE, Kind.REGISTER, Kind.BULK_CREATE)
_APART = (
    Kind.LINK, Kind.UNLINK, Kind.REGISTER, Kind.LOGIN, Kind.LOGOUT, Kind.CURRENT, Kind.CURRENT_PATCH,
    Kind.CURRENT_REPLACE, Kind.CUSTOM,
)  # fmt: skip
"""About the caller's own things, or nothing that is known."""
_CHANGEABLE = {*CARRIED, "default", "raw_default", "noun", "assumed", "places", "soft", "yields"}
_FIXED = {
    "states": "the document has no operation for such a transition",
    "versioned": "the document has no header for versions",
    "checks": "rules between two fields are not built into imported APIs",
    "only": "the document decides which operations there are",
    "without": "the document decides which operations there are",
    "account": "the document decides who signs in",
    "plural": "the document decides about names",
}
_TEXTUAL = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.PASSWORD)


class Keeper:
    """Watches one draft, seeded with one imported document, while it is read into."""

    def __init__(self, base: DiscoveryDocument, draft: Draft) -> None:
        self._base = base
        self._draft = draft
        self._kept = deepcopy(draft.entities)
        self._rules = len(draft.rules)
        self._wanted_accounts = draft.wants_accounts

    def judge(self, names: tuple[str, ...]) -> str:
        """Why what was read last cannot be carried out, and is undone; empty where it can."""
        reasons = [*self._new_entities(), *self._changes(names), *self._new_rules(), *self._accounts()]
        if reasons:
            self._undo(names)
        else:
            self._kept.update({name: deepcopy(self._draft.entities[name]) for name in self._touched(names)})
            self._rules = len(self._draft.rules)
        return "; ".join(dict.fromkeys(reasons))

    def _touched(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in dict.fromkeys(names) if name in self._kept]

    def _undo(self, names: tuple[str, ...]) -> None:
        for name in [name for name in self._draft.entities if name not in self._kept]:
            del self._draft.entities[name]
        for name in self._touched(names):
            self._draft.entities[name] = deepcopy(self._kept[name])
        del self._draft.rules[self._rules :]
        self._draft.wants_accounts = self._wanted_accounts

    def _new_entities(self) -> list[str]:
        return [
            f"the document decides what is kept, and {name} is not in it"
            for name in self._draft.entities
            if name not in self._kept
        ]

    def _changes(self, names: tuple[str, ...]) -> list[str]:
        return [
            why for name in self._touched(names) for why in self._entity(self._kept[name], self._draft.entities[name])
        ]

    def _entity(self, old: EntityDraft, new: EntityDraft) -> list[str]:
        reasons = [why for name, why in _FIXED.items() if getattr(old, name) != getattr(new, name)]
        for name, field in new.fields.items():
            known = old.fields.get(name)
            if known is None:
                reasons.append(f"{new.name} has no property {name} in the document")
            elif known != field:
                reasons += self._field(new.name, known, field)
        reasons += [why for quota in new.quotas if quota not in old.quotas for why in self._quota(new, quota)]
        if old.owner_field != new.owner_field:
            reasons.append(f"the document does not say whose the {human(new.plural)} are")
        return reasons

    def _quota(self, entity: EntityDraft, quota: QuotaDraft) -> list[str]:
        interface, named = self._base.interface, references(self._draft, entity, quota.per)
        attribute = attribute_of(self._base.entity(entity.name), named[0]) if named else ""
        makers = {item.id for item in self._base.operations if item.kind in MAKING and item.entity == entity.name}
        effects = (one.effect for one in (interface.endpoints if interface else ()) if one.operation in makers)
        if any(write.attribute == attribute for effect in effects if effect for write in effect.writes):
            return []
        return [f"no operation of the document makes {human(entity.plural)} that refer to one {human(quota.per)}"]

    def _field(self, entity: str, old: FieldDraft, new: FieldDraft) -> list[str]:
        changed = {name for name, value in vars(new).items() if value != getattr(old, name)}
        if changed - _CHANGEABLE:
            return [f"the document decides what {entity}.{new.name} holds"]
        if changed & {"default", "raw_default"}:
            return [f"the document decides what {entity}.{new.name} is where it is left out"]
        if changed & {"min_length", "max_length", "pattern"} and new.type not in _TEXTUAL:
            return [f"{entity}.{new.name} is no text"]
        return [] if self._is_written(entity, new) else [f"no operation of the document writes {entity}.{new.name}"]

    def _is_written(self, entity: str, field: FieldDraft) -> bool:
        interface = self._base.interface
        attribute = attribute_of(self._base.entity(entity), field.name)
        return interface is not None and any(
            endpoint.effect is not None
            and endpoint.effect.entity == entity
            and any(write.attribute == attribute and write.place != "constant" for write in endpoint.effect.writes)
            for endpoint in interface.endpoints
        )

    def _accounts(self) -> list[str]:
        if self._draft.wants_accounts == self._wanted_accounts or self._base.account_entity is not None:
            return []
        return ["the document has no operation to sign in with"]

    def _new_rules(self) -> list[str]:
        return [why for rule in self._draft.rules[self._rules :] for why in self._rule(rule)]

    def _rule(self, rule: AccessRule) -> list[str]:
        reasons = []
        about = [entity for entity in self._base.entities if rule.entity in (None, entity.name)]
        covered = [item for item in self._base.operations if covers(rule, item.entity, item.kind, item.transition)]
        if not covered:
            what = human(about[0].plural) if rule.entity and about else "anything"
            reasons.append(f"the document has no such operation on {what}")
        if not rule.who.public and not self._knows_callers(rule):
            return [
                *reasons,
                "the document has no operation to sign in with, so callers have neither roles nor records",
            ]
        if rule.who.owner:
            ownerless = {item.entity for item in covered if not self._has_owner(item.entity)}
            reasons += [
                f"the document does not say whose the {human(self._base.entity(name).plural)} are"
                for name in sorted(ownerless)
            ]
        account = self._base.account_entity
        if rule.who.roles and account is not None:
            reasons += [
                f"nobody could be given the role {rule.who.roles[0]}: {account.name} needs another record first"
                for one in account.attributes
                if one.required and one.target is not None
            ]
        return reasons

    def _knows_callers(self, rule: AccessRule) -> bool:
        """Whether it can be told who calls: an account that signs in, or the one behind a key."""
        account, interface = self._base.account_entity, self._base.interface
        schemes = interface.schemes if interface is not None else ()
        if account is None or account.account is None:
            return bool(schemes) and bool(rule.who.roles)
        basic = any(one.kind == "basic" for one in schemes)
        return account.account.listed or basic or any(item.kind is Kind.LOGIN for item in self._base.operations)

    def _has_owner(self, name: str) -> bool:
        entity = self._base.entity(name)
        return entity.owner_field is not None or entity.account is not None


def covers(rule: AccessRule, entity: str, kind: OperationKind, transition: str | None) -> bool:
    """Whether a rule speaks of an operation of an imported document."""
    if kind in _APART or not entity or rule.entity not in (None, entity):
        return False
    if kind is Kind.TRANSITION and rule.transitions:
        return transition in rule.transitions
    return BASE_KINDS.get(kind, kind) in rule.kinds


def attribute_of(entity: Entity, name: str) -> str:
    """The attribute's own name for the name that its field has in the draft."""
    from devmatrix.discovery.naming import snake

    return next((item.name for item in entity.attributes if (snake(item.name) or item.name) == name), name)
