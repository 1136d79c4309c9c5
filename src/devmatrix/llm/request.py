"""What is asked of a language model, for whom, and what came back: the frozen types between the parts."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import JsonValue

Effort = Literal["low", "medium", "high"]
"""How hard the model should think: the lever that current models offer instead of a temperature."""


class Tier(StrEnum):
    """How strong a model is asked; cheapest first."""

    CHEAP = "cheap"
    STANDARD = "standard"
    STRONG = "strong"


@dataclass(frozen=True)
class Request:
    """One question, laid out from what all calls of a run share to what only this one says.

    Providers cache prompts by prefix, so `shared` must be the same, byte for byte, for all calls of a run, and
    `context` for all calls about one module: then only `question` is paid in full.
    """

    prompt: str
    """Name and version of the prompt that made it: `body@3f9a1c`."""
    shared: str
    """The system text: who the model is, the rules, the digest of the project."""
    context: str
    """What calls about the same place share; may be empty."""
    question: str
    """What this call alone asks."""
    schema: Mapping[str, JsonValue] | None = field(default=None, hash=False)
    """JSON Schema of the reply; none: plain text."""
    max_output_tokens: int = 4_000
    effort: Effort = "low"

    def key(self, model: str) -> str:
        """SHA-256 over the model, the prompt's version and the content: equal key, equal question, never paid twice."""
        parts = [model, self.prompt, self.shared, self.context, self.question]
        asked: list[JsonValue] = [
            *parts,
            dict(self.schema) if self.schema else None,
            self.max_output_tokens,
            self.effort,
        ]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Purpose:
    """On whose account a call is: what limits count and the report sums up."""

    run_id: str
    workspace_id: str = "default"
    task_id: str = ""
    atom_id: str = ""
    attempt: int = 1


@dataclass(frozen=True)
class Usage:
    """Tokens of one call, as the provider counted them. The three kinds of input do not overlap."""

    input_tokens: int = 0
    """Paid in full."""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.cache_read_tokens + self.cache_write_tokens + self.output_tokens


class Stop(StrEnum):
    """Why a reply ended."""

    END = "end"
    LENGTH = "length"
    """Cut off at `max_output_tokens`."""
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Reply:
    """What a model answered, and what it cost."""

    text: str
    """As it came; JSON where the request has a schema (the caller validates it)."""
    stop: Stop
    model: str
    """Such as anthropic:claude-haiku-5-5."""
    usage: Usage
    cost_usd: float
    """At list price; 0 where `reused`."""
    seconds: float
    key: str
    reused: bool = False
    """Taken from the response record: nothing was sent, nothing was paid."""
