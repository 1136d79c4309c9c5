"""The served OpenAPI document against the imported one: what is promised holds, what is allowed is accepted."""

import json
from typing import Any

import pytest

from devmatrix.discovery.document import Operation, OperationKind
from devmatrix.discovery.interface import Effect, Interface
from devmatrix.discovery.openapi.loading import load
from devmatrix.discovery.sources import Source
from devmatrix.validation.compatibility import differences, read_served

# ruff: noqa: ANN401 - JSON comes as it comes

_RECORD = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "maxLength": 20},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "note": {"type": "string", "nullable": True},
        "secret": {"type": "string", "writeOnly": True},
    },
}
_GIVEN: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "T", "version": "1"},
    "security": [{"key": []}],
    "paths": {
        "/things/{thing-id}": {
            "put": {
                "operationId": "putThing",
                "parameters": [
                    {"name": "thing-id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {"required": True, "content": {"application/json": {"schema": _RECORD}}},
                "responses": {
                    "200": {"description": "ok", "content": {"application/json": {"schema": _RECORD}}},
                    "404": {"description": "none"},
                },
            }
        }
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
}


_EFFECT = Effect(entity="Thing")


def _found(served: dict[str, Any]) -> list[str]:
    given = load(Source(json.dumps(_GIVEN), "given.json"))
    endpoint = given.operations[0].endpoint.model_copy(
        update={"operation": "put_thing", "effect": Effect(entity="Thing")}
    )
    interface = Interface(
        file=given.file,
        version=given.version,
        openapi=given.openapi,
        shapes=dict(given.shapes),
        schemes=given.schemes,
        endpoints=(endpoint,),
    )
    operation = Operation(
        id="put_thing",
        kind=OperationKind.REPLACE,
        entity="Thing",
        method="PUT",
        path="/things/{thing-id}",
        success_status=200,
    )
    return differences(interface, operation, read_served(served))


def _put(document: dict[str, Any]) -> Any:
    return next(iter(document["paths"].values()))["put"]


def _body(document: dict[str, Any]) -> Any:
    return _put(document)["requestBody"]["content"]["application/json"]["schema"]


def _answer(document: dict[str, Any]) -> Any:
    return _put(document)["responses"]["200"]["content"]["application/json"]["schema"]


def _changed(change: Any) -> dict[str, Any]:
    served: dict[str, Any] = json.loads(json.dumps(_GIVEN))
    change(served)
    return served


def _as_new_version(document: dict[str, Any]) -> None:
    document["openapi"] = "3.1.0"
    for schema in (_body(document), _answer(document)):
        schema["properties"]["note"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "Note"}
    document["components"]["schemas"] = {"Thing": _answer(document)}
    _put(document)["responses"]["200"]["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/Thing"}


def _with_other_names(document: dict[str, Any]) -> None:
    document["paths"] = {"/things/{thing_id}": document["paths"].pop("/things/{thing-id}")}
    _put(document)["parameters"][0]["name"] = "thing_id"
    _put(document)["parameters"][2]["name"] = "x-trace"


def _wider(document: dict[str, Any]) -> None:
    _body(document)["properties"]["name"] = {"type": "string"}
    _body(document)["required"] = []
    _put(document)["responses"]["500"] = {"description": "failed"}


@pytest.mark.parametrize("change", [lambda _: None, _as_new_version, _with_other_names, _wider])
def test_what_keeps_the_promise_is_compatible(change: Any) -> None:
    assert _found(_changed(change)) == []


_BREAKS: dict[str, Any] = {
    "operationId": lambda d: _put(d).update(operationId="other"),
    "PUT /things": lambda d: d.update(paths={"/x": {"put": {"responses": {}}}}),
    "query dry: is not served": lambda d: _put(d)["parameters"].pop(1),
    "query dry: is required": lambda d: _put(d)["parameters"][1].update(required=True),
    "query dry: boolean": lambda d: _put(d)["parameters"][1].update(schema={"type": "integer"}),
    "header x: is required": lambda d: _put(d)["parameters"].append(
        {"name": "x", "in": "header", "required": True, "schema": {"type": "string"}}
    ),
    "body: is not served": lambda d: _put(d).pop("requestBody"),
    "body/kind: is required": lambda d: _body(d).update(required=["name", "kind"]),
    "body/name: max_length 10": lambda d: _body(d)["properties"]["name"].update(maxLength=10),
    "body/kind: 'b' is no choice": lambda d: _body(d)["properties"]["kind"].update(enum=["a"]),
    "body/note: may be null": lambda d: _body(d)["properties"]["note"].pop("nullable"),
    "200: is not served": lambda d: _put(d)["responses"].pop("200"),
    "404: is not served": lambda d: _put(d)["responses"].pop("404"),
    "200/note: is missing": lambda d: _answer(d)["properties"].pop("note"),
    "200/name: may be left out": lambda d: _answer(d).update(required=["id"]),
    "200/id: string": lambda d: _answer(d)["properties"]["id"].update(type="string"),
    "200/kind: 'c' is no choice": lambda d: _answer(d)["properties"]["kind"].update(enum=["a", "b", "c"]),
    "200/name: may be null": lambda d: _answer(d)["properties"]["name"].update(nullable=True),
    "security: key": lambda d: d["components"]["securitySchemes"]["key"].update(name="X-Other"),
}


@pytest.mark.parametrize("what", _BREAKS)
def test_what_breaks_the_promise_is_found(what: str) -> None:
    assert any(difference.startswith(what) for difference in _found(_changed(_BREAKS[what])))
