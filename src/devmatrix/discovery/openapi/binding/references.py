"""Finds what records refer to: embedded records, their keys, lists of both, and the record they live in."""

from collections.abc import Iterable

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Source, Value
from devmatrix.discovery.naming import is_plural, singular, split_words
from devmatrix.discovery.openapi.binding.drafts import Association, Desk, EntityDraft
from devmatrix.discovery.openapi.binding.gathering import CREATES
from devmatrix.discovery.openapi.binding.words import PEOPLE, key, singular_key
from devmatrix.discovery.shapes import Shape, ShapeKind

_SELF = frozenset("parent reply_to in_reply_to replied_to previous next root super manager".split())
_ABOVE = frozenset("parent reply replied super manager".split())
_GENERAL = frozenset("id name slug uuid key code number title email type date label tag value username".split())


def add_references(desk: Desk) -> None:
    """References to one record, in all drafts; then lists of records, which may be those that refer back."""
    for draft in desk.drafts.values():
        for name in list(draft.seen):
            if name not in draft.meanings:
                _add_single(desk, draft, name)
    for draft in desk.drafts.values():
        _add_parents(desk, draft)
    for draft in desk.drafts.values():
        for name in list(draft.seen):
            if name not in draft.meanings:
                _add_list(desk, draft, name)


def entity_of(desk: Desk, draft: EntityDraft, name: str, shape: Shape) -> str | None:
    """The entity whose record an embedded object shows, if it is one."""
    known = desk.by_shape.get(desk.shapes.name_of(shape))
    owner = desk.shapes.object_of(shape)
    if owner is None or not owner.properties:
        return None
    if known is not None:
        return known if known in desk.drafts and desk.drafts[known].created else None
    mine = {item.name for item in owner.properties}
    for candidate in _named(desk, draft, desk.shapes.name_of(shape) or name, name, loosely=True):
        target = desk.drafts[candidate]
        if mine & set(target.keys) or mine <= set(target.seen):
            return candidate
    return None


def _named(desk: Desk, draft: EntityDraft, *names: str, loosely: bool = False) -> Iterable[str]:
    """Entities that names mean, of those of which there can be records: nothing can refer to the others."""
    return (one for one in _meant(desk, draft, *names, loosely=loosely) if desk.drafts[one].created)


def _meant(desk: Desk, draft: EntityDraft, *names: str, loosely: bool) -> Iterable[str]:
    """The same word, its last word (`loosely`: its first), a person's role, or itself for `parent`."""
    found = [(name, split_words(name)) for name in names]
    bases = [(name, (*words[:-1], singular(words[-1]))) for name, words in found if words]
    for _, base in bases:
        yield from desk.by_words.get(base, ())
    for name, base in bases:
        for length in range(1, len(base)):
            yield from desk.by_words.get(base[-length:], ())
            if loosely:
                yield from desk.by_words.get(base[:length], ())
        if desk.account is not None and singular_key(name) in PEOPLE:
            yield desk.account.name
        if "_".join(base) in _SELF or base[:1] == ("parent",):
            yield draft.name


def _add_single(desk: Desk, draft: EntityDraft, name: str) -> None:
    answered, given = draft.answered(name), draft.given(name)
    for shape in (answered, given):
        if shape is not None and (target := entity_of(desk, draft, name, shape)) is not None:
            _embed(desk, draft, name, target)
            return
    shape = given or answered
    if shape is None or not desk.shapes.is_scalar(shape):
        return
    found = _by_key(desk, draft, name, shape)
    if found is not None and _is_within_reach(desk, draft, name, found[0]):
        target, matched = found
        twin = _twin(draft, name, target)
        attribute = twin or name
        if twin is None:
            draft.attributes[name] = _reference(desk, draft, name, target)
        elif given is not None:
            # The embedded record is answered, its key is what bodies give: one reference, named by the key.
            old = draft.attributes.pop(twin)
            draft.attributes[name] = _reference(desk, draft, name, target)
            draft.meanings[twin] = draft.meanings[twin].model_copy(update={"attribute": name})
            attribute = name
            del old
        draft.meanings[name] = Value(source=Source.RELATED_VALUE, attribute=attribute, target_attribute=matched)


def _is_within_reach(desk: Desk, draft: EntityDraft, name: str, target: str) -> bool:
    """Whether who joins can name such a record: not where it is asked for, and only those who have joined make any."""
    if draft.account is None or target == draft.name or not any(item.required for item in draft.on(name, "create")):
        return True
    joining = [one.operation.secured for one in desk.about[draft.name] if one.kind in CREATES]
    making = [one.operation.secured for one in desk.about[target] if one.kind in CREATES]
    return all(joining) or not making or not all(making)


