"""What a phrase lists as kept, and how that hangs together: "rooms and guests", "stock per product"."""

import re

from devmatrix.discovery.archetype import archetype_for, event_for, verbs
from devmatrix.discovery.complete import LIKELY_ACCOUNTS, reference_to, relate_many
from devmatrix.discovery.drafts import Draft, EntityDraft
from devmatrix.discovery.english.nouns import Noun, noun_at, noun_list
from devmatrix.discovery.naming import singular, snake, split_words
from devmatrix.discovery.verbs import base_verb

_CONTAINS = re.compile(
    r"""\s*(?:,\s*)?(?:(?:with|including|having|containing|featuring|consisting\s+of|made\s+up\s+of|such\s+as|like)\s+|
    (?:(?:that|which|where\s+it)\s+)?(?:has|have|includes?|contains?|consists?\s+of|comes?\s+with)\s+|
    where\s+(?:there\s+are|we\s+have)\s+|\s*:\s*|\s[-–—]\s|\()
    (?:(?:the\s+following\s+)?(?:entities|resources|models|tables|support\s+for|endpoints\s+for|
    crud\s+for)\s*:?\s+)?""",
    re.I | re.X,
)
_PARENT = re.compile(r"\s+(?P<word>of|from|in|at|by|for|on|to|across)\s+", re.I)
_PER = re.compile(r"\s+(?P<word>by|per|for\s+each|for\s+every|of\s+each|of\s+every)\s+", re.I)
_GERUND = re.compile(r"(?P<to>to\s+)?(?P<verb>[a-z]+)\s+", re.I)
_KEPT_AS_VERBS = frozenset({"register"})
_POSSESSIVE = re.compile(r"(?P<noun>[^\W\d_][\w-]*?(?:s(?=['’]$)|(?=['’]s$)))['’]s?")
_SEPARATOR = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.I)
_PLAIN = frozenset("simple basic small tiny little good nice proper great new existing".split())


def contents(text: str, at: int, draft: Draft) -> tuple[list[str], int]:
    """The entities of "with rooms and guests", "that has members", ": rooms, guests"; and where they end."""
    opens = _CONTAINS.match(text, at)
    if opens is None:
        return [], at
    nouns, end = noun_list(text, opens.end())
    if not nouns or not _are_things(nouns):
        return [], at
    names, end = related(text, opens.end(), draft)
    closes = text[end : end + 1] == ")" and opens[0].endswith("(")
    return names, end + closes


def _are_things(nouns: list[Noun]) -> bool:
    """Whether a list names what is kept rather than fields: most of it plural, or all of it well known."""
    plurals = sum(noun.plural for noun in nouns)
    return 2 * plurals > len(nouns) or all(noun.plural or archetype_for(noun.words, whole=True) for noun in nouns)


def related(text: str, at: int, draft: Draft) -> tuple[list[str], int]:
    """The entities that a list names, with "of ...", "per ..." after them; declared and related; and where it ends."""
    names: list[str] = []
    while True:
        nouns, end = noun_list(text, at)
        if not nouns:
            return names, at if not names else _back(text, at)
        entities = [declared(noun, draft) for noun in nouns]
        names += [entity.name for entity in entities]
        parents, end = tail(text, end, entities, draft)
        names += parents
        separator = _SEPARATOR.match(text, end)
        if separator is None or end == len(text):
            return list(dict.fromkeys(names)), end
        at = separator.end()


def tail(text: str, at: int, entities: list[EntityDraft], draft: Draft) -> tuple[list[str], int]:
    """What stands behind things: "per product", "by category", "of departments"; what it names, and where it ends."""
    return relate_parents(text, _per(text, at, entities[-1], draft), entities, draft)


def _back(text: str, at: int) -> int:
    """Before the separator that was passed in vain."""
    return len(re.sub(r"(?:\s*,|\s+and|\s)+$", "", text[:at], flags=re.I))


