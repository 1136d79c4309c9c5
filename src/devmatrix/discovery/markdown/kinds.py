"""Types of fields as tables and lists write them: `string(200)`, `enum: a, b`, `FK to Author`, `Tag[]`, `Ganzzahl`."""

import re

from devmatrix.discovery.archetype import archetype_for
from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, FieldDraft
from devmatrix.discovery.english.attributes import choice_list, set_choices
from devmatrix.discovery.naming import entity_name, singular, snake
from devmatrix.discovery.types import WRITTEN, inferred

_NUMERIC = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT)
TYPES = WRITTEN | {
    word: kind
    for kind, words in {
        FieldType.STRING: """short text/single line/single-line text/zeichenkette/zeichen/chaîne/chaine/cadena/cadena de
        texto/texto corto/phone/phone number/slug/code/char/nvarchar/character varying/stringa/kurztext""",
        FieldType.TEXT: """long text/multiline/multi-line text/multiline text/markdown/rich text/html/texte/texto/
        mehrzeilig/
        mehrzeiliger text/langtext/clob/mediumtext/free text/testo""",
        FieldType.INTEGER: """long/bigint/smallint/tinyint/whole number/int32/int64/ganzzahl/entier/entero/ganze zahl/
        serial/unsigned int/integer number/natural number/intero""",
        FieldType.DECIMAL: """decimal number/dezimal/dezimalzahl/betrag/geldbetrag/geld/price/amount/montant/importe/
        decimal amount/currency amount/bigdecimal""",
        FieldType.FLOAT: "real/double precision/float64/gleitkommazahl/fließkommazahl",
        FieldType.BOOLEAN: """wahrheitswert/ja\\nein/yes\\no/true\\false/booleano/booléen/booleen/boolesch/checkbox/
        bit/bool
        flag/toggle""",
        FieldType.DATE: "datum/fecha/iso date/calendar date/iso 8601 date/date only/data",
        FieldType.DATETIME: """date-time/date time/iso datetime/iso 8601 datetime/iso 8601/iso 8601 timestamp/
        zeitstempel/
        timestamptz/instant/timestamp with time zone/datetime (utc)/iso timestamp/fecha y hora/date et heure/datum und
        uhrzeit""",
        FieldType.TIME: "uhrzeit/hora/heure/time of day",
        FieldType.EMAIL: "e-mail/email address/e-mail address/e-mail-adresse/mail/correo/courriel",
        FieldType.URL: "link/web address/webseite/website",
        FieldType.UUID: "guid/uuid v4/uuidv4",
        FieldType.ENUM: "enumeration/choice/choices/select/dropdown/auswahl/auswahlliste/énumération/enumeración",
    }.items()
    for word in (" ".join(part.split()).replace("\\", "/") for part in words.split("/"))
}
"""Words by which people name a type, beyond those of the notation."""
_NUMBERS = frozenset("number zahl nombre número numero numeric value".split())
_SIZED = re.compile(r"(?P<word>[^\W\d][\w /-]*?)\s*\(\s*(?P<first>\d{1,6})\s*(?:,\s*(?P<second>\d{1,2})\s*)?\)$")
_RANGED = re.compile(
    r"(?P<word>[^\W\d][\w -]*?)\s*\(?\s*(?P<low>-?\d{1,9})\s*(?:\.\.|-|–|to)\s*(?P<high>-?\d{1,9})\s*\)?$"
)
_MANY = re.compile(
    r"(?:(?:array|list|set|collection|liste|lista)\s*(?:of|von|de|di|<|\[|"
    r"\()\s*(?P<one>[^\W\d][\w -]*?)\s*[>\])]?(?:\s+ids?)?|(?P<two>[^\W\d]\w*)\s*\[\s*\]"
    r"|(?:many|multiple|several)\s+(?P<three>[^\W\d][\w -]*))$",
    re.I,
)
_ONE = re.compile(
    r"(?:(?:->|=>)|fk\b|foreign\s+key|references?\b|ref\b|relation|link(?:\s+to)?\b|verweis\s+auf|referenz|"
    r"fremdschlüssel|belongs\s+to|"
    r"pointer\s+to|lookup|id\s+of|uuid\s+of|clé\s+étrangère)"
    r"\s*(?:->|=>|:|\(|to\b|of\b|auf\b|zu\b|vers\b|an?\b|the\b|"
    r"\s)*\s*(?P<target>[^\W\d][\w -]*?)(?:[.(]\s*id\s*\)?)?\s*\)?$",
    re.I,
)
_ENUM = re.compile(
    r"(?:(?:enum|enumeration|choice|choices|select|one\s+of|either|auswahl|string)\s*[:(\[{=]|one\s+of\b|"
    r"either\b)\s*(?P<list>[^)\]}]+?)\s*[)\]}]?$",
    re.I,
)


