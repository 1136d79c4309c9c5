"""Sentences about what is somebody's own: "users can only see their own notes"."""

import re

from devmatrix.discovery.drafts import AccessRule, Draft, Who
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import noun_list
from devmatrix.discovery.english.resources import VERBS
from devmatrix.discovery.naming import enumerate_words, human, plural_name
from devmatrix.discovery.phrases import EVERYTHING, kinds_of
from devmatrix.discovery.verbs import base_verb

_OWN = re.compile(
    r"""(?P<who>(?:the\s+)?[a-z]+s|an?\s+[a-z]+|everyone|each\s+[a-z]+|people)\s+(?:(?:can|may|must|should|
    is\s+able\s+to)\s+)?(?P<only>only\s+)?
    (?P<verbs>[a-z]+(?:(?:\s*,\s*|\s+and\s+|\s+or\s+|\s*,\s*and\s+)[a-z]+)*)\s+(?:only\s+)?(?:their|his\s+or\s+her|
    his|her|its)\s+(?:own\s+)?(?P<rest>.+)""",
    re.I | re.X,
)


def read_own(text: str, draft: Draft) -> Reading | None:
    """ "Users can only see their own notes": records with an owner."""
    match = _OWN.fullmatch(text.strip())
    if match is None:
        return None
    verbs = [
        base_verb(verb.lower(), VERBS)
        for verb in re.findall(r"[a-z]+", match["verbs"], re.I)
        if verb.lower() not in {"and", "or"}
    ]
    kinds = frozenset().union(*(EVERYTHING if verb == "manage" else kinds_of(verb) for verb in verbs))
    nouns, end = noun_list(match["rest"], 0)
    if not kinds or not all(kinds_of(verb) for verb in verbs) or not nouns or match["rest"][end:].strip():
        return None
    names = []
    for noun in nouns:
        entity = draft.resolve(noun.words) or draft.declare(noun.words)
        entity.owner_field = entity.owner_field or "owner_id"
        draft.rules.append(AccessRule(Who(owner=True), kinds, entity=entity.name, own=True))
        names.append(entity.name)
    plurals = enumerate_words([human(plural_name(name)) for name in names])
    return Reading(len(text), f"only the owner may {enumerate_words(verbs)} {plurals}", tuple(names))
