"""Who goes first: one call writes a shared prefix into the provider's cache, and those that waited read it there."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from devmatrix.llm.request import Request

KEPT_SECONDS = 290.0
"""Providers keep a prefix for five minutes after its last use."""
SHORTEST = 1_500
"""Characters: what is shorter no provider keeps."""


@dataclass
class _Prefix:
    written: asyncio.Lock = field(default_factory=asyncio.Lock)
    used_at: float = float("-inf")

    def is_warm(self) -> bool:
        return time.monotonic() - self.used_at < KEPT_SECONDS


class Prefixes:
    """The prefixes that calls share: the text for all, and the text for one place behind it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], _Prefix] = {}

    @asynccontextmanager
    async def turn(self, model: str, request: Request) -> AsyncIterator[None]:
        """Inside, call. Waits while another call is the first one with the same prefix; a failed one passes it on."""
        cold = [prefix for prefix in self._of(model, request) if not prefix.is_warm()]
        held: list[_Prefix] = []
        try:
            for prefix in cold:
                await prefix.written.acquire()
                held.append(prefix)
                if prefix.is_warm():
                    prefix.written.release()
                    held.remove(prefix)
            yield
            for prefix in self._of(model, request):
                prefix.used_at = time.monotonic()
        finally:
            for prefix in held:
                prefix.written.release()

    def _of(self, model: str, request: Request) -> list[_Prefix]:
        keys: list[tuple[str, ...]] = []
        if len(request.shared) >= SHORTEST:
            keys.append((model, request.shared))
        if request.context and len(request.shared) + len(request.context) >= SHORTEST:
            keys.append((model, request.shared, request.context))
        return [self._known.setdefault(key, _Prefix()) for key in keys]
