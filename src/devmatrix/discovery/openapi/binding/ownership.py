"""Whose a record is: the account that made it, as its properties or the words of the document say."""

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Source, Value
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.gathering import CHANGES, CREATES, DELETES
from devmatrix.discovery.openapi.binding.words import OWN, PEOPLE, key, says
from devmatrix.discovery.openapi.classified import Classified

_LISTS = frozenset({OperationKind.LIST, OperationKind.NESTED_LIST, OperationKind.SEARCH})
_READS = frozenset({OperationKind.READ, OperationKind.NESTED_READ})


def add_owners(desk: Desk) -> None:
    """Find the owner of each kind of record, where accounts sign in."""
    account = desk.account
    if account is None or account.account is None:
        return
    known = desk.issues_tokens or account.account.listed
    if not known and not any(one.kind == "basic" for one in desk.given.schemes):
        return
    for draft in desk.drafts.values():
        if draft is not account and created_by_callers(desk, draft):
            _add_owner(desk, draft, account)


def created_by_callers(desk: Desk, draft: EntityDraft) -> bool:
    """Whether those who call make the records, and not just anybody."""
    return any(
        operation.kind in CREATES and (operation.operation.secured or operation.of_caller)
        for operation in desk.about[draft.name]
    )


def _add_owner(desk: Desk, draft: EntityDraft, account: EntityDraft) -> None:
    candidates = [
        name
        for name, attribute in draft.attributes.items()
        if attribute.type is FieldType.REFERENCE and attribute.target == account.name and not _given(draft, name)
    ]
    said = [name for name in candidates if _role(name)]
    if said or candidates:
        _own(draft, (said or candidates)[0])
        return
    for name in draft.seen:
        if name not in draft.attributes and _role(name) and draft.given(name) is None and _is_text(desk, draft, name):
            draft.attributes[name] = Attribute(
                name=name, type=FieldType.REFERENCE, target=account.name, required=False, server_set=True
            )
            shown = account.account.login_field if account.account else account.keys[0]
            draft.meanings[name] = Value(source=Source.RELATED_VALUE, attribute=name, target_attribute=shown)
            desk.assume(
                f"{draft.name}.{name} is the {shown} of the account that made it", "its name is that of a person's role"
            )
            _own(draft, name)
            return
    if not _given_owner(draft, account) and speaks_of_owners(desk, draft):
        name = draft.free_name("owner")
        draft.attributes[name] = Attribute(
            name=name, type=FieldType.REFERENCE, target=account.name, required=False, server_set=True
        )
        _own(draft, name)
        desk.assume(
            f"A {draft.name} belongs to the account that made it", "the document speaks of one's own records, or of 403"
        )


def refuses_others(desk: Desk, operation: Classified) -> bool:
    """Whether 403 is for those whose record it is not; with keys, roles or scopes only where words say so."""
    endpoint = operation.operation.endpoint
    said = [reply.description for reply in endpoint.replies if reply.status == 403]
    if endpoint.pointer in desk.roles or endpoint.scopes:
        return says(OWN, said)
    return bool(said) and (desk.has_callers or says(OWN, said))


def _own(draft: EntityDraft, name: str) -> None:
    draft.owner = name
    draft.attributes[name] = draft.attributes[name].model_copy(update={"on_delete": "cascade", "required": False})


def _given(draft: EntityDraft, name: str) -> bool:
    """Whether callers say who it is: by this property or by another that stands for the same reference."""
    if not draft.attributes[name].server_set:
        return True
    return any(
        meaning.attribute == name and draft.given(other) is not None for other, meaning in draft.meanings.items()
    )


def _given_owner(draft: EntityDraft, account: EntityDraft) -> bool:
    return any(
        attribute.target == account.name and attribute.type is FieldType.REFERENCE and _role(name)
        for name, attribute in draft.attributes.items()
    )


def _role(name: str) -> bool:
    words = split_words(name)
    if words and words[-1] in ("id", "name", "username", "login", "email", "uuid"):
        words = words[:-1]
    return key(name) in PEOPLE or "_".join(words) in PEOPLE


def _is_text(desk: Desk, draft: EntityDraft, name: str) -> bool:
    shape = draft.answered(name)
    return shape is not None and desk.shapes.is_scalar(shape) and desk.shapes.resolve(shape).kind == "string"


def speaks_of_owners(desk: Desk, draft: EntityDraft) -> bool:
    """Whether the document says of records that they are somebody's; notes whether nobody else may see them."""
    private = changes = False
    for operation in desk.about[draft.name]:
        given = operation.operation
        texts = desk.texts(operation)
        refused = refuses_others(desk, operation)
        if operation.of_caller and operation.kind in _LISTS | CREATES and operation.linked is None:
            private = changes = True
        if given.secured and operation.kind in _LISTS | _READS and says(OWN, texts):
            private = True
        if given.secured and operation.kind in CHANGES | DELETES and (refused or says(OWN, texts)):
            changes = True
    draft.private = private
    return private or changes
