"""Strings for regular expressions."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devmatrix.discovery.proofs import patterns
from devmatrix.discovery.proofs.patterns import matching, not_matching, some_matching
from devmatrix.discovery.proofs.unproducible import UnproducibleError

USUAL = (
    r"^[A-Z]{3}-\d{4}$",
    r"^(97[89])?\d{9}[\dX]$",
    r"^[a-z0-9_]+$",
    r"[a-z]+(-[a-z0-9]+)*",
    r"^\+?[1-9]\d{6,14}$",
    r"^#[0-9a-fA-F]{6}$",
    r"^(red|green|blue)-\w{2,4}$",
    r"^[^aeiou]{5}$",
    r"\A\S+ \S+\Z",
    r"^([01]\d|2[0-3]):[0-5]\d$",
    r"^.{3}$",
)


@pytest.mark.parametrize("pattern", USUAL)
def test_usual_patterns_give_many_different_strings_that_match(pattern: str) -> None:
    strings = [matching(pattern, index, 0, 40) for index in range(8)]
    assert len(set(strings)) == 8
    assert all(re.fullmatch(pattern, text) for text in strings)


@pytest.mark.parametrize(
    ("pattern", "python"),
    [
        (r"^[\p{L}]+([ '-][\p{L}]+){0,2}\.?$", r"^[A-Za-z]+([ '-][A-Za-z]+){0,2}\.?$"),
        (r"^\p{Lu}\pN\P{L}$", r"^[A-Z][0-9][^A-Za-z]$"),
        (r"[\p{P}]", r"[!#%&*,./:;?@_\-]"),
        (r"\\p{2}", r"\\p{2}"),
        (r"[\P{L}]\p{Emoji}", r"[\P{L}]\p{Emoji}"),
    ],
)
def test_properties_of_letters_mean_their_ascii_part(pattern: str, python: str) -> None:
    assert patterns.as_python(pattern) == python


def test_strings_for_properties_of_letters_match_and_do_not() -> None:
    assert matching(r"^\p{L}{3}$", 0, 0, 9).isalpha()
    assert not_matching(r"^\p{L}+$", 0, 9).isascii()


@pytest.mark.parametrize("pattern", [r"\p{Emoji}", "(", "(?<name>a)"])
def test_what_is_no_pattern_here_has_no_strings(pattern: str) -> None:
    with pytest.raises(UnproducibleError):
        not_matching(pattern, 0, 9)
    with pytest.raises(UnproducibleError):
        matching(pattern, 0, 0, 9)


@pytest.mark.parametrize("pattern", USUAL)
def test_usual_patterns_give_a_string_that_does_not_match(pattern: str) -> None:
    assert not re.search(pattern, not_matching(pattern, 0, 40))


@pytest.mark.parametrize("length", [8, 13, 40])
def test_lengths_are_kept(length: int) -> None:
    assert len(matching(r"^[a-z]+\d*$", 2, length, length)) == length


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        (r"^[a-z0-9-]+$", 120),
        (r"^[a-z0-9-]+$", 2000),
        (r"^(ab-)+$", 120),
        (r"^(\w\d|x)+$", 60),
        (r"^[A-Z]{3}\d+$", 200),
    ],
)
def test_long_strings_need_few_draws(pattern: str, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = 0

    class Counting(patterns._Choices):
        def __init__(self, seed: int, extra: int, sets: dict[int, str]) -> None:
            nonlocal draws
            draws += 1
            super().__init__(seed, extra, sets)

    monkeypatch.setattr(patterns, "_Choices", Counting)
    assert len(patterns._strings.__wrapped__(pattern, 1, length, length)[0]) == length
    assert draws < 100


def test_a_length_that_cannot_be_is_found_out_with_one_draw_a_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = 0
    characters = patterns._characters

    def counted(operator: object, argument: object) -> str:
        nonlocal sets
        sets += 1
        return characters(operator, argument)

    monkeypatch.setattr(patterns, "_characters", counted)
    assert not patterns._strings.__wrapped__(r"^([a-z]-)+$", 1, 121, 121)
    assert sets == 1


def test_few_strings_come_again_in_turn() -> None:
    assert [some_matching("^[ab]$", index, 1, 200) for index in (0, 1, 2, 921)] == ["a", "b", "a", "b"]
    with pytest.raises(UnproducibleError):
        some_matching("^[ab]$", 0, 2, 200)


@pytest.mark.parametrize("pattern", ["(", r"(?=a)b", r"^a$"])
def test_what_cannot_be_made_is_said(pattern: str) -> None:
    with pytest.raises(UnproducibleError):
        matching(pattern, 1, 0, 40)


@settings(max_examples=150, deadline=None)
@given(st.text("ab[](){}?*+|.^$\\d-1,", max_size=12), st.integers(0, 3))
def test_any_pattern_gives_a_match_or_says_that_there_is_none(pattern: str, index: int) -> None:
    try:
        text = matching(pattern, index, 0, 30)
    except UnproducibleError:
        return
    assert re.fullmatch(pattern, text)
