"""Sentences about single fields and whole entities: uniqueness, bounds, order of dates, deletion, versions."""

import re

from devmatrix.discovery.document import FieldType, OperationKind
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft, Operator
from devmatrix.discovery.english.attributes import choice_list, set_choices
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.limits import apply_limit
from devmatrix.discovery.english.nouns import noun_at, noun_list, whole_noun
from devmatrix.discovery.naming import enumerate_words, human, snake
from devmatrix.discovery.phrases import kinds_of
from devmatrix.discovery.types import inferred

_NOUN = r"(?:[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,4}?)"
_BE = (
    r"(?:(?:must|should|shall|has\s+to|have\s+to|needs\s+to|need\s+to|can|may|will)\s+(?:always\s+|only"
    r"\s+)?(?:be|have)|(?:must|should|can|may)?\s*(?:is|are|has|have)|be|(?:must|shall|should|may)\s+(?:not|"
    r"never)\s+be|must|cannot\s+be|can\s+not\s+be"
    r"|can't\s+be|may\s+not\s+be|must\s+not\s+be|must\s+never\s+be|is\s+never)"
)
_LIMITED = re.compile(
    rf"(?P<field>{_NOUN})(?:\s+of\s+(?P<entity>{_NOUN}))?\s+(?P<be>{_BE})\s+(?P<limit>.+)", re.I | re.S
)
_BARE = re.compile(
    rf"(?P<field>{_NOUN})\s+(?P<limit>(?:between|at\s+most|at\s+least|greater|less|more|>|<|<=|>=)\s*.+)", re.I | re.S
)
_SAME = re.compile(
    rf"(?:no\s+two|two|different)\s+(?P<entity>{_NOUN})(?:\s+(?:of|in|on|at)\s+(?:an?|the|"
    rf"one)\s+(?:same\s+)?(?P<within>{_NOUN}))?\s+(?:(?:may|can|must|should|shall|could)?\s*(?:not|"
    rf"never)?\s*(?:have|share|has|be\s+given))\s+"
    rf"(?:the\s+same|an?\s+same|one)\s+(?P<field>.+)",
    re.I,
)
_PER = re.compile(
    rf"(?P<field>{_NOUN})\s+{_BE}\s+unique\s+(?:per|within|for\s+each|in\s+each|for\s+every|inside)\s+(?:an?\s+|"
    rf"the\s+|each\s+)?(?P<other>{_NOUN})",
    re.I,
)
_CHOSEN = re.compile(
    rf"(?:the\s+)?(?P<field>{_NOUN})(?:\s+of\s+(?P<entity>{_NOUN}))?\s+(?:(?:must|should|can|may|"
    rf"shall)\s+(?:only\s+)?be|is|are)\s+"
    r"(?:always\s+)?(?:either|one\s+of|any\s+of)\s*:?\s*(?P<choices>.+)",
    re.I,
)
_SCALED = re.compile(
    rf"(?P<entity>{_NOUN})\s+(?:(?:must|should|can|may)\s+)?(?:are|is|be|go(?:es)?|"
    rf"range(?:s)?)\s+(?:given\s+)?(?:as\s+)?(?P<limit>(?:from|between)\s+\d+\s+(?:to|and)\s+\d+)"
    r"(?:\s+(?:stars?|points?))?",
    re.I,
)
_ORDER = re.compile(
    rf"""(?P<left>{_NOUN})\s+(?:(?P<be>{_BE})\s+)?(?P<operator>on\s+or\s+before|on\s+or\s+after|not\s+before|
    not\s+after|before|earlier\s+than|
    after|later\s+than|less\s+than\s+or\s+equal\s+to|greater\s+than\s+or\s+equal\s+to|less\s+than|smaller\s+than|
    lower\s+than|
    greater\s+than|more\s+than|higher\s+than|at\s+least|at\s+most|different\s+from|<=|>=|<|>)\s+(?P<right>{_NOUN})""",
    re.I | re.X,
)
_OPERATORS: dict[str, Operator] = {
    "before": "<", "earlier than": "<", "less than": "<", "smaller than": "<", "lower than": "<", "<": "<",
    "after": ">", "later than": ">", "greater than": ">", "more than": ">", "higher than": ">", ">": ">",
    "on or before": "<=", "not after": "<=", "at most": "<=", "less than or equal to": "<=", "<=": "<=",
    "on or after": ">=", "not before": ">=", "at least": ">=", "greater than or equal to": ">=", ">=": ">=",
    "different from": "!=",
}  # fmt: skip
_OPPOSITE: dict[Operator, Operator] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_DEFAULT = re.compile(
    rf"(?:the\s+)?(?:default\s+(?P<one>{_NOUN})\s+is|(?P<two>{_NOUN})\s+defaults?\s+to|"
    rf"(?P<three>{_NOUN})\s+is\s+by\s+default)\s+['\"]?(?P<value>[\w.-]{{1,60}})['\"]?",
    re.I,
)
_SOFT = re.compile(
    rf"""deleted\s+(?P<one>{_NOUN})\s+(?:are|is|must\s+be|should\s+be|stay|remain|will\s+be)\s*(?:kept|retained|
    preserved|hidden|recoverable|archived|there|in\s+the\s+database)?(?:\s+in\s+the\s+database)?|
    (?P<two>{_NOUN})\s+(?:are|is|must\s+be|should\s+be|will\s+be)\s+(?:only\s+)?soft[- ]deleted|
    (?:use\s+|with\s+)?soft[- ]?delet(?:e|es|ion|ing)(?:\s+(?:for\s+|of\s+)?(?P<three>.+))?|
    deleting\s+(?P<four>{_NOUN})\s+(?:keeps|only\s+hides|hides|must\s+keep|should\s+keep)\s+(?:it|them|the\s+row|
    the\s+record|the\s+data)|
    (?P<five>{_NOUN})\s+(?:are|is)\s+never\s+(?:really\s+|physically\s+)(?:deleted|removed)""",
    re.I | re.X,
)
_VERSIONED = re.compile(
    rf"(?:use\s+|with\s+)?(?:optimistic\s+(?:locking|concurrency)(?:\s+control)?|etags?|versioning)(?:\s+(?:for|"
    rf"on|of)\s+(?P<one>.+))?|(?P<two>{_NOUN})\s+(?:are|is)\s+versioned",
    re.I,
)
_NEVER = re.compile(
    rf"(?P<entity>{_NOUN})\s+(?:cannot|can\s*not|can't|can\s+never|may\s+not|must\s+not|must\s+never|should\s+not|"
    rf"are\s+never|is\s+never)\s+(?:ever\s+)?(?:be\s+)?(?P<verbs>[a-z]+(?:(?:\s*,\s*|\s+or\s+|\s+and\s+)[a-z]+)*)",
    re.I,
)
_NOUN_RE = re.compile(_NOUN, re.I)


