"""Sends boundary values, random requests and walks through several operations; tells what was answered and what failed.

Schemathesis generates and judges; here stands how it is set up, and what of its findings is told.
"""

import contextlib
import logging
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from devmatrix.validation.fuzzing.job import Counted, Exchange, Failed, Job, Line, Trouble
from devmatrix.validation.fuzzing.sample import Sample, media_types_of, operations_of
from devmatrix.validation.fuzzing.wire import Accounts, Callers, leave_only, show

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
)
_ADDRESS = "http://service"
_REQUEST_SECONDS = 10
_NOT_WRITTEN = 501
"""What an operation answers that nobody has written: its requirement says so, and is not proven."""
_SERVER_ERROR = 500
_TEXT = 1500
_SORTS: dict[str, Literal["silence", "ungenerated", "broken"]] = {"requests": "silence", "hypothesis": "ungenerated"}
_STRUCTURED = re.compile(r"json|form|xml|yaml|text/")
_NOT_SERIALIZED = "SerializationNotPossible"


def attack(job: Job) -> Iterator[Line]:
    """Everything that the job asks for, in the order in which it ends."""
    warnings.simplefilter("ignore")
    logging.disable()
    leave_only(job.socket)
    _know_unicode()
    callers, accounts = Callers(job), Accounts(Path(job.database))
    from schemathesis.engine import events, from_schema

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        schema = _schema(job, callers, accounts)
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                yield from _told(event, callers)
            elif isinstance(event, events.NonFatalError):
                yield _trouble(event.label, event.value)
            elif isinstance(event, events.FatalError):
                yield _trouble("", event.exception)


def _know_unicode() -> None:
    """Tell Hypothesis which characters UTF-8 can hold: it takes a second to find that out, and each process does."""
    from hypothesis.internal import charmap
    from hypothesis.internal.intervalsets import IntervalSet

    find_out = charmap.intervals_from_codec
    known = IntervalSet([(0, 0xD7FF), (0xE000, 0x10FFFF)]), IntervalSet([])

    def intervals_from_codec(codec_name: str) -> tuple[IntervalSet, IntervalSet]:
        return known if codec_name == "utf-8" else find_out(codec_name)

    charmap.intervals_from_codec = intervals_from_codec  # type: ignore[assignment]


def _schema(job: Job, callers: Callers, accounts: Accounts) -> Any:  # noqa: ANN401 - its class is not public
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    configuration = SchemathesisConfig.from_dict(_configuration(job))
    schema = schemathesis.openapi.from_dict(_without_servers(job.openapi), config=configuration)

    @schema.auth(refresh_interval=None)
    class Showing:
        def get(self, case: Any, context: Any) -> Any:  # noqa: ANN401 - what schemathesis calls
            return callers.of(case)

        def set(self, case: Any, data: Any, context: Any) -> None:  # noqa: ANN401
            show(case, data)

    @schemathesis.hook
    def after_call(context: Any, case: Any, response: Any) -> None:  # noqa: ANN401
        if case.meta is not None and case.meta.phase.name != "stateful" and case._has_explicit_auth:
            accounts.heard(response.status_code)

    _send_as_they_are(schemathesis.serializer, job)
    sample = Sample(job)

    @schemathesis.hook
    def filter_case(context: Any, case: Any) -> bool:  # noqa: ANN401
        return sample.takes(case)

    built = schema.build_state_machine

    def build_state_machine(**given: Any) -> Any:  # noqa: ANN401
        class Walk(built(**given)):  # type: ignore[misc]
            def __init__(self) -> None:
                accounts.restore()
                super().__init__()

        return Walk

    schema.build_state_machine = build_state_machine  # type: ignore[method-assign]
    return schema


def _send_as_they_are(serializer: Any, job: Job) -> None:  # noqa: ANN401 - its class is not public
    """Bodies of types that nobody can write (application/pdf) are bytes."""
    from schemathesis.transport.requests import REQUESTS_TRANSPORT as TRANSPORT

    unknown = [media for media in media_types_of(job.openapi) if TRANSPORT.get_first_matching_media_type(media) is None]
    if unknown:
        serializer.alias(unknown, "application/octet-stream")


