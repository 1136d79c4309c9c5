"""The accounts and keys that a service has from its start, as scenarios and tests set it up (docs/imported.md)."""

from collections.abc import Iterator
from dataclasses import dataclass

from devmatrix.discovery.document import Account, DiscoveryDocument, Entity, FieldType
from devmatrix.discovery.interface import Interface, Scheme
from devmatrix.discovery.naming import snake

_NO_SCOPE = "none"
"""A scope that no operation asks for."""


@dataclass(frozen=True)
class Seed:
    """An account, or a key alone: by its name and its secret."""

    name: str
    secret: str
    words: tuple[str, ...] = ()
    """Scopes and roles that stand behind the key; none: all scopes, no role."""
    role: str | None = None
    setting: str = ""
    """The beginning of the names of its settings, where it signs in with a password."""


def seeds(document: DiscoveryDocument) -> tuple[Seed, ...]:
    """Those of the settings that scenarios run with: two without limits first."""
    interface, entity = document.interface, document.account_entity
    if interface is None:
        return ()
    if entity is not None and entity.account is not None and not entity.account.listed:
        return (*_signing_in(entity, entity.account), *_plain_keys(interface, kinds=("key",)))
    return tuple(_listed(document, interface, entity))


def settings_of(document: DiscoveryDocument) -> dict[str, str]:
    """The settings that make the accounts and keys."""
    entity = document.account_entity
    found: dict[str, str] = {}
    for seed in seeds(document):
        if seed.setting:
            found |= {f"{seed.setting}_LOGIN": seed.name, f"{seed.setting}_PASSWORD": seed.secret}
    if found or (entity is not None and entity.account is not None and not entity.account.listed):
        plain = _plain_keys(document.interface, kinds=("key",)) if document.interface is not None else ()
        keys = ",".join(_entry(seed) for seed in plain)
        return found | ({"API_KEYS": keys} if keys else {})
    keys = ",".join(_entry(seed) for seed in seeds(document))
    return {"API_KEYS": keys} if keys else {}


def _entry(seed: Seed) -> str:
    named = f"{seed.name}:{seed.secret}" if seed.name else seed.secret
    return " ".join((named, *seed.words))


def _signing_in(entity: Entity, account: Account) -> Iterator[Seed]:
    is_email = entity.attribute(account.login_field).type is FieldType.EMAIL
    for name in account.seeded:
        yield Seed(
            name=f"{name}@example.com" if is_email else name,
            secret=f"{name.capitalize()}-password-1",
            role=role_of(entity, account, name),
            setting=snake(name).upper(),
        )


def role_of(entity: Entity, account: Account, name: str) -> str | None:
    """The role of an account that is made at start."""
    if account.role_field is None:
        return None
    if name == "admin" and account.admin_role is not None:
        return account.admin_role
    return name if name in entity.attribute(account.role_field).choices else None


def _listed(document: DiscoveryDocument, interface: Interface, entity: Entity | None) -> Iterator[Seed]:
    if entity is None or entity.account is None:
        yield from _plain_keys(interface, kinds=("token", "key", "basic"))
        return
    account = entity.account
    is_email = entity.attribute(account.login_field).type is FieldType.EMAIL

    def named(end: str, *words: str, role: str | None = None) -> Seed:
        name = f"tests-{end}@example.com" if is_email else f"tests-{end}"
        return Seed(name, f"key-of-tests-{end}", words, role)

    yield from (named("1"), named("2"))
    if any(endpoint.scopes for endpoint in interface.endpoints):
        yield named("3", _NO_SCOPE)
    if account.role_field is not None:
        scopes = tuple(dict.fromkeys(_all_scopes(interface)))
        for role in entity.attribute(account.role_field).choices[1:]:
            yield named(snake(role).replace("_", "-"), role, *scopes, role=role)


def _plain_keys(interface: Interface, *, kinds: tuple[str, ...]) -> Iterator[Seed]:
    """Keys behind which there is no account: of headers and the like, and pairs for basic authentication."""
    used = tuple(_used(interface, kinds))
    if any(scheme.kind != "basic" for scheme in used):
        yield from (Seed("", "key-of-tests-1"), Seed("", "key-of-tests-2"))
    if any(scheme.kind == "basic" for scheme in used):
        yield from (Seed("tests-1", "password-1"), Seed("tests-2", "password-2"))
    limited = {name for endpoint in interface.endpoints for name in endpoint.scopes}
    if any(scheme.name in limited and scheme.kind != "basic" for scheme in used):
        yield Seed("", "key-of-tests-3", (_NO_SCOPE,))
    if any(scheme.name in limited and scheme.kind == "basic" for scheme in used):
        yield Seed("tests-3", "password-3", (_NO_SCOPE,))


def _used(interface: Interface, kinds: tuple[str, ...]) -> Iterator[Scheme]:
    names = {name for endpoint in interface.endpoints for name in endpoint.schemes}
    yield from (scheme for scheme in interface.schemes if scheme.name in names and scheme.kind in kinds)


def _all_scopes(interface: Interface) -> Iterator[str]:
    for endpoint in interface.endpoints:
        for scopes in endpoint.scopes.values():
            yield from scopes