def read_rule(text: str, draft: Draft) -> Reading | None:
    """What the clause rules."""
    stripped = re.sub(r"\s*\((?:soft[- ]delete|unique|optional)\)$", "", text.strip(), flags=re.I)
    for read in (_soft, _versioned, _same, _per, _default, _choices, _limit, _scale, _order, _never):
        reading = read(stripped, draft)
        if reading is not None:
            return Reading(len(text), reading.became, reading.entities, reading.understood)
    return None


def _entities(words: str | None, draft: Draft) -> list[EntityDraft]:
    """The entities that the words mean; all but accounts where there are none."""
    if words is None or words.strip().lower() in {
        "records",
        "rows",
        "everything",
        "all records",
        "all entities",
        "items",
    }:
        return [entity for entity in draft.entities.values() if not entity.account] or list(draft.entities.values())
    nouns, _ = noun_list(words.strip(), 0)
    found = [draft.resolve(noun.words) for noun in nouns]
    return [entity for entity in found if entity is not None] if all(found) else []


def _soft(text: str, draft: Draft) -> Reading | None:
    match = _SOFT.fullmatch(text)
    if match is None or not (
        text.lower().startswith(("soft", "use", "with"))
        or re.search(r"kept|retain|preserv|hid|keep|recover|archiv|stay|remain|soft|never", text, re.I)
    ):
        return None
    words = next((group for group in match.groups() if group), None)
    found = _entities(words, draft)
    for entity in found:
        entity.soft_delete = True
    return _about(found, "deleted {} are kept and hidden")


def _versioned(text: str, draft: Draft) -> Reading | None:
    match = _VERSIONED.fullmatch(text)
    found = _entities(match["one"] or match["two"], draft) if match else []
    for entity in found:
        entity.versioned = True
    return _about(found, "writes of {} need the version that they change")


def _about(found: list[EntityDraft], became: str) -> Reading | None:
    if not found:
        return None
    names = enumerate_words([human(entity.plural) for entity in found])
    return Reading(0, became.format(names), tuple(entity.name for entity in found))


