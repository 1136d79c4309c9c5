"""Roles that prose asks for: the account of an imported document gets them, and keys get accounts."""

from collections.abc import Iterator

from devmatrix.discovery.amending.keeping import covers
from devmatrix.discovery.document import Account, Attribute, Default, DiscoveryDocument, Entity, FieldType
from devmatrix.discovery.drafts import AccessRule, Draft
from devmatrix.discovery.roles import ADMINISTRATORS, is_called_role

_PLAIN = "user"
"""The role of accounts that have no other."""
_NAMES = (("Account", "accounts"), ("Caller", "callers"), ("KeyHolder", "key_holders"))


def with_callers(base: DiscoveryDocument, entities: tuple[Entity, ...], draft: Draft) -> tuple[Entity, ...]:
    """The entities, where rules limit callers: with an account for each key, and with the roles asked for."""
    rules = list(_used(base, draft))
    account = next((one for one in entities if one.account is not None), None)
    if account is None:
        if not any(rule.who.roles for rule in rules):
            return entities
        account = _behind_keys({name for one in entities for name in (one.name, one.plural)})
        entities = (*entities, account)
        draft.assume("Each key of the setting API_KEYS belongs to an account", "rules speak of the roles of callers")
    asked = tuple(dict.fromkeys(role for rule in rules for role in rule.who.roles))
    if not asked or set(asked) <= set(_known(account)):
        return entities
    given = _with_roles(account, asked)
    draft.assume(
        f"Accounts with the role {' or '.join(role for role in asked if role != _PLAIN)} are made from the settings",
        "no operation of the document gives it",
    )
    return tuple(given if one is account else one for one in entities)


def _used(base: DiscoveryDocument, draft: Draft) -> Iterator[AccessRule]:
    """The rules that say anything of an operation; what everybody may is not widened."""
    for rule in draft.rules:
        covered = [item.access for item in base.operations if covers(rule, item.entity, item.kind, item.transition)]
        if any(not rule.adds or access.roles or access.owner for access in covered):
            yield rule


def _known(account: Entity) -> tuple[str, ...]:
    """The roles that accounts of the start have already."""
    marks = account.account
    return account.attribute(marks.role_field).choices if marks is not None and marks.role_field else ()


def _behind_keys(taken: set[str]) -> Entity:
    """The accounts of keys, where the document itself keeps none."""
    name, plural = next(pair for pair in _NAMES if not {*pair} & taken)
    login = Attribute(name="name", type=FieldType.STRING, required=False, server_set=True, unique=True)
    return Entity(
        name=name,
        plural=plural,
        description="Who a key of the setting API_KEYS belongs to",
        attributes=(login,),
        account=Account(login_field="name", listed=True),
    )


def _with_roles(account: Entity, asked: tuple[str, ...]) -> Entity:
    """The account with an attribute for its role: the document's own, else one that only the service sees."""
    marks = account.account or Account(login_field="")
    own = next((one for one in account.attributes if set(asked) <= set(one.choices) and _is_role(one)), None)
    if own is not None:
        role = own
        plain = next((choice for choice in own.choices if choice not in asked), own.choices[0])
        if own.default is None:
            role = own.model_copy(update={"default": Default(kind="literal", value=plain), "required": False})
    elif marks.role_field is not None:
        own = account.attribute(marks.role_field)
        role = own.model_copy(update={"choices": tuple(dict.fromkeys((*own.choices, *asked)))})
    else:
        taken = {one.name for one in account.attributes}
        name = next(name for name in ("role", "account_role", "service_role") if name not in taken)
        role = Attribute(
            name=name,
            type=FieldType.ENUM,
            choices=tuple(dict.fromkeys((_PLAIN, *asked))),
            required=False,
            server_set=True,
            default=Default(kind="literal", value=_PLAIN),
        )
    attributes = tuple(role if one.name == role.name else one for one in account.attributes)
    attributes = attributes if role in attributes else (*attributes, role)
    admin = marks.admin_role or next((one for one in asked if one in ADMINISTRATORS), None)
    seeded = ("admin" if one == admin else one for one in asked if one != _PLAIN)
    made = {
        "role_field": role.name,
        "admin_role": admin,
        "seeded": () if marks.listed else tuple(dict.fromkeys((*marks.seeded, *seeded))),
    }
    return account.model_copy(update={"attributes": attributes, "account": marks.model_copy(update=made)})


def _is_role(attribute: Attribute) -> bool:
    return attribute.type is FieldType.ENUM and is_called_role(attribute.name)
