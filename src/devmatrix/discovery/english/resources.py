"""Requests that name what is kept: "a REST API for user management", "track books, members and loans"."""

import re

from devmatrix.discovery.archetype import archetype_for, domain_entities
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.contents import acts, contents, declared, relate_all, relate_parents, related
from devmatrix.discovery.english.deeds import tells
from devmatrix.discovery.english.features import is_modelled, past_features
from devmatrix.discovery.english.nouns import Noun, noun_at, noun_list, whole_noun
from devmatrix.discovery.naming import enumerate_words, human, plural_name, split_words
from devmatrix.discovery.verbs import base_verb

VERBS = frozenset(
    """manage track store handle keep record organise organize register administer maintain list serve expose
    offer sell lend
    rent schedule create read update delete edit add browse search view process collect save log monitor
    catalog catalogue
    archive share plan hold remember show display crud remove find get""".split()
)
_ASKS = re.compile(
    r"""(?:(?:hi|hello|hey)[,!]?\s+)?(?:please\s+)?(?:
    (?:i|we)(?:'d|\s+would)?\s+(?:really\s+)?(?:need|want|like|require)(?:\s+to\s+(?:build|create|make|have|develop|
    write|get|set\s+up))?
    |(?:can|could|would)\s+you(?:\s+please)?\s+(?:create|build|make|generate|write|develop|implement|design|give\s+me)
    |(?:i'm|i\s+am|we're|we\s+are)\s+(?:building|making|creating|developing|planning|writing)
    |(?:help\s+me\s+(?:to\s+)?|let'?s\s+)?(?:create|build|make|construct|develop|generate|write|develop|implement|
    design|provide|set\s+up|give\s+me|scaffold|produce|code|start)(?:\s+(?:me|us))?
    |(?:it|this|the\s+(?:api|app|application|system|service|backend|project))\s+(?:is|should\s+be|must\s+be|will\s+be)
    )\s+""",
    re.I | re.X,
)
_KIND = re.compile(
    r"\b(?:apis?|web ?services?|microservices?|services?|backend|back-end|server|systems?|apps?|applications?|platform|"
    r"project|software|tool|program|website|site|portal|database|db|endpoints?|crud)\b",
    re.I,
)
_ADJECTIVES = frozenset(
    """a an the this my our some new rest restful json http web crud simple small full complete basic fast modern
    secure python
    fastapi backend tiny little good clean robust scalable minimal production-ready ready nice proper working
    great server-side
    async asynchronous api lightweight headless public internal and full-featured fully-featured featured""".split()
)
_CONNECTS = re.compile(
    r"\s*(?:,\s*)?(?:for|(?P<to>to)|(?=(?:lets|allows|enables|helps|manages|tracks|stores|handles|keeps)\b)|that|"
    r"which|of|where|in which|so that|with which|with|about|around|:|-|–|—)\s*",
    re.I,
)
_SOMEONE = re.compile(
    r"""\s*(?:(?:it|the\s+(?:api|app|application|system|service|backend)|we|i|you|(?:the\s+)?(?:users?|people))\s+)?
    (?:(?:should|must|will|shall|can|could|may|needs?\s+to|wants?\s+to|have\s+to|has\s+to|is\s+able\s+to|are\s+able\s+to
    |helps?(?:\s+\w+)?(?:\s+to)?|lets?\s+\w+|allows?\s+\w+(?:\s+to)?|is\s+(?:used\s+)?(?:to|for)|be\s+able\s+to|
    want|need)\s+)*""",
    re.I | re.X,
)
_VERB_LINK = re.compile(r"\s*(?:,\s*(?:and|or)?|\band\b|\bor\b|/|&)\s*", re.I)
_FILLER = re.compile(
    r"\s*(?:track of|care of|records? of|an? (?:list|register|catalogue|catalog|overview) of|of|with|after)\s+", re.I
)
_NAMED = re.compile(
    r"""\s*(?:there\s+are|we\s+have|(?:the\s+|our\s+|its\s+)?(?:main\s+|core\s+|key\s+)?
    (?:entities|resources|models|tables|objects|things|nouns)(?:\s+(?:are|include|to\s+manage))?\s*:?)\s+""",
    re.I | re.X,
)
_RUN = re.compile(
    r"(?:we|i|our\s+company|the\s+company)\s+(?:run|runs|have|own|owns|operate|operates|manage|are|is)\s+", re.I
)
_HEADING = re.compile(r"(#{1,6})\s+(\S.{0,80})", re.S)
_LETTERS = re.compile(r"[A-Za-z]+")
_SPACE = re.compile(r"\s+")
_PHRASE_ENDS = re.compile(r"\s*,|\s+(?:with|for|where|that|which|including)\s", re.I)
_IT_HAS = re.compile(
    r"(?:it|the\s+(?:api|app|application|system|service|backend))\s+(?:(?:should|must|will)\s+)?"
    r"(?:has|have|contains?|includes?|consists?\s+of)\s+(?=\w+s\b)",
    re.I,
)
_WHERE = re.compile(r"\s+(?:where|in\s+which|that\s+lets|so)\s|\s*:\s|\s[-–—]\s", re.I)
_HEAD_ENDS = re.compile(r"[:,(]|\b(?:with|that|which|where|for|including|having)\b|\sto\s(?!do\b)", re.I)
_WHO = frozenset({"that", "which", "where"})
_MANAGED = frozenset(
    """management administration tracking tracker registry catalog catalogue crud records storage manager
    database scheduling scheduler handling collection
    planner directory archive service api system""".split()
)
_KINDS = frozenset("app application platform website site portal software backend server web".split())
_TAIL = re.compile(r"\s+(?:of|in|for|at|from|across|within|inside)\s+", re.I)


