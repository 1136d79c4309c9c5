"""Tokens of which documents tell only how they are shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Source as From
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.sources import Source

_TEXT = {"type": "string"}


def _json(shape: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": shape}}}


def _document(answer: dict[str, Any], headers: dict[str, Any] | None = None) -> DiscoveryDocument:
    given = {"type": "object", "required": ["email", "password"], "properties": {"email": _TEXT, "password": _TEXT}}
    shown = {"description": "it", **_json(answer)}
    login = {"requestBody": _json(given), "responses": {"200": {**shown, "headers": headers or {}}}}
    sailor = {"type": "object", "required": ["email"], "properties": {"email": _TEXT, "rank": _TEXT}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Crews", "version": "1"},
        "paths": {
            "/sailors": {"post": {"requestBody": _json(given), "responses": {"201": shown}}},
            "/login": {"post": login},
            "/me": {"get": {"security": [{"Key": []}], "responses": {"200": shown}}},
        },
        "components": {
            "schemas": {"Sailor": sailor},
            "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }
    return read_openapi(Source(json.dumps(document), "crews.json", Path("crews.json")))


_SAILOR = {"$ref": "#/components/schemas/Sailor"}
_INLINE = {"type": "object", "properties": {"email": _TEXT, "rank": _TEXT}}


@pytest.mark.parametrize(
    "answer",
    [
        _SAILOR,
        {"type": "object", "properties": {"sailor": _SAILOR}},
        {"type": "object", "properties": {"sailor": _INLINE}},
    ],
)
def test_the_login_answers_with_a_token_that_nothing_else_has(answer: dict[str, Any]) -> None:
    document = _document(answer)
    assert document.interface is not None
    (login,) = (one for one in document.interface.endpoints if one.pointer.startswith("/paths/~1login"))
    text = login.model_dump_json() + document.interface.model_dump_json(include={"views"})
    assert f'"name":"token","value":{{"source":"{From.TOKEN}"' in text
    assert document.interface.scheme("Key").kind == "token"
    assert any("`token`" in one.text for one in document.assumptions)


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        ({"type": "object", "properties": {"jwt": _TEXT, "sailor": _SAILOR}}, {}),
        (_SAILOR, {"Set-Cookie": {"schema": _TEXT}}),
        ({**_INLINE, "additionalProperties": False}, {}),
    ],
)
def test_nothing_is_added_where_there_is_one_or_may_be_none(answer: dict[str, Any], headers: dict[str, Any]) -> None:
    document = _document(answer, headers)
    assert not any("`token`" in one.text for one in document.assumptions)
