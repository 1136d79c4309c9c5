"""What is made of the fuzzer's words: evidence for each operation, with whom to blame."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from devmatrix.atoms.contract import Atom, AtomKind, Contract
from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.scenario import Expectation, Scenario, Step
from devmatrix.validation.blame import Blame
from devmatrix.validation.fuzzing import Fuzzed, check_fuzzing
from devmatrix.validation.fuzzing.attack import cannot_be_wrong
from devmatrix.validation.fuzzing.job import Exchange, Failed, Fuzzing, Identity, Job, Trouble
from devmatrix.validation.fuzzing.sample import Sample, media_types_of, operations_of
from devmatrix.validation.fuzzing.wire import Callers
from devmatrix.validation.ledger import Ledger
from tests.integration.validation.tiny import MAIN, tiny_document, write_tiny

CREATED, READ = ("POST", "/things"), ("GET", "/things/{id}")
ASKED = {CREATED: Counter({"201": 3, "422": 2}), READ: Counter({"404": 4})}
FAILED = Failed(
    operation="GET /things/{id}",
    check="not_a_server_error",
    title="Server error",
    message="",
    exchanges=(
        Exchange(
            operation="POST /things", method="POST", target="/things", identity="", body='{"name": "x"}', status=201
        ),
        Exchange(operation="GET /things/{id}", method="GET", target="/things/7", identity="admin", body="", status=500),
    ),
    answer="oops",
)
LINE = MAIN.splitlines().index("        thing = session.get(Thing, thing_id)") + 1
LOG = f"""INFO: started
Traceback (most recent call last):
  File "/project/app/main.py", line {LINE}, in read_thing
