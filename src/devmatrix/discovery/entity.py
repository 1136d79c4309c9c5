"""What is kept: entities with their fields and the rules over them. Frozen parts of a DiscoveryDocument."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from devmatrix.discovery.finding import find_part
from devmatrix.discovery.shapes import Shape


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
    before: tuple[str, ...]
    """`create`, `update`, `delete`, or names of transitions: when it is asked."""
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
    """Imported documents: they are those of the setting API_KEYS, made at start (docs/imported.md)."""
    seeded: tuple[str, ...] = ()
    """Imported documents: those made at start from the settings NAME_LOGIN and NAME_PASSWORD, with the role NAME."""


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
        return bool(self.refusals_before(moment))

    def refusals_before(self, moment: str) -> frozenset[int]:
        """Statuses with which rules refuse the moment."""
        return frozenset(item.status for rule in self.rules if moment in rule.before for item in rule.refuses)

    def attribute(self, name: str) -> Attribute:
        """The attribute of that name; KeyError where there is none."""
        attribute = find_part(self, self.attributes, name)
        if attribute is None:
            raise KeyError(f"{self.name} has no attribute {name}")
        return attribute