def _embed(desk: Desk, draft: EntityDraft, name: str, target: str) -> None:
    twin = _twin(draft, name, target)
    if twin is None:
        draft.attributes[name] = _reference(desk, draft, name, target)
    draft.meanings[name] = Value(source=Source.RELATED, attribute=twin or name)


def _twin(draft: EntityDraft, name: str, target: str) -> str | None:
    """The reference that another property already stands for: authorId beside author."""
    base = _base(name)
    for other, attribute in draft.attributes.items():
        if attribute.type is FieldType.REFERENCE and attribute.target == target and _base(other) == base:
            return other
    return None


def _base(name: str) -> str:
    words = split_words(name)
    return "_".join(words[:-1] if len(words) > 1 and words[-1] in ("id", "key", "uuid", "slug", "username") else words)


def _by_key(desk: Desk, draft: EntityDraft, name: str, shape: Shape) -> tuple[str, str] | None:
    """The entity and its key that a plain value names: author_id, bookIsbn; or `author`, where it is like its id."""
    words = split_words(name)
    resolved = desk.shapes.resolve(shape)
    for length in (1, 2):
        base, end = words[:-length], "_".join(words[-length:])
        for candidate in _others(desk, draft, base) if base else ():
            target = desk.drafts[candidate]
            for one in target.keys:
                if key(one) in (end, f"_{end}".strip("_")) and _alike(desk, target, one, resolved):
                    return candidate, one
            if end in ("id", "key", "ref") and target.keys and _alike(desk, target, target.keys[0], resolved):
                return candidate, target.keys[0]
    for candidate in _with_key(desk, draft, name):
        if _alike(desk, desk.drafts[candidate], name, resolved):
            return candidate, name
    said = "id of" in resolved.description.lower() or "identifier of" in resolved.description.lower()
    if resolved.kind is ShapeKind.INTEGER or resolved.format == "uuid" or said:
        for candidate in _named(desk, draft, name):
            target = desk.drafts[candidate]
            if target.keys and "id" in split_words(target.keys[0]) and _alike(desk, target, target.keys[0], resolved):
                if candidate == draft.name and not is_self(name):
                    continue
                return candidate, target.keys[0]
    return None


def _others(desk: Desk, draft: EntityDraft, base: tuple[str, ...]) -> Iterable[str]:
    """Entities that the words before a key mean: a record's own name means its own number, and no other record."""
    for candidate in _named(desk, draft, "_".join(base)):
        if candidate != draft.name or split_words(candidate)[-len(base) :] != base:
            yield candidate


def _with_key(desk: Desk, draft: EntityDraft, name: str) -> list[str]:
    """Other entities whose key has the same telling name: iban, sku, isbn."""
    if name in draft.keys or key(name) in _GENERAL or set(split_words(name)) == {"id"}:
        return []
    found = [one.name for one in desk.drafts.values() if one is not draft and one.created and one.keys[:1] == [name]]
    return found if len(found) == 1 else []


def is_self(name: str) -> bool:
    """Whether the name means another record of the same kind."""
    return bool(set(split_words(name)) & _SELF)


def _alike(desk: Desk, target: EntityDraft, attribute: str, shape: Shape) -> bool:
    """Whether a value is of the kind that the key is."""
    whole = target.attributes[attribute].type in (FieldType.INTEGER, FieldType.FLOAT)
    return whole == (shape.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER)) and shape.kind in (
        ShapeKind.INTEGER,
        ShapeKind.NUMBER,
        ShapeKind.STRING,
    )


def _reference(desk: Desk, draft: EntityDraft, name: str, target: str) -> Attribute:
    creates = draft.on(name, "create")
    given = draft.given(name)
    everywhere = bool(creates) and all(item.required and not desk.shapes.nullable(item.shape) for item in creates)
    return Attribute(
        name=name,
        type=FieldType.REFERENCE,
        target=target,
        required=everywhere,
        server_set=given is None,
        on_delete="restrict" if everywhere else "set_null",
        description=_description(draft, name),
    )


def _description(draft: EntityDraft, name: str) -> str:
    return next((one.property.shape.description for one in draft.seen.get(name, ())), "")


def _add_parents(desk: Desk, draft: EntityDraft) -> None:
    """The record that a record lives in: what nested creation and nested paths fix."""
    for operation in desk.about[draft.name]:
        steps = [step for step in operation.steps if step.resource in desk.drafts]
        makes = operation.kind in (OperationKind.NESTED_CREATE, OperationKind.UPLOAD, OperationKind.BULK_CREATE)
        if makes and steps and operation.linked is None and steps[-1].resource != draft.name:
            parent_reference(desk, draft, steps[-1].resource, make=True)
    if draft.resource.parent in desk.drafts and draft.resource.parent != draft.name:
        parent_reference(desk, draft, draft.resource.parent, make=True)


