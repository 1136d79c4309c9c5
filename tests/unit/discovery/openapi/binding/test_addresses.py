"""URLs of records in their answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Source, Value
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source as Given
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_reference import ImportedReference

_TEXT = {"type": "string"}
_URL = {"type": "string", "format": "uri"}


def _document(name: str, shape: dict[str, Any], *, given: bool = False, reads: bool = True) -> DiscoveryDocument:
    boat = {"type": "object", "required": ["name", name], "properties": {"id": _TEXT, "name": _TEXT, name: shape}}
    new = {"type": "object", "required": ["name"], "properties": {"name": _TEXT, **({name: shape} if given else {})}}
    shown = {"description": "it", "content": {"application/json": {"schema": boat}}}
    made = {"requestBody": {"required": True, "content": {"application/json": {"schema": new}}}}
    key = {"name": "boatId", "in": "path", "required": True, "schema": _TEXT}
    read = {"parameters": [key], "get" if reads else "delete": {"responses": {"200": shown}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Boats", "version": "1"},
        "servers": [{"url": "/v1"}],
        "paths": {"/boats": {"post": {**made, "responses": {"201": shown}}}, "/boats/{boatId}": read},
    }
    return read_openapi(Given(json.dumps(document), "boats.json", Path("boats.json")))


def _value(document: DiscoveryDocument, name: str) -> Value:
    assert document.interface is not None
    (value,) = (one.value for view in document.interface.views for one in view.members if one.name == name)
    return value


@pytest.mark.parametrize("name", ["url", "self", "href"])
def test_a_record_says_where_it_is_read(name: str) -> None:
    document = _document(name, _URL)
    assert _value(document, name) == Value(source=Source.ADDRESS, attribute="id", value="/v1/boats/{}")
    derived = derive(document)
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    service = ImportedReference(document)
    assert [one.message for one in play_with(service, service, document) if not one.passed] == []


def test_other_urls_are_what_they_are_given_as() -> None:
    assert _value(_document("url", _URL, given=True), "url").source is Source.ATTRIBUTE
    assert _value(_document("url", _URL, reads=False), "url").source is Source.ATTRIBUTE
    assert _value(_document("logo", _URL), "logo").source is Source.ATTRIBUTE
    assert _value(_document("url", {"type": "string", "format": "email"}), "url").source is Source.ATTRIBUTE
