"""What reaches the fake server, what it is told to answer, and what it remembers of a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue

from devmatrix.llm.testing.catalog import Wire


@dataclass(frozen=True)
class Turn:
    """One message: `role` is user, assistant or tool; blocks of text are joined by blank lines."""

    role: str
    text: str


@dataclass(frozen=True)
class ReceivedCall:
    """One question that passed all checks, the same whichever API it came by."""

    number: int
    """1 for the first request that reached the server."""
    wire: Wire
    model: str
    system: str
    turns: tuple[Turn, ...]
    max_tokens: int
    body: Mapping[str, JsonValue]
    """Exactly as received."""
    schema: Mapping[str, JsonValue] | None = None
    """JSON Schema of the reply, where one is asked for."""
    tools: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    """Name and JSON Schema of the input of each tool."""
    stream: bool = False
    occurrence: int = 1
    """2 when an equal body came before."""

    @property
    def question(self) -> str:
        """Text of the last message."""
        return self.turns[-1].text if self.turns else ""

    @property
    def prompt(self) -> str:
        """All text: system and messages."""
        return "\n\n".join((self.system, *(turn.text for turn in self.turns)))


@dataclass(frozen=True)
class ToolUse:
    """A call of a tool, with what is put in."""

    name: str
    arguments: Mapping[str, JsonValue]


class StopReason(StrEnum):
    """Why a reply ended, in the Messages API's words; chat completions get the equivalent."""

    END = "end_turn"
    LENGTH = "max_tokens"
    TOOL = "tool_use"
    REFUSAL = "refusal"
    SEQUENCE = "stop_sequence"


@dataclass(frozen=True)
class FakeReply:
    """What the model is to answer. Longer than `max_tokens`, it is cut there, as in life."""

    text: str = ""
    tool: ToolUse | None = None
    stop: StopReason = StopReason.END
    thinking_tokens: int = 0
    """Billed as output and counted against `max_tokens`; the thinking itself is not shown."""
    label: str = ""
    """Whatever tells one's own replies apart; kept in the record."""


class Replier(Protocol):
    """Whoever knows the answers. Called in the server's event loop, so it must not block."""

    def reply(self, call: ReceivedCall) -> FakeReply:
        """The answer. Raises NoReply where there is none: the caller gets a status 400 that says so."""
        ...


class NoReply(Exception):
    """Nothing is known to answer with; the message says what was asked."""


@dataclass(frozen=True)
class Tokens:
    """Tokens of one call. The three kinds of input do not overlap."""

    uncached_input: int = 0
    cache_write: int = 0
    cache_read: int = 0
    output: int = 0
    thinking: int = 0
    """Part of `output`."""
    cache_write_1h: int = 0
    """Part of `cache_write`: what was written to stay for an hour."""

    @property
    def input(self) -> int:
        """All that was put in."""
        return self.uncached_input + self.cache_write + self.cache_read


@dataclass(frozen=True)
class CallRecord:
    """What the server remembers of one request, whatever came of it."""

    number: int
    path: str
    at: datetime
    seconds: float
    headers: Mapping[str, str]
    """Without keys."""
    body: Mapping[str, JsonValue]
    """Empty where it was not readable."""
    body_hash: str
    """SHA-256 of the body, keys in order: equal hash, equal request."""
    model: str
    status: int
    error: str = ""
    """What was refused and why; empty when it was answered."""
    reply: FakeReply | None = None
    fault: str = ""
    """The kind of fault that was injected."""
    tokens: Tokens = Tokens()
    billed: bool = False
    """The real provider would have charged for it."""
    completed: bool = False
    """Answered with 200, whole and sound, to a client that was still there."""
    cost_usd: float = 0.0
    """At list price; 0 where not billed."""
