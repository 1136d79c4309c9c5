"""The DiscoveryDocument: what is wanted, as frozen data. Discovery writes it; every later stage only reads it."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from devmatrix.discovery.entity import (
    Account,
    Attribute,
    Check,
    Default,
    Entity,
    FieldType,
    Part,
    Procedure,
    Quota,
    Refused,
    Rule,
    StateMachine,
    Transition,
)
from devmatrix.discovery.finding import find_part
from devmatrix.discovery.interface import Interface
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.discovery.sources import SourceFormat

__all__ = [
    "Access",
    "Account",
    "Actor",
    "Assumption",
    "Attribute",
    "Check",
    "Context",
    "Default",
    "DiscoveryDocument",
    "Entity",
    "FieldType",
    "Level",
    "Operation",
    "OperationKind",
    "Part",
    "Procedure",
    "Question",
    "Quota",
    "Refused",
    "Requirement",
    "Rule",
    "SourceFile",
    "Span",
    "StateMachine",
    "Statement",
    "Transition",
]


class OperationKind(StrEnum):
    """What an operation does; docs/conventions.md gives method, path, statuses and bodies of each."""

    CREATE = "create"
    LIST = "list"
    READ = "read"
    REPLACE = "replace"
    PATCH = "patch"
    DELETE = "delete"
    NESTED_LIST = "nested_list"
    NESTED_CREATE = "nested_create"
    LINK = "link"
    UNLINK = "unlink"
    TRANSITION = "transition"
    REGISTER = "register"
    LOGIN = "login"
    CURRENT = "current"
    CURRENT_PATCH = "current_patch"
    # Of imported documents only (docs/imported.md):
    NESTED_READ = "nested_read"
    NESTED_REPLACE = "nested_replace"
    NESTED_PATCH = "nested_patch"
    NESTED_DELETE = "nested_delete"
    CURRENT_REPLACE = "current_replace"
    LOGOUT = "logout"
    SEARCH = "search"
    BULK_CREATE = "bulk_create"
    BULK_DELETE = "bulk_delete"
    COUNT = "count"
    UPLOAD = "upload"
    DOWNLOAD = "download"
    CUSTOM = "custom"


class Access(Part):
    """Who may call an operation.

    Not `authenticated`: anyone. `authenticated` alone: every account. With `roles` or `owner`: callers who have one of
    the roles, or who own the record (for an account: whose record it is). On a list, `owner` narrows the answer to
    the caller's own records, unless the caller has one of the roles.
    """

    authenticated: bool = False
    roles: tuple[str, ...] = ()
    owner: bool = False


class Operation(Part):
    """One endpoint."""

    id: str
    """snake_case and unique: the operationId."""
    kind: OperationKind
    entity: str
    """Empty where it is about none (custom operations of imported documents)."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    path: str
    """Such as /books/{book_id}: one path parameter per parent or record."""
    success_status: int
    access: Access = Access()
    parent_field: str | None = None
    """Nested operations: the reference of `entity` that the path fixes."""
    relation: str | None = None
    """Link, unlink, nested lists over a `references` attribute: that attribute, with `relation_entity` its owner."""
    relation_entity: str | None = None
    transition: str | None = None
    procedure: Procedure | None = None
    """Custom operations of documents without an interface."""
    summary: str = ""

    @property
    def purpose(self) -> tuple[str, OperationKind]:
        """Entity and kind."""
        return self.entity, self.kind


class Level(StrEnum):
    """How much a requirement binds."""

    MUST = "must"
    SHOULD = "should"


class Span(Part):
    """Characters [start, end) of a source, and their text (or, of a file, what stands there in a few words)."""

    start: int
    end: int
    text: str
    source: str = ""
    """Name of the file; empty: the document's `request`."""
    pointer: str = ""
    """JSON pointer to the place, in a source that has such places."""
    line: int | None = None
    """From 1, in a file."""


class Requirement(Part):
    """One thing that must or should hold, with the scenarios that prove it. At least one scenario each."""

    id: str
    """R-01, R-02, ..."""
    level: Level
    text: str
    span: Span | None
    """Where the request says so; none where an assumption says so."""
    entities: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    """Ids of the operations that it is about."""
    rules: tuple[str, ...] = ()
    """The rules that it proves: `Entity.rule`."""
    scenarios: tuple[Scenario, ...]


class Actor(Part):
    """Someone who calls the API with credentials: `setup` captures `token`, or it is given.

    The credential goes into the header `header` behind `prefix`, or into the query or cookie of that name.
    """

    name: str
    role: str | None = None
    setup: tuple[Step, ...]
    token: str | None = None
    place: Literal["header", "query", "cookie"] = "header"
    header: str = "Authorization"
    prefix: str = "Bearer "


class Assumption(Part):
    """A thing that the request does not say and that was decided."""

    text: str
    why: str


class Question(Part):
    """A decision for the user, with the default that holds until it is answered."""

    id: str
    text: str
    default: str
    why: str
    depends: tuple[str, ...] = ()
    """What is built otherwise when the answer is another: entities, operations."""
    options: tuple[str, ...] = ()
    """The answers that change what is built, the default first; none: mend the source."""
    answer: str | None = None
    """What the user said: it is built so."""


class Statement(Part):
    """One sentence, path, table or column of a source and what became of it. Together they cover the sources."""

    span: Span
    understood: bool
    became: str
    """What it was read into, or why it was not understood."""
    entities: tuple[str, ...] = ()
    """The entities that it speaks of; requirements point back through their span."""


class Context(Part):
    """A bounded context: entities that belong together."""

    name: str
    entities: tuple[str, ...]


class SourceFile(Part):
    """A file that the request named."""

    name: str
    format: SourceFormat
    sha256: str
    size: int
    """Bytes."""


class DiscoveryDocument(Part):
    """Everything that later stages know about what is wanted."""

    schema_version: Literal[1] = 1
    title: str
    """Short title, such as "User management"."""
    slug: str
    """kebab-case name of the project."""
    request: str
    """The free text; where there is none, what was given in a few words."""
    sources: tuple[SourceFile, ...] = ()
    contexts: tuple[Context, ...]
    entities: tuple[Entity, ...] = Field(min_length=1)
    operations: tuple[Operation, ...] = Field(min_length=1)
    actors: tuple[Actor, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    questions: tuple[Question, ...] = ()
    statements: tuple[Statement, ...] = ()
    interface: Interface | None = None
    """The API as an imported document gives it; none: docs/conventions.md says how it looks."""

    def entity(self, name: str) -> Entity:
        """The entity of that name; KeyError where there is none."""
        entity = find_part(self, self.entities, name)
        if entity is None:
            raise KeyError(f"no entity {name}")
        return entity

    def operation(self, operation_id: str) -> Operation:
        """The operation of that id; KeyError where there is none."""
        operation = find_part(self, self.operations, operation_id, by="id")
        if operation is None:
            raise KeyError(f"no operation {operation_id}")
        return operation

    @property
    def account_entity(self) -> Entity | None:
        """The entity whose records sign in, if any."""
        return find_part(self, self.entities, True, by="signs_in")
