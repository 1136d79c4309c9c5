"""Requests and tokens per minute, as providers allow them: buckets that fill again all the time."""

import threading
from dataclasses import dataclass

from devmatrix.llm.testing.catalog import Wire


@dataclass(frozen=True)
class RateLimits:
    """What one key may do per minute; 0: as much as it likes. Tokens read from the prompt cache do not count.

    `burst` is the share of a minute's worth that may be used at once.
    """

    requests_per_minute: int = 0
    input_tokens_per_minute: int = 0
    burst: float = 1.0


@dataclass
class _Bucket:
    per_minute: int
    capacity: float
    level: float
    filled_at: float

    def fill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + (now - self.filled_at) * self.per_minute / 60)
        self.filled_at = now

    def wait(self, amount: float) -> float:
        """Seconds until it holds so much; more than it can hold is taken from a full one."""
        return max(min(amount, self.capacity) - self.level, 0) * 60 / self.per_minute


class RateMeter:
    """Keeps count of one key's use."""

    def __init__(self, limits: RateLimits, now: float) -> None:
        named = {"requests": limits.requests_per_minute, "input-tokens": limits.input_tokens_per_minute}
        self._buckets = {
            name: _Bucket(limit, max(limit * limits.burst, 1), max(limit * limits.burst, 1), now)
            for name, limit in named.items()
            if limit > 0
        }
        self._lock = threading.Lock()

    def take(self, now: float, input_tokens: int) -> float:
        """0 when there is room for one request with so many tokens, which is then taken; else seconds to wait."""
        amounts = {"requests": 1, "input-tokens": input_tokens}
        with self._lock:
            for bucket in self._buckets.values():
                bucket.fill(now)
            wait = max((bucket.wait(amounts[name]) for name, bucket in self._buckets.items()), default=0.0)
            if wait > 0:
                return wait
            for name, bucket in self._buckets.items():
                bucket.level = max(bucket.level - amounts[name], 0)
        return 0.0

    def headers(self, wire: Wire) -> dict[str, str]:
        """What is left, as the API tells it with each answer."""
        told = {}
        with self._lock:
            for name, bucket in self._buckets.items():
                kind = name.replace("input-", "") if wire is Wire.CHAT else name
                for measure, value in (("limit", bucket.per_minute), ("remaining", int(bucket.level))):
                    header = (
                        f"anthropic-ratelimit-{kind}-{measure}"
                        if wire is Wire.MESSAGES
                        else f"x-ratelimit-{measure}-{kind}"
                    )
                    told[header] = str(value)
        return told
