"""Who does what, told in a row: "users can post articles, comment on them and follow each other"."""

import re
from dataclasses import dataclass

from devmatrix.discovery.archetype import archetype_for, event_for, verbs
from devmatrix.discovery.complete import LIKELY_ACCOUNTS, reference_to
from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import AccessRule, Draft, EntityDraft, FieldDraft, Who
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.contents import declared, tail
from devmatrix.discovery.english.nouns import Noun, kept, noun_at, whole_noun
from devmatrix.discovery.naming import human, singular, snake, split_words
from devmatrix.discovery.phrases import EVERYTHING
from devmatrix.discovery.verbs import DEEDS, base_verb

_LEAD = re.compile(
    r"\s*(?:(?:that|which|and|where|in\s+which|so\s+that|so|it|who)\s+)*"
    r"(?:(?:should\s+|must\s+)?(?:let|lets|allow|allows|allowing|enable|enables|help|helps)\s+)?",
    re.I,
)
_MODAL = re.compile(
    r"\s+(?:(?:should|must|can|may|will)\s+be\s+able\s+to|(?:are|is)\s+able\s+to|can|may|could|will|should|must|to)$",
    re.I,
)
_SEPARATOR = re.compile(r"\s*,\s*(?:and\s+(?:also\s+|then\s+)?|then\s+)?|\s+and\s+(?:also\s+|then\s+)?", re.I)
_WORD = re.compile(r"[a-z]+", re.I)
_PREPOSITION = re.compile(r"\s+(?:on|to|for|in|at|up\s+for)(?=\s)", re.I)
_PERIOD = re.compile(r"\b(?:for|within|up\s+to|at\s+most)\s+\d", re.I)
_ONE = frozenset("a an each every the any".split())
_REACTIONS = frozenset("comment review rating vote like reply reaction answer".split())
_COMPANY = re.compile(r"(?P<rest>.+?)\s+with\s+(?P<other>(?:an?\s+|their\s+)?[\w-]+(?:\s[\w-]+)?)", re.I)
_SCORING = frozenset({"rate", "score", "grade"})
_SCALE = re.compile(
    r"(?P<rest>.+?)\s+(?:with\s+)?(?:from|between|on\s+a\s+scale\s+(?:of|from))\s+(?P<low>\d{1,3})\s*(?:to|and|-|"
    r"–)\s*(?P<high>\d{1,3})"
    r"(?:\s+(?:stars?|points?))?",
    re.I,
)
_OTHERS = re.compile(r"(?:each\s+other|one\s+another|other\s+(?P<who>[a-z]+))", re.I)


@dataclass
class _Teller:
    """What was told so far in one row of deeds."""

    draft: Draft
    subject: EntityDraft
    things: list[EntityDraft]
    made: list[str]
    verb: str = ""
    preposition: str = ""


def read_deeds(text: str, draft: Draft) -> Reading | None:
    """People and what they make, buy, rate; as entities that refer to one another."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    if _PERIOD.search(text):
        return None
    segments = _segments(text, start)
    first = _subject_and_rest(segments[0][1], draft) if segments else None
    if first is None:
        return None
    known = draft.resolve(first[0].words)
    teller = _Teller(draft, known or declared(first[0], draft), [], [])
    if not _tell(teller, first[1]):
        if known is None:
            del draft.entities[teller.subject.name]  # told in vain
        return None
    end = segments[0][2]
    for _, segment, stop in segments[1:]:
        if not _go_on(teller, segment):
            break
        end = stop
    names = tuple(dict.fromkeys((teller.subject.name, *(thing.name for thing in teller.things))))
    return Reading(end, "; ".join(dict.fromkeys(teller.made)), names)


def tells(text: str) -> bool:
    """Whether a text begins with somebody's deeds."""
    return read_deeds(text, Draft()) is not None


def _segments(text: str, start: int) -> list[tuple[int, str, int]]:
    found: list[tuple[int, str, int]] = []
    at = start
    for separator in _SEPARATOR.finditer(text, start):
        found.append((at, text[at : separator.start()].strip(), separator.start()))
        at = separator.end()
    found.append((at, text[at:].strip(), len(text)))
    return found


def _subject_and_rest(segment: str, draft: Draft) -> tuple[Noun, str] | None:
    """The subject, and the text from its verb on."""
    for word in _WORD.finditer(segment):
        base = _deed(word[0])
        if not word.start() or base is None:
            continue
        before = segment[: word.start()].rstrip()
        words = _MODAL.sub("", before)
        noun, modal = whole_noun(words), len(words) < len(before) and not before.lower().endswith(" to")
        if noun is None or not kept(noun) or len(noun.words.split()) > 2:
            return None
        if not noun.plural and noun.determiner not in _ONE:
            return None
        known = draft.resolve(noun.words) is not None or archetype_for(noun.words, whole=True) is not None
        if not known and (modal or noun.determiner == "the"):
            return None  # "moderators can create posts" is about rights
        return noun, segment[word.start() :]
    return None


def _deed(word: str) -> str | None:
    lowered = word.lower()
    base = base_verb(lowered, DEEDS) if lowered.endswith("s") else lowered
    if base in DEEDS:
        return base
    base = base_verb(lowered, verbs()) if lowered.endswith("s") else lowered
    return base if event_for(base) and base != "register" else None


