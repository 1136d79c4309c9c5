"""Where a request is answered, without any network: checks, faults, reply, tokens, price, record."""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import JsonValue

from devmatrix.llm.testing.calls import (
    CallRecord,
    FakeReply,
    NoReply,
    ReceivedCall,
    Replier,
    StopReason,
    Tokens,
    ToolUse,
)
from devmatrix.llm.testing.catalog import FakeModel, Wire
from devmatrix.llm.testing.chat_dialect import ChatDialect
from devmatrix.llm.testing.dialect import Answer, Body, Dialect, Question, tokens_of_reply
from devmatrix.llm.testing.faults import BEFORE_ANSWERING, SPOILING, FaultKind, Faults, Latency
from devmatrix.llm.testing.messages_dialect import MessagesDialect
from devmatrix.llm.testing.prices import cost_usd
from devmatrix.llm.testing.prompt_cache import Booking, PromptCache
from devmatrix.llm.testing.rate_limits import RateLimits, RateMeter
from devmatrix.llm.testing.refusals import Refused, invalid
from devmatrix.llm.testing.tokens import canonical, cut_to

MAX_BODY_BYTES = 32 * 1024 * 1024
_SECRET_HEADERS = frozenset({"x-api-key", "authorization", "cookie"})
_WRONG_TOOL = ToolUse("get_weather", {"location": "Lisbon"})
_DIALECTS: Mapping[Wire, Dialect] = {Wire.MESSAGES: MessagesDialect(), Wire.CHAT: ChatDialect()}


@dataclass(frozen=True)
class Outcome:
    """What is to be sent, when, and what is to be remembered once it is sent."""

    record: CallRecord
    status: int
    headers: Mapping[str, str]
    chunks: tuple[bytes, ...]
    """The body: one chunk, or an event each."""
    first_seconds: float = 0.0
    """Wait before the answer begins."""
    rest_seconds: float = 0.0
    """Wait from then on, spread over the chunks."""
    cut: bool = False
    """End the connection half-way."""
    booking: Booking | None = None


