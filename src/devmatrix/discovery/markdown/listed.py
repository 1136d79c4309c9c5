"""Lists of fields and of entities: `- **title** (string, required): the title`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devmatrix.discovery.drafts import Draft, EntityDraft
from devmatrix.discovery.english.nouns import STOP
from devmatrix.discovery.markdown.blocks import Block
from devmatrix.discovery.markdown.described import describe, named
from devmatrix.discovery.markdown.desk import Desk
from devmatrix.discovery.markdown.inline import Marked, plain
from devmatrix.discovery.markdown.sections import thing_of
from devmatrix.discovery.markdown.tables import add
from devmatrix.discovery.naming import is_plural
from devmatrix.discovery.notation import read_block_item, read_line
from devmatrix.discovery.notation.fields import read_field
from devmatrix.discovery.notation.marks import read_mark
from devmatrix.discovery.notation.tokens import NotationError
from devmatrix.discovery.text import Piece

_ITEM = re.compile(
    r"(?P<name>[^\W\d][\w .'/-]{0,60}?)(?P<flag>\s?\*|\?|!)?(?P<many>\[\])?\s*(?P<sep>$|\(|:|\s[-–—]\s|[–—]|,\s|=|"
    r"->)(?P<rest>.*)$",
    re.S,
)
_SIGNS = re.compile(r"->|[?<>=|]|/\S+/|\bunique\b|\(\d|\bowner\b|\bby\b")
_MARKED = re.compile(r"(?:\*\*|__|`)\S")
_VERBS = frozenset("is are must may can should shall has have cannot will only not be if when".split())


@dataclass(frozen=True)
class Entry:
    """One item of a list with its words, and the items below it."""

    block: Block
    words: Marked
    marked: bool
    """Begins in bold or as code: a name."""
    below: tuple["Entry", ...] = ()


def entries(blocks: Sequence[Block], text: str) -> tuple[Entry, ...]:
    """The items of one list as a tree."""
    result: list[Entry] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        stop = at + 1
        while stop < len(blocks) and blocks[stop].level > block.level:
            stop += 1
        marked = _MARKED.match(text, block.inner) is not None
        result.append(Entry(block, plain(text, block.inner, block.stop), marked, entries(blocks[at + 1 : stop], text)))
        at = stop
    return tuple(result)


def is_field(entry: Entry) -> bool:
    """Whether an item reads as a field: notation, or a name with what is said of it."""
    text = entry.words.text.rstrip(".,; ")
    if not entry.marked and is_notation(text):
        return True
    match = _ITEM.match(text)
    if match is None or named(match["name"], Draft()) is None:
        return False
    spoken = {word.lower() for word in match["name"].split()}
    if spoken & (STOP - {"start", "end", "up", "to", "from", "on", "at", "of", "in", "by", "per"}):
        return False
    if not entry.marked and spoken & {"to", "from", "on", "at", "in", "by"} and len(spoken) > 3:
        return False
    rest = {word.lower() for word in re.findall(r"[a-z]+", match["rest"], re.I)}
    return entry.marked or bool(match["sep"]) or len(spoken) <= 3 or not rest


def is_notation(text: str) -> bool:
    """Whether a text is a field or mark of the notation, and not just a name."""
    if not _SIGNS.search(text) and len(text.split()) != 2:
        return False
    try:
        if read_mark(text, EntityDraft("Scratch", "scratches"), Draft()) is None:
            read_field(text)
    except NotationError:
        return False
    return not set(text.lower().split()) & _VERBS


def reads_fields(items: Sequence[Entry], *, announced: bool) -> bool:
    """Whether a list is one of fields; with `announced`, a heading or a sentence says so, and some may be sentences."""
    if not items:
        return False
    found = [entry for entry in items if is_field(entry)]
    if all(is_plural(entry.words.text.split()[-1].lower()) for entry in items if entry.words.text) and not any(
        entry.marked or re.search(r"[:(,]", entry.words.text) for entry in items
    ):
        return False  # "A library has: books, members" names things
    if announced:
        return len(found) >= max(1, 0.6 * len(items))
    return len(found) == len(items) and any(entry.marked or _SIGNS.search(entry.words.text) for entry in items)


def read_fields(items: Sequence[Entry], entity: EntityDraft, desk: Desk) -> list[Entry]:
    """Take a field from each item; gives those that are none."""
    rest: list[Entry] = []
    for entry in items:
        if not is_field(entry):
            rest.append(entry)
            continue
        _read_field(entry, entity, desk)
        rest += entry.below
    return rest


def _read_field(entry: Entry, entity: EntityDraft, desk: Desk) -> None:
    text = entry.words.text.rstrip(".,; ")
    block = entry.block
    desk.turn_to(block.start)
    if not entry.marked and is_notation(text):
        made = read_block_item(text, 0, entity, desk.draft)
        desk.state(block.start, block.end, made.understood, made.became, entity.name)
        return
    match = _ITEM.match(text)
    name = f"{match['name']}{(match['flag'] or '').strip()}{match['many'] or ''}" if match else text
    item = named(name, desk.draft)
    if match is None or item is None:
        desk.state(block.start, block.end, False, "not understood: a field begins with its name", entity.name)
        return
    lead = "-> " if match["sep"] == "->" else "= " if match["sep"] == "=" else ""
    offset = match.start("rest") - len(lead)
    found = describe(item, lead + match["rest"], desk.draft, first_is_type=True)
    unread = [(entry.words.places[max(0, min(offset + at, len(text) - 1))], phrase) for at, phrase in found]
    problem = add(item, entity, desk)
    if problem:
        desk.state(block.start, block.end, False, problem, entity.name)
    else:
        desk.state_parts(block.start, block.end, f"{entity.name}.{item.name}", (entity.name,), unread)


def read_entities(items: Sequence[Entry], desk: Desk) -> list[Entry]:
    """Take an entity from each item, with its fields from behind the name or from below; gives those that are none."""
    rest: list[Entry] = []
    for entry in items:
        rest += _read_entity(entry, desk)
    return rest


def _read_entity(entry: Entry, desk: Desk) -> list[Entry]:
    text, block = entry.words.text.rstrip(".; "), entry.block
    match = _ITEM.match(text)
    thing = thing_of(match["name"]) if match else None
    if match is None or thing is None or (not entry.marked and not match["name"][:1].isupper() and not entry.below):
        return [entry, *entry.below]
    entity = desk.draft.resolve(thing) or desk.draft.declare(thing)
    desk.draft.topic = entity.name
    listed = match["rest"].strip().rstrip(")").lstrip("-–— ") if match["sep"].strip() else ""
    line = f"{thing}: {listed}"
    made = read_line(Piece(0, len(line), line, 0), desk.draft) if listed and not _is_prose(listed) else None
    if made:
        wrong = [item.became for item in made if not item.understood]
        became = "; ".join(wrong or [item.became for item in made])
        desk.state(block.start, block.end, not wrong, became, entity.name)
    elif listed and re.search(r"\b(?:has|have|must|may|can|only|belongs?|refers?|with|contains)\b", listed, re.I):
        at = entry.words.places[match.start("rest")]
        desk.state(block.start, at, True, f"{entity.name} is kept", entity.name)
        part = entry.words.part(match.start("rest"), len(text))
        return [
            Entry(Block("item", at, block.end, at, block.end, block.level), part, False),
            *_below(entry, entity, desk),
        ]
    else:
        desk.state(block.start, block.end, True, f"{entity.name} is kept", entity.name)
    return _below(entry, entity, desk)


def _below(entry: Entry, entity: EntityDraft, desk: Desk) -> list[Entry]:
    if entry.below and reads_fields(entry.below, announced=True):
        return read_fields(entry.below, entity, desk)
    return list(entry.below)


def _is_prose(listed: str) -> bool:
    first = listed.split(",")[0].strip()
    return bool({word.lower() for word in listed.split()} & _VERBS) or (
        first.lower().startswith(("a ", "an ", "the ", "represents ", "one ", "any "))
        or ("," not in listed and len(first.split()) > 3)
    )
