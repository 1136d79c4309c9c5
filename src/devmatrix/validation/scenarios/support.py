"""Plays HTTP steps against a service and compares what comes back with JSON patterns.

Patterns: plain JSON matches itself; `{"$match": KIND}` any value of that kind, with `"days": n` only a date or datetime
about n days from now; `"${name}"` what an earlier step captured; `{"$contains": [...]}` a list that holds a match of
each; `{"$sorted": [...]}` those values in ascending order; `{"$open": {...}}` an object that may have further keys.
"""

import json as json_text
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

_CAPTURE = re.compile(r"\$\{(\w+)\}")
_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
_FORMS = {
    "uuid": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "datetime": re.compile(f"{_DATE}T{_TIME}Z"),
    "date": re.compile(_DATE),
    "time": re.compile(_TIME),
    "decimal": re.compile(r"-?\d+(\.\d+)?"),
    "token": re.compile(r"\S+"),
    "string": re.compile(r".*", re.DOTALL),
}
_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Precondition failed",
    413: "Content too large",
    422: "Invalid request",
    428: "Precondition required",
}
_TYPES = {422: "/problems/invalid"}


class Response(Protocol):
    """What a client gives back: the part of httpx.Response that is looked at."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in any case."""
        ...

    @property
    def content(self) -> bytes:
        """The body."""
        ...


class Client(Protocol):
    """Whatever sends requests: httpx.Client, or a test client over an application."""

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Response:
        """Send one request."""
        ...


class Database(Protocol):
    """The rows behind the service."""

    def snapshot(self) -> None:
        """Remember the rows of all tables."""
        ...

    def restore(self) -> None:
        """Bring the remembered rows back."""
        ...


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()


def a(kind: str, *, days: int | None = None) -> dict[str, object]:
    """The pattern of any value of that kind; with `days`, one about so many days from now."""
    return {"$match": kind} if days is None else {"$match": kind, "days": days}


def problem(status: int, *pointers: str) -> dict[str, object]:
    """The pattern of a problem; a 422 blames `pointers`, in that order."""
    kind = _TYPES.get(status) or "/problems/" + _TITLES[status].lower().replace(" ", "-")
    body: dict[str, object] = {"type": kind, "title": _TITLES[status], "status": status, "detail": a("string")}
    if status == 422:
        body["errors"] = [{"pointer": pointer, "detail": a("string")} for pointer in pointers]
    return body


def page(*items: object, total: int | None = None, limit: int = 20, offset: int = 0) -> dict[str, object]:
    """The pattern of a page that holds exactly `items`; `total` where there are more than those."""
    return {"items": list(items), "total": len(items) if total is None else total, "limit": limit, "offset": offset}


def fill(value: object, captured: Mapping[str, object]) -> object:
    """`value` with each `${name}` replaced by what was captured under that name."""
    if isinstance(value, str):
        whole = _CAPTURE.fullmatch(value)
        if whole and whole[1] in captured:
            return captured[whole[1]]
        return _CAPTURE.sub(lambda found: str(captured.get(found[1], found[0])), value)
    if isinstance(value, list):
        return [fill(item, captured) for item in value]
    if isinstance(value, dict):
        return {key: fill(item, captured) for key, item in value.items()}
    return value


def differences(pattern: object, value: object, at: str = "") -> Iterator[str]:
    """Where `value` does not match `pattern`, one sentence each; none where it matches."""
    if isinstance(pattern, dict):
        yield from _object_differences(pattern, value, at)
    elif isinstance(pattern, list):
        if not isinstance(value, list) or len(value) != len(pattern):
            yield f"{at or '/'}: expected a list of {len(pattern)}, got {_short(value)}"
            return
        for index, (expected, item) in enumerate(zip(pattern, value, strict=True)):
            yield from differences(expected, item, f"{at}/{index}")
    elif not _same(pattern, value):
        yield f"{at or '/'}: expected {_short(pattern)}, got {_short(value)}"


def _object_differences(pattern: dict[str, object], value: object, at: str) -> Iterator[str]:
    if "$match" in pattern:
        if not _is_kind(str(pattern["$match"]), pattern.get("days"), value):
            near = f" {pattern['days']} days from now" if "days" in pattern else ""
            yield f"{at or '/'}: expected a {pattern['$match']}{near}, got {_short(value)}"
    elif "$sorted" in pattern:
        wanted = pattern["$sorted"]
        yield from differences(sorted(wanted) if isinstance(wanted, list) else wanted, value, at)
    elif "$contains" in pattern:
        items = value if isinstance(value, list) else []
        wanted = pattern["$contains"]
        for expected in wanted if isinstance(wanted, list) else []:
            if not any(next(differences(expected, item), None) is None for item in items):
                yield f"{at or '/'}: expected an item that matches {_short(expected)}, got {_short(value)}"
    elif not isinstance(value, dict):
        yield f"{at or '/'}: expected an object, got {_short(value)}"
    else:
        yield from _key_differences(pattern, value, at)


def _key_differences(pattern: dict[str, object], value: dict[str, object], at: str) -> Iterator[str]:
    inner = pattern.get("$open")
    wanted = inner if isinstance(inner, dict) else pattern
    for key, expected in wanted.items():
        if key in value:
            yield from differences(expected, value[key], f"{at}/{key}")
        else:
            yield f"{at}/{key}: expected {_short(expected)}, but it is missing"
    if wanted is pattern:
        for key in value:
            if key not in wanted:
                yield f"{at}/{key}: not expected, got {_short(value[key])}"


