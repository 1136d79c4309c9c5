"""Cuts prose of any language into numbered sentences that know where they stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devmatrix.discovery.document import Span
from devmatrix.discovery.passages import Passage

# Ends of sentences in scripts of the world; a full stop only before a space, so that 1.5 and e.g.x stay whole.
_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；।؟؛])\s*|\n+")


@dataclass(frozen=True)
class Sentence:
    """One sentence, numbered from 1."""

    number: int
    text: str
    span: Span


def sentences_of(passages: Sequence[Passage]) -> tuple[Sentence, ...]:
    """All sentences of the passages, in order."""
    found = (passage.span(start, end) for passage in passages for start, end in _cuts(passage.text))
    return tuple(Sentence(number, span.text, span) for number, span in enumerate(found, start=1))


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            yield start, end
        start = match.end() if match else end
