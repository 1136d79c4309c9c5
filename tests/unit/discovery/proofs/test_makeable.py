"""What scenarios of imported APIs can be made of: enough texts for a pattern, records within a given parent."""

import pytest

from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.proofs.imported.samples import Samples
from devmatrix.discovery.sources import Source
from tests.imported_documents import trails
from tests.interfaces import shape

HIVES = """
openapi: 3.0.3
info: {title: Hives, version: "1"}
paths:
  /yards:
    post:
      operationId: makeYard
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Yard"}}}}
  /yards/{yard_id}/hives:
    get:
      operationId: listHives
      parameters: [{name: yard_id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200":
          description: those of the yard
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Hive"}}}}
        "404": {description: none}
  /hives:
    post:
      operationId: makeHive
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [colour, yard_id]
              properties: {colour: {type: string}, yard_id: {type: integer}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Hive"}}}}
components:
  schemas:
    Yard:
      type: object
      required: [id, name]
      properties: {id: {type: integer, readOnly: true}, name: {type: string}}
    Hive:
      type: object
      required: [id, colour, yard_id]
      properties: {id: {type: integer, readOnly: true}, colour: {type: string}, yard_id: {type: integer}}
"""


@pytest.mark.parametrize("n", [0, 71, 300])
def test_a_pattern_of_any_length_has_as_many_texts_as_are_needed(n: int) -> None:
    interface = trails().interface
    assert interface is not None
    samples, usual = Samples(interface), shape("string", pattern=r"^[\w.@+-]+$", max_length=150)
    assert samples.string(usual, n, "name") != samples.string(usual, n + 1, "name")


def test_records_are_made_in_the_parent_that_their_body_names() -> None:
    derived = derive(read_openapi(Source(HIVES, "hives.yaml")))
    assert [line for line in derived.omissions if "listed" in line] == []
    titles = {scenario.title for one in derived.requirements for scenario in one.scenarios}
    assert "all records are listed, in order" in titles