def read_resources(text: str, draft: Draft) -> Reading | None:
    """What the clause names as kept."""
    return (
        _read_place(text, draft)
        or _read_request(text, draft)
        or _read_named(text, draft)
        or _read_verb_first(text, draft)
    )


def _read_place(text: str, draft: Draft) -> Reading | None:
    """ "We run a bike rental shop": what the whole is about; and headings, which say the same."""
    heading = _HEADING.fullmatch(text.strip())
    if heading is not None:
        if len(heading[1]) == 1 and split_words(heading[2]):
            draft.title = draft.title or heading[2].strip()
            return Reading(len(text), "the title")
        return Reading(len(text), "a heading")
    run = _RUN.match(text)
    noun = whole_noun(text[run.end() :]) if run else None
    if noun is None or noun.plural or noun.determiner not in {"a", "an"}:
        return None
    draft.domain = draft.domain or " ".join(split_words(noun.words))
    draft.title = draft.title or _titled(noun.words)
    return _reading(text, len(text), [], draft)


def _read_request(text: str, draft: Draft) -> Reading | None:
    asks = _ASKS.match(text)
    start = asks.end() if asks else 0
    head = _HEAD_ENDS.search(text, start)
    found = _KIND.finditer(text, start, head.start() if head else len(text))
    kind = next((match for match in found if _is_kind(text, match)), None)
    if kind is None:
        return _read_verb_first(text[start:], draft, offset=start) or _read_phrase(text, start, draft) if asks else None
    before = [word for word in text[start : kind.start()].split() if word.lower().strip(",") not in _ADJECTIVES]
    if len(before) > 4 or not all(word.replace("-", "").isalpha() for word in before):
        return None
    alone = kind.end() == len(text.rstrip()) or _goes_on(text, kind.end())
    if before and not asks and not alone and not _is_known(" ".join(before)):
        return None
    names: list[str] = []
    if before:
        noun = whole_noun(" ".join(before))
        if noun is None:
            return None
        if _goes_on(text, kind.end()) and not _is_kept_by(noun.words) and not noun.plural:
            draft.domain = draft.domain or human(noun.words)
            draft.title = draft.title or _titled(noun.words)
        else:
            names += _take(noun, draft, alone=True)
    elif (
        not (asks or _CONNECTS.match(text, kind.end()) or is_modelled(text, kind.end())) and start == kind.start() == 0
    ):
        return None
    return _read_tail(text, kind.end(), draft, names, asked=bool(asks or before) or _leads(text, kind.start()))


