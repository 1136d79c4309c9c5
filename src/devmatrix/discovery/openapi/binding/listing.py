"""Lists: of all, of what lives in a record or is linked to it, of the caller's own, of those whom they follow."""

from devmatrix.discovery.document import FieldType, OperationKind
from devmatrix.discovery.interface import Effect, Filter, Lookup, Paging, Parameter, Sorting, Source, Value
from devmatrix.discovery.naming import is_plural, singular, split_words
from devmatrix.discovery.openapi.binding.bodies import ignore
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.effected import Effected, require_found_paths
from devmatrix.discovery.openapi.binding.filters import Filters
from devmatrix.discovery.openapi.binding.gathering import body_shape
from devmatrix.discovery.openapi.binding.lookups import caller_lookup, composites, lookups_of
from devmatrix.discovery.openapi.binding.paging import paging_of, sorting_of
from devmatrix.discovery.openapi.binding.references import parent_reference
from devmatrix.discovery.openapi.binding.words import FEED, OWN, same_verb, says, singular_key
from devmatrix.discovery.openapi.classified import Classified

K = OperationKind


def bind_list(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    """What a list lists. Raises Unexplained where nobody can tell."""
    given = operation.operation
    texts = desk.texts(operation)
    parameters = given.endpoint.parameters
    paging = paging_of(desk, parameters, texts)
    sorting = sorting_of(desk, draft, parameters, texts)
    filters = (*filters_of(desk, draft, operation, paging, sorting), *_body_filters(desk, draft, operation))
    require_found_paths(desk, operation, but=tuple(one.parameter for one in filters))
    lookups = lookups_of(desk, draft, operation)
    effect = Effect(entity=draft.name, lookups=lookups, filters=filters, paging=paging, sorting=sorting)
    if operation.linked is not None:
        return _linked_list(desk, draft, operation, effect)
    feed = _feed(desk, draft, operation)
    if feed is not None:
        effect = effect.model_copy(update={"filters": (*effect.filters, feed), "lookups": ()})
        return Effected(K.LIST, effect)
    if lookups:
        return _nested_list(desk, draft, operation, effect)
    own = draft.owner and draft.private and given.secured and not _for_everybody(desk, draft, operation)
    if own and draft.owner:
        effect = effect.model_copy(update={"lookups": (caller_lookup(desk),), "parent": draft.owner})
        desk.assume(f"{given.method} {given.path} lists the caller's own records", "it speaks of one's own")
        return Effected(operation.kind, effect)
    kind = K.LIST if operation.kind is K.NESTED_LIST else operation.kind
    return Effected(kind, effect)


def _for_everybody(desk: Desk, draft: EntityDraft, operation: Classified) -> bool:
    """Whether a list shows everybody's records, as only another one speaks of the caller's own."""
    if says(OWN, desk.texts(operation)):
        return False
    return any(
        other.of_caller and other.kind in (K.LIST, K.NESTED_LIST) and other is not operation
        for other in desk.about[draft.name]
    )


def _nested_list(desk: Desk, draft: EntityDraft, operation: Classified, effect: Effect) -> Effected:
    last = effect.lookups[-1]
    parent = None
    if last.place == "caller":
        parent = draft.owner
    parent = parent or parent_reference(desk, draft, last.entity)
    if parent is not None:
        kind = operation.kind if last.place == "caller" else K.NESTED_LIST
        return Effected(kind, effect.model_copy(update={"parent": parent}))
    association = next(
        (one for one in desk.associations if one.holder == last.entity and one.target == draft.name), None
    )
    if association is not None and last.place != "caller":
        changed = {"association": association.attribute, "holder": association.holder}
        return Effected(K.NESTED_LIST, effect.model_copy(update=changed))
    reverse = [one for one in desk.associations if one.holder == draft.name and one.target == last.entity]
    if reverse and last.place == "path":
        return _of_person(effect, last, reverse[0].attribute, "links")
    raise Unexplained(f"nothing says which {draft.name} records belong to a {last.entity}")


def _linked_list(desk: Desk, draft: EntityDraft, operation: Classified, effect: Effect) -> Effected:
    """What somebody or something has linked, or who has linked it."""
    account = desk.account.name if desk.account else ""
    last = effect.lookups[-1] if effect.lookups else None
    word = operation.verb or next(
        (part for part in reversed(operation.operation.path.split("/")) if part and not part.startswith("{")), ""
    )
    reverse = word.endswith(("ers", "gazers"))
    for one in desk.associations:
        if last is None or draft.name not in (one.holder, one.target) or not _speaks(one.verb, one.attribute, word):
            continue
        if one.target == draft.name and one.holder == last.entity and not (reverse and one.holder == one.target):
            if last.place == "caller":
                mine = Filter(parameter="", path=(one.attribute,), operator="of_caller")
                changed: dict[str, object] = {"filters": (*effect.filters, mine), "lookups": effect.lookups[:-1]}
                return Effected(K.LIST, effect.model_copy(update=changed))
            if one.holder == account and one.target == account:
                return _of_person(effect, last, one.attribute, "linked_by")
            changed = {"association": one.attribute, "holder": one.holder}
            return Effected(K.NESTED_LIST, effect.model_copy(update=changed))
        if one.holder == draft.name and one.target == last.entity and last.place == "path":
            return _of_person(effect, last, one.attribute, "links")
    fallback = [one for one in desk.associations if last and one.holder == last.entity and one.target == draft.name]
    if len(fallback) == 1 and last and last.place == "path" and fallback[0].holder != fallback[0].target:
        changed = {"association": fallback[0].attribute, "holder": fallback[0].holder}
        return Effected(K.NESTED_LIST, effect.model_copy(update=changed))
    if last is not None:
        return _nested_list(desk, draft, operation, effect)
    raise Unexplained(f"nothing says how {draft.name} records are linked")


def _of_person(effect: Effect, last: Lookup, association: str, operator: str) -> Effected:
    found = Filter.model_validate({"parameter": last.name, "path": (association, last.attribute), "operator": operator})
    return Effected(K.NESTED_LIST, effect.model_copy(update={"filters": (*effect.filters, found), "parent": ""}))


def _speaks(verb: str, attribute: str, word: str) -> bool:
    return same_verb(verb or attribute, word) or singular_key(attribute) == singular_key(word)


def _feed(desk: Desk, draft: EntityDraft, operation: Classified) -> Filter | None:
    """Records of those whom the caller follows."""
    account = desk.account
    last = operation.operation.path.rstrip("/").rpartition("/")[2].lower()
    said = says(FEED, desk.texts(operation)) or last in ("feed", "timeline")
    if account is None or not said or not (operation.of_caller or operation.operation.secured):
        return None
    if operation.steps:
        return None
    for one in desk.associations:
        if one.holder == account.name and one.verb:
            if one.target == draft.name and last not in ("feed", "timeline"):
                return Filter(parameter="", path=(one.attribute,), operator="of_caller")
            reference = parent_reference(desk, draft, one.target) if one.target != draft.name else None
            if draft.owner and one.target == account.name:
                reference = draft.owner
            if reference is not None and FEED.search(one.verb):
                return Filter(parameter="", path=(reference, one.attribute), operator="of_caller")
    return None


def filters_of(
    desk: Desk, draft: EntityDraft, operation: Classified, paging: Paging | None, sorting: Sorting
) -> tuple[Filter, ...]:
    """What the parameters narrow. Raises Unexplained where a required one does who knows what."""
    used = {sorting.parameter, sorting.direction, *((paging.size, paging.position) if paging else ())}
    steps = {*(step.parameter for step in operation.steps), *composites(desk, operation)}
    found = []
    filters = Filters(desk, draft)
    for one in operation.operation.endpoint.parameters:
        if one.name in used or one.name in steps or one.place not in ("query", "path"):
            continue
        match = filters.of(one)
        if match is not None:
            found.append(match)
        elif one.required and one.place == "query":
            raise Unexplained(f"nothing says what its parameter {one.name} does")
        elif one.place == "query":
            ignore(desk, operation, one.name, "nothing says what it does")
    return tuple(found)


def _body_filters(desk: Desk, draft: EntityDraft, operation: Classified) -> tuple[Filter, ...]:
    """What the properties of the body narrow. Raises Unexplained where a body is needed that does who knows what."""
    shape = body_shape(operation)
    if shape is None:
        return ()
    root, pointer = desk.shapes.resolve(shape), ""
    if len(root.properties) == 1 and desk.shapes.resolve(root.properties[0].shape).properties:
        pointer = f"/{_escaped(root.properties[0].name)}"
        root = desk.shapes.resolve(root.properties[0].shape)
    filters, found, unknown = Filters(desk, draft), [], []
    for one in root.properties:
        match = filters.of(Parameter(name=one.name, place="query", shape=one.shape, required=one.required))
        if match is None:
            unknown.append(one.name)
        else:
            place = {"parameter": f"{pointer}/{_escaped(one.name)}", "place": "body"}
            found.append(match.model_copy(update=place))
    if found and not unknown:
        return tuple(found)
    if operation.operation.endpoint.body_required:
        about = ", ".join(unknown[:3]) or "that"
        raise Unexplained(f"it takes what it looks for in its body, and nothing says what {about} means")
    return ()


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def values_of(desk: Desk, operation: Classified) -> tuple[EntityDraft, Value] | None:
    """The list of plain values of which some attribute is made: all tags, all categories in use."""
    word = operation.operation.path.rstrip("/").rpartition("/")[2]
    wanted = singular_key(word)
    for draft in desk.drafts.values():
        for name, attribute in draft.attributes.items():
            words = split_words(name)
            bare = words[:-1] if words[-1:] in (("list",), ("names",)) else words
            base = "_".join((*bare[:-1], singular(bare[-1]))) if bare else ""
            listed = attribute.type is FieldType.JSON and attribute.shape is not None
            items = desk.shapes.items_of(attribute.shape) if listed and attribute.shape is not None else None
            plain = attribute.type in (FieldType.STRING, FieldType.TEXT, FieldType.ENUM)
            many = is_plural(split_words(word)[-1] if split_words(word) else "")
            if base == wanted and many and (plain or (items is not None and desk.shapes.is_scalar(items))):
                return draft, Value(source=Source.VALUES, entity=draft.name, attribute=name)
    return None
