"""Swagger 2.0 is read as the same document in OpenAPI 3 would be."""

import pytest

from devmatrix.discovery.interface import Content, Parameter
from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.openapi.loading import load
from devmatrix.discovery.shapes import ShapeKind
from devmatrix.discovery.sources import Source
from devmatrix.errors import RequestError

_TOOLS = """\
swagger: '2.0'
info: {title: Tools, version: '1'}
host: tools.example
basePath: /v2/
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  plain: {type: basic}
  key: {type: apiKey, name: Authorization, in: header, description: 'prefix: Token'}
  flow: {type: oauth2, flow: implicit, authorizationUrl: 'https://x.example', scopes: {}}
security: [{key: []}]
parameters:
  limit: {name: limit, in: query, type: integer, default: 20, maximum: 50}
  tool: {name: tool, in: body, required: true, schema: {$ref: '#/definitions/Tool'}}
responses:
  Missing: {description: not there, schema: {$ref: '#/definitions/Fault'}}
paths:
  /tools:
    get:
      parameters:
      - $ref: '#/parameters/limit'
      - {name: many, in: query, type: array, items: {type: string}, collectionFormat: multi}
      - {name: joined, in: query, type: array, items: {type: integer}}
      responses: {200: {description: all, schema: {type: array, items: {$ref: '#/definitions/Tool'}}}}
    post:
      parameters: [{$ref: '#/parameters/tool'}]
      responses:
        201: {description: made, schema: {$ref: '#/definitions/Tool'}, examples: {application/json: {name: Saw}}}
        404: {$ref: '#/responses/Missing'}
  /tools/{id}/picture:
    parameters:
    - {name: id, in: path, required: true, type: integer}
    - {name: note, in: formData, type: string, maxLength: 9, description: why}
    put:
      consumes: [application/x-www-form-urlencoded, multipart/form-data]
      parameters: [{name: picture, in: formData, type: file, required: true}]
      responses: {204: {description: kept}}
    post:
      responses: {204: {description: kept}}
    get:
      security: []
      produces: [image/png]
      responses: {200: {description: bytes, schema: {type: file}}}
definitions:
  Tool:
    type: object
    required: [name]
    properties: {name: {type: string}, note: {type: string, x-nullable: true}}
  Fault: {type: object, properties: {message: {type: string}}}
"""


def _given(text: str = _TOOLS) -> Given:
    return load(Source(text, "tools.yaml"))


def _parameters(given: Given, index: int) -> list[Parameter]:
    return list(given.operations[index].endpoint.parameters)


def _body(given: Given, index: int) -> Content:
    (content,) = given.operations[index].endpoint.bodies
    return content


def test_the_whole_is_read() -> None:
    given = _given()
    assert (given.openapi, given.base_path, given.unread) == ("2.0", "/v2", ())
    assert [(one.method, one.path) for one in given.operations] == [
        ("GET", "/tools"),
        ("POST", "/tools"),
        ("PUT", "/tools/{id}/picture"),
        ("POST", "/tools/{id}/picture"),
        ("GET", "/tools/{id}/picture"),
    ]
    assert [(one.name, one.kind, one.prefix) for one in given.schemes] == [
        ("plain", "basic", "Basic "),
        ("key", "token", "Token "),
        ("flow", "token", "Bearer "),
    ]
    assert [one.secured for one in given.operations] == [True, True, True, True, False]
    assert set(given.shapes) == {"Tool", "Fault"}
    assert [one.shape.nullable for one in given.shapes["Tool"].properties] == [False, True]


def test_parameters_have_their_types_and_lists_their_form() -> None:
    limit, many, joined = _parameters(_given(), 0)
    assert (limit.shape.kind, limit.shape.maximum, limit.shape.default) == (ShapeKind.INTEGER, 50, 20)
    assert (many.separated, joined.separated) == (False, True)
    assert joined.shape.items is not None
    assert joined.shape.items.kind is ShapeKind.INTEGER


def test_bodies_stand_where_the_third_version_has_them() -> None:
    given = _given()
    content = _body(given, 1)
    assert (content.media_type, content.shape.name) == ("application/json", "Tool")
    assert given.operations[1].endpoint.body_required
    form = _body(given, 2)
    assert form.media_type == "multipart/form-data"
    assert [(one.name, one.shape.kind, one.required) for one in form.shape.properties] == [
        ("picture", ShapeKind.BINARY, True),
        ("note", ShapeKind.STRING, False),
    ]
    assert form.shape.properties[1].shape.description == "why"
    assert _body(given, 3).media_type == "application/x-www-form-urlencoded"
    assert not given.operations[3].endpoint.body_required


def test_answers_have_the_media_types_of_the_operation() -> None:
    given = _given()
    made, missing = given.operations[1].endpoint.replies
    assert (made.contents[0].shape.name, made.contents[0].examples) == ("Tool", ({"name": "Saw"},))
    assert (missing.status, missing.contents[0].media_type) == (404, "application/json")
    (bytes_,) = given.operations[4].endpoint.replies
    assert (bytes_.contents[0].media_type, bytes_.contents[0].shape.kind) == ("image/png", ShapeKind.BINARY)


def test_places_are_those_of_the_author() -> None:
    given = _given()
    lines = _TOOLS.splitlines()
    body = given.span("/paths/~1tools~1{id}~1picture/put/requestBody", "").line or 0
    name = given.span("/components/schemas/Tool/properties/name", "").line or 0
    assert "type: file" in lines[body - 1]
    assert lines[name - 1].strip().startswith("properties: {name")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("schema: {$ref: '#/definitions/Tool'}}", "schema: {$ref: '#/definitions/Tol'}}", "/definitions has no 'Tol'"),
        ("    parameters:\n    - {name: id", "    parameters: x\n    y:\n    - {name: id", "a list is expected"),
        ("type: integer, default", "type: int, default", "'int' is no type"),
        ("paths:", "paths: []\nx-paths:", "paths"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(before: str, after: str, says: str) -> None:
    assert before in _TOOLS
    with pytest.raises(RequestError, match=r"^tools\.yaml:\d+: /") as caught:
        _given(_TOOLS.replace(before, after))
    assert says in str(caught.value)


@pytest.mark.parametrize("value", ["3", "[1, {}]", "text", "{a: 1}", "{a: [1]}", "{/a: {get: [], parameters: [3]}}"])
@pytest.mark.parametrize(
    "key", ["parameters", "responses", "securityDefinitions", "definitions", "paths", "consumes", "basePath"]
)
def test_whatever_stands_where_an_object_should_there_is_no_crash(key: str, value: str) -> None:
    text = f"swagger: 2.0\n{key}: {value}\n" + ("" if key == "paths" else "paths: {/a: {get: {}}}\n")
    try:
        given = _given(text)
    except RequestError as error:
        assert str(error).startswith("tools.yaml:")  # noqa: PT017
    else:
        assert len(given.operations) == 1
