"""The DiscoveryDocument: what is wanted, as frozen data. Discovery writes it; every later stage only reads it."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from devmatrix.discovery.finding import find_part
from devmatrix.discovery.interface import Interface
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.discovery.shapes import Shape
from devmatrix.discovery.sources import SourceFormat


class Part(BaseModel):
    """Base of every part of the document: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldType(StrEnum):
    """What a field holds. The wire form of each is in docs/conventions.md."""

    STRING = "string"  # one line, at most `max_length` (200 where nothing is said)
    TEXT = "text"  # many lines, at most `max_length` (10,000 where nothing is said)
    INTEGER = "integer"  # 64-bit signed; bounds where nothing is said: those of 32 bits
    DECIMAL = "decimal"  # money and exact amounts: a JSON string such as "12.50", `scale` digits
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"  # always with a time zone; answered in UTC
    TIME = "time"
    EMAIL = "email"
    URL = "url"
    UUID = "uuid"
    ENUM = "enum"  # one of `choices`
    PASSWORD = "password"  # write-only, stored as an argon2 hash
    REFERENCE = "reference"  # the id of one `target`; the name ends in `_id`
    REFERENCES = "references"  # the ids of many `target`; the name ends in `_ids`
    JSON = "json"  # a list or an object of `shape`; imported documents only
    BINARY = "binary"  # bytes, uploaded and downloaded; imported documents only


class Default(Part):
    """What a field holds when the caller leaves it out."""

    kind: Literal["literal", "now", "today"]
    value: JsonValue = None
    """The literal."""
    days: int = 0
    """Days added to now or today."""


class Attribute(Part):
    """One field of an entity, under the name it has on the wire."""

    name: str
    type: FieldType
    description: str = ""
    required: bool = True
    """Must be given when the entity is created. Not required and no default: null."""
    default: Default | None = None
    unique: bool = False
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    scale: int = 2
    """Digits after the point of a decimal."""
    choices: tuple[str, ...] = ()
    target: str | None = None
    """Name of the entity that a reference points to."""
    on_delete: Literal["restrict", "cascade", "set_null"] = "restrict"
    server_set: bool = False
    """Written by the service only (owner, state): never accepted from a caller."""
    recommended: tuple[str, ...] = ()
    """Those of its limits (`unique`, `maximum`, ...) that the source only recommends: SHOULD."""
    shape: Shape | None = None
    """Of JSON."""
    example: JsonValue = None
    """Of a number, date or moment: what no rule refuses, whatever the other fields hold. Scenarios start there."""
    generated: Literal["uuid", "sequence", "text", "slug", "now", "touched"] | None = None
    """Imported documents: how the service makes the value where none is given: a UUID, 1, 2, 3, ..., a random text,
    from `slug_of`, the moment of creation, the moment of the last change."""
    slug_of: str = ""


    @property
    def may_be_null(self) -> bool:
        """Whether null is a value of it: not where only the service writes it, and starts with another."""
        starts = self.server_set and self.default is not None and self.default.kind == "literal"
        return not self.required and not starts


class Check(Part):
    """A rule between two fields of one entity: `left operator right` (a null on either side satisfies it)."""

    left: str
    operator: Literal["<", "<=", ">", ">=", "!="]
    right: str
    recommended: bool = False
    """The source only recommends it: SHOULD."""


class Quota(Part):
    """At most so many records that are not deleted refer to one and the same record by `per`. One more: 409."""

    most: int
    """At least 1."""
    per: str
    """A reference of the entity, such as its owner. Null there: not counted."""
    field: str | None = None
    """The enum that says which records count; none: all of them."""
    values: tuple[str, ...] = ()
    """Those of its choices that count."""
    recommended: bool = False
    """The source only recommends it: SHOULD."""


class Refused(Part):
    """A case that is refused."""

    status: Literal[400, 403, 404, 409, 422]
    when: str
    """In words: "the loan is paid back already"."""


class Rule(Part):
    """What is done or must hold when a record is written, beyond what fields, checks and states can say.

    No blueprint knows it: a model writes it from the words, and the scenarios of a requirement prove it.
    """

    name: str
    """snake_case, unique in its entity."""
    on: tuple[str, ...]
    """`create`, `update`, `delete`, or names of transitions: it is asked before the record is kept."""
    does: str
    """In words; may set fields that are `server_set`."""
    refuses: tuple[Refused, ...] = ()


class Procedure(Part):
    """What a custom operation takes, answers and does; like a rule, it is written from the words."""

    takes: tuple[Attribute, ...] = ()
    """Of the JSON body; of GET and DELETE: of the query."""
    gives: tuple[Attribute, ...] = ()
    """Of the JSON object that is answered; none: the answer has no body (204)."""
    many: bool = False
    """Answers {"items": [...]} with any number of such objects."""
    does: str
    refuses: tuple[Refused, ...] = ()


class Transition(Part):
    """A named move of the state field. Wrong source state, or a required field that is null: 409."""

    name: str
    """snake_case verb: the last part of its path."""
    sources: tuple[str, ...]
    target: str
    requires: tuple[str, ...] = ()


class StateMachine(Part):
    """The states of an entity. The field is an enum that is `server_set`, and starts at `initial`."""

    field: str
    initial: str
    transitions: tuple[Transition, ...]


class Account(Part):
    """Marks the entity whose records are the people who sign in."""

    login_field: str
    password_field: str = ""
    """Empty where accounts have no password: `listed`."""
    role_field: str | None = None
    """An enum field; the first choice is what registration gives."""
    admin_role: str | None = None
    """The role that the administrator made at first start has."""
    listed: bool = False
    """Imported documents: the accounts are those of the setting API_KEYS, made at start (docs/imported.md)."""
    seeded: tuple[str, ...] = ()
    """Imported documents: accounts made at start from the settings NAME_LOGIN and NAME_PASSWORD, such as `admin`; each
    has the role of that name (`admin`: the `admin_role`), where accounts have roles."""


class Entity(Part):
    """A thing that is kept. Has always `id` (UUID), `created_at` and `updated_at`, which are not in `attributes`.

    Where the document has an `interface`, it has nothing but its attributes, under the names of that document; what
    callers know it by is an attribute, too.
    """

    name: str
    """Singular, PascalCase, in the words of the request."""
    plural: str
    """snake_case: the path segment (with - for _) and the collection's name."""
    description: str = ""
    attributes: tuple[Attribute, ...]
    unique_together: tuple[tuple[str, ...], ...] = ()
    checks: tuple[Check, ...] = ()
    quotas: tuple[Quota, ...] = ()
    states: StateMachine | None = None
    owner_field: str | None = None
    """The `server_set` reference to the account that created the record."""
    soft_delete: bool = False
    """Deleting keeps the row with `deleted_at` set, out of every answer."""
    versioned: bool = False
    """Optimistic concurrency: has `version`; ETag and If-Match on writes (docs/conventions.md)."""
    account: Account | None = None
    rules: tuple[Rule, ...] = ()

    @property
    def signs_in(self) -> bool:
        """Whether its records are accounts."""
        return self.account is not None

    def may_refuse(self, moment: str) -> bool:
        """Whether a rule may refuse the moment (a transition, `create`, ...) for reasons that only words say."""
        return any(moment in rule.on and rule.refuses for rule in self.rules)

    def attribute(self, name: str) -> Attribute:
        """The attribute of that name; KeyError where there is none."""
        attribute = find_part(self, self.attributes, name)
        if attribute is None:
            raise KeyError(f"{self.name} has no attribute {name}")
        return attribute


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
