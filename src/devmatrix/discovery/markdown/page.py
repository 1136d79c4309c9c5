"""Takes a page of Markdown and the draft, gives what is left to read as English and what is to be judged at the end."""

import re
from dataclasses import dataclass, replace

from devmatrix.discovery.archetype import archetype_for
from devmatrix.discovery.document import FieldType, Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.english.language import is_foreign
from devmatrix.discovery.markdown.blocks import Block, blocks_of
from devmatrix.discovery.markdown.code import read_code
from devmatrix.discovery.markdown.desk import Claim, Desk
from devmatrix.discovery.markdown.endpoints import endpoint_in, prepare
from devmatrix.discovery.markdown.inline import Marked, plain, words
from devmatrix.discovery.markdown.listed import Entry, entries, read_entities, read_fields
from devmatrix.discovery.markdown.listed import reads_fields as lists_fields
from devmatrix.discovery.markdown.matrices import read_permissions, read_transitions, reads_permissions
from devmatrix.discovery.markdown.prose import read_prose
from devmatrix.discovery.markdown.sections import Section, bare_heading, introduced, labels, leads, section_of, thing_of
from devmatrix.discovery.markdown.tables import meanings, read_entity_table, read_field_table, reads_fields
from devmatrix.discovery.naming import snake, split_words
from devmatrix.discovery.text import Prose

_ABOUT_ITSELF = frozenset(
    "title author authors date version status tags layout lang language description slug name draft id owner".split()
)
_FOREIGN_HEADS = frozenset("feld pflicht beschreibung spalte champ obligatoire campo obligatorio typ".split())


@dataclass(frozen=True)
class Page:
    """What a page became so far."""

    statements: tuple[Statement, ...]
    prose: tuple[Prose, ...]
    claims: tuple[Claim, ...]
    rights: tuple[tuple[Block, str | None], ...] = ()
    """Tables of who may do what, with words for the entity of their section: read when all that is kept is known."""


def read_rights(text: str, draft: Draft, page: Page) -> tuple[Statement, ...]:
    """Read who may do what from the tables of a page."""
    desk = Desk(text, draft)
    for block, scope in page.rights:
        desk.scope = scope
        desk.turn_to(block.start)
        read_permissions(block, desk)
    return tuple(desk.statements)


def read_page(text: str, draft: Draft, name: str = "") -> Page:
    """Read the structure of a page into the draft; `name` is that of its file."""
    reader = _PageReader(text, draft, name)
    reader.read()
    desk = reader.desk
    return Page(tuple(desk.statements), tuple(desk.prose), tuple(desk.claims), tuple(reader.rights))


@dataclass
class _Open:
    """A section that is open: its depth, what it holds, and the entity that it is about."""

    level: int
    section: Section
    scope: str | None


