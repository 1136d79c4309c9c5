"""From request text to a DiscoveryDocument, without a model."""

import re
from dataclasses import dataclass

from devmatrix.discovery.clashes import break_cycles, settle_names
from devmatrix.discovery.complete import (
    apply_archetypes,
    complete_accounts,
    declare_targets,
    expand_domain,
    inherit_privacy,
    link_nouns,
)
from devmatrix.discovery.contexts import contexts_of
from devmatrix.discovery.document import Assumption, DiscoveryDocument, Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.english import Stage, declare_objects, read_clause
from devmatrix.discovery.freeze import Freezer
from devmatrix.discovery.naming import enumerate_words, human
from devmatrix.discovery.notation import Item, read_block_item, read_line
from devmatrix.discovery.operations import Endpoints
from devmatrix.discovery.text import Piece, checked, pieces, span
from devmatrix.errors import RequestError

NOTATION = """say it in English ("a REST API to track books, members and loans; a member borrows a book for 14 days"),
or in the notation, one entity a line (all of it: docs/notation.md):
    Book: title, isbn unique, published date?, copies int >= 0, shelf -> Shelf, tags -> Tag[]
    Loan: due date = today + 14, book -> Book, states open -(return)-> returned, delete by admin"""
_MAX_CLAUSE = 1_000
_BLOCK_HEAD = re.compile(r"([A-Z][\w-]*(?: [\w-]+){0,2})\s*:?\s*$")


@dataclass
class _Clause:
    """A part of a sentence that is read as one, at [start, end) of the request."""

    start: int
    end: int
    text: str
    text_start: int


def discover(request: str) -> DiscoveryDocument:
    """The whole document for a request. Raises RequestError where it is no text, or nothing was understood."""
    from devmatrix.discovery.proofs.derive import derive

    document = read(request)
    derived = derive(document)
    # What no scenario could be made up for is built and not proven: that must be seen.
    unproven = tuple(
        Assumption(text=f"Not proven: {omission}", why="no scenario for it could be made up")
        for omission in derived.omissions
    )
    return document.model_copy(
        update={
            "actors": derived.actors,
            "requirements": derived.requirements,
            "assumptions": (*document.assumptions, *unproven),
        }
    )


def read(request: str) -> DiscoveryDocument:
    """The document without actors and requirements. Raises RequestError as `discover` does."""
    text = checked(request)
    if not text.strip():
        raise RequestError("the request is empty", mend=NOTATION)
    return _Reader(text).document()