def _configuration(job: Job) -> dict[str, Any]:
    from schemathesis.checks import CHECKS as registry
    from schemathesis.checks import load_all_checks

    load_all_checks()
    examples, operations = job.fuzzing.examples, len(operations_of(job.openapi))
    checks: dict[str, Any] = {name: {"enabled": name in CHECKS} for name in registry.get_all_names()}
    checks.pop("max_response_time", None)
    checks["not_a_server_error"]["expected-statuses"] = ["2xx", "3xx", "4xx", _NOT_WRITTEN]
    return {
        "seed": job.fuzzing.seed,
        "base-url": _ADDRESS,
        "request-timeout": _REQUEST_SECONDS,
        "continue-on-failure": True,
        "suppress-health-check": ["all"],
        "cache": {"enabled": False},
        "checks": checks,
        "generation": {"database": "none", "no-shrink": True, "with-security-parameters": False},
        "phases": {
            "examples": {"enabled": True},
            "coverage": {"enabled": True, "unexpected-methods": []},
            "fuzzing": {"enabled": True, "generation": {"max-examples": examples}},
            "stateful": {"enabled": True, "generation": {"max-examples": 2 * examples + operations // 4}},
        },
    }


def _without_servers(openapi: dict[str, Any]) -> dict[str, Any]:
    """The document without addresses: what is meant is the service at hand, and paths are whole."""
    return {name: value for name, value in openapi.items() if name != "servers"}


def _told(event: Any, callers: Callers) -> Iterator[Line]:  # noqa: ANN401
    recorder = event.recorder
    counts: dict[str, Counter[str]] = {}
    for case_id, interaction in recorder.interactions.items():
        if interaction.response is not None:
            label = recorder.cases[case_id].value.operation.label
            counts.setdefault(label, Counter())[str(interaction.response.status_code)] += 1
    for label, statuses in counts.items():
        yield Counted(operation=label, phase=str(event.phase), statuses=dict(statuses))
    found: dict[tuple[str, str, str], Failed] = {}
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None and not cannot_be_wrong(check.name, recorder.cases[case_id].value):
                failed = _failed(recorder, case_id, check, callers)
                key = (failed.operation, failed.check, failed.title)
                smaller = key not in found or failed.size < found[key].size
                if smaller and _counts(failed):
                    found[key] = failed
    yield from found.values()


def cannot_be_wrong(check: str, case: Any) -> bool:  # noqa: ANN401
    """Whether a request is said to be invalid for a body of bytes, of which any are as good as others."""
    if check != "negative_data_rejection" or case.meta is None or _STRUCTURED.search(case.media_type or "json"):
        return False
    wrong = [place for place, component in case.meta.components.items() if component.mode.is_negative]
    return all(place.value == "body" for place in wrong)


def _counts(failed: Failed) -> bool:
    """Whether it is told: not that nobody has written the operation, and a server error once, not as a status, too."""
    status = failed.exchanges[-1].status
    return status != _NOT_WRITTEN and (failed.check != "status_code_conformance" or status < _SERVER_ERROR)


def _failed(recorder: Any, case_id: str, check: Any, callers: Callers) -> Failed:  # noqa: ANN401
    failure, steps = check.failure_info.failure, [step.case_id for step in check.failure_info.steps]
    ids = [step for step in steps if step in recorder.interactions and step != case_id]
    exchanges = tuple(_exchange(recorder, one, callers) for one in (*ids, case_id))
    response = recorder.interactions[case_id].response
    answer = response.content.decode("utf-8", "replace") if response is not None and response.content else ""
    return Failed(
        operation=recorder.cases[case_id].value.operation.label,
        check=check.name,
        title=failure.title,
        message=callers.hide(failure.message)[:_TEXT],
        exchanges=exchanges,
        answer=callers.hide(answer)[:_TEXT],
    )


def _exchange(recorder: Any, case_id: str, callers: Callers) -> Exchange:  # noqa: ANN401
    request, response = recorder.interactions[case_id].request, recorder.interactions[case_id].response
    target = request.uri.removeprefix(_ADDRESS)
    return Exchange(
        operation=recorder.cases[case_id].value.operation.label,
        method=request.method,
        target=callers.hide(target)[:_TEXT],
        identity=callers.name_of(request.headers, target),
        body=callers.hide((request.body or b"").decode("utf-8", "backslashreplace"))[:_TEXT],
        status=response.status_code if response is not None else 0,
    )


def _trouble(label: str, error: BaseException) -> Trouble:
    package = type(error).__module__.partition(".")[0]
    sort = _SORTS.get(package, "ungenerated" if type(error).__name__ == _NOT_SERIALIZED else "broken")
    return Trouble(operation=label, message=f"{type(error).__name__}: {error}"[:_TEXT], sort=sort)
