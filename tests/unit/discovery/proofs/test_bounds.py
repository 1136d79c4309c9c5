"""Bounds of imported APIs: what is at the edge is taken, what is just outside is refused, and either slip is found."""

from functools import cache

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_parcels import PARCELS
from tests.imported_pinching import LOOSER, TIGHTER
from tests.imported_reference import ImportedReference

CRATES = """
openapi: 3.1.0
info: {title: Crates, version: "1"}
paths:
  /crates:
    get:
      operationId: listCrates
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50, default: 20}}
        - {name: offset, in: query, schema: {type: integer, minimum: 0, default: 0}}
        - {name: kind, in: query, schema: {type: string, enum: [wood, steel, paper]}}
        - {name: label, in: query, schema: {type: string, minLength: 2, maxLength: 12}}
      responses:
        "200":
          description: Crates
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Crate"}}}
        "400": {description: Malformed}
    post:
      operationId: createCrate
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/CrateInput"}}}
      responses:
        "201":
          description: Made
          content: {application/json: {schema: {$ref: "#/components/schemas/Crate"}}}
        "400": {description: Malformed}
  /crates/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: readCrate
      responses:
        "200":
          description: A crate
          content: {application/json: {schema: {$ref: "#/components/schemas/Crate"}}}
        "404": {description: None}
    put:
      operationId: replaceCrate
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/CrateInput"}}}
      responses:
        "200":
          description: Changed
          content: {application/json: {schema: {$ref: "#/components/schemas/Crate"}}}
        "400": {description: Malformed}
        "404": {description: None}
components:
  schemas:
    CrateInput:
      type: object
      required: [label, kind, weight]
      properties:
        label: {type: string, minLength: 2, maxLength: 12}
        code: {type: string, pattern: "^[a-z]{3,6}$", minLength: 4, maxLength: 5}
        owner: {type: string, format: email, maxLength: 60}
        kind: {type: string, enum: [wood, steel, paper]}
        weight: {type: number, minimum: 0.5, maximum: 99.9}
        volume: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 10}
        layers: {type: integer, exclusiveMinimum: 0, exclusiveMaximum: 9}
        count: {type: integer, minimum: 5, maximum: 500, multipleOf: 5}
        small: {type: integer, format: int32}
        marks: {type: array, minItems: 2, maxItems: 4, uniqueItems: true, items: {type: string, maxLength: 9}}
        note: {type: [string, "null"], maxLength: 20}
    Crate:
      allOf:
        - $ref: "#/components/schemas/CrateInput"
        - type: object
          required: [id]
          properties: {id: {type: integer, readOnly: true}}
"""


@cache
def _crates() -> DiscoveryDocument:
    document = read_openapi(Source(CRATES, "crates.yaml"))
    derived = derive(document)
    assert derived.omissions == ()
    return document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})


def _failing(*flaws: str) -> list[str]:
    document = _crates()
    service = ImportedReference(document, flaws)
    return [f"{one.scenario_id} {one.message}" for one in play_with(service, service, document) if not one.passed]


def test_a_service_that_keeps_to_the_bounds_passes() -> None:
    assert _failing() == []


@pytest.mark.parametrize("flaw", [*TIGHTER, *LOOSER])
def test_a_bound_that_is_off_by_one_is_found(flaw: str) -> None:
    assert _failing(flaw)


def test_a_service_that_keeps_to_the_bounds_of_forms_passes() -> None:
    document = read_openapi(Source(PARCELS, "parcels.yaml"))
    derived = derive(document)
    assert derived.omissions == ()
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    service = ImportedReference(document)
    assert [one.message for one in play_with(service, service, document) if not one.passed] == []


def test_all_edges_of_an_operation_are_walked_in_one_scenario() -> None:
    document = _crates()
    need = next(one for one in document.requirements if one.text == "PUT /crates/{id} takes what its bounds allow")
    (scenario,) = need.scenarios
    sent = [step.body for step in scenario.steps if step.method == "PUT"]
    assert len(sent) == 3
    least, most, nulls = (body for body in sent if isinstance(body, dict))
    assert [len(str(body["label"])) for body in (least, most)] == [2, 12]
    assert [len(str(body["code"])) for body in (least, most)] == [4, 5]
    assert len(str(most["owner"])) == 60
    assert [body["kind"] for body in (least, most)] == ["wood", "paper"]
    assert [body["weight"] for body in (least, most)] == [0.5, 99.9]
    assert [body["volume"] for body in (least, most)] == [0.01, 9.99]
    assert [body["layers"] for body in (least, most)] == [1, 8]
    assert [body["count"] for body in (least, most)] == [5, 500]
    assert [body["small"] for body in (least, most)] == [-(2**31), 2**31 - 1]
    assert [len(body["marks"]) for body in (least, most) if isinstance(body["marks"], list)] == [2, 4]
    assert nulls["note"] is None
    assert len(scenario.steps) == 7


def test_the_bounds_of_parameters_are_asked_for() -> None:
    document = _crates()
    paths = [step.path for one in document.requirements for each in one.scenarios for step in each.steps]
    assert {"/crates?limit=1", "/crates?limit=50", "/crates?limit=0", "/crates?limit=51"} <= set(paths)
    assert {"/crates?kind=wood", "/crates?kind=paper"} <= set(paths)
