"""What has been understood so far: mutable while the request is read, frozen into the document at the end."""

from dataclasses import dataclass, field
from typing import Literal

from devmatrix.discovery.document import Assumption, Default, FieldType, OperationKind, Question
from devmatrix.discovery.naming import entity_name, human, plural_name, singular, snake, split_words

Operator = Literal["<", "<=", ">", ">=", "!="]


@dataclass
class FieldDraft:
    """One field as far as it is known."""

    name: str
    type: FieldType | None = None
    target: str | None = None
    """Words or name of the entity that it points to."""
    required: bool | None = None
    default: Default | None = None
    raw_default: str | None = None
    """A literal whose form depends on the type, as written."""
    unique: bool = False
    description: str = ""
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    scale: int | None = None
    choices: tuple[str, ...] = ()
    on_delete: Literal["restrict", "cascade", "set_null"] | None = None
    noun: str | None = None
    """The English noun that it was read from: a reference, if an entity has that name."""
    assumed: bool = False
    """Comes from an archetype or an assumption, and gives way to what the request says."""

    def is_bounded(self) -> bool:
        """Whether a number bounds it."""
        return not (self.minimum is self.exclusive_minimum is self.maximum is self.exclusive_maximum is None)


@dataclass
class Move:
    """One transition of a state machine."""

    name: str
    sources: tuple[str, ...]
    target: str
    requires: tuple[str, ...] = ()


@dataclass
class StatesDraft:
    """The states of an entity."""

    field: str
    states: tuple[str, ...]
    moves: list[Move]


@dataclass(frozen=True)
class Who:
    """Callers that a rule speaks of; neither public nor roles nor owner: every account."""

    public: bool = False
    roles: tuple[str, ...] = ()
    owner: bool = False


@dataclass(frozen=True)
class AccessRule:
    """Who may do what; `entity` none: with every entity that is no account."""

    who: Who
    kinds: frozenset[OperationKind]
    transitions: frozenset[str] = frozenset()
    entity: str | None = None
    adds: bool = False
    """Widens what others may, instead of saying who alone may."""
    only: bool = False
    """Nobody else may: stands above rules that are less specific."""
    own: bool = False
    """Said as "users ... their own": administrators, and roles that work on such records, are not meant."""


@dataclass
class EntityDraft:
    """One entity as far as it is known."""

    name: str
    plural: str
    fields: dict[str, FieldDraft] = field(default_factory=dict)
    declared: bool = False
    """The request lists its fields: no archetype is consulted."""
    states: StatesDraft | None = None
    owner_field: str | None = None
    account: bool = False
    soft_delete: bool = False
    versioned: bool = False
    unique_together: list[tuple[str, ...]] = field(default_factory=list)
    checks: list[tuple[str, Operator, str]] = field(default_factory=list)
    only: frozenset[OperationKind] | None = None
    without: frozenset[OperationKind] = frozenset()
    shared: bool = False
    """Many records of another entity may point to one of it: tags, categories."""
    description: str = ""
    """What it is, in the words of a source."""

    def find(self, words: str) -> str | None:
        """The name of the field that `words` mean, if there is one."""
        name = snake(words)
        ends = name.rsplit("_", 1)
        stem = ends[0] if len(ends) == 2 and ends[1] in {"date", "time"} else name
        candidates = [name, f"{name}_id", f"{name}_ids", singular(name), f"{singular(name)}_ids"]
        candidates += [f"{root}_{end}" for root in (stem, f"{stem}s") for end in ("on", "at", "date", "time")]
        candidates += [stem, f"{stem}s"] if stem != name else []
        return next((candidate for candidate in candidates if candidate in self.fields), None)