def _goes_on(text: str, at: int) -> bool:
    """Whether what the whole keeps follows."""
    return bool(contents(text, at, Draft())[0]) or tells(text[at:])


def _leads(text: str, at: int) -> bool:
    return all(word.lower() in _ADJECTIVES for word in text[:at].split())


def _is_kind(text: str, match: re.Match[str]) -> bool:
    """The last of "user management system API": another such word right after it means that this one is no kind."""
    following = _LETTERS.match(text, match.end() + 1)
    return _KIND.match(text, match.end() + 1) is None and not (following and following[0].lower() in _MANAGED)


def _read_tail(text: str, at: int, draft: Draft, names: list[str], *, asked: bool) -> Reading | None:
    """What follows the kind: "for a hotel with rooms", "to track books", ": rooms and guests"."""
    end = at
    if asked:
        at = end = past_features(text, at, draft)
    if asked and not tells(text[at:]):
        found, end = contents(text, at, draft)
        if not found:
            found, end = _purpose(text, at, draft, names)
        if not found and not names:
            found, end = contents(text, end, draft)
        names += found
    if not names and draft.domain is None:
        return Reading(end, "asks for an API") if asked and (end == len(text) or end == at) else None
    if draft.title is None and asked and 0 < len(names) <= 3:
        draft.title = _titled(enumerate_words([human(plural_name(name)) for name in names]))
    return _reading(text, end, names, draft)


def _purpose(text: str, at: int, draft: Draft, before: list[str]) -> tuple[list[str], int]:
    """What the API is for, after "for", "to manage", "that tracks" and the like; and where that ends."""
    connects = _CONNECTS.match(text, at)
    if connects is None:
        return [], at
    word = connects[0].strip(" ,").lower()
    if word == "with":
        return [], at
    found, end = acts(text, connects.start("to") if connects["to"] else connects.end(), draft)
    if found:
        draft.title = draft.title or _titled(text[connects.end() : end])
        return found, end
    start = _after_verbs(text, connects.end(), third_person=word in _WHO)
    nouns, end = noun_list(text, start)
    if not nouns:
        return [], at
    place = _place(text, nouns, draft)
    if place:
        return [], nouns[0].end
    if word == "for" and start == connects.end() and (about := _about(nouns, before, draft)):
        return about, end
    return _objects(text, start, nouns, draft)


def _place(text: str, nouns: list[Noun], draft: Draft) -> bool:
    """Whether the phrase says what the whole is, because what is in it follows: "a customer portal with invoices"."""
    noun = nouns[0]
    if len(nouns) > 1 or noun.plural or noun.determiner not in {"", "a", "an", "my", "our", "the"}:
        return False
    held = len(contents(text, noun.end, Draft())[0])
    if held < (1 if noun.determiner or domain_entities(noun.words.lower()) else 2):
        return False
    if not noun.determiner and archetype_for(noun.words, whole=True) is not None:
        return False
    words = _without_kind(noun.words.split())
    draft.domain = draft.domain or " ".join(split_words(" ".join(words)))
    draft.title = draft.title or _titled(" ".join(words))
    return True


def _about(nouns: list[Noun], before: list[str], draft: Draft) -> list[str]:
    """The entities of "a booking system for rooms", "a ticket API for events": the first refers to the others."""
    entities = [draft.entities[name] for name in before]
    if not entities and draft.domain is not None and archetype_for(draft.domain, whole=True) is not None:
        entities = [draft.declare(draft.domain)]
    if not entities or not all(noun.plural and not noun.determiner for noun in nouns):
        return []
    parents = [declared(noun, draft) for noun in nouns]
    for parent in parents:
        relate_all(entities, parent, draft)
    return [entity.name for entity in (*entities, *parents) if entity.name not in before]


def _objects(text: str, at: int, nouns: list[Noun], draft: Draft) -> tuple[list[str], int]:
    """The entities of a list that begins at `at`, and where what belongs to it ends."""
    if all(noun.plural for noun in nouns) and not any(domain_entities(noun.words.lower()) for noun in nouns):
        names, end = related(text, at, draft)
        return names, _after_place(text, end, draft)
    names = [name for noun in nouns for name in _take(noun, draft)]
    parents, end = relate_parents(text, nouns[-1].end, [draft.entities[name] for name in names], draft)
    return [*names, *parents], _after_place(text, end, draft)


