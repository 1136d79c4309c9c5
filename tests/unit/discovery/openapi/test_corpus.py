import importlib
import json
import re
import time
from pathlib import Path

import pytest
import yaml
from schemathesis.specs.openapi import definitions

from devmatrix.cli.request import read_file
from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.discovery.openapi import read_openapi
from devmatrix.errors import RequestError
from tests.openapi.corpus import DOCUMENTS, HOSTILE, Expected, Labelled, expected, labelled, read_source
from tests.openapi.generated import GENERATED

BENCHMARKS = Path(__file__).parents[4] / "benchmarks"
CORPUS = labelled()
FILES = expected("files")
MADE = expected("generated")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CRUD = {f"{nested}{kind}" for nested in ("", "nested_") for kind in "create list read replace patch delete".split()}
CRUD |= {"current", "current_replace", "current_patch"}
WRONG_SHARE = 0.03
HARD_SCHEMES = (
    "hotels.yaml",  # its login cannot be written: nobody but a user can make users
    "job-board.yaml",  # the prefix stands in quotes in a sentence
)
EASY_SCHEMES = [api for api in CORPUS if api.path.name not in HARD_SCHEMES]


def names_of(path: Path) -> list[str]:
    """METHOD path of each operation, without the reader under test."""
    paths = yaml.safe_load(path.read_text("utf-8"))["paths"]
    return [f"{method.upper()} {at}" for at, item in paths.items() for method in item if method in METHODS]


def kinds_of(document: DiscoveryDocument) -> dict[str, str]:
    assert document.interface is not None
    base = len(document.interface.base_path)
    return {f"{one.method} {one.path[base:]}": one.kind.value for one in document.operations}


@pytest.mark.parametrize("api", CORPUS, ids=lambda api: api.path.name)
def test_every_operation_has_a_label(api: Labelled) -> None:
    assert sorted(label.name for label in api.labels) == sorted(names_of(api.path))
    assert {label.kind for label in api.labels} <= {kind.value for kind in OperationKind}
    assert [label.name for label in api.labels if label.crud != (label.kind in CRUD)] == []


def test_the_corpus_is_large_and_varied() -> None:
    sizes = [len(api.labels) for api in CORPUS]
    assert len(CORPUS) >= 12
    assert min(sizes) == 5
    assert max(sizes) == 60
    assert sum(sizes) >= 250
    assert {label.kind for api in CORPUS for label in api.labels} == {kind.value for kind in OperationKind}
    versions = {yaml.safe_load(api.path.read_text("utf-8"))["openapi"][:3] for api in CORPUS}
    assert versions == {"3.0", "3.1"}
    assert {api.path.suffix for api in CORPUS} == {".yaml", ".json"}
    assert {api.path.stem for api in CORPUS} == {path.name.split(".")[0] for path in DOCUMENTS.iterdir()}


@pytest.mark.parametrize("api", CORPUS, ids=lambda api: api.path.name)
def test_every_document_is_valid(api: Labelled) -> None:
    document = json.loads(json.dumps(yaml.safe_load(api.path.read_text("utf-8"))))  # keys become text
    old = document["openapi"].startswith("3.0")
    (definitions.OPENAPI_30_VALIDATOR if old else definitions.OPENAPI_31_VALIDATOR).validate(document)


@pytest.mark.parametrize("operations", [5, 60, 700])
def test_documents_of_any_size_are_made_valid(operations: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    synthetic = importlib.import_module("documents").synthetic
    document = synthetic(operations)
    definitions.OPENAPI_30_VALIDATOR.validate(document)
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(set(ids)) == len(ids) == operations
    assert synthetic(operations) == document
    assert synthetic(operations, seed=2) != document


def test_operations_are_read_as_labelled() -> None:
    wrong: dict[str, str] = {}
    for api in CORPUS:
        got = kinds_of(read_openapi(read_source(api.path)))
        assert sorted(got) == sorted(label.name for label in api.labels)
        wrong |= {
            f"{api.path.name} {label.name}": f"{label.kind}, read as {got[label.name]}"
            for label in api.labels
            if got[label.name] != label.kind
        }
    assert len(wrong) <= WRONG_SHARE * sum(len(api.labels) for api in CORPUS), wrong


@pytest.mark.parametrize(
    "api", [api for api in CORPUS if api.path.name not in HARD_SCHEMES], ids=lambda api: api.path.name
)
def test_callers_show_who_they_are_as_labelled(api: Labelled) -> None:
    document = read_openapi(read_source(api.path))
    assert document.interface is not None
    schemes = [(one.kind, one.place, one.parameter, one.prefix) for one in document.interface.schemes]
    auth = api.auth
    assert schemes == ([(auth.kind, auth.place, auth.name, auth.prefix)] if auth else [])


def test_every_hostile_document_has_an_expectation() -> None:
    assert sorted(path.name for path in HOSTILE.iterdir() if path.name != "expected.yaml") == sorted(FILES)
    assert sorted(GENERATED) == sorted(MADE)


@pytest.mark.parametrize("name", FILES)
def test_hostile_files_do_no_harm(name: str) -> None:
    require(HOSTILE / name, FILES[name])
    assert not Path("/tmp/devmatrix-was-here").exists()


@pytest.mark.parametrize("name", MADE)
def test_hostile_makes_do_no_harm(name: str, tmp_path: Path) -> None:
    require(GENERATED[name](tmp_path), MADE[name])


def require(path: Path, wanted: Expected) -> None:
    began = time.perf_counter()
    if wanted.outcome == "error":
        with pytest.raises(RequestError) as caught:
            read_openapi(read_file(str(path)))
        require_message(caught.value, path, wanted)
    else:
        require_document(read_openapi(read_file(str(path))), wanted)
    assert time.perf_counter() - began < wanted.seconds


def require_message(error: RequestError, path: Path, wanted: Expected) -> None:
    assert error.mend
    assert wanted.mend in error.mend
    assert path.suffix in error.message
    assert re.search(re.escape(wanted.says), error.message), error.message
    if wanted.line is not None:
        assert re.search(rf":{wanted.line}:|line {wanted.line}\b", error.message), error.message
    assert wanted.pointer in error.message
    assert "Traceback" not in error.message
    assert len(error.message) < 1_000


def require_document(document: DiscoveryDocument, wanted: Expected) -> None:
    assert document.interface is not None
    assert len(document.operations) == len(document.interface.endpoints) == wanted.operations
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", document.slug)
    for name, properties in wanted.properties.items():
        shape = document.interface.resolve(document.interface.shapes[name])
        assert [one for one in properties if shape.property(one) is None] == []
    assert DiscoveryDocument.model_validate_json(document.model_dump_json()) == document
