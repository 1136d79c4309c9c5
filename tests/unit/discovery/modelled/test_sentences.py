"""Prose is cut into sentences that stand where they say."""

from hypothesis import given
from hypothesis import strategies as st

from devmatrix.discovery.modelled.sentences import sentences_of
from devmatrix.discovery.passages import Passage


def test_sentences_of_several_scripts_are_numbered() -> None:
    text = "A box costs 1.50 euros. Why? 箱には名前がある。棚は三段です。\n- لكل صندوق اسم؛ وله وزن"
    found = sentences_of([Passage(text)])
    assert [item.text for item in found] == [
        "A box costs 1.50 euros.",
        "Why?",
        "箱には名前がある。",
        "棚は三段です。",
        "- لكل صندوق اسم؛",
        "وله وزن",
    ]
    assert [item.number for item in found] == [1, 2, 3, 4, 5, 6]


@given(st.lists(st.text(max_size=80), max_size=3))
def test_every_sentence_stands_where_its_span_says_and_nothing_is_lost(texts: list[str]) -> None:
    passages = []
    at = 0
    for text in texts:
        passages.append(Passage(text, start=at))
        at += len(text) + 2
    whole = "\n\n".join(texts)
    found = sentences_of(passages)
    for item in found:
        assert whole[item.span.start : item.span.end] == item.text
    assert "".join("".join(item.text.split()) for item in found) == "".join(whole.split())
