"""OpenAI-compatible chat completions: from body to question, from answer to body and events."""

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from devmatrix.llm.testing.calls import StopReason, Turn
from devmatrix.llm.testing.catalog import FakeModel, Wire
from devmatrix.llm.testing.dialect import Answer, Body, Question, pieces
from devmatrix.llm.testing.prompt_cache import FIVE_MINUTES, Segment
from devmatrix.llm.testing.refusals import Refused, invalid
from devmatrix.llm.testing.schema_rules import check_chat_schema
from devmatrix.llm.testing.tokens import MESSAGE_TOKENS, canonical, count_tokens

_FIELDS = frozenset(
    "model messages max_tokens max_completion_tokens temperature top_p n stop stream stream_options tools tool_choice"
    " parallel_tool_calls response_format seed user reasoning_effort logprobs top_logprobs store metadata service_tier"
    " presence_penalty frequency_penalty logit_bias prompt_cache_key prompt_cache_retention safety_identifier verbosity"
    " modalities prediction".split()
)
_ROLES = ("system", "developer", "user", "assistant", "tool")
_FINISH = {
    StopReason.END: "stop",
    StopReason.SEQUENCE: "stop",
    StopReason.LENGTH: "length",
    StopReason.TOOL: "tool_calls",
    StopReason.REFUSAL: "content_filter",
}


class ChatDialect:
    """Satisfies `Dialect`. Caches prompts without being told, as OpenAI does, message by message."""

    wire = Wire.CHAT

    def admit(self, headers: Mapping[str, str], api_key: str) -> None:
        """Wants a bearer token."""
        given = headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not given:
            raise Refused(401, "You didn't provide an API key in the Authorization header.")
        if given != api_key:
            raise Refused(401, "Incorrect API key provided.", code="invalid_api_key")

    def read(self, body: Body, models: Mapping[str, FakeModel], *, counting: bool = False) -> Question:
        """The question, if the real API would take it."""
        model = _model(body, models)
        _check_fields(body, model)
        messages = _messages(body)
        limit = body.get("max_completion_tokens", body.get("max_tokens"))
        asked = _dict(_dict(body.get("response_format")).get("json_schema"))
        schema = _dict(asked.get("schema")) or None
        if schema is not None and asked.get("strict"):
            check_chat_schema(schema, str(asked.get("name")))
        tools = {str(tool["name"]): _dict(tool.get("parameters")) for tool in _functions(body)}
        stop = body.get("stop")
        question = Question(
            model=model,
            system="\n\n".join(_text(m) for m in messages if m["role"] in ("system", "developer")),
            turns=tuple(Turn(str(m["role"]), _text(m)) for m in messages if m["role"] not in ("system", "developer")),
            segments=tuple(_segments(body, messages)),
            max_tokens=limit if isinstance(limit, int) else model.max_output_tokens,
            schema=schema,
            tools=tools,
            stream=bool(body.get("stream")),
            streams_usage=bool(_dict(body.get("stream_options")).get("include_usage")),
            stop_sequences=(stop,)
            if isinstance(stop, str)
            else tuple(map(str, stop if isinstance(stop, list) else [])),
        )
        if question.input_tokens > model.context_tokens:
            raise invalid(
                f"This model's maximum context length is {model.context_tokens} tokens. However, your messages resulted"
                f" in {question.input_tokens} tokens. Please reduce the length of the messages.",
                code="context_length_exceeded",
                param="messages",
            )
        return question

    def whole(self, question: Question, answer: Answer) -> Body:
        """A `chat.completion`."""
        choice: Body = {
            "index": 0,
            "message": _message(answer),
            "logprobs": None,
            "finish_reason": _FINISH[answer.reply.stop],
        }
        return {**_opening(answer, "chat.completion"), "choices": [choice], "usage": _usage(answer)}

    def events(self, question: Question, answer: Answer) -> Iterator[str]:
        """Chunks, then `[DONE]`."""

        def chunk(delta: Body, finish: str | None = None) -> str:
            choice: Body = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
            usage: Body = {"usage": None} if question.streams_usage else {}
            return _event({**_opening(answer, "chat.completion.chunk"), "choices": [choice], **usage})

        yield chunk({"role": "assistant", "content": "", "refusal": None})
        message = _message(answer)
        for piece in pieces(str(message["content"] or "")):
            yield chunk({"content": piece})
        if answer.reply.stop is StopReason.REFUSAL:
            yield chunk({"refusal": message["refusal"]})
        for call in _dicts(message.get("tool_calls")):
            function = _dict(call["function"])
            opening: Body = {"index": 0, "id": call["id"], "type": "function"}
            yield chunk({"tool_calls": [{**opening, "function": {"name": function["name"], "arguments": ""}}]})
            for piece in pieces(str(function["arguments"])):
                yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        yield chunk({}, _FINISH[answer.reply.stop])
        if question.streams_usage:
            yield _event({**_opening(answer, "chat.completion.chunk"), "choices": [], "usage": _usage(answer)})
        yield "data: [DONE]\n\n"

    def listing(self, models: tuple[FakeModel, ...]) -> Body:
        """All at once."""
        return {"object": "list", "data": [self.described(model) for model in models if model.wire is self.wire]}

    def described(self, model: FakeModel) -> Body:
        """A `model`."""
        return {"id": model.id, "object": "model", "created": 1_767_225_600, "owned_by": "fake"}


