"""What the readers of a page share: the source, the draft, and what became of each part so far."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

from devmatrix.discovery.document import Statement
from devmatrix.discovery.drafts import Draft, EntityDraft
from devmatrix.discovery.text import Prose, span

ClaimKind = Literal["endpoint", "given", "when", "then", "status"]


@dataclass(frozen=True)
class Claim:
    """What the page says of the finished API at [start, end): judged when all operations are known."""

    kind: ClaimKind
    start: int
    end: int
    text: str
    group: int
    """Claims of one group belong together: the steps of one scenario."""


@dataclass
class Desk:
    """The page while it is read."""

    text: str
    draft: Draft
    name: str = ""
    """Of the file."""
    statements: list[Statement] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    scope: str | None = None
    """Words for the entity whose section is read."""
    groups: int = 0
    ends: list[int] = field(default_factory=list)
    """Where lines end, once that is asked."""

    def state(self, start: int, end: int, understood: bool, became: str, *entities: str) -> None:
        """Note what became of [start, end)."""
        whole = span(self.text, start, end)
        if whole.text:
            self.statements.append(
                Statement(span=whole, understood=understood, became=became, entities=tuple(dict.fromkeys(entities)))
            )

    def state_parts(
        self, start: int, end: int, became: str, entities: tuple[str, ...], unread: list[tuple[int, str]]
    ) -> None:
        """Note what became of [start, end), of which the phrases at these offsets were not understood."""
        cuts = sorted({min(max(at, start), end): phrase for at, phrase in unread}.items())
        self.state(start, cuts[0][0] if cuts else end, True, became, *entities)
        for index, (at, phrase) in enumerate(cuts):
            stop = cuts[index + 1][0] if index + 1 < len(cuts) else end
            self.state(at, stop, False, f"not understood: `{phrase[:120]}` is no limit that is known", *entities)

    def turn_to(self, start: int) -> None:
        """What is read now stands at `start`."""
        if not self.ends:
            self.ends = [match.end() for match in re.finditer(r"\n", self.text)] or [len(self.text) + 1]
        self.draft.place = f"in line {bisect_right(self.ends, start) + 1}" + (f" of {self.name}" if self.name else "")

    def claim(self, kind: ClaimKind, start: int, end: int, text: str) -> None:
        """Note what is to be judged when all operations are known."""
        whole = span(self.text, start, end)
        if whole.text:
            self.claims.append(Claim(kind, whole.start, whole.end, text, self.groups))

    def entity(self) -> EntityDraft | None:
        """The entity whose section is read, declared where it is not yet."""
        if self.scope is None:
            return None
        return self.draft.resolve(self.scope) or self.draft.declare(self.scope)
