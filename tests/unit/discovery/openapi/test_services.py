"""What services have besides records: signs of life, sessions, the one record of its kind, what nobody can explain."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.given import faults_of
from devmatrix.discovery.interface import Source
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.sources import Source as Given
from devmatrix.planning.estimating import unwritten
from tests.unit.discovery.openapi.proving import HEAD, proven

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
    document = read_openapi(Given(HEAD + _GAUGES, "api.yaml"))
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


_RAFTS = """
paths:
  /ping: {get: {responses: {'200': {description: ''}}}}
  /rafts:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [load], properties: {
        load: {type: integer}, flag: {allOf: [{$ref: '#/components/schemas/Flag'}], nullable: true}}}}}}
      responses: {'201': {description: ''}, '400': {description: wrong}}
    get: {responses: {'200': {description: ''}}}
  /rafts/search: {post: {responses: {'200': {description: ''}}}}
components:
  schemas: {Flag: {type: string, enum: [red, green]}}
"""


def test_a_search_of_which_nothing_is_said_answers_with_the_records() -> None:
    found = proven(_RAFTS)
    interface = found.interface
    assert interface
    searching = interface.endpoint("post_rafts_search")
    assert found.operation("post_rafts_search").kind is OperationKind.SEARCH
    assert searching.replies[0].contents
    assert searching.effect
    assert searching.effect.answer
    assert interface.endpoint("get_ping").effect


def test_what_may_be_null_by_its_name_is_not_refused_as_null() -> None:
    steps = [step for need in proven(_RAFTS).requirements for one in need.scenarios for step in one.steps]
    assert not any("flag is null" in step.text for step in steps)
