"""The fake server under load, with latencies and faults, and what it says of calls that were paid twice."""

import asyncio
import socket
import threading
import time
from collections import Counter

import httpx
import pytest
from pydantic import JsonValue

from devmatrix.errors import SettingsError
from devmatrix.llm.testing import (
    CallRecord,
    FakeModelServer,
    FakeReply,
    FaultKind,
    Faults,
    Latency,
    NoisyAuthor,
    ReceivedCall,
    Sample,
)

RULES = "The rules of the house. " * 150


def body(question: str, *, marked: bool = True, stream: bool = False) -> dict[str, JsonValue]:
    block: dict[str, JsonValue] = {"type": "text", "text": RULES}
    if marked:
        block["cache_control"] = {"type": "ephemeral"}
    return {
        "model": "claude-haiku-5-5",
        "max_tokens": 500,
        "system": [block],
        "messages": [{"role": "user", "content": question}],
        "stream": stream,
    }


def asking(server: FakeModelServer) -> httpx.AsyncClient:
    headers = {"x-api-key": server.api_key, "anthropic-version": "2023-06-01"}
    limits = httpx.Limits(max_connections=100)
    return httpx.AsyncClient(base_url=server.base_url, headers=headers, timeout=30, limits=limits)


async def sent(client: httpx.AsyncClient, question: str, *, stream: bool = False) -> int:
    """The status; 0 where the connection broke."""
    try:
        return (await client.post("/v1/messages", json=body(question, stream=stream))).status_code
    except httpx.HTTPError:
        return 0


def fan_out(server: FakeModelServer, questions: list[str], *, warmed: bool = True) -> list[int]:
    async def all_of_them() -> list[int]:
        async with asking(server) as client:
            if warmed:
                await client.post("/v1/messages", json=body("Warming.") | {"max_tokens": 0})
            return await asyncio.gather(*(sent(client, question) for question in questions))

    return asyncio.run(all_of_them())


def test_a_hundred_at_once_wait_side_by_side() -> None:
    with FakeModelServer(Sample(), latency=Latency(0.5, sigma=0.3)) as server:
        began = time.monotonic()
        assert fan_out(server, [f"Question {number}." for number in range(100)], warmed=False) == [200] * 100
        seconds = time.monotonic() - began
    waited = sum(call.seconds for call in server.calls)
    assert seconds < waited / 10
    assert waited > 100 * 0.4
    assert [call.number for call in server.calls] == list(range(1, 101))


def test_warming_the_cache_before_the_fan_out_pays() -> None:
    def cost(*, warmed: bool) -> float:
        with FakeModelServer(Sample(), latency=Latency(0.2, sigma=0)) as server:
            fan_out(server, [f"Question {number}." for number in range(20)], warmed=warmed)
            return server.cost_usd

    with_warming, without = cost(warmed=True), cost(warmed=False)
    assert with_warming < without / 3


def test_latency_is_scaled_and_repeats() -> None:
    latency = Latency(2.0, sigma=0.5, seed=3)
    drawn = [latency.seconds(f"body {number}", 1) for number in range(2_000)]
    assert drawn == [latency.seconds(f"body {number}", 1) for number in range(2_000)]
    assert 1.8 < sorted(drawn)[1_000] < 2.2
    assert max(drawn) > 6
    fast = Latency(2.0, sigma=0.5, seed=3, scale=0.01)
    assert fast.seconds("body 1", 1) == pytest.approx(drawn[1] / 100)


def test_mixed_faults_are_all_told_apart() -> None:
    rates = {kind: 0.1 for kind in FaultKind}
    with FakeModelServer(Sample(), faults=Faults(rates, seed=1, slow_seconds=0.01)) as server:
        statuses = fan_out(server, [f"Question {number}." for number in range(120)], warmed=False)
    found = Counter(call.fault for call in server.calls)
    assert set(found) == {*FaultKind, ""}
    assert statuses.count(0) == found[FaultKind.CUT]
    assert statuses.count(429) == found[FaultKind.RATE_LIMIT]
    assert statuses.count(529) == found[FaultKind.OVERLOADED]
    assert sum(call.completed for call in server.calls) == found[""] + found[FaultKind.SLOW]


