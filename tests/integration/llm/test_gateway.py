"""What is sent, what comes back, what is remembered."""

import asyncio
from pathlib import Path

import pytest
from pydantic import JsonValue

from devmatrix.errors import ModelError
from devmatrix.llm import Purpose, Request, Stop, Tier, Usage
from devmatrix.llm.testing import FakeModelServer, FakeReply, Latency, Scripted, StopReason
from tests.integration.llm.gateways import CONTEXT, SHARED, Echo, ask_all, opened, question, settings, texts

pytestmark = pytest.mark.anyio
PURPOSE = Purpose(run_id="r1", atom_id="a1")
SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}


async def test_what_anthropic_gets_is_laid_out_for_its_cache(tmp_path: Path) -> None:
    with FakeModelServer(Scripted(['{"a": 4}'])) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            request = Request(
                "p@1", SHARED, CONTEXT, "How many?", schema=SCHEMA, max_output_tokens=700, effort="medium"
            )
            reply = await gateway.ask(request, PURPOSE, Tier.CHEAP)
        body = dict(server.calls[0].body)

    mark = {"type": "ephemeral", "ttl": "5m"}
    assert body.pop("system") == [{"type": "text", "text": SHARED, "cache_control": mark}]
    blocks = [
        {"type": "text", "text": CONTEXT, "cache_control": mark},
        {"type": "text", "text": "How many?"},
    ]
    assert body.pop("messages") == [{"role": "user", "content": blocks}]
    assert body == {
        "model": "claude-haiku-5-5",
        "max_tokens": 700,
        "stream": False,
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}, "effort": "medium"},
    }
    assert (reply.text, reply.model, reply.stop, reply.reused) == (
        '{"a": 4}',
        "anthropic:claude-haiku-5-5",
        Stop.END,
        False,
    )


async def test_without_a_context_there_is_one_block(tmp_path: Path) -> None:
    with FakeModelServer(Echo()) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            await gateway.ask(Request("p@1", "Be brief.", "", "How many?"), PURPOSE)
        messages = server.calls[0].body["messages"]
    assert messages == [{"role": "user", "content": [{"type": "text", "text": "How many?"}]}]


@pytest.mark.parametrize(("model", "limit"), [("local-model", "max_tokens"), ("gpt-5.5", "max_completion_tokens")])
async def test_what_servers_like_openai_get(model: str, limit: str, tmp_path: Path) -> None:
    with FakeModelServer(Scripted(['{"a": 4}'])) as server:
        chosen = settings(server, tmp_path, DEVMATRIX_MODEL=f"openai:{model}")
        async with opened(chosen) as gateway:
            request = Request("p@1", "Be brief.", "Shelves.", "How many?", schema=SCHEMA, max_output_tokens=700)
            reply = await gateway.ask(request, PURPOSE)
        body = server.calls[0].body
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Shelves.\n\nHow many?"},
    ]
    assert body[limit] == 700
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True},
    }
    assert reply.text == '{"a": 4}'
    assert (reply.cost_usd > 0) == (model == "gpt-5.5")


async def test_the_same_question_is_paid_once(database_url: str, tmp_path: Path) -> None:
    with FakeModelServer(Echo()) as server:
        chosen = settings(server, tmp_path, DEVMATRIX_DATABASE_URL=database_url)
        async with opened(chosen) as gateway:
            first = await gateway.ask(question(1), PURPOSE)
            again = await gateway.ask(question(1), Purpose(run_id="r2"))
            spent, other = gateway.spent("r1"), gateway.spent("r2")
        async with opened(chosen) as gateway:
            later = await gateway.ask(question(1), Purpose(run_id="r3"))
        cost = server.cost_usd
        tokens = server.calls[0].tokens
        assert len(server.calls) == 1

    assert first.text == again.text == later.text == "answer to Question 1 "
    assert (first.reused, again.reused, later.reused) == (False, True, True)
    assert (again.cost_usd, later.cost_usd) == (0.0, 0.0)
    assert first.cost_usd == pytest.approx(cost)
    assert spent.usd == pytest.approx(cost)
    assert (spent.calls, spent.reused, other.calls, other.reused, other.usd) == (1, 0, 0, 1, 0.0)
    expected = Usage(tokens.uncached_input, tokens.cache_read, tokens.cache_write, tokens.output)
    assert first.usage == spent.usage == expected


