"""Passages: stretches of text that are read as English or notation, and where they stand in their source."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property

from devmatrix.discovery.document import Span
from devmatrix.discovery.text import span


@dataclass(frozen=True)
class Passage:
    """A text, and its place in a source."""

    text: str
    source: str = ""
    """Name of the file; empty: the document's `request`."""
    start: int = 0
    """Offset of its first character in the source."""
    line: int | None = None
    """Line of its first character, from 1, in a file."""
    markdown: bool = False
    """A page: its structure is read, too."""

    def span(self, start: int, end: int) -> Span:
        """The span of its characters [start, end), without the white space around them."""
        found = span(self.text, start, end)
        line = None if self.line is None else self.line + bisect_right(self._breaks, found.start - 1)
        places = {"start": self.start + found.start, "end": self.start + found.end}
        return found.model_copy(update={**places, "source": self.source, "line": line})

    def at(self, start: int) -> "Passage":
        """The same passage elsewhere in its source."""
        return replace(self, start=start)

    def line_at(self, start: int) -> int:
        """The line of the character at `start`, counted from the first of the source where it is a file."""
        return (self.line or 1) + bisect_right(self._breaks, start - 1)

    @cached_property
    def _breaks(self) -> list[int]:
        return [index for index, character in enumerate(self.text) if character == "\n"]
