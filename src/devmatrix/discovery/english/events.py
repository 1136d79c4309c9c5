"""Verbs between entities that make a third: "a member borrows a book for 14 days"."""

import re

from devmatrix.discovery.archetype import event_for, verbs
from devmatrix.discovery.complete import reference_to
from devmatrix.discovery.document import Default, FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import familiar, is_familiar, whole_noun
from devmatrix.discovery.naming import human
from devmatrix.discovery.verbs import base_verb

_DAYS = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_PERIOD = (
    r"(?:for|within|up\s+to|at\s+most)\s+(?:(?:up\s+to|at\s+most|a\s+maximum\s+of)\s+)?(?P<number>\d{1,4})"
    r"\s+(?P<unit>day|night|week|fortnight|month|year)s?"
)
_NOUN = r"(?:[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,4}?)"
_FOR = re.compile(rf"(?P<rest>.+?)\s+{_PERIOD}", re.I | re.S)
_PASSIVE = re.compile(
    r"(?P<object>.+?)\s+(?:can\s+be|may\s+be|are|is)\s+(?P<verb>[a-z]+)\s+(?:by|to)\s+(?P<subject>.+)", re.I | re.S
)
_MODAL = re.compile(r"\s+(?:can|may|will)$", re.I)
_WORD = re.compile(r"[a-z]+", re.I)
_LASTS = re.compile(
    rf"""(?P<event>{_NOUN})\s+(?:lasts?|runs?|is|are|is\s+due|are\s+due|expires?|ends?|is\s+valid|are\s+valid)\s+
    (?:(?:for|after|in|within)\s+)?(?P<number>\d{{1,4}})\s+(?P<unit>day|night|week|fortnight|month|year)s?""",
    re.I | re.X,
)
_IRREGULAR = {"lent": "lend", "bought": "buy", "sold": "sell", "rents": "rent"}


def read_event(text: str, draft: Draft) -> Reading | None:
    """An event between two known entities, kept as an entity of its own that refers to both."""
    timed = _FOR.fullmatch(text.strip())
    found = _parties(timed["rest"] if timed else text.strip(), draft)
    if found is None:
        return None
    subject, verb, target = found
    names = event_for(verb)
    event = next((known for name in names if (known := draft.resolve(name))), None)
    if event is None:
        event = draft.declare(names[0])
        why = f"the request says that a {human(subject.name)} may {verb} a {human(target.name)}"
        draft.assume(f"{event.name} is kept as an entity", why)
    for party in (subject, target):
        if party is not event and all(
            field.target not in {party.name, human(party.name)} for field in event.fields.values()
        ):
            field = reference_to(party)
            event.fields.setdefault(field.name, field)
    became = f"{event.name} refers to its {subject.name} and {target.name}"
    if timed is not None:
        became += f", and is due {_set_due(event, timed['number'], timed['unit'])}"
    return Reading(len(text), became, (subject.name, target.name, event.name))


def _parties(text: str, draft: Draft) -> tuple[EntityDraft, str, EntityDraft] | None:
    """Who does what with what."""
    passive = _PASSIVE.fullmatch(text)
    if passive is not None:
        return _known(passive["subject"], passive["verb"], passive["object"], draft)
    for word in _WORD.finditer(text):
        if word.start() and (found := _known(text[: word.start()].rstrip(), word[0], text[word.end() :], draft)):
            return found
    return None


def _known(subject: str, verb: str, target: str, draft: Draft) -> tuple[EntityDraft, str, EntityDraft] | None:
    base = _IRREGULAR.get(verb.lower()) or base_verb(verb.lower(), verbs())
    if not event_for(base):
        return None
    subject = _MODAL.sub("", subject)
    if not is_familiar(subject, draft) or not is_familiar(target, draft):
        return None
    one, two = familiar(subject, draft), familiar(target, draft)
    return None if one is two else (one, base, two)


def _entity(words: str, draft: Draft) -> EntityDraft | None:
    noun = whole_noun(words)
    return draft.resolve(noun.words) if noun else None


def _set_due(event: EntityDraft, number: str, unit: str) -> str:
    days = int(number) * _DAYS[unit.lower()]
    name = next(
        (name for name in event.fields if name.startswith("due") or name in {"ends_on", "valid_until"}), "due_date"
    )
    field = event.fields.setdefault(name, FieldDraft(name=name, type=FieldType.DATE))
    field.type = field.type or FieldType.DATE
    field.default = Default(kind="now" if field.type is FieldType.DATETIME else "today", days=days)
    field.required = None
    return f"{days} days later"


def read_period(text: str, draft: Draft) -> Reading | None:
    """ "Loans last 14 days"."""
    match = _LASTS.fullmatch(text.strip())
    event = _entity(match["event"], draft) if match else None
    if match is None or event is None:
        return None
    return Reading(len(text), f"{event.name} is due {_set_due(event, match['number'], match['unit'])}", (event.name,))
