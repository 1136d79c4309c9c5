"""The shapes of sentences that say how many there may be of each, and what stands where in them."""

import re
from dataclasses import dataclass

from devmatrix.discovery.english.nouns import Noun, kept, whole_noun
from devmatrix.discovery.naming import singular

_NUMBERS = {
    word: number
    for number, words in enumerate(
        """one/single two three four five six seven eight nine ten eleven twelve/dozen thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty""".split(),
        start=1,
    )
    for word in words.split("/")
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100}
_NUMBER = rf"(?:an?\s+)?(?P<number>\d{{1,6}}|{'|'.join(_NUMBERS)})"
_MOST = (
    r"(?P<most>at\s+most|(?:no|not)\s+more\s+than|never\s+more\s+than|up\s+to|(?:an?\s+|the\s+)?max(?:imum|\.)?(?:\s+of)?|"
    r"(?:an?\s+)?limit\s+of|only)"
)
_LATE = r"(?P<late>\s*,?\s+(?:at\s+(?:the\s+)?most|at\s+maximum|max(?:imum)?))?"
_NOUN = r"[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,6}?"
_PER = (
    r"(?:per|(?:for|in|on|of|by|within|to|from|with)\s+(?:each|every|any|one|a\s+single|an?|the\s+same)(?:\s+(?:one|"
    r"single))?)"
)
_TAIL = (
    r"(?P<tail>(?:\s+(?:at\s+(?:a|any|any\s+one|any\s+given|one|the\s+same)\s+time|at\s+once|simultaneously|"
    r"concurrently|in\s+parallel|at\s+any\s+(?:moment|point)|in\s+total|overall|altogether|each))*)"
)
_NOT = r"(?:(?:can|may|must|should|shall|will|do(?:es)?)\s*(?:not|never)|can't|mustn't|never)"
_MODAL = r"(?:(?:can|may|must|should|shall|will|might)\s+(?:(?:always|each|(?P<only>only))\s+)?)?"
_PARTICLE = r"(?:\s+(?:of|in|for|to|on|up\s+for))?"
_VERB = (
    rf"(?:(?:(?:is|are)\s+(?:allowed|permitted|able)\s+to\s+)?(?P<verb>[a-z]+){_PARTICLE}|"
    r"(?:(?:is|are|be)\s+)?(?:limited|restricted)\s+to|(?:is|are)\s+(?:only\s+)?(?:allowed|permitted))"
)
_LEAD = (
    r"(?:there\s+(?:(?:can|may|must|should|will)\s+(?:only\s+)?be|is|are)\s+|(?:the\s+limit\s+is|we\s+allow|allow)\s+)?"
)
_SHAPES = tuple(
    re.compile(shape, re.I)
    for shape in (
        rf"{_LEAD}(?:{_MOST}\s+)?{_NUMBER}\s+(?P<records>{_NOUN})\s+{_PER}\s+(?P<parent>{_NOUN}){_TAIL}{_LATE}"
        r"(?:\s+(?:is|are)\s+(?:allowed|permitted|possible))?",
        rf"{_LEAD}{_MOST}\s+{_NUMBER}\s+(?:of\s+(?:them|these)\s+)?{_PER}\s+(?P<parent>{_NOUN}){_TAIL}",
        rf"{_PER}\s+(?P<parent>{_NOUN}),?\s+{_LEAD}{_MOST}\s+{_NUMBER}\s+(?P<records>{_NOUN}){_TAIL}"
        r"(?:\s+(?:is|are)\s+(?:allowed|permitted|possible))?",
        rf"(?P<parent>{_NOUN})\s+{_NOT}\s+(?P<verb>[a-z]+){_PARTICLE}\s+(?P<most>more\s+than)\s+{_NUMBER}\s+"
        rf"(?P<records>{_NOUN}){_TAIL}",
        rf"no\s+(?P<parent>{_NOUN})\s+(?:can|may|must|should|shall)\s+(?:ever\s+)?(?P<verb>[a-z]+){_PARTICLE}\s+"
        rf"(?P<most>more\s+than)\s+{_NUMBER}\s+(?P<records>{_NOUN}){_TAIL}",
        rf"(?P<parent>{_NOUN})\s+{_MODAL}{_VERB}\s+(?:{_MOST}\s+)?{_NUMBER}\s+(?P<records>{_NOUN}){_TAIL}{_LATE}",
        rf"(?:the\s+)?(?P<most>(?:max(?:imum)?\s+)?number)\s+of\s+(?P<records>{_NOUN})\s+{_PER}\s+(?P<parent>{_NOUN})\s+"
        r"(?:(?:(?:is|must\s+be|may\s+be|can\s+be|should\s+be)\s+)?(?:limited\s+to|at\s+most|no\s+more\s+than|up\s+to|"
        r"not\s+more\s+than)|is|(?:must\s*not|may\s*not|cannot|can't|should\s*not|must\s+never)\s+(?:exceed|be\s+(?:"
        rf"more|greater|higher)\s+than))\s+{_NUMBER}(?P<tail>)",
        rf"(?P<records>{_NOUN})\s+{_PER}\s+(?P<parent>{_NOUN})\s+(?:are|is)\s+(?P<most>limited|restricted)\s+to\s+"
        rf"{_NUMBER}(?P<tail>)",
        rf"(?P<most>max(?:imum|\.)?)\s+(?P<records>{_NOUN})\s+per\s+(?P<parent>{_NOUN})\s*(?:is|:|=)\s*{_NUMBER}(?P<tail>)",
        rf"(?P<most>at\s+most|no\s+more\s+than|up\s+to)\s+{_NUMBER}\s+(?P<records>{_NOUN}){_TAIL}",
    )
)
_LIMITED = re.compile(r"\b(?:limited|restricted)\s+to\b", re.I)
RELATIVE = re.compile(
    r"\s+(?:that|which|who)\s+(?:are|is)\s+(?P<one>.+)|\s+(?:with|in)\s+(?:the\s+)?(?:status|state|stage)\s+(?P<two>.+)",
    re.I,
)
_MEASURES = frozenset(
    """character char letter digit word symbol byte kb mb gb percent euro dollar cent pound minute hour day week month
    year second meter metre km kg gram decimal""".split()
)
_ALONE = frozenset("line place point star request call time value level attempt try".split())
"""Measures, too, where no other word says of what."""
_TIMES = frozenset("second minute hour day night week month year page request call time".split())


