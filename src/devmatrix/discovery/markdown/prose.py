"""Paragraphs, items and quotes: into passages for the readers of English, or into claims about the finished API."""

import re
from collections.abc import Iterator

from devmatrix.discovery.markdown.blocks import Block
from devmatrix.discovery.markdown.desk import ClaimKind, Desk
from devmatrix.discovery.markdown.endpoints import endpoint_in
from devmatrix.discovery.markdown.inline import Marked, plain
from devmatrix.discovery.naming import plural, split_words
from devmatrix.discovery.notation.lines import reads_as_line
from devmatrix.discovery.text import Prose

_ID = re.compile(
    r"(?:\[?(?:[A-Z]{1,5}[- ]?\d{1,4}(?:\.\d{1,3})*|P[0-3])\]?\s*[:.)–-]?|(?:US|AC|FR|NFR|BR|REQ)\s*:)\s+(?=\w)"
)
_KEYWORDS = re.compile(r"\bRFC\s*2119\b|\bBCP\s*14\b")
_LEFT_OPEN = re.compile(
    r"(?:[Tt]he\s+)?(?:[Aa]pi|API|service|server|system|implementation|backend|application|response|body|"
    r"client)s?\s+(?:MAY\b(?!\s+(?:NOT|ONLY)\b)|is\s+OPTIONAL)",
)
_OF_ENDPOINT = re.compile(
    r"(?:query(?:\s+(?:string|param(?:eter)?s?))?|params|parameters|request(?:\s+body)?|body|payload|"
    r"response(?:\s+body)?|returns|headers)\s*:",
    re.I,
)
_BASE = re.compile(r"(?:the\s+)?(?:base|root|api)\s*(?:url|uri|path|prefix)\b", re.I)
_STORY = re.compile(
    r"as\s+(?:an?|the)\s+(?P<role>[^,]{2,60}?)\s*,?\s+I\s+(?:want(?:\s+to\s+be\s+able)?\s+to|can|"
    r"would\s+like\s+to|need\s+to|should\s+be\s+able\s+to|must\s+be\s+able\s+to|may|wish\s+to)\s+"
    r"(?P<deed>.+?)(?P<why>,?\s+(?:so\s+that|so|in\s+order\s+to|because)\s+.+)?$",
    re.I | re.S,
)
_STEP = re.compile(r"(?:^|(?<=[,;.\s]))(?P<word>given|when|then|and|but)\b(?:\s+that\b)?", re.I)
_KINDS: dict[str, ClaimKind] = {"given": "given", "when": "when", "then": "then"}
_GHERKIN = re.compile(r"^(?:given|when|then|and|but|scenario(?:\s+outline)?|feature|background|examples?)\b\s*:?", re.I)
_TITLE = re.compile(r"^(?:scenario(?:\s+outline)?|feature|background)\s*:", re.I)
_STATUS = re.compile(
    r"\b(?:status|code|returns?|respond\w*|response|answer\w*|http|errors?|replies|reply|->)\b|->", re.I
)
_CODE = re.compile(
    r"(?<![\d.,$€£-])\b(?:20[0-6]|30[1-8]|4[0-3]\d|451|50[0-4])\b(?![\d.,]\d|\s*(?:char|word|item|day|book|euro|€|%))"
)
_DASHED = re.compile(r"(?P<thing>[^\W\d][\w ]{1,30}?)\s[—–-]\s(?P<list>[^,]+(?:,[^,]+)+)")
_PREDICATE = re.compile(
    r"(?P<label>[^\W\d][\w ]{1,40}):\s+(?=(?:must|should|shall|may|can|cannot|is|are|has|have)\b)", re.I
)


def read_prose(block: Block, desk: Desk, lead: Marked | None = None) -> None:
    """Take the words of a block; `lead` are words before the list that go before those of each item."""
    for start, end, marked in _parts(block, desk.text):
        _read_part(start, end, marked, desk, lead)


def _read_part(start: int, end: int, marked: Marked, desk: Desk, lead: Marked | None) -> None:
    id_ = _ID.match(marked.text)
    marked = marked.part(id_.end(), len(marked.text)) if id_ else marked
    if not any(character.isalnum() for character in marked.text):
        desk.state(start, end, True, "no words")
        return
    if _KEYWORDS.search(marked.text):
        desk.state(start, end, True, "MUST binds, SHOULD is recommended, MAY is left to who builds it")
        return
    if _LEFT_OPEN.match(marked.text):
        desk.draft.assume(f"Left out: {marked.text[:200]}", "the page says MAY, and leaves it to who builds it")
        desk.state(start, end, True, "left out: MAY leaves it to who builds it")
        return
    if _OF_ENDPOINT.match(marked.text):
        desk.state(
            start, end, False, "not understood: what an endpoint takes and answers is that of the API that is built"
        )
        return
    if _BASE.match(marked.text):
        desk.state(start, end, False, "not understood: paths begin at the root of the service, without a prefix")
        return
    story = _STORY.match(marked.text.rstrip(". "))
    if story is not None:
        text = _told(story)
        desk.prose.append(Prose(text, [start] * len(text), start, end, desk.scope, whole=True))
        return
    if read_steps(start, end, marked.text, desk) or read_claim(start, end, marked.text, desk):
        return
    if lead is not None:
        text = f"{lead.text.rstrip(': ')} {marked.text}"
        places = [start] * (len(text) - len(marked.text)) + list(marked.places)
        marked = Marked(text, places)
    dashed = _DASHED.fullmatch(marked.text.rstrip(". "))
    if dashed is not None and reads_as_line(f"{dashed['thing']}: {dashed['list']}"):
        at = dashed.end("thing")
        behind = marked.part(dashed.start("list"), len(marked.text))
        places = [*marked.places[:at], *([marked.places[at]] * len(" have ")), *behind.places]
        marked = Marked(f"{dashed['thing']} have {behind.text}", places)
    predicate = _PREDICATE.match(marked.text)
    if predicate is not None and predicate["label"].lower().split()[0] not in {
        "note",
        "rule",
        "important",
        "requirement",
    }:
        colon = predicate.end("label")
        marked = Marked(
            marked.text[:colon] + marked.text[colon + 1 :], [*marked.places[:colon], *marked.places[colon + 1 :]]
        )
    desk.prose.append(Prose(marked.text, marked.places, start, end, desk.scope))


