"""Who signs in: the account's entity, with what it signs in by, and its token."""

from devmatrix.discovery.document import Account, Attribute, FieldType, OperationKind, Question
from devmatrix.discovery.interface import Credentials, Source, Value
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.attributes import is_secret, make_attribute
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.gathering import CREATES, answer_shape, body_shape
from devmatrix.discovery.openapi.binding.words import TOKENS, key
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import Shape, ShapeKind

_LOGINS = ("email", "username", "user_name", "login", "name", "phone", "phone_number", "handle", "nickname")
_SECRETS = frozenset("secret pin passcode pass pwd".split())


def add_account(desk: Desk) -> None:
    """Mark the account's entity, where there is one, and see whether operations here issue its tokens."""
    draft = next((one for one in desk.drafts.values() if one.resource.is_account), None)
    if draft is None:
        return
    if not any(one.kind in CREATES and not one.operation.secured for one in desk.about[draft.name]):
        _ask_for_first(desk, draft)
        return
    issuing = [
        operation
        for operation in desk.operations
        if operation.kind is OperationKind.LOGIN
        or (operation.kind in (OperationKind.REGISTER, OperationKind.CREATE) and _shows_token(desk, operation))
    ]
    basic = any(scheme.kind == "basic" for scheme in desk.given.schemes)
    secrets = [name for name in draft.seen if is_secret(desk.shapes, name, draft.seen[name][0].property.shape)]
    password = secrets[0] if secrets else None
    if not issuing and not (basic and password):
        return
    desk.issues_tokens = any(_shows_token(desk, operation) for operation in issuing)
    if password is None:
        password = draft.free_name("password")
        draft.attributes[password] = Attribute(name=password, type=FieldType.PASSWORD, required=False, server_set=True)
    else:
        made = make_attribute(desk.shapes, draft, password)
        draft.attributes[password] = made.model_copy(
            update={"type": FieldType.PASSWORD, "server_set": False, "default": None, "unique": False}
        )
        draft.meanings[password] = Value(source=Source.CONSTANT)
    logins = _login_attributes(desk, draft)
    for name in logins:
        if name not in draft.attributes:
            draft.attributes[name] = make_attribute(desk.shapes, draft, name)
            draft.meanings[name] = Value(source=Source.ATTRIBUTE, attribute=name)
        draft.attributes[name] = draft.attributes[name].model_copy(update={"unique": True, "default": None})
    if draft.given(logins[0]) is not None:
        draft.attributes[logins[0]] = draft.attributes[logins[0]].model_copy(update={"generated": None})
    draft.account = Account(login_field=logins[0], password_field=password)
    for name in draft.seen:
        if key(name) in TOKENS and name not in draft.keys:
            draft.meanings[name] = Value(source=Source.TOKEN)
            draft.attributes.pop(name, None)


def _ask_for_first(desk: Desk, draft: EntityDraft) -> None:
    """Nobody can sign in where every operation that makes accounts needs an account."""
    logins = [one.operation for one in desk.operations if one.kind is OperationKind.LOGIN]
    if logins:
        desk.questions.append(
            Question(
                id="first-account",
                text=f"No operation makes a first {draft.name} without credentials: who may call the API?",
                default="callers with a key of the setting API_KEYS",
                why=f"{logins[0].method} {logins[0].path} is for those who have an account already",
                depends=(draft.name,),
            )
        )


def _login_attributes(desk: Desk, draft: EntityDraft) -> list[str]:
    """What callers sign in by, as the logins say; else the usual."""
    found = []
    for operation in desk.operations:
        if operation.kind is OperationKind.LOGIN:
            try:
                found.append(credentials(desk, draft, operation).login_attribute)
            except Unexplained:
                continue
    usual = [name for wanted in _LOGINS for name in draft.seen if key(name) == wanted and draft.given(name) is not None]
    ending = [
        name
        for wanted in _LOGINS
        for name in draft.seen
        if split_words(name)[-1:] == (wanted,) and draft.given(name) is not None
    ]
    return list(dict.fromkeys(found)) or usual[:1] or ending[:1] or draft.keys[:1] or [next(iter(draft.seen))]


def _shows_token(desk: Desk, operation: Classified) -> bool:
    shape = answer_shape(operation)
    if shape is None:
        return False
    if operation.kind is OperationKind.LOGIN and desk.shapes.resolve(shape).kind is ShapeKind.STRING:
        return True
    return any(key(item.name) in TOKENS and desk.shapes.is_scalar(item.shape) for _, item in desk.shapes.walk(shape))


def credentials(desk: Desk, account: EntityDraft, operation: Classified) -> Credentials:
    """Where a login's name and password stand. Raises Unexplained where they cannot be told."""
    body = body_shape(operation)
    if body is not None:
        fields = [
            (pointer, item.name, item.shape)
            for pointer, item in desk.shapes.walk(body)
            if desk.shapes.is_scalar(item.shape)
        ]
        found = _pair(desk, account, fields)
        if found:
            return Credentials(place="body", login=found[0], login_attribute=found[2], password=found[1])
    fields = [
        (one.name, one.name, one.shape) for one in operation.operation.endpoint.parameters if one.place == "query"
    ]
    found = _pair(desk, account, fields)
    if found:
        return Credentials(place="query", login=found[0], login_attribute=found[2], password=found[1])
    raise Unexplained("it does not take a name and a password: nothing says how callers show who they are")


def _pair(desk: Desk, account: EntityDraft, fields: list[tuple[str, str, Shape]]) -> tuple[str, str, str] | None:
    """(place of the login, place of the password, attribute of the login)."""
    secrets = [place for place, name, shape in fields if is_secret(desk.shapes, name, shape) or key(name) in _SECRETS]
    password = secrets[0] if secrets else None
    if password is None:
        return None
    for place, name, _ in fields:
        if place != password and name in account.seen and desk.shapes.is_scalar(account.seen[name][0].property.shape):
            return place, password, name
    for place, name, _ in fields:
        if place == password:
            continue
        words = set(split_words(name))
        for wanted in _LOGINS:
            for attribute in account.seen:
                said = key(attribute) == wanted and (
                    set(split_words(wanted)) & words or words & {"login", "identifier"}
                )
                if said and account.given(attribute) is not None:
                    return place, password, attribute
    return None
