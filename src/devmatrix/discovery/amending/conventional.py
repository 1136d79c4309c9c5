"""Amends a document without interface: what reading changed in its draft is changed in the document."""

from typing import Any

from devmatrix.discovery.amending.seeding import seed
from devmatrix.discovery.complete import complete_accounts
from devmatrix.discovery.contexts import contexts_of
from devmatrix.discovery.document import Attribute, Context, DiscoveryDocument, Entity, Operation
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.freeze import Freezer
from devmatrix.discovery.operations import Endpoints

Frozen = tuple[tuple[Entity, ...], tuple[Operation, ...]]
_WHOLE = (
    "unique_together", "checks", "quotas", "states", "owner_field", "soft_delete", "versioned", "account",
    "description",
)  # fmt: skip


class Amendment:
    """What a draft was before reading, to be compared with what it is after."""

    def __init__(self, base: DiscoveryDocument, draft: Draft) -> None:
        """Seeds `draft` with `base`."""
        self._base = base
        self._draft = draft
        seed(base, draft)
        complete_accounts(draft)
        before = Draft()
        seed(base, before)
        complete_accounts(before)
        self._before = freeze(before)

    def amended(self) -> DiscoveryDocument:
        """The document with what differs between the draft as it was and as it is."""
        # What is decided on access where nothing is said does not hold here: the document says it.
        said = list(self._draft.assumptions)
        after = freeze(self._draft)
        self._draft.assumptions = said
        old = {entity.name: entity for entity in self._before[0]}
        new = {entity.name: entity for entity in after[0]}
        entities = [
            _entity(entity, old[entity.name], new[entity.name]) if entity.name in old else entity
            for entity in self._base.entities
        ]
        entities += [entity for name, entity in new.items() if name not in old]
        return self._base.model_copy(
            update={
                "entities": tuple(entities),
                "operations": self._operations(after),
                "contexts": _contexts(self._base, tuple(entities)),
            }
        )

    def _operations(self, after: Frozen) -> tuple[Operation, ...]:
        owners = {entity.name: entity.owner_field for entity in self._base.entities}
        owned = {entity.name for entity in after[0] if entity.owner_field and not owners.get(entity.name)}
        old = {_route(item): item for item in self._before[1]}
        new = {_route(item): item for item in after[1]}
        kept = [
            _accessed(item, old.get(_route(item)), new.get(_route(item))) if self._is_concerned(item, owned) else item
            for item in self._base.operations
            if _route(item) in new or _route(item) not in old
        ]
        taken, routes = {item.id for item in kept}, {_route(item) for item in kept}
        for route, item in new.items():
            if route not in old and route not in routes:
                id_ = next(name for name in (item.id, *(f"{item.id}_{n}" for n in range(2, 999))) if name not in taken)
                taken.add(id_)
                kept.append(item.model_copy(update={"id": id_}))
        return tuple(kept)

    def _is_concerned(self, item: Operation, owned: set[str]) -> bool:
        spoken = any(rule.entity in (None, item.entity) and item.kind in rule.kinds for rule in self._draft.rules)
        return spoken or item.entity in owned


def freeze(draft: Draft) -> Frozen:
    """Entities and operations of a draft."""
    entities = Freezer(draft).entities()
    return entities, Endpoints(draft, entities).all()


def _entity(base: Entity, old: Entity, new: Entity) -> Entity:
    before = {item.name: item for item in old.attributes}
    after = {item.name: item for item in new.attributes}
    attributes = [
        _attribute(item, before[item.name], after[item.name]) if item.name in before and item.name in after else item
        for item in base.attributes
        if item.name in after or item.name not in before
    ]
    known = {item.name for item in attributes}
    attributes += [item for name, item in after.items() if name not in before and name not in known]
    changed: dict[str, Any] = {name: getattr(new, name) for name in _WHOLE if getattr(new, name) != getattr(old, name)}
    return base.model_copy(update={**changed, "attributes": tuple(attributes)})


def _attribute(base: Attribute, old: Attribute, new: Attribute) -> Attribute:
    names = [name for name in Attribute.model_fields if getattr(old, name) != getattr(new, name)]
    return base.model_copy(update={name: getattr(new, name) for name in names})


def _route(item: Operation) -> tuple[str, str]:
    parts = ("{}" if part.startswith("{") else part for part in item.path.split("/"))
    return item.method, "/".join(parts)


def _accessed(base: Operation, old: Operation | None, new: Operation | None) -> Operation:
    """With the access that was asked for."""
    if old is None or new is None or old.access == new.access:
        return base
    return base.model_copy(update={"access": new.access})


def _contexts(base: DiscoveryDocument, entities: tuple[Entity, ...]) -> tuple[Context, ...]:
    """Those of the document; what came to it stands in contexts of its own."""
    held = {name for context in base.contexts for name in context.entities}
    fresh = {entity.name for entity in entities} - held
    if not fresh:
        return base.contexts
    if set(base.contexts) == set(contexts_of(base.entities)):
        return contexts_of(entities)
    taken = {context.name for context in base.contexts}
    added = []
    for context in contexts_of(entities):
        names = tuple(name for name in context.entities if name in fresh)
        if names:
            name = next(
                name for name in (context.name, *(f"{context.name}_{n}" for n in range(2, 999))) if name not in taken
            )
            taken.add(name)
            added.append(Context(name=name, entities=names))
    return (*base.contexts, *added)
