"""From a loaded and classified document to what scenarios and code are derived from."""

import re
from collections.abc import Mapping

from devmatrix.discovery.contexts import contexts_of
from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, FieldType, OperationKind
from devmatrix.discovery.interface import Interface, Source, Value
from devmatrix.discovery.naming import human, split_words
from devmatrix.discovery.openapi.binding.access import schemes_of
from devmatrix.discovery.openapi.binding.accounts import add_account
from devmatrix.discovery.openapi.binding.associations import add_associations, add_flags_and_counts
from devmatrix.discovery.openapi.binding.checking import Checker
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.finding import with_finds
from devmatrix.discovery.openapi.binding.gathering import CREATES, gather
from devmatrix.discovery.openapi.binding.identity import add_keys, add_moments
from devmatrix.discovery.openapi.binding.joining import joined, only_ones
from devmatrix.discovery.openapi.binding.lookups import composites
from devmatrix.discovery.openapi.binding.operations import Bound, Operations
from devmatrix.discovery.openapi.binding.ownership import add_owners
from devmatrix.discovery.openapi.binding.properties import add_plain
from devmatrix.discovery.openapi.binding.questions import ask
from devmatrix.discovery.openapi.binding.references import add_references, parent_reference
from devmatrix.discovery.openapi.binding.roles import add_roles
from devmatrix.discovery.openapi.binding.silent import with_answers
from devmatrix.discovery.openapi.binding.statements import Statements
from devmatrix.discovery.openapi.binding.states import add_states, move_toggles
from devmatrix.discovery.openapi.classified import Classification, Classified, PathStep
from devmatrix.discovery.openapi.given import Given
from devmatrix.errors import RequestError

_FORMED = (FieldType.EMAIL, FieldType.URL, FieldType.UUID, FieldType.DATE, FieldType.DATETIME, FieldType.TIME)


def bind(given: Given, classification: Classification) -> DiscoveryDocument:
    """The document, without actors and requirements. Raises RequestError where the API keeps nothing."""
    if not classification.resources or not classification.operations:
        raise RequestError(
            f"{given.file}: nothing was found that the API keeps",
            mend="give a document with operations that make, list, read, change or delete records",
        )
    classification = with_answers(given, joined(given, classification))
    desk = Desk(given, classification)
    for what, why in given.assumed:
        desk.assume(what, why)
    understand(desk, only_ones(classification))
    operations = Operations(desk)
    bound = operations.all()
    entities = _entities(desk, bound)
    names = {entity.name for entity in entities}
    bound = [one if one.operation.entity in names else one.about_nothing() for one in bound]
    interface = Interface(
        file=given.file,
        version=given.version,
        openapi=given.openapi,
        base_path=given.base_path,
        blank=given.blank,
        shapes=dict(given.shapes),
        schemes=schemes_of(desk),
        views=operations.views,
        endpoints=tuple(one.endpoint for one in bound),
    )
    bound = with_finds(desk, _sound(Checker(interface, entities), bound))
    interface = interface.model_copy(update={"endpoints": tuple(one.endpoint for one in bound)})
    ask(desk, bound)
    title = given.title.strip() or human(entities[0].plural).capitalize()
    return DiscoveryDocument(
        title=title,
        slug=_slug(title),
        request=f"{given.file or 'an OpenAPI document'} (OpenAPI): {title}, {len(bound)} operations",
        contexts=contexts_of(entities),
        entities=entities,
        operations=tuple(one.operation for one in bound),
        assumptions=tuple(desk.assumptions),
        questions=tuple(desk.questions),
        statements=Statements(desk).all([(one.classified, one.operation, one.endpoint) for one in bound]),
        interface=interface,
    )


def _sound(checker: Checker, bound: list[Bound]) -> list[Bound]:
    """The operations, but those given up whose effects do not fit what the document says of them."""
    found = []
    for one in bound:
        wrong = next(checker.endpoint(one.operation, one.endpoint), None)
        found.append(one if wrong is None else one.given_up(f"its parts contradict each other: {wrong}"))
    return found


def understand(desk: Desk, only: Mapping[str, str]) -> None:
    """Fill the desk with all that is known of the records, before any operation is bound.

    `only`: resources of which a record has exactly one, and whose they are.
    """
    gather(desk)
    for name, owner in only.items():
        _take_in(desk, name, owner)
    for draft in desk.drafts.values():
        add_keys(desk, draft)
    add_account(desk)
    add_roles(desk)
    for draft in desk.drafts.values():
        add_moments(desk, draft)
    add_references(desk)
    add_owners(desk)
    add_associations(desk)
    add_flags_and_counts(desk)
    for draft in desk.drafts.values():
        add_plain(desk, draft)
        _require_key(draft)
    for part in desk.parts.values():
        add_plain(desk, part)
    move_toggles(desk)
    add_states(desk)
    for draft in desk.drafts.values():
        for attribute in draft.attributes.values():
            if attribute.type is FieldType.REFERENCE and attribute.target is not None:
                desk.referred.setdefault(attribute.target, []).append((draft.name, attribute))


