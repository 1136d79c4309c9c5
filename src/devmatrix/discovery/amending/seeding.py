"""From a document back to a draft, so that further sources can speak of what is in it."""

from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft, Move, QuotaDraft, StatesDraft
from devmatrix.discovery.naming import snake

CARRIED = (
    "required", "unique", "minimum", "exclusive_minimum", "maximum", "exclusive_maximum", "min_length", "max_length",
    "pattern",
)  # fmt: skip
"""Marks of a field that attribute and draft have under one name."""


def seed(document: DiscoveryDocument, draft: Draft) -> None:
    """Give the draft the document's entities, without rules of access."""
    draft.title = document.title
    for entity in document.entities:
        draft.entities[entity.name] = _entity(entity, imported=document.interface is not None)


def _entity(entity: Entity, *, imported: bool) -> EntityDraft:
    made = EntityDraft(entity.name, entity.plural, declared=True, account=entity.account is not None)
    made.description = entity.description
    made.owner_field = entity.owner_field
    made.soft_delete, made.versioned = entity.soft_delete, entity.versioned
    made.unique_together = list(entity.unique_together)
    made.checks = [(check.left, check.operator, check.right) for check in entity.checks]
    made.quotas = [QuotaDraft(item.most, item.per, item.values, item.field, item.recommended) for item in entity.quotas]
    if entity.states is not None:
        choices = entity.attribute(entity.states.field).choices
        first = entity.states.initial
        states = (first, *(state for state in choices if state != first))
        moves = [Move(item.name, item.sources, item.target, item.requires) for item in entity.states.transitions]
        made.states = StatesDraft(entity.states.field, states, moves)
    for attribute in entity.attributes:
        if imported or not attribute.server_set:  # what the service sets is made again from owner and states
            field = _field(attribute)
            made.fields[field.name] = field
    return made


def _field(attribute: Attribute) -> FieldDraft:
    field = FieldDraft(
        name=snake(attribute.name) or attribute.name,
        type=attribute.type,
        target=attribute.target,
        default=attribute.default,
        description=attribute.description,
        scale=attribute.scale,
        choices=attribute.choices,
        on_delete=attribute.on_delete,
    )
    for name in CARRIED:
        setattr(field, name, getattr(attribute, name))
    field.yields = frozenset((*CARRIED, "raw_default"))
    return field
