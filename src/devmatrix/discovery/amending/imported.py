"""Amends a document with an interface: limits go into attributes and bodies, access into operations and refusals."""

from collections.abc import Mapping
from typing import Any

from devmatrix.discovery.access import AccessBook
from devmatrix.discovery.amending.bodies import limit_body
from devmatrix.discovery.amending.keeping import BASE_KINDS, attribute_of, covers
from devmatrix.discovery.amending.quotas import quotas_of, refusing_more
from devmatrix.discovery.amending.roles import with_callers
from devmatrix.discovery.amending.seeding import CARRIED, seed
from devmatrix.discovery.contexts import contexts_of
from devmatrix.discovery.document import (
    Access,
    DiscoveryDocument,
    Entity,
    Operation,
)
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.interface import Endpoint, Interface, Reason, Refusal

Limits = Mapping[str, Any]
_STATUS = {Reason.UNAUTHENTICATED: 401, Reason.FORBIDDEN: 403, Reason.DUPLICATE: 409, Reason.INVALID_BODY: 422}


def amend_imported(base: DiscoveryDocument, draft: Draft) -> DiscoveryDocument:
    """The document with what was read into `draft`, which a Keeper watched."""
    interface = base.interface
    if interface is None:
        raise ValueError("the document has no interface")
    changes = _changes(base, draft)
    entities = tuple(_entity(entity, changes.get(entity.name, {}), draft) for entity in base.entities)
    entities = with_callers(base, entities, draft)
    operations = _operations(base.operations, entities, draft)
    tightened = {
        item.id: old.access for item, old in zip(operations, base.operations, strict=True) if item.access != old.access
    }
    access = {item.id: item.access for item in operations}
    endpoints = tuple(
        _endpoint(endpoint, interface, changes, access[endpoint.operation], before=tightened.get(endpoint.operation))
        for endpoint in interface.endpoints
    )
    by_id, named = {item.id: item for item in operations}, {entity.name: entity for entity in entities}
    endpoints = tuple(refusing_more(one, by_id[one.operation], named, interface) for one in endpoints)
    return base.model_copy(
        update={
            "entities": entities,
            "contexts": base.contexts if len(entities) == len(base.entities) else contexts_of(entities),
            "operations": operations,
            "interface": interface.model_copy(update={"endpoints": endpoints}),
        }
    )


def _changes(base: DiscoveryDocument, draft: Draft) -> dict[str, dict[str, Limits]]:
    """Entity -> attribute -> what now holds of it."""
    before = Draft()
    seed(base, before)
    found: dict[str, dict[str, Limits]] = {}
    for entity in base.entities:
        for name, old in before.entities[entity.name].fields.items():
            new = draft.entities[entity.name].fields[name]
            changed = {mark: getattr(new, mark) for mark in CARRIED if getattr(new, mark) != getattr(old, mark)}
            if changed:
                found.setdefault(entity.name, {})[attribute_of(entity, name)] = changed
    return found


def _entity(entity: Entity, changes: Mapping[str, Limits], draft: Draft) -> Entity:
    now = draft.entities[entity.name]
    attributes = tuple(item.model_copy(update=dict(changes.get(item.name, {}))) for item in entity.attributes)
    groups = tuple(tuple(attribute_of(entity, name) for name in group) for group in now.unique_together)
    quotas = quotas_of(entity, now, draft)
    more: dict[str, Any] = {"unique_together": groups, "soft_delete": now.soft_delete, "quotas": quotas}
    return entity.model_copy(update={"attributes": attributes, **more})


def _operations(operations: tuple[Operation, ...], entities: tuple[Entity, ...], draft: Draft) -> tuple[Operation, ...]:
    book = AccessBook(draft, entities)
    named = {entity.name: entity for entity in entities}

    def access(item: Operation) -> Access:
        rules = [rule for rule in draft.rules if covers(rule, item.entity, item.kind, item.transition)]
        if any(not rule.adds for rule in rules):
            return book.of(named[item.entity], BASE_KINDS.get(item.kind, item.kind), item.transition)
        roles = tuple(dict.fromkeys((*item.access.roles, *(role for rule in rules for role in rule.who.roles))))
        limited = item.access.roles or item.access.owner
        return item.access.model_copy(update={"roles": roles}) if limited else item.access

    return tuple(item.model_copy(update={"access": access(item)}) for item in operations)


def _endpoint(
    endpoint: Endpoint,
    interface: Interface,
    changes: Mapping[str, Mapping[str, Limits]],
    access: Access,
    *,
    before: Access | None,
) -> Endpoint:
    reasons: list[Reason] = []
    more: dict[str, Any] = {}
    effect = endpoint.effect
    limited = changes.get(effect.entity, {}) if effect else {}
    writes = [write for write in (effect.writes if effect else ()) if write.attribute in limited]
    if writes and effect is not None:
        bodies = [write for write in writes if write.place == "body"]
        more["bodies"] = tuple(
            limit_body(content, interface, [(write.name, limited[write.attribute]) for write in bodies], effect)
            for content in endpoint.bodies
        )
        reasons += [Reason.INVALID_BODY] if bodies else []
        reasons += [Reason.DUPLICATE] if any(limited[write.attribute].get("unique") for write in writes) else []
    if before is not None and access.authenticated:
        reasons.append(Reason.UNAUTHENTICATED)
        reasons += [Reason.FORBIDDEN] if access.roles or access.owner else []
        more["schemes"] = endpoint.schemes or _token_schemes(interface)
    known = {refusal.reason for refusal in endpoint.refusals}
    added = tuple(_refusal(interface, reason) for reason in reasons if reason not in known)
    return endpoint.model_copy(update={**more, "refusals": (*endpoint.refusals, *added)})


def _token_schemes(interface: Interface) -> tuple[str, ...]:
    """Those of accounts: tokens and passwords; where there are none, keys."""
    found = tuple(scheme.name for scheme in interface.schemes if scheme.kind in ("token", "basic"))
    return found or tuple(scheme.name for scheme in interface.schemes)


def _refusal(interface: Interface, reason: Reason) -> Refusal:
    """As other operations refuse for that reason; else the standard problem."""
    same = (refusal for endpoint in interface.endpoints for refusal in endpoint.refusals if refusal.reason is reason)
    usual = next((refusal for refusal in same if refusal.documented), None)
    standard = Refusal(reason=reason, status=_STATUS[reason], documented=False)
    return usual.model_copy(update={"documented": False}) if usual else standard
