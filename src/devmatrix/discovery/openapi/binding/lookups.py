"""How the records of a request are found: by its path, its body, its query, or who calls."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Lookup
from devmatrix.discovery.openapi.binding.associations import TOGGLES
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.references import parent_reference
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
    for step in operation.steps:
        if step.resource not in desk.drafts:
            raise Unexplained(f"nothing says what {{{step.parameter}}} in its path finds")
        target = desk.drafts[step.resource]
        if step.property not in target.attributes:
            raise Unexplained(f"{target.name} has no {step.property} that {{{step.parameter}}} in its path could be")
        within = None
        if found and found[-1].entity in desk.drafts:
            within = parent_reference(desk, target, found[-1].entity)
        found.append(
            Lookup(place="path", name=step.parameter, entity=target.name, attribute=step.property, within=within)
        )
    if operation.key_at:
        found.append(_by_key(desk, draft, operation))
    if operation.kind in _RECORD_KINDS and (not found or found[-1].entity != draft.name):
        raise Unexplained(f"nothing in the request says which {draft.name} is meant")
    if operation.kind in CURRENT_KINDS and (not found or found[-1].place != "caller"):
        found = [caller_lookup(desk)]
    return tuple(found)


def _by_key(desk: Desk, draft: EntityDraft, operation: Classified) -> Lookup:
    target = desk.drafts.get(operation.linked or "", draft)
    name = operation.key_at
    place = "body" if name.startswith("/") else "query"
    last = name.rpartition("/")[2]
    attribute = last if last in target.attributes else next(iter(target.keys), "")
    if not attribute:
        raise Unexplained(f"{target.name} has no key that {name} could be")
    return Lookup(place="body" if place == "body" else "query", name=name, entity=target.name, attribute=attribute)


def unfound_parameters(operation: Classified) -> list[str]:
    """Parameters of the path that find no record."""
    known = {step.parameter for step in operation.steps}
    return [
        one.name for one in operation.operation.endpoint.parameters if one.place == "path" and one.name not in known
    ]