def declared(noun: Noun, draft: Draft) -> EntityDraft:
    """The entity of a phrase, without adjectives that say nothing; "patients' records" refer to patients."""
    words = noun.words.split()
    if len(words) > 1 and (owner := _POSSESSIVE.fullmatch(words[0])) is not None and draft.resolve(noun.words) is None:
        parent = draft.resolve(owner["noun"]) or draft.declare(owner["noun"])
        child = draft.resolve(" ".join(words[1:])) or draft.declare(" ".join(words[1:]))
        relate_all([child], parent, draft)
        return child
    while len(words) > 1 and words[0].lower() in _PLAIN:
        words.pop(0)
    return draft.declare(" ".join(words))


def _per(text: str, at: int, entity: EntityDraft, draft: Draft) -> int:
    """ "Stock per product and warehouse": one of each for both together."""
    per = _PER.match(text, at)
    if per is None:
        return at
    nouns, _ = noun_list(text, per.end())
    single: list[Noun] = []
    for noun in nouns:
        known = draft.resolve(noun.words) is not None or archetype_for(noun.words, whole=True) is not None
        if noun.plural or draft.resolve(noun.words) is entity or (per["word"].lower() == "by" and not known):
            break
        single.append(noun)
    for noun in single:
        field = reference_to(draft.resolve(noun.words) or draft.declare(noun.words))
        entity.fields.setdefault(field.name, field)
    if len(single) > 1:
        entity.unique_together.append(tuple(f"{snake(str(_target(noun, draft)))}_id" for noun in single))
    return single[-1].end if single else at


def _target(noun: Noun, draft: Draft) -> str | None:
    found = draft.resolve(noun.words)
    return found.name if found else None


def relate_parents(text: str, at: int, entities: list[EntityDraft], draft: Draft) -> tuple[list[str], int]:
    """ "Employees of departments": what is named first refers to what stands behind; and where that ends."""
    names: list[str] = []
    while (word := _PARENT.match(text, at)) is not None:
        noun = noun_at(text, word.end())
        nouns, end = noun_list(text, word.end())
        if noun is None or not nouns or noun.determiner or not all(item.plural for item in nouns):
            break
        for item in nouns:
            parent = declared(item, draft)
            names.append(parent.name)
            if word["word"].lower() != "to":
                relate_all(entities, parent, draft)
        at = end
    return names, at


def relate_all(entities: list[EntityDraft], parent: EntityDraft, draft: Draft) -> None:
    """Let each entity refer to the parent; to an account as its owner."""
    for entity in entities:
        if entity is parent or any(field.target == parent.name for field in entity.fields.values()):
            continue
        if parent.account or parent.name in LIKELY_ACCOUNTS:
            entity.owner_field = entity.owner_field or f"{snake(parent.name)}_id"
        else:
            relate_many(draft, parent, entity)


def acts(text: str, at: int, draft: Draft) -> tuple[list[str], int]:
    """ "Booking meeting rooms", "to rent cars": the things, and what the act leaves behind; and where they end."""
    match = _GERUND.match(text, at)
    if match is None:
        return [], at
    verb = base_verb(match["verb"].lower(), verbs())
    events = event_for(verb)
    if not events or verb in _KEPT_AS_VERBS or not (match["verb"].lower().endswith("ing") or match["to"]):
        return [], at
    nouns, _ = noun_list(text, match.end())
    if not nouns or not all(noun.plural or noun.determiner for noun in nouns):
        return [], at
    names, end = related(text, match.end(), draft)
    things = [draft.entities[name] for name in names]
    if any(singular(split_words(thing.name)[-1]) in events for thing in things):
        return names, end
    event = next((known for name in events if (known := draft.resolve(name))), None) or draft.declare(events[0])
    draft.assume(f"{event.name} is kept as an entity", f"the request is about {match['verb'].lower()}")
    for thing in things:
        field = reference_to(thing)
        event.fields.setdefault(field.name, field)
    return [*names, event.name], end
