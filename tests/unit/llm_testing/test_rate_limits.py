"""Rate limits fill again, spare what is read from the cache, and tell how long to wait."""

import json

from pydantic import JsonValue

from devmatrix.llm.testing import RateLimits, Wire
from tests.unit.llm_testing.asking import ASKED, CHAT, KEY, Clock, ask, desk, send
from tests.unit.llm_testing.test_prompt_cache import SHARED, marked


def test_requests_per_minute() -> None:
    clock = Clock()
    to = desk(clock=clock, limits=RateLimits(requests_per_minute=3))
    assert [ask(to, ASKED).status for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = send(to, ASKED)
    assert refused.headers["retry-after"] == "20"
    assert json.loads(refused.chunks[0])["error"]["type"] == "rate_limit_error"
    clock.now += 19.9
    assert ask(to, ASKED).status == 429
    clock.now += 0.2
    assert [ask(to, ASKED).status for _ in range(2)] == [200, 429]


def test_a_burst_is_a_share_of_a_minute() -> None:
    to = desk(limits=RateLimits(requests_per_minute=600, burst=0.01))
    assert [ask(to, ASKED).status for _ in range(8)] == [200] * 6 + [429] * 2


def test_tokens_per_minute_count_what_is_not_read_from_the_cache() -> None:
    to = desk(limits=RateLimits(input_tokens_per_minute=1_100))
    body: dict[str, JsonValue] = {**ASKED, "system": [marked(SHARED)]}
    assert [ask(to, body).status for _ in range(10)] == [200] * 10
    told = ask(to, {**ASKED, "system": [marked("Other. " + SHARED)]})
    assert (told.status, told.record.billed) == (429, False)


def test_a_request_larger_than_a_minute_waits_for_a_full_bucket() -> None:
    clock = Clock()
    to = desk(clock=clock, limits=RateLimits(input_tokens_per_minute=100))
    large: dict[str, JsonValue] = {**ASKED, "system": SHARED}
    assert [ask(to, large).status, ask(to, large).status] == [200, 429]
    clock.now += 60
    assert ask(to, large).status == 200


def test_what_is_left_is_told() -> None:
    limits = RateLimits(requests_per_minute=50, input_tokens_per_minute=1_000)
    headers = send(desk(limits=limits), ASKED).headers
    assert headers["anthropic-ratelimit-requests-limit"] == "50"
    assert headers["anthropic-ratelimit-requests-remaining"] == "49"
    assert headers["anthropic-ratelimit-input-tokens-remaining"] == "992"
    to = desk(limits=limits)
    raw = json.dumps(dict(CHAT)).encode()
    chat = to.receive(Wire.CHAT, "/v1/chat/completions", {"authorization": f"Bearer {KEY}"}, raw).headers
    assert (chat["x-ratelimit-limit-tokens"], chat["x-ratelimit-remaining-requests"]) == ("1000", "49")
