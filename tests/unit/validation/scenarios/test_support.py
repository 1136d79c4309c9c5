"""The matcher and the substitution of captures: exact where they must be, open where they may be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.validation.scenarios.support import Api, a, differences, fill, page, problem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_json_matches_itself_and_nothing_longer(value: object) -> None:
    assert list(differences(value, value)) == []
    assert list(differences([value], [value, value]))
    assert list(differences({"a": value}, {"a": value, "b": value})) == [
        f"/b: not expected, got {json.dumps(value, ensure_ascii=False)}"
    ]


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (True, 1),
        (1, True),
        (0, False),
        ("1", 1),
        (None, ""),
        ({}, []),
        ({"a": 1}, {}),
        (a("uuid"), "6F9619FF-8B86-4D01-B42D-00C04FC964FF"),
        (a("datetime"), "2026-01-31T09:30:00"),
        (a("datetime"), "2026-01-31T09:30:00+00:00"),
        (a("date"), "2026-1-31"),
        (a("time"), "9:30"),
        (a("integer"), True),
        (a("integer"), 1.5),
        (a("number"), "1"),
        (a("boolean"), 0),
        (a("string"), None),
        (a("decimal"), 1.5),
        (a("token"), ""),
        (a("date", days=14), "2020-01-01"),
        ({"$sorted": ["b", "a"]}, ["b", "a"]),
        ({"$contains": [{"a": 1}]}, [{"a": 2}, {"a": 1, "b": 2}]),
        ({"$open": {"a": 1}}, {"b": 1}),
    ],
)
def test_what_does_not_match(pattern: object, value: object) -> None:
    assert list(differences(pattern, value))


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (1, 1.0),
        (a("uuid"), "6f9619ff-8b86-4d01-b42d-00c04fc964ff"),
        (a("datetime"), "2026-01-31T09:30:00.123456Z"),
        (a("time"), "13:45:00"),
        (a("number"), 1),
        (a("string"), ""),
        (a("decimal"), "-12.50"),
        (a("any"), None),
        ({"$sorted": ["b", "a"]}, ["a", "b"]),
        ({"$contains": [2, 1]}, [1, 2, 3]),
        ({"$open": {"a": 1}}, {"a": 1, "b": 2}),
    ],
)
def test_what_matches(pattern: object, value: object) -> None:
    assert list(differences(pattern, value)) == []


@pytest.mark.parametrize("days", [-3, 0, 14])
def test_days_from_now_are_near_and_no_others(days: int) -> None:
    then = datetime.now(UTC) + timedelta(days=days)
    moment, day = then.isoformat().replace("+00:00", "Z"), then.date().isoformat()
    assert list(differences(a("date", days=days), day)) == []
    assert list(differences(a("datetime", days=days), moment)) == []
    assert list(differences(a("date", days=days + 2), day))
    assert list(differences(a("datetime", days=days + 1), moment))


def test_captures_keep_their_json_type_alone_and_become_text_inside() -> None:
    captured: dict[str, object] = {"n": 3, "record": {"id": 1}}
    assert fill({"a": ["${n}", "${record}"], "b": "x/${n}/y"}, captured) == {"a": [3, {"id": 1}], "b": "x/3/y"}
    assert fill("${unknown}", captured) == "${unknown}"


def test_short_forms_are_the_patterns_that_they_stand_for() -> None:
    assert problem(404) == {
        "type": "/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": {"$match": "string"},
    }
    assert problem(422, "/a")["errors"] == [{"pointer": "/a", "detail": {"$match": "string"}}]
    assert page(1, 2, total=5, limit=2) == {"items": [1, 2], "total": 5, "limit": 2, "offset": 0}


@dataclass
class Fixed:
    """Answers the same to everything, and remembers what it was asked."""

    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json; charset=utf-8"})
    content: bytes = b'{"id": 7}'
    asked: list[tuple[str, str, Mapping[str, str] | None, bytes | None]] = field(default_factory=list)

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> "Fixed":
        self.asked.append((method, url, headers, content))
        return self


def test_a_step_sends_what_was_captured_and_the_token_of_its_actor() -> None:
    client = Fixed()
    api = Api(client, {"alice": "secret"})
    api.given("a thing exists", "POST /things", status=200, json={"n": 1}, capture={"id": "/id", "all": ""})
    api.step("then", "PUT /things/${id}", status=200, json={"id": "${id}"}, actor="alice", body="${all}")
    assert client.asked[1] == (
        "PUT",
        "/things/7",
        {"Content-Type": "application/json", "Authorization": "Bearer secret"},
        b'{"id": 7}',
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": 201}, "status: expected 201, got 200"),
        ({"expect_headers": {"ETag": "*"}}, "header ETag: expected *, got None"),
        ({"body": {"id": 8}}, "/id: expected 8, got 7"),
        ({"media_type": "application/problem+json"}, "content type: expected application/problem+json"),
        ({"body": ...}, "body: expected none"),
    ],
)
def test_a_step_that_differs_says_what_was_sent_what_came_and_where_it_differs(
    change: dict[str, object], reason: str
) -> None:
    arguments: dict[str, object] = {"status": 200, "body": {"id": 7}, **change}
    if arguments["body"] is ...:
        del arguments["body"]
    api = Api(Fixed(), {})
    with pytest.raises(AssertionError) as failure:
        api.step("when it is read", "GET /things/7", **arguments)  # type: ignore[arg-type]
    message = str(failure.value)
    assert message.startswith("when it is read\n  sent GET /things/7\n  got 200 {")
    assert reason in message


def test_what_is_no_json_and_what_cannot_be_captured_fails() -> None:
    api = Api(Fixed(content=b"<html>"), {})
    with pytest.raises(AssertionError, match="body: expected JSON"):
        api.step("when", "GET /", status=200, body={})
    with pytest.raises(AssertionError, match="nothing at /name to capture"):
        Api(Fixed(), {}).given("x", "GET /", status=200, capture={"n": "/name"})
