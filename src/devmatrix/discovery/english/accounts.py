"""Sentences that ask for accounts: "users can sign up and log in"."""

import re

from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import whole_noun

_SIGN = (
    r"(?:sign[- ]?(?:up|in|on)|log[- ]?in|register|log\s+on|authenticate|create\s+an\s+account|sign\s+out|log\s*out)"
)
_PEOPLE = re.compile(
    rf"(?P<who>(?:[a-z][\w-]*\s+){{1,3}}?)(?:(?:can|may|must|should|need\s+to|have\s+to|are\s+able\s+to)"
    rf"\s+)*{_SIGN}(?:(?:\s*,\s*|\s+and\s+|\s+or\s+|\s*/\s*){_SIGN})*(?P<rest>\s+(?:with|by|using)\s+"
    rf"(?:an?\s+|their\s+)?(?:e-?mail|username|password|credentials|jwt)[\w ,-]*)?",
    re.I,
)
_FEATURE = re.compile(
    r"""(?:it\s+(?:needs|has|should\s+have|must\s+have)\s+|there\s+is\s+|include\s+|add\s+|with\s+|use\s+|
    require\s+|we\s+need\s+)?(?:user\s+|full\s+|a\s+)?(?:(?:jwt|token|bearer|token-based|jwt-based|password)\s+)?
    (?:authentication|authorization|auth|logins?|user\s+accounts?|accounts
    |registration(?:\s+and\s+logins?)?|sign[- ]?(?:up|in)s?)
    (?:\s+and\s+(?:authorization|logins?|registration|roles))?(?:\s+(?:with|by|using|via)\s+(?:jwt|tokens?|
    bearer\s+tokens?|json\s+web\s+tokens?|passwords?|e-?mail\s+and\s+password))?
    (?:\s+(?:is|are)\s+(?:required|needed|supported))?""",
    re.I | re.X,
)
_REQUIRED = re.compile(
    r"(?:everything|all\s+(?:endpoints|operations|requests)|the\s+api|access|every\s+endpoint|it)\s+"
    r"(?:requires?|needs?)\s+(?:a\s+|an\s+)?(?:log[- ]?in|authentication|account|token|authenticated"
    r"\s+users?)",
    re.I,
)
_GENERIC = frozenset("user users people everyone anyone visitors persons accounts account person they i we".split())


def read_accounts(text: str, draft: Draft) -> Reading | None:
    """That people sign in, and who they are."""
    stripped = text.strip()
    people = _PEOPLE.fullmatch(stripped)
    if people is not None:
        noun = whole_noun(people["who"])
        if noun is not None and noun.words.lower() not in _GENERIC:
            entity = draft.declare(noun.words)
            entity.account = True
            return Reading(len(text), f"{entity.name} is the account that signs in", (entity.name,))
        draft.wants_accounts = draft.wants_accounts or "the request says that people sign in"
        return Reading(len(text), "accounts with registration and login")
    if _FEATURE.fullmatch(stripped) or _REQUIRED.fullmatch(stripped):
        draft.wants_accounts = draft.wants_accounts or "the request asks for authentication"
        return Reading(len(text), "accounts with registration and login")
    return None
