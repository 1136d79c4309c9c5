"""Headings and labels: which entity a part of a page is about, or what else it holds."""

import re
from enum import Enum, auto

from devmatrix.discovery.english.nouns import kept, whole_noun
from devmatrix.discovery.naming import snake, split_words

_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.):]?|[IVX]{1,4}\.|[A-Z]\))\s+")
_KIND_BEFORE = re.compile(
    r"^(?:entity|model|resource|table|object|tabelle|entität|collection|class|type)\s*[:–-]?\s+", re.I
)
_KIND_AFTER = re.compile(
    r"\s*(?:[-–:]\s*)?(?:entity|model|resource|table|object|schema|record|fields?|attributes|properties|columns|"
    r"data|api|endpoints?|"
    r"management|collection|tabelle|felder)(?:\s+(?:fields|attributes|properties|columns|definition|list|overview|"
    r"schema|model))?$",
    re.I,
)
_OF = re.compile(
    r"^(?:the\s+)?(?:following\s+)?(?:fields|attributes|properties|columns|schema|structure|states|status(?:es)?|"
    r"lifecycle|life\s+cycle|workflow|"
    r"permissions|rules|validations?|status\s+flow|felder|attribute)\s+(?:of|for|on|von|für|des|der)\s+(?:an?\s+|"
    r"the\s+|each\s+|every\s+)?",
    re.I,
)
_STATE_AFTER = re.compile(
    r"(?:['’]s)?\s+(?:states|status(?:es)?|lifecycle|life\s+cycle|workflow|state\s+machine|status\s+(?:flow|"
    r"workflow|transitions)|transitions|rules|validations?)$",
    re.I,
)
_HAS = re.compile(
    r"^(?:an?\s+|each\s+|every\s+|the\s+|all\s+)?(?P<entity>[^\W\d][\w -]{0,50}?)\s+(?:(?:must|should|shall|will)\s+)?"
    r"(?:has|have|contains?|consists?\s+of|includes?|stores?|comes?\s+with|hat|haben)\b(?P<rest>[\w\s,]*):?$",
    re.I,
)
_FIELD_WORDS = re.compile(
    r"^(?:(?:the|its|it\s+has(?:\s+the)?|with(?:\s+the)?|these)\s+)?(?:following\s+)?(?:(?:main|key|data|database|"
    r"required|all)\s+)?"
    r"(?:fields|attributes|properties|columns|data|schema|felder|structure|attribute|spalten|champs|campos|"
    r"data\s+fields)(?:\s+are)?\s*:?$",
    re.I,
)
_LEADS = re.compile(
    r"\b(?:can|may|must|should|shall|will|cannot|to|be|not|has|have|allows?|lets?|able\s+to|contains?|includes?|"
    r"only)\s*:$",
    re.I,
)


class Section(Enum):
    """What a part of a page holds."""

    TITLE = auto()
    ENTITY = auto()
    ENTITIES = auto()
    FIELDS = auto()
    OUTSIDE = auto()
    QUESTIONS = auto()
    TEXT = auto()


