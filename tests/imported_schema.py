"""Shapes as JSON Schemas, and what the `jsonschema` package says of values: an oracle apart from generated types."""

# ruff: noqa: ANN401 - JSON comes as it comes

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker

from devmatrix.discovery.interface import Interface, Parameter
from devmatrix.discovery.proofs.patterns import as_python
from devmatrix.discovery.shapes import Shape, ShapeKind

CHECKER = FormatChecker(formats=())


@CHECKER.checks("email")
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or ("@" in value and " " not in value and "." in value.partition("@")[2])


@CHECKER.checks("date", ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


@CHECKER.checks("date-time", ValueError)
def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return "T" in value and datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None


@CHECKER.checks("time", ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(time.fromisoformat(value))


@CHECKER.checks("uuid", ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 36 and bool(UUID(value)))


@CHECKER.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or ("://" in value and " " not in value)


def schema_of(interface: Interface, shape: Shape, *, request: bool) -> dict[str, Any]:
    """The JSON Schema of a shape, named ones below $defs."""
    found = _schema(shape, request)
    found["$defs"] = {name: _schema(one, request) for name, one in interface.shapes.items()}
    return found


def _schema(shape: Shape, request: bool) -> dict[str, Any]:
    if shape.kind is ShapeKind.NAMED:
        target: dict[str, Any] = {"$ref": f"#/$defs/{shape.name}"}
        return {"anyOf": [target, {"type": "null"}]} if shape.nullable else target
    found: dict[str, Any] = {}
    if shape.kind is ShapeKind.UNION:
        found["anyOf"] = [_schema(one, request) for one in shape.alternatives]
    elif shape.kind not in (ShapeKind.ANY, ShapeKind.BINARY):
        found["type"] = shape.kind.value
    names = {
        "minimum": shape.minimum,
        "maximum": shape.maximum,
        "exclusiveMinimum": shape.exclusive_minimum,
        "exclusiveMaximum": shape.exclusive_maximum,
        "multipleOf": shape.multiple_of,
        "minLength": shape.min_length,
        "maxLength": shape.max_length,
        "pattern": as_python(shape.pattern) if shape.pattern else None,
        "minItems": shape.min_items,
        "maxItems": shape.max_items,
        "uniqueItems": shape.unique_items or None,
        "minProperties": shape.min_properties,
        "maxProperties": shape.max_properties,
        "format": shape.format.replace("url", "uri") or None,
        "enum": list(shape.choices) or None,
    }
    found |= {key: value for key, value in names.items() if value is not None}
    if request and shape.format == "int32":
        found["allOf"] = [{"minimum": -(2**31), "maximum": 2**31 - 1}]
    if shape.items is not None:
        found["items"] = _schema(shape.items, request)
    if shape.kind is ShapeKind.OBJECT:
        listed = [one for one in shape.properties if not (one.read_only if request else one.write_only)]
        found["properties"] = {one.name: _schema(one.shape, request) for one in listed}
        found["required"] = [one.name for one in listed if one.required]
        if shape.closed:
            found["additionalProperties"] = False
        elif shape.additional is not None:
            found["additionalProperties"] = _schema(shape.additional, request)
    return {"anyOf": [found, {"type": "null"}]} if shape.nullable else found


def first_error(interface: Interface, shape: Shape, value: Any, *, request: bool = True) -> str | None:
    """The dotted name of the first offending property, "body" for the whole; none where the value is valid."""
    validator = Draft202012Validator(schema_of(interface, shape, request=request), format_checker=CHECKER)
    errors = sorted(validator.iter_errors(value), key=lambda error: len(error.absolute_path))
    if not errors:
        return None
    error = errors[0]
    path = [str(part) for part in error.absolute_path]
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
        path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        path.append(str(missing))
    return ".".join(path) or "body"


def parsed(interface: Interface, parameter: Parameter, values: list[str]) -> Any:
    """The value of a parameter in a URL. Raises ValueError where it is malformed."""
    shape = interface.resolve(parameter.shape)
    if shape.kind is ShapeKind.ARRAY:
        texts = [part for value in values for part in (value.split(",") if parameter.separated else [value])]
        items = interface.resolve(shape.items) if shape.items is not None else Shape(kind=ShapeKind.STRING)
        value: Any = [_scalar(items, text) for text in texts]
    else:
        value = _scalar(shape, values[-1])
    if first_error(interface, parameter.shape, value) is not None:
        raise ValueError(parameter.name)
    return value


def _scalar(shape: Shape, text: str) -> Any:
    match shape.kind:
        case ShapeKind.INTEGER:
            return int(text)
        case ShapeKind.NUMBER:
            return float(text)
        case ShapeKind.BOOLEAN:
            return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse(text)
        case _:
            return text


def _refuse(text: str) -> Any:
    raise ValueError(text)
