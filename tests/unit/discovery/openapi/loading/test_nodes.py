"""YAML and JSON as plain values with places, within limits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.discovery.openapi.loading.nodes import MAX_DEPTH, read_tree
from devmatrix.errors import RequestError

_KEYS = st.text().filter(lambda key: key != "<<")
_PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
_JSON = st.recursive(
    _PLAIN | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(value=st.dictionaries(_KEYS, _JSON, max_size=5), indent=st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_python_reads_it(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    assert read_tree(text, "x.json").value == json.loads(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", {"a": "no"}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("200: x", {"200": "x"}),
        ("true: x\nnull: y", {"true": "x", "null": "y"}),
        ("a: 012", {"a": "012"}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: '1'", {"a": "1"}),
        ("a: !!str 1", {"a": "1"}),
        ("a: ~", {"a": None}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert read_tree(text, "x.yaml").value == value


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3", 3, "has the key 'a' twice, first on line 1"),
        ('{"a": 1,\n "a": 2}', 2, "twice, first on line 1"),
        ('{"a": 1,}', 1, "no JSON"),
        ('{"a": 1} x', 1, "something follows"),
        ('{"a" 1}', 1, "no JSON"),
        ("[" * 100_000, 1, f"more than {MAX_DEPTH} levels"),
        ("- " * 5_000, 1, f"more than {MAX_DEPTH} levels"),
        ("a: !!python/object/apply:os.system [x]", 1, "the tag"),
        ("a: !mine 1", 1, "the tag"),
        ("a: *b", 1, "anchor"),
        ("a: 1\n---\nb: 2", 2, "second YAML document"),
        ("a: [1", 2, "no YAML"),
        ("? [a]\n: 1", 1, "cannot be a key"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(RequestError, match=rf"^f\.yaml:{line}: ") as caught:
        read_tree(text, "f.yaml")
    assert what in str(caught.value)


def test_a_billion_laughs_are_cut_short() -> None:
    lines = ['a0: &a0 ["ha"]', *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12))]
    with pytest.raises(RequestError, match="grows to more than"):
        read_tree("\n".join(lines), "f.yaml")


def test_places_are_those_of_the_text() -> None:
    text = "a:\n  b/c: [1, two]\n"
    tree = read_tree(text, "f.yaml")
    assert tree.line("/a/b~1c") == 2
    place = tree.places["/a/b~1c/1"]
    assert text[place.start : place.end] == "two"


def test_half_a_character_is_refused_and_a_pair_is_read() -> None:
    with pytest.raises(RequestError, match=r"a\.json:2: .* half a character"):
        read_tree('{"a":\n "\\ud83d"}', "a.json")
    assert read_tree('{"a": "\\ud83d\\ude00"}', "a.json").value == {"a": "\U0001f600"}