class Draft:
    """The document while it is written."""

    def __init__(self) -> None:
        self.entities: dict[str, EntityDraft] = {}
        self.rules: list[AccessRule] = []
        self.assumptions: list[Assumption] = []
        self.questions: list[Question] = []
        self.renamed: list[str] = []
        self.title: str | None = None
        self.domain: str | None = None
        self.wants_accounts: str | None = None
        self.topic: str | None = None
        """Name of the entity spoken of last: what `it` means."""

    def assume(self, text: str, why: str) -> None:
        """Note a decision, once."""
        assumption = Assumption(text=text, why=why)
        if assumption not in self.assumptions:
            self.assumptions.append(assumption)

    def ask(self, text: str, default: str, why: str) -> None:
        """Note a question, once."""
        if all(question.text != text for question in self.questions):
            number = len(self.questions) + 1
            self.questions.append(Question(id=f"Q-{number:02}", text=text, default=default, why=why))

    def resolve(self, words: str) -> EntityDraft | None:
        """The entity that `words` mean, in singular or plural; its last word will do where that is unique."""
        name = entity_name(words)
        if name in self.entities:
            return self.entities[name]
        parts = split_words(name)
        same_end = [item for item in self.entities.values() if split_words(item.name)[-len(parts) :] == parts]
        return same_end[0] if parts and len(same_end) == 1 else None

    def resolve_role(self, words: str) -> EntityDraft | None:
        """The entity that `words` mean, or in the role of which they speak: a home team is a team."""
        parts = split_words(words)
        return self.resolve(words) or (self.entities.get(entity_name(parts[-1])) if len(parts) > 1 else None)

    def declare(self, words: str) -> EntityDraft:
        """The entity of that name, made where there is none."""
        name = entity_name(words)
        if name not in self.entities:
            self.entities[name] = EntityDraft(name=name, plural=plural_name(name))
        return self.entities[name]

    def add_field(self, entity: EntityDraft, new: FieldDraft) -> str:
        """Give the entity a field; what was said before stays, and a contradiction becomes a question; says so then."""
        old = entity.fields.get(new.name)
        if old is None or old.assumed:
            entity.fields[new.name] = new
            return ""
        if new.assumed or new == old:
            return ""
        return self._merge(entity, old, new)

    def _merge(self, entity: EntityDraft, old: FieldDraft, new: FieldDraft) -> str:
        label = f"{entity.name}.{old.name}"
        if old.type is not None and new.type is not None and old.type is not new.type:
            self.ask(
                f"{label} is said to be {_kind(old)} and {_kind(new)}: which?",
                default=f"{_kind(old)}, as said first",
                why="the request says both",
            )
            return f"contradicts what was said before of {label}: {_kind(old)} holds"
        if old.choices and new.choices and old.choices != new.choices:
            self.ask(
                f"{label} has the choices {', '.join(old.choices)} or {', '.join(new.choices)}: which?",
                default=f"{', '.join(old.choices)}, as said first",
                why="the request says both",
            )
            return f"contradicts the choices given before of {label}: {', '.join(old.choices)} hold"
        for name, value in vars(new).items():
            if value not in (None, (), "", False) and name not in {"name", "noun", "assumed"}:
                setattr(old, name, value)
        return ""

    def set_states(self, entity: EntityDraft, states: StatesDraft) -> str:
        """Give the entity its states; a different list given before stays, with a question. Says what it did."""
        old, listed = entity.states, entity.fields.get(states.field)
        if old is None and listed is not None and listed.choices and not set(states.states) <= set(listed.choices):
            old = StatesDraft(states.field, listed.choices, [])
        elif old is None:
            entity.states = states
            return ""
        if old.moves and old.field == states.field and set(states.states) & set(old.states):
            old.states = tuple(dict.fromkeys((*old.states, *states.states)))
            old.moves += [move for move in states.moves if all(move.name != known.name for known in old.moves)]
            return ""
        self.ask(
            f"{human(entity.name)} has the states {', '.join(old.states)} or {', '.join(states.states)}: which?",
            default=f"{', '.join(old.states)}, as said first",
            why="the request gives two lists of states",
        )
        return f"contradicts the states given before: {', '.join(old.states)} hold"


def _kind(item: FieldDraft) -> str:
    return f"{item.type} to {item.target}" if item.target else str(item.type)
