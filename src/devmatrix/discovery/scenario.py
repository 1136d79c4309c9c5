"""Scenarios: given / when / then as data. A compiler makes pytest of them, a runner plays them over HTTP."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(_Part):
    """What must come back. Exact: a key more or less in a body is a failure.

    `body` is a JSON pattern: plain JSON matches itself; `{"$match": KIND}` any value of that kind (uuid, datetime,
    date, time, string, integer, number, boolean, decimal, token, any), with `"days": n` a date or datetime about n
    days from now; `"${name}"` is a captured value; `{"$contains": [patterns]}` a list that holds, among others, a match
    of each; `{"$sorted": [values]}` a list of those values in ascending order; `{"$open": {...}}` an object that may
    have further keys. `has_body` false: the body must be empty.
    """

    status: int
    has_body: bool = True
    body: JsonValue = None
    media_type: str = "application/json"
    """A body that is no JSON is compared as text (and `body` is a string, or a match)."""
    headers: dict[str, str] = {}
    """Exact values of named headers; "*" means only that it is there and not empty."""


class Step(_Part):
    """One HTTP exchange. `${name}` in path, headers and body is replaced by what an earlier step captured; a string
    that is nothing but `${name}` takes the captured value with its JSON type."""

    phase: Literal["given", "when", "then"]
    text: str
    """What a person would say: "a shelf exists", "a book is created without a title"."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    path: str
    """With query string, already percent-encoded but for captures."""
    actor: str | None = None
    """Name of the document's actor whose token is sent; none: no credentials."""
    headers: dict[str, str] = {}
    body: JsonValue = None
    has_body: bool = False
    raw: str | None = None
    """Sent as the body instead of `body`, captures filled in: to send what is no JSON."""
    expect: Expectation
    capture: dict[str, str] = {}
    """Name -> JSON pointer into the response body ("" is all of it); or "header:NAME" for a response header."""


class Scenario(_Part):
    """Steps that start from an empty database (but for the document's actors) and prove one thing."""

    id: str
    """R-07.1, R-07.2, ..."""
    title: str
    kind: Literal["happy", "boundary", "error", "access"]
    steps: tuple[Step, ...]