def parent_reference(desk: Desk, draft: EntityDraft, parent: str, *, make: bool = False) -> str | None:
    """The reference of the entity to its parent; made where it is asked for, as no property shows it."""
    found = [
        name
        for name, attribute in draft.attributes.items()
        if attribute.type is FieldType.REFERENCE and attribute.target == parent
    ]
    words = split_words(parent)
    if parent == draft.name:
        found = [name for name in found if set(split_words(name)) & _ABOVE]
    exact = [name for name in found if _base(name) == "_".join(words) or split_words(_base(name))[-1:] == words[-1:]]
    chosen = next(iter(exact or found), None)
    if not make:
        return chosen
    if chosen is None:
        chosen = draft.free_name("_".join(words))
        draft.attributes[chosen] = Attribute(
            name=chosen, type=FieldType.REFERENCE, target=parent, required=False, server_set=True, on_delete="cascade"
        )
        return chosen
    nested = any(
        operation.kind is OperationKind.NESTED_CREATE and operation.steps and operation.steps[-1].resource == parent
        for operation in desk.about[draft.name]
    )
    if nested:
        draft.attributes[chosen] = draft.attributes[chosen].model_copy(update={"on_delete": "cascade"})
    return chosen


def _add_list(desk: Desk, draft: EntityDraft, name: str) -> None:
    answered, given = draft.answered(name), draft.given(name)
    items = desk.shapes.items_of(answered) if answered is not None else None
    if items is not None and (target := entity_of(desk, draft, name, items)) is not None:
        _embed_list(desk, draft, name, target, given)
        return
    shape = given or answered
    items = desk.shapes.items_of(shape) if shape is not None else None
    if items is None or not desk.shapes.is_scalar(items):
        return
    found = _by_list_of_keys(desk, draft, name, desk.shapes.resolve(items))
    if found is not None:
        target, matched = found
        attribute = _association(desk, draft, name, target)
        draft.meanings[name] = Value(source=Source.LINK_VALUES, attribute=attribute, target_attribute=matched)


def _by_list_of_keys(desk: Desk, draft: EntityDraft, name: str, items: Shape) -> tuple[str, str] | None:
    words = split_words(name)
    if words[-1] in ("ids", "keys", "slugs"):
        return _by_key(desk, draft, "_".join((*words[:-1], singular(words[-1]))), items)
    if is_plural(words[-1]) and (items.kind is ShapeKind.INTEGER or items.format == "uuid"):
        return _by_key(desk, draft, "_".join((*words[:-1], singular(words[-1]))), items)
    return None


def _embed_list(desk: Desk, draft: EntityDraft, name: str, target: str, given: Shape | None) -> None:
    child = desk.drafts[target]
    back = parent_reference(desk, child, draft.name)
    if given is None and back is not None and not _listed_ids(desk, draft, target):
        draft.meanings[name] = Value(source=Source.CHILDREN, entity=target, attribute=back)
        return
    if given is not None:
        items = desk.shapes.items_of(given)
        if items is not None and not desk.shapes.is_scalar(items):
            return  # records made along with this one: kept as they are sent
    draft.meanings[name] = Value(source=Source.LINKS, attribute=_association(desk, draft, name, target))


def _listed_ids(desk: Desk, draft: EntityDraft, target: str) -> bool:
    return any(one.holder == draft.name and one.target == target for one in desk.associations)


def _association(desk: Desk, draft: EntityDraft, name: str, target: str) -> str:
    """The list of references that a property stands for, shared by `tags` and `tag_ids`."""
    base = singular_key(_base(singular_key(name)))
    for one in desk.associations:
        if (
            one.holder == draft.name
            and one.target == target
            and singular_key(_base(singular_key(one.attribute))) == base
        ):
            attribute = draft.attributes[one.attribute]
            if draft.given(name) is not None:
                draft.attributes[one.attribute] = attribute.model_copy(update={"server_set": False})
            return one.attribute
    creates = draft.on(name, "create")
    draft.attributes[name] = Attribute(
        name=name,
        type=FieldType.REFERENCES,
        target=target,
        required=bool(creates) and all(item.required for item in creates),
        server_set=draft.given(name) is None,
        description=_description(draft, name),
    )
    desk.associations.append(Association(draft.name, name, target))
    return name
