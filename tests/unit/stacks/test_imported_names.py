"""Names that a document gives, beside those that every project has."""

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.sources import Source
from devmatrix.stacks.fastapi.imported.wire.groups import Groups
from devmatrix.stacks.fastapi.imported.wire.guards import Guards
from devmatrix.stacks.fastapi.naming import Names

_TEXT = """
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /health: {get: {tags: [Health], responses: {'200': {description: ok}}}}
  /join:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [email, password],
        properties: {email: {type: string}, password: {type: string}}}}}}
      responses: {'201': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}
  /login:
    post:
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [email, password],
        properties: {email: {type: string}, password: {type: string}}}}}}
      responses: {'200': {description: in, content: {application/json: {schema: {type: object,
        properties: {token: {type: string}}}}}}}
  /me:
    get:
      security: [{bearer: []}, {key: []}]
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}
  /kites:
    get:
      security: [{bearer: []}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: array,
        items: {$ref: '#/components/schemas/Kite'}}}}}}
    post:
      security: [{bearer: []}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Kite'}}}}
      responses: {'201': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Kite'}}}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    User: {type: object, properties: {id: {type: integer}, email: {type: string}}}
    Kite: {type: object, properties: {id: {type: integer}, colour: {type: string}}}
"""


def _read() -> DiscoveryDocument:
    return read_openapi(Source(_TEXT, "api.yaml"))


def test_a_tag_called_health_does_not_hide_the_health_of_the_service() -> None:
    document = _read()
    assert document.interface
    assert "health" not in Groups(document, document.interface).all


def test_the_account_has_a_name_beside_the_answer_that_shows_it() -> None:
    document = _read()
    assert document.interface
    guards = Guards(document, document.interface, Names(document))
    endpoint = document.interface.endpoint("get_me")
    guard = guards.plan(endpoint, document.operation("get_me"))
    assert "UserRecord" in guard.declaration
    assert "from app.users.model import User as UserRecord" in guard.imports