def _same(pattern: object, value: object) -> bool:
    # In Python True == 1, in JSON it is not.
    return isinstance(pattern, bool) == isinstance(value, bool) and pattern == value


def _is_kind(kind: str, days: object, value: object) -> bool:
    if kind == "any":
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in {"integer", "number"}:
        return isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
    if not isinstance(value, str) or not _FORMS[kind].fullmatch(value):
        return False
    return not isinstance(days, int) or _is_near(kind, days, value)


def _is_near(kind: str, days: int, value: str) -> bool:
    now = datetime.now(UTC)
    if kind == "date":
        # A day off is allowed: the service's today may be that of another time zone, and midnight may pass.
        return abs(date.fromisoformat(value) - now.date() - timedelta(days=days)) <= timedelta(days=1)
    given = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return abs(given - now - timedelta(days=days)) <= timedelta(minutes=10)


def _short(value: object, limit: int = 300) -> str:
    text = json_text.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


class Api:
    """One scenario's talk with the service: remembers captures, raises AssertionError where an answer differs."""

    def __init__(self, client: Client, tokens: Mapping[str, str]) -> None:
        self._client = client
        self._tokens = tokens
        self.captured: dict[str, object] = {}

    def given(
        self,
        text: str,
        request: str,
        *,
        status: int,
        json: object = NOTHING,
        actor: str | None = None,
        headers: Mapping[str, str] | None = None,
        has_body: bool = True,
        capture: Mapping[str, str] | None = None,
    ) -> None:
        """A step that only prepares: its status counts, its body is proven elsewhere."""
        body = a("any") if has_body else NOTHING
        self.step(
            f"given {text}", request, json=json, actor=actor, headers=headers, status=status, body=body, capture=capture
        )

    def step(
        self,
        text: str,
        request: str,
        *,
        status: int,
        json: object = NOTHING,
        raw: str | None = None,
        actor: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = NOTHING,
        media_type: str | None = None,
        expect_headers: Mapping[str, str] | None = None,
        capture: Mapping[str, str] | None = None,
    ) -> None:
        """Send `request` ("POST /path") with `json` (or the text `raw`) as `actor`, and compare the answer.

        `body` NOTHING: the answer's body must be empty. `media_type`: that of a problem where the status is one.
        `expect_headers`: exact values, "*" for any. `capture`: name -> JSON pointer into the body, or "header:NAME".
        """
        method, _, path = str(fill(request, self.captured)).partition(" ")
        sent = {key: str(fill(value, self.captured)) for key, value in (headers or {}).items()}
        content = None
        if raw is not None:
            content = str(fill(raw, self.captured)).encode()
        elif json is not NOTHING:
            content = json_text.dumps(fill(json, self.captured)).encode()
            sent = {"Content-Type": "application/json", **sent}
        if actor is not None:
            sent["Authorization"] = f"Bearer {self._tokens[actor]}"
        response = self._client.request(method, path, headers=sent, content=content)
        wanted_type = media_type or ("application/problem+json" if status >= 400 else "application/json")
        defects = list(_head_defects(response, status, fill(dict(expect_headers or {}), self.captured)))
        if not defects:
            defects = list(_body_defects(response, fill(body, self.captured), wanted_type))
        if defects:
            asked = f"{method} {path}{f' as {actor}' if actor else ''}"
            if content is not None:
                asked += " " + _cut(content)
            answered = f"{response.status_code} {_cut(response.content)}"
            raise AssertionError("\n  ".join([text, f"sent {asked}", f"got {answered}", *defects]))
        for name, place in (capture or {}).items():
            self.captured[name] = _captured(response, place)


def _head_defects(response: Response, status: int, headers: object) -> Iterator[str]:
    if response.status_code != status:
        yield f"status: expected {status}, got {response.status_code}"
        return
    for name, wanted in headers.items() if isinstance(headers, dict) else ():
        given = response.headers.get(name)
        if not given or wanted not in {"*", given}:
            yield f"header {name}: expected {wanted}, got {given}"


def _body_defects(response: Response, body: object, wanted_type: str) -> Iterator[str]:
    if body is NOTHING:
        if response.content:
            yield "body: expected none"
        return
    media_type = (response.headers.get("content-type") or "").partition(";")[0].strip()
    if media_type != wanted_type:
        yield f"content type: expected {wanted_type}, got {media_type or 'none'}"
    if "json" not in wanted_type:
        yield from differences(body, response.content.decode("utf-8", "replace"))
        return
    try:
        value = json_text.loads(response.content)
    except ValueError:
        yield "body: expected JSON"
        return
    yield from differences(body, value)


def _cut(content: bytes, limit: int = 600) -> str:
    text = content.decode("utf-8", "replace")
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


def _captured(response: Response, place: str) -> object:
    if place.startswith("header:"):
        return response.headers.get(place.removeprefix("header:")) or ""
    value: object = json_text.loads(response.content)
    for part in place.split("/")[1:]:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise AssertionError(f"nothing at {place} to capture: got {_short(value)}")
    return value
