"""Roles that operations ask for: in the scopes of their security, or in words; and where accounts have them."""

import re
from collections.abc import Iterator

from devmatrix.discovery.document import Attribute, Default, FieldType
from devmatrix.discovery.interface import Source, Value
from devmatrix.discovery.naming import singular, split_words
from devmatrix.discovery.openapi.binding.attributes import make_attribute
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.roles import ADMINISTRATORS, is_called_role
from devmatrix.discovery.shapes import ShapeKind

_ROLES = (*ADMINISTRATORS, "staff", "moderator", "manager", "editor", "operator", "supervisor")
_NAMED = "|".join(_ROLES)
_SAID = re.compile(
    rf"\bonly (?:an? |the |by |for |to |available to |accessible by )*(?P<a>{_NAMED})s?\b"
    rf"|\b(?P<b>{_NAMED})s?[ -]only\b"
    rf"|\b(?:requires?|requiring|needs?|must be|must have) (?:an? |the |to be )*(?P<c>{_NAMED})\b"
    rf"|\b(?P<d>{_NAMED})s? (?:role|rights?|privileges?|permissions?|access)(?: (?:is|are))? (?:required|needed)\b"
    rf"|\bnot (?:an? |the )?(?P<e>{_NAMED})\b",
    re.I,
)


def add_roles(desk: Desk) -> None:
    """Give accounts the roles that operations ask for; with none to give them to, nothing is asked for."""
    account = desk.account
    if account is None or account.account is None:
        return
    asked = {one.operation.endpoint.pointer: tuple(dict.fromkeys(_asked(desk, one))) for one in desk.operations}
    roles = tuple(dict.fromkeys(role for each in asked.values() for role in each))
    if not roles:
        return
    field, choices = _field(desk, account, roles)
    known = {role: next((one for one in choices if one.lower() == role), "") for role in roles}
    desk.roles = {
        pointer: tuple(known[role] for role in each if known[role]) for pointer, each in asked.items() if each
    }
    marks = account.account
    admin = next((known[role] for role in roles if role in ADMINISTRATORS and known[role]), marks.admin_role)
    seeded = () if marks.listed else _seeded(tuple(filter(None, known.values())), admin)
    account.account = marks.model_copy(
        update={
            "role_field": field,
            "admin_role": admin,
            "seeded": tuple(dict.fromkeys((*marks.seeded, *seeded))),
        }
    )
    desk.assume(
        f"Accounts with the role {' or '.join(filter(None, known.values()))} are made at start from the settings",
        "the document asks for it, and no operation gives it",
    )


def _seeded(roles: tuple[str, ...], admin: str | None) -> tuple[str, ...]:
    return tuple("admin" if role == admin else role for role in roles)


def _field(desk: Desk, account: EntityDraft, roles: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """(the attribute with the role, its values): the document's own, else one that is kept inside."""
    for name in account.seen:
        shape = account.answered(name) or account.given(name)
        resolved = desk.shapes.resolve(shape) if shape is not None else None
        if resolved is None or not is_called_role(name):
            continue
        choices = tuple(one for one in resolved.choices if isinstance(one, str))
        if resolved.kind is ShapeKind.STRING and {one.lower() for one in choices} & set(roles):
            if name not in account.attributes:
                account.attributes[name] = make_attribute(desk.shapes, account, name)
                account.meanings[name] = Value(source=Source.ATTRIBUTE, attribute=name)
            plain = next((one for one in choices if one.lower() not in roles), choices[0])
            if account.attributes[name].default is None:
                default = Default(kind="literal", value=plain)
                account.attributes[name] = account.attributes[name].model_copy(update={"default": default})
            return name, choices
    name = account.free_name("role")
    choices = ("user", *roles)
    account.attributes[name] = hidden_role(name, choices)
    return name, choices


def hidden_role(name: str, choices: tuple[str, ...]) -> Attribute:
    """An attribute that only the service sees; who has no role has the first."""
    default = Default(kind="literal", value=choices[0])
    return Attribute(name=name, type=FieldType.ENUM, choices=choices, required=False, server_set=True, default=default)


def _asked(desk: Desk, operation: Classified) -> Iterator[str]:
    given = operation.operation
    if not given.secured:
        return
    if desk.issues_tokens:
        for scopes in given.endpoint.scopes.values():
            yield from (word for scope in scopes for word in map(singular, split_words(scope)) if word in _ROLES)
    refused = [reply.description for reply in given.endpoint.replies if reply.status == 403]
    for text in (given.summary, given.endpoint.description, *refused):
        for found in _SAID.finditer(text):
            yield next(filter(None, found.groups())).lower()
