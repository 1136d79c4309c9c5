"""Providers through pydantic-ai, and the boundary where its exceptions become faults. Slow to import."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import SecretStr
from pydantic_ai import exceptions as vendor
from pydantic_ai.direct import model_request
from pydantic_ai.messages import (
    CachePoint,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    UserContent,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from devmatrix.llm.provider import Answer, Fault, FaultKind
from devmatrix.llm.request import Request, Stop, Usage

CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 1_000
IDLE_SECONDS = 3.0
"""Shorter than servers wait: who sends on a connection that is just being closed never learns whether it arrived."""
LONGEST_MESSAGE = 300

_STOPS = {"length": Stop.LENGTH, "content_filter": Stop.REFUSAL}

# The first that fits counts: the special kinds stand before those that they are kinds of.
_KINDS: tuple[tuple[type[Exception], FaultKind], ...] = (
    (vendor.ModelRequestTimeout, FaultKind.TIMEOUT),
    (vendor.ModelRateLimitError, FaultKind.RATE_LIMITED),
    (vendor.ModelQuotaExceededError, FaultKind.QUOTA),
    (vendor.ModelOverloadedError, FaultKind.OVERLOADED),
    (vendor.ModelUnavailableError, FaultKind.SERVER),
    (vendor.ModelServerError, FaultKind.SERVER),
    (vendor.ModelContextWindowExceededError, FaultKind.TOO_LONG),
    (vendor.ModelAuthenticationError, FaultKind.AUTH),
    (vendor.ModelNotFoundError, FaultKind.NO_SUCH_MODEL),
    (vendor.ModelRequestRejectedError, FaultKind.REJECTED),
)


class AnthropicModels:
    """The Messages API."""

    def __init__(self, api_key: SecretStr, base_url: str, *, seconds: float) -> None:
        self._secret = api_key
        self._seconds = seconds
        self._http = _http_client(seconds)
        client = AsyncAnthropic(
            api_key=api_key.get_secret_value(), base_url=base_url, max_retries=0, http_client=self._http
        )
        self._provider = AnthropicProvider(anthropic_client=client)

    async def send(self, request: Request, model: str) -> Answer:
        """Ask once. Raises Fault."""
        chosen = AnthropicModel(model, provider=self._provider)
        settings = AnthropicModelSettings(
            max_tokens=request.max_output_tokens, request_timeout=self._seconds, anthropic_cache_instructions=True
        )
        if chosen.profile.get("anthropic_supports_effort", False):
            settings["anthropic_effort"] = request.effort
        # Everything that other calls share stands before a mark; only what follows the last mark is paid in full.
        asked: list[UserContent] = [request.context, CachePoint()] if request.context else []
        return await _ask(chosen, request, [*asked, request.question], settings, self._secret)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()


class OpenAiModels:
    """Chat completions: OpenAI itself, and all servers that speak like it."""

    def __init__(self, api_key: SecretStr, base_url: str, *, seconds: float) -> None:
        self._secret = api_key
        self._seconds = seconds
        self._http = _http_client(seconds)
        client = AsyncOpenAI(
            # Servers at home ask for no key, but the library does.
            api_key=api_key.get_secret_value() or "none",
            base_url=base_url,
            max_retries=0,
            http_client=self._http,
        )
        self._provider = OpenAIProvider(openai_client=client)

    async def send(self, request: Request, model: str) -> Answer:
        """Ask once. Raises Fault."""
        chosen = OpenAIChatModel(model, provider=self._provider)
        if not chosen.profile.get("supports_thinking", False):
            # All but OpenAI's newer models understand `max_tokens`; some servers understand nothing else.
            older = OpenAIModelProfile(
                openai_chat_supports_max_completion_tokens=False, supports_json_schema_output=True
            )
            chosen = OpenAIChatModel(model, provider=self._provider, profile=older)
        settings = ModelSettings(max_tokens=request.max_output_tokens, request_timeout=self._seconds)
        if chosen.profile.get("supports_thinking", False):
            settings["thinking"] = request.effort
        # One text: not every server takes a list of them.
        asked = "\n\n".join(part for part in (request.context, request.question) if part)
        return await _ask(chosen, request, asked, settings, self._secret)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()


def _http_client(seconds: float) -> httpx2.AsyncClient:
    limits = httpx2.Limits(
        max_connections=MOST_CONNECTIONS, max_keepalive_connections=100, keepalive_expiry=IDLE_SECONDS
    )
    return httpx2.AsyncClient(timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS), limits=limits)


async def _ask(
    model: Model[Any],
    request: Request,
    asked: str | list[UserContent],
    settings: ModelSettings,
    secret: SecretStr,
) -> Answer:
    system = [SystemPromptPart(request.shared)] if request.shared else []
    parameters = ModelRequestParameters()
    if request.schema is not None:
        parameters = ModelRequestParameters(
            output_mode="native", output_object=OutputObjectDefinition(json_schema=dict(request.schema), name="reply")
        )
    started = time.monotonic()
    with _translated(secret):
        response = await model_request(
            model,
            [ModelRequest(parts=[*system, UserPromptPart(asked)])],
            model_settings=settings,
            model_request_parameters=parameters,
        )
    return _answer(response, time.monotonic() - started)


def _answer(response: ModelResponse, seconds: float) -> Answer:
    used = response.usage
    cached = used.cache_read_tokens + used.cache_write_tokens
    usage = Usage(
        input_tokens=max(0, used.input_tokens - cached),
        cache_read_tokens=used.cache_read_tokens,
        cache_write_tokens=used.cache_write_tokens,
        output_tokens=used.output_tokens,
    )
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    stop = _STOPS.get(response.finish_reason or "", Stop.END)
    if stop is Stop.END and not text.strip():
        # An empty answer kept under its key would be given again for ever.
        raise Fault(FaultKind.GARBLED, "the answer holds no text", usage=usage)
    return Answer(text=text, stop=stop, usage=usage, seconds=seconds)


@contextmanager
def _translated(secret: SecretStr) -> Iterator[None]:
    try:
        yield
    except vendor.ModelAPIError as error:
        raise _fault(error, secret) from None
    except (vendor.UserError, vendor.UnexpectedModelBehavior) as error:
        kind = FaultKind.REJECTED if isinstance(error, vendor.UserError) else FaultKind.GARBLED
        raise Fault(kind, _clean(str(error), secret)) from None
    except httpx2.TransportError as error:
        raise Fault(FaultKind.CUT, _clean(str(error) or type(error).__name__, secret)) from None
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError) as error:
        # What the libraries raise when a body is JSON, but not the JSON that they expect.
        raise Fault(FaultKind.GARBLED, f"the answer cannot be read ({type(error).__name__})") from None


def _fault(error: vendor.ModelAPIError, secret: SecretStr) -> Fault:
    message = _clean(_said(error), secret)
    kind = next((kind for family, kind in _KINDS if isinstance(error, family)), None)
    if kind is None and isinstance(error, vendor.ModelConnectionError):
        kind = _broken(error)
    if kind is None and isinstance(error, vendor.ModelHTTPError):
        kind = FaultKind.TOO_LONG if error.status_code == 413 else FaultKind.REJECTED
    return Fault(kind or FaultKind.GARBLED, message, retry_after=error.retry_after)


def _broken(error: vendor.ModelConnectionError) -> FaultKind:
    if error.phase in ("connect", "pool"):
        return FaultKind.CONNECTION
    return FaultKind.TIMEOUT if isinstance(error, vendor.ModelTimeoutError) else FaultKind.CUT


def _said(error: vendor.ModelAPIError) -> str:
    """The provider's own sentence where there is one, without the frame around it."""
    body = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        said = inner.get("message") if isinstance(inner, dict) else inner
        if isinstance(said, str) and said.strip():
            return said
    return f"HTTP {error.status_code}" if isinstance(error, vendor.ModelHTTPError) else error.message


def _clean(message: str, secret: SecretStr) -> str:
    key = secret.get_secret_value()
    if key:
        message = message.replace(key, "***")
    # Some echo a shortened key.
    message = re.sub(r"\b(sk|key)-[\w*.-]+", "***", message)
    message = " ".join(message.split())
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"
