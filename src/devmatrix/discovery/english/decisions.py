"""Sentences about who decides on a thing: "managers approve or reject them", "approved by managers"."""

import re

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.drafts import AccessRule, Draft, EntityDraft, Move, StatesDraft, Who
from devmatrix.discovery.english.access import callers
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import whole_noun
from devmatrix.discovery.naming import enumerate_words, human
from devmatrix.discovery.verbs import base_verb

_DECIDES = frozenset(
    """approve reject decline cancel close publish archive confirm accept resolve complete verify activate suspend
    deactivate block finalize withdraw dismiss""".split()
)
_VERBS = r"(?P<verbs>[a-z]+(?:(?:\s*,\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+)[a-z]+)*)"
_ACTIVE = re.compile(
    rf"(?P<who>(?:(?:an?|the)\s+)?[a-z][\w-]*(?:\s[a-z][\w-]*)??)\s+(?:(?:can|may|must|should|then|have\s+to|"
    rf"has\s+to)\s+)*{_VERBS}\s+"
    r"(?P<object>them|it|(?:(?:an?|the|all|any|each)\s+)?[\w -]{3,40})",
    re.I,
)
_PASSIVE = re.compile(
    rf"(?:(?P<object>[\w -]{{2,40}}?)\s+)?(?:(?:can|may|must|should|have\s+to|has\s+to|need\s+to)\s+)?(?:(?:are|"
    rf"is|be)\s+)?(?:then\s+)?{_VERBS}\s+by\s+"
    r"(?:an?\s+|the\s+)?(?P<who>[a-z][\w -]{2,40})",
    re.I,
)


def read_decision(text: str, draft: Draft) -> Reading | None:
    """Transitions that somebody decides on, and who that is."""
    for pattern in (_ACTIVE, _PASSIVE):
        match = pattern.fullmatch(text.strip())
        verbs = [_decision(verb) for verb in re.findall(r"[a-z]+", match["verbs"], re.I)] if match else []
        named = [verb for verb in verbs if verb]
        entity = _entity(match["object"], draft) if match and named else None
        who = _callers(match["who"], draft) if match and entity else None
        if match is None or entity is None or who is None or len(named) < len([verb for verb in verbs if verb != ""]):
            continue
        moves = frozenset(named)
        if not _put(entity, named, draft, match["who"].strip()):
            return None
        transition = frozenset({OperationKind.TRANSITION})
        draft.rules.append(AccessRule(who, transition, moves, entity.name, only=True))
        return Reading(
            len(text),
            f"{_bare(match['who'])} may {enumerate_words(named)} {human(entity.plural)}",
            (entity.name,),
        )
    return None


def _decision(word: str) -> str | None:
    """The verb of a decision; "" for what connects verbs; None for another word."""
    if word.lower() in {"and", "or"}:
        return ""
    base = base_verb(word.lower(), _DECIDES)
    return base if base in _DECIDES else None


def _callers(words: str, draft: Draft) -> Who | None:
    return callers(_bare(words), draft)


def _bare(words: str) -> str:
    return re.sub(r"^(?:and|but|then|while)\s+", "", words.strip().lower())


def _entity(words: str | None, draft: Draft) -> EntityDraft | None:
    if words is None or words.lower() in {"them", "it"}:
        return draft.entities.get(str(draft.topic))
    noun = whole_noun(words)
    return draft.resolve(noun.words) if noun else None


def _put(entity: EntityDraft, verbs: list[str], draft: Draft, who: str) -> bool:
    """Give the entity the transitions, where it has no others; whether it has them now."""
    known = {move.name for move in entity.states.moves} if entity.states else set()
    missing = [verb for verb in verbs if verb not in known]
    if not missing:
        return True
    if entity.states is not None and entity.states.states[0] != "pending":
        return False
    states = ("pending", *(_done(verb) for verb in missing))
    moves = [Move(verb, ("pending",), _done(verb)) for verb in missing]
    if draft.set_states(entity, StatesDraft("status", states, moves)):
        return False
    draft.assume(f"{human(entity.plural).capitalize()} are pending at first", f"the request says that {who} decide")
    return True


def _done(verb: str) -> str:
    if verb.endswith("y"):
        return f"{verb[:-1]}ied"
    if verb == "cancel":
        return "cancelled"
    return f"{verb}n" if verb.endswith("aw") else f"{verb}{'d' if verb.endswith('e') else 'ed'}"
