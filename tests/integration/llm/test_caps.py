"""What may be spent, and what happens at the edge."""

import time
from pathlib import Path

import pytest

from devmatrix.errors import BudgetReached
from devmatrix.llm import BudgetWarning, Gateway, Purpose, Reply
from devmatrix.llm.testing import FakeModelServer, Latency
from tests.integration.llm.gateways import Echo, ask_all, opened, question, settings, texts

pytestmark = pytest.mark.anyio
QUICK = Latency(median_seconds=0.05)


@pytest.mark.timeout(300)
async def test_a_hundred_at_once_stay_below_half_a_dollar(database_url: str, tmp_path: Path) -> None:
    warnings: list[BudgetWarning] = []
    with FakeModelServer(Echo(letters=6_000), latency=QUICK) as server:
        tight = settings(server, tmp_path, DEVMATRIX_BUDGET_USD="0.50", DEVMATRIX_DATABASE_URL=database_url)
        async with opened(tight, warnings=warnings) as gateway:
            replies = await ask_all(gateway, range(100), tokens=2_500)
            spent = gateway.spent("r1")
        billed = server.cost_usd
        refused = [reply for reply in replies if isinstance(reply, BudgetReached)]
        paid = [reply for reply in replies if isinstance(reply, Reply)]

        assert len(paid) + len(refused) == 100
        assert len(paid) == spent.calls == len(server.calls)
        # Reservations keep it below, and what they hold back is given free: it comes near.
        assert spent.usd == pytest.approx(billed)
        assert 0.45 <= billed <= 0.50

        ample = tight.model_copy(update={"budget_usd": 5.0})
        async with opened(ample) as gateway:
            again = await ask_all(gateway, range(100), tokens=2_500)
        assert server.calls_paid_twice() == 0
        assert len(server.calls) == 100
    assert [text.split(" x")[0] for text in texts(again)] == [f"answer to Question {n}" for n in range(100)]
    error = refused[0]
    assert error.exit_code == 4
    assert "of $0.5000 are spent (this run, DEVMATRIX_BUDGET_USD), and the next call may take $0.03" in error.message
    assert "--budget" in error.mend
    assert [str(warning.cap.scope) for warning in warnings] == ["run"]
    assert 0.40 <= warnings[0].used <= 0.45


async def ask_on(gateway: Gateway, *, two_runs: bool) -> None:
    for asked in range(100):
        await gateway.ask(question(asked), Purpose(run_id=f"r{asked % 2}" if two_runs else "r1"))


async def test_each_cap_stops_for_itself(tmp_path: Path) -> None:
    cases = {
        "DEVMATRIX_BUDGET_CALLS": ("3", "3 calls of 3 calls"),
        "DEVMATRIX_BUDGET_TOKENS": ("12000", "tokens of 12,000 tokens"),
        "DEVMATRIX_BUDGET_USD_PER_DAY": ("0.04", "today"),
        "DEVMATRIX_BUDGET_USD_PER_WORKSPACE": ("0.04", "this workspace"),
        "DEVMATRIX_BUDGET_MINUTES": ("0", "0 min of 0 min"),
    }
    with FakeModelServer(Echo()) as server:
        for number, (variable, (value, said)) in enumerate(cases.items()):
            chosen = settings(server, tmp_path / str(number), **{variable: value})
            async with opened(chosen) as gateway:
                with pytest.raises(BudgetReached) as caught:
                    await ask_on(gateway, two_runs="PER" in variable)
            assert said in caught.value.message
            assert variable in caught.value.mend


async def test_a_cap_of_a_run_is_no_cap_of_another(tmp_path: Path) -> None:
    with FakeModelServer(Echo()) as server:
        async with opened(settings(server, tmp_path, DEVMATRIX_BUDGET_CALLS="2")) as gateway:
            first = await ask_all(gateway, range(4), run_id="r1")
            second = await ask_all(gateway, range(4, 6), run_id="r2")
    assert sum(isinstance(reply, BudgetReached) for reply in first) == 2
    assert all(isinstance(reply, Reply) for reply in second)


async def test_what_is_known_costs_nothing_even_beyond_the_cap(tmp_path: Path) -> None:
    with FakeModelServer(Echo()) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            await gateway.ask(question(1), Purpose(run_id="r1"))
        async with opened(settings(server, tmp_path, DEVMATRIX_BUDGET_USD="0")) as gateway:
            reply = await gateway.ask(question(1), Purpose(run_id="r1"))
            with pytest.raises(BudgetReached):
                await gateway.ask(question(2), Purpose(run_id="r1"))
    assert reply.reused


async def test_models_without_a_price_are_not_held_up(tmp_path: Path) -> None:
    with FakeModelServer(Echo()) as server:
        chosen = settings(server, tmp_path, DEVMATRIX_MODEL="openai:local-model", DEVMATRIX_BUDGET_USD="0")
        async with opened(chosen) as gateway:
            reply = await gateway.ask(question(1), Purpose(run_id="r1"))
            spent = gateway.spent("r1")
    assert (reply.cost_usd, spent.usd, spent.calls) == (0.0, 0.0, 1)
    assert spent.usage.total_tokens > 0


async def test_when_the_cap_is_near_calls_take_turns_instead_of_failing(tmp_path: Path) -> None:
    # Each may take $0.04 and takes $0.003: one after the other, 40 fit into $0.16; side by side only three.
    with FakeModelServer(Echo(letters=100)) as server:
        chosen = settings(server, tmp_path, DEVMATRIX_BUDGET_USD="0.16")
        async with opened(chosen) as gateway:
            started = time.monotonic()
            replies = await ask_all(gateway, range(40), tokens=3_000)
    assert [reply for reply in replies if not isinstance(reply, Reply)] == []
    assert time.monotonic() - started < 60
