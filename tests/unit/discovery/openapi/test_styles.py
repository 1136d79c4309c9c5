"""Styles in which services really describe themselves: each is read, and all that is claimed of it holds."""

from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.discovery.interface import Source
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source as Given
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_reference import ImportedReference

_HEAD = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n"


def proven(text: str) -> DiscoveryDocument:
    """The document; all its operations are written, and all its scenarios hold for the reference."""
    document = read_openapi(Given(_HEAD + text, "api.yaml"))
    derived = derive(document)
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    assert document.interface
    assert [(one.operation, one.why_not) for one in document.interface.endpoints if one.effect is None] == []
    service = ImportedReference(document)
    verdicts = play_with(service, service, document)
    assert [(one.requirement_id, one.message) for one in verdicts if not one.passed] == []
    assert any(one.passed for one in verdicts)
    return document


_BEACONS = """
paths:
  /beacons:
    get:
      parameters:
        - {name: 'filter[label]', in: query, schema: {type: string}}
        - {name: 'page[number]', in: query, schema: {type: integer}}
        - {name: 'page[size]', in: query, schema: {type: integer}}
      responses: {'200': {description: ok, content: {application/vnd.api+json: {schema: {type: object,
        required: [data],
        properties: {data: {type: array, items: {$ref: '#/components/schemas/beacon'}}}}}}}}
    post:
      requestBody: {required: true, content: {application/vnd.api+json: {schema: {type: object, required: [data],
        properties: {data: {type: object, required: [type, attributes], properties: {type: {type: string,
          enum: [beacons]},
          attributes: {$ref: '#/components/schemas/given'},
          relationships: {type: object, properties: {harbour: {$ref: '#/components/schemas/toHarbour'}}}}}}}}}}
      responses: {'201': {description: made, content: {application/vnd.api+json: {schema: {type: object,
        required: [data],
        properties: {data: {$ref: '#/components/schemas/beacon'}}}}}}}
  /beacons/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      responses: {'200': {description: ok, content: {application/vnd.api+json: {schema: {type: object,
        required: [data],
        properties: {data: {$ref: '#/components/schemas/beacon'}}}}}}, '404': {description: none}}
    patch:
      requestBody: {required: true, content: {application/vnd.api+json: {schema: {type: object, required: [data],
        properties: {data: {type: object, required: [type, attributes], properties: {type: {type: string,
          enum: [beacons]},
          attributes: {type: object, properties: {label: {type: string}, height: {type: integer}}}}}}}}}}
      responses: {'200': {description: ok, content: {application/vnd.api+json: {schema: {type: object,
        required: [data],
        properties: {data: {$ref: '#/components/schemas/beacon'}}}}}}}
    delete: {responses: {'204': {description: gone}}}
  /harbours:
    post:
      requestBody: {required: true, content: {application/vnd.api+json: {schema: {type: object, required: [data],
        properties: {data: {type: object, required: [type, attributes], properties: {type: {type: string,
          enum: [harbours]},
          attributes: {type: object, required: [town], properties: {town: {type: string}}}}}}}}}}
      responses: {'201': {description: made, content: {application/vnd.api+json: {schema: {type: object,
        required: [data],
        properties: {data: {type: object, required: [id, type, attributes], properties: {id: {type: string},
          type: {type: string, enum: [harbours]}, attributes: {type: object,
            properties: {town: {type: string}}}}}}}}}}}
  /harbours/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    delete: {responses: {'204': {description: gone}}}
components:
  schemas:
    given: {type: object, required: [label], properties: {label: {type: string}, height: {type: integer}}}
    toHarbour: {type: object, properties: {data: {type: object, required: [id, type],
      properties: {id: {type: string}, type: {type: string, enum: [harbours]}}}}}
    beacon:
      type: object
      required: [id, type, attributes]
      properties:
        id: {type: string}
        type: {type: string, enum: [beacons]}
        attributes: {type: object, required: [label, created_at],
          properties: {label: {type: string}, height: {type: integer}, created_at: {type: string, format: date-time}}}
        relationships: {type: object, properties: {harbour: {$ref: '#/components/schemas/toHarbour'}}}
"""


