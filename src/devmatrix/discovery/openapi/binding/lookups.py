"""How the records of a request are found: by its path, its body, its query, or who calls."""

import itertools

from devmatrix.discovery.document import FieldType, OperationKind
from devmatrix.discovery.interface import Lookup
from devmatrix.discovery.openapi.binding.associations import TOGGLES
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.references import parent_reference
from devmatrix.discovery.openapi.binding.words import key
from devmatrix.discovery.openapi.classified import Classified

CURRENT_KINDS = frozenset({OperationKind.CURRENT, OperationKind.CURRENT_PATCH, OperationKind.CURRENT_REPLACE})
_RECORD_KINDS = frozenset(
    {
        OperationKind.READ,
        OperationKind.REPLACE,
        OperationKind.PATCH,
        OperationKind.DELETE,
        OperationKind.NESTED_READ,
        OperationKind.NESTED_REPLACE,
        OperationKind.NESTED_PATCH,
        OperationKind.NESTED_DELETE,
        OperationKind.TRANSITION,
    }
)


def caller_lookup(desk: Desk) -> Lookup:
    """The caller's account. Raises Unexplained where no accounts sign in."""
    if desk.account is None:
        raise Unexplained("it is about the caller, and nothing says how callers get an account")
    return Lookup(place="caller", entity=desk.account.name)


def lookups_of(desk: Desk, draft: EntityDraft, operation: Classified) -> tuple[Lookup, ...]:
    """In the order of the path. Raises Unexplained where a part of the path, or the record, finds nothing."""
    found: list[Lookup] = []
    toggle = operation.kind in TOGGLES
    if operation.of_caller and not toggle:
        found.append(caller_lookup(desk))
    composite = composites(desk, operation)
    for step in operation.steps:
        if step.resource not in desk.drafts:
            raise Unexplained(f"nothing says what {{{step.parameter}}} in its path finds")
        target = desk.drafts[step.resource]
        for name, (before, reference, attribute) in composite.items():
            if before == step.parameter:
                owner = target.attributes[reference].target or ""
                found.append(Lookup(place="path", name=name, entity=owner, attribute=attribute))
        if step.property not in target.attributes:
            raise Unexplained(f"{target.name} has no {step.property} that {{{step.parameter}}} in its path could be")
        within = None
        if found and found[-1].entity in desk.drafts:
            above = composite.get(found[-1].name)
            within = above[1] if above else parent_reference(desk, target, found[-1].entity)
        found.append(
            Lookup(place="path", name=step.parameter, entity=target.name, attribute=step.property, within=within)
        )
    if operation.key_at:
        found.append(_by_key(desk, draft, operation))
    if not found and _is_only(desk, draft):
        found.append(Lookup(place="only", entity=draft.name))
    if operation.kind in _RECORD_KINDS and (not found or found[-1].entity != draft.name):
        raise Unexplained(f"nothing in the request says which {draft.name} is meant")
    if operation.kind in CURRENT_KINDS and (not found or found[-1].place != "caller"):
        found = [caller_lookup(desk)]
    return tuple(found)


_OF_ONE = frozenset({OperationKind.READ, OperationKind.REPLACE, OperationKind.PATCH, OperationKind.TRANSITION})


def _is_only(desk: Desk, draft: EntityDraft) -> bool:
    """Whether there is one record of the kind: nothing lists or makes any, nothing finds one, and it is changed."""
    about = desk.about.get(draft.name, [])
    kinds = {one.kind for one in about}
    alone = kinds <= _OF_ONE and not desk.found_by.get(draft.name)
    found = any(one.steps or one.of_caller or one.key_at for one in about)
    return alone and not found and bool(kinds - {OperationKind.READ}) and not draft.account


def _by_key(desk: Desk, draft: EntityDraft, operation: Classified) -> Lookup:
    target = desk.drafts.get(operation.linked or "", draft)
    name = operation.key_at
    place = "body" if name.startswith("/") else "query"
    last = name.rpartition("/")[2]
    attribute = last if last in target.attributes else next(iter(target.keys), "")
    if not attribute:
        raise Unexplained(f"{target.name} has no key that {name} could be")
    return Lookup(place="body" if place == "body" else "query", name=name, entity=target.name, attribute=attribute)


def composites(desk: Desk, operation: Classified) -> dict[str, tuple[str, str, str]]:
    """Keys of two parts, `/{owner}/{name}`: parameter -> (the one after it, the reference, a key of its record)."""
    steps = {step.parameter: step for step in operation.steps}
    parts = [part[1:-1] for part in operation.operation.path.split("/") if part.startswith("{") and part.endswith("}")]
    found: dict[str, tuple[str, str, str]] = {}
    for name, after in itertools.pairwise(parts):
        draft = desk.drafts.get(steps[after].resource) if after in steps and name not in steps else None
        for attribute in draft.attributes.values() if draft is not None else ():
            if attribute.type is not FieldType.REFERENCE or attribute.target not in desk.drafts:
                continue
            if key(name) in (key(attribute.name), key(attribute.target)):
                known = _known_by(desk.drafts[attribute.target])
                if known:
                    found[name] = (after, attribute.name, known)
    return found


def _known_by(target: EntityDraft) -> str:
    """What people call a record by: a key that is no number, a login."""
    for name in target.keys:
        if target.attributes[name].type in (FieldType.STRING, FieldType.EMAIL) and name in target.seen:
            return name
    return target.account.login_field if target.account is not None else ""


def unfound_parameters(desk: Desk, operation: Classified) -> list[str]:
    """Parameters of the path that find no record."""
    known = {*(step.parameter for step in operation.steps), *composites(desk, operation)}
    return [
        one.name for one in operation.operation.endpoint.parameters if one.place == "path" and one.name not in known
    ]