_ENTITIES = frozenset(
    " ".join(words.split())
    for words in """entities|data model|data models|domain model|domain|models|resources|schema|database|data schema|
    data dictionary|tables|objects|domain objects|core entities|main entities|data|data structure|data structures|
    entitäten|datenmodell|tabellen|modèle de données|entités|modelo de datos|entidades|what we store|what we keep|
    collections|key entities""".split("|")
)
_OUTSIDE = re.compile(
    r"^(?:out[- ]of[- ]scope|not\s+in\s+scope|non[- ]?goals?|future(?:\s+(?:work|ideas|features|considerations|"
    r"scope|enhancements))?|later|"
    r"not\s+included|won'?t\s+(?:have|do)|nice[- ]to[- ]haves?\s*\(later\)|exclusions?|backlog\s*\(later\)|"
    r"nicht\s+enthalten|"
    r"nicht\s+im\s+umfang|abgrenzung|hors\s+périmètre|fuera\s+de\s+alcance)\b.*$",
    re.I,
)
_QUESTIONS = re.compile(r"^(?:open\s+questions?|questions?|to\s+be\s+(?:decided|clarified)|tbd|offene\s+fragen)$", re.I)
_NO_THINGS = frozenset(
    """overview introduction intro background goal goals purpose scope summary context requirements requirement
    functional
    non-functional nonfunctional stories story rules rule endpoints endpoint api apis access permissions permission
    roles role
    security authentication authorization auth notes glossary criteria acceptance assumptions constraints validation
    validations relationships relations workflow workflows errors error examples example usage features feature
    functionality
    description architecture stack technology tests testing performance pagination filtering sorting search
    lifecycle states
    status statuses transitions flow flows operations behaviour behavior specification spec specs document
    changelog history
    version references appendix contents actors personas users' limits conventions general misc other scenarios
    scenario cases
    use logic quality milestones timeline metrics success risks deliverables problem solution vision must should
    could rest
    übersicht einleitung ziel ziele anforderungen regeln rechte rollen berechtigungen endpunkte fehler beispiele
    zustände
    geschäftsregeln aperçu introducción objetivo objetivos requisitos reglas règles exigences what how why when
    who""".split()
)


def bare_heading(text: str) -> str:
    """The heading without its number and closing colon."""
    return _NUMBER.sub("", text.strip()).strip().rstrip(":").strip()


def section_of(text: str) -> Section:
    """What a heading announces, where its words alone say so."""
    bare = bare_heading(text)
    if bare.lower() in _ENTITIES or bare.lower().removesuffix("s") in _ENTITIES:
        return Section.ENTITIES
    if _OUTSIDE.match(bare):
        return Section.OUTSIDE
    if _QUESTIONS.match(bare):
        return Section.QUESTIONS
    if _FIELD_WORDS.match(bare):
        return Section.FIELDS
    return Section.TEXT


def thing_of(text: str) -> str | None:
    """Words for the entity that a heading or label names; None where it names none."""
    bare = re.sub(r"\s*\([^()]*\)$", "", bare_heading(text)).strip("`*: ")
    bare = _OF.sub("", bare)
    bare = _STATE_AFTER.sub("", _KIND_AFTER.sub("", _KIND_BEFORE.sub("", bare))).strip()
    bare = re.sub(r"^(?:an?|the|each|every)\s+", "", bare, flags=re.I)
    words = split_words(bare)
    noun = whole_noun(bare.replace("_", " ")) if bare else None
    if noun is None or not 1 <= len(words) <= 4 or not snake(bare):
        return None
    if {word.lower() for word in bare.split()} & _NO_THINGS or not kept(noun):
        return None
    return noun.words


def introduced(text: str) -> str | None:
    """Words for the entity whose fields "A book has:" or "**Book**" introduces; "" for that of the section."""
    stripped = text.strip()
    if _FIELD_WORDS.match(stripped) or re.fullmatch(r"(?:it|they|this)\s+(?:has|have|contains?)\s*:?", stripped, re.I):
        return ""
    has = _HAS.match(stripped)
    if has is not None and stripped.endswith(":"):
        return thing_of(has["entity"])
    if len(stripped.split()) <= 6 and (stripped.endswith(":") or not re.search(r"[.!?,;]$", stripped)):
        return thing_of(stripped)
    return None


def leads(text: str) -> bool:
    """Whether a sentence such as "Members can:" goes on in each item of the list below it."""
    return _LEADS.search(text.strip()) is not None


def labels(text: str) -> bool:
    """Whether a line only says what the list below it holds: "Business rules:", "The following rules apply:"."""
    stripped = text.strip()
    return stripped.endswith(":") and (
        len(stripped.split()) <= 4 or " following" in f" {stripped.lower()}" or "below" in stripped.lower()
    )
