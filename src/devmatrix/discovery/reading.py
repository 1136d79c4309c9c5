"""Reads passages of English and notation into the draft, in stages; a statement for each part of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devmatrix.discovery.complete import (
    apply_archetypes,
    complete_accounts,
    declare_targets,
    expand_domain,
    inherit_privacy,
    link_nouns,
)
from devmatrix.discovery.document import DiscoveryDocument, Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.english import (
    Stage,
    declare_counted,
    declare_objects,
    is_foreign,
    read_clause,
    reason_for,
    relate_counted,
)
from devmatrix.discovery.markdown import Page, judge, read_page, read_rights
from devmatrix.discovery.notation import Item, read_block_item, read_line
from devmatrix.discovery.passages import Passage
from devmatrix.discovery.text import Piece, Prose, pieces

if TYPE_CHECKING:
    from devmatrix.discovery.amending import Keeper

_MAX_CLAUSE = 1_000
_RECOMMENDS = re.compile(r"\b(?:SHOULD|RECOMMENDED)\b")
_BLOCK_HEAD = re.compile(r"([A-Z][\w-]*(?: [\w-]+){0,2})\s*:?\s*$")


@dataclass
class _Clause:
    """A part of a sentence that is read as one, at [start, end) of a passage."""

    passage: int
    start: int
    end: int
    text: str
    places: Sequence[int]
    """Where each character of `text` stands in the passage."""
    scope: str | None = None
    whole: bool = False


_Said = tuple[int, int, Statement]
"""Number of the passage, offset in it, statement."""


class Reader:
    """Reads passages into one draft, in stages: later ones need to know what earlier ones found."""

    def __init__(self, draft: Draft, passages: Sequence[Passage], keeper: "Keeper | None" = None) -> None:
        """`keeper` judges what can be carried into an imported document; nothing else is then added to the draft."""
        self._draft = draft
        self._keeper = keeper
        self._passages = passages
        self._clauses: list[_Clause] = []
        self._statements: list[_Said] = []
        self._pages: list[tuple[int, Page]] = []

    def read(self) -> None:
        """Read the passages into the draft."""
        for number, passage in enumerate(self._passages):
            if passage.markdown:
                self._read_page(number)
            else:
                whole = Prose(passage.text, range(len(passage.text)), 0, len(passage.text))
                self._read_notation(number, whole)
        for stage in Stage:
            self._read_english(stage)
            if stage is Stage.DESCRIBE:
                self._read_rights()
            self._complete(stage)
        for clause in self._clauses:
            self._state(clause.passage, clause.start, clause.end, False, _why_not(clause.text), ())

    def judged(self, document: DiscoveryDocument) -> tuple[Statement, ...]:
        """What became of each part of the passages, in their order, now that all operations are known."""
        for number, page in self._pages:
            verdicts, doubts = judge(page.claims, document, self._passages[number].text)
            for verdict in verdicts:
                claim = verdict.claim
                self._state(number, claim.start, claim.end, verdict.understood, verdict.became, verdict.entities)
            for doubt in doubts:
                self._draft.leave_open(doubt.topic, doubt.text, doubt.default, doubt.why, doubt.depends)
        found = sorted(self._statements, key=lambda item: item[:2])
        return tuple(statement for *_, statement in self._closed(found))

    def _closed(self, found: list[_Said]) -> Iterator[_Said]:
        """Statements of a page with what lies between them: markup goes with the words before it."""
        for index, (number, start, statement) in enumerate(found):
            passage = self._passages[number]
            if not passage.markdown:
                yield number, start, statement
                continue
            first = index == 0 or found[index - 1][0] != number
            last = index == len(found) - 1 or found[index + 1][0] != number
            start, end = 0 if first else start, len(passage.text) if last else found[index + 1][1]
            if passage.text[start:end].strip():
                yield number, start, statement.model_copy(update={"span": passage.span(start, end)})

    def _read_page(self, number: int) -> None:
        page = read_page(self._passages[number].text, self._draft, self._passages[number].source)
        lost = self._keeper.judge(tuple(self._draft.entities)) if self._keeper is not None else ""
        for item in page.statements:
            understood, became = item.understood, item.became
            if lost and item.entities:  # tables and lists are read at once, and judged at once
                understood, became = False, f"not understood: {lost}"
            names = tuple(name for name in item.entities if name in self._draft.entities)
            self._state(number, item.span.start, item.span.end, understood, became, names)
        for prose in page.prose:
            self._read_notation(number, prose)
        self._pages.append((number, page))

    def _read_rights(self) -> None:
        for number, page in self._pages:
            for item in read_rights(self._passages[number].text, self._draft, page):
                self._state(number, item.span.start, item.span.end, item.understood, item.became, item.entities)

    def _read_notation(self, number: int, prose: Prose) -> None:
        block: str | None = None
        found = pieces(prose.text)
        for index, piece in enumerate(found):
            items = None if prose.whole else read_line(piece, self._draft)
            if items is None and block is not None and piece.indented:
                entity = self._draft.entities[block]
                item = read_block_item(piece.text.rstrip(","), piece.start, entity, self._draft)
                items = [Item(piece.start, piece.end, item.understood, item.became, entity.name)]
            elif items is not None:
                block = None
            elif (block := self._opened_block(piece, found[index + 1 : index + 2])) is not None:
                items = [Item(piece.start, piece.end, True, f"entity {block}, whose fields follow", block)]
            for item in items or ():
                span = _place(prose, item.start, item.end)
                self._state(number, *span, item.understood, item.became, (item.entity,))
            if items is None:
                places = prose.places[piece.text_start : piece.text_start + len(piece.text)]
                start, end = _place(prose, piece.start, piece.end)
                self._clauses.append(_Clause(number, start, end, piece.text, places, prose.scope, prose.whole))

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
            self._draft.topic = self._topic_before(clause)
            scope = self._draft.resolve(clause.scope) if clause.scope else None
            self._draft.scope = scope.name if scope else None
            self._draft.place = self._where(clause)
            self._draft.listing = self._listing_before(clause)
            self._draft.soft = self._passages[clause.passage].markdown and _RECOMMENDS.search(clause.text) is not None
            known = len(self._draft.rules)
            reading = read_clause(clause.text, self._draft, stage) if _is_readable(clause.text) else None
            self._draft.rules[known:] = [replace(rule, place=self._draft.place) for rule in self._draft.rules[known:]]
            if reading is None:
                self._clauses.append(clause)
                continue
            consumed = clause.text[: reading.end]
            rest = clause.text[reading.end :]
            said = (reading.understood, reading.became, reading.entities)
            if not any(character.isalnum() for character in rest):
                self._state(clause.passage, clause.start, clause.end, *said)
                continue
            if clause.whole:
                became = f"{reading.became}; not understood: `{rest.strip(' ,;:')}`"
                self._state(clause.passage, clause.start, clause.end, False, became, reading.entities)
                continue
            lead = len(consumed) + len(rest) - len(re.sub(r"\A[\s,;:–—]*(?:-\s+)?", "", rest))
            cut = len(clause.text[:lead].rstrip())
            self._state(clause.passage, clause.start, clause.places[cut - 1] + 1 if cut else clause.start, *said)
            waiting.append(
                replace(clause, start=clause.places[lead], text=clause.text[lead:], places=clause.places[lead:])
            )

    def _listing_before(self, clause: _Clause) -> str | None:
        """The entity whose fields the statement right before lists, where that ends in a semicolon."""
        here = (clause.passage, clause.start)
        before = max((item for item in self._statements if item[:2] < here), key=lambda item: item[:2], default=None)
        if before is None or not before[2].span.text.endswith(";") or not before[2].entities:
            return None
        entity = before[2].entities[0]
        return entity if before[2].became.startswith(f"{entity} has ") else None

    def _where(self, clause: _Clause) -> str:
        """Where the clause stands, in words."""
        passage = self._passages[clause.passage]
        line = passage.line_at(clause.start)
        of = f" of {passage.source}" if passage.source else ""
        return f"in line {line}{of}" if passage.markdown or of else f'in "{" ".join(clause.text.split())[:80]}"'

    def _topic_before(self, clause: _Clause) -> str | None:
        """The entity that was spoken of last before the clause: what `it` means there."""
        here = (clause.passage, clause.start)
        before = [item for item in self._statements if item[2].entities and item[:2] < here]
        return max(before, key=lambda item: item[:2])[2].entities[-1] if before else None

    def _complete(self, stage: Stage) -> None:
        if self._keeper is not None:
            return
        match stage:
            case Stage.DECLARE:
                well_known = bool(self._draft.entities) or self._draft.domain is not None
                for clause in self._clauses:
                    if _is_readable(clause.text):
                        declare_objects(clause.text, self._draft, well_known=well_known)
            case Stage.DESCRIBE:
                expand_domain(self._draft)
                self._each_waiting(declare_counted)
                link_nouns(self._draft)
            case Stage.RELATE:
                declare_targets(self._draft)
                complete_accounts(self._draft)
                apply_archetypes(self._draft)
                declare_targets(self._draft)
                self._each_waiting(relate_counted)
            case Stage.RULE:
                inherit_privacy(self._draft)
                complete_accounts(self._draft)

    def _each_waiting(self, look: Callable[[str, Draft], None]) -> None:
        """Look at each clause that is still to be read."""
        for clause in self._clauses:
            if _is_readable(clause.text):
                self._draft.topic = self._topic_before(clause)
                look(clause.text, self._draft)

    def _state(
        self, number: int, start: int, end: int, understood: bool, became: str, entities: tuple[str, ...]
    ) -> None:
        if self._keeper is not None and understood and (lost := self._keeper.judge(entities)):
            understood, became = False, f"not understood: {lost}"
            entities = tuple(name for name in entities if name in self._draft.entities)
        span = self._passages[number].span(start, end)
        statement = Statement(span=span, understood=understood, became=became, entities=entities)
        self._statements.append((number, start, statement))


def _place(prose: Prose, start: int, end: int) -> tuple[int, int]:
    """Where characters [start, end) of the words stand in the passage; the first and the last with what is around."""
    if prose.whole or (not prose.text[:start].strip() and not isinstance(prose.places, range)):
        first = prose.start
    else:
        first = prose.places[start]
    if prose.whole or end >= len(prose.text):
        return first, prose.end
    return first, prose.places[end - 1] + 1


def _is_readable(text: str) -> bool:
    return len(text) <= _MAX_CLAUSE and not is_foreign(text)


def _why_not(text: str) -> str:
    if len(text) > _MAX_CLAUSE:
        return "not understood: too long for one sentence"
    if is_foreign(text):
        return "not understood: this is not English, and needs a language model"
    known = reason_for(text)
    if known is not None:
        return f"not understood: {known}"
    return (
        "not understood: neither notation nor a sentence about what is kept, how it hangs together or who may do what"
    )
