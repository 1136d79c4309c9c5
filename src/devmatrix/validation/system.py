"""Level 4: the project boots as its README says, every scenario holds over real HTTP, its own tests pass."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.sandbox.sandbox import Completed, Limits, Sandbox, Service
from devmatrix.stacks.stack import Boot
from devmatrix.validation.fuzzing import Fuzzed, Fuzzing, Start, fuzz
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.probes import Journal, Probed, Prober
from devmatrix.validation.testing import TestRun

BOOT_SECONDS = 60.0
_SERVICE_SECONDS = 1800.0
_POLL_SECONDS = 0.02
_TROUBLE = ("Traceback (most recent call last)", "RuntimeWarning: coroutine", "SAWarning")


class Outcome(Protocol):
    """What a player of scenarios says of one."""

    @property
    def scenario_id(self) -> str:
        """Which."""
        ...

    @property
    def passed(self) -> bool:
        """Whether every step was as expected."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...

    @property
    def message(self) -> str:
        """What was not as expected."""
        ...


Play = Callable[[DiscoveryDocument, Path, Path], Sequence[Outcome]]
"""Plays all scenarios of a document against the Unix socket, given the service's database file."""


@dataclass(frozen=True)
class Observed:
    """What was seen of the running project."""

    failure: str
    """Why it did not boot; empty when it did."""
    boot_seconds: float
    openapi: object
    openapi_failure: str
    outcomes: tuple[Outcome, ...]
    play_failure: str
    probed: Probed | None
    """None where it did not boot."""
    fuzzed: Fuzzed
    ended: Completed

    @property
    def log(self) -> str:
        """All that it printed."""
        return f"{self.ended.stdout}\n{self.ended.stderr}"


def observe(
    boot: Boot,
    sandbox: Sandbox,
    project: Path,
    environment: Path,
    document: DiscoveryDocument,
    play: Play,
    fuzzing: Fuzzing | None = None,
    journal: Journal | None = None,
) -> Observed:
    """Boot the project, ask for its OpenAPI document, play all scenarios, probe it, fuzz it, stop it.

    `journal` holds what `play` lets others hear; the probes look at it, too. Without `fuzzing` or `journal` there are
    no fuzzing and no probes: who asks for evidence of them learns that they did not run.
    """
    began = time.monotonic()
    service = sandbox.serve(
        boot.serve,
        port=boot.port,
        project=project,
        environment=environment,
        variables=boot.environment,
        limits=Limits(seconds=_SERVICE_SECONDS),
    )
    openapi: object = None
    openapi_failure = play_failure = "the project did not boot"
    outcomes: tuple[Outcome, ...] = ()
    fuzzed, probed = Fuzzed(failure=play_failure), None
    try:
        failure = _wait_until_ready(service, boot.ready_path)
        boot_seconds = time.monotonic() - began
        if not failure:
            openapi, openapi_failure = _get_json(service.socket, "/openapi.json")
            start = Start(project / boot.database_file)
            prober = Prober(document, boot, project, journal) if journal is not None else None
            outcomes, play_failure = _play(play, document, service.socket, project / boot.database_file)
            probed = prober.probe(service.socket) if prober is not None else None
            fuzzed = Fuzzed(failure="it was not asked for")
            if fuzzing is not None:
                fuzzed = fuzz(document, openapi, service.socket, start, fuzzing)
            # Also lets it finish its log: an error is logged after its answer was sent.
            failure = _still_ready(service, boot.ready_path)
    finally:
        ended = service.stop()
    return Observed(failure, boot_seconds, openapi, openapi_failure, outcomes, play_failure, probed, fuzzed, ended)


