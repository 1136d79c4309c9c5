"""Operations that no rule explains: what their paths find, what the route refuses, what the document promises."""

from devmatrix.discovery.document import DiscoveryDocument, Requirement
from devmatrix.discovery.interface import Reason
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_reference import ImportedReference

_DOCUMENT = """
openapi: 3.0.3
info: {title: Kilns, version: '1'}
paths:
  /accounts:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [email, password],
        properties: {email: {type: string, format: email}, password: {type: string, minLength: 8}}}}}}
      responses: {'201': {description: made,
        content: {application/json: {schema: {$ref: '#/components/schemas/Account'}}}}}
  /login:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [email, password],
        properties: {email: {type: string, format: email}, password: {type: string}}}}}}
      responses: {'200': {description: in, content: {application/json: {schema: {type: object, required: [token],
        properties: {token: {type: string}}}}}}, '401': {description: no}}
  /account/change-password:
    post:
      security: [{bearer: []}]
      requestBody: {required: true, content: {application/json: {schema: {type: object,
        required: [currentPassword, newPassword],
        properties: {currentPassword: {type: string}, newPassword: {type: string, minLength: 8}}}}}}
      responses: {'204': {description: changed}, '401': {description: no}}
  /kilns:
    get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: array,
      items: {$ref: '#/components/schemas/Kiln'}}}}}}}
    post:
      security: [{bearer: []}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewKiln'}}}}
      responses: {'201': {description: made,
        content: {application/json: {schema: {$ref: '#/components/schemas/Kiln'}}}},
        '401': {description: no}}
  /kilns/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: ok,
      content: {application/json: {schema: {$ref: '#/components/schemas/Kiln'}}}},
      '404': {description: none}}}
  /kilns/{kilnId}/swap:
    post:
      summary: Swap the places of two kilns
      security: [{bearer: []}]
      parameters:
        - {name: kilnId, in: path, required: true, schema: {type: integer}}
        - {name: loud, in: query, schema: {type: boolean}}
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [otherKilnId],
        properties: {otherKilnId: {type: integer}}}}}}
      responses:
        '200': {description: swapped, content: {application/json: {schema: {$ref: '#/components/schemas/Kiln'}}}}
        '401': {description: no}
        '404': {description: none}
        '422': {description: wrong}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Account: {type: object, required: [id, email], properties: {id: {type: integer, readOnly: true},
      email: {type: string, format: email}}}
    NewKiln: {type: object, required: [name], properties: {name: {type: string}}}
    Kiln: {type: object, required: [id, name], properties: {id: {type: integer, readOnly: true}, name: {type: string}}}
"""


def _proven() -> DiscoveryDocument:
    """The document with its requirements; all scenarios hold for the reference, but of what only a model can write."""
    document = read_openapi(Source(_DOCUMENT, "api.yaml"))
    derived = derive(document)
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    service = ImportedReference(document)
    failing = {one.requirement_id for one in play_with(service, service, document) if not one.passed}
    promises = {one.id for one in document.requirements if "does what the document says" in one.text}
    assert failing == promises
    return document


def _about(document: DiscoveryDocument, part: str) -> dict[str, Requirement]:
    """The requirements about one operation, by what they say of it."""
    found = (one for one in document.requirements if any(part in name for name in one.operations))
    return {one.text.split(" ", 2)[2].partition(":")[0]: one for one in found}


def test_its_path_finds_what_the_path_that_it_begins_with_finds() -> None:
    document = _proven()
    assert document.interface
    endpoint = next(one for one in document.interface.endpoints if "swap" in one.operation)
    assert endpoint.effect is None
    assert [(one.entity, one.attribute, one.name) for one in endpoint.finds] == [("Kiln", "id", "kilnId")]
    assert {one.reason: one.status for one in endpoint.refusals} == {
        Reason.UNAUTHENTICATED: 401,
        Reason.INVALID_PATH: 422,
        Reason.INVALID_QUERY: 422,
        Reason.INVALID_BODY: 422,
        Reason.MISSING: 404,
        Reason.UNWRITTEN: 501,
    }


def test_what_the_document_promises_is_asked_with_records_that_exist() -> None:
    promise = _about(_proven(), "swap")["does what the document says"]
    happy, unknown = promise.scenarios
    assert [step.path for step in happy.steps if step.path == "/kilns"] == ["/kilns", "/kilns"], "two are made first"
    assert happy.steps[-1].path == "/kilns/${kiln1_id}/swap"
    assert happy.steps[-1].body == {"otherKilnId": "${kiln2_id}"}
    assert happy.steps[-1].expect.body == {"$open": {"id": {"$match": "integer"}, "name": {"$match": "string"}}}
    assert unknown.steps[-1].expect.status == 404


def test_what_is_wrong_with_the_request_is_refused_whoever_writes_it() -> None:
    about = _about(_proven(), "swap")
    assert set(about) == {
        "does what the document says",
        "refuses callers that it does not know",
        "refuses malformed paths",
        "refuses malformed parameters",
        "refuses bodies that break the rules",
    }
    steps = [step for one in about["refuses bodies that break the rules"].scenarios for step in one.steps]
    assert ({}, 422) in [(step.body, step.expect.status) for step in steps], "what is required is left out"


def test_the_password_in_force_is_that_of_the_caller() -> None:
    promise = _about(_proven(), "password")["does what the document says"]
    made, *_, asked = promise.scenarios[0].steps
    assert isinstance(made.body, dict)
    assert isinstance(asked.body, dict)
    assert asked.body["currentPassword"] == made.body["password"]
    assert asked.body["newPassword"] != made.body["password"]
