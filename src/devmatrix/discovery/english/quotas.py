"""Sentences about how many there may be of each: "at most 5 open tasks per user", "a team has up to 11 players"."""

import re
from collections.abc import Sequence

from devmatrix.discovery.archetype import archetype_for, event_for, verbs
from devmatrix.discovery.complete import LIKELY_ACCOUNTS, reference_to
from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft, QuotaDraft
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.counting import RELATIVE, Said, heard
from devmatrix.discovery.english.nouns import whole_noun
from devmatrix.discovery.naming import choice, entity_name, enumerate_words, human, snake
from devmatrix.discovery.quotas import account_of, choosing, references
from devmatrix.discovery.verbs import DEEDS, base_verb

_NEGATED = re.compile(r"(?:not\s+(?:yet\s+)?|non-?)(?P<value>.+)|un(?P<bare>[a-z]+)", re.I)
_EITHER = re.compile(r"\s*(?:,|/|\bor\b|\band\b)\s*", re.I)
_HAVING = frozenset("have has hold own keep contain include consist comprise take accept be get possess carry".split())
_MAKING = DEEDS | frozenset("manage run start request issue register maintain produce order".split())
_ENDED = frozenset(
    """returned closed done finished completed complete cancelled canceled rejected declined denied archived expired
    resolved withdrawn ended over refunded deleted dropped abandoned""".split()
)
_GOING = frozenset("active open current ongoing outstanding unfinished incomplete running live concurrent".split())


def declare_counted(text: str, draft: Draft) -> None:
    """Declare what the clause counts, or for what it counts, where the other of both is known."""
    said = heard(text)
    if said is None:
        return
    counted, _ = _counted(said, draft)
    parent = _parent(said, draft)
    if not said.parent:
        return
    if not said.records:
        if parent is None and draft.topic is not None and entity_name(said.parent) in LIKELY_ACCOUNTS:
            draft.declare(said.parent)
        return
    if counted is None and parent is not None and _event(said, draft) is None:
        noun = whole_noun(said.records)
        if noun is not None and len(noun.words.split()) == 1 and noun.plural:
            draft.declare(noun.words)
    elif parent is None and counted is not None:
        draft.declare(said.parent)


def relate_counted(text: str, draft: Draft) -> None:
    """Let what the clause counts refer to that for which it counts, where no other sentence says so."""
    said = heard(text)
    counted, _ = _counted(said, draft) if said else (None, "")
    parent = _parent(said, draft) if said else None
    if said is None or counted is None or parent is None or _pointing(said, counted, draft):
        return
    if counted is parent or _are_joined(counted, parent, draft) or _between(said, counted, draft):
        return
    if parent.account or (parent.name in LIKELY_ACCOUNTS and account_of(draft) is None):
        counted.owner_field = counted.owner_field or f"{snake(parent.name)}_id"
    else:
        field = reference_to(parent)
        counted.fields.setdefault(field.name, field)


def _are_joined(one: EntityDraft, two: EntityDraft, draft: Draft) -> bool:
    """Whether they are related already, each of the other to one or to many of the one."""
    sides = ((one, two), (two, one))
    joined = [
        item
        for here, there in sides
        for item in here.fields.values()
        if (item.type is FieldType.REFERENCES or here is two) and draft.resolve(item.target or "") is there
    ]
    known = archetype_for(one.name)
    return bool(joined) or one.shared or (known is not None and known.shared)


def read_quota(text: str, draft: Draft) -> Reading | None:
    """How many records there may be for each that they refer to."""
    said = heard(text)
    if said is None:
        return None
    counted, adjectives = _counted(said, draft)
    if counted is not None and not adjectives and not _pointing(said, counted, draft):
        counted = _between(said, counted, draft) or counted
    if counted is None or (not said.parent and not _pointing(said, counted, draft)):
        return None
    names = tuple(item.name for item in (counted, _parent(said, draft)) if item is not None)
    pointing = _pointing(said, counted, draft)
    if not pointing:
        why = f"not understood: {human(counted.plural)} have no reference to one {said.parent} by which to count them"
        return Reading(len(text), why, names, understood=False)
    which = _which(said, adjectives, counted, draft)
    if which is None:
        why = f"not understood: no choice of {human(counted.name)} is called {adjectives}"
        return Reading(len(text), why, names, understood=False)
    per = _chosen(said, counted, pointing, draft)
    problem = draft.set_quota(counted, QuotaDraft(said.most, per, which, choosing(counted, which)))
    known = _or(which)
    became = f"at most {said.most} {known} {human(counted.plural)} for each {per.removesuffix('_id')}"
    return Reading(len(text), problem or " ".join(became.split()), names, understood=not problem)


def _pointing(said: Said, counted: EntityDraft, draft: Draft) -> list[str]:
    """The references by which it may be counted."""
    parent = _parent(said, draft)
    return references(draft, counted, said.parent or (parent.name if parent else ""))


def _between(said: Said, counted: EntityDraft, draft: Draft) -> EntityDraft | None:
    """What refers to one of both: students of a course are counted by their enrollments."""
    parent = _parent(said, draft)
    both = [
        item
        for item in draft.entities.values()
        if parent is not None and references(draft, item, parent.name) and references(draft, item, counted.name)
    ]
    return both[0] if len(both) == 1 else None


