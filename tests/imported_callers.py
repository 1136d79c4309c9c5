"""Who calls the reference interpreter of imported APIs: keys and accounts of its settings, tokens, passwords."""

# ruff: noqa: ANN401 - JSON comes as it comes

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devmatrix.discovery.document import Account, Attribute, DiscoveryDocument, Entity, FieldType
from devmatrix.discovery.interface import Effect, Endpoint, Scheme
from devmatrix.discovery.proofs.imported.seeds import settings_of
from tests.imported_rows import Row, Rows


@dataclass(frozen=True)
class Key:
    """An entry of the setting API_KEYS."""

    name: str
    secret: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """Who shows valid credentials: an account, or a key alone."""

    account: Row | None = None
    words: tuple[str, ...] = ()


class Callers:
    def __init__(self, document: DiscoveryDocument, rows: Rows, flaws: frozenset[str]) -> None:
        self.rows, self.flaws = rows, flaws
        self.settings = settings_of(document)
        self.entity: Entity | None = document.account_entity
        self.marks: Account | None = self.entity.account if self.entity is not None else None
        self.keys = tuple(self._keys())
        if self.entity is not None and self.marks is not None:
            for values in self._seeds(self.entity, self.marks):
                rows.insert(self.entity.name, values)

    def _keys(self) -> Iterator[Key]:
        named = self.marks is not None and self.marks.listed
        for entry in filter(None, self.settings.get("API_KEYS", "").split(",")):
            first, *words = entry.split()
            name, _, secret = first.partition(":") if named else ("", "", first)
            yield Key(name, secret, tuple(words))

    def _seeds(self, entity: Entity, marks: Account) -> Iterator[dict[str, Any]]:
        choices = entity.attribute(marks.role_field).choices if marks.role_field else ()
        needed = {one.name: _neutral(one) for one in entity.attributes if one.required and one.target is None}
        if marks.listed:
            for key in self.keys:
                role = next((word for word in key.words if word in choices), None)
                yield needed | {marks.login_field: key.name} | self._role(marks, role)
        for name in marks.seeded:
            role = marks.admin_role if name == "admin" and marks.admin_role else name if name in choices else None
            login, secret = (self.settings[f"{name.upper()}_{end}"] for end in ("LOGIN", "PASSWORD"))
            yield needed | {marks.login_field: login, marks.password_field: secret} | self._role(marks, role)

    def _role(self, marks: Account, role: str | None) -> dict[str, Any]:
        return {marks.role_field: role} if marks.role_field and role and "no seed" not in self.flaws else {}

    def cookie(self, effect: Effect, account: Row | None) -> dict[str, str]:
        """The header with the new token, where a login sets it."""
        if not effect.cookie or effect.credentials is None or account is None:
            return {}
        return {"set-cookie": f"{effect.cookie}={self.rows.token(account)}; Path=/"}

    def find(self, scheme: Scheme, credential: str) -> Caller | None:
        """Whose credential it is; none where it is nobody's."""
        marks, entity = self.marks, self.entity
        if entity is not None and marks is not None and not marks.listed:
            if scheme.kind == "token" and self.rows.tokens_are_issued:
                access = credential.removeprefix("refresh-") if "refresh lets in" in self.flaws else credential
                account = self.rows.account_of(access)
                return Caller(account) if account is not None or "any token" in self.flaws else None
            if scheme.kind == "basic":
                pair = _pair(credential)
                for row in self.rows.of(entity.name):
                    if [row[marks.login_field], row[marks.password_field]] == pair:
                        return Caller(row)
                return None
        return self._by_key(scheme, credential)

    def _by_key(self, scheme: Scheme, credential: str) -> Caller | None:
        wanted = ":".join(_pair(credential)) if scheme.kind == "basic" else credential
        for key in self.keys:
            shown = f"{key.name}:{key.secret}" if key.name and scheme.kind == "basic" else key.secret
            if shown != wanted and "any key" not in self.flaws:
                continue
            if not key.name or self.entity is None or self.marks is None:
                return Caller(words=key.words)
            found = (row for row in self.rows.of(self.entity.name) if row[self.marks.login_field] == key.name)
            account = next(found, None)
            return Caller(account, key.words) if account is not None else None
        return None

    def renewed(self, token: str) -> Row | None:
        """The account that a refresh token is for."""
        if not token.startswith("refresh-") and "any refresh" not in self.flaws:
            return None
        return self.rows.account_of(token.removeprefix("refresh-"))

    def lacks_scope(self, endpoint: Endpoint, scheme: Scheme, caller: Caller) -> bool:
        asked = endpoint.scopes.get(scheme.name, ())
        return bool(caller.words) and not set(asked) <= set(caller.words) and "scope" not in self.flaws

    def has_role(self, account: Row | None, roles: tuple[str, ...]) -> bool:
        if self.marks is None or self.marks.role_field is None:
            return False
        return "role" in self.flaws or (account is not None and account[self.marks.role_field] in roles)


def _pair(credential: str) -> list[str]:
    try:
        name, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
    except ValueError:
        return []
    return [name, password]


def _neutral(attribute: Attribute) -> Any:
    if attribute.choices:
        return attribute.choices[0]
    values = {
        FieldType.INTEGER: 0,
        FieldType.FLOAT: 0.0,
        FieldType.BOOLEAN: False,
        FieldType.EMAIL: "neutral@example.com",
        FieldType.URL: "https://example.com/",
        FieldType.UUID: "00000000-0000-4000-8000-000000000000",
        FieldType.DATE: "2026-01-31",
        FieldType.DATETIME: "2026-01-31T12:00:00Z",
        FieldType.TIME: "12:00:00Z",
    }
    return values.get(attribute.type, "neutral")
