"""Toggles between records: who holds what, and the properties that tell of it."""

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Source, Value
from devmatrix.discovery.naming import plural, split_words
from devmatrix.discovery.openapi.binding.drafts import Association, Desk, EntityDraft
from devmatrix.discovery.openapi.binding.references import parent_reference
from devmatrix.discovery.openapi.binding.words import same_verb, singular_key, stems
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import ShapeKind

TOGGLES = (OperationKind.LINK, OperationKind.UNLINK)


def add_associations(desk: Desk) -> None:
    """One association for each pair of link and unlink."""
    for operation in desk.operations:
        if operation.kind is OperationKind.LINK:
            association_of(desk, operation, make=True)
    for operation in desk.operations:
        if operation.kind is OperationKind.UNLINK:
            association_of(desk, operation, make=True)


def sides(desk: Desk, operation: Classified) -> tuple[str, str] | None:
    """(holder, target) of a toggle: two records of the path, or the caller's account and the last of them."""
    steps = [step for step in operation.steps if step.resource in desk.drafts]
    account = desk.account
    if operation.key_at and operation.linked in desk.drafts:
        if steps and not operation.of_caller:
            return steps[-1].resource, operation.linked
        return (account.name, operation.linked) if account is not None else None
    if not steps:
        return None
    target = steps[-1].resource
    if len(steps) > 1 and not operation.of_caller:
        holder = steps[-2].resource
        contained = parent_reference(desk, desk.drafts[target], holder) is not None
        ends_in_word = not operation.operation.path.rstrip("/").endswith("}")
        own_word = account is not None and holder == account.name and operation.linked is not None
        if not ends_in_word or (not contained and not own_word):
            return holder, target
    return (account.name, target) if account is not None else None


def association_of(desk: Desk, operation: Classified, *, make: bool = False) -> Association | None:
    """The association that a toggle, or a list over one, is about."""
    found = sides(desk, operation)
    if found is None:
        return None
    holder, target = found
    word = _word(operation)
    known = [one for one in desk.associations if one.holder == holder and one.target == target]
    for one in known:
        if same_verb(one.verb or one.attribute, word) or singular_key(one.attribute) == singular_key(word):
            return one
    for one in known:
        if not one.verb and holder != (desk.account.name if desk.account else ""):
            return one
    if not make:
        return known[0] if len(known) == 1 else None
    draft = desk.drafts[holder]
    name = draft.free_name(_plural(word))
    draft.attributes[name] = Attribute(
        name=name, type=FieldType.REFERENCES, target=target, required=False, server_set=True
    )
    association = Association(holder, name, target, word)
    desk.associations.append(association)
    return association


def _word(operation: Classified) -> str:
    """The word of the toggle: its verb, else the last literal part of its path."""
    if operation.verb:
        return operation.verb
    literal = [part for part in operation.operation.path.split("/") if part and not part.startswith("{")]
    return literal[-1] if literal else "link"


def _plural(word: str) -> str:
    words = split_words(word) or ("link",)
    last = words[-1]
    for end in ("ing", "ed"):
        if last.endswith(end) and len(last) > len(end) + 3:
            last = last[: -len(end)]
            last = last[:-1] if last[-1] == last[-2] and last[-1] not in "ls" else last
    return "_".join((*words[:-1], last if last.endswith("s") else plural(last)))


def add_flags_and_counts(desk: Desk) -> None:
    """Properties that only answers have and that tell of links and children: `favorited`, `likesCount`."""
    for draft in desk.drafts.values():
        for name in draft.seen:
            if draft.given(name) is not None or name in draft.attributes or name in draft.meanings:
                continue
            value = _told(desk, draft, name)
            if value is not None:
                draft.meanings[name] = value


def _told(desk: Desk, draft: EntityDraft, name: str) -> Value | None:
    shape = draft.answered(name)
    kind = desk.shapes.resolve(shape).kind if shape is not None else None
    account = desk.account.name if desk.account else ""
    if kind is ShapeKind.BOOLEAN:
        for one in desk.associations:
            if one.target == draft.name and one.holder == account and one.verb and same_verb(one.verb, name):
                return Value(source=Source.LINKED, attribute=one.attribute)
    return count_of(desk, draft, name) if kind is ShapeKind.INTEGER else None


def count_of(desk: Desk, draft: EntityDraft, name: str) -> Value | None:
    """What a whole number of a record counts, if its name says so."""
    words = split_words(name)
    account = desk.account.name if desk.account else ""
    for one in desk.associations:
        holds = one.holder == draft.name and words[:1] and words[0].endswith("ing")
        if one.verb and same_verb(one.verb, name) and holds and one.target == account:
            return Value(source=Source.HELD_COUNT, attribute=one.attribute)
        if one.target == draft.name and one.verb and same_verb(one.verb, name):
            return Value(source=Source.LINK_COUNT, attribute=one.attribute)
    for one in desk.associations:
        if one.holder == draft.name and stems(name) == stems(one.attribute):
            return Value(source=Source.HELD_COUNT, attribute=one.attribute)
    counted = "_".join(word for word in words if word not in ("count", "total", "number", "num", "of", "counts"))
    if counted == "_".join(words) and len(words) > 1:
        return None
    meant = tuple(singular_key(counted).split("_"))
    near = [name for words, names in desk.by_words.items() if words[-len(meant) :] == meant for name in names]
    for name in near:
        back = parent_reference(desk, desk.drafts[name], draft.name)
        if back is not None:
            return Value(source=Source.CHILD_COUNT, entity=name, attribute=back)
    return None


def toggled_flag(desk: Desk, draft: EntityDraft, operation: Classified) -> str | None:
    """The boolean of the record itself that a toggle turns, where no account could hold the link."""
    for name in draft.seen:
        shape = draft.seen[name][0].property.shape
        if desk.shapes.resolve(shape).kind is ShapeKind.BOOLEAN and same_verb(name, _word(operation)):
            return name
    return None