def test_properties_that_stand_apart_from_a_record_are_its_own() -> None:
    found = proven(_BEACONS)
    beacon = found.entity("Beacon")
    assert {one.name for one in beacon.attributes} == {"id", "label", "height", "created_at", "harbour"}
    assert beacon.attribute("harbour").target == "Harbour"
    interface = found.interface
    assert interface
    create = interface.endpoint("post_beacons").effect
    assert create
    assert [(one.attribute, one.name) for one in create.writes] == [
        ("label", "/data/attributes/label"),
        ("height", "/data/attributes/height"),
        ("harbour", "/data/relationships/harbour/data/id"),
    ]
    kinds = [one.value for view in interface.views for one in view.members if one.name == "type"]
    assert {one.source for one in kinds} == {Source.CONSTANT}


_SLIPWAYS = """
paths:
  /slipways:
    get:
      parameters:
        - {name: paging, in: query, required: true, schema: {$ref: '#/components/schemas/Paging'}}
        - {name: where, in: query, style: deepObject, schema: {type: object, properties: {town: {type: string}}}}
      responses: {'200': {description: ok, content: {'*/*': {schema: {$ref: '#/components/schemas/Page'}}}}}
    post:
      requestBody: {content: {'*/*': {schema: {$ref: '#/components/schemas/Slipway'}}}}
      responses: {'200': {description: made, content: {
        application/xml: {schema: {$ref: '#/components/schemas/Slipway'}},
          '*/*': {schema: {$ref: '#/components/schemas/Slipway'}}}}}
    put:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Slipway'}}}}
      responses: {'200': {description: changed, content: {'*/*': {schema: {$ref: '#/components/schemas/Slipway'}}}}}
  /slipways/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer, format: int64}}]
      responses: {'200': {description: ok, content: {'*/*': {schema: {$ref: '#/components/schemas/Slipway'}}}}}
components:
  schemas:
    Paging: {type: object, properties: {page: {type: integer, minimum: 0}, size: {type: integer, minimum: 1}}}
    Slipway: {type: object, properties: {id: {type: integer, format: int64}, town: {type: string},
      slipwayId: {type: string}}}
    Page: {type: object, properties: {content: {type: array, items: {$ref: '#/components/schemas/Slipway'}},
      totalElements: {type: integer}, number: {type: integer}, size: {type: integer}}}
"""


def test_objects_in_the_query_are_parameters_and_any_media_type_is_json() -> None:
    found = proven(_SLIPWAYS)
    interface = found.interface
    assert interface
    listing, making = interface.endpoint("get_slipways"), interface.endpoint("post_slipways")
    assert [one.name for one in listing.parameters] == ["page", "size", "where[town]"]
    assert not any(one.required for one in listing.parameters)
    assert listing.effect
    assert listing.effect.paging
    assert [one.parameter for one in listing.effect.filters] == ["where[town]"]
    assert [one.media_type for one in making.replies[0].contents] == ["application/json", "application/xml"]
    assert [one.media_type for one in making.bodies] == ["application/json"]


def test_a_number_of_its_own_is_no_reference_to_another_record() -> None:
    slipway = proven(_SLIPWAYS).entity("Slipway")
    assert slipway.attribute("slipwayId").target is None


def test_a_record_is_found_by_its_key_in_the_body() -> None:
    found = proven(_SLIPWAYS)
    changing = next(one for one in found.operations if one.method == "PUT")
    assert changing.kind is OperationKind.REPLACE
    interface = found.interface
    assert interface
    effect = interface.endpoint(changing.id).effect
    assert effect
    assert [(one.place, one.name) for one in effect.lookups] == [("body", "/id")]
