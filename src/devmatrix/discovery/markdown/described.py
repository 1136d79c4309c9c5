"""What is said of one field in phrases: "required, max 200 characters, one of: draft, published; defaults to draft"."""

import re
from collections.abc import Iterator
from dataclasses import replace

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, FieldDraft
from devmatrix.discovery.english.attributes import choice_list, set_choices
from devmatrix.discovery.english.limits import apply_limit
from devmatrix.discovery.markdown.kinds import TYPES, read_type
from devmatrix.discovery.naming import singular, snake, split_words
from devmatrix.discovery.notation.fields import read_field
from devmatrix.discovery.notation.tokens import NotationError
from devmatrix.discovery.types import inferred

YES = frozenset(
    """yes y true x required mandatory always 1 ja j wahr pflicht pflichtfeld erforderlich oui vrai obligatoire sí si
    verdadero obligatorio requerido must not\u00a0null ✓ ✔ ✔️ ✅ ☑ ☑️ 🟢 ● + sim sempre""".split()
)
NO = frozenset(
    """no n false optional 0 - – — nein falsch freiwillig non faux optionnel facultatif falso opcional nullable null
    ✗ ✘ ❌ ✖ ✖️ ☐ 🔴 ○ never não""".split()
)
_TEXTUAL = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.PASSWORD)
_FOREIGN = {
    "zeichen": "characters", "caractères": "characters", "caracteres": "characters", "mindestens": "at least",
    "höchstens": "at most", "maximal": "max", "minimal": "min", "zwischen": "between", "und": "and", "bis": "to",
    "eindeutig": "unique", "eindeutige": "unique", "pflichtfeld": "required", "pflicht": "required", "von": "from",
    "erforderlich": "required", "freiwillig": "optional", "positiv": "positive", "standard": "default",
    "standardwert": "default", "positif": "positive", "positivo": "positive", "único": "unique", "única": "unique",
    "obligatoire": "required", "obligatorio": "required", "optionnel": "optional", "facultatif": "optional",
    "opcional": "optional", "máximo": "max", "mínimo": "min", "entre": "between", "et": "and", "par": "by",
}  # fmt: skip
_CUT = re.compile(
    r"\s*[;()\[\]]\s*|,\s+|(?<!max)(?<!min)(?<!Max)(?<!Min)(?<!e\.g)\.\s+|\.$|\s+[–—-]\s+|\s+\|\s+|\s*\n\s*|\s+/\s+"
)
_LIST = re.compile(
    r"(?:must\s+be\s+|is\s+|can\s+be\s+)?\b(?:one\s+of|either|(?:allowed|possible|valid)?\s*values?(?:\s+are)?|allowed|"
    r"options?|enum|choices|werte|valeurs|valores|possible\s+states)\b\s*(?:the\s+following\s*)?[:=]?\s*[\[{(]?\s*"
    r"(?P<list>[^.;)\]}]+?)(?=[.;)\]}]|\s*,?\s*\b(?:default|required|optional|unique|max|min|not\s+null|"
    r"nullable)\b|$)[\])}]?",
    re.I,
)
_PIPED = re.compile(
    r"(?P<list>[\"'`]?[^\W\d][\w -]*[\"'`]?(?:\s*\|\s*[\"'`]?[^\W\d][\w -]*[\"'`]?)+|"
    r"[^\W\d][\w-]*(?:\s+/\s+[^\W\d][\w-]*){2,})"
)
_DEFAULT = re.compile(
    r"(?:(?:by\s+)?defaults?(?:\s+(?:to|is|value(?:\s+is)?))?|"
    r"default\s+value)\s*[:=]?\s*(?P<value>[\"'`]?[^\"'`]{1,60}[\"'`]?)$",
    re.I,
)
_LENGTH = re.compile(
    r"(?P<side>max(?:imum|\.)?|min(?:imum|\.)?)?\s*(?:length|len|size)\s*(?:of|is|:|=|<=|"
    r"at\s+most)?\s*(?P<low>\d{1,6})(?:\s*(?:-|–|to|\.\.|and)\s*(?P<high>\d{1,6}))?"
    r"(?:\s*char(?:acter)?s?)?$",
    re.I,
)
_SIDE = re.compile(
    r"(?P<before>max(?:imum|\.)?|min(?:imum|\.)?)?\s*[:=]?\s*(?P<number>-?\d[\d,_']*(?:\.\d+)?)\s*"
    r"(?P<unit>char(?:acter)?s?|letters|digits|symbols|words)?\s*(?P<after>max(?:imum|\.)?|min(?:imum|\.)?|"
    r"or\s+less|or\s+fewer|or\s+more|long)?$",
    re.I,
)
_SCALE = re.compile(
    r"(?:with\s+)?(?P<digits>\d)\s+(?:decimal\s+(?:places|digits)|decimals|digits\s+after\s+the\s+point)$", re.I
)
_PATTERN = re.compile(r"(?:(?:must\s+)?match(?:es)?|pattern|regex|format)\s*:?\s*[/`]?(?P<pattern>\^\S.*?)[/`]?$", re.I)
_WRITTEN_PATTERN = re.compile(
    r"(?:(?:must\s+)?(?:match(?:es)?|follows?)|pattern|regex|format)\s*:?\s*(?:the\s+(?:pattern|regex)\s*:?\s*)?[/`]?"
    r"(?P<pattern>\^[^\s`]+?\$)[/`]?(?=[\s,;.)]|$)",
    re.I,
)
_KEY = re.compile(r"(?:pk|primary(?:\s+key)?|unique\s+id(?:entifier)?|primärschlüssel|identifier)$", re.I)
_SERVER = re.compile(
    r"(?:(?:is\s+)?(?:set|generated|assigned|filled|managed|created|updated)\s+(?:automatically|"
    r"by\s+the\s+(?:server|system|service|api|database))|"
    r"auto(?:matically)?[- ]?(?:generated|set|increment(?:ed)?|assigned|updated|filled)?|read[- ]?only|"
    r"server[- ]?(?:set|generated|side)|generated|"
    r"system|automatisch|immutable)$",
    re.I,
)
_HIDDEN = re.compile(
    r"(?:write[- ]only|(?:stored\s+)?hashed|never\s+(?:returned|exposed|shown)|encrypted|"
    r"stored\s+as\s+(?:a\s+)?hash|argon2|bcrypt)$",
    re.I,
)
_BE = re.compile(
    r"^(?:(?:it\s+)?(?:must|should|shall|has\s+to|needs\s+to|muss|soll)\s+(?:always\s+)?(?:be\s+)?|(?:is|"
    r"are)\s+(?:always\s+)?|the\s+|an?\s+|field\s+is\s+|value\s+)+",
    re.I,
)
_OPTIONAL = re.compile(
    r"(?:(?:can|may)\s+be\s+(?:empty|null|blank|omitted|left\s+(?:out|empty))|nullable|null|optional\s+field|"
    r"not\s+required|or\s+null|default\s+null)$",
    re.I,
)
_REQUIRED = re.compile(
    r"(?:not\s+null(?:able)?|non[- ]?null(?:able)?|(?:cannot|can't|can\s+not|must\s+not|"
    r"may\s+not)\s+be\s+(?:empty|null|blank|missing)|non[- ]?empty|not\s+empty|required\s+field)$",
    re.I,
)
_UNIQUE = re.compile(
    r"(?:(?:globally|system[- ]wide)\s+unique|no\s+duplicates|unique\s+(?:value|key|index|constraint|"
    r"across\s+(?:all\s+)?\w+))$",
    re.I,
)
_TELLS_WHEN = re.compile(r"[–—:-]?\s*(?:when|where|who|whom|how|which|what|whether|why|for\s+when)\b", re.I)
_RULING = re.compile(
    r"""\b(?:must|shall|should|may|can|cannot|only|never|not|always|if|when|unless|until|at\s+least|at\s+most|max|
    min|maximum|minimum|
    more\s+than|less\s+than|between|unique|required|optional|default|automatically|computed|calculated|derived|
    encrypted|hashed|immutable|
    future|past|after|before|generated|standard|standardwert|eindeutig|pflicht|muss|darf|nur|kann|soll|müssen|
    dürfen|doit|peut|debe|puede|solo|seulement|
    deve|può)\b|[<>]=?\s*\d""",
    re.I | re.X,
)  # fmt: skip


