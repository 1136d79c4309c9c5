"""Requests to the desk of the fake server, without a network."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from devmatrix.llm.testing import MODELS, FakeReply, Faults, Latency, RateLimits, Replier, Scripted, Wire
from devmatrix.llm.testing.calls import CallRecord
from devmatrix.llm.testing.desk import Desk, Outcome

KEY = "test-key"
HEADERS = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
ASKED: dict[str, JsonValue] = {
    "model": "claude-haiku-5-5",
    "max_tokens": 1_000,
    "messages": [{"role": "user", "content": "Say something."}],
}
CHAT: dict[str, JsonValue] = {"model": "gpt-5.5", "messages": [{"role": "user", "content": "Say something."}]}


class Clock:
    """Stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_795_500_000.0

    def __call__(self) -> float:
        return self.now


class Always:
    """The same to everyone."""

    def __init__(self, reply: FakeReply | str = "Fine.") -> None:
        self._reply = reply if isinstance(reply, FakeReply) else FakeReply(reply)

    def reply(self, call: object) -> FakeReply:
        return self._reply


@dataclass(frozen=True)
class Told:
    """What came back."""

    status: int
    text: str
    record: CallRecord

    @property
    def body(self) -> dict[str, JsonValue]:
        body: dict[str, JsonValue] = json.loads(self.text)
        return body

    @property
    def message(self) -> str:
        error = self.body["error"]
        assert isinstance(error, dict)
        return str(error["message"])


def desk(
    replier: Replier | None = None,
    *,
    faults: Faults | None = None,
    clock: Clock | None = None,
    limits: RateLimits | None = None,
) -> Desk:
    return Desk(
        replier or Always(), MODELS, KEY, faults or Faults(), Latency(), clock or Clock(), limits or RateLimits()
    )


def send(
    to: Desk, body: Mapping[str, JsonValue] | bytes, *, headers: Mapping[str, str] = HEADERS, counting: bool = False
) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(dict(body)).encode()
    return to.receive(Wire.MESSAGES, "/v1/messages", headers, raw, counting=counting)


def ask(
    to: Desk, body: Mapping[str, JsonValue] | bytes, *, headers: Mapping[str, str] = HEADERS, counting: bool = False
) -> Told:
    return _over(to, send(to, body, headers=headers, counting=counting))


def ask_chat(to: Desk, body: Mapping[str, JsonValue], *, key: str = KEY) -> Told:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return _over(to, to.receive(Wire.CHAT, "/v1/chat/completions", headers, json.dumps(dict(body)).encode()))


def _over(to: Desk, outcome: Outcome) -> Told:
    to.begin(outcome)
    to.finish(outcome, whole=True)
    return Told(outcome.status, b"".join(outcome.chunks).decode(), to.records[-1])


def script(*replies: FakeReply | str) -> Desk:
    return desk(Scripted(replies))
