"""What the Messages API refuses, in the order in which it looks."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from devmatrix.llm.testing.catalog import FakeModel
from devmatrix.llm.testing.refusals import invalid
from devmatrix.llm.testing.schema_rules import check_messages_schema

MAX_BREAKPOINTS = 4
MIN_THINKING_TOKENS = 1_024
EFFORTS = ("low", "medium", "high", "xhigh", "max")
TTLS = ("5m", "1h")

_FIELDS = frozenset(
    "model messages max_tokens system stream stop_sequences metadata tools tool_choice thinking output_config"
    " cache_control service_tier temperature top_p top_k inference_geo speed diagnostics container"
    " user_profile_id".split()
)
_COUNTED = _FIELDS - {"max_tokens", "stream", "stop_sequences", "metadata", "service_tier"}
_BLOCKS = frozenset("text image document tool_use tool_result thinking redacted_thinking search_result".split())
_THINKING = ("enabled", "disabled", "adaptive", "between_tools")

Block = Mapping[str, JsonValue]


def check_shape(body: Mapping[str, JsonValue], *, counting: bool) -> None:
    """Raises Refused for missing, unknown and ill-typed fields."""
    for name in ("model", "messages") if counting else ("model", "max_tokens", "messages"):
        if body.get(name) is None:
            raise invalid(f"{name}: Field required")
    for name in body:
        if name not in (_COUNTED if counting else _FIELDS):
            raise invalid(f"{name}: Extra inputs are not permitted")
    if not isinstance(body["model"], str):
        raise invalid("model: Input should be a valid string")
    limit = body.get("max_tokens")
    if not counting and (not isinstance(limit, int) or isinstance(limit, bool)):
        raise invalid("max_tokens: Input should be a valid integer")
    if isinstance(limit, int) and limit < 0:
        raise invalid("max_tokens: Input should be greater than or equal to 0")
    if not isinstance(body["messages"], list):
        raise invalid("messages: Input should be a valid list")
    if not body["messages"]:
        raise invalid("messages: at least one message is required")
    if not isinstance(body.get("stream", False), bool):
        raise invalid("stream: Input should be a valid boolean")


def check_content(body: Mapping[str, JsonValue]) -> None:
    """Raises Refused for messages and system blocks that cannot be."""
    messages = body["messages"]
    assert isinstance(messages, list)
    for place, message in enumerate(messages):
        if not isinstance(message, dict):
            raise invalid(f"messages.{place}: Input should be a valid dictionary")
        role = message.get("role")
        if role not in ("user", "assistant", "system"):
            raise invalid(f"messages.{place}.role: Input should be 'user', 'assistant' or 'system'")
        if place == 0 and role != "user":
            raise invalid('messages: first message must use the "user" role')
        for name in message:
            if name not in ("role", "content"):
                raise invalid(f"messages.{place}.{name}: Extra inputs are not permitted")
        _check_blocks(message.get("content"), f"messages.{place}")
    _check_tool_results(messages)
    system = body.get("system")
    if isinstance(system, list):
        for number, block in enumerate(system):
            if not isinstance(block, dict) or block.get("type") != "text":
                raise invalid(f"system.{number}.type: Input should be 'text'")
            _check_text(block, "system")
    elif system is not None and not isinstance(system, str):
        raise invalid("system: Input should be a valid string or list")


def _check_blocks(content: JsonValue, where: str) -> None:
    if content is None:
        raise invalid(f"{where}.content: Field required")
    if isinstance(content, str):
        if not content.strip():
            raise invalid(f"{where}: user messages must have non-empty content")
        return
    if not isinstance(content, list):
        raise invalid(f"{where}.content: Input should be a valid string or list")
    if not content:
        raise invalid(f"{where}: user messages must have non-empty content")
    for number, block in enumerate(content):
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _BLOCKS:
            raise invalid(f"{where}.content.{number}: Input tag '{kind}' found using 'type' does not match any block")
        assert isinstance(block, dict)
        if kind == "text":
            _check_text(block, "messages")


def _check_text(block: Block, where: str) -> None:
    text = block.get("text")
    if not isinstance(text, str):
        raise invalid(f"{where}: text: Field required")
    if not text and block.get("cache_control"):
        raise invalid(f"{where}: cache_control cannot be set for empty text blocks")
    if not text:
        raise invalid(f"{where}: text content blocks must be non-empty")
    if not text.strip():
        raise invalid(f"{where}: text content blocks must contain non-whitespace text")


def _check_tool_results(messages: list[JsonValue]) -> None:
    asked: set[JsonValue] = set()
    for place, message in enumerate(messages):
        assert isinstance(message, dict)
        blocks = [block for block in blocks_of(message) if isinstance(block, dict)]
        answered = {block.get("tool_use_id") for block in blocks if block.get("type") == "tool_result"}
        for number, block in enumerate(blocks):
            if block.get("type") == "tool_result" and block.get("tool_use_id") not in asked:
                raise invalid(
                    f"messages.{place}.content.{number}: unexpected `tool_use_id` found in `tool_result` blocks: "
                    f"{block.get('tool_use_id')}. Each `tool_result` block must have a corresponding `tool_use` block "
                    "in the previous message."
                )
        if asked - answered:
            raise invalid(
                f"messages.{place - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
                f"{', '.join(sorted(map(str, asked - answered)))}. Each `tool_use` block must have a corresponding "
                "`tool_result` block in the next message."
            )
        asked = {block.get("id") for block in blocks if block.get("type") == "tool_use"}


def check_breakpoints(body: Mapping[str, JsonValue]) -> None:
    """Raises Refused for too many cache breakpoints, or lives in the wrong order."""
    found = [control for block in cacheable_blocks(body) if isinstance(control := block.get("cache_control"), dict)]
    automatic = body.get("cache_control")
    if isinstance(automatic, dict):
        found.append(automatic)
    if len(found) > MAX_BREAKPOINTS:
        raise invalid(f"A maximum of {MAX_BREAKPOINTS} blocks with cache_control may be provided. Found {len(found)}.")
    shorter = False
    for control in found:
        if control.get("type") != "ephemeral":
            raise invalid("cache_control.type: Input should be 'ephemeral'")
        ttl = control.get("ttl", TTLS[0])
        if ttl not in TTLS:
            raise invalid("cache_control.ttl: Input should be '5m' or '1h'")
        if ttl == "1h" and shorter:
            raise invalid(
                "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
                "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
            )
        shorter = shorter or ttl == "5m"


def check_model_rules(body: Mapping[str, JsonValue], model: FakeModel) -> None:
    """Raises Refused for what this model does not do."""
    limit = body.get("max_tokens")
    if isinstance(limit, int) and limit > model.max_output_tokens:
        raise invalid(
            f"max_tokens: {limit} > {model.max_output_tokens}, which is the maximum allowed number of output tokens "
            f"for {model.id}"
        )
    if model.refuses_sampling:
        for name in ("temperature", "top_p", "top_k"):
            if body.get(name) is not None:
                raise invalid(f"`{name}` is deprecated for this model.")
    _check_thinking(body.get("thinking"), limit, model)
    _check_tools(body, model)
    messages = body["messages"]
    assert isinstance(messages, list)
    last = messages[-1]
    if model.refuses_prefill and isinstance(last, dict) and last.get("role") == "assistant":
        raise invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    _check_output_config(body.get("output_config"), body.get("thinking"))


def _check_thinking(thinking: JsonValue, limit: JsonValue, model: FakeModel) -> None:
    if thinking is None:
        return
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind not in _THINKING:
        raise invalid(f"thinking: Input tag '{kind}' found using 'type' does not match any of the expected tags")
    assert isinstance(thinking, dict)
    if kind in model.refused_thinking:
        hints = {
            "enabled": 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
            "disabled": 'Use "thinking.type.between_tools" to turn thinking off.'
            if "between_tools" not in model.refused_thinking
            else "Thinking is always on for this model.",
            "between_tools": "Thinking is always on for this model.",
        }
        raise invalid(f'"thinking.type.{kind}" is not supported for this model. {hints.get(str(kind), "")}'.rstrip())
    if kind != "enabled" and "budget_tokens" in thinking:
        raise invalid(f"thinking.{kind}.budget_tokens: Extra inputs are not permitted")
    if kind == "enabled":
        budget = thinking.get("budget_tokens")
        if not isinstance(budget, int):
            raise invalid("thinking.enabled.budget_tokens: Field required")
        if budget < MIN_THINKING_TOKENS:
            raise invalid(
                f"thinking.enabled.budget_tokens: Input should be greater than or equal to {MIN_THINKING_TOKENS}"
            )
        if isinstance(limit, int) and limit <= budget:
            raise invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")


def _check_tools(body: Mapping[str, JsonValue], model: FakeModel) -> None:
    tools, choice = body.get("tools"), body.get("tool_choice")
    names = set()
    for number, tool in enumerate(tools if isinstance(tools, list) else []):
        if not isinstance(tool, dict) or not isinstance(tool.get("name"), str):
            raise invalid(f"tools.{number}.custom.name: Field required")
        schema = tool.get("input_schema")
        if not isinstance(schema, dict):
            raise invalid(f"tools.{number}.custom.input_schema: Field required")
        if schema.get("type") != "object":
            raise invalid(f"tools.{number}.custom.input_schema.type: Input should be 'object'")
        if tool["name"] in names:
            raise invalid("tools: Tool names must be unique.")
        if tool.get("strict"):
            check_messages_schema(schema, f"tools.{number}.custom")
        names.add(tool["name"])
    if choice is None:
        return
    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind not in ("auto", "any", "tool", "none"):
        raise invalid(f"tool_choice: Input tag '{kind}' found using 'type' does not match any of the expected tags")
    assert isinstance(choice, dict)
    if not names:
        raise invalid("tool_choice: may only be specified while providing tools")
    if kind in ("any", "tool") and model.refuses_forced_tools:
        raise invalid('tool_choice: type "tool" and "any" are not supported for this model.')
    if kind == "tool" and choice.get("name") not in names:
        raise invalid(f"tool_choice: Tool '{choice.get('name')}' not found in provided tools")


def _check_output_config(config: JsonValue, thinking: JsonValue) -> None:
    if config is None:
        return
    if not isinstance(config, dict):
        raise invalid("output_config: Input should be a valid dictionary")
    for name in config:
        if name not in ("effort", "format"):
            raise invalid(f"output_config.{name}: Extra inputs are not permitted")
    effort = config.get("effort")
    if effort is not None and effort not in EFFORTS:
        raise invalid("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
    off = isinstance(thinking, dict) and thinking.get("type") in ("disabled", "between_tools")
    if off and effort in ("xhigh", "max"):
        raise invalid(f'output_config.effort: "{effort}" is not supported while thinking is turned off.')
    asked = config.get("format")
    if asked is None:
        return
    if not isinstance(asked, dict) or asked.get("type") != "json_schema":
        raise invalid("output_config.format.type: Input should be 'json_schema'")
    schema = asked.get("schema")
    if not isinstance(schema, dict):
        raise invalid("output_config.format.schema: Field required")
    check_messages_schema(schema, "output_config.format.schema")


def blocks_of(message: Block) -> list[JsonValue]:
    """The blocks of a message; a text in short form is one."""
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else []


def cacheable_blocks(body: Mapping[str, JsonValue]) -> Iterator[Block]:
    """All blocks that can carry a breakpoint, in the order in which the prompt is made of them."""
    for name in ("tools", "system"):
        part = body.get(name)
        if isinstance(part, str):
            yield {"type": "text", "text": part}
        for block in part if isinstance(part, list) else []:
            if isinstance(block, dict):
                yield block
    messages = body.get("messages")
    for message in messages if isinstance(messages, list) else []:
        if isinstance(message, dict):
            yield from (block for block in blocks_of(message) if isinstance(block, dict))
