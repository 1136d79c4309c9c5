"""The official Anthropic client against the fake server: answers, streams, and the exceptions of the real thing."""

import json
from collections.abc import Callable
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from anthropic.types import MessageParam
from pydantic import BaseModel

from devmatrix.llm.testing import (
    FakeModelServer,
    FakeReply,
    FaultKind,
    Faults,
    Latency,
    Replier,
    Sample,
    Scripted,
    StopReason,
    ToolUse,
)
from tests.integration.llm_testing.clients import opened

MODEL = "claude-haiku-5-5"
MESSAGES: list[MessageParam] = [{"role": "user", "content": "Say something."}]


def client(server: FakeModelServer, **options: object) -> Anthropic:
    given: Any = {"base_url": server.base_url, "api_key": server.api_key, "max_retries": 0, **options}
    return opened.enter_context(Anthropic(**given))


def served(*replies: FakeReply | str, faults: Faults | None = None) -> FakeModelServer:
    return FakeModelServer(Scripted(replies), faults=faults)


def whole(asking: Anthropic, **more: object) -> anthropic.types.Message:
    given: Any = {"model": MODEL, "max_tokens": 500, "messages": MESSAGES, **more}
    message = asking.messages.create(**given)
    assert isinstance(message, anthropic.types.Message)
    return message


def streamed(asking: Anthropic, **more: object) -> anthropic.types.Message:
    given: Any = {"model": MODEL, "max_tokens": 500, "messages": MESSAGES, **more}
    with asking.messages.stream(**given) as stream:
        return stream.get_final_message()


Way = Callable[..., anthropic.types.Message]
both_ways = pytest.mark.parametrize("way", [whole, streamed])


def test_a_streamed_message_equals_a_whole_one() -> None:
    reply = FakeReply("A sentence. " * 30, thinking_tokens=40)
    with served(reply, reply) as server:
        one, other = whole(client(server)), streamed(client(server))
    skipped = {"id", "content"}
    assert one.model_dump(exclude=skipped) == other.model_dump(exclude=skipped)
    assert [block.type for block in one.content] == [block.type for block in other.content] == ["thinking", "text"]
    assert one.content[1].model_dump()["text"] == other.content[1].model_dump()["text"] == "A sentence. " * 30
    assert one.usage.output_tokens == server.calls[0].tokens.output == 40 + 103
    assert [call.completed for call in server.calls] == [True, True]


@both_ways
def test_tools_refusals_and_limits_come_as_stop_reasons(way: Way) -> None:
    tool = {"name": "look", "input_schema": {"type": "object", "properties": {"at": {"type": "string"}}}}
    replies = (
        FakeReply("Looking.", ToolUse("look", {"at": "ä" * 100}), StopReason.TOOL),
        FakeReply("I can't help with that.", stop=StopReason.REFUSAL),
        "word " * 2_000,
    )
    with served(*replies) as server:
        asking = client(server)
        called = way(asking, tools=[tool])
        refused, cut = way(asking), way(asking)
    assert called.stop_reason == "tool_use"
    assert called.content[1].model_dump()["input"] == {"at": "ä" * 100}
    assert refused.stop_reason == "refusal"
    assert refused.stop_details is not None
    assert (cut.stop_reason, cut.usage.output_tokens) == ("max_tokens", 500)


def test_the_stream_arrives_bit_by_bit() -> None:
    with (
        served("A sentence. " * 30) as server,
        client(server).messages.stream(model=MODEL, max_tokens=500, messages=MESSAGES) as stream,
    ):
        kinds = [event.type for event in stream]
    assert kinds[0] == "message_start"
    assert kinds.count("content_block_delta") == 6
    assert kinds[-1] == "message_stop"


@both_ways
def test_what_is_refused_raises_what_it_would_raise(way: Way) -> None:
    with served() as server:
        asking = client(server)
        with pytest.raises(anthropic.BadRequestError, match="`temperature` is deprecated for this model") as bad:
            way(asking, extra_body={"temperature": 0.5})
        with pytest.raises(anthropic.NotFoundError, match="model: claude-nobody"):
            way(asking, model="claude-nobody")
        with pytest.raises(anthropic.AuthenticationError, match="invalid x-api-key"):
            way(client(server, api_key="wrong"))
    assert bad.value.type == "invalid_request_error"
    assert bad.value.request_id
    assert isinstance(bad.value.body, dict)
    assert bad.value.body["request_id"] == bad.value.request_id
    assert server.cost_usd == 0


