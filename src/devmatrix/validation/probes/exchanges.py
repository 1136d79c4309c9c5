"""Requests and answers as they go over the wire, and a journal of them."""

import http.client
import json
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from devmatrix.validation.scenarios.failure import ServiceFailure
from devmatrix.validation.scenarios.support import Response

_SECONDS = 10.0
_MAX_ANSWER = 20_000_000
_MAX_KEPT = 200_000
"""Bytes of one body that the journal keeps."""
_MAX_EXCHANGES = 50_000
Nothing = type("Nothing", (), {})
NOTHING = Nothing()


@dataclass(frozen=True)
class Request:
    """One request, filled in."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    json: object = NOTHING
    content: bytes | None = None
    """Sent instead of `json`."""

    @property
    def has_object(self) -> bool:
        """Whether the body is a JSON object."""
        return isinstance(self.json, dict)

    def body(self) -> bytes | None:
        """The bytes of the body."""
        if self.content is not None:
            return self.content
        return None if self.json is NOTHING else json.dumps(self.json).encode()

    def to(self, method: str, target: str) -> "Request":
        """The same to another place."""
        return replace(self, method=method, target=target)

    def having(self, **headers: str) -> "Request":
        """The same with further headers; _ stands for -."""
        return self.bearing({name.replace("_", "-"): value for name, value in headers.items()})

    def bearing(self, headers: Mapping[str, str]) -> "Request":
        """The same with further headers."""
        names = {name.lower() for name in headers}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in names}
        return replace(self, headers={**kept, **headers})

    def saying(self, json: object) -> "Request":
        """The same with another JSON body."""
        return replace(self, json=json, content=None)

    def sending(self, content: bytes) -> "Request":
        """The same with another body."""
        return replace(self, content=content)

    def asking(self, **parameters: str) -> "Request":
        """The same with these query parameters in place of those of their names."""
        path, _, query = self.target.partition("?")
        names = {quote(name, safe="") for name in parameters}
        kept = [part for part in query.split("&") if part and part.partition("=")[0] not in names]
        kept += [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters.items()]
        return replace(self, target=f"{path}?{'&'.join(kept)}")

    def __str__(self) -> str:
        body = self.body()
        text = "" if body is None else " " + _cut(body)
        return f"{self.method} {self.target[:300]}{text}"


class Headers(Mapping[str, str]):
    """Headers by names in any case."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            known = self._values.get(name.lower())
            self._values[name.lower()] = value if known is None else f"{known}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True)
class Answer:
    """What came back; satisfies scenarios.support.Response."""

    status_code: int
    headers: Headers
    content: bytes
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status_code < 300

    @property
    def failed(self) -> bool:
        """Whether the service failed. What was never written (501) did not fail."""
        return self.status_code >= 500 and self.status_code != http.HTTPStatus.NOT_IMPLEMENTED

    @property
    def media_type(self) -> str:
        """Without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def json(self) -> object:
        """The body as JSON; NOTHING where it is none."""
        try:
            return json.loads(self.content) if self.content else NOTHING
        except ValueError:
            return NOTHING

    def __str__(self) -> str:
        return f"{self.status_code} {_cut(self.content)}"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as far as they are of interest afterwards."""

    method: str
    target: str
    sent: bytes
    status: int
    media_type: str
    answered: bytes


class Journal:
    """Keeps what was said, within limits."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def hear(self, method: str, target: str, sent: bytes | None, response: Response) -> None:
        """Keep one exchange."""
        if len(self.exchanges) >= _MAX_EXCHANGES:
            return
        media_type = (response.headers.get("content-type") or "").partition(";")[0].strip().lower()
        self.exchanges.append(
            Exchange(
                method,
                target,
                (sent or b"")[:_MAX_KEPT],
                response.status_code,
                media_type,
                response.content[:_MAX_KEPT],
            )
        )


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Line:
    """A connection that sends targets as they are written: no path is tidied up on the way.

    Satisfies scenarios.support.Client; silence raises ServiceFailure.
    """

    def __init__(self, path: Path, journal: Journal) -> None:
        self._path = path
        self._connection: _UnixConnection | None = None
        self._journal = journal
        self.asked = 0

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        """Send one request; once more on a new connection where the service had hung up in between."""
        began = time.perf_counter()
        self.asked += 1
        for fresh in (self._connection is None, True):
            try:
                answer = self._exchange(method, url, dict(headers or {}), content, began)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
                self.close()
                if fresh:
                    raise ServiceFailure(f"the service hung up on {method} {url[:200]}: {error!r}") from error
                continue
            except (OSError, http.client.HTTPException) as error:
                self.close()
                raise ServiceFailure(f"the service did not answer {method} {url[:200]}: {error!r}") from error
            self._journal.hear(method, url, content, answer)
            return answer
        raise AssertionError("the second time it is fresh")

    def _exchange(self, method: str, url: str, headers: dict[str, str], content: bytes | None, began: float) -> Answer:
        if self._connection is None:
            self._connection = _UnixConnection(self._path)
        target = url if url.isascii() else quote(url, safe="/?&=%:;,@+!$'()*[]~#")
        self._connection.request(method, target, body=content, headers=_wire(headers))
        raw = self._connection.getresponse()
        body = raw.read(_MAX_ANSWER)
        if raw.will_close or not raw.isclosed():
            self.close()
        return Answer(raw.status, Headers(raw.getheaders()), body, time.perf_counter() - began)


def _wire(headers: Mapping[str, str]) -> dict[str, bytes]:
    return {name: value.encode("utf-8") for name, value in headers.items()}


def _cut(content: bytes, limit: int = 300) -> str:
    text = content[: limit * 4].decode("utf-8", "replace")
    return text if len(text) <= limit and len(content) <= limit * 4 else f"{text[:limit]}... ({len(content)} bytes)"
