"""Anthropic's Messages API: from body to question, from answer to body and events."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import JsonValue

from devmatrix.llm.testing.calls import StopReason, Turn
from devmatrix.llm.testing.catalog import FakeModel, Wire
from devmatrix.llm.testing.dialect import Answer, Body, Question, pieces
from devmatrix.llm.testing.messages_rules import (
    blocks_of,
    check_breakpoints,
    check_content,
    check_model_rules,
    check_shape,
)
from devmatrix.llm.testing.prompt_cache import FIVE_MINUTES, ONE_HOUR, Segment
from devmatrix.llm.testing.refusals import Refused, invalid
from devmatrix.llm.testing.tokens import MESSAGE_TOKENS, TOOLS_TOKENS, canonical, count_tokens


class MessagesDialect:
    """Satisfies `Dialect`."""

    wire = Wire.MESSAGES

    def admit(self, headers: Mapping[str, str], api_key: str) -> None:
        """Wants `x-api-key` (or a bearer token) and `anthropic-version`."""
        given = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not given:
            raise Refused(401, "x-api-key header is required")
        if given != api_key:
            raise Refused(401, "invalid x-api-key")
        if "anthropic-version" not in headers:
            raise invalid("anthropic-version: header is required")

    def read(self, body: Body, models: Mapping[str, FakeModel], *, counting: bool = False) -> Question:
        """The question, if the real API would take it."""
        check_shape(body, counting=counting)
        check_content(body)
        check_breakpoints(body)
        model = models.get(str(body["model"]))
        if model is None or model.wire is not self.wire:
            raise Refused(404, f"model: {body['model']}")
        check_model_rules(body, model)
        question = _question(body, model)
        if question.input_tokens > model.context_tokens:
            raise invalid(f"prompt is too long: {question.input_tokens} tokens > {model.context_tokens} maximum")
        return question

    def whole(self, question: Question, answer: Answer) -> Body:
        """A `message`."""
        reply = answer.reply
        return {
            **_opening(answer),
            "content": [*_content(answer)],
            "stop_reason": reply.stop.value,
            "stop_sequence": answer.stop_sequence,
            "stop_details": _stop_details(answer),
            "usage": _usage(answer, answer.tokens.output),
        }

    def events(self, question: Question, answer: Answer) -> Iterator[str]:
        """From `message_start` to `message_stop`."""
        yield _event("message_start", message={**_opening(answer), "content": [], "usage": _usage(answer, 1)})
        for index, block in enumerate(_content(answer)):
            yield from _block_events(index, block)
            if index == 0:
                yield _event("ping")
        delta: Body = {
            "stop_reason": answer.reply.stop.value,
            "stop_sequence": answer.stop_sequence,
            "stop_details": _stop_details(answer),
        }
        yield _event("message_delta", delta=delta, usage=_usage(answer, answer.tokens.output))
        yield _event("message_stop")

    def listing(self, models: tuple[FakeModel, ...]) -> Body:
        """One page holds them all."""
        own = [self.described(model) for model in models if model.wire is self.wire]
        return {
            "data": [*own],
            "has_more": False,
            "first_id": own[0]["id"] if own else None,
            "last_id": own[-1]["id"] if own else None,
        }

    def described(self, model: FakeModel) -> Body:
        """A `model`."""
        return {
            "type": "model",
            "id": model.id,
            "display_name": model.name,
            "created_at": model.created,
            "lifecycle": "active",
            "line": model.line or None,
            "max_input_tokens": model.context_tokens,
            "max_tokens": model.max_output_tokens,
            "capabilities": None,
        }


def _question(body: Body, model: FakeModel) -> Question:
    system = body.get("system")
    messages = body["messages"]
    assert isinstance(messages, list)
    stops = body.get("stop_sequences")
    limit = body.get("max_tokens", 0)
    tools = body.get("tools")
    return Question(
        model=model,
        system=system if isinstance(system, str) else _text(system),
        turns=tuple(Turn(str(m["role"]), _text(blocks_of(m))) for m in messages if isinstance(m, dict)),
        segments=tuple(_segments(body)),
        max_tokens=limit if isinstance(limit, int) else 0,
        schema=_schema(body),
        tools={str(tool["name"]): _dict(tool["input_schema"]) for tool in _dicts(tools)},
        stream=bool(body.get("stream")),
        stop_sequences=tuple(map(str, stops)) if isinstance(stops, list) else (),
    )


def _segments(body: Body) -> list[Segment]:
    """The prompt as the cache sees it; what changes it behind the scenes (schema, thinking) stands in it, too."""
    segments = [
        _segment("tool", tool, TOOLS_TOKENS if number == 0 else 0)
        for number, tool in enumerate(_dicts(body.get("tools")))
    ]
    schema = _schema(body)
    if schema is not None:
        text = canonical(dict(schema))
        segments.append(Segment(f"format {text}", count_tokens(text) + MESSAGE_TOKENS))
    system = body.get("system")
    blocks = _dicts([{"type": "text", "text": system}] if isinstance(system, str) else system)
    segments += [_segment("system", block, 0 if number else MESSAGE_TOKENS) for number, block in enumerate(blocks)]
    segments.append(Segment("settings " + canonical([body.get("tool_choice"), body.get("thinking")]), 0))
    for message in _dicts(body["messages"]):
        for number, block in enumerate(_dicts(blocks_of(message))):
            segments.append(_segment(str(message["role"]), block, 0 if number else MESSAGE_TOKENS))
    automatic = body.get("cache_control")
    if isinstance(automatic, dict):
        segments[-1] = replace(segments[-1], keeps_seconds=_keeps(automatic))
    return segments


def _segment(role: str, block: Body, extra_tokens: int) -> Segment:
    bare = {key: value for key, value in block.items() if key != "cache_control"}
    text = str(bare["text"]) if bare.get("type") == "text" else canonical(bare)
    return Segment(f"{role} {text}", count_tokens(text) + extra_tokens, _keeps(block.get("cache_control")))


def _keeps(control: JsonValue) -> float:
    if not isinstance(control, dict):
        return 0.0
    return ONE_HOUR if control.get("ttl") == "1h" else FIVE_MINUTES


def _schema(body: Body) -> Body | None:
    asked = _dict(_dict(body.get("output_config")).get("format"))
    return _dict(asked.get("schema")) if asked else None


def _text(blocks: JsonValue) -> str:
    parts = []
    for block in _dicts(blocks):
        if block.get("type") == "text":
            parts.append(str(block["text"]))
        elif block.get("type") == "tool_result":
            content = block.get("content")
            parts.append(content if isinstance(content, str) else _text(content))
        elif block.get("type") == "tool_use":
            parts.append(canonical(block.get("input")))
    return "\n\n".join(parts)


def _opening(answer: Answer) -> Body:
    return {
        "id": f"msg_{answer.id}",
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "stop_reason": None,
        "stop_sequence": None,
    }


def _content(answer: Answer) -> list[Body]:
    blocks: list[Body] = []
    if answer.reply.thinking_tokens:
        blocks.append({"type": "thinking", "thinking": "", "signature": f"c2lnbmVk{answer.id}"})
    if answer.reply.text:
        blocks.append({"type": "text", "text": answer.reply.text, "citations": None})
    tool = answer.reply.tool
    if tool:
        blocks.append(
            {"type": "tool_use", "id": f"toolu_{answer.id}", "name": tool.name, "input": dict(tool.arguments)}
        )
    return blocks


def _block_events(index: int, block: Body) -> Iterator[str]:
    if block["type"] == "text":
        yield _event("content_block_start", index=index, content_block={**block, "text": ""})
        for piece in pieces(str(block["text"])):
            yield _event("content_block_delta", index=index, delta={"type": "text_delta", "text": piece})
    elif block["type"] == "tool_use":
        yield _event("content_block_start", index=index, content_block={**block, "input": {}})
        for piece in pieces(json.dumps(block["input"])):
            yield _event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": piece})
    else:
        yield _event("content_block_start", index=index, content_block={**block, "signature": ""})
        delta: Body = {"type": "signature_delta", "signature": block["signature"]}
        yield _event("content_block_delta", index=index, delta=delta)
    yield _event("content_block_stop", index=index)


def _stop_details(answer: Answer) -> JsonValue:
    if answer.reply.stop is not StopReason.REFUSAL:
        return None
    return {"type": "refusal", "category": None, "explanation": None}


def _usage(answer: Answer, output: int) -> Body:
    tokens = answer.tokens
    return {
        "input_tokens": tokens.uncached_input,
        "cache_creation_input_tokens": tokens.cache_write,
        "cache_read_input_tokens": tokens.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": tokens.cache_write - tokens.cache_write_1h,
            "ephemeral_1h_input_tokens": tokens.cache_write_1h,
        },
        "output_tokens": output,
        "output_tokens_details": {"thinking_tokens": tokens.thinking},
        "service_tier": "standard",
    }


def _event(kind: str, **data: JsonValue) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


def _dict(value: JsonValue) -> Body:
    return value if isinstance(value, dict) else {}


def _dicts(value: JsonValue) -> list[Body]:
    return [block for block in value if isinstance(block, dict)] if isinstance(value, list) else []