def _parent(said: Said, draft: Draft) -> EntityDraft | None:
    if not said.parent:
        return draft.entities.get(str(draft.scope or draft.topic))
    found = draft.resolve_role(said.parent)
    return found or (account_of(draft) if entity_name(said.parent) in LIKELY_ACCOUNTS else None)


def _event(said: Said, draft: Draft) -> EntityDraft | None:
    """What keeps that somebody does it: borrowing is a loan."""
    names = event_for(base_verb(said.verb, verbs()))
    return next((known for name in names if (known := draft.resolve(name))), None)


def _counted(said: Said, draft: Draft) -> tuple[EntityDraft | None, str]:
    """What is counted, and the words that say which of it."""
    if not said.records:
        return _spoken_of(said, draft), ""
    relative = RELATIVE.search(said.records)
    words = (said.records[: relative.start()] if relative else said.records).split()
    wanted = (relative["one"] or relative["two"]) if relative else ""
    base = base_verb(said.verb, _HAVING | _MAKING)
    for cut in range(len(words)):
        found = draft.resolve(" ".join(words[cut:]))
        if found is not None:
            event = _event(said, draft)
            if event is not None and found is not event:
                # They are counted by what happens to them: books borrowed are loans.
                return (event, "") if cut == 0 and not wanted else (None, "")
            known = said.verb in _HAVING or base in _HAVING | _MAKING
            return (found if known else None), " ".join((*words[:cut], wanted)).strip()
    return None, ""


def _spoken_of(said: Said, draft: Draft) -> EntityDraft | None:
    """What is counted where the sentence does not name it: what is spoken of, or the only thing that can be meant."""
    spoken = draft.entities.get(str(draft.scope or draft.topic))
    able = [item for item in draft.entities.values() if references(draft, item, said.parent)]
    if spoken is not None and spoken is not _parent(said, draft) and (spoken in able or not able):
        return spoken
    if len(able) < 2:
        return able[0] if able else None
    names = [human(item.plural) for item in able]
    text = f"At most {said.most} of what per {said.parent}?"
    why = f"{enumerate_words(names)} refer to one {said.parent}"
    answer = draft.ask(f"most per {said.parent}", text, names, why, [item.name for item in able])
    return able[names.index(answer)]


def _chosen(said: Said, counted: EntityDraft, pointing: list[str], draft: Draft) -> str:
    """The reference by which is counted; where several point there, and none has the name, the user chooses."""
    parent = _parent(said, draft)
    name = snake(said.parent or (parent.name if parent else ""))
    likely = {name, f"{name}_id", counted.owner_field}
    if len(pointing) == 1 or pointing[0] in likely:
        return pointing[0]
    text = f"At most {said.most} {said.records} per {human(name)}: which of its references is meant?"
    why = f"several references of {human(counted.name)} point to one {human(name)}"
    return draft.ask(f"{counted.name} per {human(name)}", text, pointing, why, (counted.name,))


def _which(said: Said, adjectives: str, counted: EntityDraft, draft: Draft) -> tuple[str, ...] | None:
    """The choices that count; all where there are none, None where the words mean none."""
    if not adjectives:
        return _lasting(said, counted, draft)
    parts = [part for part in _EITHER.split(adjectives) if part]
    named = tuple(choice(part) for part in parts)
    if choosing(counted, named) is not None:
        return named
    negated = [_NEGATED.fullmatch(part) for part in parts]
    if len(parts) == 1 and negated[0] is not None:
        other = choice(negated[0]["value"] or negated[0]["bare"])
        field = choosing(counted, (other,))
        if field is not None:
            return tuple(item for item in _choices(counted, field) if item != other)
    if set(named) <= _GOING:
        going, _ = _apart(counted)
        return going or None
    return None


def _lasting(said: Said, counted: EntityDraft, draft: Draft) -> tuple[str, ...]:
    """What counts where the sentence does not say which: what is over does not, unless the user wants it."""
    going, over = _apart(counted)
    if not going or not over or said.now:
        return going if over else ()
    parent = _parent(said, draft)
    name = human(parent.name) if parent else said.parent.lower()
    text = f"Do {human(counted.plural)} that are {_or(over)} count among the {said.most} per {name}?"
    why = f"the request does not say whether {human(counted.plural)} that are over take a place"
    answer = draft.ask(f"{counted.name} per {name} counted", text, ("no", "yes"), why, (counted.name,))
    return going if answer == "no" else ()


def _apart(counted: EntityDraft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The states in which a record goes on, and those in which it is over."""
    field = (
        counted.states.field if counted.states else next((n for n in ("status", "state") if n in counted.fields), "")
    )
    states = _choices(counted, field)
    over = tuple(item for item in states if item.lower() in _ENDED)
    return tuple(item for item in states if item not in over), over


def _choices(counted: EntityDraft, field: str) -> tuple[str, ...]:
    if counted.states is not None and counted.states.field == field:
        return counted.states.states
    return counted.fields[field].choices if field in counted.fields else ()


def _or(choices: Sequence[str]) -> str:
    """Choices in words: open, lent or lost."""
    return enumerate_words(list(choices)).replace(" and ", " or ").replace("_", " ")
