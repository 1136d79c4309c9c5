"""The only way to a model: asks once, records before it answers, stays below the caps, tries again what may pass."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from devmatrix.errors import BudgetReached
from devmatrix.llm.bill import Charge, charges_of
from devmatrix.llm.faults import error_of
from devmatrix.llm.ledger import Call, Claimed, Known, Ledger, Spending
from devmatrix.llm.limits import NANO, Amount, BudgetWarning, input_tokens
from devmatrix.llm.prefixes import Prefixes
from devmatrix.llm.pricing import cost, most
from devmatrix.llm.provider import PASSING, PUSHED_BACK, Answer, Fault, Provider
from devmatrix.llm.rates import Pace, Patience
from devmatrix.llm.record import Record
from devmatrix.llm.request import Purpose, Reply, Request, Tier

LOOK_AGAIN_SECONDS = 0.2
"""How often to look whether another process has the answer by now, or has freed what it held."""

LOOK_AT_ONCE = 16


@dataclass(frozen=True)
class Route:
    """The way to one model: who sends, under which name, at which pace."""

    model: str
    """Such as anthropic:claude-haiku-5-5."""
    name: str
    """The provider's own name for it."""
    provider: Provider
    pace: Pace
    caches_prefixes: bool = True
    """Whether the provider keeps prompt prefixes as we lay them out."""
    address: str = ""
    """Where it is asked, if not at the vendor's own address: a stand-in's answers are nobody else's."""


