"""Sentences that list fields: "Recipes have a title, ingredients and steps"."""

import re

from devmatrix.discovery.archetype import archetype_for
from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.limits import apply_limit
from devmatrix.discovery.english.nouns import DETERMINERS, STOP, WORD, Noun, whole_noun
from devmatrix.discovery.naming import choice, enumerate_words, is_plural, snake, split_words
from devmatrix.discovery.notation.fields import read_field
from devmatrix.discovery.notation.tokens import NotationError
from devmatrix.discovery.phrases import kinds_of
from devmatrix.discovery.text import masked
from devmatrix.discovery.types import WRITTEN

_HAS = re.compile(
    r"""(?P<subject>(?:[^\W\d_][\w'’-]*\s+){1,6}?)(?:(?:can|may|must|should|shall|will|also|always|typically|
    usually)\s+)*
    (?P<verb>has|have|contains?|includes?|consists?\s+of|stores?|(?:is|are)\s+described\s+by|comes?\s+with|carries|
    carry|
    needs?|requires?|records?|keeps?|(?:is|are)\s+made\s+(?:up\s+)?of|holds?)\s*:?\s+(?P<list>.+)""",
    re.I | re.X | re.S,
)
_OF = re.compile(
    r"""(?:(?:the\s+)?(?:fields|attributes|properties|columns)\s+of\s+(?P<one>[\w' -]{1,60}?)|
    (?P<two>[\w' -]{1,60}?)(?:['’]s?)?\s+(?:fields|attributes|properties|columns))\s*
    (?::|are:?|include:?)\s*(?P<list>.+)""",
    re.I | re.X | re.S,
)
_TAIL = re.compile(
    r"(?:each\s+)?(?:with|having|that\s+ha(?:ve|s)|which\s+ha(?:ve|s)|who\s+ha(?:ve|s)|has|have|"
    r"including)\s+(?P<list>.+)",
    re.I | re.S,
)
_STORED = re.compile(
    r"for\s+(?P<subject>(?:[^\W\d_][\w'’-]*\s+){1,4}?)(?:we|i|you|it|the\s+system)\s+(?:store|keep|record|need|"
    r"save|track)s?\s+(?P<list>.+)",
    re.I | re.S,
)
_TEXTS = frozenset("notes details remarks instructions steps coordinates contents directions".split())
_MUST = re.compile(r"\s*(?:must|should|shall|needs?|requires?)\b", re.I)
_PRONOUNS = frozenset("it they each this he she one these those".split())
_INTRO = re.compile(
    r"(?:the\s+following\s+)?(?:fields|attributes|properties|columns|information|data)\s*:?\s+|the\s+following\s*:?\s+",
    re.I,
)
_BETWEEN = re.compile(r"\bbetween\s+-?[\d.]+\s+and\b|\bfrom\s+-?[\d.]+\s+to\b", re.I)
_SEPARATOR = re.compile(r"\s*,\s*(?:and\s+|or\s+|&\s*)?|\s+and\s+|\s*&\s*|\s+as\s+well\s+as\s+|\s+plus\s+", re.I)
_MANY = re.compile(
    r"""(?:(?P<many>many|several|multiple|any\s+number\s+of|zero\s+or\s+more|one\s+or\s+more|at\s+least\s+one|
    a\s+list\s+of|a\s+set\s+of|
    a\s+number\s+of|a\s+collection\s+of|lists?\s+of|some)\s+)""",
    re.I | re.X,
)
_ADJECTIVES = {"unique": "unique", "optional": "optional", "required": "required", "mandatory": "required",
               "optionally": "optional", "possibly": "optional", "maybe": "optional", "positive": "> 0",
               "non-negative": ">= 0", "nonnegative": ">= 0"}  # fmt: skip
