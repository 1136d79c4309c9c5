"""Carries quotas into an imported document: into its entities, and into the refusals of what could exceed them."""

from collections.abc import Mapping

from devmatrix.discovery.amending.keeping import MAKING, attribute_of
from devmatrix.discovery.document import Entity, Operation, OperationKind, Quota
from devmatrix.discovery.drafts import Draft, EntityDraft
from devmatrix.discovery.interface import STANDARD_STATUSES, Endpoint, Interface, Reason, Refusal
from devmatrix.discovery.quotas import choosing, references


def quotas_of(entity: Entity, now: EntityDraft, draft: Draft) -> tuple[Quota, ...]:
    """The quotas of a draft, under the names of the document."""
    return tuple(
        Quota(
            most=said.most,
            per=attribute_of(entity, references(draft, now, said.per)[0]),
            field=attribute_of(entity, field) if (field := said.enum or choosing(now, said.which)) else None,
            values=said.which,
            recommended=said.soft,
        )
        for said in now.quotas
    )


def refusing_more(
    endpoint: Endpoint, operation: Operation, entities: Mapping[str, Entity], interface: Interface
) -> Endpoint:
    """The endpoint, refusing for its records' state where it could make more count than a quota allows."""
    refuses = any(refusal.reason is Reason.STATE for refusal in endpoint.refusals)
    if refuses or not _may_exceed(endpoint, operation, entities):
        return endpoint
    return endpoint.model_copy(update={"refusals": (*endpoint.refusals, _refusal(endpoint, interface))})


def _may_exceed(endpoint: Endpoint, operation: Operation, entities: Mapping[str, Entity]) -> bool:
    effect = endpoint.effect
    entity = entities.get(effect.entity) if effect else None
    if effect is None or entity is None:
        return False
    written: set[str | None] = {write.attribute for write in effect.writes}
    if operation.kind in MAKING:
        return any(quota.per in written for quota in entity.quotas)
    if operation.kind is OperationKind.TRANSITION and entity.states is not None:
        written.add(entity.states.field)
    return any({quota.per, quota.field} & (written - {None}) for quota in entity.quotas)


def _refusal(endpoint: Endpoint, interface: Interface) -> Refusal:
    """As the endpoint refuses with the same status, or as others do for that reason; else the standard problem."""
    status = STANDARD_STATUSES[Reason.STATE]
    own = [one for one in endpoint.refusals if one.status == status]
    others = (one for each in interface.endpoints for one in each.refusals if one.reason is Reason.STATE)
    usual = [one.model_copy(update={"documented": False}) for one in others if one.documented]
    known = next(iter((*own, *usual)), None)
    if known is None:
        return Refusal(reason=Reason.STATE, status=status, documented=False)
    return known.model_copy(update={"reason": Reason.STATE})
