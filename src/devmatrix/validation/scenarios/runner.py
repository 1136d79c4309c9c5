"""Plays scenarios over real HTTP and says of each whether it passed."""

import time
from collections.abc import Callable, Collection, Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from types import TracebackType

from pydantic import BaseModel, ConfigDict

from devmatrix.discovery.document import Actor, DiscoveryDocument
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.validation.scenarios.database import SqliteRows
from devmatrix.validation.scenarios.failure import ServiceFailure
from devmatrix.validation.scenarios.support import NOTHING, Api, Client, Database, Response

Hear = Callable[[str, str, bytes | None, Response], None]
"""Told of each exchange: method, target, body, answer."""

_REQUEST_SECONDS = 10.0
_SILENCES_BEFORE_GIVING_UP = 3


class ScenarioVerdict(BaseModel):
    """What came of one scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requirement_id: str
    scenario_id: str
    passed: bool
    seconds: float
    message: str = ""
    """Which step failed, what was sent, what came, and where it differs; empty where the scenario passed."""


def play(
    document: DiscoveryDocument,
    socket: Path,
    database_file: Path,
    *,
    only: Collection[str] | None = None,
    hear: Hear | None = None,
) -> tuple[ScenarioVerdict, ...]:
    """Play the scenarios (those with ids in `only`, or all) against the service behind a Unix socket.

    `database_file` is the SQLite file that the service uses: its rows are brought back before each scenario, so that it
    starts with the accounts of the actors and nothing else. A service that does not answer fails scenarios, and
    nothing is raised.
    """
    database = SqliteRows(database_file)
    try:
        with SocketClient(socket) as client:
            return play_with(client, database, document, only=only)
    finally:
        database.close()


def play_with(
    client: Client, database: Database, document: DiscoveryDocument, *, only: Collection[str] | None = None
) -> tuple[ScenarioVerdict, ...]:
    """Likewise, over any client. Clients and databases raise ServiceFailure where they get no answer."""
    chosen = [
        (requirement.id, scenario)
        for requirement in document.requirements
        for scenario in requirement.scenarios
        if only is None or scenario.id in only
    ]
    try:
        tokens, absent = sign_in(client, document.actors)
        database.snapshot()
    except ServiceFailure as failure:
        return tuple(_failed(requirement_id, scenario, str(failure)) for requirement_id, scenario in chosen)
    verdicts: list[ScenarioVerdict] = []
    silences = 0
    for requirement_id, scenario in chosen:
        if silences >= _SILENCES_BEFORE_GIVING_UP:
            verdicts.append(_failed(requirement_id, scenario, "not played: the service does not answer any more"))
            continue
        missing = next((absent[step.actor] for step in scenario.steps if step.actor in absent), None)
        if missing is not None:
            verdicts.append(_failed(requirement_id, scenario, missing))
            continue
        verdict, answered = _judge(client, database, requirement_id, scenario, tokens)
        silences = 0 if answered else silences + 1
        verdicts.append(verdict)
    return tuple(verdicts)


def _failed(requirement_id: str, scenario: Scenario, message: str) -> ScenarioVerdict:
    return ScenarioVerdict(
        requirement_id=requirement_id, scenario_id=scenario.id, passed=False, seconds=0.0, message=message
    )


def sign_in(client: Client, actors: tuple[Actor, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """(tokens, reasons why there is none), both by the name of the actor."""
    tokens: dict[str, str] = {}
    absent: dict[str, str] = {}
    for actor in actors:
        api = Api(client, tokens)
        try:
            for step in actor.setup:
                play_step(api, step)
            tokens[actor.name] = str(api.captured["token"])
        except (AssertionError, KeyError, ServiceFailure) as error:
            absent[actor.name] = f"the account {actor.name} could not be set up: {error}"
    return tokens, absent


def _judge(
    client: Client, database: Database, requirement_id: str, scenario: Scenario, tokens: Mapping[str, str]
) -> tuple[ScenarioVerdict, bool]:
    """(verdict, whether the service answered)."""
    started, message, answered = time.perf_counter(), "", True
    try:
        database.restore()
        api = Api(client, tokens)
        for step in scenario.steps:
            play_step(api, step)
    except AssertionError as failure:
        message = str(failure)
    except ServiceFailure as failure:
        message, answered = str(failure), False
    verdict = ScenarioVerdict(
        requirement_id=requirement_id,
        scenario_id=scenario.id,
        passed=not message,
        seconds=time.perf_counter() - started,
        message=message,
    )
    return verdict, answered


def play_step(api: Api, step: Step) -> None:
    """One step; raises AssertionError where the answer is another than expected."""
    api.step(
        f"{step.phase} {step.text}",
        f"{step.method} {step.path}",
        json=step.body if step.has_body else NOTHING,
        raw=step.raw,
        actor=step.actor,
        headers=step.headers,
        status=step.expect.status,
        body=step.expect.body if step.expect.has_body else NOTHING,
        media_type=step.expect.media_type,
        expect_headers=step.expect.headers,
        capture=step.capture,
    )


class SocketClient:
    """An httpx client over a Unix socket, whose failures are ServiceFailures."""

    def __init__(self, socket: Path, hear: Hear | None = None) -> None:
        import httpx

        self._hear = hear

        transport = httpx.HTTPTransport(uds=str(socket))
        self._client = httpx.Client(transport=transport, base_url="http://localhost", timeout=_REQUEST_SECONDS)
        # No cookie is kept: each request shows by itself who calls.
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._errors: tuple[type[Exception], ...] = (httpx.HTTPError, httpx.InvalidURL)

    def __enter__(self) -> "SocketClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Response:
        """Send one request."""
        try:
            response = self._client.request(method, url, headers=headers, content=content)
        except self._errors as error:
            reason = f"{type(error).__name__}: {error}".rstrip(": ")
            raise ServiceFailure(f"the service did not answer {method} {url[:200]}: {reason}") from error
        if self._hear is not None:
            self._hear(method, url, content, response)
        return response