class _Reader:
    """Reads one request, in stages: later ones need to know what earlier ones found."""

    def __init__(self, request: str) -> None:
        self._request = request
        self._draft = Draft()
        self._clauses: list[_Clause] = []
        self._statements: list[Statement] = []

    def document(self) -> DiscoveryDocument:
        self._read_notation()
        for stage in Stage:
            self._read_english(stage)
            self._complete(stage)
        for clause in self._clauses:
            self._state(clause.start, clause.end, False, _why_not(clause.text), ())
        if not self._draft.entities:
            raise RequestError("nothing was understood that the API should keep", mend=NOTATION)
        return self._frozen()

    def _read_notation(self) -> None:
        block: str | None = None
        found = pieces(self._request)
        for index, piece in enumerate(found):
            items = read_line(piece, self._draft)
            if items is None and block is not None and piece.indented:
                entity = self._draft.entities[block]
                item = read_block_item(piece.text.rstrip(","), piece.start, entity, self._draft)
                items = [Item(piece.start, piece.end, item.understood, item.became, entity.name)]
            elif items is not None:
                block = None
            elif (block := self._opened_block(piece, found[index + 1 : index + 2])) is not None:
                items = [Item(piece.start, piece.end, True, f"entity {block}, whose fields follow", block)]
            for item in items or ():
                self._state(item.start, item.end, item.understood, item.became, (item.entity,))
            if items is None:
                self._clauses.append(_Clause(piece.start, piece.end, piece.text, piece.text_start))

    def _opened_block(self, piece: Piece, following: tuple[Piece, ...]) -> str | None:
        """The entity that a line `Book:` opens when an indented list of fields follows."""
        head = _BLOCK_HEAD.match(piece.text)
        if head is None or not piece.text.rstrip().endswith(":") or not following or not following[0].indented:
            return None
        trial = Draft()
        if not read_block_item(following[0].text.rstrip(","), 0, trial.declare("scratch"), trial).understood:
            return None
        entity = self._draft.declare(head[1])
        entity.declared = True
        return entity.name

    def _read_english(self, stage: Stage) -> None:
        waiting, self._clauses = self._clauses, []
        waiting.reverse()
        while waiting:
            clause = waiting.pop()
            self._draft.topic = self._topic_before(clause.start)
            reading = read_clause(clause.text, self._draft, stage) if len(clause.text) <= _MAX_CLAUSE else None
            if reading is None:
                self._clauses.append(clause)
                continue
            consumed = clause.text[: reading.end]
            rest = clause.text[reading.end :]
            if not any(character.isalnum() for character in rest):
                self._state(clause.start, clause.end, reading.understood, reading.became, reading.entities)
                continue
            cut = clause.text_start + len(consumed)
            lead = len(rest) - len(re.sub(r"\A[\s,;:–—]*(?:-\s+)?", "", rest))
            self._state(
                clause.start, cut + len(rest[:lead].rstrip()), reading.understood, reading.became, reading.entities
            )
            waiting.append(_Clause(cut + lead, clause.end, rest[lead:], cut + lead))

    def _topic_before(self, start: int) -> str | None:
        """The entity that was spoken of last before `start`: what `it` means there."""
        before = [item for item in self._statements if item.entities and item.span.start < start]
        return max(before, key=lambda item: item.span.start).entities[-1] if before else None

    def _complete(self, stage: Stage) -> None:
        match stage:
            case Stage.DECLARE:
                well_known = bool(self._draft.entities) or self._draft.domain is not None
                for clause in self._clauses:
                    if len(clause.text) <= _MAX_CLAUSE:
                        declare_objects(clause.text, self._draft, well_known=well_known)
            case Stage.DESCRIBE:
                expand_domain(self._draft)
                link_nouns(self._draft)
            case Stage.RELATE:
                declare_targets(self._draft)
                complete_accounts(self._draft)
                apply_archetypes(self._draft)
                declare_targets(self._draft)
            case Stage.RULE:
                inherit_privacy(self._draft)
                complete_accounts(self._draft)

    def _state(self, start: int, end: int, understood: bool, became: str, entities: tuple[str, ...]) -> None:
        whole = span(self._request, start, end)
        self._statements.append(Statement(span=whole, understood=understood, became=became, entities=entities))

    def _frozen(self) -> DiscoveryDocument:
        draft = self._draft
        settle_names(draft)
        break_cycles(draft)
        entities = Freezer(draft).entities()
        operations = Endpoints(draft, entities).all()
        if draft.renamed:
            draft.assume(
                f"Properties are in snake_case: {enumerate_words(draft.renamed)}", "one style throughout the API"
            )
        title = draft.title or _title(draft)
        return DiscoveryDocument(
            title=title,
            slug=_slug(title),
            request=self._request,
            contexts=contexts_of(entities),
            entities=entities,
            operations=operations,
            assumptions=tuple(draft.assumptions),
            questions=tuple(draft.questions),
            statements=tuple(sorted(self._statements, key=lambda statement: statement.span.start)),
        )


def _why_not(text: str) -> str:
    if len(text) > _MAX_CLAUSE:
        return "not understood: too long for one sentence"
    return (
        "not understood: neither notation nor a sentence about what is kept, how it hangs together or who may do what"
    )


def _title(draft: Draft) -> str:
    names = [human(entity.plural) for entity in draft.entities.values() if not entity.account]
    names = names or [human(entity.plural) for entity in draft.entities.values()]
    text = enumerate_words(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and more"
    return text[0].upper() + text[1:]


def _slug(title: str) -> str:
    from devmatrix.discovery.naming import split_words

    slug = "-".join(split_words(title))[:60].strip("-")
    return slug if slug[:1].isalpha() else f"api-{slug}".strip("-")
