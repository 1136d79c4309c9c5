import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.cli.text import clean, count, duration, line, money, share


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://x.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\rb\x08c\x7f\x9b", "abc"),
        ("a\tb\nc", "a b\nc"),
        ("name\udcff", "name\ufffd"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("日本語 ümlaut 🙂", "日本語 ümlaut 🙂"),
        ("[bold]no markup[/bold]", "[bold]no markup[/bold]"),
    ],
)
def test_only_harmless_characters_reach_the_screen(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


@given(st.text(st.characters(codec=None)))
def test_whatever_comes_is_printable_in_one_line(text: str) -> None:
    shown = line(text, 50)
    assert len(shown) <= 50
    assert "\n" not in shown
    assert "\x1b" not in shown
    shown.encode()


@pytest.mark.parametrize(
    ("number", "noun", "shown"),
    [(1, "task", "1 task"), (0, "task", "0 tasks"), (2, "entity", "2 entities"), (1200, "atom", "1,200 atoms")],
)
def test_counts_agree_with_their_noun(number: int, noun: str, shown: str) -> None:
    assert count(number, noun) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.04, "0.0 s"), (8.44, "8.4 s"), (12.3, "12 s"), (59.7, "1 min 00 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")],
)
def test_durations_read_well_at_every_scale(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_small_cost_does_not_look_like_none() -> None:
    assert money(0) == "$0.00"
    assert money(0.0004) == "$0.0004"
    assert money(1234.5) == "$1,234.50"


def test_nothing_of_nothing_is_no_evidence_and_almost_all_is_not_all() -> None:
    assert share(0, 0) == "no evidence"
    assert share(9999, 10000) == "9,999 of 10,000 (99.9 %)"
    assert share(3, 3) == "3 of 3 (100 %)"
