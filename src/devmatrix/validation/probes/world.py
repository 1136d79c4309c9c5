"""What a probe has at hand: the document, the running service, its rows."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from devmatrix.discovery.document import DiscoveryDocument, Operation
from devmatrix.discovery.scenario import Step
from devmatrix.stacks.stack import Boot
from devmatrix.validation.probes.exchanges import NOTHING, Answer, Journal, Line, Request
from devmatrix.validation.probes.rows import Remembered, Rows
from devmatrix.validation.probes.situations import Place, Situation, Situations
from devmatrix.validation.scenarios.failure import ServiceFailure
from devmatrix.validation.scenarios.runner import play_step
from devmatrix.validation.scenarios.support import Api, fill

_TELLING = {"method", "path", "actor", "headers", "body", "raw", "capture"}


class UnplayableError(Exception):
    """What a situation needs did not come about: the reason in words."""


@dataclass
class World:
    """One running project."""

    document: DiscoveryDocument
    boot: Boot
    project: Path
    line: Line
    rows: Rows
    journal: Journal
    situations: Situations
    clean: Remembered
    """The rows before anything was asked."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Of the document's actors."""
    _cast: Remembered = field(default_factory=dict)
    _staged: dict[str, tuple[Remembered, dict[str, object]]] = field(default_factory=dict)
    """What is given -> the rows that it leads to, and what was captured on the way."""

    def sign_in(self) -> None:
        """Make the accounts of the actors, in a clean database. Raises UnplayableError."""
        self.rows.restore(self.clean)
        for actor in self.document.actors:
            api = Api(self.line, self.tokens)
            try:
                for step in actor.setup:
                    play_step(api, step)
                self.tokens[actor.name] = str(api.captured["token"])
            except (AssertionError, KeyError, ServiceFailure) as error:
                raise UnplayableError(f"the account {actor.name} could not be set up: {error}") from error
        self._cast = self.rows.remember()

    def stage(self, situation: Situation) -> Request:
        """Bring about what is given, and give the request. Raises UnplayableError."""
        return self.stage_steps(situation.given, situation.act)

    def stage_steps(self, given: tuple[Step, ...], act: Step) -> Request:
        """Likewise, of steps."""
        # Many situations begin alike: what was brought about once is brought back from its rows.
        key = "".join(step.model_dump_json(include=_TELLING) for step in given)
        if key in self._staged:
            rows, captured = self._staged[key]
            self.rows.restore(rows)
        else:
            captured = self._play(given)
            self._staged[key] = self.rows.remember(), captured
        request = self._filled(act, captured)
        self.rows.mark()
        return request

    def _play(self, given: tuple[Step, ...]) -> dict[str, object]:
        """What was captured."""
        api = Api(self.line, self.tokens)
        self.rows.restore(self._cast)
        try:
            for step in given:
                play_step(api, step)
        except (AssertionError, KeyError) as error:
            raise UnplayableError(f"what is given did not come about: {error}") from error
        return api.captured

    def ask(self, request: Request) -> Answer:
        """Send it."""
        headers, content = request.headers, request.body()
        if content is not None and request.content is None:
            headers = {"Content-Type": "application/json", **headers}
        return self.line.request(request.method, request.target, headers=headers, content=content)

    def bare(self, operation: Operation) -> Request:
        """A request with nothing in it, to the operation."""
        parts = ["1" if part.startswith("{") else part for part in operation.path.split("/")]
        return Request(operation.method, "/".join(parts))

    def ready(self) -> bool:
        """Whether the service answers that it is."""
        return self.ask(Request("GET", self.boot.ready_path)).status_code == 200

    def without_credentials(self, request: Request, operation: Operation) -> Request:
        """The request of nobody."""
        for place in self.situations.places(operation):
            request = put_credential(request, place, None)
        return request

    def credential(self, request: Request, operation: Operation) -> tuple[Place, str] | None:
        """What shows who calls, without its prefix; none where nothing does."""
        for place in self.situations.places(operation):
            found = _credential(request, place)
            if found is not None:
                return place, found
        return None

    def guarded(self) -> Iterator[Operation]:
        """Operations that need an account or a key."""
        return (item for item in self.document.operations if item.access.authenticated)

    def _filled(self, step: Step, captured: dict[str, object]) -> Request:
        method, _, target = str(fill(f"{step.method} {step.path}", captured)).partition(" ")
        headers = {name: str(fill(value, captured)) for name, value in step.headers.items()}
        if step.actor is not None:
            headers["Authorization"] = f"Bearer {self.tokens[step.actor]}"
        content = None if step.raw is None else str(fill(step.raw, captured)).encode()
        return Request(method, target, headers, fill(step.body, captured) if step.has_body else NOTHING, content)


def put_credential(request: Request, place: Place, value: str | None) -> Request:
    """The request with `value` as credential; with none, without any."""
    if place.place == "query":
        path, _, query = request.target.partition("?")
        name = quote(place.name, safe="")
        kept = [part for part in query.split("&") if part and part.partition("=")[0] != name]
        kept += [] if value is None else [f"{name}={quote(value, safe='')}"]
        return request.to(request.method, path + ("?" + "&".join(kept) if kept else ""))
    name = "Cookie" if place.place == "cookie" else place.name
    if value is None:
        kept_headers = {key: item for key, item in request.headers.items() if key.lower() != name.lower()}
        return Request(request.method, request.target, kept_headers, request.json, request.content)
    return request.bearing({name: f"{place.name}={value}" if place.place == "cookie" else place.prefix + value})


def _credential(request: Request, place: Place) -> str | None:
    if place.place == "query":
        query = request.target.partition("?")[2]
        pairs = [part.partition("=") for part in query.split("&")]
        return next((unquote(value) for name, _, value in pairs if unquote(name) == place.name), None)
    name = "cookie" if place.place == "cookie" else place.name.lower()
    value = next((item for key, item in request.headers.items() if key.lower() == name), None)
    if value is None or place.place == "header":
        return value[len(place.prefix) :] if value and value.lower().startswith(place.prefix.lower()) else None
    pairs = [part.strip().partition("=") for part in value.split(";")]
    return next((item for key, _, item in pairs if key == place.name), None)


def read_basic(credential: str) -> tuple[str, str]:
    """Name and password."""
    login, _, password = base64.b64decode(credential).decode().partition(":")
    return login, password