def _same(text: str, draft: Draft) -> Reading | None:
    match = _SAME.fullmatch(text)
    noun = whole_noun(match["entity"]) if match else None
    entity = draft.resolve(noun.words) if noun else None
    if match is None or entity is None:
        return None
    words = [part for part in re.split(r"\s*,\s*|\s+and\s+", match["field"].strip()) if part]
    words += [match["within"]] if match["within"] else []
    names = [entity.find(re.sub(r"^(?:the|same)\s+", "", part, flags=re.I)) for part in words]
    if not names or None in names:
        return None
    found = tuple(str(name) for name in names)
    if len(found) == 1:
        entity.fields[found[0]].unique = True
        entity.fields[found[0]].soft |= {"unique"} if draft.soft else frozenset()
        return Reading(0, f"{entity.name}.{found[0]} is unique", (entity.name,))
    entity.unique_together.append(found)
    return Reading(0, f"{enumerate_words(found)} of {entity.name} are unique together", (entity.name,))


def _per(text: str, draft: Draft) -> Reading | None:
    match = _PER.fullmatch(text)
    if match is None:
        return None
    for entity in _by_topic(draft):
        field, other = entity.find(_bare(match["field"])), entity.find(_bare(match["other"]))
        if field is not None and other is not None and field != other:
            entity.unique_together.append((field, other))
            return Reading(0, f"{field} and {other} of {entity.name} are unique together", (entity.name,))
    return None


def _by_topic(draft: Draft) -> list[EntityDraft]:
    entities = list(draft.entities.values())
    return sorted(entities, key=lambda entity: entity.name != draft.topic)


def _bare(words: str) -> str:
    noun = whole_noun(words)
    return noun.words if noun else words


def _fields(words: str, of: str | None, draft: Draft) -> list[tuple[EntityDraft, FieldDraft]]:
    """The fields that the words mean: of the named entity, else of every entity that has one."""
    possessive = re.fullmatch(rf"(?P<entity>{_NOUN})['’]s?\s+(?P<field>{_NOUN})", words)
    if possessive is not None:
        of, words = possessive["entity"], possessive["field"]
    name = _bare(words)
    if of is not None:
        noun = whole_noun(of)
        entity = draft.resolve(noun.words) if noun else None
        named = [entity] if entity else []
    else:
        named = list(draft.entities.values())
        scope = draft.entities.get(str(draft.scope))
        if scope is not None and scope.find(name) is not None:
            named = [scope]
    found = [(entity, entity.fields[key]) for entity in named if (key := entity.find(name))]
    if of is None and len(named) > 1:
        found = _meant(name, found, draft)
    if found or of is not None:
        return found
    parts = name.split()
    for cut in range(1, len(parts)):
        entity = draft.resolve(" ".join(parts[:cut]))
        key = entity.find(" ".join(parts[cut:])) if entity else None
        if entity is not None and key is not None:
            return [(entity, entity.fields[key])]
    return []


_NAMING = ("name", "title", "label")


def _meant(
    name: str, found: list[tuple[EntityDraft, FieldDraft]], draft: Draft
) -> list[tuple[EntityDraft, FieldDraft]]:
    """Those of the fields `name` that are meant; where records are called so, too, their own names may be: a question.

    Titles that are kept have a name, and reviews have a title: which must be unique?
    """
    entity = draft.resolve(name)
    if entity is None or not found or any(other.name in (entity.name, draft.topic) for other, _ in found):
        return found
    key = next((key for wanted in _NAMING if (key := entity.find(wanted))), None)
    if key is None:
        return found
    ways = {f"{one.name}.{field.name}": (one, field) for one, field in ((entity, entity.fields[key]), *found)}
    text = f"Which {human(entity.plural)} are meant: {' or '.join(ways)}?"
    why = f"{human(entity.plural)} are kept, and other records have a {human(found[0][1].name)}"
    holds = draft.ask(f"which {entity.plural}", text, tuple(ways), why, tuple(one.name for one, _ in ways.values()))
    return [ways[holds]]


