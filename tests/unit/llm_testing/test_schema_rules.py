"""Schemas of replies: what the two APIs take, and how they say no."""

import re
from collections.abc import Mapping
from contextlib import suppress

import pytest
from anthropic import transform_schema
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, JsonValue

from devmatrix.llm.testing.refusals import Refused
from devmatrix.llm.testing.schema_rules import check_chat_schema, check_messages_schema
from devmatrix.llm.testing.scripted import plainest

Schema = Mapping[str, JsonValue]


def thing(**properties: JsonValue) -> dict[str, JsonValue]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


REFUSED: dict[str, tuple[Schema, str]] = {
    "open object": ({"type": "object"}, "For 'object' type, 'additionalProperties' must be explicitly set to false"),
    "open object inside": (
        thing(inner={"type": "array", "items": {"type": "object", "additionalProperties": True}}),
        "For 'object' type, 'additionalProperties' must be explicitly set to false",
    ),
    "one bound": (
        thing(n={"type": "integer", "minimum": 1}),
        "For 'integer' type, property 'minimum' is not supported",
    ),
    "two bounds": (
        thing(n={"type": "integer", "minimum": 1, "maximum": 5}),
        "For 'integer' type, properties maximum, minimum are not supported",
    ),
    "length": (thing(s={"type": "string", "maxLength": 1}), "For 'string' type, property 'maxLength' is not supported"),
    "format": (thing(s={"type": "string", "format": "binary"}), "For 'string' type, 'format' value 'binary'"),
    "lookahead": (thing(s={"type": "string", "pattern": "^(?=a)"}), "For 'string' type, 'pattern' with lookaround"),
    "many items": (
        thing(a={"type": "array", "items": {"type": "string"}, "minItems": 2}),
        "For 'array' type, 'minItems' values other than 0 or 1 are not supported",
    ),
    "one of": (thing(x={"oneOf": [{"type": "string"}]}), "Schema type 'oneOf' is not supported"),
    "anything": (thing(x={}), "Invalid schema"),
    "circle": (
        {
            **thing(x={"$ref": "#/$defs/A"}),
            "$defs": {"A": thing(b={"$ref": "#/$defs/B"}), "B": thing(a={"$ref": "#/$defs/A"})},
        },
        "Circular reference detected in schema definitions",
    ),
    "elsewhere": (thing(x={"$ref": "https://example.org/a"}), "Invalid $ref"),
}


@pytest.mark.parametrize(("schema", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_messages_api_does_not_support(schema: Schema, message: str) -> None:
    with pytest.raises(Refused, match="^400 there: " + re.escape(message)):
        check_messages_schema(schema, "there")


def test_too_many_optional_and_too_many_unions() -> None:
    texts: dict[str, JsonValue] = {f"p{n}": {"type": "string"} for n in range(25)}
    optional = {**thing(**texts), "required": []}
    with pytest.raises(Refused, match=r"too many optional parameters \(25\)"):
        check_messages_schema(optional, "there")
    either: dict[str, JsonValue] = {f"p{n}": {"anyOf": [{"type": "string"}, {"type": "null"}]} for n in range(17)}
    unions = thing(**either)
    with pytest.raises(Refused, match=r"union types \(17 parameters"):
        check_messages_schema(unions, "there")


class Line(BaseModel):
    text: str = Field(min_length=1, max_length=10)
    number: int = Field(ge=1)
    more: list[int] = Field(min_length=3)
    maybe: str | None = None


class Page(BaseModel):
    lines: list[Line]
    title: str


def test_what_the_official_client_makes_of_a_model_is_taken() -> None:
    with pytest.raises(Refused):
        check_messages_schema(Page.model_json_schema(), "there")
    check_messages_schema(transform_schema(Page), "there")


def test_strict_chat_schemas_want_all_properties_required() -> None:
    check_chat_schema(thing(a={"type": "string"}), "x")
    with pytest.raises(Refused, match="Missing 'a'"):
        check_chat_schema({**thing(a={"type": "string"}), "required": []}, "x")
    with pytest.raises(Refused, match="'additionalProperties' is required"):
        check_chat_schema({"type": "object"}, "x")
    with pytest.raises(Refused, match="must be a JSON Schema of 'type: \"object\"'"):
        check_chat_schema({"type": "array"}, "x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "items", "anyOf", "$ref", "$defs", "required", "enum", "oneOf", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["type", "properties", "items", "anyOf", "$ref", "$defs", "required"]), JSON))
def test_no_schema_breaks_the_check(schema: dict[str, JsonValue]) -> None:
    for check in (check_messages_schema, check_chat_schema):
        with suppress(Refused):
            check(schema, "there")


def test_the_plainest_value_fits() -> None:
    page = Page.model_json_schema()
    assert plainest(page, page) == {"lines": [], "title": ""}
    assert plainest({"anyOf": [{"enum": ["b", "c"]}]}, {}) == "b"
    assert plainest({"type": ["integer", "null"]}, {}) == 0
    assert plainest({"type": "array", "minItems": 1, "items": {"const": 4}}, {}) == [4]
