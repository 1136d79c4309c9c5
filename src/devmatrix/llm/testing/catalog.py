"""The models that the fake server offers, with the limits and the refusals of the real ones."""

from dataclasses import dataclass
from enum import StrEnum


class Wire(StrEnum):
    """Which API a call speaks."""

    MESSAGES = "messages"
    """Anthropic's Messages API."""
    CHAT = "chat"
    """OpenAI-compatible chat completions."""


@dataclass(frozen=True)
class FakeModel:
    """What is known of one model. Limits are in tokens; what it refuses, it refuses with status 400."""

    id: str
    wire: Wire
    name: str
    line: str = ""
    created: str = "2026-01-01T00:00:00Z"
    context_tokens: int = 1_000_000
    max_output_tokens: int = 128_000
    cache_minimum_tokens: int = 1_024
    """Shorter prefixes are not cached, silently."""
    priced: bool = True
    """Has a list price; a model on one's own machine has none and costs nothing."""
    refused_thinking: frozenset[str] = frozenset({"enabled"})
    """Values of `thinking.type`."""
    refuses_sampling: bool = True
    """temperature, top_p, top_k."""
    refuses_prefill: bool = True
    refuses_forced_tools: bool = True
    reasons: bool = False
    """Chat only: wants `max_completion_tokens`, and takes `max_tokens` for an error."""


# Haiku 5.5 is said to take a forced tool choice in places; refusing it here is the safe side: who never sends it,
# never fails.
CLAUDE_HAIKU = FakeModel("claude-haiku-5-5", Wire.MESSAGES, "Claude Haiku 5.5", line="haiku", cache_minimum_tokens=512)
CLAUDE_SONNET = FakeModel(
    "claude-sonnet-5-5",
    Wire.MESSAGES,
    "Claude Sonnet 5.5",
    line="sonnet",
    refused_thinking=frozenset({"enabled", "disabled"}),
)
CLAUDE_OPUS = FakeModel(
    "claude-opus-5-5",
    Wire.MESSAGES,
    "Claude Opus 5.5",
    line="opus",
    refused_thinking=frozenset({"enabled", "disabled", "between_tools"}),
)
GPT = FakeModel("gpt-5.5", Wire.CHAT, "GPT-5.5", reasons=True)
GPT_MINI = FakeModel("gpt-5-mini", Wire.CHAT, "GPT-5 mini", context_tokens=400_000, reasons=True)
LOCAL = FakeModel(
    "local-model",
    Wire.CHAT,
    "A model on one's own machine",
    context_tokens=32_768,
    max_output_tokens=32_768,
    priced=False,
    refuses_sampling=False,
    refuses_prefill=False,
    refuses_forced_tools=False,
)

MODELS = (CLAUDE_HAIKU, CLAUDE_SONNET, CLAUDE_OPUS, GPT, GPT_MINI, LOCAL)
"""What `FakeModelServer` offers when it is not told otherwise."""
