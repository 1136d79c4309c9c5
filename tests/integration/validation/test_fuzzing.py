"""Fuzzing: each defect of a service is found, with the requests that show it; a sound service is left alone."""

from pathlib import Path

import pytest

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.discovery.document import (
    Access,
    Actor,
    Context,
    DiscoveryDocument,
    Level,
    Operation,
    OperationKind,
    Requirement,
)
from devmatrix.discovery.interface import Interface, Scheme
from devmatrix.discovery.scenario import Expectation, Scenario, Step
from devmatrix.validation.blame import Blame
from devmatrix.validation.fuzzing import Fuzzed, Fuzzing, Start, check_fuzzing, fuzz
from devmatrix.validation.fuzzing.callers import identities_of
from devmatrix.validation.ledger import Ledger
from tests.integration.validation.odd_service import OPENAPI, TOKEN, odd_application, serving
from tests.integration.validation.tiny import ENTITY

SIGN_IN = Step(
    phase="given",
    text="somebody signs in",
    method="POST",
    path="/tokens",
    expect=Expectation(status=201, body={"token": {"$match": "token"}}, has_body=True),
    capture={"token": "/token"},
)


def document(interface: Interface | None = None) -> DiscoveryDocument:
    operations = tuple(
        Operation(
            id=operation["operationId"],
            kind=OperationKind.DELETE if method == "delete" else OperationKind.CUSTOM,
            entity="",
            method=method.upper(),
            path=path,
            success_status=200,
            access=Access(authenticated=bool(operation["security"])),
        )
        for path, item in OPENAPI["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    )
    return DiscoveryDocument(
        title="Odd",
        slug="odd",
        request="odd",
        contexts=(Context(name="things", entities=("Thing",)),),
        entities=(ENTITY,),
        operations=operations,
        actors=(Actor(name="caller", setup=(SIGN_IN,)),),
        requirements=(),
        interface=interface,
    )


def fuzzed(folder: Path, *, sound: bool, fuzzing: Fuzzing | None = None) -> Fuzzed:
    with serving(odd_application(sound=sound), folder) as (socket, database):
        return fuzz(document(), OPENAPI, socket, Start(database), fuzzing or Fuzzing(examples=10))


def judged(folder: Path, found: Fuzzed) -> list[Evidence]:
    ledger = Ledger(EvidenceLevel.SYSTEM, folder, Blame(folder, (), document()))
    check_fuzzing(ledger, found, document(), "")
    return ledger.evidence


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Fuzzed:
    return fuzzed(tmp_path_factory.mktemp("sound"), sound=True)


@pytest.fixture(scope="module")
def unsound(tmp_path_factory: pytest.TempPathFactory) -> Fuzzed:
    return fuzzed(tmp_path_factory.mktemp("unsound"), sound=False)


def test_a_service_that_does_what_its_document_says_passes(sound: Fuzzed, tmp_path: Path) -> None:
    evidence = judged(tmp_path, sound)
    assert [entry for entry in evidence if not entry.passed] == []
    assert [entry.subject for entry in evidence] == [*(one.id for one in document().operations), "project"]
    assert all(statuses.total() > 0 for statuses in sound.operations.values())
    assert sound.walked > 0
    assert sound.operations["GET", "/own"]["200"] > 0
    assert sound.operations["DELETE", "/kept/{kept_id}"]["204"] > 0
    assert sound.operations["POST", "/number"].keys() == {"200", "422"}


def test_the_same_seed_sends_the_same(sound: Fuzzed, tmp_path: Path) -> None:
    again = fuzzed(tmp_path, sound=True)
    assert again.operations == sound.operations
    assert again.walked == sound.walked


DEFECTS = {
    "measure": ("fuzz.server-error", "POST /text {", "answered 500"),
    "answer_status": ("fuzz.status", "GET /status answered 203", "Documented: 200"),
    "answer_body": ("fuzz.body", "GET /body answered 200", '{"length":"three"}'),
    "answer_type": ("fuzz.content-type", "GET /type answered 200", "text/plain"),
    "answer_header": ("fuzz.headers", "GET /header answered 200", "X-Rate"),
    "take_number": ("fuzz.accepts-invalid", "POST /number", "answered 200"),
    "read_own": ("fuzz.credentials", "GET /own", "answered 200"),
    "read_kept": ("fuzz.use-after-delete", "DELETE /kept/", "answered 204"),
    "read_lost": ("fuzz.lost", "GET /lost/", "answered 404"),
}


@pytest.mark.parametrize("operation", DEFECTS)
def test_each_defect_is_found_and_shown(unsound: Fuzzed, tmp_path: Path, operation: str) -> None:
    rule, *shown = DEFECTS[operation]
    evidence = {entry.subject: entry for entry in judged(tmp_path, unsound)}
    found = [finding for finding in evidence[operation].findings if finding.rule == rule]
    assert found, evidence[operation]
    assert all(text in found[0].message for text in shown), found[0].message
    assert TOKEN not in found[0].message
    assert found[0].level is EvidenceLevel.SYSTEM


def test_nothing_else_is_found(unsound: Fuzzed, tmp_path: Path) -> None:
    wrong = {
        entry.subject: {one.rule for one in entry.findings} for entry in judged(tmp_path, unsound) if not entry.passed
    }
    assert wrong.pop("answer_type") >= {"fuzz.content-type"}  # what is no JSON does not match its schema, either
    assert wrong == {subject: {rule} for subject, (rule, *_) in DEFECTS.items() if subject != "answer_type"}


def test_a_run_that_is_cut_off_before_it_asked_anything_has_failed(tmp_path: Path) -> None:
    found = fuzzed(tmp_path, sound=True, fuzzing=Fuzzing(seconds=0.05))
    assert found.timed_out
    assert all(not entry.passed for entry in judged(tmp_path, found))


def test_a_service_that_is_gone_has_failed(tmp_path: Path) -> None:
    with serving(odd_application(sound=True), tmp_path) as (socket, database):
        start = Start(database)
    nobody = document().model_copy(update={"actors": ()})
    found = fuzz(nobody, OPENAPI, socket, start, Fuzzing())
    assert all(not entry.passed for entry in judged(tmp_path, found))


def test_without_a_database_nothing_is_fuzzed(tmp_path: Path) -> None:
    with serving(odd_application(sound=True), tmp_path) as (socket, _):
        found = fuzz(document(), OPENAPI, socket, Start(tmp_path / "none.db"), Fuzzing())
    assert "none.db" in found.failure
    assert all(not entry.passed for entry in judged(tmp_path, found))


@pytest.mark.parametrize("served", [None, [], {"paths": {}}, {"paths": {"/x": {"summary": "nothing"}}}])
def test_without_a_document_nothing_is_fuzzed(tmp_path: Path, served: object) -> None:
    found = fuzz(document(), served, tmp_path / "http", Start(tmp_path / "none.db"), Fuzzing())
    assert all(not entry.passed for entry in judged(tmp_path, found))


def test_callers_of_imported_apis_show_what_their_scenarios_show(tmp_path: Path) -> None:
    own = Step(
        phase="when",
        text="somebody asks",
        method="GET",
        path="/own",
        headers={"Authorization": "Token ${token}"},
        expect=Expectation(status=200, body={"length": 3}, has_body=True),
    )
    refused = own.model_copy(
        update={"headers": {"Authorization": "Token no"}, "expect": Expectation(status=401, has_body=False)}
    )
    interface = Interface(
        file="odd.yaml",
        version="1",
        openapi="3.1.0",
        schemes=(Scheme(name="Token", kind="token", prefix="Token "),),
        endpoints=(),
    )
    scenario = Scenario(id="R-01.1", title="it is answered", kind="happy", steps=(SIGN_IN, refused, own))
    requirement = Requirement(
        id="R-01", level=Level.MUST, text="-", span=None, entities=(), operations=("read_own",), scenarios=(scenario,)
    )
    imported = document(interface).model_copy(update={"actors": (), "requirements": (requirement,)})
    with serving(odd_application(sound=True), tmp_path) as (socket, _):
        found = identities_of(imported, socket)
    assert [(one.parameter, one.credential) for one in found] == [("Authorization", f"Token {TOKEN}")]
