"""Who signs in: the account's entity, with what it signs in by, and its token."""

from devmatrix.discovery.document import Account, Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Credentials, Effect, Source, Value
from devmatrix.discovery.naming import human, split_words
from devmatrix.discovery.openapi.binding.attributes import is_secret, make_attribute
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.gathering import CREATES, answer_shape, body_shape
from devmatrix.discovery.openapi.binding.ownership import created_by_callers, speaks_of_owners
from devmatrix.discovery.openapi.binding.words import TOKENS, key
from devmatrix.discovery.openapi.classified import Classified, Resource
from devmatrix.discovery.shapes import Shape, ShapeKind

_LOGINS = ("email", "username", "user_name", "login", "name", "phone", "phone_number", "handle", "nickname")
_NAMES = ("username", "user_name", "login", "handle", "nickname", "slug", "email")
_ANY_LOGIN = frozenset("login identifier username user".split())
"""What a login may call whatever accounts have to sign in by."""
_SECRETS = frozenset("secret pin passcode pass pwd".split())


def add_account(desk: Desk) -> None:
    """Mark the account's entity, where there is one, and see how its records come to be and show who they are."""
    draft = next((one for one in desk.drafts.values() if one.resource.is_account), None)
    if draft is None:
        doors = [one for one in desk.operations if one.kind is OperationKind.LOGIN]
        if not desk.given.schemes or (doors and not any(_shows_token(desk, one) for one in doors)):
            return
        owned = (speaks_of_owners(desk, one) for one in desk.drafts.values() if created_by_callers(desk, one))
        if not doors and not any(owned):
            return
        draft = _unseen(desk, "Who signs in" if doors else "Who a key of the setting API_KEYS belongs to")
    is_open = any(one.kind in CREATES and not one.operation.secured for one in desk.about[draft.name])
    cookie = _session_cookie(desk)
    issuing = [
        operation
        for operation in desk.operations
        if operation.kind is OperationKind.LOGIN
        or (is_open and operation.kind in (OperationKind.REGISTER, OperationKind.CREATE))
        if _shows_token(desk, operation) or (operation.kind is OperationKind.LOGIN and cookie)
    ]
    basic = is_open and any(scheme.kind == "basic" for scheme in desk.given.schemes)
    signs_in = is_open and any(one.kind is OperationKind.LOGIN for one in desk.operations)
    secrets = [name for name in draft.seen if is_secret(desk.shapes, name, draft.seen[name][0].property.shape)]
    if not issuing and not signs_in and not (basic and secrets):
        _list_accounts(desk, draft)
        return
    desk.issues_tokens = bool(issuing)
    desk.session_cookie = cookie
    password = _password(desk, draft, secrets[0] if secrets else None)
    logins = _login_attributes(desk, draft)
    for name in logins:
        if name not in draft.attributes:
            draft.attributes[name] = make_attribute(desk.shapes, draft, name)
            draft.meanings[name] = Value(source=Source.ATTRIBUTE, attribute=name)
        draft.attributes[name] = draft.attributes[name].model_copy(update={"unique": True, "default": None})
    if draft.given(logins[0]) is not None or not is_open:
        draft.attributes[logins[0]] = draft.attributes[logins[0]].model_copy(update={"generated": None})
    seeded = () if is_open else ("admin",) if _are_made(desk, draft) else ("admin", "user")
    draft.account = Account(login_field=logins[0], password_field=password, seeded=seeded)
    if seeded:
        draft.created = True
        named = " and ".join(f"{name.upper()}_LOGIN and {name.upper()}_PASSWORD" for name in seeded)
        desk.assume(
            f"The first {draft.name} is made at start from the settings {named}",
            "no operation makes accounts without credentials",
        )
    for name in draft.seen:
        if key(name) in TOKENS and name not in draft.keys:
            draft.meanings[name] = Value(source=Source.TOKEN)
            draft.attributes.pop(name, None)


def _unseen(desk: Desk, who: str) -> EntityDraft:
    """The accounts of keys, or of a login, where the document keeps none and yet speaks of what is whose."""
    taken = {*desk.drafts, *(one.resource.plural for one in desk.drafts.values())}
    pairs = (("Account", "accounts"), ("Caller", "callers"), ("KeyHolder", "key_holders"))
    name, plural = next(pair for pair in pairs if not {*pair} & taken)
    shape = Shape(kind=ShapeKind.OBJECT, description=who)
    desk.drafts[name] = EntityDraft(Resource(name, plural, shape, is_account=True))
    desk.about[name], desk.found_by[name] = [], []
    return desk.drafts[name]


