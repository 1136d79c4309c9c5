"""Accounts that no operation keeps, and answers that are no JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Endpoint, Source
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source as Given
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_reference import ImportedReference

_TEXT = {"type": "string"}
_BOAT = {"type": "object", "required": ["name"], "properties": {"id": {"type": "integer"}, "name": _TEXT}}
_GIVEN = {"type": "object", "required": ["name"], "properties": {"name": _TEXT}}
_SAILOR = {"type": "object", "properties": {"username": _TEXT, "password": _TEXT}}
_KEY = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def _json(shape: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": shape}}}


def _document(gone: dict[str, Any]) -> DiscoveryDocument:
    token = {"type": "object", "properties": {"token": _TEXT}}
    deleted = {"200": {"description": "Sunk", "content": {"text/plain": {"schema": _TEXT, **gone}}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Boats", "version": "1"},
        "paths": {
            "/auth": {
                "post": {"requestBody": _json(_SAILOR), "responses": {"200": {"description": "in", **_json(token)}}}
            },
            "/ping": {"get": {"responses": deleted}},
            "/boats": {
                "post": {"requestBody": _json(_GIVEN), "responses": {"201": {"description": "a", **_json(_BOAT)}}}
            },
            "/boats/{id}": {
                "parameters": [_KEY],
                "get": {"responses": {"200": {"description": "a", **_json(_BOAT)}, "404": {"description": "none"}}},
                "delete": {"security": [{"Pass": []}], "responses": deleted},
            },
        },
        "components": {"securitySchemes": {"Pass": {"type": "apiKey", "in": "cookie", "name": "token"}}},
    }
    return read_openapi(Given(json.dumps(document), "boats.json", Path("boats.json")))


def _endpoint(document: DiscoveryDocument, pointer: str) -> Endpoint:
    assert document.interface is not None
    return next(one for one in document.interface.endpoints if one.pointer == pointer)


def test_accounts_stand_behind_a_login_that_is_all_there_is_of_them() -> None:
    document = _document({})
    entity = document.account_entity
    assert entity is not None
    assert entity.account is not None
    assert entity.account.seeded
    effect = _endpoint(document, "/paths/~1auth/post").effect
    assert effect is not None
    assert effect.credentials is not None
    assert (effect.credentials.login, effect.credentials.password) == ("/username", "/password")


@pytest.mark.parametrize(("gone", "text"), [({"example": "Down she went"}, "Down she went"), ({}, "Sunk")])
def test_deeds_and_signs_of_life_answer_with_the_text_that_is_shown(gone: dict[str, Any], text: str) -> None:
    for pointer in ("/paths/~1boats~1{id}/delete", "/paths/~1ping/get"):
        effect = _endpoint(_document(gone), pointer).effect
        assert effect is not None
        assert effect.answer is not None
        assert (effect.answer.source, effect.answer.value) == (Source.CONSTANT, text)


def test_all_of_it_is_proven() -> None:
    document = _document({})
    derived = derive(document)
    assert not derived.omissions
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    service = ImportedReference(document)
    assert [one.message for one in play_with(service, service, document) if not one.passed] == []
