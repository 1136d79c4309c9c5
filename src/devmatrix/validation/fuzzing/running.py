"""Runs the fuzzing process beside the running project, within bounds, and reads what it told."""

import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue, ValidationError

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import SandboxError
from devmatrix.sandbox.sandbox import Completed, Limits
from devmatrix.sandbox.tree import Launch, Trees
from devmatrix.validation.fuzzing.job import LINE, Counted, Ended, Failed, Fuzzing, Job, Trouble
from devmatrix.validation.fuzzing.sample import operations_of
from devmatrix.validation.scenarios.database import SqliteRows
from devmatrix.validation.scenarios.failure import ServiceFailure

_SECONDS = 60.0
_SECONDS_PER_OPERATION_AND_EXAMPLE = 1.0
_OUTPUT_BYTES = 32_000_000


@dataclass(frozen=True)
class Fuzzed:
    """What came of it. `operations` maps method and path, as they are served, to statuses and how often they came."""

    operations: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    failures: tuple[Failed, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    walked: int = 0
    """Requests in walks through several operations."""
    seconds: float = 0.0
    failure: str = ""
    """Why it did not run, or not to its end."""
    timed_out: bool = False


class Start:
    """The database of a service as it is before anybody has used it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self._rows = SqliteRows(database)
        self._failure: ServiceFailure | None = None
        try:
            self._rows.snapshot()
        except ServiceFailure as failure:
            self._failure = failure

    def restore(self) -> None:
        """Bring it back, once. Raises ServiceFailure where that cannot be done."""
        try:
            if self._failure is not None:
                raise self._failure
            self._rows.restore()
        finally:
            self._rows.close()


def fuzz(document: DiscoveryDocument, openapi: object, socket: Path, start: Start, fuzzing: Fuzzing) -> Fuzzed:
    """Fuzz the service behind `socket`, whose document it serves as `openapi`, from `start` on.

    Whatever goes wrong stands in the result: nothing is raised.
    """
    if not isinstance(openapi, dict) or not operations_of(openapi):
        return Fuzzed(failure="no OpenAPI document with operations is served")
    from devmatrix.validation.fuzzing.callers import identities_of

    try:
        start.restore()
        identities = identities_of(document, socket)
    except ServiceFailure as failure:
        return Fuzzed(failure=str(failure))
    database = start.database
    served: dict[str, JsonValue] = openapi
    job = Job(
        openapi=served, socket=str(socket), database=str(database.absolute()), identities=identities, fuzzing=fuzzing
    )
    number = len(operations_of(openapi)) * fuzzing.examples
    seconds = fuzzing.seconds or _SECONDS + _SECONDS_PER_OPERATION_AND_EXAMPLE * number
    with tempfile.TemporaryDirectory(prefix="devmatrix-") as folder:
        place = Path(folder) / "job.json"
        place.write_text(job.model_dump_json(), encoding="utf-8")
        launch = Launch(
            (sys.executable, "-P", "-W", "ignore", "-m", "devmatrix.validation.fuzzing", str(place)),
            {"PATH": os.defpath, "HOME": folder, "LANG": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[3])},
            Path(folder),
        )
        try:
            ended = Trees().start(launch, Limits(seconds=seconds, output_bytes=_OUTPUT_BYTES)).wait()
        except SandboxError as error:
            return Fuzzed(failure=error.message)
    return _read(ended, openapi)


def _read(ended: Completed, openapi: dict[str, JsonValue]) -> Fuzzed:
    operations: dict[tuple[str, str], Counter[str]] = {operation: Counter() for operation in operations_of(openapi)}
    failures: dict[tuple[str, str, str], Failed] = {}
    troubles: list[Trouble] = []
    walked, completed = 0, False
    for text in ended.stdout.splitlines():
        try:
            line = LINE.validate_json(text)
        except ValidationError:
            continue  # cut in the middle: what it told is missing, and so not counted
        if isinstance(line, Counted):
            method, _, path = line.operation.partition(" ")
            operations.setdefault((method, path), Counter()).update(line.statuses)
            walked += sum(line.statuses.values()) if line.phase == "stateful" else 0
        elif isinstance(line, Failed):
            key = (line.operation, line.check, line.title)
            if key not in failures or line.size < failures[key].size:
                failures[key] = line
        elif isinstance(line, Trouble):
            troubles.append(line)
        elif isinstance(line, Ended):
            completed = True
    failure = ""
    if not completed:
        reason = f"did not end within {ended.seconds:.0f} s" if ended.timed_out else f"ended with {ended.exit_code}"
        failure = f"the fuzzer {reason}: {ended.stderr.strip()[-1500:]}"
    return Fuzzed(
        operations, tuple(failures.values()), tuple(troubles), walked, ended.seconds, failure, ended.timed_out
    )
