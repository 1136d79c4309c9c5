"""The fake chat completions refuse what OpenAI's refuse."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from devmatrix.llm.testing import FakeReply, StopReason
from tests.unit.llm_testing.asking import CHAT, Always, ask_chat, desk

STRICT: JsonValue = {
    "type": "json_schema",
    "json_schema": {"name": "x", "strict": True, "schema": {"type": "object", "properties": {}}},
}

REFUSALS: dict[str, tuple[Mapping[str, JsonValue], int, str, str | None]] = {
    "unknown": ({"foo": 1}, 400, "Unknown parameter: 'foo'.", "unknown_parameter"),
    "old limit": ({"max_tokens": 5}, 400, "Unsupported parameter: 'max_tokens'", "unsupported_parameter"),
    "temperature": ({"temperature": 0.2}, 400, "Unsupported value: 'temperature'", "unsupported_value"),
    "no limit": ({"max_completion_tokens": 0}, 400, "Invalid 'max_completion_tokens'", "integer_below_min_value"),
    "limit": ({"max_completion_tokens": 10**6}, 400, "max_completion_tokens is too large", "invalid_value"),
    "empty": ({"messages": []}, 400, "Invalid 'messages': empty array.", "empty_array"),
    "role": ({"messages": [{"role": "robot", "content": "x"}]}, 400, "Invalid value: 'robot'.", "invalid_value"),
    "model": ({"model": "claude-haiku-5-5"}, 404, "The model `claude-haiku-5-5` does not exist", "model_not_found"),
    "schema": ({"response_format": STRICT}, 400, "Invalid schema for response_format 'x'", None),
    "length": (
        {"messages": [{"role": "user", "content": "long " * 800_000}]},
        400,
        "This model's maximum context length is 1000000 tokens.",
        "context_length_exceeded",
    ),
}


@pytest.mark.parametrize(("change", "status", "message", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_refused(change: Mapping[str, JsonValue], status: int, message: str, code: str | None) -> None:
    told = ask_chat(desk(), {**CHAT, **change})
    assert (told.status, told.message[: len(message)]) == (status, message)
    error = told.body["error"]
    assert isinstance(error, dict)
    assert error["type"] == "invalid_request_error"
    assert error["code"] == code
    assert not told.record.billed


def test_keys_are_wanted() -> None:
    assert ask_chat(desk(), CHAT, key="").status == 401
    wrong = ask_chat(desk(), CHAT, key="other")
    assert (wrong.status, wrong.message) == (401, "Incorrect API key provided.")


def test_a_local_model_takes_what_the_hosted_ones_do_not_and_costs_nothing() -> None:
    told = ask_chat(desk(), {**CHAT, "model": "local-model", "temperature": 0, "max_tokens": 5, "seed": 1})
    assert told.status == 200
    assert told.record.billed
    assert told.record.cost_usd == 0


def test_a_refusal_is_told_as_one() -> None:
    told = ask_chat(desk(Always(FakeReply("No.", stop=StopReason.REFUSAL))), CHAT)
    choices = told.body["choices"]
    assert isinstance(choices, list)
    choice = choices[0]
    assert isinstance(choice, dict)
    assert choice["finish_reason"] == "content_filter"
    assert choice["message"] == {"role": "assistant", "content": None, "refusal": "No."}
