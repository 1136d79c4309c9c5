"""Collections that are deleted as a whole."""

import json
from pathlib import Path
from typing import Any

import pytest

from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source
from devmatrix.validation.scenarios.runner import ScenarioVerdict, play_with
from tests.imported_reference import ImportedReference

_TEXT = {"type": "string"}
_KEY = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
_GONE = {"responses": {"204": {"description": "gone"}, "404": {"description": "none"}}}


def _document(*parameters: dict[str, Any]) -> DiscoveryDocument:
    boat = {"type": "object", "properties": {"id": {"type": "integer"}, "name": _TEXT}}
    given = {"type": "object", "required": ["name"], "properties": {"name": _TEXT}}
    shown = {"description": "it", "content": {"application/json": {"schema": boat}}}
    listed = {"description": "all", "content": {"application/json": {"schema": {"type": "array", "items": boat}}}}
    made = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": given}}},
        "responses": {"201": shown},
    }
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Boats", "version": "1"},
        "paths": {
            "/boats": {
                "post": made,
                "get": {"responses": {"200": listed}},
                "delete": {**_GONE, "parameters": list(parameters)},
            },
            "/boats/{id}": {
                "parameters": [_KEY],
                "get": {"responses": {"200": shown, "404": {"description": "none"}}},
            },
        },
    }
    return read_openapi(Source(json.dumps(document), "boats.json", Path("boats.json")))


def _played(document: DiscoveryDocument, *flaws: str) -> list[ScenarioVerdict]:
    derived = derive(document)
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    service = ImportedReference(document, flaws)
    return [one for one in play_with(service, service, document) if not one.passed]


@pytest.mark.parametrize("parameters", [(), ({"name": "name", "in": "query", "schema": _TEXT},)])
def test_a_collection_goes_as_a_whole(parameters: tuple[dict[str, Any], ...]) -> None:
    document = _document(*parameters)
    (clearing,) = (one for one in document.operations if one.kind is OperationKind.BULK_DELETE)
    assert document.interface is not None
    effect = document.interface.endpoint(clearing.id).effect
    assert effect is not None
    assert [one.parameter for one in effect.filters] == [one["name"] for one in parameters]
    assert _played(document) == []
    assert any("not there any more" in one.message for one in _played(document, "kept"))


def test_what_a_parameter_spares_must_be_known() -> None:
    document = _document({"name": "except", "in": "query", "schema": _TEXT})
    assert document.interface is not None
    (clearing,) = (one for one in document.interface.endpoints if one.pointer.endswith("/delete"))
    assert clearing.effect is None
    assert "except" in clearing.why_not