def _after_verbs(text: str, at: int, *, third_person: bool = False) -> int:
    """Past "managing", "you can create, read and delete", "keep track of"."""
    someone = _SOMEONE.match(text, at)
    position = someone.end() if someone else at
    verbs_end = _verbs_end(text, position, third_person=third_person or position > at)
    return verbs_end if verbs_end > position else at


def _verbs_end(text: str, at: int, *, third_person: bool) -> int:
    """Where verbs end; "posts" and "plans" are verbs only after a subject, else they are things."""
    end = at
    while (word := _LETTERS.match(text, at)) is not None and _is_verb(word[0].lower(), third_person=third_person):
        filler = _FILLER.match(text, word.end()) or _SPACE.match(text, word.end())
        link = _VERB_LINK.match(text, word.end())
        end = filler.end() if filler else end
        if link is None:
            return end
        at = link.end()
    return end


def _is_verb(word: str, *, third_person: bool) -> bool:
    if word in VERBS:
        return True
    return base_verb(word, VERBS) in VERBS and (word.endswith("ing") or (third_person and word.endswith("s")))


def _after_place(text: str, at: int, draft: Draft) -> int:
    """Past "of a library", "in our shop": where it is kept says what the whole is called."""
    place = _TAIL.match(text, at)
    noun = noun_at(text, place.end()) if place else None
    if noun is None or not noun.determiner or not _ends(text, noun.end):
        return at
    draft.domain = draft.domain or human(noun.words)
    draft.title = draft.title or _titled(noun.words)
    return noun.end


def _ends(text: str, at: int) -> bool:
    return not text[at:].strip() or text[at:].lstrip()[0] in ",;:("


def _read_named(text: str, draft: Draft) -> Reading | None:
    named = _NAMED.match(text) or (None if draft.entities or draft.domain is None else _IT_HAS.match(text))
    if named is None:
        return None
    nouns, _ = noun_list(text, named.end())
    if not nouns:
        return None
    names, end = _objects(text, named.end(), nouns, draft)
    return _reading(text, end, names, draft)


def _read_verb_first(text: str, draft: Draft, *, offset: int = 0) -> Reading | None:
    position = _after_verbs(text, 0)
    if position == 0:
        return None
    nouns, _ = noun_list(text, position)
    if not nouns or nouns[0].determiner.startswith("their"):
        return None
    names, end = _objects(text, position, nouns, draft)
    reading = _reading(text, end, names, draft)
    return Reading(offset + reading.end, reading.became, reading.entities)


def _read_phrase(text: str, at: int, draft: Draft) -> Reading | None:
    """ "Create a help desk", "I need user management": a phrase that is known or says what it is."""
    noun = noun_at(text, at)
    if noun is not None and noun.determiner and not noun.plural:
        place = _read_place_with(text, noun, draft)
        if place is not None:
            return place
    if noun is None or not (_is_known(noun.words) or noun.words.split()[-1].lower() in _MANAGED):
        return None
    names = _take(noun, draft, alone=True)
    return _read_tail(text, noun.end, draft, names, asked=True)


def read_bare(text: str, draft: Draft) -> Reading | None:
    """A list of well-known things and nothing else; or a place with what is in it: "a gym with members and classes"."""
    noun = noun_at(text, 0)
    is_place = noun is not None and noun.determiner in {"", "a", "an", "my", "our"} and not noun.plural
    if noun is not None and is_place and len(text) > noun.end:
        return _read_place_with(text, noun, draft)
    nouns, end = noun_list(text, 0)
    if not nouns or text[end:].strip() or not all(_is_known(noun.words) for noun in nouns):
        return None
    return _reading(text, end, [name for noun in nouns for name in _take(noun, draft, alone=len(nouns) == 1)], draft)


