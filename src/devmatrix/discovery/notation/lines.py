"""Which lines are notation, and what their items are."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from devmatrix.discovery.archetype import domain_entities, event_for
from devmatrix.discovery.drafts import Draft, EntityDraft
from devmatrix.discovery.naming import entity_name, is_plural, snake, split_words
from devmatrix.discovery.notation.fields import SENTENCE_WORDS, read_field
from devmatrix.discovery.notation.marks import read_chain, read_mark
from devmatrix.discovery.notation.tokens import NotationError
from devmatrix.discovery.phrases import kinds_of
from devmatrix.discovery.text import Piece, masked
from devmatrix.discovery.types import WRITTEN
from devmatrix.discovery.verbs import DEEDS

_HEAD = re.compile(r"([^\W\d][\w-]*(?: [^\W\d][\w-]*){0,2})(?:\.(\w+))?\s*:(?!//)\s*", re.U)
_ABOUT_FIELDS = frozenset("fields attributes properties columns".split())
_ATTEMPT = re.compile(r"\s*([^\W\d]\w*)\s*([?<>=|(]|->|(?<=\s)[^\W\d]\w*)", re.U)
_NEVER_NAMES = frozenset(
    """notes hints warnings examples e.g entities resources fields requirements rules goals features roles following
    requirements remarks models tables todo important info nb""".split()
)
_CHAIN = re.compile(r"[\w |]+(?:-\([^()]*\))?->[^,;]*")
_STATE_WORDS = frozenset("status state states stage phase lifecycle workflow".split())
_WHOLES = frozenset("service management system app application api platform backend site tracker software".split())
_SELDOM_NAMES = frozenset(
    "note hint warning example goal title name summary description overview requirement remark".split()
)
"""Labels of prose, unless two fields or more follow."""


@dataclass(frozen=True)
class Item:
    """One item of a notation line, at [start, end) of the request, and what it became."""

    start: int
    end: int
    understood: bool
    became: str
    entity: str


def read_line(piece: Piece, draft: Draft) -> list[Item] | None:
    """What a line such as `Book: title, isbn unique` became, item by item; None where the piece is no such line."""
    head = _HEAD.match(piece.text)
    if head is None or not _is_name(head[1]):
        return None
    body = piece.text[head.end() :]
    if head[1].lower().split()[-1] in _ABOUT_FIELDS or (
        " " in head[1] and head[1].lower().split()[-1] in _STATE_WORDS and "->" in body
    ):
        return None  # "Book fields: ..." and "Ticket status: open -> closed" are English
    if head[1].lower() in _STATE_WORDS and _CHAIN.fullmatch(body):
        return None  # of what is spoken of, and no entity of that name
    if head[2]:
        return _read_state_line(piece, head, draft)
    if not body.strip() or _lists_things(head[1], body):
        return None
    spans = _items(body)
    trusted = 1 if head[1].lower() not in _SELDOM_NAMES else max(2, len(spans))
    scratch = EntityDraft("Scratch", "scratches")
    if len(spans) < trusted or not all(_looks_like_fields(body[a:b], scratch) for a, b in spans[:trusted]):
        return None
    entity = draft.declare(head[1])
    entity.declared = True
    draft.topic = entity.name
    offset = piece.text_start + head.end()
    items = [read_block_item(body[a:b], offset + a, entity, draft) for a, b in spans]
    starts = [piece.start, *(item.start for item in items[1:]), piece.end]
    # Name, commas and closing punctuation go with the items, so that nothing is left over.
    return _grouped([replace(item, start=a, end=b) for item, (a, b) in zip(items, pairwise(starts), strict=True)])


def reads_as_line(text: str) -> bool:
    """Whether a text is a line of the notation."""
    return _HEAD.match(text) is not None and read_line(Piece(0, len(text), text, 0), Draft()) is not None


def _lists_things(head: str, body: str) -> bool:
    """Whether a line such as "Car rental service: cars and customers" is English: a whole, and what it keeps."""
    parts = [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", body.strip()) if part]
    if len(parts) < 2 or not all(re.fullmatch(r"[^\W\d_][\w-]*(?: [^\W\d_][\w-]*)?", part) for part in parts):
        return False
    if not all(is_plural(part.split()[-1].lower()) for part in parts):
        return False
    words = split_words(head)
    return words[-1] in _WHOLES or bool(domain_entities(" ".join(words)))


def _grouped(items: list[Item]) -> list[Item]:
    """Understood items that follow one another are one."""
    grouped: list[Item] = []
    for item in items:
        last = grouped[-1] if grouped else None
        if last is not None and last.understood and item.understood:
            grouped[-1] = replace(last, end=item.end, became=f"{last.became}; {item.became}")
        else:
            grouped.append(item)
    return grouped


def read_block_item(text: str, start: int, entity: EntityDraft, draft: Draft) -> Item:
    """What one item says of the entity."""
    try:
        became = read_mark(text, entity, draft)
        if became is None:
            field = read_field(text)
            entity.declared = True
            problem = draft.add_field(entity, field)
            became = problem or f"field {entity.name}.{field.name}"
            return Item(start, start + len(text), not problem, became, entity.name)
        return Item(start, start + len(text), not became.startswith("contradicts"), became, entity.name)
    except NotationError as error:
        return Item(start, start + len(text), False, f"not understood as part of {entity.name}: {error}", entity.name)


def _is_name(words: str) -> bool:
    parts = words.lower().split()
    if (set(parts) & (SENTENCE_WORDS | {"on", "at", "by", "of"}) and words not in {"A", "I"}) or parts[
        0
    ] in _NEVER_NAMES:
        return False
    return 1 <= len(entity_name(words)) <= 60


def _looks_like_fields(text: str, scratch: EntityDraft) -> bool:
    if _tells(text):
        return False
    try:
        if read_mark(text, scratch, Draft()) is None:
            read_field(text)
    except NotationError:
        # Notation with a mistake in it: a name that is followed by a type or a sign of the notation.
        start = _ATTEMPT.match(text)
        return start is not None and (start[2][0] in "?<>=|-(" or start[2].lower() in WRITTEN)
    return True


def _tells(text: str) -> bool:
    """Whether words such as "members borrow books" are a sentence."""
    words = text.lower().split()
    if len(words) < 3 or not is_plural(words[0]) or not all(word.isalpha() for word in words):
        return False
    return words[-1] not in WRITTEN and (words[1] in DEEDS or bool(event_for(words[1])))


def _read_state_line(piece: Piece, head: re.Match[str], draft: Draft) -> list[Item] | None:
    body = piece.text[head.end() :]
    if "->" not in body:
        return None
    entity = draft.declare(head[1])
    draft.topic = entity.name
    try:
        became = read_chain(body, snake(head[2]), entity, draft)
        understood = not became.startswith("contradicts")
    except NotationError as error:
        became, understood = f"not understood as states of {entity.name}: {error}", False
    return [Item(piece.start, piece.end, understood, became, entity.name)]


def _items(body: str) -> list[tuple[int, int]]:
    """Spans of the items between top-level commas; `only list, read` and `by lend, return` stay whole."""
    hidden = masked(body)
    spans: list[tuple[int, int]] = []
    at = 0
    for stop in (*(match.start() for match in re.finditer(",", hidden)), len(body)):
        if body[at:stop].strip():
            if spans and _goes_on(body[slice(*spans[-1])], body[at:stop]):
                spans[-1] = (spans[-1][0], stop)
            else:
                spans.append((at, stop))
        at = stop + 1
    return spans or [(0, len(body))]


def _goes_on(before: str, text: str) -> bool:
    lowered = before.lower().split()
    if lowered[:1] == ["only"]:
        return bool(kinds_of(text.strip(), for_limit=True))
    return "->" in before and " by " in before and " " not in text.strip() and "states" in lowered
