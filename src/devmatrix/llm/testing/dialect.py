"""The seam between the server and the two APIs it speaks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import JsonValue

from devmatrix.llm.testing.calls import FakeReply, Tokens, Turn
from devmatrix.llm.testing.catalog import FakeModel, Wire
from devmatrix.llm.testing.prompt_cache import Segment
from devmatrix.llm.testing.tokens import canonical, count_tokens

Body = dict[str, JsonValue]


@dataclass(frozen=True)
class Question:
    """A request that passed the checks of its API."""

    model: FakeModel
    system: str
    turns: tuple[Turn, ...]
    segments: tuple[Segment, ...]
    max_tokens: int
    schema: Mapping[str, JsonValue] | None = None
    tools: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    stream: bool = False
    streams_usage: bool = True
    stop_sequences: tuple[str, ...] = ()

    @property
    def input_tokens(self) -> int:
        """Tokens of the whole prompt."""
        return sum(segment.tokens for segment in self.segments)


@dataclass(frozen=True)
class Answer:
    """A reply on its way out: already cut to what the request allows."""

    id: str
    model: str
    reply: FakeReply
    tokens: Tokens
    created: int
    """Seconds since 1970."""
    stop_sequence: str | None = None


class Dialect(Protocol):
    """One API: how it lets in, what it refuses, how it words an answer."""

    wire: Wire

    def admit(self, headers: Mapping[str, str], api_key: str) -> None:
        """Raises Refused for a missing or wrong key or version. Header names are in lower case."""
        ...

    def read(self, body: Body, models: Mapping[str, FakeModel], *, counting: bool = False) -> Question:
        """The question in a body. Raises Refused where the real API refuses. `counting`: tokens only."""
        ...

    def whole(self, question: Question, answer: Answer) -> Body:
        """The answer in one piece."""
        ...

    def events(self, question: Question, answer: Answer) -> Iterator[str]:
        """The answer as server-sent events."""
        ...

    def listing(self, models: tuple[FakeModel, ...]) -> Body:
        """What GET /v1/models says."""
        ...

    def described(self, model: FakeModel) -> Body:
        """What GET /v1/models/{id} says."""
        ...


def tokens_of_reply(reply: FakeReply) -> int:
    """Output tokens of what is visible in a reply; never 0, as in life."""
    text = reply.text + (canonical(dict(reply.tool.arguments)) + reply.tool.name if reply.tool else "")
    return count_tokens(text) + 3


def pieces(text: str, length: int = 60) -> Iterator[str]:
    """A text in the small portions in which it is streamed."""
    for start in range(0, len(text), length):
        yield text[start : start + length]