class _PageReader:
    def __init__(self, text: str, draft: Draft, name: str) -> None:
        self.desk = Desk(text, draft, name)
        self._blocks = blocks_of(text)
        draft.foreign = draft.foreign or is_foreign(text) or _heads_foreign(self._blocks)
        self.rights: list[tuple[Block, str | None]] = []
        self._open: list[_Open] = []
        self._label: str | None = None
        self._lead: Marked | None = None
        self._fields_follow = self._entities_follow = False

    def read(self) -> None:
        """Read all blocks; then settle what needs the whole page."""
        at = 0
        while at < len(self._blocks):
            block = self._blocks[at]
            stop = at + 1
            while block.kind == "item" and stop < len(self._blocks) and self._blocks[stop].kind == "item":
                stop += 1
            self.desk.scope = self._scope()
            if self._section() is Section.OUTSIDE and block.kind != "heading":
                self.desk.state(block.start, block.end, True, "left out, as the page says")
                stop = at + 1
            elif block.kind == "item":
                self._list(self._blocks[at:stop])
            else:
                self._one(block, at)
            at = stop
        self._prepare()
        _settle_references(self.desk.draft)

    def _scope(self) -> str | None:
        return self._label or next((item.scope for item in reversed(self._open) if item.scope), None)

    def _section(self) -> Section:
        return next((item.section for item in reversed(self._open) if item.section is not Section.TEXT), Section.TEXT)

    def _one(self, block: Block, at: int) -> None:
        match block.kind:
            case "heading":
                self._heading(block, at)
            case "paragraph" | "quote":
                self._paragraph(block, at)
            case "table":
                self._table(block)
                self._forget()
            case "code":
                read_code(block, self.desk)
                self._forget()
            case "comment":
                self.desk.state(block.start, block.end, True, "a comment: nothing is built from it")
            case "front":
                self._front(block)
            case "rule":
                pass
            case _:
                self._other(block)

    def _forget(self) -> None:
        """A label holds for what stands right below it."""
        self._label = self._lead = None
        self._fields_follow = self._entities_follow = False

    def _heading(self, block: Block, at: int) -> None:
        self._forget()
        text = words(self.desk.text[block.inner : block.stop])
        while self._open and self._open[-1].level >= block.level:
            self._open.pop()
        section = section_of(text)
        scope = self._entity_of(text, block, at, section)
        if scope is not None and self.desk.draft.resolve(scope) is not None:
            section = Section.ENTITY
        self._open.append(_Open(block.level, section, scope))
        if endpoint_in(text) is not None:
            self.desk.claim("endpoint", block.start, block.end, text)
            return
        known = self.desk.draft.resolve(scope) if scope else None
        became = f"what follows is about {known.name}" if known else "a heading"
        if not self._titled(text, block, section):
            self.desk.state(block.start, block.end, True, became, *([known.name] if known else []))
        else:
            self.desk.state(block.start, block.end, True, "the title")

    def _titled(self, text: str, block: Block, section: Section) -> bool:
        """Whether a heading is the title of the page: the first of the first level."""
        if block.level > 1 or self.desk.draft.title or section is not Section.TEXT or not split_words(text):
            return False
        title = re.sub(
            r"\s*(?:[-–—:|]\s*)?(?:(?:product\s+)?requirements?(?:\s+document)?|prd|(?:api\s+)?spec(?:ification)?|"
            r"technical\s+design|readme)\s*$",
            "",
            bare_heading(text),
            flags=re.I,
        )
        title = re.sub(
            r"^(?:prd|spec(?:ification)?|product\s+requirements\s+document|rfc)\s*[-–—:]\s*", "", title, flags=re.I
        )
        self.desk.draft.title = (title or text).strip()[:80]
        return True

    def _entity_of(self, text: str, block: Block, at: int, section: Section) -> str | None:
        """The entity that a heading opens: one that is known, or one whose fields stand below."""
        endpoint = endpoint_in(text)
        if endpoint is not None:
            named = [part for part in endpoint.segments if part != "{}"]
            return named[-1].replace("-", " ") if named else None
        thing = thing_of(text) if section is Section.TEXT else None
        if thing is None:
            return None
        if self.desk.draft.resolve(thing) is not None:
            return thing
        inside = any(item.section is Section.ENTITIES for item in self._open)
        if inside or self._fields_below(block, at):
            self.desk.draft.declare(thing)
            return thing
        familiar = archetype_for(thing, whole=True) is not None and block.level > 1
        return thing if familiar else None

    def _fields_below(self, heading: Block, at: int) -> bool:
        """Whether fields are listed below a heading, before the next one of its level."""
        following = self._blocks[at + 1 :]
        for index, block in enumerate(following[:12]):
            if block.kind == "heading":
                inner = words(self.desk.text[block.inner : block.stop])
                if block.level <= heading.level or section_of(inner) is not Section.FIELDS:
                    return False
                return index + 1 < len(following) and following[index + 1].kind in {"table", "item", "code"}
            if block.kind == "table":
                columns = meanings(block.rows[0])
                return reads_fields(columns, scoped=True) and "entity" not in columns
            if block.kind == "code" and block.info in {"json", "jsonc"}:
                return True
            if block.kind == "item":
                run = [block]
                for other in following[index + 1 :]:
                    if other.kind != "item":
                        break
                    run.append(other)
                return lists_fields(entries(run, self.desk.text), announced=heading.level > 1)
        return False

    def _paragraph(self, block: Block, at: int) -> None:
        text = words(self.desk.text[block.inner : block.stop])
        following = self._blocks[at + 1].kind if at + 1 < len(self._blocks) else ""
        self._forget()
        self.desk.scope = self._scope()
        if following in {"item", "table", "code"}:
            before, last = _split(block, self.desk.text)
            if before is not None:
                read_prose(before, self.desk)
            if self._introduces(last, words(self.desk.text[last.inner : last.stop]), at):
                return
            block = last
        if self._section() is Section.QUESTIONS:
            self._question(block, text)
        else:
            read_prose(block, self.desk)

    def _introduces(self, block: Block, text: str, at: int) -> bool:
        """Whether a paragraph says what the list, table or code below it holds."""
        endpoint = endpoint_in(text) if "\n" not in text else None
        thing = introduced(text) if endpoint is None else None
        if thing is not None and (self._holds_fields(at + 1) or (thing and self.desk.draft.resolve(thing))):
            self._label, self._fields_follow = thing or self._scope(), True
            known = self.desk.draft.resolve(thing) if thing else None
            if thing and known is None:
                known = self.desk.draft.declare(thing)
            names = [known.name] if known else []
            self.desk.state(block.start, block.end, True, f"{thing or 'the entity'}, of which follows more", *names)
            return True
        if section_of(text.rstrip(":")) is Section.ENTITIES or re.search(
            r"\bfollowing\s+(?:entities|resources|tables|models|objects)\b", text, re.I
        ):
            self._entities_follow = True
            self.desk.state(block.start, block.end, True, "introduces entities")
            return True
        if self._blocks[at + 1].kind == "item" and leads(text):
            self._lead = plain(self.desk.text, block.inner, block.stop)
            self.desk.state(block.start, block.end, True, "goes with each item below it")
            return True
        if labels(text):
            self.desk.state(block.start, block.end, True, "introduces what stands below it")
            return True
        return False

    def _holds_fields(self, at: int) -> bool:
        block = self._blocks[at]
        if block.kind == "table":
            columns = meanings(block.rows[0])
            return reads_fields(columns, scoped=True) or {"from", "to"} <= set(columns)
        if block.kind == "code":
            return True
        run = [block]
        for other in self._blocks[at + 1 :]:
            if other.kind != "item":
                break
            run.append(other)
        return lists_fields(entries(run, self.desk.text), announced=True)

    def _list(self, run: tuple[Block, ...]) -> None:
        desk = self.desk
        items = entries(run, desk.text)
        section = self._section()
        if self._entities_follow or (section is Section.ENTITIES and not self._fields_follow):
            rest = read_entities(items, desk)
        else:
            rest = self._fields_of(items, section)
        lead = self._lead
        for entry in rest:
            if section is Section.QUESTIONS:
                self._question(entry.block, entry.words.text)
                continue
            self._item(entry, lead)
        self._forget()

    def _fields_of(self, items: tuple[Entry, ...], section: Section) -> list[Entry]:
        """Take the items that are fields; gives the others, one after another."""
        desk = self.desk
        announced = self._fields_follow or section in {Section.ENTITY, Section.FIELDS}
        if desk.scope is not None and self._lead is None and lists_fields(items, announced=announced):
            entity = desk.entity()
            if entity is not None:
                return read_fields(items, entity, desk)
        return list(items)

    def _item(self, entry: Entry, lead: Marked | None) -> None:
        """An item that is no field: an entity with its fields below, a lead for the items below, or a sentence."""
        desk, text = self.desk, entry.words.text
        if entry.below:
            thing = introduced(text) or (thing_of(text) if entry.marked else None)
            if thing and lists_fields(entry.below, announced=True):
                entity = desk.draft.resolve(thing) or desk.draft.declare(thing)
                desk.state(entry.block.start, entry.block.end, True, f"{entity.name}, whose fields follow", entity.name)
                for other in read_fields(entry.below, entity, desk):
                    self._item(other, None)
                return
            if leads(text):
                desk.state(entry.block.start, entry.block.end, True, "goes with each item below it")
                lead = entry.words
            elif labels(text) or (text.endswith(":") and len(text.split()) <= 8):
                desk.state(entry.block.start, entry.block.end, True, "introduces what stands below it")
            else:
                self._sentence(entry, lead)
        else:
            self._sentence(entry, lead)
        for other in entry.below:
            self._item(other, lead)

    def _sentence(self, entry: Entry, lead: Marked | None) -> None:
        if entry.block.inner != entry.words.places[0] if entry.words.places else False:
            block = Block("item", entry.block.start, entry.block.end, entry.block.inner, entry.block.stop)
        else:
            block = entry.block
        read_prose(block, self.desk, lead)

    def _question(self, block: Block, text: str) -> None:
        if not split_words(text):
            self.desk.state(block.start, block.end, True, "no words")
            return
        self.desk.draft.leave_open(text[:80], text[:300], "as it is built without an answer", "the page leaves it open")
        self.desk.state(block.start, block.end, True, "a question, listed as open")

    def _table(self, block: Block) -> None:
        desk = self.desk
        columns = meanings(block.rows[0])
        if {"method", "path"} <= set(columns) or "path" in columns:
            self._endpoint_table(block, columns)
        elif {"from", "to"} <= set(columns):
            read_transitions(block, columns, desk)
        elif reads_permissions(block, columns):
            self.rights.append((block, desk.scope))
        elif "fields" in columns and ("entity" in columns or "name" in columns):
            read_entity_table(block, columns, desk)
        elif reads_fields(columns, scoped=desk.scope is not None):
            read_field_table(block, columns, desk)
        elif "entity" in columns or (self._section() is Section.ENTITIES and "name" in columns):
            read_entity_table(block, columns, desk)
        elif "status" in columns:
            self._status_table(block, columns)
        else:
            for row in block.rows:
                shown = ", ".join(words(cell.text) for cell in block.rows[0].cells)
                desk.state(row.start, row.end, False, f"not understood: a table of {shown[:100]}")

    def _endpoint_table(self, block: Block, columns: list[str]) -> None:
        desk = self.desk
        desk.state(block.rows[0].start, block.rows[0].end, True, "the head of a table of endpoints")
        for row in block.rows[1:]:
            cells = {column: words(cell.text) for column, cell in zip(columns, row.cells, strict=False)}
            line = f"{cells.get('method', '').upper()} {cells.get('path', '')}".strip()
            endpoint = endpoint_in(line)
            if endpoint is None:
                desk.state(row.start, row.end, False, "not understood: no method and path stand in this row")
                continue
            beside = [cells.get(column, "") for column in ("event", "description", "status")]
            access = cells.get("role", "")
            prepare(endpoint, desk.draft, access)
            desk.groups += 1
            desk.claim("endpoint", row.start, row.end, " ".join((line, *filter(None, beside))))

    def _status_table(self, block: Block, columns: list[str]) -> None:
        desk = self.desk
        desk.state(block.rows[0].start, block.rows[0].end, True, "the head of a table of answers")
        for row in block.rows[1:]:
            desk.groups += 1
            desk.claim("status", row.start, row.end, " ".join(words(cell.text) for cell in row.cells))

    def _front(self, block: Block) -> None:
        lines = [line.strip() for line in self.desk.text[block.start : block.end].splitlines() if line.strip(" -.")]
        keys = [line.split(":")[0].strip().lower() for line in lines if ":" in line]
        title = next((line.split(":", 1)[1].strip(" \"'") for line in lines if line.lower().startswith("title:")), "")
        self.desk.draft.title = self.desk.draft.title or title or None
        known = set(keys) <= _ABOUT_ITSELF
        reason = (
            "about the page itself" if known else "not understood: front matter that says more than what the page is"
        )
        self.desk.state(block.start, block.end, known, reason)

    def _other(self, block: Block) -> None:
        text = self.desk.text[block.start : block.end]
        links = all(re.match(r"\s*\[[^\]]+\]:\s*\S+", line) for line in text.splitlines() if line.strip())
        empty = not any(character.isalnum() for character in text)
        understood = links or empty
        reason = "where links lead" if links else "nothing" if empty else "not understood: markup that was not read"
        self.desk.state(block.start, block.end, understood, reason)

    def _prepare(self) -> None:
        """Endpoints that stand outside of tables say what is kept, too."""
        for claim in self.desk.claims:
            endpoint = endpoint_in(claim.text) if claim.kind == "endpoint" else None
            if endpoint is not None:
                prepare(endpoint, self.desk.draft)


