"""Styles in which services really describe themselves: each is read, and all that is claimed of it holds."""

from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.discovery.given import faults_of
from devmatrix.discovery.interface import Source
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source as Given
from devmatrix.planning.estimating import unwritten
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


_FERRIES = """
paths:
  /health: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: object,
    required: [status], properties: {status: {type: string}, since: {type: string, format: date-time}}}}}}}}}
  /ferries:
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer, default: 0}}
        - {name: size, in: query, schema: {type: integer, default: 20}}
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object, required: [content,
        first,
        last], properties: {content: {type: array, items: {$ref: '#/components/schemas/Ferry'}},
          first: {type: boolean},
        last: {type: boolean}, totalElements: {type: integer}}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewFerry'}}}}
      responses: {'201': {description: made,
        content: {application/json: {schema: {$ref: '#/components/schemas/Ferry'}}}}}
  /ferries/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: ok,
      content: {application/json: {schema: {$ref: '#/components/schemas/Ferry'}}}}}}
  /ferries/{id}/status:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    patch:
      parameters: [{name: status, in: query, required: true, schema: {type: string, enum: [docked, sailing]}}]
      responses: {'200': {description: ok,
        content: {application/json: {schema: {$ref: '#/components/schemas/Ferry'}}}}}
  /ferries/{id}/assign-pier:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [pierCode],
        properties: {pierCode: {type: string}, slot: {type: integer}}}}}}
      responses: {'200': {description: done}}
components:
  schemas:
    NewFerry: {type: object, required: [name], properties: {name: {type: string}}}
    Ferry: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string},
      pierCode: {type: string}, slot: {type: integer}, status: {type: string, enum: [docked, sailing]}}}
"""


def test_a_sign_of_life_touches_no_record() -> None:
    found = proven(_FERRIES)
    interface = found.interface
    assert interface
    effect = interface.endpoint("get_health").effect
    assert effect
    assert effect.answer
    assert [(one.name, one.value.source, one.value.value) for one in effect.answer.fields] == [
        ("status", Source.CONSTANT, "ok"),
        ("since", Source.CONSTANT, None),
    ]
    assert unwritten(found) == 0


def test_the_query_may_give_what_a_record_becomes() -> None:
    found = proven(_FERRIES)
    assert found.operation("patch_ferries_id_status").kind is OperationKind.TRANSITION
    interface = found.interface
    assert interface
    effect = interface.endpoint("patch_ferries_id_status").effect
    assert effect
    assert [(one.attribute, one.place) for one in effect.writes] == [("status", "query")]


def test_a_path_that_assigns_sets_what_its_body_gives() -> None:
    found = proven(_FERRIES)
    assert found.operation("post_ferries_id_assign_pier").kind is OperationKind.PATCH


def test_the_first_and_the_last_page_say_so() -> None:
    found = proven(_FERRIES)
    interface = found.interface
    assert interface
    listing = interface.endpoint("get_ferries").effect
    assert listing
    assert listing.answer
    shown = {one.name: (one.value.source, one.value.negated) for one in listing.answer.fields}
    assert shown["first"] == (Source.HAS_PREVIOUS, True)
    assert shown["last"] == (Source.HAS_MORE, True)


_PILOTS = """
paths:
  /register:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [email, password,
        vesselId], properties: {email: {type: string, format: email}, password: {type: string, minLength: 6},
        vesselId: {type: string}}}}}}
      responses: {'201': {description: made}}
  /login:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [email, password],
        properties: {email: {type: string, format: email}, password: {type: string}}}}}}
      responses: {'200': {description: in, content: {application/json: {schema: {type: object, properties: {success: {
        type: boolean}, user: {$ref: '#/components/schemas/User'}}}}}}, '401': {description: wrong}}
  /logout: {post: {security: [{session: []}], responses: {'204': {description: out}}}}
  /me:
    get:
      security: [{session: []}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object, properties: {
        authenticated: {type: boolean}, user: {$ref: '#/components/schemas/User'}}}}}}, '401': {description: nobody}}
  /vessels:
    post:
      security: [{session: []}]
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [name],
        properties: {name: {type: string}}}}}}
      responses: {'201': {description: made,
        content: {application/json: {schema: {$ref: '#/components/schemas/Vessel'}}}}}
  /vessels/{id}:
    get:
      security: [{session: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok,
        content: {application/json: {schema: {$ref: '#/components/schemas/Vessel'}}}}}
components:
  securitySchemes: {session: {type: apiKey, in: cookie, name: sid}}
  schemas:
    User: {type: object, properties: {id: {type: string}, email: {type: string, format: email},
      vesselId: {type: string}}}
    Vessel: {type: object, properties: {id: {type: string}, name: {type: string}}}
"""