def check_boot(ledger: Ledger, seen: Observed) -> None:
    """It became ready, and its log shows no error that nobody handled."""
    log = seen.log.strip()
    found = []
    if seen.failure:
        found.append(ledger.finding("boot", f"{seen.failure}\n{log[-2000:]}", trace=log))
    ledger.record("boot", "project", found, seconds=seen.boot_seconds, detail="ready path answered 200")
    trouble = [word for word in _TROUBLE if word in log]
    found = []
    if trouble:
        start = log.index(trouble[0])
        found.append(ledger.finding("log", f"in the log: {log[start : start + 2000]}", trace=log[start:]))
    ledger.record("log", "project", found, detail=f"{len(log.splitlines())} lines")


def check_scenarios(ledger: Ledger, seen: Observed, document: DiscoveryDocument) -> None:
    """Evidence for each scenario of the document; one that was not played has not passed."""
    outcomes = {outcome.scenario_id: outcome for outcome in seen.outcomes}
    for requirement in document.requirements:
        for scenario in requirement.scenarios:
            outcome = outcomes.get(scenario.id)
            message = "" if outcome is None else outcome.message
            if outcome is None:
                message = f"was not played: {seen.failure or seen.play_failure or 'no verdict'}"
            found = []
            if outcome is None or not outcome.passed:
                text = f"{scenario.title}: {message}"
                found.append(ledger.finding("scenario", text, trace=message, scenario=scenario.id))
            ledger.record("scenario", scenario.id, found, seconds=outcome.seconds if outcome else 0.0)
    if not any(requirement.scenarios for requirement in document.requirements):
        ledger.record("scenario", "project", [ledger.finding("scenario", "the document has no scenario to play")])


def check_test_command(ledger: Ledger, run: TestRun) -> None:
    """The test command that the README names ends well, and ran something."""
    ended = run.completed
    said = f"{ended.stdout}\n{ended.stderr}".strip()
    found = []
    if ended.timed_out:
        found.append(ledger.finding("test-command", f"did not end in {ended.seconds:.0f} s: {said[-2000:]}"))
    elif ended.exit_code:
        found.append(ledger.finding("test-command", f"ended with {ended.exit_code}: {said[-3000:]}", trace=said))
    elif not run.cases:
        found.append(ledger.finding("test-command", f"ended well without running a test: {said[-1000:]}"))
    ledger.record("test-command", "project", found, seconds=ended.seconds, detail=f"{len(run.cases)} tests")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _get(path: Path, target: str) -> tuple[int, bytes]:
    connection = _UnixConnection(path)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.read(20_000_000)
    finally:
        connection.close()


def _wait_until_ready(service: Service, ready_path: str) -> str:
    """Empty when the ready path answered 200; else why not."""
    deadline = time.monotonic() + BOOT_SECONDS
    seen = "no answer"
    while time.monotonic() < deadline:
        if not service.running:
            return "the server ended while it was starting"
        try:
            status, _ = _get(service.socket, ready_path)
        except (OSError, http.client.HTTPException):
            time.sleep(_POLL_SECONDS)
            continue
        if status == http.HTTPStatus.OK:
            return ""
        seen = f"{ready_path} answered {status}"
        time.sleep(_POLL_SECONDS)
    return f"not ready after {BOOT_SECONDS:.0f} s: {seen}"


def _still_ready(service: Service, ready_path: str) -> str:
    """Empty when it goes on serving after all that was asked of it."""
    try:
        status, _ = _get(service.socket, ready_path)
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer any more after the scenarios: {error!r}"
    return "" if status == http.HTTPStatus.OK else f"{ready_path} answers {status} after the scenarios"


def _get_json(path: Path, target: str) -> tuple[object, str]:
    try:
        status, body = _get(path, target)
        return (json.loads(body), "") if status == http.HTTPStatus.OK else (None, f"{target} answered {status}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return None, f"{target}: {error!r}"


def _play(play: Play, document: DiscoveryDocument, path: Path, database: Path) -> tuple[tuple[Outcome, ...], str]:
    try:
        return tuple(play(document, path, database)), ""
    except Exception as error:  # what was not played has not passed; the reason goes to each scenario
        return (), f"the player broke: {error!r}"
