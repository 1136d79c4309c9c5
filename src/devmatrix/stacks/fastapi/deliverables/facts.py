"""What the README and the example of the settings say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.document import DiscoveryDocument, Operation, OperationKind
from devmatrix.stacks.fastapi.facts import Facts
from devmatrix.stacks.fastapi.features.text import listed, with_article, words


@dataclass(frozen=True)
class Setting:
    """One setting of the service."""

    name: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Endpoint:
    """One row of the table of endpoints."""

    method: str
    path: str
    who: str
    what: str


class DeliveryFacts(Facts):
    """Variables of the deliverables' templates."""

    @cached_property
    def headline(self) -> str:
        """The title of the project."""
        return cell(self.title)

    @cached_property
    def summary(self) -> str:
        """What the service keeps, in a sentence."""
        kept = listed([words(entity.plural) for entity in self.document.entities])
        return f"A REST API that keeps {kept}: FastAPI, SQLAlchemy, Alembic; SQLite or PostgreSQL."

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All operations."""
        return tuple(
            Endpoint(operation.method, operation.path, who_may(operation), cell(_what(self.document, operation)))
            for operation in self.document.operations
        )

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """All settings."""
        return tuple(self._settings())

    def _settings(self) -> Iterable[Setting]:
        yield Setting(
            "DATABASE_URL",
            "`sqlite:///app.db`",
            "the database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
        )
        if self.signs:
            yield Setting("SECRET_KEY", "a new one at each start", "signs tokens; at least 32 characters")
            yield Setting("TOKEN_SECONDS", "3600", "how long a token is valid")
        if self.refreshes:
            yield Setting("REFRESH_SECONDS", "2592000", "how long a refresh token gives new tokens")
        if self.passwords:
            yield Setting("PASSWORD_MEMORY_KIB", "19456", "memory that hashing a password takes (argon2id)")
            yield Setting("PASSWORD_ITERATIONS", "2", "iterations of hashing a password")
        if self.keys:
            yield Setting("API_KEYS", "none: nobody gets in", self._about_keys())
        for name in self.seeded:
            prefix = name.upper()
            yield Setting(f"{prefix}_LOGIN", "none", f"login of the account `{name}`, which is made at start")
            yield Setting(f"{prefix}_PASSWORD", "none", "its password")
        if self.administrator:
            yield Setting("ADMIN_LOGIN", "none", "login of the first administrator")
            yield Setting("ADMIN_PASSWORD", "none", "password of the first administrator")

    def _about_keys(self) -> str:
        entry = "NAME:KEY for each account, which is made at start" if self.listed_accounts else "keys of callers"
        if self.scoped or (self.account is not None and self.account.account and self.account.account.role_field):
            entry += ", each with its scopes and roles behind spaces (none: all scopes)"
        return f"{entry}; separated by commas"

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """What was decided without being asked for, each with its reason."""
        return tuple(cell(f"{one.text} ({one.why})" if one.why else one.text) for one in self.document.assumptions)


def who_may(operation: Operation) -> str:
    """Who may call the operation, in a few words."""
    access = operation.access
    if not access.authenticated:
        return "anyone"
    if access.owner and operation.kind is OperationKind.CREATE:
        return "anyone signed in"
    if access.owner and operation.kind is OperationKind.LIST:
        everything = f"; {listed(access.roles)}: of everybody" if access.roles else ""
        return f"anyone signed in, of their own{everything}"
    allowed = [*access.roles, *(["the owner"] if access.owner else [])]
    return listed(allowed, "or") if allowed else "anyone signed in"


def _what(document: DiscoveryDocument, operation: Operation) -> str:
    if operation.summary:
        return operation.summary
    entity = document.entity(operation.entity)
    one, many = with_article(words(entity.name)), words(entity.plural)
    kind = operation.kind
    if kind is OperationKind.CUSTOM:
        return words(operation.id).capitalize()
    if kind in (OperationKind.NESTED_LIST, OperationKind.NESTED_CREATE, OperationKind.LINK, OperationKind.UNLINK):
        parent = with_article(words(_parent(document, operation)))
        return _NESTED[kind].format(one=one, many=many, parent=parent)
    if kind is OperationKind.TRANSITION and entity.states is not None:
        move = next(move for move in entity.states.transitions if move.name == operation.transition)
        name = words(move.name).capitalize()
        return f"{name}: take {one} from {listed(move.sources, 'or')} to {move.target}"
    return _PLAIN[kind].format(one=one, many=many)


def _parent(document: DiscoveryDocument, operation: Operation) -> str:
    """Name of the entity that comes first in the path."""
    if operation.relation_entity:
        return operation.relation_entity
    return document.entity(operation.entity).attribute(operation.parent_field or "").target or ""


_NESTED = {
    OperationKind.NESTED_LIST: "List the {many} of {parent}",
    OperationKind.NESTED_CREATE: "Make {one} of {parent}",
    OperationKind.LINK: "Link {one} to {parent}",
    OperationKind.UNLINK: "Unlink {one} from {parent}",
}

_PLAIN = {
    OperationKind.CREATE: "Make {one}",
    OperationKind.LIST: "List {many}",
    OperationKind.READ: "Read {one}",
    OperationKind.REPLACE: "Replace {one}",
    OperationKind.PATCH: "Change {one}",
    OperationKind.DELETE: "Delete {one}",
    OperationKind.REGISTER: "Make an account for oneself",
    OperationKind.LOGIN: "Get a token",
    OperationKind.CURRENT: "Read one's own account",
    OperationKind.CURRENT_PATCH: "Change one's own account",
}


def cell(text: str) -> str:
    """The text as it stands in a cell of a table, or in a line: what would be markup stands for itself."""
    return re.sub(r"[|<]|(?<=\{)[{%]", r"\\\g<0>", " ".join(text.split()))
