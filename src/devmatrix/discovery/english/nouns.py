"""Noun phrases and lists of them."""

import re
from dataclasses import dataclass

from devmatrix.discovery.archetype import archetype_for, event_for
from devmatrix.discovery.drafts import Draft, EntityDraft
from devmatrix.discovery.naming import is_plural
from devmatrix.discovery.verbs import DEEDS

DETERMINERS = frozenset(
    """a an the each every all any some many several multiple various different my our your their its his her this these
    those one own new""".split()
)
STOP = frozenset(
    """only may can cannot must should shall will would could might is are be been was were has have had do
    does did not no
    if when then that which who whom whose where it they them i we you he she there to for of in on at by with from into
    per as than via using between and or but so because also please again previous everything anything something nothing
    everyone anyone nobody ones either neither both up out off over under after before until since during about against
    without within through least most more less never always without belongs belong contains contain includes include
    consists consist including containing consisting having featuring like such
    need needs want wants""".split()
)
_NOT_KEPT = frozenset(
    """error errors test tests thing things stuff detail details api apis endpoint endpoints system code validation
    authentication authorization authorisation pagination security performance access login logins migrations
    documentation
    docs swagger openapi logging caching crud operation operations instructions instruction prompt prompts rest json
    http backend users' data resource resources entity entities following field fields attribute attributes
    fastapi python
    postgresql postgres sqlite docker quality speed filtering sorting searching search jwt oauth roles role permissions
    permission request requests response responses relationship relationships relation relations pattern patterns rule
    rules case cases feature features""".split()
)
_KEPT_IF_NAMED = frozenset("request requests case cases".split())
_ENDS = frozenset(
    "of in for at on by with from to per within across including using through that which where who".split()
)
WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SEPARATOR = re.compile(r"\s*(?:,\s*(?:(?:and|or)\b|&)?|\band\b|\bor\b|&|\+|/|\bas well as\b|\bplus\b)\s*", re.I)


@dataclass(frozen=True)
class Noun:
    """A noun phrase at [start, end) of a text, without its determiner."""

    words: str
    determiner: str
    start: int
    end: int

    @property
    def plural(self) -> bool:
        """Whether its last word is a plural."""
        return is_plural(self.words.split()[-1].lower())


def noun_at(text: str, at: int, *, longest: int = 4) -> Noun | None:
    """The noun phrase that begins at `at`; None where none does."""
    determiners: list[str] = []
    words: list[re.Match[str]] = []
    while match := WORD.match(text, at):
        lowered = match[0].lower()
        if not words and lowered in DETERMINERS:
            determiners.append(lowered)
        elif lowered in STOP or lowered in DETERMINERS:
            break
        else:
            words.append(match)
        at = match.end()
        space = re.compile(r"[ \t]+").match(text, at)
        if space is None:
            break
        at = space.end()
    if not words or len(words) > longest:
        return None
    phrase = text[words[0].start() : words[-1].end()]
    return Noun(phrase, " ".join(determiners), words[0].start(), words[-1].end())


def whole_noun(text: str) -> Noun | None:
    """The noun phrase that makes up the whole text, if it is one."""
    found = noun_at(text.strip(), 0)
    return found if found is not None and found.end == len(text.strip()) else None


def kept(noun: Noun) -> bool:
    """Whether the phrase may name something that an API keeps."""
    words = noun.words.lower().split()
    if len(words) > 1 and words[-1] in _KEPT_IF_NAMED and words[0] not in _NOT_KEPT:
        return True
    return words[-1] not in _NOT_KEPT and noun.words.lower() not in _NOT_KEPT


def noun_list(text: str, at: int) -> tuple[list[Noun], int]:
    """The noun phrases of a list that begins at `at`, and where the list ends; `books, members and loans`."""
    nouns: list[Noun] = []
    end = at
    while True:
        found = noun_at(text, at)
        if found is None or not kept(found) or not _closed(text, found.end) or _speaks(found):
            return nouns, end
        nouns.append(found)
        end = found.end
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            return nouns, end
        at = separator.end()


def _speaks(noun: Noun) -> bool:
    """Whether the phrase is a sentence of its own: "users log workouts"."""
    words = noun.words.lower().split()
    return len(words) > 2 and is_plural(words[0]) and (words[1] in DEEDS or bool(event_for(words[1]))) and noun.plural


def _closed(text: str, at: int) -> bool:
    """Whether a phrase may end here: at the end, at punctuation, before another item or before a preposition."""
    rest = text[at:].lstrip()
    if not rest or rest[0] in ",;:.!?()&+/-–—":
        return True
    word = WORD.match(rest)
    return word is not None and (word[0].lower() in _ENDS or word[0].lower() in {"and", "or", "as", "plus"})


def is_familiar(words: str, draft: Draft) -> bool:
    """Whether the words are a noun phrase for an entity of the draft, or for a well-known one."""
    noun = whole_noun(words)
    return noun is not None and (
        draft.resolve(noun.words) is not None or archetype_for(noun.words, whole=True) is not None
    )


def familiar(words: str, draft: Draft) -> EntityDraft:
    """The entity of a familiar phrase, declared where it is not yet."""
    noun = whole_noun(words)
    phrase = noun.words if noun else words
    return draft.resolve(phrase) or draft.declare(phrase)
