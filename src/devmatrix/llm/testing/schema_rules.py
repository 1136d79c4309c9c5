"""What the two APIs do not take in the JSON Schema of a reply."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from devmatrix.llm.testing.refusals import invalid

STRING_FORMATS = frozenset("date-time time date duration email hostname uri ipv4 ipv6 uuid".split())
MAX_OPTIONAL = 24
MAX_UNIONS = 16

_UNSUPPORTED = {
    "integer": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "number": ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    "string": ("maxLength", "minLength"),
    "array": ("contains", "maxItems", "prefixItems", "uniqueItems"),
    "object": ("maxProperties", "minProperties", "patternProperties", "propertyNames"),
}
_TYPED_BY = ("type", "anyOf", "allOf", "enum", "const", "$ref")
_HARD_PATTERN = re.compile(r"\(\?|\\[bB1-9]")

Schema = Mapping[str, JsonValue]


@dataclass(frozen=True)
class _Node:
    schema: Schema
    kind: str


def check_messages_schema(schema: Schema, where: str) -> None:
    """Raises Refused as the Messages API does for `output_config.format.schema` and strict tools."""
    _check_references(schema, where)
    for node in _nodes(schema):
        complaint = _complaint(node)
        if complaint:
            raise invalid(f"{where}: {complaint}")
    optional, unions = _counts(schema)
    if optional > MAX_OPTIONAL:
        raise invalid(
            f"Schemas contains too many optional parameters ({optional}), which would make grammar compilation "
            f"inefficient. Reduce the number of optional parameters in your tool schemas (limit: {MAX_OPTIONAL})."
        )
    if unions > MAX_UNIONS:
        raise invalid(
            f"Schemas contains too many parameters with union types ({unions} parameters with type arrays or anyOf), "
            f"which would make grammar compilation inefficient (limit: {MAX_UNIONS} parameters with unions)."
        )


def check_chat_schema(schema: Schema, name: str) -> None:
    """Raises Refused as chat completions do for a strict `response_format`."""
    where = f"Invalid schema for response_format '{name}'"
    if schema.get("type") != "object":
        raise _chat(f"{where}: schema must be a JSON Schema of 'type: \"object\"', got 'type: {schema.get('type')}'.")
    for node in _nodes(schema):
        if node.kind != "object":
            continue
        if node.schema.get("additionalProperties") is not False:
            raise _chat(f"{where}: In context=(), 'additionalProperties' is required to be supplied and to be false.")
        missing = [key for key in _mapping(node.schema.get("properties")) if key not in _names(node.schema)]
        if missing:
            raise _chat(
                f"{where}: In context=(), 'required' is required to be supplied and to be an array including every "
                f"key in properties. Missing '{missing[0]}'."
            )


def _chat(message: str) -> Exception:
    return invalid(message, param="response_format")


def _complaint(node: _Node) -> str:
    schema, kind = node.schema, node.kind
    if "oneOf" in schema:
        return "Schema type 'oneOf' is not supported"
    if not any(key in schema for key in _TYPED_BY):
        return "Invalid schema: one of 'type', 'anyOf', 'allOf', 'enum', 'const' or '$ref' is required"
    if kind == "object" and schema.get("additionalProperties") is not False:
        return "For 'object' type, 'additionalProperties' must be explicitly set to false"
    unsupported = [key for key in _UNSUPPORTED.get(kind, ()) if key in schema]
    if len(unsupported) == 1:
        return f"For '{kind}' type, property '{unsupported[0]}' is not supported"
    if unsupported:
        return f"For '{kind}' type, properties {', '.join(unsupported)} are not supported"
    if kind == "array" and schema.get("minItems", 0) not in (0, 1):
        return "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    if kind == "string" and "format" in schema and schema["format"] not in STRING_FORMATS:
        return f"For 'string' type, 'format' value '{schema['format']}' is not supported"
    if kind == "string" and _HARD_PATTERN.search(str(schema.get("pattern", ""))):
        return "For 'string' type, 'pattern' with lookaround, backreferences or word boundaries is not supported"
    return ""


def _nodes(schema: JsonValue | Schema) -> Iterator[_Node]:
    """All schemas within one, itself first; references are not followed, what they lead to is met in `$defs`."""
    if not isinstance(schema, Mapping):
        return
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        yield _Node(schema, str(kind))
    for key in ("properties", "$defs", "definitions"):
        for inner in _mapping(schema.get(key)).values():
            yield from _nodes(inner)
    yield from _nodes(schema.get("items"))
    for key in ("anyOf", "allOf"):
        variants = schema.get(key)
        for inner in variants if isinstance(variants, list) else []:
            yield from _nodes(inner)


def _counts(schema: Schema) -> tuple[int, int]:
    """Optional parameters, and parameters of more than one type, outside of `$defs`."""
    outside = {key: value for key, value in schema.items() if key not in ("$defs", "definitions")}
    optional = unions = 0
    for node in _nodes(outside):
        for name, inner in _mapping(node.schema.get("properties")).items():
            optional += name not in _names(node.schema)
            unions += isinstance(inner, Mapping) and ("anyOf" in inner or isinstance(inner.get("type"), list))
    return optional, unions


def _check_references(schema: Schema, where: str) -> None:
    definitions = {**_mapping(schema.get("definitions")), **_mapping(schema.get("$defs"))}
    edges = {name: set(_targets(inner)) for name, inner in definitions.items()}
    for target in _targets(schema):
        if target not in definitions:
            raise invalid(f"{where}: Invalid $ref '{target}': only references to '#/$defs/...' are supported")
    for name in edges:
        path, reached = [name], set()
        while path:
            for following in edges.get(path.pop(), ()):
                if following == name:
                    raise invalid(f"{where}: Circular reference detected in schema definitions: {name} -> {name}")
                if following not in reached:
                    reached.add(following)
                    path.append(following)


def _targets(value: JsonValue | Schema) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "$ref" and isinstance(inner, str):
                yield re.sub(r"^#/(\$defs|definitions)/", "", inner)
            else:
                yield from _targets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _targets(inner)


def _mapping(value: JsonValue | Schema) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _names(schema: Schema) -> list[JsonValue]:
    required = schema.get("required")
    return required if isinstance(required, list) else []
