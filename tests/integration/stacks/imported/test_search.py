"""Searches that say in their body what they look for, read from a document, derived, generated and played."""

from pathlib import Path

import pytest

from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.sources import Source
from devmatrix.validation.scenarios import play_with
from tests.imported_reference import ImportedReference
from tests.integration.stacks.playing import failing, proven
from tests.integration.stacks.records.projects import materialise

ENGINES = """
openapi: 3.0.3
info: {title: Engines, version: "1"}
paths:
  /engines:
    post:
      operationId: makeEngine
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/EngineInput"}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Engine"}}}}
        "400": {description: wrong}
  /engines/search:
    post:
      operationId: searchEngines
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 9}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                maker: {type: string, maxLength: 20}
                fuel: {type: string, enum: [coal, oil, wood]}
                minPower: {type: number, minimum: 0}
                numbers: {type: array, items: {type: integer}}
      responses:
        "200":
          description: found
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Engine"}}}
        "400": {description: wrong}
  /engines/query:
    post:
      operationId: queryEngines
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                filter: {type: object, properties: {maker: {type: string}, fuel: {type: string}}}
      responses:
        "200":
          description: found
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Engine"}}}
        "400": {description: wrong}
  /engines/lookup:
    post:
      operationId: lookUpEngines
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, properties: {maker: {type: string}, expression: {type: string}}}
      responses:
        "200":
          description: found
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Engine"}}}
components:
  schemas:
    EngineInput:
      type: object
      required: [maker, number, fuel, power]
      properties:
        maker: {type: string, maxLength: 20}
        number: {type: integer}
        fuel: {type: string, enum: [coal, oil, wood]}
        power: {type: number, minimum: 0}
    Engine:
      allOf:
        - $ref: "#/components/schemas/EngineInput"
        - {type: object, required: [id], properties: {id: {type: integer, readOnly: true}}}
"""
DOCUMENT = proven(read_openapi(Source(ENGINES, "engines.yaml")))


def test_the_properties_of_the_body_are_filters() -> None:
    assert DOCUMENT.interface is not None
    effect = DOCUMENT.interface.endpoint("search_engines").effect
    assert effect is not None
    assert {(one.place, one.parameter, one.path, one.operator) for one in effect.filters} == {
        ("body", "/maker", ("maker",), "equals"),
        ("body", "/fuel", ("fuel",), "equals"),
        ("body", "/minPower", ("power",), "minimum"),
        ("body", "/numbers", ("number",), "one_of"),
    }
    effect = DOCUMENT.interface.endpoint("query_engines").effect
    assert effect is not None
    assert [one.parameter for one in effect.filters] == ["/filter/maker", "/filter/fuel"]


def test_what_nobody_can_tell_is_given_up() -> None:
    assert DOCUMENT.interface is not None
    endpoint = DOCUMENT.interface.endpoint("look_up_engines")
    assert endpoint.effect is None
    assert "expression" in endpoint.why_not


@pytest.mark.parametrize("name", ["maker", "fuel", "minPower", "numbers", "filter.maker"])
def test_each_property_has_a_scenario(name: str) -> None:
    titles = {scenario.title for one in DOCUMENT.requirements for scenario in one.scenarios}
    assert f"only what fits {name}" in titles


def test_the_scenarios_find_a_service_that_does_not_look() -> None:
    service = ImportedReference(DOCUMENT, {"filters"})
    failed = {one.requirement_id for one in play_with(service, service, DOCUMENT) if not one.passed}
    texts = {one.text for one in DOCUMENT.requirements if one.id in failed}
    assert "POST /engines/search narrows the list by maker" in texts


def test_the_generated_service_finds_what_is_looked_for(tmp_path: Path) -> None:
    materialise(tmp_path, DOCUMENT)
    assert failing(tmp_path, DOCUMENT) == []
