"""What the README and the example of the settings say."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.document import Access, Operation, OperationKind
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
    def summary(self) -> str:
        """What the service keeps, in a sentence."""
        kept = listed([words(entity.plural) for entity in self.document.entities])
        return f"A REST API that keeps {kept}: FastAPI, SQLAlchemy, Alembic; SQLite or PostgreSQL."

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All operations."""
        return tuple(
            Endpoint(operation.method, operation.path, _who(operation.access), _cell(_what(operation)))
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
        if self.accounts:
            yield Setting("SECRET_KEY", "a new one at each start", "signs tokens; at least 32 characters")
            yield Setting("TOKEN_SECONDS", "3600", "how long a token is valid")
            yield Setting("PASSWORD_MEMORY_KIB", "19456", "memory that hashing a password takes (argon2id)")
            yield Setting("PASSWORD_ITERATIONS", "2", "iterations of hashing a password")
        if self.administrator:
            yield Setting("ADMIN_LOGIN", "none", "login of the first administrator")
            yield Setting("ADMIN_PASSWORD", "none", "password of the first administrator")

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """What was decided without being asked for, each with its reason."""
        return tuple(_cell(f"{one.text} {one.why}".strip()) for one in self.document.assumptions)


def _who(access: Access) -> str:
    if not access.authenticated:
        return "anyone"
    allowed = [*access.roles, *(["the owner"] if access.owner else [])]
    return listed(allowed, "or") if allowed else "anyone signed in"


def _what(operation: Operation) -> str:
    if operation.summary:
        return operation.summary
    one = with_article(words(operation.entity))
    match operation.kind:
        case OperationKind.CREATE | OperationKind.NESTED_CREATE:
            return f"Make {one}"
        case OperationKind.LIST | OperationKind.NESTED_LIST:
            return f"List {words(operation.id.removeprefix('list_'))}"
        case OperationKind.TRANSITION:
            return f"{words(operation.transition or '').capitalize()} {one}"
        case _:
            return f"{operation.id.replace('_', ' ').capitalize()}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