def test_asking_again_after_a_good_answer_is_counted_and_after_a_bad_one_is_not() -> None:
    planned = {1: FaultKind.INVALID_JSON, 2: FaultKind.RATE_LIMIT}

    async def passage(server: FakeModelServer) -> None:
        async with asking(server) as client:
            for question in ("a", "a", "a", "b", "c"):
                await sent(client, question)
            assert (server.calls_completed_twice(), server.calls_paid_twice()) == (0, 1)
            await sent(client, "b")
            await sent(client, "b")
            assert (server.calls_completed_twice(), server.calls_paid_twice()) == (2, 3)

    with FakeModelServer(Sample(), faults=Faults(planned=planned)) as server:
        asyncio.run(passage(server))


def test_a_noisy_author_over_the_wire_reaches_its_yield() -> None:
    names = [f"app/rows.py:get_{number}" for number in range(300)]

    def atom_of(call: ReceivedCall) -> str | None:
        return call.question.removeprefix("Contract: ")

    author = NoisyAuthor({name: "def get(a):\n    return a + 1\n" for name in names}, 0.87, 5, atom_of=atom_of)
    with FakeModelServer(author) as server:
        fan_out(server, [f"Contract: {name}" for name in names])
    labels = Counter(call.reply.label for call in server.calls if call.reply)
    assert labels.pop("warming") == 1
    assert 0.82 < labels["right"] / 300 < 0.92
    assert len(labels) > 5
    assert server.calls[5].tokens.cache_read == 1_004


def test_records_cannot_be_changed() -> None:
    with FakeModelServer(Sample()) as server:
        fan_out(server, ["a"])
    record: CallRecord = server.calls[0]
    with pytest.raises(AttributeError):
        record.status = 500  # type: ignore[misc]


def test_the_clock_of_the_cache_can_be_moved() -> None:
    now = [1_795_500_000.0]
    with FakeModelServer(Sample(), clock=lambda: now[0]) as server:
        fan_out(server, ["a"])
        now[0] += 301
        fan_out(server, ["b"], warmed=False)
    assert [call.tokens.cache_read for call in server.calls] == [0, 1_004, 0]


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} cannot be used") as raised:
            FakeModelServer(Sample(), port=port).start()
    assert raised.value.mend


def test_it_stops_with_answers_under_way_and_can_be_had_again() -> None:
    server = FakeModelServer(Sample(), latency=Latency(30, sigma=0))
    server.start()
    failed: list[Exception] = []

    def ask() -> None:
        try:
            httpx.post(
                f"{server.base_url}/v1/messages",
                json=body("a"),
                headers={"x-api-key": server.api_key, "anthropic-version": "1"},
                timeout=20,
            )
        except httpx.HTTPError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    server.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert time.monotonic() - began < 5
    assert len(failed) == 1
    with FakeModelServer(Sample()) as other:
        assert fan_out(other, ["a"]) == [200]


def test_environment_leads_here() -> None:
    with FakeModelServer(Sample(), api_key="k") as server:
        assert server.environment == {
            "ANTHROPIC_BASE_URL": server.base_url,
            "ANTHROPIC_API_KEY": "k",
            "OPENAI_BASE_URL": f"{server.base_url}/v1",
            "OPENAI_API_KEY": "k",
        }


def test_two_servers_share_nothing() -> None:
    class Named:
        def __init__(self, name: str) -> None:
            self._name = name

        def reply(self, call: ReceivedCall) -> FakeReply:
            return FakeReply(self._name)

    with FakeModelServer(Named("one")) as one, FakeModelServer(Named("two")) as two:
        fan_out(one, ["a"], warmed=False)
        assert len(one.calls) == 1
        assert two.calls == ()