def test_counting_models_and_unknown_paths() -> None:
    with served("Fine.") as server:
        asking = client(server)
        counted = asking.messages.count_tokens(model=MODEL, messages=MESSAGES, system="Be brief.")
        assert counted.input_tokens == whole(asking, system="Be brief.").usage.input_tokens
        assert [model.id for model in asking.models.list()] == [MODEL, "claude-sonnet-5-5", "claude-opus-5-5"]
        described = asking.models.retrieve("claude-sonnet-5-5")
        assert (described.max_tokens, described.max_input_tokens) == (128_000, 1_000_000)
        with pytest.raises(anthropic.NotFoundError):
            asking.models.retrieve("gpt-5.5")
        with pytest.raises(anthropic.NotFoundError):
            whole(client(server, base_url=f"{server.base_url}/v1"))


class Verdict(BaseModel):
    right: bool
    reason: str


def test_typed_output() -> None:
    with FakeModelServer(Sample()) as server:
        message = client(server).messages.parse(
            model="claude-sonnet-5-5", max_tokens=500, messages=MESSAGES, output_format=Verdict
        )
    assert message.parsed_output == Verdict(right=False, reason="")


@both_ways
def test_the_prompt_cache_shows_in_the_usage(way: Way) -> None:
    system = [{"type": "text", "text": "The rules of the house. " * 150, "cache_control": {"type": "ephemeral"}}]
    with served("a", "b") as server:
        first, second = way(client(server), system=system), way(client(server), system=system)
    assert (first.usage.cache_creation_input_tokens, first.usage.cache_read_input_tokens) == (1_004, 0)
    assert (second.usage.cache_creation_input_tokens, second.usage.cache_read_input_tokens) == (0, 1_004)
    assert first.usage.input_tokens == second.usage.input_tokens == 8


FAULTS: dict[FaultKind, tuple[type[Exception], type[Exception]]] = {
    FaultKind.RATE_LIMIT: (anthropic.RateLimitError, anthropic.RateLimitError),
    FaultKind.SERVER_ERROR: (anthropic.InternalServerError, anthropic.InternalServerError),
    FaultKind.OVERLOADED: (anthropic.APIStatusError, anthropic.APIStatusError),
    FaultKind.INVALID_JSON: (json.JSONDecodeError, json.JSONDecodeError),
}


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("stream", [False, True])
def test_each_fault_raises_what_it_would_raise(kind: FaultKind, stream: bool) -> None:
    with served("Fine.", "Fine.", faults=Faults(planned={1: kind})) as server:
        with pytest.raises(FAULTS[kind][stream]):
            (streamed if stream else whole)(client(server))
        assert whole(client(server)).stop_reason == "end_turn"
    assert server.calls[0].fault == kind


def test_a_cut_connection_is_a_connection_error() -> None:
    with served("Fine. " * 100, "Fine. " * 100, faults=Faults(planned={1: FaultKind.CUT, 2: FaultKind.CUT})) as server:
        with pytest.raises(anthropic.APIConnectionError) as broken:
            whole(client(server))
        assert "peer closed connection" in str(broken.value.__cause__)
        with pytest.raises(Exception, match="peer closed connection"):
            streamed(client(server))
    assert [(call.status, call.billed, call.completed) for call in server.calls] == [(200, True, False)] * 2


@both_ways
def test_answers_without_sense_are_well_formed(way: Way) -> None:
    planned = {1: FaultKind.EMPTY, 2: FaultKind.WRONG_BLOCK}
    with served("Fine.", "Fine.", faults=Faults(planned=planned)) as server:
        empty, wrong = way(client(server)), way(client(server))
    assert empty.content == []
    assert [block.type for block in wrong.content] == ["tool_use"]


def test_the_client_waits_as_long_as_it_is_told_and_comes_back() -> None:
    faults = Faults(planned={1: FaultKind.RATE_LIMIT}, retry_after_seconds=0.3)
    with served("Fine.", faults=faults) as server:
        assert whole(client(server, max_retries=1)).stop_reason == "end_turn"
    first, second = server.calls
    assert (first.status, second.status) == (429, 200)
    assert (second.at - first.at).total_seconds() > 0.29
    assert server.calls_completed_twice() == server.calls_paid_twice() == 0


def test_who_hangs_up_has_paid_and_not_been_answered() -> None:
    replier: Replier = Scripted(["Fine."] * 2)
    with FakeModelServer(replier, latency=Latency(0.4, sigma=0)) as server:
        with pytest.raises(anthropic.APITimeoutError):
            whole(client(server, timeout=0.1))
        assert whole(client(server)).stop_reason == "end_turn"
    assert [(call.billed, call.completed) for call in server.calls] == [(True, False), (True, True)]
    assert (server.calls_completed_twice(), server.calls_paid_twice()) == (0, 1)
