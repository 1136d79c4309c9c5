"""What goes wrong on the way: tried again where that helps, told clearly where not, never paid unseen."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from devmatrix.errors import ModelError
from devmatrix.llm import Purpose, Request
from devmatrix.llm.adapters import AnthropicModels, OpenAiModels
from devmatrix.llm.provider import Fault
from devmatrix.llm.provider import FaultKind as Kind
from devmatrix.llm.rates import Patience
from devmatrix.llm.testing import FakeModelServer, FakeReply, FaultKind, Faults, Latency, Scripted
from tests.integration.llm.gateways import HASTY, Echo, ask_all, opened, question, settings, texts

pytestmark = pytest.mark.anyio
PURPOSE = Purpose(run_id="r1")
PLAIN = Request("p@1", "Be brief.", "", "How many?")
EXPECTED = {
    FaultKind.RATE_LIMIT: (Kind.RATE_LIMITED, False),
    FaultKind.SERVER_ERROR: (Kind.SERVER, False),
    FaultKind.OVERLOADED: (Kind.OVERLOADED, False),
    FaultKind.CUT: (Kind.CUT, True),
    FaultKind.INVALID_JSON: (Kind.GARBLED, True),
    FaultKind.WRONG_BLOCK: (Kind.GARBLED, True),
    FaultKind.EMPTY: (Kind.GARBLED, True),
    FaultKind.SLOW: (Kind.TIMEOUT, True),
}


def provider(wire: str, url: str, key: str = "fake-key", seconds: float = 1.0) -> AnthropicModels | OpenAiModels:
    if wire == "anthropic":
        return AnthropicModels(SecretStr(key), url, seconds=seconds)
    return OpenAiModels(SecretStr(key), f"{url}/v1", seconds=seconds)


async def fault_of(wire: str, url: str, model: str, *, key: str = "fake-key", request: Request = PLAIN) -> Fault:
    sender = provider(wire, url, key)
    try:
        with pytest.raises(Fault) as caught:
            await sender.send(request, model)
    finally:
        await sender.close()
    return caught.value


@pytest.mark.parametrize(("wire", "model"), [("anthropic", "claude-haiku-5-5"), ("openai", "local-model")])
@pytest.mark.parametrize("injected", list(FaultKind))
async def test_each_fault_is_told_from_the_others(injected: FaultKind, wire: str, model: str) -> None:
    faults = Faults(planned={1: injected}, retry_after_seconds=7, slow_seconds=3)
    with FakeModelServer(Echo(), faults=faults) as server:
        fault = await fault_of(wire, server.base_url, model)
        billed = server.calls[0].billed if server.calls else True  # it is still at it
    assert (fault.kind, fault.may_be_billed) == EXPECTED[injected]
    assert billed == fault.may_be_billed
    assert fault.retry_after == (7 if injected is FaultKind.RATE_LIMIT else None)


@pytest.mark.parametrize(("wire", "model"), [("anthropic", "claude-haiku-5-5"), ("openai", "local-model")])
async def test_what_another_try_would_not_mend(wire: str, model: str) -> None:
    with FakeModelServer(Echo()) as server:
        wrong_key = await fault_of(wire, server.base_url, model, key="sk-ant-wrong-key-123")
        unknown = await fault_of(wire, server.base_url, "no-such-model")
        long = Request("p@1", "word " * 1_400_000, "", "How many?")
        too_long = await fault_of(wire, server.base_url, model, request=long)
    assert wrong_key.kind is Kind.AUTH
    assert "wrong-key" not in str(wrong_key)
    assert unknown.kind is Kind.NO_SUCH_MODEL
    assert too_long.kind is Kind.TOO_LONG
    nobody = await fault_of(wire, server.base_url, model)
    assert (nobody.kind, nobody.may_be_billed) == (Kind.CONNECTION, False)


@pytest.mark.parametrize("injected", [kind for kind in FaultKind if kind is not FaultKind.SLOW])
async def test_at_twenty_percent_nothing_is_lost_and_nothing_paid_again(injected: FaultKind, tmp_path: Path) -> None:
    faults = Faults({injected: 0.2}, seed=4, retry_after_seconds=0.05)
    with FakeModelServer(Echo(), faults=faults) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            replies = await ask_all(gateway, range(60))
            spent = gateway.spent("r1")
        assert sum(1 for call in server.calls if call.fault == injected) >= 6
        assert server.calls_completed_twice() == 0
        billed = server.cost_usd
    assert texts(replies) == [f"answer to Question {number} " for number in range(60)]
    # What is known, and what may be: together never less than what the provider charges.
    assert spent.usd <= billed + 1e-9 <= spent.usd + spent.uncertain_usd + 2e-9


async def test_all_faults_at_once(tmp_path: Path) -> None:
    faults = Faults({kind: 0.025 for kind in FaultKind}, seed=2, retry_after_seconds=0.05, slow_seconds=0.5)
    with FakeModelServer(Echo(), faults=faults, latency=Latency(median_seconds=0.02)) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            replies = await ask_all(gateway, range(120))
        assert {call.fault for call in server.calls if call.fault} == {str(kind) for kind in FaultKind}
        assert server.calls_completed_twice() == 0
    assert texts(replies) == [f"answer to Question {number} " for number in range(120)]


async def test_tries_are_bounded(tmp_path: Path) -> None:
    with FakeModelServer(Echo(), faults=Faults({FaultKind.SERVER_ERROR: 1.0})) as server:
        patience = Patience(tries=3, first_seconds=0.01)
        async with opened(settings(server, tmp_path), patience=patience) as gateway:
            with pytest.raises(
                ModelError, match=r"asked 3 times; the last time: server \(Internal server error\)"
            ) as caught:
                await gateway.ask(question(1), PURPOSE)
        assert len(server.calls) == 3
    assert "not paid again" in caught.value.mend


async def test_after_a_fault_the_same_question_can_be_asked_again(tmp_path: Path) -> None:
    with FakeModelServer(Echo(), faults=Faults(planned={1: FaultKind.SERVER_ERROR})) as server:
        async with opened(settings(server, tmp_path), patience=Patience(tries=1)) as gateway:
            with pytest.raises(ModelError):
                await gateway.ask(question(1), PURPOSE)
            reply = await gateway.ask(question(1), PURPOSE)
    assert reply.text == "answer to Question 1 "


async def test_all_callers_wait_as_long_as_the_provider_asks(tmp_path: Path) -> None:
    faults = Faults(planned={1: FaultKind.RATE_LIMIT}, retry_after_seconds=1)
    with FakeModelServer(Echo(), faults=faults) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            started = asyncio.get_running_loop().time()
            await ask_all(gateway, range(10))
            took = asyncio.get_running_loop().time() - started
        first, *others = [call.at.timestamp() for call in server.calls]
    assert min(others) - first >= 0.99
    assert took < 10


async def test_a_provider_that_wants_an_hour_is_not_waited_for(tmp_path: Path) -> None:
    faults = Faults({FaultKind.RATE_LIMIT: 1.0}, retry_after_seconds=3_600)
    with FakeModelServer(Echo(), faults=faults) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            with pytest.raises(ModelError, match="rate limited"):
                await asyncio.wait_for(gateway.ask(question(1), PURPOSE), 20)


async def test_a_key_that_is_echoed_is_not_repeated(tmp_path: Path) -> None:
    with FakeModelServer(Scripted([FakeReply("never")])) as server:
        chosen = settings(server, tmp_path, ANTHROPIC_API_KEY="sk-ant-secret")
        async with opened(chosen, patience=HASTY) as gateway:
            with pytest.raises(ModelError) as caught:
                await gateway.ask(question(1), PURPOSE)
    assert caught.value.lasting
    assert "secret" not in f"{caught.value.message} {caught.value.mend} {caught.value.__cause__}"
    assert "secret" not in repr(chosen)
