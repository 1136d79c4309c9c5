"""What is known so far while a document is bound: entities in the making, and everything about them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from devmatrix.discovery.document import Account, Assumption, Attribute, Question, StateMachine
from devmatrix.discovery.interface import Value
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.openapi.classified import Classification, Classified, PathStep, Resource
from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.shapes import Property, Shape

Side = Literal["answer", "create", "change"]


class Unexplained(Exception):
    """Nobody here can write the operation: the message says why. Never leaves the binding."""


@dataclass(frozen=True)
class Seen:
    """A property of a record where it occurs."""

    property: Property
    side: Side


@dataclass
class EntityDraft:
    """One entity as far as it is known."""

    resource: Resource
    host: str = ""
    """The entity that it is a part of, where it is the only one of its kind there; then `attributes` are shared."""
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    """Property -> where it occurs."""
    keys: list[str] = field(default_factory=list)
    """Attributes that paths and bodies find a record by, the first the most usual."""
    attributes: dict[str, Attribute] = field(default_factory=dict)
    meanings: dict[str, Value] = field(default_factory=dict)
    """Property -> how it is answered. Views of related records are left open."""
    settable: set[str] = field(default_factory=set)
    """Attributes that some body sets."""
    owner: str | None = None
    private: bool = False
    """Nobody but the owner may see it."""
    account: Account | None = None
    states: StateMachine | None = None
    created: bool = False
    """Some operation makes records."""
    soft_delete: bool = False

    @property
    def name(self) -> str:
        """Of the entity."""
        return self.host or self.resource.name

    def on(self, name: str, *sides: Side) -> list[Property]:
        """The property as it occurs on those sides."""
        return [one.property for one in self.seen.get(name, ()) if one.side in sides]

    def answered(self, name: str) -> Shape | None:
        """Its shape in answers."""
        found = self.on(name, "answer")
        return found[0].shape if found else None

    def given(self, name: str) -> Shape | None:
        """Its shape in bodies, of those that create first; none where no body sets it."""
        found = [item for item in (*self.on(name, "create"), *self.on(name, "change")) if not item.read_only]
        return found[0].shape if found else None

    def free_name(self, wished: str) -> str:
        """A name for an attribute that the document does not have: the wished one, where nothing else has it."""
        taken = set(self.attributes) | set(self.seen)
        return next(
            name
            for name in (wished, f"{wished}_record", *(f"{wished}_{n}" for n in range(2, 999)))
            if name not in taken
        )


@dataclass(frozen=True)
class Association:
    """Records linked by a toggle, or a list of references."""

    holder: str
    attribute: str
    target: str
    verb: str = ""
    """The word in the path that turns it on."""


class Desk:
    """Everything that the parts of the binding share."""

    def __init__(self, given: Given, classification: Classification) -> None:
        self.given = given
        self.shapes = Shapes(given)
        self.operations: tuple[Classified, ...] = classification.operations
        self.drafts = {name: EntityDraft(resource) for name, resource in classification.resources.items()}
        self.parts: dict[str, EntityDraft] = {}
        """Resources that are kept as a part of another."""
        self.by_words: dict[tuple[str, ...], list[str]] = {}
        """Words of its name -> entities."""
        for name in self.drafts:
            self.by_words.setdefault(split_words(name), []).append(name)
        self.about: dict[str, list[Classified]] = {name: [] for name in self.drafts}
        """Entity -> the operations about it."""
        self.found_by: dict[str, list[tuple[Classified, PathStep]]] = {name: [] for name in self.drafts}
        """Entity -> the steps of paths that find its records."""
        for operation in self.operations:
            if operation.resource in self.about:
                self.about[operation.resource].append(operation)
            for step in operation.steps:
                if step.resource in self.found_by:
                    self.found_by[step.resource].append((operation, step))
        self.associations: list[Association] = []
        self.by_shape: dict[str, str] = {}
        """Named shape -> the entity whose records it shows."""
        self.transitions: dict[str, str] = {}
        """Pointer of an operation -> name of its transition."""
        self.assumptions: list[Assumption] = []
        self.questions: list[Question] = []
        self.ignored: dict[str, str] = {}
        """Pointer of what was read and has no effect -> why."""
        self.referred: dict[str, list[tuple[str, Attribute]]] = {}
        """Entity -> (entity, reference) that points to it; known when all records are understood."""
        self.roles: dict[str, tuple[str, ...]] = {}
        """Pointer of an operation -> the roles that it asks for."""
        self.issues_tokens = False
        """Accounts sign in here."""
        self.session_cookie = ""
        """The cookie that a login sets, where its answer has no token."""

    @property
    def account(self) -> EntityDraft | None:
        """The entity whose records sign in."""
        return next((draft for draft in self.drafts.values() if draft.account), None)

    @property
    def has_callers(self) -> bool:
        """Whether accounts sign in by themselves; else there are keys only."""
        account = self.account
        return account is not None and account.account is not None and not account.account.listed

    def draft_of(self, operation: Classified) -> EntityDraft | None:
        """What an operation is about."""
        name = operation.resource or ""
        return self.drafts.get(name) or self.parts.get(name)

    def replace(self, old: Classified, new: Classified) -> None:
        """Take an operation for something else."""
        self.operations = tuple(new if one is old else one for one in self.operations)
        for name, operations in self.about.items():
            if any(one is old for one in operations):
                self.about[name] = [new if one is old else one for one in operations]

    @cached_property
    def error_statuses(self) -> dict[str, set[int]]:
        """Name of a shape -> the statuses of the errors that have it."""
        found: dict[str, set[int]] = {}
        for operation in self.operations:
            for reply in operation.operation.endpoint.replies:
                for content in reply.contents if reply.status >= 400 else ():
                    found.setdefault(self.shapes.name_of(content.shape), set()).add(reply.status)
        found.pop("", None)
        return found

    def assume(self, text: str, why: str) -> None:
        """Note a decision, once."""
        assumption = Assumption(text=text, why=why)
        if assumption not in self.assumptions:
            self.assumptions.append(assumption)

    def texts(self, operation: Classified) -> tuple[str, ...]:
        """What the document says in words about an operation."""
        given = operation.operation
        replies = tuple(reply.description for reply in given.endpoint.replies if 200 <= reply.status < 300)
        return (given.summary, given.endpoint.description, *replies)
