"""Generated schemas as running code, and the JSON Schema of a shape to compare them with."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import JsonValue, TypeAdapter

from devmatrix.atoms.assembly import Written, assemble
from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.discovery.interface import Effect, Interface
from devmatrix.discovery.shapes import Shape
from devmatrix.stacks.fastapi.imported.wire import Side, Wire
from devmatrix.stacks.fastapi.imported.wire.schemas import SchemaModules
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.source import Source, build_design
from devmatrix.stacks.fastapi.templates import module_source, render
from tests.imported_documents import trails
from tests.interfaces import Api, document

TEMPLATES = Path("src/devmatrix/stacks/fastapi/imported/wire/templates")


@dataclass(frozen=True)
class _Types:
    camel: bool


def taking(
    body: Shape, shapes: Mapping[str, Shape] | None = None, answer: Shape | None = None
) -> tuple[DiscoveryDocument, Wire]:
    """A document with one operation, which takes `body` and gives `answer`."""
    api = Api()
    api.add("doIt", OperationKind.CREATE, "POST /things", Effect(entity="Trail"), body=body, answer=answer)
    interface = Interface(
        file="", version="1", openapi="3.1.0", shapes=dict(shapes or {}), endpoints=tuple(api.endpoints)
    )
    described = document("Things", interface, trails().entities, api.operations)
    return described, Wire(described, Names(described))


def texts(wire: Wire, described: DiscoveryDocument) -> dict[str, str]:
    """The modules by their names, assembled as a project has them."""
    from devmatrix.planning.make import make_plan
    from devmatrix.planning.plan import TaskOutline

    task = TaskOutline(id="all", title="all", milestone="foundation", files=("x",), depends_on=(), estimated_lines=1)
    sources: list[Source] = [
        module_source("app/types.py", "all", render(TEMPLATES, "app/types.py", _Types(wire.camel)))
    ]
    sources += SchemaModules(wire.classes, camel=wire.camel).sources(dict.fromkeys(wire.classes.modules, "all"))
    design = build_design(sources, described, make_plan(described, (task,), stack="fastapi"))
    written = {key: Written(each.code, each.imports) for key, each in design.blueprints.items()}
    return {
        module.path.removesuffix(".py").replace("/", "."): assemble(module, written).text for module in design.modules
    }


@contextmanager
def loaded(modules: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The names of all modules together; imported as `app...`."""
    names = {"app": "", "app.schemas": "", **modules}
    found: dict[str, Any] = {}
    try:
        for name, text in names.items():
            module = ModuleType(name)
            module.__path__ = []
            sys.modules[name] = module
            exec(compile(text, name, "exec"), module.__dict__)
            found |= module.__dict__
        yield found
    finally:
        for name in names:
            sys.modules.pop(name, None)


@contextmanager
def adapter(
    shape: Shape, shapes: Mapping[str, Shape] | None = None, side: Side = "request"
) -> Iterator[TypeAdapter[object]]:
    """What validates values of the shape."""
    described, wire = taking(shape, shapes, answer=shape if side == "answer" else None)
    with loaded(texts(wire, described)) as names:
        import typing

        import pydantic

        everything = {**vars(typing), **vars(pydantic), **names}
        yield TypeAdapter(eval(wire.annotation(shape, side).text, everything))


def json_schema(shape: Shape) -> dict[str, Any]:
    """The shape as a JSON Schema of requests, names below $defs."""
    kinds = {"named": None, "any": None, "union": None, "binary": None}
    kind = kinds.get(shape.kind, str(shape.kind))
    found: dict[str, Any] = {"type": kind} if kind else {}
    if shape.kind == "named":
        found["$ref"] = f"#/$defs/{shape.name}"
    if shape.alternatives:
        found["anyOf"] = [json_schema(each) for each in shape.alternatives]
    for name, key in _KEYWORDS.items():
        if getattr(shape, name) is not None:
            found[key] = getattr(shape, name)
    if shape.pattern:  # ECMAScript's \w is ASCII, Python's is not
        found["pattern"] = shape.pattern.replace(r"\w", "[A-Za-z0-9_]")
    if shape.choices:
        found["enum"] = list(shape.choices)
    if shape.unique_items:
        found["uniqueItems"] = True
    if shape.items is not None:
        found["items"] = json_schema(shape.items)
    if shape.properties:
        found["properties"] = {one.name: {} if one.read_only else json_schema(one.shape) for one in shape.properties}
        found["required"] = [one.name for one in shape.properties if one.required and not one.read_only]
    if shape.closed:
        found["additionalProperties"] = False
    elif shape.additional is not None:
        found["additionalProperties"] = json_schema(shape.additional)
    return {"anyOf": [found, {"type": "null"}]} if shape.nullable else found


_KEYWORDS = {
    "minimum": "minimum",
    "exclusive_minimum": "exclusiveMinimum",
    "maximum": "maximum",
    "exclusive_maximum": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
    "min_properties": "minProperties",
    "max_properties": "maxProperties",
}


def accepts(validator: TypeAdapter[object], value: JsonValue) -> bool:
    """Whether the generated type takes the value."""
    from pydantic import ValidationError

    try:
        validator.validate_python(value)
    except ValidationError:
        return False
    return True