def named(text: str, draft: Draft) -> FieldDraft | None:
    """The field of a name such as `due_date`, "Due date *", `tags[]`; None where it is none."""
    cleaned = text.replace("`", "").replace("**", "").replace("__", "").strip()
    required: bool | None = None
    if cleaned.endswith(("*", "!")):
        cleaned, required = cleaned.rstrip("*! "), True
    elif cleaned.endswith("?"):
        cleaned, required = cleaned.rstrip("? "), False
    many = cleaned.endswith("[]")
    cleaned = cleaned.removesuffix("[]").strip()
    words = split_words(cleaned)
    if not 1 <= len(words) <= 5 or not re.fullmatch(r"[^\W\d][\w .'-]*", cleaned) or not snake(cleaned):
        return None
    name = snake(cleaned)
    if len(name) > 60:
        return None
    plain = cleaned.isascii() and (cleaned.islower() or (cleaned.replace(" ", "").istitle() and "_" not in cleaned))
    result = FieldDraft(name=name, required=required, description="" if plain else cleaned)
    result.noun = " ".join(words)
    if many:
        read_type(result, f"{singular(words[-1]).capitalize()}[]", draft)
    return result


def required_cell(item: FieldDraft, text: str, *, means: bool = True) -> bool:
    """Take what a cell of the column "Required" (or, not `means`, "Optional") says; whether it was understood."""
    word = text.strip().strip("*`_").lower()
    if word in YES or (word.startswith(("yes", "required")) and len(word.split()) == 1):
        item.required = means
    elif word in NO or not word:
        item.required = not means
    else:
        return False
    return True