_INNER = frozenset("of from until to at on by per for up out off".split())
_ARTICLES = frozenset("a an the one its their his her own exactly".split())
_TYPE_WORDS = {"numeric": FieldType.DECIMAL, "textual": FieldType.TEXT, "number": FieldType.INTEGER} | WRITTEN
_CHOICES = re.compile(
    r"(?P<name>.+?)\s*(?::|\s(?:of|being|which\s+is|that\s+is|(?:which|that)\s+can\s+be|can\s+be|one\s+of|either|"
    r"is))\s*"
    r"(?:one\s+of\s+|either\s+)?:?\s*(?P<choices>.+)",
    re.I | re.S,
)
_CALLED = re.compile(
    r"(?:an?\s+|the\s+)?(?:boolean\s+)?(?:(?P<flag>flag|switch)|field|attribute|property)\s+(?:called\s+|"
    r"named\s+)?[\"'“](?P<name>[a-z][\w ]{0,40})[\"'”]",
    re.I,
)
_ONE_OF = re.compile(r"(?:one\s+of|either|any\s+of)\s*:?\s*(?P<choices>.+)", re.I)
_RULES = re.compile(
    r"\b(?:must|only|cannot|never|at\s+most|at\s+least|max|min|between|unique|required|if|unless)\b|\d", re.I
)
_UNIT = re.compile(
    r"\s+(?P<unit>(?:in|measured\s+in)\s+(?:euros?|eur|usd|gbp|(?:us\s+)?dollars?|pounds?|cents?|francs?|kg|"
    r"kilos?|kilograms?|grams?|g|km|"
    r"kilomet(?:er|re)s?|met(?:er|re)s?|m|cm|mm|miles?|feet|inch(?:es)?|seconds?|minutes?|hours?|days?|weeks?|"
    r"months?|years?|percent|%|"
    r"lit(?:er|re)s?|ml|celsius|degrees?(?:\s+\w+)?|bytes|kb|mb|gb))$",
    re.I,
)
_OF_TYPE = re.compile(r"\s+(?:of\s+type|as\s+an?|\(as\)|as)\s+(\w+)$", re.I)
_ENUM_NAMES = frozenset(
    "status state stage phase type kind priority level size role category color colour severity condition".split()
)


def read_attributes(text: str, draft: Draft) -> Reading | None:
    """The fields that the clause gives to an entity."""
    subject, listed, at = _parts(text)
    if listed is None:
        subject, listed, at = _going_on(text, draft)
    if listed is None:
        return None
    pronoun = subject is None or subject.lower().split()[-1:] in [[word] for word in _PRONOUNS]
    noun = None if pronoun else whole_noun(subject or "")
    if noun is not None and len(noun.words.split()) > 1 and kinds_of(noun.words.split()[0]):
        return None  # "deleting books needs an admin" is about who may, not about what a thing has
    if noun is None and (not pronoun or draft.topic is None):
        return None
    intro = _INTRO.match(listed)
    skip = intro.end() if intro else 0
    fields, end = field_list(listed[skip:])
    if not fields:
        return None
    entity = (
        draft.entities[str(draft.topic)] if noun is None else draft.resolve(noun.words) or draft.declare(noun.words)
    )
    held = _held(fields, draft)
    became = [_place(draft, entity, field) for field in fields]
    # One alone, or what it must have, adds to what is usual; a list replaces it.
    if len(fields) > 1 or not _MUST.match(text, len(subject or "")):
        own = [field for field in entity.fields.values() if not (field.noun and draft.resolve(field.noun))]
        things = all(field.noun and is_plural(field.noun.split()[-1].lower()) for field in own)
        entity.declared = entity.declared or (len(own) > 1 and not things)
    problems = [text for text in became if text]
    names = enumerate_words([field.name for field in fields])
    return Reading(
        at + skip + end,
        problems[0] if problems else f"{entity.name} has {names}",
        (entity.name, *held),
        not problems,
    )


def _going_on(text: str, draft: Draft) -> tuple[str | None, str | None, int]:
    """ "A book has a title; an isbn; a price": what follows the first semicolon."""
    stripped = text.strip()
    start = re.match(r"(?:and\s+)?(?=(?:an?|the|its|optionally|one|many)\s)", stripped, re.I)
    if draft.listing is None or start is None or field_list(stripped[start.end() :])[1] < len(stripped) - start.end():
        return None, None, 0
    draft.topic = draft.listing
    return "it", stripped[start.end() :], start.end() + len(text) - len(text.lstrip())


def _held(fields: list[FieldDraft], draft: Draft) -> tuple[str, ...]:
    """What "projects have tasks", "a class has students and a teacher" speak of: things, not fields of one."""
    nouns = [(field.noun or "").removeprefix("many ") for field in fields]
    if not all(nouns) or not any(is_plural(noun.split()[-1].lower()) for noun in nouns):
        return ()
    known = [draft.resolve(noun) or archetype_for(noun, whole=True) for noun in nouns]
    alone = len(nouns) == 1 and nouns[0].split()[-1].lower() not in _TEXTS
    if not all(known) and not alone:
        return ()
    return tuple((draft.resolve(noun) or draft.declare(noun)).name for noun in nouns)


def _parts(text: str) -> tuple[str | None, str | None, int]:
    """Subject, list and where the list begins."""
    for pattern in (_STORED, _TAIL, _HAS, _OF):
        match = pattern.fullmatch(text.strip())
        if match is None:
            continue
        groups = match.groupdict()
        subject = groups.get("subject") or groups.get("one") or groups.get("two")
        return subject, match["list"], match.start("list") + len(text) - len(text.lstrip())
    return None, None, 0