def test_a_login_that_answers_no_token_sets_the_cookie_by_which_callers_are_known() -> None:
    found = proven(_PILOTS)
    interface = found.interface
    assert interface
    assert interface.scheme("session").kind == "token"
    login, out = interface.endpoint("post_login").effect, interface.endpoint("post_logout").effect
    assert login
    assert out
    assert (login.cookie, out.cookie) == ("sid", "sid")
    steps = [step for need in found.requirements for one in need.scenarios for step in one.steps]
    assert {"Cookie": "${user1_cookie}"} in [step.headers for step in steps]
    answer = interface.endpoint("get_me").effect
    assert answer
    assert answer.answer
    assert [one.name for one in answer.answer.fields] == ["authenticated", "user"]


def test_who_joins_names_no_record_that_only_members_make() -> None:
    assert proven(_PILOTS).account_entity
    assert proven(_PILOTS).entity("User").attribute("vesselId").target is None


_GAUGES = """
paths:
  /tide_gauges:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/add_tide_gauge'}}}}
      responses: {'201': {description: ''}}
    get: {responses: {'200': {description: ''}}}
  /forecasts:
    get:
      parameters: [{name: moonlight, in: query, required: true, schema: {type: string}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: array,
        items: {$ref: '#/components/schemas/Forecast'}}}}}}
components:
  schemas:
    add_tide_gauge: {type: object, required: [kind], properties: {kind: {type: string, enum: [float, radar, float]}}}
    Forecast: {type: object, properties: {height: {type: number}}}
"""


def test_what_is_read_is_a_document_without_faults() -> None:
    document = read_openapi(Given(_HEAD + _GAUGES, "api.yaml"))
    assert [one.name for one in document.entities] == ["TideGauge"]
    assert document.entity("TideGauge").attribute("kind").choices == ("float", "radar")
    given_up = [one for one in document.operations if not one.entity]
    assert [(one.path, one.kind) for one in given_up] == [("/forecasts", OperationKind.LIST)]
    assert faults_of(document) == []


_SIGNALS = """
paths:
  /settings:
    get: {responses: {'200': {description: ok,
      content: {application/json: {schema: {$ref: '#/components/schemas/Settings'}}}}}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Settings'}}}}
      responses: {'200': {description: ok,
        content: {application/json: {schema: {$ref: '#/components/schemas/Settings'}}}}}
    patch:
      requestBody: {required: true, content: {application/merge-patch+json: {schema: {type: object, properties: {
        range: {type: integer}, lamp: {type: string, enum: [red, green]}}}}}}
      responses: {'200': {description: ok,
        content: {application/json: {schema: {$ref: '#/components/schemas/Settings'}}}}}
components:
  schemas:
    Settings: {type: object, required: [range], properties: {range: {type: integer}, lamp: {type: string,
      enum: [red, green]}, quiet: {type: boolean, default: true}}}
"""


def test_the_one_record_of_its_kind_is_there_without_being_made() -> None:
    found = proven(_SIGNALS)
    interface = found.interface
    assert interface
    effects = [one.effect for one in interface.endpoints]
    assert [[lookup.place for lookup in one.lookups] for one in effects if one] == [["only"]] * 3
    steps = [step for need in found.requirements for one in need.scenarios for step in one.steps]
    assert not any(step.phase == "given" for step in steps)
