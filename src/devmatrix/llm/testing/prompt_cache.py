"""The provider's cache of prompt prefixes, by its published rules.

A prompt is a row of segments: tools, then the system text, then the messages. A prefix is cached up to each segment
that carries a breakpoint, if it has the model's minimum of tokens; it is found again when all segments up to there are
the same, byte for byte, looking back at most 20 segments from a breakpoint. An entry lives five minutes (or an hour)
from its last use, and can be read only after the answer to the request that wrote it has begun: requests sent at the
same time all pay for writing.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from devmatrix.llm.testing.calls import Tokens

LOOKBACK_SEGMENTS = 20
FIVE_MINUTES = 300.0
ONE_HOUR = 3600.0


@dataclass(frozen=True)
class Segment:
    """A block of the prompt. `keeps_seconds`: how long its prefix is to be cached; 0: no breakpoint here."""

    text: str
    tokens: int
    keeps_seconds: float = 0.0


@dataclass
class _Entry:
    until: float
    keeps_seconds: float


@dataclass(frozen=True)
class Booking:
    """What a request reads from the cache, what it writes, and what it pays in full."""

    tokens: Tokens
    writes: tuple[tuple[str, float], ...] = ()
    """Prefix hashes that can be read once the answer has begun, and how long they live."""


class PromptCache:
    """One provider's cache. `clock` says the time in seconds. Safe to use from several threads."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def book(self, model: str, segments: Sequence[Segment], minimum: int, now: float) -> Booking:
        """Look the prompt up, and say what it would write; nothing is written before `begin`."""
        hashes, totals = _prefixes(model, segments)
        total = totals[-1] if totals else 0
        breakpoints = [
            place for place, segment in enumerate(segments) if segment.keeps_seconds and totals[place] >= minimum
        ]
        if not breakpoints:
            return Booking(Tokens(uncached_input=total))
        with self._lock:
            hit = self._longest(hashes, breakpoints, now)
        read = totals[hit] if hit >= 0 else 0
        writes, written, for_an_hour, before = [], 0, 0, read
        for place in breakpoints:
            if place <= hit:
                continue
            writes.append((hashes[place], segments[place].keeps_seconds))
            step = totals[place] - before
            written += step
            for_an_hour += step if segments[place].keeps_seconds > FIVE_MINUTES else 0
            before = totals[place]
        tokens = Tokens(
            uncached_input=total - read - written, cache_write=written, cache_read=read, cache_write_1h=for_an_hour
        )
        return Booking(tokens, tuple(writes))

    def begin(self, booking: Booking, now: float) -> None:
        """The answer has begun: what the request wrote can be read from now on."""
        with self._lock:
            for key, keeps in booking.writes:
                self._entries[key] = _Entry(now + keeps, keeps)

    def _longest(self, hashes: Sequence[str], breakpoints: Sequence[int], now: float) -> int:
        """Place of the longest cached prefix, its life prolonged; -1 for none."""
        for place in reversed(breakpoints):
            for candidate in range(place, max(place - LOOKBACK_SEGMENTS, -1), -1):
                entry = self._entries.get(hashes[candidate])
                if entry and entry.until > now:
                    entry.until = now + entry.keeps_seconds
                    return candidate
        return -1


def _prefixes(model: str, segments: Sequence[Segment]) -> tuple[list[str], list[int]]:
    """Hash and tokens of the prompt up to and with each segment."""
    running = hashlib.sha256(model.encode())
    hashes, totals, total = [], [], 0
    for segment in segments:
        running.update(b"\0" + segment.text.encode(errors="surrogatepass"))
        total += segment.tokens
        hashes.append(running.hexdigest())
        totals.append(total)
    return hashes, totals
