"""Values for the tests of a project, as source."""

from pydantic import JsonValue

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.interface import Interface
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.records.fields import Field
from devmatrix.stacks.fastapi.imported.records.showing import source_of
from devmatrix.stacks.fastapi.imported.records.writing import Writer

_SAMPLES = {
    FieldType.DATE: ('"2026-01-31"', '"2026-02-28"'),
    FieldType.DATETIME: ('"2026-01-31T12:00:00.000Z"', '"2026-02-28T12:00:00.000Z"'),
    FieldType.TIME: ('"13:45:00"', '"14:45:00"'),
    FieldType.BOOLEAN: ("True", "False"),
    FieldType.FLOAT: ("1.5", "2.5"),
    FieldType.BINARY: ('b"bytes"', 'b"others"'),
    FieldType.INTEGER: ("1", "2"),
}


_LEAST: dict[ShapeKind, JsonValue] = {
    ShapeKind.STRING: "some text",
    ShapeKind.INTEGER: 1,
    ShapeKind.NUMBER: 1.5,
    ShapeKind.BOOLEAN: True,
}


_DEEPEST = 8


def sample_value(field: Field, writer: Writer, interface: Interface) -> str:
    """A value for the field; a new one each time where it must be unique."""
    return _value(field, writer, interface, 0)


def other_value(field: Field, writer: Writer, interface: Interface) -> str:
    """Another value than the sample."""
    return _value(field, writer, interface, 1)


def sample_of(shape: Shape, interface: Interface, depth: int = 0) -> JsonValue:
    """The least JSON value of that shape, as answers have it; null where a shape needs itself without end."""
    shape = interface.resolve(shape)
    if shape.nullable or depth > _DEEPEST:
        return None
    if shape.choices:
        return shape.choices[0]
    match shape.kind:
        case ShapeKind.OBJECT:
            return {one.name: sample_of(one.shape, interface, depth + 1) for one in shape.properties if one.required}
        case ShapeKind.UNION if shape.alternatives:
            return sample_of(shape.alternatives[0], interface, depth + 1)
        case ShapeKind.ANY | ShapeKind.NULL:
            return None
        case kind:
            return _LEAST.get(kind, [])


def _value(field: Field, writer: Writer, interface: Interface, which: int) -> str:
    attribute = field.attribute
    if attribute.type is FieldType.ENUM and attribute.choices:
        return literal(attribute.choices[min(which, len(attribute.choices) - 1)])
    if attribute.type is FieldType.JSON:
        return source_of(sample_of(attribute.shape, interface) if attribute.shape else [])
    if field.python_type == "str" and attribute.unique:
        text = f"{{{writer.use('new_text')}()}}"
        return f'f"{text}@example.com"' if attribute.type is FieldType.EMAIL else f"{writer.use('new_text')}()"
    if attribute.unique and field.python_type == "int":
        return f"{writer.imported('secrets', 'randbelow')}(2**31)"
    if attribute.type in _SAMPLES:
        return _SAMPLES[attribute.type][which]
    words = field.name.removesuffix("_hash").replace("_", " ")
    return literal(f"{'another' if which else 'some'} {words}")