class Gateway:
    """Asks models. For one event loop; any number of them, in any number of processes, may share a database."""

    def __init__(
        self,
        routes: Mapping[Tier, Route],
        record: Record,
        ledger: Ledger,
        *,
        reuse: bool = True,
        patience: Patience | None = None,
        on_warning: Callable[[BudgetWarning], None] | None = None,
    ) -> None:
        self._routes = dict(routes)
        self._record = record
        self._ledger = ledger
        self._reuse = reuse
        self._patience = patience or Patience()
        self._on_warning = on_warning
        self._prefixes = Prefixes()
        self._flights: dict[str, asyncio.Task[Reply]] = {}
        self._line = asyncio.Semaphore(LOOK_AT_ONCE)
        self._freed = asyncio.Event()

    async def ask(self, request: Request, purpose: Purpose, tier: Tier = Tier.STANDARD) -> Reply:
        """The reply to `request`, on disk by the time it is given. The same question is never paid twice.

        Raises BudgetReached before a call that could pass a cap, ModelError when no answer can be had.
        """
        route = self._routes[tier]
        key = request.key(f"{route.model} {route.address}".strip())
        if not self._reuse:
            key = _own_key(key, purpose)
        flight = self._flights.get(key)
        if flight is not None:
            # Whoever asks the same meanwhile gets the same: it is in the record by then.
            await asyncio.shield(flight)
            return await self._fly(key, route, request, purpose)
        flight = self._flights[key] = asyncio.create_task(self._fly(key, route, request, purpose))
        flight.add_done_callback(lambda done: self._landed(key, done))
        # Who asked may lose patience; what is paid is recorded all the same.
        return await asyncio.shield(flight)

    def spent(self, run_id: str) -> Spending:
        """What a run spent so far, in all processes."""
        return self._record.do(lambda connection: self._ledger.spent(connection, run_id)).result()

    def bill(self, run_id: str) -> tuple[Charge, ...]:
        """The lines of a run's bill, in all processes."""
        return self._record.do(lambda connection: charges_of(connection, run_id)).result()

    async def close(self) -> None:
        """Give up what is under way, write what is to be written, close all connections."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await asyncio.to_thread(self._record.close)
        for provider in {id(route.provider): route.provider for route in self._routes.values()}.values():
            await provider.close()

    def _landed(self, key: str, flight: "asyncio.Task[Reply]") -> None:
        self._flights.pop(key, None)
        if not flight.cancelled():
            flight.exception()  # it may be that nobody waits for it any more

    async def _fly(self, key: str, route: Route, request: Request, purpose: Purpose) -> Reply:
        call = self._call(key, route, request, purpose)
        tried: Counter[bool] = Counter()
        while True:
            known = await asyncio.wrap_future(self._record.do(lambda connection: self._ledger.known(connection, call)))
            if known is not None:
                return _reply(call, known.answer, 0.0, reused=True)
            try:
                reply = await self._try(call, route, request)
            except Fault as fault:
                pushed_back = fault.kind in PUSHED_BACK
                tried[pushed_back] += 1
                if self._is_last(fault, tried):
                    raise error_of(fault, route.model, tried.total()) from fault
                if not (pushed_back and fault.retry_after is not None):  # else all wait for their turn so long
                    await asyncio.sleep(max(self._patience.pause(tried.total()), fault.retry_after or 0.0))
                continue
            if reply is not None:
                return reply
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _try(self, call: Call, route: Route, request: Request) -> Reply | None:
        """One call, claimed only when its turn has come: what is claimed by a process that dies counts as sent.

        None: another process is asking the same. Raises Fault.
        """
        async with self._turn(route, request), route.pace.turn(call.most.tokens) as sent_at:
            claimed = await self._claim(call)
            if isinstance(claimed, Known):
                return _reply(call, claimed.answer, 0.0, reused=True)
            if claimed is not Claimed.MINE:
                return None
            try:
                answer = await route.provider.send(request, route.name)
            except Fault as fault:
                if fault.kind in PUSHED_BACK:
                    route.pace.pushed_back(sent_at, fault.retry_after)
                await self._break_off(call, fault)
                raise
            except BaseException:
                # Cancelled with the question on its way.
                self._give_back(call, billed=True)
                raise
            # Nothing may come between an answer and its record.
            paid = cost(call.model, answer.usage).nano_usd
            settled = self._record.do(lambda connection: self._ledger.settle(connection, call, answer, paid))
            route.pace.passed()
        self._warn(await asyncio.shield(asyncio.wrap_future(settled)))
        return _reply(call, answer, paid / NANO)

    def _turn(self, route: Route, request: Request) -> AbstractAsyncContextManager[None]:
        return self._prefixes.turn(route.model, request) if route.caches_prefixes else nullcontext()

    def _is_last(self, fault: Fault, tried: "Counter[bool]") -> bool:
        patience = self._patience
        return (
            fault.kind not in PASSING
            or tried[False] >= patience.tries
            or tried[True] >= patience.pushed_back_tries
            or (fault.retry_after or 0.0) > patience.longest_asked_seconds
        )

    async def _claim(self, call: Call) -> Known | Claimed:
        """Waits for room below the caps. Raises BudgetReached."""
        claimed = await self._try_claim(call)
        if claimed is Claimed.NO_ROOM:
            # Those that wait for room stand in line: if all looked, hundreds would look at each place that is freed.
            async with self._line:
                while claimed is Claimed.NO_ROOM:
                    await self._wait_for_room()
                    claimed = await self._try_claim(call)
        return claimed

    async def _try_claim(self, call: Call) -> Known | Claimed:
        self._freed.clear()
        step = self._record.do(lambda connection: self._ledger.claim(connection, call))
        try:
            claimed = await asyncio.wrap_future(step)
        except BaseException:
            # The step may run all the same, and nobody would ever give back what it claims.
            self._give_back(call, billed=False)
            raise
        if isinstance(claimed, BudgetReached):
            raise claimed
        return claimed

    async def _wait_for_room(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                await self._freed.wait()
        except TimeoutError:
            return

    async def _break_off(self, call: Call, fault: Fault) -> None:
        paid = cost(call.model, fault.usage).nano_usd if fault.usage else 0
        step = self._record.do(
            lambda connection: self._ledger.break_off(connection, call, fault.usage, paid, billed=fault.may_be_billed)
        )
        self._warn(await asyncio.shield(asyncio.wrap_future(step)))

    def _give_back(self, call: Call, *, billed: bool) -> None:
        """The same at once, without waiting, where no more can be awaited; on what is given back already: nothing."""
        self._record.do(lambda connection: self._ledger.break_off(connection, call, None, 0, billed=billed))

    def _warn(self, warnings: list[BudgetWarning]) -> None:
        self._freed.set()
        if self._on_warning is not None:
            for warning in warnings:
                self._on_warning(warning)

    def _call(self, key: str, route: Route, request: Request, purpose: Purpose) -> Call:
        tokens = input_tokens(request)
        usd = most(route.model, tokens, request.max_output_tokens)
        amount = Amount(usd, tokens + request.max_output_tokens, 1)
        return Call(key=key, model=route.model, prompt=request.prompt, purpose=purpose, most=amount)


def _own_key(key: str, purpose: Purpose) -> str:
    """Never the same as another run's, or another attempt's; the same when a run is resumed."""
    parts = (key, purpose.run_id, purpose.task_id, purpose.atom_id, str(purpose.attempt))
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _reply(call: Call, answer: Answer, cost_usd: float, *, reused: bool = False) -> Reply:
    return Reply(
        text=answer.text,
        stop=answer.stop,
        model=call.model,
        usage=answer.usage,
        cost_usd=cost_usd,
        seconds=answer.seconds,
        key=call.key,
        reused=reused,
    )
