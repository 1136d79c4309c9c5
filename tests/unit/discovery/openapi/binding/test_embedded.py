"""Records inside bodies, and records that are made in more than one place."""

import json
import re
from pathlib import Path
from typing import Any

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.shapes import Property
from devmatrix.discovery.sources import Source
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_reference import ImportedReference


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_ID = {"type": "integer", "minimum": 1, "readOnly": True}
_TEXT = {"type": "string"}
_SCHEMAS = {
    "Rig": _object(["id", "name"], id=_ID, name=_TEXT),
    "Harbour": _object(["id", "town"], id=_ID, town=_TEXT),
    "BoatFields": _object(
        ["name", "rig", "buoys"],
        name=_TEXT,
        rig=_ref("Rig"),
        buoys={"type": "array", "items": _object(["id", "colour"], id=_ID, colour=_TEXT)},
    ),
    "Boat": {"allOf": [_ref("BoatFields"), _object(["id"], id=_ID, harbourId=_ID)]},
}


def _json(shape: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": shape}}}


def _made(name: str, given: str = "") -> dict[str, Any]:
    return {"requestBody": {"required": True, **_json(_ref(given or name))}, "responses": _one(name, "201")}


def _one(name: str, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "it", **_json(_ref(name))}, "404": {"description": "none"}}


def _key(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}


def _document() -> DiscoveryDocument:
    paths = {
        "/rigs": {"post": _made("Rig")},
        "/rigs/{id}": {"parameters": [_key("id")], "get": {"responses": _one("Rig")}},
        "/harbours": {"post": _made("Harbour")},
        "/boats": {"post": _made("Boat", "BoatFields")},
        "/boats/{boatId}": {"parameters": [_key("boatId")], "get": {"responses": _one("Boat")}},
        "/harbours/{harbourId}/boats": {"parameters": [_key("harbourId")], "post": _made("Boat", "BoatFields")},
        "/harbours/{harbourId}/boats/{boatId}": {
            "parameters": [_key("harbourId"), _key("boatId")],
            "get": {"responses": _one("Boat")},
        },
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Boats", "version": "1"},
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }
    return read_openapi(Source(json.dumps(document), "boats.json", Path("boats.json")))


def test_bodies_name_records_inside_them_by_their_keys() -> None:
    document = _document()
    assert document.interface is not None
    (endpoint,) = (
        one for one in document.interface.endpoints if one.pointer.endswith("boats/post") and not one.parameters
    )
    assert endpoint.effect is not None
    assert {(one.name, one.match) for one in endpoint.effect.writes} == {
        ("/name", ""),
        ("/rig/id", "id"),
        ("/buoys", ""),
    }

    def inside(name: str) -> Property:
        one = endpoint.bodies[0].shape.property(name)
        assert one is not None
        found = (one.shape.items or one.shape).property("id")
        assert found is not None
        return found

    assert not inside("rig").read_only
    assert not inside("buoys").read_only
    own = document.interface.shapes["Rig"].property("id")
    assert own is not None
    assert own.read_only


def test_records_are_made_where_they_are_looked_for() -> None:
    document = _document()
    derived = derive(document)
    assert not derived.omissions
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    service = ImportedReference(document)
    verdicts = play_with(service, service, document)
    assert [one.message for one in verdicts if not one.passed] == []
    steps = [step for one in document.requirements for each in one.scenarios for step in each.steps]
    assert any(re.fullmatch(r"/harbours/\$\{\w+\}/boats/\$\{\w+\}", step.path) for step in steps)


def test_records_that_name_their_parent_are_listed_in_it() -> None:
    boat = _object(["harbourId"], id={"type": "integer"}, harbourId={"type": "integer"}, name=_TEXT)
    listed = {"200": {"description": "all", **_json({"type": "array", "items": _ref("Boat")})}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Boats", "version": "1"},
        "paths": {
            "/harbours": {"post": _made("Harbour")},
            "/boats": {"post": _made("Boat"), "get": {"responses": listed}},
            "/harbours/{id}/boats": {"parameters": [_key("id")], "get": {"responses": listed}},
        },
        "components": {"schemas": {**_SCHEMAS, "Boat": boat}},
    }
    derived = derive(read_openapi(Source(json.dumps(document), "boats.json", Path("boats.json"))))
    assert not derived.omissions