@dataclass(frozen=True)
class Said:
    """What a sentence says, in its words."""

    most: int
    records: str
    parent: str
    """Empty: what is spoken of."""
    verb: str
    now: bool
    """Of those that are there at one time."""


def is_quota(text: str) -> bool:
    """Whether the clause says how many there may be of each."""
    return heard(text) is not None


def heard(text: str) -> Said | None:
    """What the clause says, where it says how many there may be of each."""
    plain = " ".join(text.strip().rstrip(".!").split())
    for shape in _SHAPES:
        match = shape.fullmatch(plain)
        groups = match.groupdict() if match else {}
        if match is None or not (any(map(groups.get, ("most", "late", "only"))) or _LIMITED.search(plain)):
            continue
        number = match["number"].lower()
        most = int(number) if number.isdigit() else _NUMBERS[number]
        records = groups.get("records") or ""
        parent, counted = whole_noun(groups.get("parent") or ""), _noun_of(records)
        verb = (groups.get("verb") or "have").lower()
        unclear = ("parent" in groups and parent is None) or (records and counted is None)
        if unclear or most < 1 or not _counts(parent, counted):
            continue
        now = bool(re.search(r"time|once|simul|concurr|parallel|moment|point", match["tail"], re.I))
        return Said(most, records, parent.words if parent else "", verb, now)
    return None


def _noun_of(records: str) -> Noun | None:
    """The noun of what is counted, whatever says which of it: open or in progress tasks."""
    plain = RELATIVE.sub("", records)
    words = plain.split()
    if not words or {"a", "an", "the", "and"} & {word.lower() for word in words}:
        return None
    return whole_noun(plain) or whole_noun(words[-1])


def _counts(parent: Noun | None, counted: Noun | None) -> bool:
    """Whether things are counted for each thing: no characters of a text, no calls per minute."""
    if parent is not None and singular(parent.words.split()[-1].lower()) in _TIMES:
        return False
    if counted is None:
        return True
    words = [singular(word) for word in counted.words.lower().split()]
    measured = {words[0], words[-1]} & _MEASURES or (len(words) == 1 and words[0] in _ALONE)
    return not measured and kept(counted)
