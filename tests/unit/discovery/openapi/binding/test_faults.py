"""Errors that blame fields, as examples show them."""

import json
from pathlib import Path

import pytest

from devmatrix.discovery.interface import RECORD_KEY, Fault, FaultValue, Interface, Reason
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.sources import Source

_NAMES = "Not found. The error key identifies the resource type (kite, tail, ...)"
_TEXT = {"type": "string"}
_ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}}},
}


def _reply(description: str, key: str, sentence: str) -> dict[str, object]:
    content = {"schema": _ERRORS, "example": {"errors": {key: [sentence]}}}
    return {"description": description, "content": {"application/json": content}}


def _interface(missing: str = _NAMES, others: dict[str, object] | None = None) -> Interface:
    kite = {"type": "object", "required": ["id", "title"], "properties": {"id": {"type": "integer"}, "title": _TEXT}}
    tail = {"type": "object", "required": ["id", "length"], "properties": {"id": {"type": "integer"}, "length": _TEXT}}
    one = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Kite"}}}}
    made = {"description": "made", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tail"}}}}
    new = {"type": "object", "required": ["length"], "properties": {"length": _TEXT}}
    not_found = _reply(missing, "resource", "not found")
    flown = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    tied = {"name": "tail", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {
        "/kites": {"post": {"requestBody": one, "responses": {"201": {"description": "made", **one}}}},
        "/kites/{id}/tails": {
            "post": {
                "parameters": [flown],
                "requestBody": {"content": {"application/json": {"schema": new}}},
                "responses": {"201": made, "404": not_found},
            }
        },
        "/kites/{id}/tails/{tail}": {
            "delete": {
                "parameters": [flown, tied],
                "responses": {"204": {"description": "gone"}, "404": not_found, **(others or {})},
            }
        },
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Kites", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Kite": kite, "Tail": tail}},
    }
    interface = read_openapi(Source(json.dumps(document), "kites.json", Path("kites.json"))).interface
    assert interface is not None
    return interface


def _by_field(interface: Interface, reason: Reason) -> FaultValue:
    (endpoint,) = (one for one in interface.endpoints if one.operation.startswith("delete"))
    (body,) = (one.body for one in endpoint.refusals if one.reason is reason)
    assert body is not None
    return body.fields[0].value


def test_a_key_may_name_the_record() -> None:
    interface = _interface()
    assert _by_field(interface, Reason.MISSING).key == RECORD_KEY
    assert _by_field(interface, Reason.MISSING).sentence == "not found"
    (endpoint,) = (one for one in interface.endpoints if one.operation.startswith("delete"))
    assert endpoint.effect is not None
    assert [one.called for one in endpoint.effect.lookups] == ["kite", "tail"]


@pytest.mark.parametrize("missing", ["Not found", "There is no such resource"])
def test_else_it_is_the_key_that_is_shown(missing: str) -> None:
    interface = _interface(missing)
    assert _by_field(interface, Reason.MISSING).key == "resource"
    assert all(not one.called for each in interface.endpoints if each.effect for one in each.effect.lookups)


def test_a_status_for_several_reasons_shows_nothing_of_one() -> None:
    interface = _interface(others={"default": _reply("Any error", "length", "is odd")})
    assert _by_field(interface, Reason.INVALID_PATH).sentence == ""


@pytest.mark.parametrize(("others", "constant"), [(("404",), "Lost at sea"), (("404", "400"), None)])
def test_what_a_shape_shows_is_of_one_status_only(others: tuple[str, ...], constant: str | None) -> None:
    kite = {"type": "object", "properties": {"id": {"type": "integer"}, "title": _TEXT}}
    wrong = {"type": "object", "required": ["message"], "properties": {"message": {**_TEXT, "example": "Lost at sea"}}}
    one = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Kite"}}}}
    error = {"description": "no", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wrong"}}}}
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    read = {"parameters": [key], "responses": {"200": {"description": "a", **one}, **dict.fromkeys(others, error)}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Kites", "version": "1"},
        "paths": {
            "/kites": {"post": {"requestBody": one, "responses": {"201": {"description": "made", **one}}}},
            "/kites/{id}": {"get": read},
        },
        "components": {"schemas": {"Kite": kite, "Wrong": wrong}},
    }
    interface = read_openapi(Source(json.dumps(document), "kites.json", Path("kites.json"))).interface
    assert interface is not None
    (endpoint,) = (one for one in interface.endpoints if one.pointer.endswith("get"))
    (body,) = (one.body for one in endpoint.refusals if one.reason is Reason.MISSING)
    assert body is not None
    assert body.fields[0].value.constant == constant
    assert (body.fields[0].value.source is Fault.CONSTANT) is (constant is not None)
