"""From text to pieces: sentences, notation lines and their spans; and what is no readable text at all."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from devmatrix.discovery.document import Span
from devmatrix.errors import RequestError

MAX_BYTES = 200_000
"""How long a request may be: what the command line reads, too."""
_SENTENCE_END = re.compile(r";|[.!?]+[\"')\]]*(?=\s|$)")
_NOTATION_END = re.compile(r";|\.(?=\s+[A-Z]|\s*$)")
_NOTATION_HEAD = re.compile(r"\s*(?:[-*•]\s+)?[^\W\d]\w*(?:[ .-][^\W\d]\w*){0,3}\s*:(?!//)")
_NEVER_ENDS = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|vs|approx|incl|resp|no|nr|dr|mr|mrs|ms|cf)\.$", re.I)
_SELDOM_ENDS = re.compile(r"(?:^|[\s(])(?:etc|max|min|st)\.$", re.I)
_BULLET = re.compile(r"\s*(?:[-*•+]\s+(?:\[[ xX]\]\s+)?|\d{1,3}[.)]\s+|>\s+)?")
_OPENS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Piece:
    """Characters [start, end) of the request that are read together."""

    start: int
    end: int
    text: str
    """The characters, without bullet and closing punctuation."""
    text_start: int
    """Where `text` begins in the request."""
    indented: bool = False
    """Begins its line after white space or a bullet: may belong to an entity opened above."""


@dataclass(frozen=True)
class Prose:
    """Words to be read, and where each of their characters stands in a passage; they account for [start, end) there."""

    text: str
    places: Sequence[int]
    start: int
    end: int
    scope: str | None = None
    """Words for the entity whose section it stands in."""
    whole: bool = False
    """Its words are not those of the passage in their order: it is accounted for as one."""


def checked(request: str, name: str = "the request") -> str:
    """The text itself. Raises RequestError where it is no text, empty or too long."""
    if len(request) > MAX_BYTES or len(request.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise RequestError(
            f"{name} is longer than {MAX_BYTES:,} bytes", mend="give the part of it that says what to build"
        )
    for index, character in enumerate(request):
        if _is_binary(character):
            raise RequestError(
                f"{name} is binary, not text: character {index + 1:,} is U+{ord(character):04X}",
                mend="give plain text in UTF-8",
            )
    return request


def _is_binary(character: str) -> bool:
    if character.isprintable() or character in "\t\n\r\f\v ":
        return False
    return character in "�￾￿" or unicodedata.category(character) in {"Cc", "Cs"}


def span(request: str, start: int, end: int) -> Span:
    """The span without the white space around it."""
    text = request[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    return Span(start=start, end=start + len(text), text=text)


def masked(text: str) -> str:
    """The text with quotes, brackets and /patterns/ blotted out, so that separators in there do not count."""
    result = list(text)
    closing = _brackets(text)
    index = 0
    while index < len(text):
        end = _protected_end(text, index, closing)
        if end > index:
            result[index:end] = "\0" * (end - index)
            index = end
        else:
            index += 1
    return "".join(result)


def _brackets(text: str) -> dict[int, int]:
    pairs: dict[int, int] = {}
    stack: list[tuple[int, str]] = []
    for index, character in enumerate(text):
        if character in _OPENS:
            stack.append((index, _OPENS[character]))
        elif stack and character == stack[-1][1]:
            pairs[stack.pop()[0]] = index
    return pairs


def _protected_end(text: str, index: int, closing: dict[int, int]) -> int:
    character = text[index]
    if character in _OPENS and index in closing:
        return closing[index] + 1
    if character == '"':
        return text.find('"', index + 1) + 1 or index
    if character == "/" and (index == 0 or text[index - 1] in " \t,:"):
        return pattern_end(text, index) or index
    return index


def pattern_end(text: str, start: int) -> int:
    """Where the /pattern/ that begins at `start` ends; 0 where none does."""
    if start + 1 < len(text) and text[start + 1].isspace():
        return 0
    escaped = False
    for index in range(start + 1, min(len(text), start + 400)):
        if text[index] == "\n":
            return 0
        if not escaped and text[index] == "/":
            followed = text[index + 1 : index + 2]
            if index > start + 1 and (not followed or followed in " \t\r,;.?"):
                return index + 1
        escaped = text[index] == "\\" and not escaped
    return 0


def pieces(request: str) -> tuple[Piece, ...]:
    """The request cut at line ends, `;` and sentence ends; in order, apart, and covering every visible character."""
    cuts: list[tuple[int, int, bool]] = []
    for start, end in _lines(request):
        line = request[start:end]
        hidden = masked(line)
        at, first = 0, True
        for stop in (*_ends(line, hidden), len(line)):
            if line[at:stop].strip():
                cuts.append((start + at, start + stop, first))
                first = False
            at = stop
    return tuple(_piece(request, *cut) for cut in _joined(request, cuts))


def _lines(request: str) -> list[tuple[int, int]]:
    """Spans of lines; one that ends in a comma goes on in the next."""
    lines: list[tuple[int, int]] = []
    goes_on = False
    at = 0
    for line in request.splitlines(keepends=True):
        if goes_on and line.strip():
            lines[-1] = (lines[-1][0], at + len(line))
        else:
            lines.append((at, at + len(line)))
        goes_on = line.rstrip().endswith(",")
        at += len(line)
    return lines


def _ends(line: str, hidden: str) -> list[int]:
    notation = _NOTATION_HEAD.match(line)
    ends = []
    for match in (_NOTATION_END if notation else _SENTENCE_END).finditer(hidden):
        before, after = line[max(0, match.start() - 8) : match.start() + 1], line[match.end() :].lstrip()
        if match[0] != ";" and (_NEVER_ENDS.search(before) or _is_number(line, match.start())):
            continue
        if match[0] == "." and _SELDOM_ENDS.search(before) and after[:1].islower():
            continue
        ends.append(match.end())
    return ends


def _is_number(line: str, at: int) -> bool:
    """Whether the dot at `at` ends the number of a list item, as in `1. Books`."""
    return line[at] == "." and line[:at].strip().isdigit()


def _joined(request: str, cuts: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """Punctuation alone says nothing: it goes with what stands before it."""
    joined: list[tuple[int, int, bool]] = []
    for start, end, first in cuts:
        if joined and not any(character.isalnum() for character in request[start:end]):
            joined[-1] = (joined[-1][0], end, joined[-1][2])
        else:
            joined.append((start, end, first))
    return joined


def _piece(request: str, start: int, end: int, first: bool) -> Piece:
    whole = span(request, start, end)
    line_start = max(request.rfind("\n", 0, whole.start), request.rfind("\r", 0, whole.start)) + 1
    bullet = _BULLET.match(whole.text)
    skip = bullet.end() if bullet else 0
    text = whole.text[skip:].rstrip()
    text = re.sub(r"[\s;.!]+$", "", text) if not text.endswith("...") else text.rstrip(". ")
    return Piece(
        start=whole.start,
        end=whole.end,
        text=text,
        text_start=whole.start + skip,
        indented=first and (skip > 0 or whole.start > line_start),
    )