def _take_in(desk: Desk, name: str, owner: str) -> None:
    """Keep the only record of a kind as a part of the record that has it."""
    if owner not in desk.drafts or set(desk.drafts[name].seen) & set(desk.drafts[owner].seen):
        return
    part = desk.drafts.pop(name)
    part.host = owner
    part.attributes = desk.drafts[owner].attributes
    desk.parts[name] = part
    desk.assume(f"A {owner} has its {human(name)} from the beginning", "no operation makes them")


def _require_key(draft: EntityDraft) -> None:
    """A record of which nothing is known still has to be a record."""
    if not draft.attributes:
        draft.attributes["id"] = Attribute(
            name="id", type=FieldType.INTEGER, required=False, server_set=True, unique=True, generated="sequence"
        )
        draft.keys.append("id")
        draft.meanings["id"] = Value(source=Source.ATTRIBUTE, attribute="id")


def _entities(desk: Desk, bound: list[Bound]) -> tuple[Entity, ...]:
    written: dict[str, list[set[str]]] = {}
    for one in bound:
        effect = one.endpoint.effect
        if effect is not None and one.operation.kind in CREATES:
            written.setdefault(effect.entity, []).append({write.attribute for write in effect.writes})
    found = []
    used = _used(desk, bound)
    for draft in desk.drafts.values():
        if draft.name not in used:
            continue
        made = written.get(draft.name, [])
        attributes = tuple(
            attribute.model_copy(
                update={
                    "required": (attribute.required and bool(made) and all(attribute.name in one for one in made))
                    or _is_needed(desk, draft, attribute)
                }
            )
            for attribute in draft.attributes.values()
        )
        keys, together = _local_keys(desk, draft)
        attributes = tuple(one.model_copy(update={"unique": False}) if one.name in keys else one for one in attributes)
        found.append(
            Entity(
                name=draft.name,
                plural=draft.resource.plural,
                description=draft.resource.shape.description,
                attributes=attributes,
                unique_together=together,
                states=draft.states,
                owner_field=draft.owner,
                soft_delete=draft.soft_delete,
                account=draft.account,
            )
        )
        if not made and any(
            operation.kind in (OperationKind.LIST, OperationKind.READ) for operation in desk.about[draft.name]
        ):
            desk.assume(f"There are no {human(draft.resource.plural)} at first", "no operation makes them")
    return tuple(found)


def _is_needed(desk: Desk, draft: EntityDraft, attribute: Attribute) -> bool:
    """Whether accounts that are made at start must have it: no empty text has the form that answers must have."""
    if draft.account is None or not (draft.account.listed or draft.account.seeded):
        return False
    given = attribute.generated is not None or attribute.default is not None
    if given or attribute.type not in _FORMED or attribute.name == draft.account.login_field:
        return False
    return any(one.required and not desk.shapes.nullable(one.shape) for one in draft.on(attribute.name, "answer"))


def _used(desk: Desk, bound: list[Bound]) -> set[str]:
    """Entities that effects are about, and those to which these refer; all, where there is no effect."""
    used: set[str] = set()
    for one in bound:
        effect = one.endpoint.effect
        if effect is not None:
            used |= {effect.entity, *(lookup.entity for lookup in effect.lookups), *filter(None, (effect.holder,))}
    waiting = list(used or desk.drafts)
    used = set(waiting)
    while waiting:
        draft = desk.drafts[waiting.pop()]
        children = {value.entity for value in draft.meanings.values() if value.entity}
        near = children | {one.target for one in draft.attributes.values() if one.target}
        waiting += [name for name in near if name not in used]
        used |= near
    return used


def _local_keys(desk: Desk, draft: EntityDraft) -> tuple[set[str], tuple[tuple[str, ...], ...]]:
    """Keys that callers give and that tell records apart only within the record above them."""
    local: dict[str, str] = {}
    for name in draft.keys:
        attribute = draft.attributes[name]
        steps = [(one, step) for one, step in desk.found_by[draft.name] if step.property == name]
        above = {_above(desk, draft, one, step) for one, step in steps}
        if attribute.generated or len(above) != 1:
            continue
        parent = above.pop()
        if parent is not None:
            local[name] = parent
    return set(local), tuple((parent, name) for name, parent in local.items())


def _above(desk: Desk, draft: EntityDraft, operation: Classified, step: PathStep) -> str | None:
    """The reference to the record below which a path finds this one; none: it finds it alone."""
    for before, reference, _ in composites(desk, operation).values():
        if before == step.parameter:
            return reference
    index = operation.steps.index(step)
    return parent_reference(desk, draft, operation.steps[index - 1].resource) if index else None


def _slug(title: str) -> str:
    slug = "-".join(split_words(title))[:60].strip("-")
    slug = re.sub(r"[^a-z0-9-]", "", slug)
    return slug if slug[:1].isalpha() else f"api-{slug}".strip("-")
