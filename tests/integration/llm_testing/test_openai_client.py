"""The official OpenAI client against the fake server."""

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageFunctionToolCall
from pydantic import BaseModel

from devmatrix.llm.testing import FakeModelServer, FakeReply, FaultKind, Faults, Sample, Scripted, StopReason, ToolUse
from tests.integration.llm_testing.clients import opened

ASKED = {"model": "gpt-5.5", "messages": [{"role": "user", "content": "Say something."}]}
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]


def client(server: FakeModelServer, **options: object) -> OpenAI:
    given: Any = {"base_url": f"{server.base_url}/v1", "api_key": server.api_key, "max_retries": 0, **options}
    return opened.enter_context(OpenAI(**given))


def whole(asking: OpenAI, **more: object) -> ChatCompletion:
    given: Any = {**ASKED, **more}
    completion = asking.chat.completions.create(**given)
    assert isinstance(completion, ChatCompletion)
    return completion


def streamed(asking: OpenAI, **more: object) -> ChatCompletion:
    given: Any = {**ASKED, "stream_options": {"include_usage": True}, **more}
    with asking.chat.completions.stream(**given) as stream:
        return stream.get_final_completion()


Way = Callable[..., ChatCompletion]
both_ways = pytest.mark.parametrize("way", [whole, streamed])


def served(*replies: FakeReply | str, faults: Faults | None = None) -> FakeModelServer:
    return FakeModelServer(Scripted(replies), faults=faults)


@both_ways
def test_texts_tools_and_usage(way: Way) -> None:
    called = FakeReply(tool=ToolUse("look", {"at": "it"}), stop=StopReason.TOOL)
    with served(FakeReply("A sentence. " * 30, thinking_tokens=40), called) as server:
        asking = client(server)
        said = way(asking)
        told = way(asking, tools=TOOLS)
    assert said.choices[0].message.content == "A sentence. " * 30
    assert said.choices[0].finish_reason == "stop"
    assert said.usage is not None
    assert (said.usage.prompt_tokens, said.usage.completion_tokens) == (8, 143)
    assert said.usage.completion_tokens_details is not None
    assert said.usage.completion_tokens_details.reasoning_tokens == 40
    calls = told.choices[0].message.tool_calls
    assert calls is not None
    assert isinstance(calls[0], ChatCompletionMessageFunctionToolCall)
    assert (calls[0].function.name, json.loads(calls[0].function.arguments)) == ("look", {"at": "it"})
    assert told.choices[0].finish_reason == "tool_calls"
    assert server.cost_usd == pytest.approx(
        sum(call.tokens.input * 5 + call.tokens.output * 30 for call in server.calls) / 1e6
    )


def test_a_limit_raises_what_the_client_makes_of_it_in_a_stream() -> None:
    with served("word " * 100, "word " * 100) as server:
        asking = client(server)
        assert whole(asking, max_completion_tokens=9).choices[0].finish_reason == "length"
        with pytest.raises(openai.LengthFinishReasonError):
            streamed(asking, max_completion_tokens=9)


@both_ways
def test_what_is_refused_raises_what_it_would_raise(way: Way) -> None:
    with served() as server:
        asking = client(server)
        with pytest.raises(openai.BadRequestError, match="'temperature' does not support") as bad:
            way(asking, temperature=0.5)
        with pytest.raises(openai.NotFoundError, match="`gpt-0` does not exist"):
            way(asking, model="gpt-0")
        with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
            way(client(server, api_key="wrong"))
    assert (bad.value.code, bad.value.param) == ("unsupported_value", "temperature")
    assert bad.value.request_id


def test_models() -> None:
    with served() as server:
        assert [model.id for model in client(server).models.list()] == ["gpt-5.5", "gpt-5-mini", "local-model"]
        assert client(server).models.retrieve("local-model").owned_by == "fake"


class Verdict(BaseModel):
    right: bool
    reason: str


def test_typed_output() -> None:
    with FakeModelServer(Sample()) as server:
        parsed = client(server).chat.completions.parse(
            model="gpt-5.5", messages=[{"role": "user", "content": "x"}], response_format=Verdict
        )
    assert parsed.choices[0].message.parsed == Verdict(right=False, reason="")


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        (FaultKind.RATE_LIMIT, openai.RateLimitError),
        (FaultKind.SERVER_ERROR, openai.InternalServerError),
        (FaultKind.OVERLOADED, openai.InternalServerError),
        (FaultKind.INVALID_JSON, json.JSONDecodeError),
    ],
)
@both_ways
def test_each_fault_raises_what_it_would_raise(way: Way, kind: FaultKind, raised: type[Exception]) -> None:
    with served("Fine.", "Fine.", faults=Faults(planned={1: kind})) as server:
        with pytest.raises(raised):
            way(client(server))
        assert way(client(server)).choices[0].message.content == "Fine."


def test_a_cut_connection_is_a_connection_error() -> None:
    planned = {1: FaultKind.CUT, 2: FaultKind.CUT}
    with served("Fine. " * 100, "Fine. " * 100, faults=Faults(planned=planned)) as server:
        with pytest.raises(openai.APIConnectionError):
            whole(client(server))
        with pytest.raises(openai.APIConnectionError):
            streamed(client(server))
    assert [(call.billed, call.completed) for call in server.calls] == [(True, False)] * 2
