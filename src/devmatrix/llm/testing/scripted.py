"""Repliers that need no knowledge: a list read from top to bottom, and a sample of what was asked for."""

import threading
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from devmatrix.llm.testing.calls import FakeReply, NoReply, ReceivedCall
from devmatrix.llm.testing.tokens import canonical


class Scripted:
    """Gives these replies one after the other, then none. A text stands for a reply that says it."""

    def __init__(self, replies: Iterable[FakeReply | str]) -> None:
        self._replies = iter(tuple(replies))
        self._lock = threading.Lock()

    def reply(self, call: ReceivedCall) -> FakeReply:
        """The next one. Raises NoReply after the last."""
        with self._lock:
            following = next(self._replies, None)
        if following is None:
            raise NoReply(f"the script has ended before call {call.number}")
        return following if isinstance(following, FakeReply) else FakeReply(following)


class Sample:
    """Repeats the end of the question; where a schema is asked for, gives the plainest value that fits it."""

    def reply(self, call: ReceivedCall) -> FakeReply:
        """Never fails."""
        if call.schema is not None:
            return FakeReply(canonical(plainest(call.schema, call.schema)), label="sample")
        return FakeReply(f"You asked: {call.question[-200:]}", label="sample")


def plainest(schema: JsonValue | Mapping[str, JsonValue], root: Mapping[str, JsonValue]) -> JsonValue:
    """The plainest value of a JSON Schema: empty texts and lists, zeros, the first of several choices."""
    if not isinstance(schema, Mapping):
        return None
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    match schema:
        case {"enum": [first, *_]}:
            return first
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]} | {"allOf": [first, *_]}:
            return plainest(first, root)
        case {"$ref": str(target)}:
            name = target.rsplit("/", 1)[-1]
            definitions = root.get("$defs") or root.get("definitions")
            return plainest(definitions.get(name) if isinstance(definitions, Mapping) else None, root)
    kind = schema.get("type")
    return _of_kind(kind[0] if isinstance(kind, list) and kind else kind, schema, root)


def _of_kind(kind: JsonValue, schema: Mapping[str, JsonValue], root: Mapping[str, JsonValue]) -> JsonValue:
    properties, items = schema.get("properties"), schema.get("items")
    if kind == "object":
        return {n: plainest(inner, root) for n, inner in properties.items()} if isinstance(properties, Mapping) else {}
    if kind == "array":
        return [plainest(items, root)] if schema.get("minItems") else []
    plain: dict[JsonValue, JsonValue] = {"string": "", "integer": 0, "number": 0, "boolean": False}
    return plain.get(kind)
