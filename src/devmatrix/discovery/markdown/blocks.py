"""From a page of Markdown to its blocks: headings, paragraphs, items, tables, code; in order, and all of it."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal["heading", "paragraph", "item", "quote", "table", "code", "comment", "rule", "front", "other"]
_LINE_END = re.compile(r"\r\n?|\n")
_FRONT = re.compile(r"\A---[ \t]*(?:\r\n?|\n)(?:.*?(?:\r\n?|\n))?(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)", re.S)
_PREFIX = re.compile(r"[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|#{1,6}[ \t]+)?")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)*")
_HEADING_END = re.compile(r"(?:[ \t]+#+)?\s*\Z|[ \t]*(?:\r\n?|\n)[ \t]*(?:=+|-+)[ \t]*\s*\Z")
_STRUCTURE = re.compile(
    r"""^[ ]{0,3}(?:```|~~~)|^[ ]{0,3}\|?[ ]*:?-{3,}:?[ ]*\|[ |:-]*$|^[ ]{0,3}\#{1,6}[ ]\S|^[ ]{0,3}>[ ]\S|
    :[ ]*\n(?:[ ]*\n)*[ ]*(?:[-*+]|\d{1,3}[.)])[ ].*\n[ ]*(?:[-*+]|\d{1,3}[.)])[ ]|
    ^[ ]*(?:[-*+]|\d{1,3}[.)])[ ]+(?:\[[ xX]\][ ]+)?(?:\*\*|`|__)\S""",
    re.M | re.X,
)


@dataclass(frozen=True)
class Cell:
    """One cell of a table, at `start` of the source."""

    text: str
    start: int


@dataclass(frozen=True)
class Row:
    """One row of a table at [start, end)."""

    start: int
    end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Block:
    """Characters [start, end) of the source that are one thing; its own words stand at [inner, stop)."""

    kind: Kind
    start: int
    end: int
    inner: int
    stop: int
    level: int = 0
    """Of a heading: 1 to 6. Of an item: how deep its list lies, from 1."""
    info: str = ""
    """Of code: the language."""
    rows: tuple[Row, ...] = ()
    """Of a table: the first is its head."""


def is_markdown(text: str) -> bool:
    """Whether a text that came without a file's name is a page: it has several lines, and one has such structure."""
    return len(text.strip().splitlines()) > 1 and _STRUCTURE.search(text) is not None


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a page; together they hold every visible character."""
    # The package takes a moment to import.
    from markdown_it import MarkdownIt

    front = _FRONT.match(text)
    at = front.end() if front else 0
    starts = [at, *(match.end() + at for match in _LINE_END.finditer(text[at:]))]
    lines = _Lines(text, starts)
    tokens = MarkdownIt("commonmark").enable("table").parse(text[at:])
    found = [*([Block("front", 0, at, 0, at)] if at else []), *_flattened(tokens, lines)]
    return tuple(_gapless(text, found))


class _Lines:
    def __init__(self, text: str, starts: list[int]) -> None:
        self.text = text
        self._starts = starts

    def span(self, map_: list[int]) -> tuple[int, int]:
        return self.start(map_[0]), self.start(map_[1])

    def start(self, line: int) -> int:
        return self._starts[line] if line < len(self._starts) else len(self.text)


def line_of(text: str, at: int) -> int:
    """The number, from 1, of the line that holds the character at `at`."""
    return bisect_right([match.end() for match in _LINE_END.finditer(text, 0, at + 1)], at) + 1


def _flattened(tokens: "list[Token]", lines: _Lines) -> Iterator[Block]:
    depth = quotes = 0
    opened = 0
    first = False
    for token in tokens:
        depth += {"bullet_list_open": 1, "ordered_list_open": 1}.get(token.type, 0)
        depth -= token.type in {"bullet_list_close", "ordered_list_close"}
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.map is None:
            continue
        start, end = lines.span(token.map)
        match token.type:
            case "list_item_open":
                first, opened = True, start
            case "paragraph_open":
                kind: Kind = "item" if first else "quote" if quotes else "paragraph"
                yield _worded(lines.text, kind, opened if first else start, end, depth)
                first = False
            case "heading_open":
                yield _heading(lines.text, start, end, int(token.tag[1:]))
                first = False
            case "table_open":
                yield Block("table", start, end, start, end, depth, rows=tuple(_rows(lines, token.map)))
            case "fence":
                inner = lines.start(token.map[0] + 1)
                closed = lines.text[lines.start(token.map[1] - 1) : end].strip(" \t>").startswith(token.markup)
                stop = max(inner, lines.start(token.map[1] - 1) if closed else end)
                info = token.info.strip().split()[0].lower() if token.info.strip() else ""
                yield Block("code", start, end, inner, stop, depth, info=info)
            case "code_block":
                yield Block("code", start, end, start, end, depth)
            case "html_block":
                yield Block("comment", start, end, start, end)
            case "hr":
                yield Block("rule", start, end, start, end)


def _worded(text: str, kind: Kind, start: int, end: int, depth: int) -> Block:
    prefix = _PREFIX.match(text, start, end)
    return Block(kind, start, end, prefix.end() if prefix else start, end, depth)


def _heading(text: str, start: int, end: int, level: int) -> Block:
    prefix = _PREFIX.match(text, start, end)
    inner = prefix.end() if prefix else start
    closing = _HEADING_END.search(text[inner:end])
    return Block("heading", start, end, inner, inner + closing.start() if closing else end, level)


def _rows(lines: _Lines, map_: list[int]) -> Iterator[Row]:
    for line in range(*map_):
        if line == map_[0] + 1:
            continue  # the line of dashes goes with the head
        start, end = lines.start(line), lines.start(line + 1 if line > map_[0] else line + 2)
        stop = lines.start(line + 1)
        yield Row(start, end, tuple(_cells(lines.text, start, stop)))


def _cells(text: str, start: int, end: int) -> Iterator[Cell]:
    prefix = _QUOTE.match(text, start, end)
    at = prefix.end() if prefix else start
    while end > at and text[end - 1].isspace():
        end -= 1
    if text[at : at + 1] == "|":
        at += 1
    if end > at and text[end - 1] == "|" and text[end - 2 : end - 1] != "\\":
        end -= 1
    stops = [match.start() for match in re.finditer(r"(?<!\\)\|", text[at:end])]
    for left, right in pairwise([-1, *stops, end - at]):
        raw = text[at + left + 1 : at + right]
        lead = len(raw) - len(raw.lstrip())
        yield Cell(raw.strip().replace("\\|", "|"), at + left + 1 + lead)


def _gapless(text: str, found: Iterable[Block]) -> Iterator[Block]:
    """The blocks in order and apart, and blocks for what lies between them."""
    at = 0
    for block in sorted(found, key=lambda item: item.start):
        start = max(block.start, at)
        if block.end <= start or not text[start : block.end].strip():
            continue
        if text[at:start].strip():
            yield Block("other", at, start, at, start)
        inner = min(max(block.inner, start), block.end)
        yield replace(block, start=start, inner=inner, stop=min(max(block.stop, inner), block.end))
        at = block.end
    if text[at:].strip():
        yield Block("other", at, len(text), at, len(text))
