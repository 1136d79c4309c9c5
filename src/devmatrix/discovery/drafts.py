"""What has been understood so far: mutable while the request is read, frozen into the document at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from devmatrix.discovery.document import Assumption, Default, FieldType, OperationKind, Question
from devmatrix.discovery.naming import entity_name, human, pascal, plural_name, singular, snake, split_words

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
    soft: frozenset[str] = frozenset()
    """Names of its limits that are only recommended."""
    places: dict[str, str] = field(default_factory=dict, compare=False)
    """Where each of its limits was said."""
    assumed: bool = False
    """Comes from an archetype or an assumption, and gives way to what the request says."""
    yields: frozenset[str] = frozenset()
    """Names of its limits that stand in a document, and give way to what is said of it."""

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
class QuotaDraft:
    """At most so many records for each that one of their references points to."""

    most: int
    per: str
    """Name of the reference, or words for it or for what it points to."""
    which: tuple[str, ...] = ()
    """Choices of an enum: only records that hold one of them count."""
    enum: str | None = None
    """That enum; none: the one that has these choices."""
    soft: bool = field(default=False, compare=False)
    place: str = field(default="", compare=False)


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
    place: str = field(default="", compare=False)
    """Where it was said."""
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
    recommended: set[tuple[str, Operator, str]] = field(default_factory=set)
    """Those of the checks that are only recommended."""
    quotas: list[QuotaDraft] = field(default_factory=list)
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

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        """`answers`: what the user says to questions, by their ids."""
        self.answers = answers or {}
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
        self.listing: str | None = None
        """Name of the entity whose fields are being listed: the sentence before ended in a semicolon."""
        self.place = ""
        """Where what is read stands, in words."""
        self.soft = False
        """What is read only recommends."""
        self.foreign = False
        """Names are not English: none is taken for a plural."""
        self.scope: str | None = None
        """Name of the entity whose section is read: a field that is named without an entity is its own."""

    def assume(self, text: str, why: str) -> None:
        """Note a decision, once."""
        assumption = Assumption(text=text, why=why)
        if assumption not in self.assumptions:
            self.assumptions.append(assumption)

    def ask(self, topic: str, text: str, options: Sequence[str], why: str, depends: Sequence[str] = ()) -> str:
        """The answer that holds, and the caller acts on: the user's, else the first option.

        `topic` makes the question's id, which stays the same while the request is edited elsewhere.
        """
        for question in self.questions:
            if question.text == text:
                return question.answer or question.default
        id_ = self._free_id(topic)
        said = self.answers.get(id_, "").strip().lower()
        answer = next((option for option in options if option.lower() == said), None)
        self.questions.append(
            Question(
                id=id_,
                text=text,
                default=options[0],
                why=why,
                depends=tuple(depends),
                options=tuple(options),
                answer=answer,
            )
        )
        return answer or options[0]

    def leave_open(self, topic: str, text: str, default: str, why: str, depends: Sequence[str] = ()) -> None:
        """Note a question, once, whose answer is a change of the source."""
        if all(question.text != text for question in self.questions):
            id_ = self._free_id(topic)
            self.questions.append(Question(id=id_, text=text, default=default, why=why, depends=tuple(depends)))

    def _free_id(self, topic: str) -> str:
        wished = "-".join(split_words(topic))[:60].strip("-") or "question"
        taken = {question.id for question in self.questions}
        return next(name for name in (wished, *(f"{wished}-{n}" for n in range(2, 9999))) if name not in taken)

    def resolve(self, words: str) -> EntityDraft | None:
        """The entity that `words` mean, in singular or plural; its last word will do where that is unique."""
        exact = pascal(split_words(words))
        if exact in self.entities:
            return self.entities[exact]
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
        name = pascal(split_words(words)) if self.foreign else entity_name(words)
        if name not in self.entities:
            self.entities[name] = EntityDraft(name=name, plural=plural_name(name))
        return self.entities[name]

    def add_field(self, entity: EntityDraft, new: FieldDraft) -> str:
        """Give the entity a field; what was said before stays, and a contradiction becomes a question; says so then."""
        old = entity.fields.get(new.name)
        new.places = dict.fromkeys(self._said(new), self.place)
        if old is None or old.assumed:
            entity.fields[new.name] = new
            return ""
        if new.assumed or new == old:
            return ""
        return self._merge(entity, old, new)

    def _merge(self, entity: EntityDraft, old: FieldDraft, new: FieldDraft) -> str:
        label = f"{entity.name}.{old.name}"
        if old.type is not None and new.type is not None and old.type is not new.type:
            kinds = (_kind(old), _kind(new))
            text = f"{label} is said to be {kinds[0]} and {kinds[1]}: which?"
            holds = self.ask(f"{label} type", text, kinds, "the request says both", (entity.name,))
            if holds != kinds[0]:
                entity.fields[old.name] = new
            return f"contradicts what was said before of {label}: {holds} holds"
        if old.choices and new.choices and old.choices != new.choices:
            both = tuple(dict.fromkeys((*old.choices, *new.choices)))
            lists = {", ".join(choices): choices for choices in (old.choices, new.choices, both)}
            first, second, *_ = lists
            text = f"{label} has the choices {first} or {second}: which?"
            holds = self.ask(f"{label} choices", text, list(lists), "the request says both", (entity.name,))
            old.choices = lists[holds]
            return f"contradicts the choices given before of {label}: {holds} hold"
        return self._settle(entity, old, new)

    def limit(self, entity: EntityDraft, old: FieldDraft, apply: Callable[[FieldDraft], bool]) -> str | None:
        """Limit a field as `apply` does; None where that is not possible, else what contradicts."""
        new = replace(old, places=dict(old.places))
        if not apply(new):
            return None
        changed = {name for name in vars(new) if getattr(new, name) != getattr(old, name)} - {"places", "noun"}
        for name in changed:
            new.places[name] = self.place
        if self.soft:
            new.soft |= changed
        if old.assumed:
            vars(old).update(vars(new))
            return ""
        old.noun = new.noun
        return self._settle(entity, old, new)

    def _said(self, item: FieldDraft) -> list[str]:
        return [name for name in _LIMITS if getattr(item, name) is not None]

    def _settle(self, entity: EntityDraft, old: FieldDraft, new: FieldDraft) -> str:
        """Take over what is new; where both say another thing, what holds is a question."""
        problem = ""
        for name, value in vars(new).items():
            before = getattr(old, name)
            empty = value is None or value is False or value in ((), "", {}, frozenset())
            if (empty and not (name == "required" and value is False)) or value == before:
                continue
            if name in old.yields:
                old.yields -= {name}
                setattr(old, name, value)
            elif name in _LIMITS and before is not None:
                problem = self._choose(entity, old, new, name) or problem
            elif name == "places":
                old.places = {**value, **old.places}
            elif name not in {"name", "noun", "assumed", "yields"}:
                setattr(old, name, value)
        return problem

    def _choose(self, entity: EntityDraft, old: FieldDraft, new: FieldDraft, name: str) -> str:
        label, words = f"{entity.name}.{old.name}", name.replace("_", " ")
        shown = [_shown(name, getattr(item, name)) for item in (old, new)]
        text = (
            f"{label}: {words} {shown[0]} or {shown[1]}?"
            if name != "required"
            else f"{label}: {shown[0]} or {shown[1]}?"
        )
        places = [item.places.get(name, "") for item in (old, new)]
        places[1] = places[1] if places[1] != places[0] else self.place
        why = f"{shown[0]} {places[0]}, {shown[1]} {places[1]}" if all(places) else "the request says both"
        holds = self.ask(f"{label} {words}", text, shown, why, (entity.name,))
        if holds == shown[1]:
            setattr(old, name, getattr(new, name))
        return f"contradicts what was said before of {label}: {holds} holds"

    def set_quota(self, entity: EntityDraft, new: QuotaDraft) -> str:
        """Give the entity a quota; another number for the same records is a question. Says what contradicts."""
        new = replace(new, soft=self.soft, place=self.place)
        old = next((item for item in entity.quotas if replace(item, most=new.most) == new), None)
        if old is None:
            entity.quotas.append(new)
        if old is None or old.most == new.most:
            return ""
        counted = " ".join((*new.which, human(entity.plural)))
        said = [str(item.most) for item in (old, new)]
        text = f"At most {said[0]} or {said[1]} {counted} per {human(new.per.removesuffix('_id'))}?"
        why = f"{said[0]} {old.place}, {said[1]} {new.place}" if old.place and new.place else "the request says both"
        holds = self.ask(f"{entity.name} per {new.per} {' '.join(new.which)}", text, said, why, (entity.name,))
        if holds == said[1]:
            entity.quotas[entity.quotas.index(old)] = new
        return f"contradicts what was said before of {counted}: at most {holds} holds"

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
        lists = {", ".join(old.states): old, ", ".join(states.states): states}
        if len(lists) < 2:
            return ""
        first, second = lists
        text = f"{human(entity.name)} has the states {first} or {second}: which?"
        why = "the request gives two lists of states"
        holds = self.ask(f"{entity.name} states", text, list(lists), why, (entity.name,))
        if holds == second:
            entity.states = states
            entity.fields.pop(old.field, None)
        return f"contradicts the states given before: {holds} hold"


_LIMITS = (
    "required", "raw_default", "minimum", "exclusive_minimum", "maximum", "exclusive_maximum", "min_length",
    "max_length", "pattern", "scale", "on_delete",
)  # fmt: skip


def _shown(name: str, value: object) -> str:
    if name == "required":
        return "required" if value else "optional"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _kind(item: FieldDraft) -> str:
    return f"{item.type} to {item.target}" if item.target else str(item.type)
