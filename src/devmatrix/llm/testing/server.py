"""The fake server: a thread of its own, a free port on loopback, a record of every call."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from devmatrix.errors import SettingsError
from devmatrix.llm.testing.calls import CallRecord, Replier
from devmatrix.llm.testing.catalog import MODELS, FakeModel
from devmatrix.llm.testing.desk import Desk
from devmatrix.llm.testing.faults import Faults, Latency
from devmatrix.llm.testing.prices import load_prices
from devmatrix.llm.testing.rate_limits import RateLimits

if TYPE_CHECKING:
    import uvicorn

_START_SECONDS = 10.0


class FakeModelServer:
    """A model server that anyone's client can talk to, scripted by `replier`. Use it in `with` or `async with`.

    `clock` gives seconds since 1970 and rules the prompt cache and the rate limits; latencies and slowness are slept
    through for real.
    """

    def __init__(
        self,
        replier: Replier,
        *,
        models: tuple[FakeModel, ...] = MODELS,
        api_key: str = "fake-key",
        faults: Faults | None = None,
        latency: Latency | None = None,
        limits: RateLimits | None = None,
        clock: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        self.api_key = api_key
        self._desk = Desk(
            replier, models, api_key, faults or Faults(), latency or Latency(), clock, limits or RateLimits()
        )
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """Such as http://127.0.0.1:41234: what ANTHROPIC_BASE_URL wants. OpenAI's clients want `/v1` behind it."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a process's clients here."""
        return {
            "ANTHROPIC_BASE_URL": self.base_url,
            "ANTHROPIC_API_KEY": self.api_key,
            "OPENAI_BASE_URL": f"{self.base_url}/v1",
            "OPENAI_API_KEY": self.api_key,
        }

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """All requests that are over, in the order in which they came, refused ones included."""
        return self._desk.records

    @property
    def calls_under_way(self) -> int:
        """How many requests have come and are not yet answered."""
        return self._desk.under_way

    @property
    def cost_usd(self) -> float:
        """What the real provider would have charged, at list price."""
        return sum(call.cost_usd for call in self.calls)

    def calls_completed_twice(self) -> int:
        """How many calls asked again, in the same words, what had been answered whole and soundly before."""
        return _beyond_the_first(call.body_hash for call in self.calls if call.completed and call.billed)

    def calls_paid_twice(self) -> int:
        """How many calls paid again for the same words, spoiled answers (cut, invalid, empty) included."""
        return _beyond_the_first(call.body_hash for call in self.calls if call.billed)

    def start(self) -> None:
        """Listen. Raises SettingsError where the port is taken."""
        from devmatrix.llm.testing.http_app import build_server, serve

        load_prices()
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", self._port))
        except OSError as error:
            listening.close()
            raise SettingsError(
                f"port {self._port} cannot be used: {error.strerror}", mend="choose another, or 0 for any free one"
            ) from error
        self._port = listening.getsockname()[1]
        self._socket = listening
        self._server = build_server(self._desk)
        self._thread = threading.Thread(
            target=serve, args=(self._server, listening), name="fake-model-server", daemon=True
        )
        self._thread.start()
        end = time.monotonic() + _START_SECONDS
        while not self._server.started and time.monotonic() < end and self._thread.is_alive():
            time.sleep(0.002)

    def stop(self) -> None:
        """Hang up and wait until the thread has ended; answers under way are not waited for."""
        if self._server and self._thread and self._socket:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(_START_SECONDS)
            self._socket.close()
        self._server = self._thread = self._socket = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _beyond_the_first(hashes: Iterable[str]) -> int:
    return sum(times - 1 for times in Counter(hashes).values())