def _go_on(teller: _Teller, segment: str) -> bool:
    """Another deed of the same subject, of another one, or one more object."""
    if _tell(teller, segment):
        return True
    other = _subject_and_rest(segment, teller.draft)
    if other is not None:
        before = teller.subject
        teller.subject = teller.draft.resolve(other[0].words) or declared(other[0], teller.draft)
        if _tell(teller, other[1]):
            return True
        teller.subject = before
        return False
    noun = whole_noun(segment)
    if noun is None or not _is_thing(noun):
        return False
    _do(teller, teller.verb, noun)
    return True


def _tell(teller: _Teller, text: str) -> bool:
    """Read "comment on them"; whether it was understood."""
    word = _WORD.match(text)
    verb = _deed(word[0]) if word else None
    if word is None or verb is None or word.end() == len(text):
        return False
    preposition = _PREPOSITION.match(text, word.end())
    teller.preposition = preposition[0].strip() if preposition else ""
    rest = text[preposition.end() if preposition else word.end() :].strip()
    if rest.lower() in {"them", "it", "these", "those", "one"}:
        if not teller.things or not event_for(verb):
            return False
        _leave(teller, verb, teller.things[-1])
        return True
    if _OTHERS.fullmatch(rest):
        return _follow(teller, verb)
    scale = _SCALE.fullmatch(rest) if verb in _SCORING else None
    if scale is not None:
        rest = scale["rest"]
    company = _COMPANY.fullmatch(rest) if event_for(verb) else None
    rest = company["rest"] if company else rest
    noun = noun_at(rest, 0)
    if noun is None or not _is_thing(noun) or (preposition and not event_for(verb)):
        return False
    trial = Draft()
    if tail(rest, noun.end, [trial.declare(noun.words)], trial)[1] != len(rest):
        return False
    _do(teller, verb, noun)
    things = [thing for thing in (teller.draft.resolve(noun.words),) if thing]
    if scale is not None:
        _score(teller.draft, verb, float(scale["low"]), float(scale["high"]))
    tail(rest, noun.end, things, teller.draft)
    other = whole_noun(company["other"]) if company else None
    if other is not None and things:
        _refer(things[0], teller.draft.resolve(other.words) or declared(other, teller.draft))
    return True


def _is_thing(noun: Noun) -> bool:
    return kept(noun) and (noun.plural or bool(noun.determiner)) and noun_at(noun.words, 0) is not None


def _do(teller: _Teller, verb: str, noun: Noun) -> None:
    thing = teller.draft.resolve(noun.words) or declared(noun, teller.draft)
    teller.verb = verb
    is_event = singular(split_words(thing.name)[-1]) in event_for(verb)
    if event_for(verb) and not is_event:
        teller.things.append(thing)
        _leave(teller, verb, thing)
        return
    _belong(teller, thing)
    if singular(split_words(thing.name)[-1]) in _REACTIONS and teller.things:
        _refer(thing, teller.things[-1])
    else:
        teller.things.append(thing)
    if "their" in noun.determiner.split() and thing.owner_field:
        teller.draft.rules.append(AccessRule(Who(owner=True), EVERYTHING, entity=thing.name, own=True))
        teller.made[-1] += " and is seen by its owner only"


def _leave(teller: _Teller, verb: str, thing: EntityDraft) -> None:
    """What a deed leaves behind: a vote, an order, a comment."""
    names = event_for(verb)
    event = next((known for name in names if (known := teller.draft.resolve(name))), None)
    if event is None:
        event = teller.draft.declare(names[0])
        on = f"{verb} {teller.preposition}".strip()
        why = f"the request says that {human(teller.subject.plural)} {on} {human(thing.plural)}"
        teller.draft.assume(f"{event.name} is kept as an entity", why)
        event.declared = archetype_for(event.name) is None  # a like is who liked what, and has no name
    _refer(event, thing)
    _belong(teller, event, thing)


def _score(draft: Draft, verb: str, low: float, high: float) -> None:
    """ "Users rate movies from 1 to 5": the number that a rating holds."""
    event = next((known for name in event_for(verb) if (known := draft.resolve(name))), None)
    if event is not None and low <= high:
        event.fields["rating"] = FieldDraft("rating", FieldType.INTEGER, minimum=low, maximum=high)
        event.declared = True


def _follow(teller: _Teller, verb: str) -> bool:
    if not event_for(verb):
        return False
    event = teller.draft.declare(event_for(verb)[0])
    name = f"{verb}{'d' if verb.endswith('e') else 'ed'}_{snake(teller.subject.name)}_id"
    event.fields.setdefault(name, FieldDraft(name, FieldType.REFERENCE, teller.subject.name))
    mine = reference_to(teller.subject)
    if not (teller.subject.account or teller.subject.name in LIKELY_ACCOUNTS):
        event.fields.setdefault(mine.name, mine)
    _belong(teller, event)
    event.declared = True
    return True


def _refer(entity: EntityDraft, target: EntityDraft) -> None:
    if entity is not target and all(field.target != target.name for field in entity.fields.values()):
        field = reference_to(target)
        entity.fields.setdefault(field.name, field)


def _belong(teller: _Teller, thing: EntityDraft, also: EntityDraft | None = None) -> None:
    subject = teller.subject
    if thing is subject:
        return
    if subject.account or subject.name in LIKELY_ACCOUNTS:
        thing.owner_field = thing.owner_field or f"{snake(subject.name)}_id"
        of = f" and to its {also.name}" if also else ""
        teller.made.append(f"{thing.name} belongs to the {subject.name} who made it{of}")
    else:
        _refer(thing, subject)
        of = f" and its {also.name}" if also else ""
        teller.made.append(f"{thing.name} refers to its {subject.name}{of}")