def _limit(text: str, draft: Draft) -> Reading | None:
    match = _LIMITED.fullmatch(text) or _BARE.fullmatch(text)
    if match is None:
        return None
    groups = match.groupdict()
    limit = re.sub(
        r"^(?:an?|the|a\s+length\s+of|of)\s+(?=unique|positive|required|optional|length|between|at)",
        "",
        match["limit"].strip(),
        flags=re.I,
    )
    if re.search(r"not|n't|never", groups.get("be") or "", re.I):
        limit = {"negative": "not negative", "empty": "required", "null": "required", "missing": "required"}.get(
            limit.lower(), ""
        )
    limit = {"not negative": "not negative", "required": "required", "compulsory": "required"}.get(limit.lower(), limit)
    places = _fields(match["field"], groups.get("entity"), draft)
    if not places or not limit:
        return None
    problems = [draft.limit(entity, field, lambda item: apply_limit(item, limit)) for entity, field in places]
    if None in problems:
        return None
    problem = next(filter(None, problems), "")
    if problem:
        return Reading(0, problem, tuple(entity.name for entity, _ in places), understood=False)
    names = enumerate_words([f"{entity.name}.{field.name}" for entity, field in places])
    return Reading(0, f"{names}: {limit}", tuple(entity.name for entity, _ in places))


def _choices(text: str, draft: Draft) -> Reading | None:
    """ "Priority is one of: low, mid, high"."""
    match = _CHOSEN.fullmatch(text)
    choices = choice_list(match["choices"]) if match else ()
    places = _fields(match["field"], match["entity"], draft) if match and len(choices) > 1 else []
    if not places:
        return None
    problems = []
    for entity, field in places:
        new = FieldDraft(name=field.name)
        set_choices(new, choices)
        problems.append(draft.add_field(entity, new))
        field.noun = None
    names = tuple(entity.name for entity, _ in places)
    problem = next(filter(None, problems), "")
    became = problem or f"{places[0][0].name}.{places[0][1].name} is one of {', '.join(choices)}"
    return Reading(0, became, names, not problem)


def _scale(text: str, draft: Draft) -> Reading | None:
    """ "Ratings are from 1 to 5": the one number that an entity has."""
    match = _SCALED.fullmatch(text)
    noun = whole_noun(match["entity"]) if match else None
    entity = draft.resolve(noun.words) if noun else None
    if match is None or entity is None:
        return None
    numbers = [item for item in entity.fields.values() if (item.type or inferred(item.name)) is FieldType.INTEGER]
    name = snake(entity.name)
    field = next((item for item in numbers if item.name in {name, "score", "rating", "value", "points", "grade"}), None)
    if field is None and numbers:
        return None
    if field is None:
        field = entity.fields.setdefault("rating", FieldDraft("rating", FieldType.INTEGER))
    limit = match["limit"]
    problem = draft.limit(entity, field, lambda item: apply_limit(item, limit))
    if problem is None:
        return None
    return Reading(0, problem or f"{entity.name}.{field.name}: {limit}", (entity.name,), not problem)


def _order(text: str, draft: Draft) -> Reading | None:
    match = _ORDER.fullmatch(text)
    if match is None:
        return None
    operator = _OPERATORS[re.sub(r"\s+", " ", match["operator"].lower())]
    if re.search(r"not|n't|never", match["be"] or "", re.I):
        operator = _OPPOSITE.get(operator, operator)
    for entity in _by_topic(draft):
        left, right = entity.find(_bare(match["left"])), entity.find(_bare(match["right"]))
        if left is not None and right is not None and left != right:
            check = (left, operator, right)
            if check not in entity.checks:
                entity.checks.append(check)
                if draft.soft:
                    entity.recommended.add(check)
            return Reading(0, f"{entity.name}: {left} {operator} {right}", (entity.name,))
    return None


def _default(text: str, draft: Draft) -> Reading | None:
    match = _DEFAULT.fullmatch(text)
    places = _fields(match["one"] or match["two"] or match["three"], None, draft) if match else []
    for _, field in places:
        field.raw_default, field.default, field.required = str(match["value"] if match else ""), None, None
    if not places:
        return None
    names = enumerate_words([f"{entity.name}.{field.name}" for entity, field in places])
    return Reading(
        0, f"{names} is {places[0][1].raw_default} where left out", tuple(entity.name for entity, _ in places)
    )


def _never(text: str, draft: Draft) -> Reading | None:
    match = _NEVER.fullmatch(text)
    noun = noun_at(match["entity"], 0) if match else None
    entity = draft.resolve(noun.words) if noun else None
    if match is None or entity is None:
        return None
    kinds: set[OperationKind] = set()
    for verb in re.findall(r"[a-z]+", match["verbs"], re.I):
        if verb.lower() in {"or", "and"}:
            continue
        found = kinds_of(verb, for_limit=True)
        if not found:
            return None
        kinds |= found
    entity.without |= frozenset(kinds)
    return Reading(
        0, f"{human(entity.plural)} offer no {enumerate_words(sorted(kind.value for kind in kinds))}", (entity.name,)
    )