def _told(story: re.Match[str]) -> str:
    """ "As a member, I want to borrow books" -> "members can borrow books"."""
    words = split_words(story["role"])
    role = " ".join((*words[:-1], plural(words[-1]))) if words else "users"
    role = re.sub(r"^(?:logged in|signed in|registered|authenticated|new|regular|normal|any)\s+", "", role)
    deed = re.sub(r"\bmy\b", "their", re.sub(r"\bmyself\b", "themselves", story["deed"]), flags=re.I)
    return f"{role} can {deed.strip()}"


def _parts(block: Block, source: str) -> Iterator[tuple[int, int, Marked]]:
    """The block in parts: lines that were wrapped are one, lines of notation and of a scenario stand alone."""
    lines: list[tuple[int, int]] = []
    at = block.inner
    for match in (*re.finditer(r"\r\n?|\n", source[block.inner : block.stop]), None):
        stop = block.inner + match.end() if match else block.stop
        if source[at:stop].strip():
            if lines and _goes_on(source[slice(*lines[-1])], source[at:stop]):
                lines[-1] = (lines[-1][0], stop)
            else:
                lines.append((at, stop))
        at = stop
    for index, (start, end) in enumerate(lines):
        first, last = index == 0, index == len(lines) - 1
        yield block.start if first else start, block.end if last else end, plain(source, start, end)


def _goes_on(before: str, line: str) -> bool:
    if before.endswith(("  \n", "\\\n", "  \r\n")):
        return False
    seen, following = plain(before, 0, len(before)).text, plain(line, 0, len(line)).text
    if not seen or not following:
        return True
    if _GHERKIN.match(following) or endpoint_in(following) or reads_as_line(following):
        return False
    if reads_as_line(seen) and not seen.endswith(","):
        return False
    if seen[-1] in ".!?:;":
        return not following[:1].isupper() or len(seen) > 60
    return seen.endswith(",") or not following[:1].isupper() or len(seen) > 60


def read_steps(start: int, end: int, text: str, desk: Desk) -> bool:
    """Take given, when and then, of one sentence or one line each; whether the text is such."""
    if _TITLE.match(text):
        desk.groups += 1
        desk.state(start, end, True, "the title of a scenario: its steps are judged")
        return True
    if _GHERKIN.match(text) is None:
        return False
    steps = [match for match in _STEP.finditer(text) if match["word"].lower() in {"given", "when", "then"}]
    names = [match["word"].lower() for match in steps]
    open_ = (
        bool(desk.claims) and desk.claims[-1].group == desk.groups and desk.claims[-1].kind in {"given", "when", "then"}
    )
    if not names:
        return _more(start, end, text, desk) if open_ and _STEP.match(text) else False
    whole = "when" in names and "then" in names
    if names[0] == "when" and not whole and not open_ and len(text.split(",")) > 1:
        return False  # "When a loan is late, ..." is a sentence
    if not whole and not re.match(r"(?:given|then)\b", text, re.I) and not (open_ and names == ["when"]):
        return False
    if names[0] == "given" or whole:
        desk.groups += 1
    for index, match in enumerate(steps):
        stop = steps[index + 1].start() if index + 1 < len(steps) else len(text)
        said = text[match.end() : stop].strip(" ,;.\n")
        at = start if index == 0 else start + min(match.start(), max(0, end - start - 1))
        until = end if index == len(steps) - 1 else start + min(steps[index + 1].start(), end - start)
        desk.claim(_KINDS[match["word"].lower()], at, until, said)
    return True


def _more(start: int, end: int, text: str, desk: Desk) -> bool:
    """ "And ..." goes on with the step before it."""
    desk.claim(desk.claims[-1].kind, start, end, re.sub(r"^(?:and|but)\s+", "", text, flags=re.I))
    return True


def read_claim(start: int, end: int, text: str, desk: Desk) -> bool:
    """Take an endpoint, or a sentence about the status of an answer; whether the text is such."""
    if endpoint_in(text) is not None:
        desk.claim("endpoint", start, end, text)
        return True
    if _CODE.search(text) and _STATUS.search(text) and len(text) < 300:
        desk.groups += 1
        desk.claim("status", start, end, text)
        return True
    return False
