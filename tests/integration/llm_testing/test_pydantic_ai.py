"""pydantic-ai, which the gateway is built on, against the fake server: both providers, streamed and not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent, ModelHTTPError, NativeOutput, ToolOutput, UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from devmatrix.llm.testing import FakeModelServer, FakeReply, FaultKind, Faults, Scripted

RULES = "The rules of the house. " * 150
WRITTEN = '{"code": "x = 1", "imports": []}'


class Code(BaseModel):
    code: str
    imports: list[str]


@asynccontextmanager
async def claude(server: FakeModelServer, name: str = "claude-haiku-5-5") -> AsyncIterator[Model]:
    async with AsyncAnthropic(base_url=server.base_url, api_key=server.api_key, max_retries=0) as asking:
        yield AnthropicModel(name, provider=AnthropicProvider(anthropic_client=asking))


@asynccontextmanager
async def gpt(server: FakeModelServer, name: str = "gpt-5.5") -> AsyncIterator[Model]:
    async with AsyncOpenAI(base_url=f"{server.base_url}/v1", api_key=server.api_key, max_retries=0) as asking:
        yield OpenAIChatModel(name, provider=OpenAIProvider(openai_client=asking))


ModelOf = Callable[[FakeModelServer], AbstractAsyncContextManager[Model]]
by_both = pytest.mark.parametrize("model_of", [claude, gpt])


@by_both
def test_typed_output_whole_and_streamed(model_of: ModelOf) -> None:
    async def passage() -> None:
        async with FakeModelServer(Scripted([WRITTEN, WRITTEN])) as server, model_of(server) as model:
            agent = Agent(model, output_type=NativeOutput(Code), instructions="Write code.")
            result = await agent.run("x")
            assert result.output == Code(code="x = 1", imports=[])
            assert result.usage.output_tokens == server.calls[0].tokens.output
            assert result.usage.input_tokens == server.calls[0].tokens.input
            async with agent.run_stream("x") as stream:
                assert await stream.get_output() == Code(code="x = 1", imports=[])
        assert [call.completed for call in server.calls] == [True, True]

    asyncio.run(passage())


def test_the_prompt_cache_and_effort() -> None:
    settings = AnthropicModelSettings(anthropic_cache_instructions=True, anthropic_effort="low", max_tokens=900)

    async def passage() -> None:
        async with FakeModelServer(Scripted([WRITTEN, WRITTEN])) as server, claude(server) as model:
            agent = Agent(model, output_type=NativeOutput(Code), instructions=RULES, model_settings=settings)
            first, second = await agent.run("x"), await agent.run("y")
        read = server.calls[1].tokens.cache_read
        assert first.usage.cache_write_tokens == second.usage.cache_read_tokens == read > 1_000
        config = server.calls[0].body["output_config"]
        assert isinstance(config, dict)
        assert config["effort"] == "low"
        assert server.cost_usd == pytest.approx(sum(float(run.response.cost().total_price) for run in (first, second)))

    asyncio.run(passage())


@by_both
@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.OVERLOADED])
def test_http_faults_are_http_errors(model_of: ModelOf, kind: FaultKind) -> None:
    async def passage() -> None:
        async with (
            FakeModelServer(Scripted([]), faults=Faults(planned={1: kind})) as server,
            model_of(server) as model,
        ):
            with pytest.raises(ModelHTTPError) as raised:
                await Agent(model).run("x")
        assert raised.value.status_code == server.calls[0].status

    asyncio.run(passage())


@by_both
def test_an_empty_answer_is_no_answer(model_of: ModelOf) -> None:
    faults = Faults(planned={number: FaultKind.EMPTY for number in (1, 2, 3)})

    async def passage() -> None:
        async with FakeModelServer(Scripted("abc"), faults=faults) as server, model_of(server) as model:
            with pytest.raises(UnexpectedModelBehavior):
                await Agent(model).run("x")
        assert server.calls[0].status == 200

    asyncio.run(passage())


def test_typed_output_by_tool_cannot_be_forced() -> None:
    async def passage() -> None:
        async with (
            FakeModelServer(Scripted([FakeReply("Text instead.")] * 5)) as server,
            claude(server, "claude-sonnet-5-5") as model,
        ):
            with pytest.raises(UnexpectedModelBehavior):
                await Agent(model, output_type=ToolOutput(Code)).run("x")
        assert "tools" in server.calls[0].body
        assert server.calls[0].body.get("tool_choice") in (None, {"type": "auto"})

    asyncio.run(passage())
