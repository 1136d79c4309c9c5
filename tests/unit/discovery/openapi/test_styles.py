"""Styles in which services really describe themselves: each is read, and all that is claimed of it holds."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Source
from tests.unit.discovery.openapi.proving import proven

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


_MOORINGS = """
paths:
  /moorings:
    post:
      requestBody: {required: true,
        content: {application/json: {schema: {$ref: '#/components/schemas/AnadirMooring'}}}}
      responses: {'201': {description: ''}}
    get: {responses: {'200': {description: ''}}}
  /moorings/{number}:
    parameters: [{name: number, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: ''}}}
    put:
      requestBody: {required: true,
        content: {application/json: {schema: {$ref: '#/components/schemas/AnadirMooring'}}}}
      responses: {'200': {description: ok, content: {application/json: {schema: {}}}}}
    delete: {responses: {'200': {description: ''}}}
components:
  schemas:
    AnadirMooring: {type: object, required: [depth], properties: {depth: {type: integer}, secret: {type: string,
      format: password}}}
"""


def test_reads_and_lists_answer_with_the_record_where_nothing_is_said_of_it() -> None:
    found = proven(_MOORINGS)
    assert [one.name for one in found.entities] == ["Mooring"]
    interface = found.interface
    assert interface
    shapes = {one.operation: one.replies[0].contents for one in interface.endpoints}
    assert [len(shapes[name]) for name in ("post_moorings", "delete_moorings_number")] == [0, 0]
    read = shapes["get_moorings_number"][0].shape
    assert [one.name for one in read.properties] == ["number", "depth"]
    assert shapes["get_moorings"][0].shape.items == read
    assert shapes["put_moorings_number"][0].shape == read


def test_a_key_that_no_answer_about_a_record_shows_is_found_in_a_list() -> None:
    found = proven(_MOORINGS)
    steps = [step for need in found.requirements for one in need.scenarios for step in one.steps]
    looked = [step for step in steps if step.text == "it is found in the list"]
    assert {tuple(step.capture.values()) for step in looked} >= {("/0/number",)}
    assert any("${mooring1_number}" in step.path for step in steps if step.method == "DELETE")


_BUOYS = """
paths:
  /anchorages:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [name],
        properties: {name: {type: string}}}}}}
      responses: {'201': {description: made,
        content: {application/json: {schema: {$ref: '#/components/schemas/Anchorage'}}}}}
  /anchorages/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: ok,
      content: {application/json: {schema: {$ref: '#/components/schemas/Anchorage'}}}}}}
  /buoys:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [title, anchorage],
        properties: {title: {type: string}, anchorage: {type: integer}}}}}}
      responses: {'201': {description: made,
        content: {application/json: {schema: {$ref: '#/components/schemas/Buoy'}}}}}
  /buoys/{slug}:
    parameters: [{name: slug, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: ok,
      content: {application/json: {schema: {$ref: '#/components/schemas/Buoy'}}}}}}
components:
  schemas:
    Anchorage: {type: object, required: [id, name], properties: {id: {type: integer, readOnly: true},
      name: {type: string}}}
    Buoy: {type: object, required: [slug, title, anchorage], properties: {slug: {type: string, maxLength: 20},
      title: {type: string, maxLength: 90}, anchorage: {type: string, readOnly: true}}}
"""


def test_a_related_record_is_shown_by_its_name_where_answers_have_a_text() -> None:
    found = proven(_BUOYS)
    interface = found.interface
    assert interface
    shown = [one.value for one in interface.view("Buoy").members if one.name == "anchorage"]
    assert [(one.source, one.target_attribute) for one in shown] == [(Source.RELATED_VALUE, "name")]
    assert found.entity("Buoy").attribute("slug").generated == "slug"


_CRANES = """
paths:
  /cranes:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [reach],
        properties: {reach: {type: integer, enum: [10, 20]}}}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {type: string, format: uuid}}}}}
  /cranes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get: {responses: {2XX: {description: ok, content: {application/json: {schema: {type: object,
      properties: {id: {type: string, format: uuid}, reach: {type: integer, enum: [10, 20]}}}}}}}}
    delete: {responses: {'200': {description: gone, content: {application/json: {schema: {type: boolean}}}}}}
"""


def test_a_bare_key_is_that_of_the_record_that_was_made() -> None:
    interface = proven(_CRANES).interface
    assert interface
    making = interface.endpoint("post_cranes").effect
    assert making
    assert making.answer
    assert (making.answer.source, making.answer.attribute) == (Source.ATTRIBUTE, "id")