def _model(body: Body, models: Mapping[str, FakeModel]) -> FakeModel:
    name = body.get("model")
    if not isinstance(name, str) or not name:
        raise invalid("you must provide a model parameter")
    model = models.get(name)
    if model is None or model.wire is not Wire.CHAT:
        raise Refused(
            404, f"The model `{name}` does not exist or you do not have access to it.", code="model_not_found"
        )
    return model


def _check_fields(body: Body, model: FakeModel) -> None:
    for name in body:
        if name not in _FIELDS:
            raise invalid(f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    if model.reasons and body.get("max_tokens") is not None:
        raise invalid(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            code="unsupported_parameter",
            param="max_tokens",
        )
    for name in ("temperature", "top_p"):
        if model.refuses_sampling and body.get(name) not in (None, 1, 1.0):
            raise invalid(
                f"Unsupported value: '{name}' does not support {body[name]} with this model. "
                "Only the default (1) value is supported.",
                code="unsupported_value",
                param=name,
            )
    for name in ("max_completion_tokens", "max_tokens"):
        limit = body.get(name)
        if isinstance(limit, int) and limit < 1:
            raise invalid(f"Invalid '{name}': integer below minimum value.", code="integer_below_min_value", param=name)
        if isinstance(limit, int) and limit > model.max_output_tokens:
            raise invalid(
                f"{name} is too large: {limit}. This model supports at most {model.max_output_tokens} completion "
                f"tokens, whereas you provided {limit}.",
                code="invalid_value",
                param=name,
            )
    if body.get("n") not in (None, 1):
        raise invalid("Invalid 'n': the fake server writes one choice.", code="unsupported_value", param="n")


def _messages(body: Body) -> list[Body]:
    messages = body.get("messages")
    if messages is None:
        raise invalid("Missing required parameter: 'messages'.", code="missing_required_parameter", param="messages")
    if not isinstance(messages, list) or not messages:
        raise invalid(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            code="empty_array",
            param="messages",
        )
    for place, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in _ROLES:
            raise invalid(
                f"Invalid value: '{role}'. Supported values are: {', '.join(map(repr, _ROLES))}.",
                code="invalid_value",
                param=f"messages[{place}].role",
            )
    return _dicts(messages)


def _segments(body: Body, messages: list[Body]) -> Iterator[Segment]:
    hidden = {"tools": body.get("tools"), "format": body.get("response_format")}
    text = canonical({name: value for name, value in hidden.items() if value is not None})
    yield Segment(text, count_tokens(text) if len(text) > 2 else 0)
    for message in messages:
        text = canonical({key: value for key, value in message.items() if key not in ("role", "content")})
        shown = f"{message['role']} {_text(message)} {text}"
        tokens = count_tokens(_text(message)) + (count_tokens(text) if len(text) > 2 else 0) + MESSAGE_TOKENS
        yield Segment(shown, tokens, FIVE_MINUTES)


def _functions(body: Body) -> list[Body]:
    return [_dict(tool.get("function")) for tool in _dicts(body.get("tools")) if tool.get("function")]


def _text(message: Body) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "\n\n".join(str(part["text"]) for part in _dicts(content) if part.get("type") == "text")


def _opening(answer: Answer, kind: str) -> Body:
    return {"id": f"chatcmpl-{answer.id}", "object": kind, "created": answer.created, "model": answer.model}


def _message(answer: Answer) -> Body:
    reply = answer.reply
    refused = reply.stop is StopReason.REFUSAL
    message: Body = {
        "role": "assistant",
        "content": None if refused else reply.text or None,
        "refusal": (reply.text or "I can't help with that.") if refused else None,
    }
    if reply.tool:
        function: Body = {"name": reply.tool.name, "arguments": json.dumps(dict(reply.tool.arguments))}
        message["tool_calls"] = [{"id": f"call_{answer.id}", "type": "function", "function": function}]
    return message


def _usage(answer: Answer) -> Body:
    tokens = answer.tokens
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": tokens.thinking, "audio_tokens": 0},
    }


def _event(data: Body) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _dict(value: JsonValue) -> Body:
    return value if isinstance(value, dict) else {}


def _dicts(value: JsonValue) -> list[Body]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
