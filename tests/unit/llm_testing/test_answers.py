"""What becomes of a reply on its way out, and what is remembered."""

import pytest
from pydantic import JsonValue

from devmatrix.llm.testing import (
    FakeReply,
    FaultKind,
    Faults,
    ReceivedCall,
    StopReason,
    Tokens,
    ToolUse,
    Turn,
    Wire,
    count_tokens,
)
from tests.unit.llm_testing.asking import ASKED, CHAT, Always, ask, ask_chat, desk, script


class Listening:
    def __init__(self) -> None:
        self.heard: list[ReceivedCall] = []

    def reply(self, call: ReceivedCall) -> FakeReply:
        self.heard.append(call)
        return FakeReply("Heard.")


def test_a_replier_hears_the_same_by_either_api() -> None:
    schema: dict[str, JsonValue] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    to = Listening()
    ask(
        desk(to),
        {
            **ASKED,
            "system": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}],
            "output_config": {"format": {"type": "json_schema", "schema": schema}},
            "tools": [{"name": "look", "input_schema": {"type": "object"}}],
        },
    )
    ask_chat(
        desk(to),
        {
            **CHAT,
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "developer", "content": "Be kind."},
                {"role": "user", "content": [{"type": "text", "text": "Say something."}]},
            ],
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
            "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
            "max_completion_tokens": 1_000,
        },
    )
    assert [call.wire for call in to.heard] == [Wire.MESSAGES, Wire.CHAT]
    for call in to.heard:
        assert call.system == "Be brief.\n\nBe kind."
        assert call.turns == (Turn("user", "Say something."),)
        assert call.question == "Say something."
        assert call.schema == schema
        assert call.tools == {"look": {"type": "object"}}
        assert call.max_tokens == 1_000


def test_a_reply_longer_than_allowed_is_cut() -> None:
    told = ask(desk(Always("word " * 100)), {**ASKED, "max_tokens": 20})
    assert told.body["stop_reason"] == "max_tokens"
    assert told.record.tokens.output == 20
    content = told.body["content"]
    assert isinstance(content, list)
    block = content[0]
    assert isinstance(block, dict)
    assert count_tokens(str(block["text"])) == 17
    assert told.record.reply is not None
    assert told.record.reply.stop is StopReason.LENGTH


def test_thinking_counts_as_output_and_against_the_limit() -> None:
    told = ask(desk(Always(FakeReply("Fine.", thinking_tokens=50))), ASKED)
    assert told.record.tokens == Tokens(uncached_input=8, output=55, thinking=50)
    used_up = ask(desk(Always(FakeReply("Fine.", thinking_tokens=50))), {**ASKED, "max_tokens": 50})
    assert used_up.record.tokens == Tokens(uncached_input=8, output=50, thinking=50)
    assert used_up.body["stop_reason"] == "max_tokens"


def test_a_stop_sequence_ends_the_reply() -> None:
    told = ask(desk(Always("one END two")), {**ASKED, "stop_sequences": ["END"]})
    assert (told.body["stop_sequence"], told.body["content"]) == (
        "END",
        [{"type": "text", "text": "one ", "citations": None}],
    )
    assert told.body["stop_reason"] == "stop_sequence"


def test_who_knows_nothing_says_so_to_the_client() -> None:
    told = ask(script(), ASKED)
    assert (told.status, told.message) == (400, "the fake model has no reply: the script has ended before call 1")
    assert not told.record.billed


def test_a_broken_replier_is_not_mistaken_for_a_provider_in_trouble() -> None:
    class Broken:
        def reply(self, call: ReceivedCall) -> FakeReply:
            raise ZeroDivisionError(call.number)

    told = ask(desk(Broken()), ASKED)
    assert (told.status, told.message) == (400, "the replier of the fake model broke: ZeroDivisionError(1)")


def test_replies_can_be_told_apart_and_equal_requests_too() -> None:
    to = script(FakeReply("a", label="first"), FakeReply("b", label="second"), "c")
    told = [ask(to, ASKED).record, ask(to, ASKED).record, ask(to, {**ASKED, "max_tokens": 9}).record]
    assert [record.reply and record.reply.label for record in told] == ["first", "second", ""]
    assert [record.number for record in told] == [1, 2, 3]
    assert told[0].body_hash == told[1].body_hash != told[2].body_hash


@pytest.mark.parametrize(
    ("kind", "status", "billed", "completed"),
    [
        (FaultKind.RATE_LIMIT, 429, False, False),
        (FaultKind.SERVER_ERROR, 500, False, False),
        (FaultKind.OVERLOADED, 529, False, False),
        (FaultKind.SLOW, 200, True, True),
        (FaultKind.CUT, 200, True, False),
        (FaultKind.INVALID_JSON, 200, True, False),
        (FaultKind.WRONG_BLOCK, 200, True, False),
        (FaultKind.EMPTY, 200, True, False),
    ],
)
def test_each_fault_says_whether_it_would_have_been_billed(
    kind: FaultKind, status: int, billed: bool, completed: bool
) -> None:
    record = ask(desk(faults=Faults(planned={1: kind})), ASKED).record
    assert (record.fault, record.status, record.billed, record.completed) == (kind, status, billed, completed)
    assert (record.cost_usd > 0) is billed


def test_faults_come_at_their_rate_and_the_same_again() -> None:
    faults = Faults.mixed(0.2, seed=4)
    drawn = [faults.draw(number, f"body {number}", 1) for number in range(4_000)]
    assert drawn == [Faults.mixed(0.2, seed=4).draw(1, f"body {number}", 1) for number in range(4_000)]
    assert drawn != [Faults.mixed(0.2, seed=5).draw(1, f"body {number}", 1) for number in range(4_000)]
    share = sum(kind is not None for kind in drawn) / len(drawn)
    assert 0.18 < share < 0.22
    for kind in FaultKind:
        assert 60 < drawn.count(kind) < 140


def test_a_call_that_failed_is_drawn_anew_when_it_comes_again() -> None:
    faults = Faults({FaultKind.CUT: 0.5})
    assert {faults.draw(1, "body", occurrence) for occurrence in range(1, 20)} == {None, FaultKind.CUT}


def test_rates_above_one_are_refused() -> None:
    with pytest.raises(ValueError, match="rates of faults"):
        Faults({FaultKind.CUT: 0.7, FaultKind.EMPTY: 0.7})


def test_tools_are_called() -> None:
    to = desk(Always(FakeReply(tool=ToolUse("look", {"at": "it"}), stop=StopReason.TOOL)))
    told = ask(to, {**ASKED, "tools": [{"name": "look", "input_schema": {"type": "object"}}]})
    content = told.body["content"]
    assert isinstance(content, list)
    block = content[0]
    assert isinstance(block, dict)
    assert (block["type"], block["name"], block["input"]) == ("tool_use", "look", {"at": "it"})
