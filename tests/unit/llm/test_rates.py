"""How fast a provider is asked."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from devmatrix.llm.prefixes import SHORTEST, Prefixes
from devmatrix.llm.rates import Pace, Patience
from devmatrix.llm.request import Request

pytestmark = pytest.mark.anyio


async def most_at_once(pace: Pace, calls: int, *, seconds: float = 0.01) -> int:
    running, most = 0, 0

    async def one() -> None:
        nonlocal running, most
        async with pace.turn(10):
            running += 1
            most = max(most, running)
            await asyncio.sleep(seconds)
            running -= 1

    await asyncio.gather(*(one() for _ in range(calls)))
    return most


async def test_never_more_at_once_than_allowed() -> None:
    assert await most_at_once(Pace(most_at_once=7), 50) == 7


async def test_a_provider_that_pushes_back_gets_half_and_then_slowly_more() -> None:
    pace = Pace(most_at_once=64)
    sent_at = time.monotonic()
    await asyncio.sleep(0.01)
    for _ in range(64):  # calls that were sent together tell one thing, not 64
        pace.pushed_back(sent_at, None)
    assert pace.at_once == 32
    for _ in range(100):
        pace.pushed_back(time.monotonic() + 1, None)
    assert pace.at_once == 1
    assert await most_at_once(pace, 5) == 1
    for _ in range(200):
        pace.passed()
    assert 15 <= pace.at_once <= 25
    for _ in range(10_000):
        pace.passed()
    assert pace.at_once == 64


async def test_refusals_by_chance_slow_nothing_down() -> None:
    pace = Pace(most_at_once=64)
    for number in range(1_000):
        if number % 5 == 0:
            pace.pushed_back(time.monotonic() + 1, None)
        else:
            pace.passed()
    assert pace.at_once == 64


async def test_nobody_is_sent_before_the_provider_wants_it() -> None:
    pace = Pace(most_at_once=10)
    pace.pushed_back(time.monotonic(), 0.3)
    started = time.monotonic()
    await most_at_once(pace, 3)
    assert 0.29 <= time.monotonic() - started < 2


async def test_requests_per_minute() -> None:
    pace = Pace(most_at_once=100, requests_per_minute=600)
    started = time.monotonic()
    await most_at_once(pace, 25, seconds=0)
    # Ten in a second: the first ten at once, fifteen more in one and a half.
    assert 1.3 <= time.monotonic() - started < 6


async def test_tokens_per_minute_even_for_calls_larger_than_a_second_worth() -> None:
    pace = Pace(most_at_once=100, tokens_per_minute=6_000)
    started = time.monotonic()
    async with pace.turn(250):
        pass
    assert 1.3 <= time.monotonic() - started < 6


async def test_a_turn_that_breaks_is_given_back() -> None:
    pace = Pace(most_at_once=1)
    with pytest.raises(ZeroDivisionError):
        async with pace.turn(1):
            raise ZeroDivisionError
    assert await most_at_once(pace, 2) == 1


@given(some.integers(1, 50))
def test_pauses_grow_and_are_bounded(failed: int) -> None:
    patience = Patience(first_seconds=0.5, most_seconds=30)
    whole = min(30.0, 0.5 * 2.0 ** (failed - 1))
    assert whole / 2 <= patience.pause(failed) <= whole


def request(shared: str = "s" * SHORTEST, context: str = "") -> Request:
    return Request("p@1", shared, context, "q")


async def order(requests: list[Request], *, fail_first: bool = False) -> list[str]:
    """When each call began and ended, by its number."""
    prefixes, events = Prefixes(), []

    async def one(number: int, asked: Request) -> None:
        async with prefixes.turn("m", asked):
            events.append(f"+{number}")
            await asyncio.sleep(0.01)
            events.append(f"-{number}")
            if fail_first and number == 0:
                raise ZeroDivisionError

    await asyncio.gather(*(one(number, asked) for number, asked in enumerate(requests)), return_exceptions=True)
    return events


async def test_the_first_goes_alone_then_all_the_others() -> None:
    assert await order([request()] * 4) == ["+0", "-0", "+1", "+2", "+3", "-1", "-2", "-3"]


async def test_one_that_fails_hands_on_the_first_place() -> None:
    assert (await order([request()] * 4, fail_first=True))[:4] == ["+0", "-0", "+1", "-1"]


async def test_each_place_has_a_first_of_its_own() -> None:
    places = [request(context="a"), request(context="a"), request(context="b"), request(context="b")]
    events = await order(places)
    assert events[:2] == ["+0", "-0"]
    assert events.index("-2") < events.index("+3")
    assert events.index("+2") < events.index("-1")


async def test_short_prefixes_are_not_waited_for() -> None:
    assert (await order([request(shared="short")] * 3))[:3] == ["+0", "+1", "+2"]