OverflowError
"""


def judged(folder: Path, found: Fuzzed, log: str = "", *, needs: tuple[str, ...] = ("create_thing",)) -> list[Evidence]:
    """Evidence on the tiny project, whose one requirement is about the operations `needs`."""
    step = Step(phase="when", text="-", method="GET", path="/", expect=Expectation(status=200))
    scenario = Scenario(id="R-01.1", title="-", kind="happy", steps=(step,))
    document = tiny_document()
    need = document.requirements[0].model_copy(update={"operations": needs, "scenarios": (scenario,)})
    document = document.model_copy(update={"requirements": (need,)})
    atoms = [
        Atom(
            contract=Contract(path="app/main.py", name=name, kind=AtomKind.FUNCTION, face=""),
            task_id="all",
            requirement_ids=requirements,
        )
        for name, requirements in (("create_thing", ("R-01",)), ("read_thing", ()))
    ]
    ledger = Ledger(EvidenceLevel.SYSTEM, folder, Blame(write_tiny(folder), atoms, document))
    check_fuzzing(ledger, found, document, log)
    return ledger.evidence


def test_what_was_asked_and_answered_as_it_should_passes(tmp_path: Path) -> None:
    evidence = judged(tmp_path, Fuzzed(ASKED, walked=2))
    assert [(entry.check, entry.subject, entry.passed) for entry in evidence] == [
        ("fuzz", "create_thing", True),
        ("fuzz", "read_thing", True),
        ("fuzz", "project", True),
    ]
    assert evidence[0].detail == "5 requests: 3 answered 201, 2 answered 422"
    assert evidence[2].detail == "9 requests, 2 of them in walks through several operations"


def test_an_operation_that_was_not_asked_has_failed(tmp_path: Path) -> None:
    created, read, project = judged(tmp_path, Fuzzed({CREATED: Counter({"201": 1}), READ: Counter()}))
    assert created.passed
    assert [finding.rule for finding in read.findings] == ["fuzz.not-run"]
    assert project.passed


def test_a_run_without_a_request_has_failed(tmp_path: Path) -> None:
    for found in (Fuzzed(), Fuzzed(failure="it broke"), Fuzzed({CREATED: Counter(), READ: Counter()})):
        assert [entry.passed for entry in judged(tmp_path, found)] == [False, False, False]


def test_a_run_that_was_ended_counts_for_what_was_asked(tmp_path: Path) -> None:
    evidence = judged(tmp_path, Fuzzed(ASKED, failure="did not end within 3 s", timed_out=True))
    assert all(entry.passed for entry in evidence)
    assert "not finished: did not end within 3 s" in evidence[-1].detail


def test_a_fuzzer_that_broke_has_failed_whatever_it_asked_before(tmp_path: Path) -> None:
    evidence = judged(tmp_path, Fuzzed(ASKED, failure="ended with 1"))
    assert [entry.passed for entry in evidence] == [True, True, False]


@pytest.mark.parametrize(("sort", "rules"), [("silence", ["fuzz.no-answer"]), ("broken", ["fuzz.broken"])])
def test_silence_and_breaks_are_failures(tmp_path: Path, sort: str, rules: list[str]) -> None:
    trouble = Trouble.model_validate({"operation": "GET /things/{id}", "message": "-", "sort": sort})
    _, read, _ = judged(tmp_path, Fuzzed(ASKED, troubles=(trouble,)))
    assert [finding.rule for finding in read.findings] == rules


def test_that_some_requests_could_not_be_made_up_is_only_said(tmp_path: Path) -> None:
    trouble = Trouble(operation="GET /things/{id}", message="too narrow", sort="ungenerated")
    evidence = judged(tmp_path, Fuzzed(ASKED, troubles=(trouble,)))
    assert all(entry.passed for entry in evidence)
    assert "too narrow" in evidence[-1].detail


def test_a_failure_shows_the_requests_and_blames_by_the_trace(tmp_path: Path) -> None:
    _, read, _ = judged(tmp_path, Fuzzed(ASKED, failures=(FAILED,)), LOG)
    (finding,) = read.findings
    assert finding.rule == "fuzz.server-error"
    assert finding.message.splitlines() == [
        "GET /things/{id}: Server error",
        '  POST /things {"name": "x"} answered 201',
        "  GET /things/7 as admin answered 500",
        "  answer: oops",
    ]
    assert finding.atom_ids == ("app/main.py:read_thing",)


def test_without_a_trace_the_requirement_of_the_operation_says_whom_to_blame(tmp_path: Path) -> None:
    found = Fuzzed(ASKED, failures=(FAILED.model_copy(update={"operation": "POST /things"}),))
    created, _, _ = judged(tmp_path, found)
    assert created.findings[0].atom_ids == ("app/main.py:create_thing",)


def test_failures_beside_the_documents_operations_are_the_projects(tmp_path: Path) -> None:
    found = Fuzzed(ASKED, failures=(FAILED.model_copy(update={"operation": "GET /health"}),))
    *others, project = judged(tmp_path, found)
    assert all(entry.passed for entry in others)
    assert [finding.rule for finding in project.findings] == ["fuzz.server-error"]


def test_a_trace_of_something_else_blames_nobody_for_a_wrong_body(tmp_path: Path) -> None:
    wrong = FAILED.model_copy(update={"exchanges": (FAILED.exchanges[0],), "check": "response_schema_conformance"})
    _, read, _ = judged(tmp_path, Fuzzed(ASKED, failures=(wrong,)), LOG)
    assert read.findings[0].atom_ids == ()


def case(text: str, *, secured: bool, phase: str = "fuzzing", scenario: str = "", mode: str = "+") -> SimpleNamespace:
    """As much of a test case as is looked at."""
    raw: dict[str, object] = {"security": [{"bearer": []}] if secured else []}
    data = SimpleNamespace(scenario=scenario, parameter_location="body")
    return SimpleNamespace(
        operation=SimpleNamespace(definition=SimpleNamespace(raw=raw), label="GET /"),
        meta=SimpleNamespace(phase=SimpleNamespace(name=phase, data=data), generation=SimpleNamespace(mode=mode)),
        method="GET",
        path_parameters={},
        query={},
        body=text,
    )


def job(operations: int = 1, examples: int = 5) -> Job:
    paths: dict[str, object] = {f"/{number}": {"get": {}} for number in range(operations)}
    identities = tuple(
        Identity(name=name, place="header", parameter="Authorization", credential=f"Bearer of-{name}")
        for name in ("first", "second")
    )
    return Job.model_validate(
        {
            "openapi": {"paths": paths},
            "socket": "/s",
            "database": "/d",
            "identities": identities,
            "fuzzing": Fuzzing(examples=examples),
        }
    )


def test_every_caller_calls_and_the_same_case_has_always_the_same_caller() -> None:
    callers = Callers(job())
    cases = [case(str(number), secured=True) for number in range(200)]
    chosen = [callers.of(one) for one in cases]
    names = Counter(identity.name if identity else "" for identity in chosen)
    assert names["first"] > names["second"] > 0
    assert names[""] == 0
    assert [callers.of(one) for one in cases] == chosen
    assert callers.of(case("", secured=False)) is None


def test_credentials_are_named_and_not_told() -> None:
    callers = Callers(job())
    assert callers.name_of({"Authorization": ["Bearer of-second"]}, "/") == "second"
    assert callers.name_of({"Authorization": ["Bearer of-nobody"]}, "/?x=1") == ""
    assert callers.hide("got Bearer of-first") == "got <first>"


def test_of_boundary_values_some_of_each_sort_are_taken() -> None:
    def taken(sample: Sample) -> Counter[str]:
        cases = [
            case("", secured=False, phase="coverage", scenario=f"sort {number % 10}", mode=mode)
            for number in range(200)
            for mode in ("+", "-")
        ]
        return Counter(one.meta.generation.mode for one in cases if sample.takes(one))

    assert taken(Sample(job())) == {"+": 20, "-": 20}
    assert taken(Sample(job(examples=10))) == {"+": 40, "-": 40}
    assert taken(Sample(job(operations=100))) == {"+": 7, "-": 7}
    assert Sample(job()).takes(case("", secured=False))


def test_operations_are_what_the_document_has_methods_for() -> None:
    paths: dict[str, object] = {"/a": {"get": {}, "parameters": [], "post": {}}, "/b": {"summary": "-"}}
    assert operations_of({"paths": paths}) == [("GET", "/a"), ("POST", "/a")]
    assert operations_of({"paths": []}) == []


def test_media_types_are_found_wherever_they_stand() -> None:
    body = {"content": {"application/pdf": {}, "text/csv": {"schema": {"properties": {"content": {"type": "string"}}}}}}
    assert media_types_of({"paths": {"/a": {"put": {"requestBody": body, "tags": ["a/b"]}}}}) == {
        "application/pdf",
        "text/csv",
    }


@pytest.mark.parametrize(("kind", "passes"), [("delete", False), ("transition", True), ("unlink", True)])
def test_only_what_deletes_leaves_nothing(tmp_path: Path, kind: str, passes: bool) -> None:
    deleted = Exchange(
        operation="DELETE /things/{id}", method="DELETE", target="/things/7", identity="", body="", status=204
    )
    update = {"check": "use_after_free", "exchanges": (FAILED.exchanges[0], deleted, FAILED.exchanges[1])}
    found = Fuzzed(ASKED | {("DELETE", "/things/{id}"): Counter({"204": 1})}, (FAILED.model_copy(update=update),))
    document = tiny_document()
    delete = document.operations[1].model_copy(update={"id": "delete", "method": "DELETE", "kind": OperationKind(kind)})
    document = document.model_copy(update={"operations": (*document.operations, delete)})
    ledger = Ledger(EvidenceLevel.SYSTEM, tmp_path, Blame(tmp_path, (), document))
    check_fuzzing(ledger, found, document, "")
    assert all(entry.passed for entry in ledger.evidence) is passes


@pytest.mark.parametrize(
    ("check", "media_type", "negative", "expected"),
    [
        ("negative_data_rejection", "image/png", ["body"], True),
        ("negative_data_rejection", "image/png", ["body", "query"], False),
        ("negative_data_rejection", "application/vnd.api+json", ["body"], False),
        ("negative_data_rejection", "multipart/form-data", ["body"], False),
        ("negative_data_rejection", None, ["body"], False),
        ("not_a_server_error", "image/png", ["body"], False),
    ],
)
def test_any_bytes_are_a_body_of_bytes(check: str, media_type: str | None, negative: list[str], expected: bool) -> None:
    from schemathesis.core.parameters import ParameterLocation
    from schemathesis.generation.meta import ComponentInfo
    from schemathesis.generation.modes import GenerationMode

    components = {
        ParameterLocation(place): ComponentInfo(
            mode=GenerationMode.NEGATIVE if place in negative else GenerationMode.POSITIVE
        )
        for place in ("body", "query", "path")
    }
    case = SimpleNamespace(media_type=media_type, meta=SimpleNamespace(components=components))
    assert cannot_be_wrong(check, case) is expected
