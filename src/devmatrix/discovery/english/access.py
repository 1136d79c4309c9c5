"""Sentences about who may do what: "only admins may delete books"."""

import re

from devmatrix.discovery.archetype import archetype_for
from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.drafts import AccessRule, Draft, EntityDraft, Who
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import noun_list
from devmatrix.discovery.naming import enumerate_words, human, singular, snake
from devmatrix.discovery.phrases import EVERYTHING, kinds_of
from devmatrix.discovery.verbs import base_verb

_MAY = (
    r"(?:can|may|must|should|shall|is\s+allowed\s+to|are\s+allowed\s+to|is\s+able\s+to|are\s+able\s+to|has"
    r"\s+the\s+right\s+to)"
)
_ACTIVE = re.compile(
    rf"(?P<only>only\s+)?(?P<who>[\w' ,-]{{2,90}}?)\s+{_MAY}\s+(?P<only2>only\s+)?(?P<verbs>[a-z]+(?:(?:"
    rf"\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+)[a-z]+)*)(?P<objects>\s+.+)?",
    re.I | re.S,
)
_PASSIVE = re.compile(
    rf"(?P<objects>[\w' ,-]{{2,90}}?)\s+(?:{_MAY}\s+)?(?:only\s+)?(?:be|is|are)\s+(?:only\s+)?"
    rf"(?P<verbs>[a-z]+(?:(?:\s*,\s*|\s+and\s+|\s+or\s+)[a-z]+)*)\s+(?P<only>only\s+)?by\s+"
    rf"(?P<who>[\w' ,-]{{2,90}})",
    re.I | re.S,
)
_NEEDS = re.compile(
    r"(?P<verbs>[a-z]+ing(?:(?:\s*,\s*|\s+and\s+|\s+or\s+)[a-z]+ing)*)\s+(?P<objects>[\w' ,-]{2,90}?)"
    r"\s+(?:requires?|needs?)\s+(?:an?\s+|the\s+)?(?P<who>[\w' ,-]{2,60}?)(?:\s+(?:role|rights|permission"
    r"|account|access))?",
    re.I | re.S,
)
_PUBLIC = frozenset(
    "anyone everyone anybody everybody visitors visitor guests guest public anonymous nobody's world".split()
)
_OWNER = frozenset("owner owners creator creators".split())
_ACCOUNT = frozenset("users user accounts account people customers' login logins".split())
_NOISE = frozenset(
    """the a an of who it them that user users account accounts authenticated signed-in logged-in registered signed
    logged in with role only by its their record""".split()
)
_DONE = frozenset(
    "read view see list create add update edit change delete remove write manage modify replace patch".split()
)
_EVERYTHING = frozenset("everything anything all records data".split())


def read_access(text: str, draft: Draft) -> Reading | None:
    """Who may do what, as rules of the draft."""
    said = re.sub(r"\A(?:and|but|also)\s+", "", text.strip(), flags=re.I)
    for pattern in (_ACTIVE, _PASSIVE, _NEEDS):
        match = pattern.fullmatch(said)
        reading = _read_match(match, text, draft) if match else None
        if reading is not None:
            return reading
    return None


def _read_match(match: re.Match[str], text: str, draft: Draft) -> Reading | None:
    who = _who(match["who"], draft)
    verbs = [verb for verb in re.findall(r"[a-z]+", match["verbs"], re.I) if verb.lower() not in {"and", "or"}]
    limits = bool(match.groupdict().get("only"))
    # "Only admins may delete", and no word of what: everything is meant.
    entities = _objects(match["objects"], draft) if (match["objects"] or "").strip() or not limits else [None]
    if who is None or entities is None or not verbs:
        return None
    everything = match["objects"] is not None and _is_everything(match["objects"])
    rules = [
        _rule(
            verb, entity, who, draft, only=bool(match.groupdict().get("only") or match.re is _NEEDS), whole=everything
        )
        for verb in verbs
        for entity in entities
    ]
    made = [rule for rule in rules if rule is not None]
    if len(made) < len(rules):
        return None
    draft.rules += made
    names = tuple(entity.name for entity in entities if entity is not None)
    what = enumerate_words([human(entity.plural) for entity in entities if entity is not None]) or "everything"
    deeds = enumerate_words([base_verb(verb.lower(), _DONE) for verb in verbs])
    return Reading(len(text), f"{_label(who)} may {deeds} {what}", names)


