"""The noisy author is right at its rate, wrong in realistic ways, and the same again for the same seed."""

import ast
import json
from collections import Counter

import pytest

from devmatrix.llm.testing import (
    DEFECTS,
    FakeReply,
    NoisyAuthor,
    NoReply,
    ReceivedCall,
    StopReason,
    Turn,
    Wire,
    named_contract,
)
from tests.unit.llm_testing.asking import Always
from tests.unit.llm_testing.test_defects import RIGHT

NAMES = [f"app/rows.py:get_row_{number}" for number in range(400)]
ANSWERS = {name: RIGHT.replace("get_row", name.rpartition(":")[2]) for name in NAMES}


def about(atom: str, model: str = "claude-haiku-5-5") -> ReceivedCall:
    turns = (Turn("user", f"Write this.\n\nContract: {atom}\n"),)
    return ReceivedCall(1, Wire.MESSAGES, model, "", turns, 4_000, {})


def labels(author: NoisyAuthor, attempts: int = 1) -> list[list[str]]:
    return [[author.reply(about(name)).label for _ in range(attempts)] for name in NAMES]


def test_it_is_right_with_probability_p() -> None:
    first = [label for (label,) in labels(NoisyAuthor(ANSWERS, 0.87, 7))]
    assert 0.83 < first.count("right") / len(first) < 0.91
    assert labels(NoisyAuthor(ANSWERS, 1.0, 7)) == [["right"]] * len(NAMES)


def test_with_p_zero_every_kind_of_defect_occurs_and_none_is_right() -> None:
    author = NoisyAuthor(ANSWERS, 0.0, 7)
    replies = {name: author.reply(about(name)) for name in NAMES}
    assert set(Counter(reply.label for reply in replies.values())) == {defect.name for defect in DEFECTS}
    assert not any(reply.text == f"```python\n{ANSWERS[name].rstrip()}\n```" for name, reply in replies.items())


def test_each_attempt_is_drawn_anew_and_all_follow_from_the_seed() -> None:
    drawn = labels(NoisyAuthor(ANSWERS, 0.5, 7), attempts=4)
    assert drawn == labels(NoisyAuthor(ANSWERS, 0.5, 7), attempts=4)
    assert drawn != labels(NoisyAuthor(ANSWERS, 0.5, 8), attempts=4)
    wrong_at_first = [attempts for attempts in drawn if attempts[0] != "right"]
    assert 0.4 < sum(attempts[1] == "right" for attempts in wrong_at_first) / len(wrong_at_first) < 0.6


def test_the_order_of_the_calls_changes_nothing() -> None:
    forth, back = (NoisyAuthor(ANSWERS, 0.5, 7) for _ in range(2))
    assert {name: forth.reply(about(name)) for name in NAMES} == {
        name: back.reply(about(name)) for name in reversed(NAMES)
    }


def test_a_stronger_model_may_be_right_more_often() -> None:
    author = NoisyAuthor(ANSWERS, {"claude-haiku-5-5": 0.0, "claude-opus-5-5": 1.0})
    assert author.reply(about(NAMES[0])).label != "right"
    assert author.reply(about(NAMES[0], "claude-opus-5-5")).label == "right"


def test_answers_are_wrapped_as_the_prompt_asks() -> None:
    author = NoisyAuthor(ANSWERS, 0.0, 3, wrap=lambda code: json.dumps({"code": code, "imports": []}))
    for name in NAMES:
        reply = author.reply(about(name))
        if reply.stop is StopReason.LENGTH:
            with pytest.raises(json.JSONDecodeError):
                json.loads(reply.text)
            assert reply.text.startswith('{"code": "')
        elif reply.label not in ("prose", "refusal"):
            assert json.loads(reply.text)["code"] != ANSWERS[name]


def test_the_reason_for_the_end_is_told() -> None:
    author = NoisyAuthor(ANSWERS, 0.0, 3)
    stops = {reply.label: reply.stop for name in NAMES for reply in [author.reply(about(name))]}
    assert stops.pop("truncated") is StopReason.LENGTH
    assert stops.pop("refusal") is StopReason.REFUSAL
    assert set(stops.values()) == {StopReason.END}


def test_a_fenced_reply_that_was_cut_has_no_closing_fence() -> None:
    author = NoisyAuthor(ANSWERS, 0.0, 3)
    cut = [reply.text for name in NAMES for reply in [author.reply(about(name))] if reply.stop is StopReason.LENGTH]
    assert cut
    for text in cut:
        assert text.startswith("```python\n")
        assert not text.rstrip().endswith("```")
        with pytest.raises(SyntaxError):
            ast.parse(text.removeprefix("```python\n"))


def test_what_is_about_no_atom_goes_to_somebody_else() -> None:
    author = NoisyAuthor(ANSWERS, 1.0)
    with pytest.raises(NoReply, match=r"no answer for 'app/x\.py:y'"):
        author.reply(about("app/x.py:y"))
    other = NoisyAuthor(ANSWERS, 1.0, atom_of=lambda call: None, otherwise=Always("Else."))
    assert other.reply(about(NAMES[0])) == FakeReply("Else.")


def test_the_contract_is_found_as_a_heading_or_a_line() -> None:
    for line in ("Contract: a/b.py:c", "# Contract: a/b.py:c", "**Contract:** a/b.py:c", "Contract:\ta/b.py:c  "):
        call = ReceivedCall(1, Wire.CHAT, "m", "Contract: no", (Turn("user", f"x\n{line}\nContract: d"),), 1, {})
        assert named_contract(call) == "a/b.py:c"
    assert named_contract(ReceivedCall(1, Wire.CHAT, "m", "", (Turn("user", "The Contract: is"),), 1, {})) is None