def _place(draft: Draft, entity: EntityDraft, field: FieldDraft) -> str:
    if field.noun and field.noun.startswith("many "):
        field.noun = field.noun.removeprefix("many ")
        target = draft.resolve(field.noun) or draft.declare(field.noun)
        if target is entity:
            return ""
    return draft.add_field(entity, field)


def field_list(text: str) -> tuple[list[FieldDraft], int]:
    """The fields of a list such as "a title, a unique isbn and a status: open or lost", and where it ends."""
    hidden = _BETWEEN.sub(lambda match: "\0" * len(match[0]), masked(text))
    fields: list[FieldDraft] = []
    at = end = 0
    while at < len(text):
        separator = _SEPARATOR.search(hidden, at)
        stop = separator.start() if separator else len(text)
        with_choices = _field_with_choices(text, hidden, at)
        if with_choices is not None:
            fields.append(with_choices[0])
            end = with_choices[1]
            following = _SEPARATOR.match(hidden, end)
            at = following.end() if following else len(text)
            continue
        field = read_item(text[at:stop].strip())
        if field is None:
            break
        fields.append(field)
        end = stop
        at = separator.end() if separator else len(text)
    return fields, end


def _field_with_choices(text: str, hidden: str, at: int) -> tuple[FieldDraft, int] | None:
    """A field followed by its choices, to the end of the text or to the next "and a"."""
    following = re.compile(r",?\s+and\s+(?:an?|the|its|optionally)\s|,\s+(?:an?|the)\s", re.I).search(hidden, at)
    stop = following.start() if following else len(text)
    match = _CHOICES.fullmatch(text[at:stop].strip())
    if match is None:
        return None
    field = read_item(match["name"])
    choices = choice_list(match["choices"])
    if field is None or len(choices) < 2:
        return None
    if match[0][match.end("name") :].lstrip()[:1] != ":" and field.name.split("_")[-1] not in _ENUM_NAMES:
        return None
    set_choices(field, choices)
    return field, stop


def choice_list(text: str) -> tuple[str, ...]:
    """Choices of a list such as "open, in progress or closed"; empty where a part is none."""
    parts = [
        part.strip(" '\"") for part in re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+or\s+|\s+and\s+|\s*[|/]\s*", text.strip())
    ]
    words = [part.lower().split() for part in parts]
    if not all(
        0 < len(item) <= 3 and not set(item) & STOP - {"in", "on", "not", "out", "of", "to", "under", "up"}
        for item in words
    ):
        return ()
    articles = len(words[0]) > 1 and set(words[0]) & _ARTICLES
    if not all(re.fullmatch(r"[\w' -]+", part) for part in parts) or articles:
        return ()
    return tuple(dict.fromkeys(choice(part) for part in parts))


def set_choices(field: FieldDraft, choices: tuple[str, ...]) -> None:
    """Make a field one of `choices`; the first holds until another is given, where it is a status."""
    field.type, field.choices, field.noun = FieldType.ENUM, choices, None
    if field.name.split("_")[-1] in {"status", "state", "stage", "phase"} and field.required is None:
        field.raw_default = choices[0]


def read_item(text: str) -> FieldDraft | None:
    """One field in words: "a unique isbn (10 to 13 characters)", "an optional price between 0 and 100"."""
    try:
        if re.search(r"->|[<>=]", text) and not text.lower().startswith(("a ", "an ", "the ")):
            return read_field(text)
    except NotationError:
        return None
    called = _CALLED.fullmatch(text)
    if called is not None:
        if called["flag"]:
            return FieldDraft(snake(called["name"]), FieldType.BOOLEAN, raw_default="false")
        return FieldDraft(snake(called["name"]), noun=called["name"])
    many = _MANY.match(text)
    is_many = many is not None and not (many["many"] or "").lower().startswith(("a list", "list", "some"))
    if many is not None:
        text = text[many.end() :]
    text, inside = _without_parenthesis(text)
    unit = _UNIT.search(text)
    if unit is not None and text[: unit.start()].strip():
        text = text[: unit.start()]
    kind = _OF_TYPE.search(text)
    written = _TYPE_WORDS.get(kind[1].lower()) if kind else None
    if kind is not None and written is not None:
        text = text[: kind.start()]
    core, limit = _split_limit(text)
    words, marks, own = _without_adjectives(core.split())
    written = own or written
    noun = whole_noun(" ".join(words)) or _with_preposition(words)
    if noun is None or noun.determiner or not snake(noun.words) or len(snake(noun.words)) > 60:
        return None
    field = _made(noun, written, is_many=is_many)
    if unit is not None:
        field.description, field.noun = field.description or unit["unit"], None
    for mark in (*marks, *filter(None, (limit,))):
        if not apply_limit(field, mark):
            return None
    return field if all(_apply_inside(field, mark) for mark in inside) else None