def describe(item: FieldDraft, text: str, draft: Draft, *, first_is_type: bool = False) -> list[tuple[int, str]]:
    """Take what the text says of the field; the phrases that rule something and were not understood."""
    unread: list[tuple[int, str]] = []
    told: list[str] = []
    for index, (offset, phrase) in enumerate(_phrases(text, item)):
        if first_is_type and index == 0 and read_type(item, phrase, draft):
            continue
        if _apply(item, phrase, draft):
            continue
        if _RULING.search(phrase) and not _TELLS_WHEN.match(phrase):
            unread.append((offset, phrase))
        elif any(character.isalpha() for character in phrase):
            told.append(phrase)
    if told and (not item.description or snake(item.description) == item.name):
        item.description = "; ".join(told)[:300]
    return unread


def _phrases(text: str, item: FieldDraft) -> Iterator[tuple[int, str]]:
    """The phrases of a text; lists of choices are taken out of it first."""
    at = 0
    pattern = _WRITTEN_PATTERN.search(text)
    if pattern is not None:
        yield from _phrases(text[: pattern.start()], item)
        yield pattern.start(), f"matches {pattern['pattern']}"
        yield from ((pattern.end() + offset, phrase) for offset, phrase in _phrases(text[pattern.end() :], item))
        return
    for match in sorted((*_LIST.finditer(text), *_PIPED.finditer(text)), key=lambda match: match.start()):
        before = text[: match.start()].rstrip()
        asserts = match.re is _PIPED or re.search(r"[:=(\[{]|one\s+of|either", match[0])
        if match.start() < at or (before and before[-1].isalnum() and not asserts):
            continue
        choices = choice_list(re.sub(r"[`\"'*]", "", match["list"]).strip())
        if len(choices) > 1 and all(choices):
            yield from _cut(text, at, match.start())
            set_choices(item, choices)
            at = match.end()
    yield from _cut(text, at, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    at = start
    for match in (*_CUT.finditer(text, start, end), None):
        stop = match.start() if match else end
        phrase = text[at:stop]
        if phrase.strip(" `*.,:"):
            yield at + len(phrase) - len(phrase.lstrip()), phrase.strip(" `*,:").strip()
        at = match.end() if match else end


def _apply(item: FieldDraft, phrase: str, draft: Draft) -> bool:
    """Take one phrase; whether it was understood."""
    text = " ".join(_english(word) for word in phrase.rstrip(".").split())
    bare = _BE.sub("", text).strip()
    if any(read(item, form) for form in dict.fromkeys((text, bare)) for read in _READERS) or _is_type(
        item, bare, draft
    ):
        return True
    return _is_limited_type(item, bare, draft)


def _english(word: str) -> str:
    bare = word.rstrip(":")
    return _FOREIGN[bare.lower()] + word[len(bare) :] if bare.lower() in _FOREIGN else word


def _is_limited_type(item: FieldDraft, text: str, draft: Draft) -> bool:
    """ "integer between 1 and 5", "string max 80 characters", "positive integer"."""
    first, _, rest = text.partition(" ")
    if rest and item.type is None and first.lower() in TYPES and not (item.choices or item.target):
        trial = replace(item)
        if read_type(trial, first, draft) and any(read(trial, rest) for read in _READERS):
            vars(item).update(vars(trial))
            return True
    rest, _, last = text.rpartition(" ")
    if rest and last.lower() in TYPES and item.type is None:
        trial = replace(item)
        if read_type(trial, last, draft) and any(read(trial, rest) for read in _READERS):
            vars(item).update(vars(trial))
            return True
    return False


def _is_type(item: FieldDraft, text: str, draft: Draft) -> bool:
    if item.type is not None:
        return text.lower() in TYPES and (TYPES[text.lower()] is item.type or item.choices != ())
    if text.lower() in TYPES or re.match(r"(?:fk|foreign\s+key|references?|->|\w+\s*\(\s*\d)", text, re.I):
        return read_type(item, text, draft)
    return False


def _flags(item: FieldDraft, text: str) -> bool:
    if _OPTIONAL.match(text):
        item.required = False
    elif _REQUIRED.match(text):
        item.required = True
    elif _UNIQUE.match(text):
        item.unique = True
    elif _KEY.match(text):
        return item.name == "id"
    elif _HIDDEN.match(text):
        return item.type is FieldType.PASSWORD or inferred(item.name) is FieldType.PASSWORD
    elif _SERVER.match(text):
        return item.name in {"id", "created_at", "updated_at", "version", "deleted_at"}
    else:
        return False
    return True


def _defaults(item: FieldDraft, text: str) -> bool:
    match = _DEFAULT.match(text)
    if match is None:
        return False
    value = match["value"].strip("\"'` ")
    if value.lower() in {"null", "none", "empty"}:
        item.required = False
        return True
    try:
        said = read_field(f"scratch = {value}" if re.fullmatch(r"[\w .+-]+", value) else f'scratch = "{value}"')
    except NotationError:
        return False
    item.default, item.raw_default, item.required = said.default, said.raw_default, None
    if item.choices and item.raw_default is not None:
        item.raw_default = choice_list(f"{item.raw_default}, scratch")[0:1][0]
    return True


def _lengths(item: FieldDraft, text: str) -> bool:
    match = _LENGTH.match(text)
    if match is None or (item.type or inferred(item.name)) not in _TEXTUAL:
        return False
    low, high = int(match["low"]), int(match["high"]) if match["high"] else None
    if high is not None:
        item.min_length, item.max_length = low, max(high, low, 1)
    elif (match["side"] or "").lower().startswith("min"):
        item.min_length = low
    else:
        item.max_length = max(1, min(low, 100_000))
    return True


def _sides(item: FieldDraft, text: str) -> bool:
    """ "max 200 chars", "200 characters max", "min. 0": what bounds a text where it holds one, else a number."""
    match = _SIDE.match(text)
    side = ((match["before"] or match["after"] or "") if match else "").lower()
    if match is None or not side:
        return False
    upper = side.startswith(("max", "or less", "or fewer"))
    number = re.sub(r"[,_']", "", match["number"])
    textual = (item.type or inferred(item.name)) in _TEXTUAL
    if match["unit"] is None and not (textual and (item.type is not None or (upper and float(number) >= 20))):
        return apply_limit(item, f"at {'most' if upper else 'least'} {number}")
    return apply_limit(item, f"at {'most' if upper else 'least'} {number} characters")


def _limits(item: FieldDraft, text: str) -> bool:
    if text.lower() in {"enum", "date", "time", "text", "url", "email"} and item.type is not None:
        return False
    return apply_limit(item, text.strip("'\""))


def _scales(item: FieldDraft, text: str) -> bool:
    match = _SCALE.match(text)
    if match is None or item.type not in (None, FieldType.DECIMAL):
        return False
    item.type, item.scale, item.noun = FieldType.DECIMAL, min(int(match["digits"]), 8), None
    return True


def _patterns(item: FieldDraft, text: str) -> bool:
    match = _PATTERN.match(text)
    if match is None:
        return False
    try:
        said = read_field(f"scratch /{match['pattern']}/")
    except NotationError:
        return False
    item.pattern = said.pattern
    item.type = item.type or FieldType.STRING
    return item.type in {FieldType.STRING, FieldType.TEXT}


_READERS = (_flags, _defaults, _lengths, _sides, _scales, _patterns, _limits)