def read_type(field: FieldDraft, text: str, draft: Draft) -> bool:
    """Give the field the type that the text names; whether it names one."""
    lowered = " ".join(text.lower().replace("`", "").split()).strip(" .:")
    if not lowered:
        return True
    if lowered.endswith("?"):
        field.required = False
        lowered = lowered[:-1].rstrip()
    if lowered in TYPES or lowered in _NUMBERS:
        _take(field, lowered)
        return True
    readers = (_read_sized, _read_choices, _read_many, _read_one)
    return any(read(field, " ".join(text.replace("`", "").split()).rstrip("?. "), draft) for read in readers)


def _take(field: FieldDraft, word: str) -> None:
    if word in _NUMBERS:
        kind = inferred(field.name)
        word = "integer" if kind is FieldType.INTEGER or field.name.endswith("_id") else "decimal"
        field.type = kind if kind in _NUMERIC else TYPES[word]
    elif field.choices and TYPES[word] in {FieldType.STRING, FieldType.ENUM}:
        field.type = FieldType.ENUM
    else:
        field.type = TYPES[word]
    field.noun = None


def _read_sized(field: FieldDraft, text: str, draft: Draft) -> bool:
    match = _SIZED.match(text)
    if match is not None and match["word"].lower() in TYPES:
        _take(field, match["word"].lower())
        first = int(match["first"])
        if field.type is FieldType.DECIMAL and match["second"] is not None:
            field.scale = min(int(match["second"]), 8)
        elif field.type in {FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.PASSWORD}:
            field.max_length = max(1, min(first, 100_000))
        return True
    ranged = _RANGED.match(text)
    if ranged is None or ranged["word"].lower() not in TYPES or int(ranged["low"]) > int(ranged["high"]):
        return False
    _take(field, ranged["word"].lower())
    low, high = int(ranged["low"]), int(ranged["high"])
    if field.type in _NUMERIC:
        field.minimum, field.maximum = float(low), float(high)
    elif low >= 0:
        field.min_length, field.max_length = low, max(1, min(high, 100_000))
    return True


def _read_choices(field: FieldDraft, text: str, draft: Draft) -> bool:
    match = _ENUM.match(text)
    listed = match["list"] if match else text if re.search(r"\||\w/\w|[\"']\s*,", text) else ""
    choices = choice_list(listed.replace('"', "").replace("'", ""))
    if len(choices) < 2 or not all(choices):
        return False
    if match is None and all(part.replace("_", " ") in TYPES or part in {"null", "none"} for part in choices):
        kinds = [part for part in choices if part not in {"null", "none"}]
        field.required = False if len(kinds) < len(choices) else field.required
        return len(kinds) == 1 and read_type(field, kinds[0], draft)
    set_choices(field, choices)
    return True


def _read_many(field: FieldDraft, text: str, draft: Draft) -> bool:
    match = _MANY.match(text)
    words = next((group for group in match.groups() if group), "") if match else ""
    if words.lower() in {"uuid", "uuids", "id", "ids"}:
        words = re.sub(r"_ids?$", "", field.name).replace("_", " ")
    if not words or singular(words.lower()) in TYPES or not _is_thing(words, draft):
        return False
    field.type, field.target, field.noun = FieldType.REFERENCES, words, None
    stem = re.sub(r"_ids?$", "", field.name)
    parts = stem.split("_")
    field.name = "_".join((*parts[:-1], singular(parts[-1]))) + "_ids"
    return True


def _read_one(field: FieldDraft, text: str, draft: Draft) -> bool:
    match = _ONE.match(text) if "(" not in text or text.lower().startswith(("fk", "foreign", "ref")) else None
    words = re.sub(r"(?:\s+|\b)(?:table|entity|record|id|resource)$", "", match["target"], flags=re.I) if match else ""
    if match is None and text[:1].isupper() and _is_known(text, draft):
        words = text  # a column of types that says `Author`
    if not words or not snake(words) or words.lower() in TYPES:
        return False
    field.type, field.target, field.noun = FieldType.REFERENCE, words, None
    if not field.name.endswith("_id"):
        field.name = f"{field.name}_id"
    return True


def _is_known(words: str, draft: Draft) -> bool:
    return draft.resolve(words) is not None or (
        entity_name(words) == words.replace(" ", "") and archetype_for(words, whole=True) is not None
    )


def _is_thing(words: str, draft: Draft) -> bool:
    return draft.resolve(words) is not None or archetype_for(words, whole=True) is not None or words[:1].isupper()