def _without_adjectives(words: list[str]) -> tuple[list[str], list[str], FieldType | None]:
    """The words behind articles, marks such as "unique" and a type; those marks, and that type."""
    marks: list[str] = []
    written: FieldType | None = None
    while words and (words[0].lower() in _ARTICLES or words[0].lower() in _ADJECTIVES or _is_type(words)):
        word = words.pop(0).lower()
        if word in _ADJECTIVES:
            marks.append(_ADJECTIVES[word])
        elif word in _TYPE_WORDS:
            written = _TYPE_WORDS[word]
    return words, marks, written


def _apply_inside(field: FieldDraft, mark: str) -> bool:
    """Take what stands in brackets behind a field; whether nothing that rules was lost."""
    if apply_limit(field, mark):
        return True
    kind, _, rest = mark.partition(" ")
    if kind.lower() in _TYPE_WORDS and field.type is None:
        field.type, field.noun = _TYPE_WORDS[kind.lower()], None
        return not rest or _apply_inside(field, rest)
    choices = _ONE_OF.match(mark)
    listed = choice_list(choices["choices"]) if choices else ()
    if len(listed) > 1:
        set_choices(field, listed)
        return True
    if choices or _RULES.search(mark):
        return False
    field.description = field.description or mark
    return True


def _with_preposition(words: list[str]) -> Noun | None:
    """Names such as "date of birth", "valid until" and "price per unit"."""
    lowered = [word.lower() for word in words]
    inner = lowered[1:]
    if not 2 <= len(words) <= 4 or not all(WORD.fullmatch(word) for word in words):
        return None
    if not set(inner) & _INNER or lowered[0] in STOP or set(inner) & (STOP | DETERMINERS) - _INNER:
        return None
    phrase = " ".join(words)
    return Noun(phrase, "", 0, len(phrase))


def _is_type(words: list[str]) -> bool:
    """Whether the first of several words names a type: "boolean flag", "numeric score"."""
    return (
        len(words) > 1
        and words[0].lower() in _TYPE_WORDS
        and words[0].lower() not in {"email", "date", "time", "password", "url", "flag", "number", "text", "money"}
    )


def _made(noun: Noun, written: FieldType | None, *, is_many: bool) -> FieldDraft:
    words = noun.words
    parts = split_words(words)
    if parts[-1] in {"address", "flag"} and len(parts) > 1 and parts[-2] in {"email", "e"}:
        parts = parts[:-1]
    if parts[:2] == ("e", "mail"):
        parts = ("email", *parts[2:])
    name = "_".join(parts).lstrip("_0123456789") or snake(words)
    return FieldDraft(
        name=name,
        type=written,
        noun=f"many {words}" if is_many else (None if written else words),
        description=words if any(character.isupper() for character in words) else "",
    )


_LIMIT = re.compile(
    r"\s+(?:(?:that|which|of|with|is|must\s+be|and\s+is|it\s+is)\s+)*(?P<limit>(?:unique|optional|required|"
    r"mandatory|positive|not\s+negative|"
    r"non-negative|(?:at\s+(?:most|least)|up\s+to|more\s+than|less\s+than|greater\s+than|between|from|over|above|"
    r"below|under|max(?:imum)?|"
    r"min(?:imum)?|no\s+more\s+than|exactly)\s+-?\d.*|[<>]=?\s*-?\d.*)$)",
    re.I | re.S,
)


def _split_limit(text: str) -> tuple[str, str | None]:
    match = _LIMIT.search(text)
    return (text, None) if match is None else (text[: match.start()], match["limit"])


def _without_parenthesis(text: str) -> tuple[str, list[str]]:
    """The text without what stands in brackets, and that in parts."""
    match = re.search(r"\s*\(([^()]*)\)", text)
    if match is None:
        return text, []
    rest = (text[: match.start()] + text[match.end() :]).strip()
    choices = choice_list(match[1])
    if _ONE_OF.match(match[1]):
        return rest, [match[1]]
    if len(choices) > 1 and not any(apply_limit(FieldDraft(name="trial"), part) for part in choices):
        return rest, ["|".join(choices)]
    return rest, [part.strip() for part in match[1].split(",") if part.strip()]
