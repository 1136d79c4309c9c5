"""Evidence of level 4 from what the fuzzer told: for each operation, and for the run as a whole."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from devmatrix.atoms.evidence import Finding
from devmatrix.discovery.document import DiscoveryDocument, Operation, OperationKind
from devmatrix.validation.fuzzing.job import Exchange, Failed, Trouble
from devmatrix.validation.fuzzing.running import Fuzzed
from devmatrix.validation.ledger import Ledger

CHECK = "fuzz"
RULES = {
    "not_a_server_error": "fuzz.server-error",
    "status_code_conformance": "fuzz.status",
    "content_type_conformance": "fuzz.content-type",
    "response_headers_conformance": "fuzz.headers",
    "response_schema_conformance": "fuzz.body",
    "negative_data_rejection": "fuzz.accepts-invalid",
    "ignored_auth": "fuzz.credentials",
    "use_after_free": "fuzz.use-after-delete",
    "ensure_resource_availability": "fuzz.lost",
}
"""Rule of each check that the fuzzer makes."""
_DELETING = (OperationKind.DELETE, OperationKind.NESTED_DELETE, OperationKind.BULK_DELETE)
_SERVER_ERROR = 500
_TRACEBACK = "Traceback (most recent call last)"

Face = tuple[str, str]
"""Method, and path with its parameters left blank."""


def check_fuzzing(ledger: Ledger, fuzzed: Fuzzed, document: DiscoveryDocument, log: str) -> None:
    """Evidence for each operation of the document, and for the run. An operation that was never asked has not passed.

    `log` is what the service printed: stack traces in it say whom to blame.
    """
    answers: dict[Face, Counter[str]] = {}
    for (method, path), statuses in fuzzed.operations.items():
        answers.setdefault(_face(method, path), Counter()).update(statuses)
    findings: dict[Face, list[Finding]] = defaultdict(list)
    known = {_face(operation.method, operation.path): operation for operation in document.operations}
    traces = [f"{_TRACEBACK}{part}" for part in log.split(_TRACEBACK)[1:]]
    keeping = {_face(one.method, one.path) for one in document.operations if one.kind not in _DELETING}
    for failed in fuzzed.failures:
        if failed.check == "use_after_free" and any(_label(one.operation) in keeping for one in _deletions(failed)):
            continue  # a DELETE that cancels, or ends a link: what is in its path stays
        face = _label(failed.operation)
        findings[face].append(_finding(ledger, failed, known.get(face), document, traces))
    for trouble in fuzzed.troubles:
        findings[_label(trouble.operation)] += _troubles(ledger, trouble)
    troubles = "; ".join(sorted({f"{one.operation}: {one.message}" for one in fuzzed.troubles}))
    for face, operation in known.items():
        statuses = answers.pop(face, Counter())
        found = findings.pop(face, [])
        if not statuses:
            why = fuzzed.failure.strip().rpartition("\n")[2] or troubles or "no request could be made up for it"
            text = f"{operation.method} {operation.path} was not asked: {why}"
            found = [ledger.finding("fuzz.not-run", text), *found]
        ledger.record(CHECK, operation.id, found, detail=_detail(statuses))
    rest = [finding for others in findings.values() for finding in others]
    asked = sum(sum(statuses.values()) for statuses in fuzzed.operations.values())
    if not asked or (fuzzed.failure and not fuzzed.timed_out):
        rest.append(ledger.finding("fuzz.not-run", f"nothing was fuzzed: {fuzzed.failure or troubles or 'no request'}"))
    detail = f"{asked} requests, {fuzzed.walked} of them in walks through several operations"
    ending = f"; not finished: {fuzzed.failure}" if fuzzed.failure else ""
    ledger.record(
        CHECK, "project", rest, seconds=fuzzed.seconds, detail=detail + ending + (f"; {troubles}" if troubles else "")
    )


def _finding(
    ledger: Ledger, failed: Failed, operation: Operation | None, document: DiscoveryDocument, traces: list[str]
) -> Finding:
    rule = RULES.get(failed.check, f"fuzz.{failed.check}")
    said = " ".join(failed.message.split())
    lines = [f"{failed.operation}: {failed.title}{f' ({said})' if said else ''}"]
    lines += [_shown(exchange) for exchange in failed.exchanges]
    if failed.answer:
        lines.append(f"answer: {failed.answer}")
    scenario = "" if operation is None else _scenario_of(operation, document)
    trace = "\n".join(traces) if failed.exchanges[-1].status >= _SERVER_ERROR else ""
    return ledger.finding(rule, "\n  ".join(lines), trace=trace, scenario=scenario)


def _deletions(failed: Failed) -> list[Exchange]:
    return [exchange for exchange in failed.exchanges if exchange.method == "DELETE"]


def _shown(exchange: Exchange) -> str:
    """A request that anybody can repeat."""
    who = f" as {exchange.identity}" if exchange.identity else ""
    body = f" {exchange.body}" if exchange.body else ""
    return f"{exchange.method} {exchange.target}{who}{body} answered {exchange.status or 'nothing'}"


def _troubles(ledger: Ledger, trouble: Trouble) -> Iterable[Finding]:
    rule = {"silence": "fuzz.no-answer", "broken": "fuzz.broken"}.get(trouble.sort)
    if rule is not None:
        yield ledger.finding(rule, f"{trouble.operation}: {trouble.message}")


def _scenario_of(operation: Operation, document: DiscoveryDocument) -> str:
    """A scenario of the requirement that is about this operation and least besides; empty where there is none."""
    about = [need for need in document.requirements if operation.id in need.operations and need.scenarios]
    return min(about, key=lambda need: len(need.operations)).scenarios[0].id if about else ""


def _detail(statuses: Counter[str]) -> str:
    if not statuses:
        return "not asked"
    told = ", ".join(f"{number} answered {status}" for status, number in sorted(statuses.items()))
    return f"{sum(statuses.values())} requests: {told}"


def _face(method: str, path: str) -> Face:
    return method.upper(), re.sub(r"\{[^{}]*\}", "{}", path)


def _label(operation: str) -> Face:
    method, _, path = operation.partition(" ")
    return _face(method, path)
