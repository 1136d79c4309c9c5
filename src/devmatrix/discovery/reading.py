"""Reads passages of English and notation into the draft, in stages; a statement for each part of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devmatrix.discovery.complete import (
    apply_archetypes,
    complete_accounts,
    declare_targets,
    expand_domain,
    inherit_privacy,
    link_nouns,
)
from devmatrix.discovery.document import Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.english import Stage, declare_objects, read_clause
from devmatrix.discovery.notation import Item, read_block_item, read_line
from devmatrix.discovery.passages import Passage
from devmatrix.discovery.text import Piece, pieces

_MAX_CLAUSE = 1_000
_BLOCK_HEAD = re.compile(r"([A-Z][\w-]*(?: [\w-]+){0,2})\s*:?\s*$")


@dataclass
class _Clause:
    """A part of a sentence that is read as one, at [start, end) of a passage."""

    passage: int
    start: int
    end: int
    text: str
    text_start: int


class Reader:
    """Reads passages into one draft, in stages: later ones need to know what earlier ones found."""

    def __init__(self, draft: Draft, passages: Sequence[Passage]) -> None:
        self._draft = draft
        self._passages = passages
        self._clauses: list[_Clause] = []
        self._statements: list[tuple[int, int, Statement]] = []
        """Number of the passage, offset in it, statement."""

    def read(self) -> tuple[Statement, ...]:
        """What became of each part of the passages, in their order."""
        for number in range(len(self._passages)):
            self._read_notation(number)
        for stage in Stage:
            self._read_english(stage)
            self._complete(stage)
        for clause in self._clauses:
            self._state(clause.passage, clause.start, clause.end, False, _why_not(clause.text), ())
        return tuple(statement for *_, statement in sorted(self._statements, key=lambda item: item[:2]))

    def _read_notation(self, number: int) -> None:
        block: str | None = None
        found = pieces(self._passages[number].text)
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
                self._state(number, item.start, item.end, item.understood, item.became, (item.entity,))
            if items is None:
                self._clauses.append(_Clause(number, piece.start, piece.end, piece.text, piece.text_start))

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
            reading = read_clause(clause.text, self._draft, stage) if len(clause.text) <= _MAX_CLAUSE else None
            if reading is None:
                self._clauses.append(clause)
                continue
            consumed = clause.text[: reading.end]
            rest = clause.text[reading.end :]
            said = (reading.understood, reading.became, reading.entities)
            if not any(character.isalnum() for character in rest):
                self._state(clause.passage, clause.start, clause.end, *said)
                continue
            cut = clause.text_start + len(consumed)
            lead = len(rest) - len(re.sub(r"\A[\s,;:–—]*(?:-\s+)?", "", rest))
            self._state(clause.passage, clause.start, cut + len(rest[:lead].rstrip()), *said)
            waiting.append(_Clause(clause.passage, cut + lead, clause.end, rest[lead:], cut + lead))

    def _topic_before(self, clause: _Clause) -> str | None:
        """The entity that was spoken of last before the clause: what `it` means there."""
        here = (clause.passage, clause.start)
        before = [item for item in self._statements if item[2].entities and item[:2] < here]
        return max(before, key=lambda item: item[:2])[2].entities[-1] if before else None

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

    def _state(
        self, number: int, start: int, end: int, understood: bool, became: str, entities: tuple[str, ...]
    ) -> None:
        span = self._passages[number].span(start, end)
        statement = Statement(span=span, understood=understood, became=became, entities=entities)
        self._statements.append((number, start, statement))


def _why_not(text: str) -> str:
    if len(text) > _MAX_CLAUSE:
        return "not understood: too long for one sentence"
    return (
        "not understood: neither notation nor a sentence about what is kept, how it hangs together or who may do what"
    )
