"""Patterns in a dialect that Python does not read."""

import json
from pathlib import Path

import pytest

from devmatrix.discovery.given import require_sound
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source


@pytest.mark.parametrize(("pattern", "kept"), [(r"^\p{L}+$", None), ("^(?<a>b)$", None), ("^[a-z]+$", "^[a-z]+$")])
def test_documents_may_have_them(pattern: str, kept: str | None) -> None:
    given = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "pattern": pattern}}}
    boat = {"allOf": [given, {"type": "object", "properties": {"id": {"type": "integer"}}}]}
    made = {
        "requestBody": {"content": {"application/json": {"schema": given}}},
        "responses": {"201": {"description": "made", "content": {"application/json": {"schema": boat}}}},
    }
    text = json.dumps(
        {"openapi": "3.0.3", "info": {"title": "Boats", "version": "1"}, "paths": {"/boats": {"post": made}}}
    )
    document = read_openapi(Source(text, "boats.json", Path("boats.json")))
    assert document.entities[0].attribute("name").pattern == kept
    require_sound(document)
    assert derive(document).requirements


def test_one_text_that_cannot_be_made_spares_the_other_edges() -> None:
    name = {"type": "string", "pattern": "^([a-z]{2})+$", "maxLength": 9}
    given = {"type": "object", "required": ["name"], "properties": {"name": name, "masts": {"type": "integer"}}}
    made = {
        "requestBody": {"content": {"application/json": {"schema": given}}},
        "responses": {"201": {"description": "made", "content": {"application/json": {"schema": given}}}},
    }
    text = json.dumps(
        {"openapi": "3.0.3", "info": {"title": "Boats", "version": "1"}, "paths": {"/boats": {"post": made}}}
    )
    assert derive(read_openapi(Source(text, "boats.json", Path("boats.json")))).omissions == ()
