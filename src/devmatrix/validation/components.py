"""Level 3: the project's parts together, in its own processes, against a real database."""

from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Interface
from devmatrix.errors import RequestError
from devmatrix.sandbox.sandbox import Sandbox
from devmatrix.validation.compatibility import differences, read_served
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.scripts import last_line, run_script
from devmatrix.validation.testing import TestRun

SCENARIO_FOLDER = "tests/scenarios/"
_MIGRATION_STEPS = ("up", "down", "up-again", "agree-with-models")


def check_migrations(ledger: Ledger, sandbox: Sandbox, project: Path, environment: Path) -> None:
    """Up, down, up on an empty database; and the models agree with where that leads."""
    script = run_script(sandbox, "migrate", (), project=project, environment=environment)
    for name in _MIGRATION_STEPS:
        step = script.steps.get(name)
        if step is None:
            message = script.failure or "an earlier step failed"
            ledger.record("migrations", name, [ledger.finding("migrations", f"{name} did not run: {message}")])
            continue
        found = []
        if step.trace:
            message = f"migrations {name}: {last_line(step.trace)}"
            words = message if name == _MIGRATION_STEPS[-1] else ""
            found.append(ledger.finding("migrations", message, trace=step.trace, words=words))
        ledger.record("migrations", name, found, seconds=step.seconds)


def check_tests(ledger: Ledger, run: TestRun, document: DiscoveryDocument) -> None:
    """Every test file: all of its tests passed, none was skipped; and as many scenarios ran as the document has."""
    for path, cases in run.files.items():
        found = [
            ledger.finding("test", f"{case.name}: {case.message}", path=path, trace=case.message)
            for case in cases
            if not case.passed
        ]
        seconds = sum(case.seconds for case in cases)
        ledger.record("tests-in-process", path, found, seconds=seconds, detail=f"{len(cases)} tests")
    wanted = sum(len(requirement.scenarios) for requirement in document.requirements)
    ran = sum(case.path.startswith(SCENARIO_FOLDER) for case in run.cases)
    found = []
    if run.failure or not run.cases:
        found.append(ledger.finding("tests.missing", run.failure or "no test ran"))
    elif ran < wanted:
        found.append(ledger.finding("tests.missing", f"{ran} of {wanted} scenarios ran in {SCENARIO_FOLDER}"))
    ledger.record("tests-complete", "project", found, detail=f"{len(run.cases)} tests, {ran} of them scenarios")


def check_openapi(ledger: Ledger, served: object, document: DiscoveryDocument, failure: str, seconds: float) -> None:
    """The served OpenAPI holds each of the document's operations, with its success status; evidence for each."""
    paths = served.get("paths") if isinstance(served, dict) else None
    if not isinstance(paths, dict) or not paths:
        message = f"no OpenAPI document is served: {failure or 'it has no paths'}"
        ledger.record("openapi", "project", [ledger.finding("openapi", message)])
        return
    if document.interface is not None:
        _check_compatible(ledger, served, document, document.interface, seconds)
        return
    for operation in document.operations:
        item = paths.get(operation.path)
        described = item.get(operation.method.lower()) if isinstance(item, dict) else None
        responses = described.get("responses", {}) if isinstance(described, dict) else {}
        found = []
        if not isinstance(described, dict):
            found.append(
                ledger.finding("openapi", f"{operation.method} {operation.path} is not in the OpenAPI document")
            )
        elif str(operation.success_status) not in responses:
            message = f"{operation.method} {operation.path} does not document {operation.success_status}"
            found.append(ledger.finding("openapi", message))
        ledger.record("openapi", operation.id, found, seconds=seconds / len(document.operations))


def _check_compatible(
    ledger: Ledger, served: object, document: DiscoveryDocument, interface: Interface, seconds: float
) -> None:
    """The served OpenAPI keeps what the imported document promises; evidence for each operation."""
    try:
        read = read_served(served)
    except RequestError as error:
        ledger.record("openapi", "project", [ledger.finding("openapi", f"the served document is none: {error}")])
        return
    for operation in document.operations:
        found = [
            ledger.finding("openapi", f"{operation.method} {operation.path}: {difference}")
            for difference in differences(interface, operation, read)
        ]
        ledger.record("openapi", operation.id, found, seconds=seconds / len(document.operations))
