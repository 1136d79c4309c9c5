"""How fast a provider is asked: per minute as it allows, at once as many as it bears, and not while it says so."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter


MEMORY = 0.05
"""The share of the past that each call replaces in the share of refused ones: some twenty calls count."""
TOO_MANY_REFUSED = 0.35


@dataclass(frozen=True)
class Patience:
    """How often and how long a question is tried."""

    tries: int = 8
    """Calls in all that may fail in passing, before the question is given up."""
    pushed_back_tries: int = 24
    """The same for calls that the provider did not take, since it has too many."""
    first_seconds: float = 0.5
    most_seconds: float = 30.0
    """Longest pause between two tries of one's own; a provider may ask for more."""
    longest_asked_seconds: float = 600.0
    """Longest pause that a provider may ask for: who asks for more gets no further try."""

    def pause(self, failed: int) -> float:
        """Seconds before the next try, after `failed` ones: twice as long each time, half of it by chance."""
        whole = min(self.most_seconds, self.first_seconds * 2.0 ** (failed - 1))
        return whole * (0.5 + random.random() / 2)


class Pace:
    """The pace of all calls to one provider.

    How many run at once halves when it pushes many back, and grows by one as often as all of them have passed. Who
    halved at each single refusal would end at six calls at once with a provider that refuses one in twenty by chance.
    """

    def __init__(
        self, *, most_at_once: int, requests_per_minute: int | None = None, tokens_per_minute: int | None = None
    ) -> None:
        self._most = most_at_once
        self._at_once = float(most_at_once)
        self._running = 0
        self._changed = asyncio.Condition()
        self._not_before = 0.0
        self._refused = 0.0
        self._heeded_at = float("-inf")
        self._requests = _per_minute(requests_per_minute)
        self._tokens = _per_minute(tokens_per_minute)

    @property
    def at_once(self) -> int:
        """How many calls may run at once just now."""
        return max(1, int(self._at_once))

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[float]:
        """Wait until one more call may be sent; the time when it was is given to `pushed_back`."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._running < self.at_once)
            self._running += 1
        try:
            while (wait := self._not_before - time.monotonic()) > 0:
                # Not all at the same moment.
                await asyncio.sleep(wait + random.random() * min(1.0, wait / 4))
            for limiter, amount in ((self._requests, 1.0), (self._tokens, float(tokens))):
                await _acquire(limiter, amount)
            yield time.monotonic()
        finally:
            async with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def passed(self) -> None:
        """A call went well."""
        self._refused -= self._refused * MEMORY
        self._at_once = min(self._most, self._at_once + 1 / self._at_once)

    def pushed_back(self, sent_at: float, retry_after: float | None) -> None:
        """The provider asked to slow down. Calls that were under way when that was heeded tell nothing new."""
        if retry_after is not None:
            self._not_before = max(self._not_before, time.monotonic() + retry_after)
        if sent_at <= self._heeded_at:
            return
        self._refused += (1 - self._refused) * MEMORY
        if self._refused > TOO_MANY_REFUSED:
            self._at_once = max(1.0, self._at_once / 2)
            self._refused = 0.0
            self._heeded_at = time.monotonic()


async def _acquire(limiter: "AsyncLimiter | None", amount: float) -> None:
    while limiter is not None and amount > 0:
        # More than the limiter ever holds comes in portions.
        portion = min(amount, limiter.max_rate)
        await limiter.acquire(portion)
        amount -= portion


def _per_minute(rate: int | None) -> "AsyncLimiter | None":
    if rate is None:
        return None
    from aiolimiter import AsyncLimiter

    # In small portions: a whole minute's worth at once is what providers answer with 429.
    seconds = min(60.0, max(1.0, 60.0 / rate))
    return AsyncLimiter(rate * seconds / 60, seconds)
