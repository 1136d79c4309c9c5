"""Prompts are cached by the provider's rules; what that costs is told in the usage, and paid at list price."""

import pytest
from pydantic import JsonValue

from devmatrix.llm.testing import FaultKind, Faults, Tokens
from devmatrix.llm.testing.calls import CallRecord
from devmatrix.llm.testing.desk import Desk
from tests.unit.llm_testing.asking import ASKED, CHAT, Clock, ask, ask_chat, desk, send

SHARED = "The rules of the house. " * 150  # 1,000 tokens
CONTEXT = "One module of the house. " * 150


def marked(text: str, ttl: str = "5m") -> JsonValue:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral", "ttl": ttl}}


def asked(
    question: str = "What now?", *, shared: str = SHARED, context: str = CONTEXT, **more: JsonValue
) -> dict[str, JsonValue]:
    content: list[JsonValue] = [marked(context), {"type": "text", "text": question}]
    return {**ASKED, "system": [marked(shared)], "messages": [{"role": "user", "content": content}], **more}


def inputs(record: CallRecord) -> tuple[int, int, int]:
    return record.tokens.cache_read, record.tokens.cache_write, record.tokens.uncached_input


def paid(to: Desk, body: dict[str, JsonValue]) -> tuple[int, int, int]:
    return inputs(ask(to, body).record)


def test_the_first_call_writes_and_the_second_reads() -> None:
    to = desk()
    assert paid(to, asked()) == (0, 2_050, 3)
    assert paid(to, asked()) == (2_050, 0, 3)
    assert paid(to, asked("Another question, longer than that?")) == (2_050, 0, 10)


def test_another_context_reads_the_shared_part_and_writes_its_own() -> None:
    to = desk()
    paid(to, asked())
    assert paid(to, asked(context="Another module of it all. " * 150)) == (1_004, 1_088, 3)


def test_a_letter_in_the_shared_part_changes_everything_behind_it() -> None:
    to = desk()
    paid(to, asked())
    assert paid(to, asked(shared="!" + SHARED))[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"model": "claude-sonnet-5-5"},
        {"tools": [{"name": "x", "input_schema": {"type": "object"}}]},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "string"}}}},
    ],
    ids=str,
)
def test_models_tools_and_schemas_share_nothing(change: dict[str, JsonValue]) -> None:
    to = desk()
    paid(to, asked())
    assert paid(to, {**asked(), **change})[0] == 0


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ({"output_config": {"effort": "high"}}, 2_050),
        ({"max_tokens": 7}, 2_050),
        ({"thinking": {"type": "adaptive"}}, 1_004),
    ],
    ids=str,
)
def test_settings_of_the_answer_keep_the_prefix_or_the_system_at_least(change: dict[str, JsonValue], read: int) -> None:
    to = desk()
    paid(to, asked())
    assert paid(to, {**asked(), **change})[0] == read


def test_short_prefixes_are_not_cached_and_each_model_has_its_minimum() -> None:
    small = "word " * 500  # 695 tokens
    for model, expected in (("claude-haiku-5-5", 699), ("claude-sonnet-5-5", 0)):
        to = desk()
        body = {**ASKED, "model": model, "system": [marked(small)]}
        assert ask(to, body).record.tokens.cache_write == expected
        assert ask(to, body).record.tokens.cache_read == expected


def test_entries_live_five_minutes_from_their_last_use() -> None:
    clock = Clock()
    to = desk(clock=clock)
    paid(to, asked())
    clock.now += 299
    assert paid(to, asked())[0] == 2_050
    clock.now += 299
    assert paid(to, asked())[0] == 2_050
    clock.now += 301
    assert paid(to, asked())[:2] == (0, 2_050)


def test_an_hour_costs_twice_and_lasts_an_hour() -> None:
    clock = Clock()
    to = desk(clock=clock)
    body = {**ASKED, "system": [marked(SHARED, "1h")]}
    first = ask(to, body).record
    assert first.tokens == Tokens(uncached_input=8, cache_write=1_004, output=5, cache_write_1h=1_004)
    assert first.cost_usd == pytest.approx((8 * 0.1 + 1_004 * 0.2 + 5 * 0.5) / 1e6)
    clock.now += 3_599
    assert ask(to, body).record.tokens.cache_read == 1_004


def test_an_entry_is_readable_once_the_answer_has_begun() -> None:
    to = desk()
    first, second = send(to, asked()), send(to, asked())
    assert inputs(second.record) == (0, 2_050, 3)
    to.begin(first)
    assert inputs(send(to, asked()).record) == (2_050, 0, 3)


def test_a_call_that_fails_before_it_is_answered_caches_nothing() -> None:
    to = desk(faults=Faults(planned={1: FaultKind.OVERLOADED, 2: FaultKind.CUT}))
    assert ask(to, asked()).record.tokens == Tokens()
    assert paid(to, asked())[0] == 0
    assert paid(to, asked())[0] == 2_050


def test_looking_back_ends_after_twenty_blocks() -> None:
    to = desk()
    first: list[JsonValue] = [marked(SHARED)]
    ask(to, {**ASKED, "messages": [{"role": "user", "content": first}]})
    for more, expected in ((19, 1_004), (20, 0)):
        blocks: list[JsonValue] = [{"type": "text", "text": SHARED}]
        blocks += [{"type": "text", "text": f"{more} {n}"} for n in range(more - 1)]
        blocks.append(marked("end"))
        told = ask(to, {**ASKED, "messages": [{"role": "user", "content": blocks}]})
        assert told.record.tokens.cache_read == expected


def test_the_automatic_breakpoint_is_at_the_end() -> None:
    to = desk()
    body: dict[str, JsonValue] = {**ASKED, "system": SHARED, "cache_control": {"type": "ephemeral"}}
    assert paid(to, body) == (0, 1_012, 0)
    assert paid(to, body) == (1_012, 0, 0)


def test_a_call_for_no_tokens_warms_the_cache_without_asking_anybody() -> None:
    to = desk()
    told = ask(to, asked(max_tokens=0))
    assert told.body["content"] == []
    assert told.body["stop_reason"] == "max_tokens"
    assert told.record.tokens.output == 0
    assert paid(to, asked())[0] == 2_050


def test_cost_is_at_list_price() -> None:
    to = desk()
    first = ask(to, asked()).record
    assert first.cost_usd == pytest.approx((3 * 0.1 + 2_050 * 0.125 + 5 * 0.5) / 1e6)
    second = ask(to, asked()).record
    assert second.cost_usd == pytest.approx((3 * 0.1 + 2_050 * 0.01 + 5 * 0.5) / 1e6)


def test_chat_completions_cache_unasked_and_write_for_nothing() -> None:
    to = desk()
    body: dict[str, JsonValue] = {
        **CHAT,
        "messages": [{"role": "system", "content": SHARED * 2}, {"role": "user", "content": "x"}],
    }
    assert inputs(ask_chat(to, body).record) == (0, 0, 2_009)
    assert inputs(ask_chat(to, body).record) == (2_009, 0, 0)
