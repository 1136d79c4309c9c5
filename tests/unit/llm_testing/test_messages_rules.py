"""The fake Messages API refuses what the real one refuses, in the same shape."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from tests.unit.llm_testing.asking import ASKED, HEADERS, KEY, ask, desk

TOOL: JsonValue = {"name": "look_up", "input_schema": {"type": "object", "properties": {}}}
MARKED: JsonValue = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}
CALL: JsonValue = {"type": "tool_use", "id": "t1", "name": "look_up", "input": {}}


def said(*messages: JsonValue) -> Mapping[str, JsonValue]:
    return {"messages": list(messages)}


def user(*blocks: JsonValue) -> JsonValue:
    return {"role": "user", "content": list(blocks)}


REFUSALS: dict[str, tuple[Mapping[str, JsonValue], str]] = {
    "temperature": ({"temperature": 0.2}, "`temperature` is deprecated for this model."),
    "top_p": ({"top_p": 0.9}, "`top_p` is deprecated for this model."),
    "top_k": ({"top_k": 5}, "`top_k` is deprecated for this model."),
    "prefill": (
        said({"role": "user", "content": "a"}, {"role": "assistant", "content": "{"}),
        "This model does not support assistant message prefill. The conversation must end with a user message.",
    ),
    "any tool": (
        {"tools": [TOOL], "tool_choice": {"type": "any"}},
        'tool_choice: type "tool" and "any" are not supported for this model.',
    ),
    "one tool": (
        {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "look_up"}},
        'tool_choice: type "tool" and "any" are not supported for this model.',
    ),
    "choice without tools": (
        {"tool_choice": {"type": "auto"}},
        "tool_choice: may only be specified while providing tools",
    ),
    "tool without schema": ({"tools": [{"name": "x"}]}, "tools.0.custom.input_schema: Field required"),
    "tools alike": ({"tools": [TOOL, TOOL]}, "tools: Tool names must be unique."),
    "thinking budget": (
        {"thinking": {"type": "enabled", "budget_tokens": 2_000}},
        '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
        '"output_config.effort" to control thinking behavior.',
    ),
    "adaptive budget": (
        {"thinking": {"type": "adaptive", "budget_tokens": 2_000}},
        "thinking.adaptive.budget_tokens: Extra inputs are not permitted",
    ),
    "effort": ({"output_config": {"effort": "huge"}}, "output_config.effort: Input should be"),
    "effort without thinking": (
        {"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}},
        'output_config.effort: "max" is not supported while thinking is turned off.',
    ),
    "output option": ({"output_config": {"style": "x"}}, "output_config.style: Extra inputs are not permitted"),
    "no messages": ({"messages": []}, "messages: at least one message is required"),
    "unknown field": ({"top": 1}, "top: Extra inputs are not permitted"),
    "limit": (
        {"max_tokens": 200_000},
        "max_tokens: 200000 > 128000, which is the maximum allowed number of output tokens for claude-haiku-5-5",
    ),
    "limit as text": ({"max_tokens": "9"}, "max_tokens: Input should be a valid integer"),
    "limit below": ({"max_tokens": -1}, "max_tokens: Input should be greater than or equal to 0"),
    "five breakpoints": (
        said(user(*[MARKED] * 5)),
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    "automatic breakpoint is one, too": (
        {**said(user(*[MARKED] * 4)), "cache_control": {"type": "ephemeral"}},
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    "longer after shorter": (
        said(user(MARKED, {"type": "text", "text": "y", "cache_control": {"type": "ephemeral", "ttl": "1h"}})),
        "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.",
    ),
    "ttl": (
        said(user({"type": "text", "text": "y", "cache_control": {"type": "ephemeral", "ttl": "1d"}})),
        "cache_control.ttl: Input should be '5m' or '1h'",
    ),
    "empty text": (said(user({"type": "text", "text": ""})), "messages: text content blocks must be non-empty"),
    "blank text": (
        said(user({"type": "text", "text": " \n"})),
        "messages: text content blocks must contain non-whitespace text",
    ),
    "empty content": (
        said({"role": "user", "content": ""}),
        "messages.0: user messages must have non-empty content",
    ),
    "role": (said({"role": "robot", "content": "x"}), "messages.0.role: Input should be"),
    "first role": (
        said({"role": "assistant", "content": "x"}),
        'messages: first message must use the "user" role',
    ),
    "system as block": ({"system": [{"type": "image"}]}, "system.0.type: Input should be 'text'"),
    "result for nothing": (
        said(user({"type": "tool_result", "tool_use_id": "t9", "content": "x"})),
        "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t9.",
    ),
    "call without result": (
        said(
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": [CALL]},
            user({"type": "text", "text": "b"}),
        ),
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.",
    ),
}


@pytest.mark.parametrize(("change", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_refused_with_400(change: Mapping[str, JsonValue], message: str) -> None:
    told = ask(desk(), {**ASKED, **change})
    assert (told.status, told.message[: len(message)]) == (400, message)
    assert told.body["type"] == "error"
    assert told.body["request_id"]
    error = told.body["error"]
    assert isinstance(error, dict)
    assert error["type"] == "invalid_request_error"
    assert not told.record.billed
    assert not told.record.completed
    assert told.record.error == told.message


@pytest.mark.parametrize("name", ["model", "max_tokens", "messages"])
def test_what_is_missing_is_named(name: str) -> None:
    told = ask(desk(), {key: value for key, value in ASKED.items() if key != name})
    assert (told.status, told.message) == (400, f"{name}: Field required")


@pytest.mark.parametrize(
    ("model", "refused"),
    [
        ("claude-haiku-5-5", {"enabled"}),
        ("claude-sonnet-5-5", {"enabled", "disabled"}),
        ("claude-opus-5-5", {"enabled", "disabled", "between_tools"}),
    ],
)
def test_each_model_has_its_own_ways_of_thinking(model: str, refused: set[str]) -> None:
    kinds = ("enabled", "disabled", "between_tools", "adaptive")
    found = {kind for kind in kinds if ask(desk(), {**ASKED, "model": model, "thinking": {"type": kind}}).status == 400}
    assert found == refused


def test_keys_and_versions_are_wanted() -> None:
    missing = ask(desk(), ASKED, headers={"anthropic-version": "2023-06-01"})
    assert (missing.status, missing.message) == (401, "x-api-key header is required")
    wrong = ask(desk(), ASKED, headers={**HEADERS, "x-api-key": "other"})
    assert (wrong.status, wrong.message) == (401, "invalid x-api-key")
    version = ask(desk(), ASKED, headers={"x-api-key": KEY})
    assert (version.status, version.message) == (400, "anthropic-version: header is required")
    assert ask(desk(), ASKED, headers={"authorization": f"Bearer {KEY}", "anthropic-version": "x"}).status == 200


def test_keys_are_not_remembered() -> None:
    told = ask(desk(), ASKED, headers={**HEADERS, "user-agent": "me"})
    assert dict(told.record.headers) == {"anthropic-version": "2023-06-01", "user-agent": "me"}


@pytest.mark.parametrize("model", ["claude-haiku-9", "gpt-5.5"])
def test_models_of_nobody_and_of_others_are_not_found(model: str) -> None:
    told = ask(desk(), {**ASKED, "model": model})
    assert (told.status, told.message) == (404, f"model: {model}")
    assert told.body["error"] == {"type": "not_found_error", "message": f"model: {model}"}


def test_too_long_a_prompt_is_refused_with_its_length() -> None:
    told = ask(desk(), {**ASKED, "system": "long " * 800_000})
    assert (told.status, told.message) == (400, "prompt is too long: 1111124 tokens > 1000000 maximum")


def test_too_large_a_body_is_refused_unread() -> None:
    told = ask(desk(), b" " * (32 * 1024 * 1024 + 1))
    assert told.status == 413
    assert told.body["error"] == {"type": "request_too_large", "message": "Request exceeds the maximum size"}


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b'"x"'])
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    assert ask(desk(), raw).status == 400


def test_what_current_clients_send_is_taken() -> None:
    body: dict[str, JsonValue] = {
        **ASKED,
        "system": [MARKED],
        "messages": [
            user(MARKED),
            {"role": "assistant", "content": [CALL]},
            user({"type": "tool_result", "tool_use_id": "t1", "content": "found"}),
        ],
        "tools": [TOOL],
        "tool_choice": {"type": "auto"},
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "low"},
        "metadata": {"user_id": "me"},
        "stop_sequences": ["END"],
    }
    assert ask(desk(), body).status == 200


def test_counting_wants_no_limit_and_costs_nothing() -> None:
    body = {key: value for key, value in ASKED.items() if key != "max_tokens"}
    told = ask(desk(), body, counting=True)
    assert told.body == {"input_tokens": 8}
    assert not told.record.billed
    assert ask(desk(), {**body, "max_tokens": 5}, counting=True).status == 400