def _split(block: Block, text: str) -> tuple[Block | None, Block]:
    """What stands before the last sentence of a paragraph that ends in a colon; and that sentence."""
    marked = plain(text, block.inner, block.stop)
    ends = list(re.finditer(r"[.!?]\s+(?=[A-Z])", marked.text)) if marked.text.endswith(":") else []
    if not ends:
        return None, block
    cut = marked.places[ends[-1].end()]
    return replace(block, end=cut, stop=cut), replace(block, start=cut, inner=cut)


def _heads_foreign(blocks: tuple[Block, ...]) -> bool:
    """Whether a table has a head in another language."""
    heads = {cell.text.strip(" *?").lower() for block in blocks for row in block.rows[:1] for cell in row.cells}
    return bool(heads & _FOREIGN_HEADS)


def _settle_references(draft: Draft) -> None:
    """A field such as `author_id uuid` refers to the author, where authors are kept."""
    for entity in draft.entities.values():
        for item in entity.fields.values():
            if item.target is not None or not item.name.endswith("_id") or item.name == f"{snake(entity.name)}_id":
                continue
            if item.type not in (None, FieldType.UUID, FieldType.INTEGER, FieldType.STRING):
                continue
            target = draft.resolve_role(item.name.removesuffix("_id").replace("_", " "))
            if target is not None:
                item.type, item.target = FieldType.REFERENCE, target.name
                item.minimum = item.maximum = item.max_length = item.min_length = None
