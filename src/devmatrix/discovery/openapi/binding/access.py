"""Who may call an operation, and how callers show who they are."""

from devmatrix.discovery.document import Access, OperationKind
from devmatrix.discovery.interface import Effect, Scheme, Source, Value
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.gathering import CHANGES, DELETES
from devmatrix.discovery.openapi.binding.lookups import CURRENT_KINDS
from devmatrix.discovery.openapi.binding.ownership import refuses_others
from devmatrix.discovery.openapi.binding.views import ViewBook
from devmatrix.discovery.openapi.binding.words import OWN, says
from devmatrix.discovery.openapi.classified import Classified

_OTHERS = frozenset({OperationKind.TRANSITION, OperationKind.UPLOAD, OperationKind.DOWNLOAD})
_READS = frozenset({OperationKind.READ, OperationKind.NESTED_READ})


def schemes_of(desk: Desk) -> tuple[Scheme, ...]:
    """The schemes of the document; tokens are issued here, or else they are keys of the settings."""
    fixed = []
    for scheme in desk.given.schemes:
        if scheme.kind == "basic":
            fixed.append(scheme)
            continue
        if desk.session_cookie and scheme.place != "cookie":
            fixed.append(scheme.model_copy(update={"kind": "key"}))
            continue
        own_header = scheme.parameter.lower() != "authorization" and scheme.place == "header"
        others = [one for one in desk.given.schemes if one is not scheme and one.kind != "basic"]
        key = not desk.issues_tokens or (own_header and any(_is_authorization(one) for one in others))
        fixed.append(scheme.model_copy(update={"kind": "key" if key else "token"}))
    return tuple(fixed)


def scopes_of(desk: Desk, asked: dict[str, tuple[str, ...]], schemes: tuple[Scheme, ...]) -> dict[str, tuple[str, ...]]:
    """What keys must have; tokens that are issued here have all there is."""
    marks = desk.account.account if desk.account is not None else None
    listed = marks is None or marks.listed
    keys = {one.name for one in schemes if one.kind == "key" or (one.kind == "basic" and listed)}
    return {name: scopes for name, scopes in asked.items() if name in keys}


def _is_authorization(scheme: Scheme) -> bool:
    return scheme.place == "header" and scheme.parameter.lower() == "authorization"


def needs_caller(effect: Effect) -> bool:
    """Whether an effect cannot be without the caller's account."""
    return (
        any(one.place == "caller" for one in effect.lookups)
        or any(one.operator == "of_caller" for one in effect.filters)
        or any(one.place == "caller" for one in effect.writes)
    )


def tells_of_caller(desk: Desk, book: ViewBook, value: Value | None) -> bool:
    """Whether an answer differs by who asks: it has `favorited`, `following`."""
    if value is None or desk.account is None:
        return False
    views = {view.name: view for view in book.views}
    seen: set[str] = set()

    def tells(one: Value) -> bool:
        if one.source is Source.LINKED:
            return True
        inner = [member.value for member in one.fields]
        if one.view and one.view not in seen:
            seen.add(one.view)
            inner += [member.value for member in views[one.view].members]
        return any(tells(each) for each in inner)

    return tells(value)


def access_of(desk: Desk, draft: EntityDraft | None, operation: Classified, effect: Effect | None) -> Access:
    """Signed in where the document says so; the owner where the record has one."""
    given = operation.operation
    authenticated = given.secured or (effect is not None and needs_caller(effect))
    roles = desk.roles.get(given.endpoint.pointer, ())
    if not authenticated or effect is None or draft is None:
        return Access(authenticated=authenticated, roles=roles if authenticated and effect is None else ())
    owner = _is_owners(desk, draft, operation, effect)
    if roles:
        # It stands instead of the rule of owners, but where both are said.
        refused = [reply.description for reply in given.endpoint.replies if reply.status == 403]
        owner = owner and says(OWN, (*desk.texts(operation), *refused))
    return Access(authenticated=True, roles=roles, owner=owner)


def _is_owners(desk: Desk, draft: EntityDraft, operation: Classified, effect: Effect) -> bool:
    if operation.kind in CURRENT_KINDS or not effect.lookups or effect.lookups[-1].place == "caller":
        return False
    if effect.lookups[-1].entity != draft.name:
        return False
    refused = refuses_others(desk, operation)
    changes = operation.kind in CHANGES | DELETES | _OTHERS and operation.kind is not OperationKind.TRANSITION
    if draft.account is not None:
        registers = any(one.kind is OperationKind.REGISTER for one in desk.about[draft.name])
        return changes and (refused or registers or says(OWN, desk.texts(operation)))
    if draft.owner is None:
        return False
    if desk.account is not None and desk.account.account is not None and desk.account.account.listed:
        # Keys are given to programs that work for everybody, too: only where it is said.
        changes = changes and (refused or draft.private or says(OWN, desk.texts(operation)))
    if changes and operation.kind is not OperationKind.DOWNLOAD:
        return True
    if operation.kind is OperationKind.TRANSITION:
        return refused or draft.private
    return operation.kind in _READS | _OTHERS and (refused or draft.private)