async def test_many_who_ask_the_same_at_once_share_one_call(tmp_path: Path) -> None:
    with FakeModelServer(Echo(), latency=Latency(median_seconds=0.3)) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            replies = await ask_all(gateway, [1] * 20)
            assert gateway.spent("r1").reused == 19
        assert len(server.calls) == 1
    assert set(texts(replies)) == {"answer to Question 1 "}


async def test_what_one_server_answered_is_not_given_for_another(tmp_path: Path) -> None:
    for number in range(2):  # the second could be the real one, and the first a fake
        with FakeModelServer(Echo(letters=number * 40)) as server:
            async with opened(settings(server, tmp_path)) as gateway:
                await gateway.ask(question(1), PURPOSE)
            assert len(server.calls) == 1


async def test_without_caching_runs_share_nothing_yet_each_is_paid_once(tmp_path: Path) -> None:
    with FakeModelServer(Echo()) as server:
        chosen = settings(server, tmp_path, MGE_V2_ENABLE_CACHING="false")
        async with opened(chosen) as gateway:
            await gateway.ask(question(1), PURPOSE)
            await gateway.ask(question(1), Purpose(run_id="r2", atom_id="a1"))
            await gateway.ask(question(1), Purpose(run_id="r1", atom_id="a1", attempt=2))
        assert len(server.calls) == 3
        async with opened(chosen) as gateway:
            resumed = await gateway.ask(question(1), PURPOSE)
        assert len(server.calls) == 3
    assert resumed.reused


async def test_who_loses_patience_loses_no_money(tmp_path: Path) -> None:
    with FakeModelServer(Echo(), latency=Latency(median_seconds=0.5, sigma=0)) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(gateway.ask(question(1), PURPOSE), 0.1)
            reply = await gateway.ask(question(1), PURPOSE)
        assert len(server.calls) == 1
    assert reply.text == "answer to Question 1 "


async def test_a_closed_gateway_gives_back_what_it_set_aside(tmp_path: Path) -> None:
    with FakeModelServer(Echo(), latency=Latency(median_seconds=30, sigma=0)) as server:
        chosen = settings(server, tmp_path)
        async with opened(chosen) as gateway:
            asked = asyncio.create_task(gateway.ask(question(1), PURPOSE))
            await asyncio.sleep(0.5)
        with pytest.raises(asyncio.CancelledError):
            await asked
    with FakeModelServer(Echo()) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            reply = await asyncio.wait_for(gateway.ask(question(1), PURPOSE), 5)
            spent = gateway.spent("r1")
    assert not reply.reused
    # It was on its way: it may have been billed, and is held against the budget.
    assert (spent.calls, spent.faults) == (1, 1)
    assert spent.uncertain_usd > 0


async def test_why_a_reply_ended_is_told(tmp_path: Path) -> None:
    replies = [FakeReply("I would rather not.", stop=StopReason.REFUSAL), FakeReply("word " * 2_000)]
    with FakeModelServer(Scripted(replies)) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            refused = await gateway.ask(question(1), PURPOSE)
            cut = await gateway.ask(question(2, tokens=100), PURPOSE)
    assert (refused.stop, cut.stop) == (Stop.REFUSAL, Stop.LENGTH)
    assert cut.usage.output_tokens == 100


async def test_the_first_call_with_a_prefix_goes_alone(tmp_path: Path) -> None:
    with FakeModelServer(Echo(), latency=Latency(median_seconds=0.2, first_share=1.0)) as server:
        async with opened(settings(server, tmp_path)) as gateway:
            await ask_all(gateway, range(30))
        written = [call.tokens.cache_write for call in server.calls]
        read = [call.tokens.cache_read for call in server.calls]
    assert sum(1 for tokens in written if tokens) == 1
    assert sum(1 for tokens in read if tokens) == 29


async def test_a_question_that_nobody_takes_ends_at_once(tmp_path: Path) -> None:
    with FakeModelServer(Scripted([])) as server:  # answers 400
        async with opened(settings(server, tmp_path)) as gateway:
            with pytest.raises(ModelError, match="does not accept") as caught:
                await gateway.ask(question(1), PURPOSE)
            spent = gateway.spent("r1")
        assert len(server.calls) == 1
    assert not caught.value.lasting
    assert (spent.usd, spent.uncertain_usd, spent.faults) == (0.0, 0.0, 0)