def _read_place_with(text: str, noun: Noun, draft: Draft) -> Reading | None:
    """ "CRM with companies and contacts", "a gym with members": without an article only what is known as a domain."""
    words = " ".join(split_words(" ".join(_without_kind(noun.words.split()))))
    managed = noun.words.split()[-1].lower() in _MANAGED and len(noun.words.split()) > 1
    if not noun.determiner and not domain_entities(words) and not managed:
        return _read_place_where(text, noun, draft)
    trial, _ = contents(text, noun.end, Draft())
    if managed and not trial and _PHRASE_ENDS.match(text, noun.end):
        return _reading(text, noun.end, _take(noun, draft), draft)
    if not trial or (len(trial) < 2 and not domain_entities(words)):
        return _read_place_where(text, noun, draft)
    before = _take(noun, draft) if managed and _is_kept_by(noun.words) else []
    draft.domain = draft.domain or words
    draft.title = draft.title or _titled(noun.words)
    names, end = contents(text, noun.end, draft)
    return _reading(text, end, [*before, *names], draft)


def _is_kept_by(words: str) -> bool:
    """Whether "expense tracker" keeps expenses, as "fleet management" keeps no fleets: what is kept is well known."""
    parts = _without_kind(words.split())
    while len(parts) > 1 and parts[-1].lower() in _MANAGED:
        parts = parts[:-1]
    return archetype_for(" ".join(parts), whole=True) is not None


def _read_place_where(text: str, noun: Noun, draft: Draft) -> Reading | None:
    """ "A social network where users write posts": the title; what they do is read by itself."""
    if (
        draft.entities
        or draft.domain
        or not _WHERE.match(text, noun.end)
        or not tells(text[noun.end :].lstrip(" :-–—"))
    ):
        return None
    draft.domain, draft.title = human(noun.words), _titled(noun.words)
    return _reading(text, noun.end, [], draft)


def _is_known(words: str) -> bool:
    parts = split_words(" ".join(_without_kind(words.split())))
    while parts and parts[-1] in _MANAGED:
        parts = parts[:-1]
    if not parts:
        return False
    return (
        archetype_for(" ".join(parts), whole=True) is not None
        or bool(domain_entities(" ".join(parts)))
        or len(parts) < len(split_words(" ".join(_without_kind(words.split()))))
    )


def _take(noun: Noun, draft: Draft, *, alone: bool = False) -> list[str]:
    """Declare what a phrase names; a domain such as "a help desk" gives the title instead. The names of entities."""
    words = _without_kind(noun.words.split())
    whole = len(words)
    while len(words) > 1 and words[-1].lower() in _MANAGED:
        words.pop()
    phrase = " ".join(words)
    managed = len(words) < whole
    if managed:
        draft.title = draft.title or _titled(noun.words)
    is_domain = bool(domain_entities(" ".join(split_words(phrase))))
    single_place = noun.determiner in {"a", "an", "my", "our", "the"} and not noun.plural and not managed
    if is_domain or (
        (single_place or alone)
        and not managed
        and archetype_for(phrase, whole=single_place) is None
        and not noun.plural
    ):
        draft.domain = draft.domain or " ".join(split_words(phrase))
        draft.title = draft.title or _titled(noun.words)
        return []
    if not split_words(phrase):
        return []
    entity = draft.declare(phrase)
    if alone and not managed:
        draft.title = draft.title or _titled(human(entity.plural))
    return [entity.name]


def _without_kind(words: list[str]) -> list[str]:
    """The words without what every API is: "food delivery app", "simple blog"."""
    while len(words) > 1 and words[-1].lower() in _KINDS:
        words = words[:-1]
    while len(words) > 1 and words[0].lower() in _ADJECTIVES:
        words = words[1:]
    return words


def _titled(words: str) -> str:
    kept = [word for word in words.split() if word.lower() not in {"api", "system", "service"}]
    text = " ".join(_without_kind(kept)) or words
    return text[0].upper() + text[1:]


def _reading(text: str, end: int, names: list[str], draft: Draft) -> Reading:
    if not names:
        return Reading(end, f"the whole is about {draft.domain}")
    plurals = [human(plural_name(name)) for name in dict.fromkeys(names)]
    return Reading(end, f"keeps {enumerate_words(plurals)}", tuple(dict.fromkeys(names)))
