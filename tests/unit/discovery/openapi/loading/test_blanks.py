"""Texts that may not be empty, because a shown error says so."""

import json
from pathlib import Path

from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.openapi.loading import load, refuse_blanks
from devmatrix.discovery.shapes import Shape
from devmatrix.discovery.sources import Source


def _text(**more: object) -> dict[str, object]:
    return {"type": "string", **more}


def _given(sentence: str, status: str = "422") -> Given:
    schemas = {
        "NewKite": {
            "type": "object",
            "required": ["title", "colour", "shape", "motto"],
            "properties": {
                "title": _text(),
                "colour": _text(enum=["red", "blue"]),
                "shape": _text(minLength=3),
                "motto": _text(nullable=True),
                "note": _text(),
            },
        },
        "KiteChange": {"type": "object", "properties": {"title": _text(), "note": _text()}},
    }

    def operation(name: str) -> dict[str, object]:
        body = {
            "type": "object",
            "required": ["kite"],
            "properties": {"kite": {"$ref": f"#/components/schemas/{name}"}},
        }
        example = {"errors": {"title": [sentence]}}
        return {
            "requestBody": {"content": {"application/json": {"schema": body}}},
            "responses": {
                "200": {"description": "done"},
                status: {"description": "no", "content": {"application/json": {"schema": {}, "example": example}}},
            },
        }

    paths = {"/kites": {"post": operation("NewKite"), "put": operation("KiteChange")}}
    text = json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": "Kites", "version": "1"},
            "paths": paths,
            "components": {"schemas": schemas},
        }
    )
    return refuse_blanks(load(Source(text, "kites.json", Path("kites.json"))))


def _least(given: Given, name: str) -> dict[str, int | None]:
    shape: Shape = given.shapes[name]
    return {one.name: one.shape.min_length for one in shape.properties}


def test_what_a_body_needs_may_be_empty_in_none() -> None:
    given = _given("can't be blank")
    assert given.blank == "can't be blank"
    assert _least(given, "NewKite") == {"title": 1, "colour": None, "shape": 3, "motto": None, "note": None}
    assert _least(given, "KiteChange") == {"title": 1, "note": None}


def test_other_errors_say_nothing_of_empty_texts() -> None:
    for given in (_given("is too short"), _given("must not be blank", status="409")):
        assert given.blank == ""
        assert _least(given, "NewKite")["title"] is None