class Desk:
    """Takes requests as they come from the wire, gives what is to be sent. Safe to use from several threads."""

    def __init__(
        self,
        replier: Replier,
        models: tuple[FakeModel, ...],
        api_key: str,
        faults: Faults,
        latency: Latency,
        clock: Callable[[], float],
        limits: RateLimits,
    ) -> None:
        self.models = models
        self._by_id = {model.id: model for model in models}
        self._replier = replier
        self._api_key = api_key
        self._faults = faults
        self._latency = latency
        self._clock = clock
        self._cache = PromptCache()
        self._meter = RateMeter(limits, clock())
        self._lock = threading.Lock()
        self._numbers = 0
        self._began: dict[int, float] = {}
        self._occurrences: Counter[str] = Counter()
        self._records: dict[int, CallRecord] = {}

    @property
    def records(self) -> tuple[CallRecord, ...]:
        """Of all calls that are over, in the order in which they came."""
        with self._lock:
            return tuple(self._records[number] for number in sorted(self._records))

    @property
    def under_way(self) -> int:
        """How many requests have come and are not yet answered."""
        with self._lock:
            return len(self._began)

    def look_up(self, wire: Wire, headers: Mapping[str, str], model_id: str | None) -> tuple[int, Body]:
        """Status and body for GET /v1/models and /v1/models/{id}."""
        dialect = _DIALECTS[wire]
        try:
            dialect.admit(headers, self._api_key)
            if model_id is None:
                return 200, dialect.listing(self.models)
            model = self._by_id.get(model_id)
            if model is None or model.wire is not wire:
                raise Refused(404, f"model: {model_id}", code="model_not_found")
            return 200, dialect.described(model)
        except Refused as refused:
            return refused.status, refused.body(wire, "req_models")

    def receive(
        self, wire: Wire, path: str, headers: Mapping[str, str], raw: bytes, *, counting: bool = False
    ) -> Outcome:
        """What comes of a request to generate, or to count tokens."""
        kept = {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        try:
            body = _parsed(raw)
            unread = None
        except Refused as refused:
            body, unread = {}, refused
        body_hash = hashlib.sha256(canonical(body).encode(errors="surrogatepass")).hexdigest()
        with self._lock:
            self._numbers += 1
            number = self._numbers
            self._began[number] = time.monotonic()
            self._occurrences[path + body_hash] += 1
            occurrence = self._occurrences[path + body_hash]
        record = CallRecord(
            number=number,
            path=path,
            at=datetime.fromtimestamp(self._clock(), UTC),
            seconds=0.0,
            headers=kept,
            body=body,
            body_hash=body_hash,
            model=str(body.get("model", "")),
            status=200,
        )
        dialect = _DIALECTS[wire]
        try:
            dialect.admit(headers, self._api_key)
            if unread:
                raise unread
            question = dialect.read(body, self._by_id, counting=counting)
            if counting:
                return _counted(record, question)
            return self._answered(dialect, record, question, occurrence)
        except Refused as refused:
            return _refusal(dialect, record, refused)

    def begin(self, outcome: Outcome) -> None:
        """The answer begins: what it cached can be read from now on."""
        if outcome.booking:
            self._cache.begin(outcome.booking, self._clock())

    def finish(self, outcome: Outcome, *, whole: bool) -> None:
        """The answer is sent; `whole`: the client was there until the end."""
        record = outcome.record
        sound = whole and record.status == 200 and record.fault not in SPOILING and not outcome.cut
        with self._lock:
            seconds = time.monotonic() - self._began.pop(record.number)
            self._records[record.number] = replace(record, seconds=seconds, completed=sound)

    def _answered(self, dialect: Dialect, record: CallRecord, question: Question, occurrence: int) -> Outcome:
        booking = self._cache.book(
            question.model.id, question.segments, question.model.cache_minimum_tokens, self._clock()
        )
        wait = self._meter.take(self._clock(), booking.tokens.input - booking.tokens.cache_read)
        if wait:
            raise _too_fast(wait)
        fault = self._faults.draw(record.number, record.body_hash, occurrence)
        record = replace(record, fault=fault or "")
        if fault in BEFORE_ANSWERING:
            return _refusal(dialect, record, _fault_refusal(fault, dialect.wire, self._faults.retry_after_seconds))
        reply, stop_sequence = _fitted(self._reply(dialect, record, question, occurrence), question)
        if fault is FaultKind.WRONG_BLOCK:
            reply = FakeReply(tool=_WRONG_TOOL, stop=StopReason.TOOL, label=reply.label)
        elif fault is FaultKind.EMPTY:
            reply = FakeReply(label=reply.label)
        tokens = _tokens(dialect.wire, booking.tokens, reply, question)
        answer = Answer(
            id=f"{record.body_hash[:16]}{record.number:06d}",
            model=question.model.id,
            reply=reply,
            tokens=tokens,
            created=int(self._clock()),
            stop_sequence=stop_sequence,
        )
        seconds = self._latency.seconds(record.body_hash, occurrence)
        first = seconds * self._latency.first_share
        slow = self._faults.slow_seconds if fault is FaultKind.SLOW else 0.0
        return Outcome(
            record=replace(record, reply=reply, tokens=tokens, billed=True, cost_usd=cost_usd(question.model, tokens)),
            status=200,
            headers={
                **_headers(dialect.wire, record, "text/event-stream" if question.stream else "application/json"),
                **self._meter.headers(dialect.wire),
            },
            chunks=_chunks(dialect, question, answer, broken=fault is FaultKind.INVALID_JSON),
            first_seconds=first + slow,
            rest_seconds=seconds - first,
            cut=fault is FaultKind.CUT,
            booking=booking,
        )

    def _reply(self, dialect: Dialect, record: CallRecord, question: Question, occurrence: int) -> FakeReply:
        if question.max_tokens == 0:  # asks only to warm the cache
            return FakeReply(stop=StopReason.LENGTH, label="warming")
        call = ReceivedCall(
            number=record.number,
            wire=dialect.wire,
            model=question.model.id,
            system=question.system,
            turns=question.turns,
            max_tokens=question.max_tokens,
            body=record.body,
            schema=question.schema,
            tools=question.tools,
            stream=question.stream,
            occurrence=occurrence,
        )
        try:
            return self._replier.reply(call)
        except NoReply as nothing:
            raise invalid(f"the fake model has no reply: {nothing}", code="no_reply") from nothing
        except Exception as error:
            raise invalid(f"the replier of the fake model broke: {error!r}", code="replier_broke") from error


def _parsed(raw: bytes) -> Body:
    if len(raw) > MAX_BODY_BYTES:
        raise Refused(413, "Request exceeds the maximum size")
    try:
        body: JsonValue = json.loads(raw)
    except ValueError as error:
        raise invalid(f"The request body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise invalid("Input should be a valid dictionary")
    return body


def _too_fast(wait_seconds: float) -> Refused:
    message = "This request would exceed your organization's rate limit."
    return Refused(429, message, code="rate_limit_exceeded", headers={"retry-after": f"{wait_seconds:.3g}"})


def _fault_refusal(fault: FaultKind, wire: Wire, retry_after_seconds: float) -> Refused:
    if fault is FaultKind.RATE_LIMIT:
        return _too_fast(retry_after_seconds)
    if fault is FaultKind.SERVER_ERROR:
        return Refused(500, "Internal server error")
    return Refused(529, "Overloaded") if wire is Wire.MESSAGES else Refused(503, "The engine is currently overloaded.")


def _fitted(reply: FakeReply, question: Question) -> tuple[FakeReply, str | None]:
    """The reply as far as stop sequences and `max_tokens` let it come."""
    stops = [(at, stop) for stop in question.stop_sequences if (at := reply.text.find(stop)) >= 0]
    if stops:
        at, stop = min(stops)
        return replace(reply, text=reply.text[:at], tool=None, stop=StopReason.SEQUENCE), stop
    if tokens_of_reply(reply) + reply.thinking_tokens <= question.max_tokens or not question.max_tokens:
        return reply, None
    thinking = min(reply.thinking_tokens, question.max_tokens)
    text = cut_to(reply.text, question.max_tokens - thinking - 3)
    return replace(reply, text=text, tool=None, stop=StopReason.LENGTH, thinking_tokens=thinking), None


def _tokens(wire: Wire, booked: Tokens, reply: FakeReply, question: Question) -> Tokens:
    if wire is Wire.CHAT:  # writing to the cache costs nothing extra there
        booked = Tokens(uncached_input=booked.uncached_input + booked.cache_write, cache_read=booked.cache_read)
    visible = tokens_of_reply(reply) if question.max_tokens else 0
    output = min(visible + reply.thinking_tokens, max(question.max_tokens, 0))
    return replace(booked, output=output, thinking=reply.thinking_tokens)


def _chunks(dialect: Dialect, question: Question, answer: Answer, *, broken: bool) -> tuple[bytes, ...]:
    if question.stream:
        events = [event.encode() for event in dialect.events(question, answer)]
        if broken:
            events[len(events) // 2] = b'event: content_block_delta\ndata: {"type": "content_block_de\n\n'
        return tuple(events)
    whole = json.dumps(dialect.whole(question, answer)).encode()
    return (whole[: len(whole) // 2] if broken else whole,)


def _headers(wire: Wire, record: CallRecord, media_type: str) -> dict[str, str]:
    name = "request-id" if wire is Wire.MESSAGES else "x-request-id"
    return {"content-type": media_type, name: _request_id(record)}


def _request_id(record: CallRecord) -> str:
    return f"req_{record.body_hash[:12]}{record.number:06d}"


def _refusal(dialect: Dialect, record: CallRecord, refused: Refused) -> Outcome:
    body = json.dumps(refused.body(dialect.wire, _request_id(record))).encode()
    return Outcome(
        record=replace(record, status=refused.status, error=refused.message),
        status=refused.status,
        headers={**_headers(dialect.wire, record, "application/json"), **refused.headers},
        chunks=(body,),
    )


def _counted(record: CallRecord, question: Question) -> Outcome:
    body = json.dumps({"input_tokens": question.input_tokens}).encode()
    return Outcome(record, 200, _headers(Wire.MESSAGES, record, "application/json"), (body,))