def _label(who: Who) -> str:
    names = [*who.roles, *(["the owner"] if who.owner else [])]
    return "anyone" if who.public else enumerate_words(names) if names else "every account"


def callers(words: str, draft: Draft) -> Who | None:
    """The callers that the words name; None where they name none."""
    return _who(words, draft)


def _who(words: str, draft: Draft) -> Who | None:
    """The callers that the words name; None where they name none."""
    text = re.sub(r"['’]s?\b", "", words.lower())
    text = re.sub(
        r"\b(?:user|account|person|one)s?\s+(?:who|that)\s+(?:created|made|wrote|owns?|posted)\s+\w+", "owner", text
    )
    parts = [part for part in re.split(r"\s*,\s*|\s+and\s+|\s+or\s+|\s+as\s+well\s+as\s+", text.strip()) if part]
    public = owner = False
    roles: list[str] = []
    if any(re.search(r"\w+ed\s+by\b", part) for part in parts):
        return None  # "created by clerks and approved by managers" says two things
    for part in parts:
        tokens = [token for token in part.split() if token not in _NOISE]
        if not tokens:
            if not set(part.split()) & (_NOISE - {"the", "a", "an", "of", "only", "by"}):
                return None
            continue
        if len(tokens) > 2:
            return None
        if set(tokens) & _PUBLIC:
            public = True
        elif set(tokens) & _OWNER or (tokens == ["author"] and draft.resolve("author") is None):
            owner = True
        else:
            role = _role(tokens, draft)
            if role is None:
                return None
            roles += [role] if role else []
    return Who(public=public, roles=tuple(dict.fromkeys(roles)), owner=owner)


def _role(tokens: list[str], draft: Draft) -> str | None:
    """A role's name; "" for the account entity itself; None where the word is another entity or no name."""
    if tokens[0].startswith("admin"):
        return "admin"
    entity = draft.resolve(" ".join(tokens))
    if entity is not None:
        return "" if entity.account else None
    if not all(token.replace("-", "").isalpha() for token in tokens):
        return None
    return snake(" ".join((*tokens[:-1], singular(tokens[-1])))) or None


def _is_everything(words: str) -> bool:
    return set(words.lower().split()) <= _EVERYTHING | {"the", "in"}


def _objects(words: str | None, draft: Draft) -> list[EntityDraft | None] | None:
    """The entities that the words mean; [None] for all of them; None where a word means none."""
    if words is None or not words.strip():
        return None
    if _is_everything(words):
        return [None]
    text = re.sub(r"^\s*(?:their|his|her|its)\s+own\s+", "", words, flags=re.I)
    nouns, end = noun_list(text.strip(), 0)
    if not nouns or text.strip()[end:].strip():
        if words.strip().lower() in {"it", "them", "one"} and draft.topic:
            return [draft.entities[draft.topic]]
        return None
    found = [draft.resolve(noun.words) for noun in nouns]
    return list(found) if all(found) else None


def _rule(
    verb: str, entity: EntityDraft | None, who: Who, draft: Draft, *, only: bool, whole: bool
) -> AccessRule | None:
    name = entity.name if entity is not None else None
    kinds = EVERYTHING if verb.lower() == "do" else kinds_of(verb)
    moves = {move.name for move in entity.states.moves} if entity is not None and entity.states else set()
    base = base_verb(verb.lower(), moves)
    named = {move for move in moves if move == base or move.split("_")[0] == base}
    if named:
        transition = frozenset({OperationKind.TRANSITION})
        return AccessRule(who, transition, frozenset(named), name, only=only)
    if not kinds:
        return None
    return AccessRule(who, kinds, frozenset(), name, adds=whole and not only, only=only)


def declare_objects(text: str, draft: Draft, *, well_known: bool) -> None:
    """Declare what a rule of access speaks of; only well-known things where other sentences name what is kept."""
    passive = _PASSIVE.fullmatch(text.strip())
    match = _ACTIVE.fullmatch(text.strip()) or (passive if passive and not well_known else None)
    if match is None or not all(
        kinds_of(verb) for verb in re.findall(r"[a-z]+", match["verbs"]) if verb not in {"and", "or"}
    ):
        return
    nouns, end = noun_list((match["objects"] or "").strip(), 0)
    if not (match["objects"] or "").strip()[end:].strip():
        for noun in nouns:
            if not _is_everything(noun.words) and (not well_known or archetype_for(noun.words, whole=True) is not None):
                if well_known and draft.resolve(noun.words) is not None:
                    continue
                draft.declare(noun.words)
