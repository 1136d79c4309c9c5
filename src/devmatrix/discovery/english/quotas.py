"""Sentences about how many there may be of each: "at most 5 open tasks per user", "a team has up to 11 players"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devmatrix.discovery.archetype import archetype_for, event_for, verbs
from devmatrix.discovery.complete import LIKELY_ACCOUNTS, reference_to
from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft, QuotaDraft
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import Noun, kept, whole_noun
from devmatrix.discovery.naming import choice, entity_name, enumerate_words, human, singular, snake
from devmatrix.discovery.quotas import account_of, choosing, references
from devmatrix.discovery.verbs import DEEDS, base_verb

_NUMBERS = {
    word: number
    for number, words in enumerate(
        """one/single two three four five six seven eight nine ten eleven twelve/dozen thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""".split(),
        start=1,
    )
    for word in words.split("/")
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100}
_NUMBER = rf"(?:an?\s+)?(?P<number>\d{{1,6}}|{'|'.join(_NUMBERS)})"
_MOST = (
    r"(?P<most>at\s+most|(?:no|not)\s+more\s+than|never\s+more\s+than|up\s+to|(?:an?\s+|the\s+)?max(?:imum|\.)?(?:\s+of)?|"
    r"(?:an?\s+)?limit\s+of|only)"
)
_LATE = r"(?P<late>\s*,?\s+(?:at\s+(?:the\s+)?most|at\s+maximum|max(?:imum)?))?"
_NOUN = r"[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,6}?"
_PER = (
    r"(?:per|(?:for|in|on|of|by|within|to|from|with)\s+(?:each|every|any|one|a\s+single|an?|the\s+same)(?:\s+(?:one|"
    r"single))?)"
)
_TAIL = (
    r"(?P<tail>(?:\s+(?:at\s+(?:a|any|any\s+one|any\s+given|one|the\s+same)\s+time|at\s+once|simultaneously|"
    r"concurrently|in\s+parallel|at\s+any\s+(?:moment|point)|in\s+total|overall|altogether|each))*)"
)
_NOT = r"(?:(?:can|may|must|should|shall|will|do(?:es)?)\s*(?:not|never)|can't|mustn't|never)"
_MODAL = r"(?:(?:can|may|must|should|shall|will|might)\s+(?:(?:always|only|each)\s+)?)?"
_VERB = (
    r"(?:(?:(?:is|are)\s+(?:allowed|permitted|able)\s+to\s+)?(?P<verb>[a-z]+)(?:\s+of)?|"
    r"(?:(?:is|are|be)\s+)?(?:limited|restricted)\s+to|(?:is|are)\s+(?:only\s+)?(?:allowed|permitted))"
)
_LEAD = (
    r"(?:there\s+(?:(?:can|may|must|should|will)\s+(?:only\s+)?be|is|are)\s+|(?:the\s+limit\s+is|we\s+allow|allow)\s+)?"
)
_SHAPES = tuple(
    re.compile(shape, re.I)
    for shape in (
        rf"{_LEAD}(?:{_MOST}\s+)?{_NUMBER}\s+(?P<records>{_NOUN})\s+{_PER}\s+(?P<parent>{_NOUN}){_TAIL}{_LATE}"
        r"(?:\s+(?:is|are)\s+(?:allowed|permitted|possible))?",
        rf"{_LEAD}{_MOST}\s+{_NUMBER}\s+(?:of\s+(?:them|these)\s+)?{_PER}\s+(?P<parent>{_NOUN}){_TAIL}",
        rf"{_PER}\s+(?P<parent>{_NOUN}),?\s+{_LEAD}{_MOST}\s+{_NUMBER}\s+(?P<records>{_NOUN}){_TAIL}"
        r"(?:\s+(?:is|are)\s+(?:allowed|permitted|possible))?",
        rf"(?P<parent>{_NOUN})\s+{_NOT}\s+(?P<verb>[a-z]+)(?:\s+of)?\s+(?P<most>more\s+than)\s+{_NUMBER}\s+"
        rf"(?P<records>{_NOUN}){_TAIL}",
        rf"(?P<parent>{_NOUN})\s+{_MODAL}{_VERB}\s+(?:{_MOST}\s+)?{_NUMBER}\s+(?P<records>{_NOUN}){_TAIL}{_LATE}",
        rf"(?:the\s+)?(?P<most>(?:max(?:imum)?\s+)?number)\s+of\s+(?P<records>{_NOUN})\s+{_PER}\s+(?P<parent>{_NOUN})\s+"
        r"(?:(?:(?:is|must\s+be|may\s+be|can\s+be|should\s+be)\s+)?(?:limited\s+to|at\s+most|no\s+more\s+than|up\s+to|"
        r"not\s+more\s+than)|is|(?:must\s*not|may\s*not|cannot|can't|should\s*not|must\s+never)\s+(?:exceed|be\s+(?:"
        rf"more|greater|higher)\s+than))\s+{_NUMBER}(?P<tail>)",
        rf"(?P<records>{_NOUN})\s+{_PER}\s+(?P<parent>{_NOUN})\s+(?:are|is)\s+(?P<most>limited|restricted)\s+to\s+"
        rf"{_NUMBER}(?P<tail>)",
        rf"(?P<most>max(?:imum|\.)?)\s+(?P<records>{_NOUN})\s+per\s+(?P<parent>{_NOUN})\s*(?:is|:|=)\s*{_NUMBER}(?P<tail>)",
    )
)
_LIMITED = re.compile(r"\b(?:limited|restricted)\s+to\b", re.I)
_RELATIVE = re.compile(
    r"\s+(?:that|which|who)\s+(?:are|is)\s+(?P<one>.+)|\s+(?:with|in)\s+(?:the\s+)?(?:status|state|stage)\s+(?P<two>.+)",
    re.I,
)
_NEGATED = re.compile(r"(?:not\s+(?:yet\s+)?|non-?)(?P<value>.+)|un(?P<bare>[a-z]+)", re.I)
_EITHER = re.compile(r"\s*(?:,|/|\bor\b|\band\b)\s*", re.I)
_HAVING = frozenset("have has hold own keep contain include consist comprise take accept be get possess carry".split())
_MAKING = DEEDS | frozenset("manage run start request issue register maintain produce order".split())
_MEASURES = frozenset(
    """character char letter digit word symbol byte kb mb gb percent euro dollar cent pound minute hour day week month
    year second meter metre km kg gram decimal""".split()
)
_ALONE = frozenset("line place point star request call time value level attempt try".split())
"""Measures, too, where no other word says of what."""
_TIMES = frozenset("second minute hour day night week month year page request call time".split())
_ENDED = frozenset(
    """returned closed done finished completed complete cancelled canceled rejected declined denied archived expired
    resolved withdrawn ended over refunded deleted dropped abandoned""".split()
)
_GOING = frozenset("active open current ongoing outstanding unfinished incomplete running live concurrent".split())


@dataclass(frozen=True)
class _Said:
    """What a sentence says, in its words."""

    most: int
    records: str
    parent: str
    verb: str
    now: bool
    """Of those that are there at one time."""


def is_quota(text: str) -> bool:
    """Whether the clause says how many there may be of each."""
    return _said(text) is not None


def _said(text: str) -> _Said | None:
    plain = " ".join(text.strip().rstrip(".!").split())
    for shape in _SHAPES:
        match = shape.fullmatch(plain)
        groups = match.groupdict() if match else {}
        if match is None or not (groups.get("most") or groups.get("late") or _LIMITED.search(plain)):
            continue
        number = match["number"].lower()
        most = int(number) if number.isdigit() else _NUMBERS[number]
        records = groups.get("records") or ""
        parent, counted = whole_noun(match["parent"]), _noun_of(records)
        verb = (groups.get("verb") or "have").lower()
        if parent is None or most < 1 or (records and counted is None) or not _counts(parent, counted):
            continue
        now = bool(re.search(r"time|once|simul|concurr|parallel|moment|point", match["tail"], re.I))
        return _Said(most, records, parent.words, verb, now)
    return None


def _noun_of(records: str) -> Noun | None:
    """The noun of what is counted, whatever says which of it: open or in progress tasks."""
    plain = _RELATIVE.sub("", records)
    words = plain.split()
    if not words or {"a", "an", "the", "and"} & {word.lower() for word in words}:
        return None
    return whole_noun(plain) or whole_noun(words[-1])


def _counts(parent: Noun, counted: Noun | None) -> bool:
    """Whether things are counted for each thing: no characters of a text, no calls per minute."""
    if singular(parent.words.split()[-1].lower()) in _TIMES:
        return False
    if counted is None:
        return True
    words = [singular(word) for word in counted.words.lower().split()]
    measured = {words[0], words[-1]} & _MEASURES or (len(words) == 1 and words[0] in _ALONE)
    return not measured and kept(counted)


def declare_counted(text: str, draft: Draft) -> None:
    """Declare what the clause counts, or for what it counts, where the other of both is known."""
    said = _said(text)
    if said is None:
        return
    counted, _ = _counted(said, draft)
    parent = _parent(said, draft)
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
    said = _said(text)
    counted, _ = _counted(said, draft) if said else (None, "")
    parent = _parent(said, draft) if said else None
    if said is None or counted is None or parent is None or references(draft, counted, said.parent):
        return
    if counted is parent or _are_joined(counted, parent, draft):
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
    said = _said(text)
    if said is None:
        return None
    counted, adjectives = _counted(said, draft)
    if counted is None:
        return None
    names = tuple(item.name for item in (counted, _parent(said, draft)) if item is not None)
    pointing = references(draft, counted, said.parent)
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


def _parent(said: _Said, draft: Draft) -> EntityDraft | None:
    found = draft.resolve_role(said.parent)
    return found or (account_of(draft) if entity_name(said.parent) in LIKELY_ACCOUNTS else None)


def _event(said: _Said, draft: Draft) -> EntityDraft | None:
    """What keeps that somebody does it: borrowing is a loan."""
    names = event_for(base_verb(said.verb, verbs()))
    return next((known for name in names if (known := draft.resolve(name))), None)


def _counted(said: _Said, draft: Draft) -> tuple[EntityDraft | None, str]:
    """What is counted, and the words that say which of it."""
    if not said.records:
        return _spoken_of(said, draft), ""
    relative = _RELATIVE.search(said.records)
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


def _spoken_of(said: _Said, draft: Draft) -> EntityDraft | None:
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


def _chosen(said: _Said, counted: EntityDraft, pointing: list[str], draft: Draft) -> str:
    """The reference by which is counted; where several point there, and none has the name, the user chooses."""
    likely = {snake(said.parent), f"{snake(said.parent)}_id", counted.owner_field}
    if len(pointing) == 1 or pointing[0] in likely:
        return pointing[0]
    text = f"At most {said.most} {said.records} per {said.parent}: which of its references is meant?"
    why = f"several references of {human(counted.name)} point to one {said.parent}"
    return draft.ask(f"{counted.name} per {said.parent}", text, pointing, why, (counted.name,))


def _which(said: _Said, adjectives: str, counted: EntityDraft, draft: Draft) -> tuple[str, ...] | None:
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


def _lasting(said: _Said, counted: EntityDraft, draft: Draft) -> tuple[str, ...]:
    """What counts where the sentence does not say which: what is over does not, unless the user wants it."""
    going, over = _apart(counted)
    if not going or not over or said.now:
        return going if over else ()
    text = f"Do {human(counted.plural)} that are {_or(over)} count among the {said.most} per {said.parent}?"
    why = f"the request does not say whether {human(counted.plural)} that are over take a place"
    answer = draft.ask(f"{counted.name} per {said.parent} counted", text, ("no", "yes"), why, (counted.name,))
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
