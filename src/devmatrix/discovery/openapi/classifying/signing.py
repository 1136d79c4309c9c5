"""Who signs in: which operations are logins, registrations, logouts, by their words and by what they take."""

from dataclasses import dataclass

from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.classifying.forms import Holds
from devmatrix.discovery.openapi.classifying.tree import Sight, Tree
from devmatrix.discovery.openapi.classifying.words import (
    LOGIN,
    LOGIN_NOUNS,
    LOGIN_PARTS,
    LOGIN_VERBS,
    LOGOUT,
    OLD_PASSWORDS,
    REGISTER,
    SESSIONS,
    is_password,
    is_token,
)
from devmatrix.discovery.shapes import Property


@dataclass(frozen=True)
class Signing:
    """The operations by which callers come and go."""

    logins: tuple[Sight, ...]
    registers: tuple[Sight, ...]
    """Those that say so."""
    logouts: tuple[Sight, ...]

    def __contains__(self, sight: Sight) -> bool:
        return any(sight is one for one in (*self.logins, *self.registers, *self.logouts))


def find_signing(tree: Tree) -> Signing:
    """All of them."""
    logins = tuple(sight for sight in tree.sights if _is_login(sight))
    registers = tuple(sight for sight in tree.sights if sight not in logins and _is_register(sight))
    logouts = tuple(sight for sight in tree.sights if sight not in (*logins, *registers) and _is_logout(sight))
    return Signing(logins, registers, logouts)


def credentials_in(sight: Sight) -> tuple[list[str], list[str]]:
    """(passwords, other plain values) that the body, or else the query, gives."""
    given: list[Property] = [
        item for _, item in sight.shapes.walk(sight.body.whole, 2) if sight.shapes.is_scalar(item.shape)
    ]
    named = [(item.name, sight.shapes.resolve(item.shape).format) for item in given]
    if not named:
        named = [
            (one.name, sight.shapes.resolve(one.shape).format)
            for one in sight.given.endpoint.parameters
            if one.place == "query"
        ]
    passwords = [name for name, form in named if is_password(name, form)]
    return passwords, [name for name, form in named if name not in passwords]


def takes_password(sight: Sight) -> bool:
    """Whether it takes a name and a new or known password, and no old one."""
    passwords, others = credentials_in(sight)
    old = any(
        set(split_words(name)[:1]) & OLD_PASSWORDS for name in (*passwords, *others) if "password" in name.lower()
    )
    return bool(passwords) and bool(others) and not (old and len(passwords) > 1 and not _repeats(passwords))


def _repeats(passwords: list[str]) -> bool:
    return all(set(split_words(name)) & {"confirm", "confirmation", "repeat", "again"} for name in passwords[1:])


def shows_token(sight: Sight) -> bool:
    """Whether the answer has a token in it."""
    return sight.answer.has_token or any(is_token(item.name) for _, item in sight.shapes.walk(sight.answer.whole, 3))


def _says(sight: Sight, words: frozenset[str]) -> bool:
    """Whether the last step of the path says so, or the operation's name does at the end of a path without records."""
    return sight.literal in words and not sight.node.is_parameter


def _says_in_parts(sight: Sight) -> bool:
    """Words such as GenerateToken, user-login."""
    words = set(sight.node.token.words)
    return bool(words & LOGIN_NOUNS) and words <= LOGIN_PARTS


def _is_login(sight: Sight) -> bool:
    if sight.given.method not in ("POST", "GET", "PUT") or sight.node.has_record_above():
        return False
    if not takes_password(sight):
        return False
    named = set(split_words(sight.given.endpoint.document_id))
    verbs = named & LOGIN_VERBS or {"log", "in"} <= named or {"sign", "in"} <= named
    if (_says(sight, LOGIN) or _says_in_parts(sight)) and sight.literal not in REGISTER:
        plain = not sight.node.record and sight.literal not in ("auth", "authentication")
        return plain or sight.literal in SESSIONS or bool(verbs) or shows_token(sight)
    if _says(sight, REGISTER):
        return False
    told = sight.answer.holds in (Holds.TEXT, Holds.NOTICE, Holds.NOTHING) or shows_token(sight)
    return bool(verbs) and (told or sight.answer.holds is Holds.RECORD)


def _is_register(sight: Sight) -> bool:
    if sight.given.method not in ("POST", "PUT") or sight.node.has_record_above() or sight.node.is_parameter:
        return False
    if _says(sight, REGISTER):
        return sight.body.holds is Holds.RECORD or takes_password(sight)
    named = split_words(sight.given.endpoint.document_id)
    said = {"signup", "register"} & set(named) or named[:2] == ("sign", "up")
    return bool(said) and takes_password(sight) and not sight.given.secured


def _is_logout(sight: Sight) -> bool:
    if sight.given.method not in ("POST", "GET", "DELETE", "PUT"):
        return False
    if _says(sight, LOGOUT):
        return not takes_password(sight)
    if sight.given.method != "DELETE" or sight.node.is_parameter or sight.node.has_record_above():
        return False
    above = sight.node.parent.token.name if sight.node.parent else ""
    ends = sight.literal in SESSIONS or (above in SESSIONS and sight.literal in ("current", "me", "mine", "self"))
    return ends and sight.body.holds is Holds.NOTHING