def _session_cookie(desk: Desk) -> str:
    """The cookie by which callers are known, where logins answer without a token; else empty."""
    logins = [one for one in desk.operations if one.kind is OperationKind.LOGIN]
    if not logins or any(_shows_token(desk, one) for one in logins):
        return ""
    return next((one.parameter for one in desk.given.schemes if one.kind == "key" and one.place == "cookie"), "")


def _are_made(desk: Desk, draft: EntityDraft) -> bool:
    """Whether those who have an account make others, that can sign in."""
    made = [one for one in desk.about[draft.name] if one.kind in CREATES]
    return bool(made) and any(
        is_secret(desk.shapes, name, one.property.shape)
        for name, seen in draft.seen.items()
        for one in seen
        if one.side == "create"
    )


def _password(desk: Desk, draft: EntityDraft, name: str | None) -> str:
    """The attribute with the password; one that the document does not have, where it has none."""
    if name is None:
        name = draft.free_name("password")
        draft.attributes[name] = Attribute(name=name, type=FieldType.PASSWORD, required=False, server_set=True)
        return name
    made = make_attribute(desk.shapes, draft, name)
    draft.attributes[name] = made.model_copy(
        update={"type": FieldType.PASSWORD, "server_set": False, "default": None, "unique": False}
    )
    draft.meanings[name] = Value(source=Source.CONSTANT)
    return name


def _list_accounts(desk: Desk, draft: EntityDraft) -> None:
    """Accounts whose keys stand in the settings, where nobody signs in and callers are to show who they are."""
    if not desk.given.schemes:
        return
    usual = (name for wanted in _NAMES for name in draft.seen if key(name) == wanted)
    name = next((one for one in usual if _may_be_fixed(desk, draft, one)), None)
    if name is None:
        name = draft.free_name("key_name" if draft.seen else "name")
        draft.attributes[name] = Attribute(name=name, type=FieldType.STRING, required=False, server_set=True)
    elif name not in draft.attributes:
        draft.attributes[name] = make_attribute(desk.shapes, draft, name)
        draft.meanings[name] = Value(source=Source.ATTRIBUTE, attribute=name)
    fixed = {"unique": True, "generated": None, "default": None, "server_set": True, "required": False}
    draft.attributes[name] = draft.attributes[name].model_copy(update=fixed)
    draft.account, draft.created = Account(login_field=name, listed=True), True
    desk.assume(
        f"Callers are those {human(draft.resource.plural)} whose names and keys stand in the setting API_KEYS",
        "no operation lets callers sign in",
    )


def _may_be_fixed(desk: Desk, draft: EntityDraft, name: str) -> bool:
    """Whether a property could be the name behind a key: a text that no body changes."""
    shown = draft.answered(name)
    if shown is None or draft.given(name) is not None or not desk.shapes.is_scalar(shown):
        return False
    resolved = desk.shapes.resolve(shown)
    return resolved.kind is ShapeKind.STRING and not resolved.choices and resolved.format in ("", "email", "string")


def refreshing(desk: Desk, operation: Classified) -> Effect | None:
    """What gives new tokens for a refresh token in its body; none where that is not what the operation is for."""
    words = split_words(operation.operation.path.rstrip("/").rpartition("/")[2])
    body = body_shape(operation)
    if not {"refresh", "renew"} & set(words) or operation.kind is not OperationKind.CUSTOM:
        return None
    if body is None or desk.account is None or not desk.issues_tokens or not _shows_token(desk, operation):
        return None
    given = [(pointer, key(item.name)) for pointer, item in desk.shapes.walk(body) if desk.shapes.is_scalar(item.shape)]
    found = [pointer for wanted in ("refresh_token", "refresh", "token") for pointer, name in given if name == wanted]
    return Effect(entity=desk.account.name, refresh=found[0]) if found else None


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
    known = list(dict.fromkeys(found)) or usual[:1] or ending[:1]
    if known or any(one.kind in CREATES for one in desk.about[draft.name]):
        return known or draft.keys[:1] or [next(iter(draft.seen))]
    # Nobody makes accounts: they sign in by what the login calls it, though nothing else has it.
    return [name for wanted in _LOGINS for name in draft.seen if key(name) == wanted][:1] or [_unseen_login(draft)]


def _unseen_login(draft: EntityDraft) -> str:
    name = draft.free_name("login")
    draft.attributes[name] = Attribute(name=name, type=FieldType.STRING, required=False, server_set=True)
    return name


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
                said = key(attribute) == wanted and (set(split_words(wanted)) & words or words & _ANY_LOGIN)
                if said and (account.given(attribute) is not None or not account.created):
                    return place, password, attribute
    if account.account is None or not account.account.seeded:
        return None
    named = [place for place, name, _ in fields if set(split_words(name)) & {*_ANY_LOGIN, *_LOGINS}]
    return (named[0], password, account.account.login_field) if named else None
