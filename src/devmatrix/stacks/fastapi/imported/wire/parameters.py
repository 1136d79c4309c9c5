"""Parameters of routes: what stands in the path, the query, headers and cookies."""

import re

from pydantic import JsonValue

from devmatrix.discovery.interface import Endpoint, Parameter
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.wire.annotations import Annotations, Writing, import_of, is_annotated, is_scalar
from devmatrix.stacks.fastapi.imported.wire.identifiers import parameter_names
from devmatrix.stacks.fastapi.imported.wire.plans import Declared

_TEXT = Shape(kind=ShapeKind.STRING)
_OPAQUE = Shape(kind=ShapeKind.ANY)


def declared_parameters(endpoint: Endpoint, annotations: Annotations) -> tuple[Declared, ...]:
    """All of them; those without a default come first."""
    names = python_names(endpoint)
    found = [_declared(each, names[each.place, each.name], annotations) for each in endpoint.parameters]
    return tuple(sorted(found, key=lambda each: " = " in _after_type(each.declaration)))


def python_names(endpoint: Endpoint) -> dict[tuple[str, str], str]:
    """Python names by place and wire name: the same name may stand in two places."""
    keys = {f"{each.place} {each.name}": each for each in endpoint.parameters}
    plain = [each.name for each in endpoint.parameters]
    wanted = {key: each.name if plain.count(each.name) == 1 else key for key, each in keys.items()}
    names = parameter_names(wanted.values())
    return {(each.place, each.name): names[wanted[key]] for key, each in keys.items()}


def served_path(path: str, endpoint: Endpoint) -> str:
    """The path as the framework takes it: names of parameters must be identifiers."""
    names = python_names(endpoint)

    def identifier(match: re.Match[str]) -> str:
        name = match[1]
        return f"{{{name if name.isidentifier() else names.get(('path', name), 'value')}}}"

    return re.sub(r"{([^{}]*)}", identifier, path)


def _declared(parameter: Parameter, name: str, annotations: Annotations) -> Declared:
    writing = Writing()
    shape = _parameter_shape(parameter, annotations)
    # Of what cannot be read from text, nothing is said.
    is_opaque = shape.kind is ShapeKind.ANY
    text = writing.use("Any") if is_opaque else annotations.write(shape, "text", writing, null=False)
    is_list = shape.kind is ShapeKind.ARRAY
    if parameter.separated and is_list:
        text = _with(text, writing.use("Commas"), writing)
    required = parameter.required or parameter.place == "path"
    default = None if required else _default(annotations.target(parameter.shape))
    optional = not required and default is None
    marker = _marker(parameter, name, is_explicit=is_list or is_opaque)
    if optional and not is_opaque:
        text = f"{text} | None"
    if isinstance(default, list):
        marker = f"{marker or 'Query()'}"[:-1] + f"{', ' if marker and '=' in marker else ''}"
        marker += f"default_factory=lambda: {literal(default)})"
    if marker:
        text = _with(text, marker, writing)
    end = "" if required or isinstance(default, list) else f" = {literal(default)}"
    place = marker.partition("(")[0] if marker else ""
    return Declared(
        name=name,
        declaration=f"{name}: {text}{end}",
        imports=(
            *(import_of(each) for each in sorted(writing.names)),
            *([f"from fastapi import {place}"] if place else []),
        ),
        wire_name=parameter.name,
        place=parameter.place,
        required=required,
    )


def _parameter_shape(parameter: Parameter, annotations: Annotations) -> Shape:
    """What can be read from text: scalars, and lists of them."""
    shape = annotations.target(parameter.shape)
    if is_scalar(shape):
        return shape
    if shape.kind is ShapeKind.ARRAY and parameter.place in ("query", "header"):
        items = annotations.target(shape.items) if shape.items else _TEXT
        return shape.model_copy(update={"items": items if is_scalar(items) else _TEXT})
    return _OPAQUE


def _marker(parameter: Parameter, name: str, *, is_explicit: bool) -> str:
    if parameter.place == "header":
        # The framework takes a name with underscores for one with dashes, where it is that of the argument.
        kept = ", convert_underscores=False" if parameter.name == name and "_" in name else ""
        return f"Header(alias={literal(parameter.name)}{kept})"
    wire = parameter.name
    if parameter.place == "path":
        return "" if name == wire or not wire.isidentifier() else f"Path(alias={literal(wire)})"
    alias = "" if name == wire else f"alias={literal(wire)}"
    if parameter.place == "cookie":
        return f"Cookie({alias})"
    return f"Query({alias})" if alias or is_explicit else ""


def _default(shape: Shape) -> JsonValue:
    """The documented default, where it is of the kind."""
    value = shape.default
    if shape.choices and value not in shape.choices:
        return None
    fits = {
        ShapeKind.INTEGER: isinstance(value, int) and not isinstance(value, bool),
        ShapeKind.NUMBER: isinstance(value, int | float) and not isinstance(value, bool),
        ShapeKind.BOOLEAN: isinstance(value, bool),
        ShapeKind.STRING: isinstance(value, str),
        ShapeKind.ARRAY: isinstance(value, list),
    }
    return value if shape.has_default and fits.get(shape.kind, False) else None


def _with(text: str, marker: str, writing: Writing) -> str:
    inner = text.removeprefix("Annotated[").removesuffix("]") if is_annotated(text) else text
    return f"{writing.use('Annotated')}[{inner}, {marker}]"


def _after_type(declaration: str) -> str:
    """The declaration without what stands in brackets."""
    depth, kept = 0, []
    for letter in declaration:
        depth += (letter in "[(") - (letter in "])")
        if depth == 0:
            kept.append(letter)
    return "".join(kept)
