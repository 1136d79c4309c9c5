"""Small documents with their classification beside them, so that binding is tried apart from how it is classified.

An operation's key is "METHOD /path | kind Entity", with what the usual rules would not find after it: `key=/id` (what
in the request finds the record), `caller` (it is about who calls), `key-of-two` (the last two parts of the path find
it), `linked=Entity`, `verb=word`.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.discovery.interface import Endpoint, Refusal
from devmatrix.discovery.naming import plural_name, singular, snake
from devmatrix.discovery.openapi.binding import bind, check_bound
from devmatrix.discovery.openapi.classified import Classification, Classified, PathStep, Resource
from devmatrix.discovery.openapi.given import Given, GivenOperation
from devmatrix.discovery.openapi.loading import load
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.discovery.sources import Source

Json = dict[str, Any]
K = OperationKind
_LISTS = {K.LIST, K.NESTED_LIST, K.SEARCH}
_WITHOUT_RECORD = {K.LOGIN, K.LOGOUT, K.COUNT, K.CUSTOM, *_LISTS}
_WITH_VERB = {K.LINK, K.UNLINK, K.TRANSITION}
_BODIES = {
    K.CREATE,
    K.NESTED_CREATE,
    K.REGISTER,
    K.REPLACE,
    K.PATCH,
    K.NESTED_REPLACE,
    K.NESTED_PATCH,
    K.CURRENT_REPLACE,
    K.CURRENT_PATCH,
    K.BULK_CREATE,
    K.TRANSITION,
}
TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
MOMENT: Json = {"type": "string", "format": "date-time"}
BEARER: Json = {"bearer": {"type": "http", "scheme": "bearer"}}


def ref(name: str) -> Json:
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(*required: str, **properties: Json) -> Json:
    """An object."""
    return {"type": "object", "required": list(required), "properties": properties}


def listed(items: Json) -> Json:
    """A list."""
    return {"type": "array", "items": items}


def query(name: str, schema: Json = TEXT, *, required: bool = False, description: str = "") -> Json:
    """A parameter of the query."""
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": description}


def operation(
    answer: Json | None = None,
    body: Json | None = None,
    *,
    status: int = 200,
    parameters: Sequence[Json] = (),
    secured: bool = False,
    errors: Mapping[str, str | Json] | None = None,
    summary: str = "",
    media: str = "application/json",
) -> Json:
    """An operation; `errors`: status -> description, or the whole answer."""
    replies: Json = {str(status): {"description": "Done"}}
    if answer is not None:
        replies[str(status)]["content"] = {"application/json": {"schema": answer}}
    for code, said in (errors or {}).items():
        replies[code] = {"description": said} if isinstance(said, str) else said
    found: Json = {"responses": replies, "parameters": list(parameters), "summary": summary}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {media: {"schema": body}}}
    if secured:
        found["security"] = [{"bearer": []}]
    return found


def document(operations: Mapping[str, Json], schemas: Mapping[str, Json], schemes: Json | None = None) -> str:
    """The OpenAPI document as text; parameters of paths are whole numbers where they end in `id`."""
    paths: Json = {}
    for label, one in operations.items():
        method, path = label.split("|")[0].split()
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        known = {parameter["name"] for parameter in one["parameters"]}
        fixed = [
            {"name": name, "in": "path", "required": True, "schema": NUMBER if name.lower().endswith("id") else TEXT}
            for name in names
            if name not in known
        ]
        paths.setdefault(path, {})[method.lower()] = {**one, "parameters": [*fixed, *one["parameters"]]}
    components = {"schemas": dict(schemas), "securitySchemes": BEARER if schemes is None else schemes}
    return json.dumps(
        {"openapi": "3.0.3", "info": {"title": "Trial", "version": "1"}, "paths": paths, "components": components}
    )


def bound(
    operations: Mapping[str, Json], schemas: Mapping[str, Json], schemes: Json | None = None
) -> DiscoveryDocument:
    """The document bound, and checked."""
    given = load(Source(document(operations, schemas, schemes), "trial.json"))
    found = bind(given, classification(given, tuple(operations)))
    assert check_bound(found) == []
    return found


def refusals(endpoint: Endpoint) -> dict[str, Refusal]:
    """By reason."""
    return {str(one.reason): one for one in endpoint.refusals}


def classification(given: Given, labels: Sequence[str]) -> Classification:
    """What the labels say."""
    by_route = {" ".join(label.split("|")[0].split()): label for label in labels}
    label_of = {id(one): by_route[f"{one.method} {one.path}"] for one in given.operations}
    collections: dict[str, str] = {}
    for one in given.operations:
        kind, entity, _ = _parts(label_of[id(one)])
        literal = [part for part in one.path.split("/") if part and not part.startswith("{")]
        if entity and literal and kind in _BODIES | _LISTS | {K.READ, K.NESTED_READ, K.DELETE, K.NESTED_DELETE}:
            collections.setdefault(literal[-1], entity)
    first = [_classified(given, one, label_of[id(one)], collections) for one in given.operations]
    shapes = _record_shapes(given, first)
    classified = tuple(
        Classified(
            **{
                **vars(one),
                "steps": tuple(
                    PathStep(
                        step.parameter, step.resource, _key(_object(given, shapes.get(step.resource)), step.parameter)
                    )
                    for step in one.steps
                ),
            }
        )
        for one in first
    )
    return Classification(_resources(given, classified, shapes), classified)


def _parts(label: str) -> tuple[OperationKind, str | None, dict[str, str]]:
    words = label.split("|")[1].split()
    entity = words[1] if len(words) > 1 and "=" not in words[1] and words[1] != "caller" else None
    rest = words[2 if entity else 1 :]
    return K(words[0]), entity, {word.partition("=")[0]: word.partition("=")[2] for word in rest}


def _classified(given: Given, one: GivenOperation, label: str, collections: Mapping[str, str]) -> Classified:
    kind, entity, extra = _parts(label)
    parts = [part for part in one.path.split("/") if part]
    steps = tuple(
        PathStep(part[1:-1], collections[before], part[1:-1])
        for before, part in itertools.pairwise(parts)
        if part.startswith("{") and before in collections
    )
    if "key-of-two" in extra:
        steps = (PathStep(parts[-1][1:-1], entity or "", "id"),)
    body = one.endpoint.bodies[0].shape if one.endpoint.bodies else None
    answer = one.success.contents[0].shape if one.success and one.success.contents else None
    return Classified(
        operation=one,
        kind=kind,
        resource=entity,
        steps=steps,
        of_caller="caller" in extra or kind in (K.CURRENT, K.CURRENT_PATCH, K.CURRENT_REPLACE),
        body_at=_record_at(given, body) if kind in _BODIES else None,
        record_at=None if kind in _WITHOUT_RECORD else _record_at(given, answer),
        records_at=_records_at(given, answer) if kind in _LISTS else None,
        key_at=extra.get("key", ""),
        verb=extra.get("verb", parts[-1] if kind in _WITH_VERB and not parts[-1].startswith("{") else ""),
        linked=extra.get("linked"),
    )


def _object(given: Given, shape: Shape | None) -> Shape | None:
    resolved = given.resolve(shape) if shape is not None else None
    return resolved if resolved is not None and resolved.kind is ShapeKind.OBJECT else None


def _record_at(given: Given, shape: Shape | None) -> str | None:
    owner = _object(given, shape)
    if owner is None:
        return "" if shape is not None and given.resolve(shape).kind is ShapeKind.ARRAY else None
    inner = [item for item in owner.properties if _object(given, item.shape) is not None]
    alone = len(inner) == 1 and len(owner.properties) <= 2 and "id" not in {item.name for item in owner.properties}
    return f"/{inner[0].name}" if alone else ""


def _records_at(given: Given, shape: Shape | None, pointer: str = "") -> str | None:
    resolved = given.resolve(shape) if shape is not None else None
    if resolved is None or resolved.kind is ShapeKind.ARRAY:
        return pointer if resolved is not None else None
    for item in resolved.properties:
        found = _records_at(given, item.shape, f"{pointer}/{item.name}")
        if found is not None and given.resolve(item.shape).kind in (ShapeKind.ARRAY, ShapeKind.OBJECT):
            return found
    return None


def _at(given: Given, shape: Shape, pointer: str) -> Shape | None:
    for name in pointer.split("/")[1:]:
        owner = _object(given, shape)
        found = owner.property(name) if owner is not None else None
        if found is None:
            return None
        shape = found.shape
    return shape


def _record_shapes(given: Given, classified: Sequence[Classified]) -> dict[str, Shape]:
    """The fullest shape of each kind of record, by name where it has one."""
    found: dict[str, Shape] = {}
    read: set[str] = set()
    for one in classified:
        contents = one.operation.success.contents if one.operation.success else ()
        if one.resource is None or not contents:
            continue
        shown = _at(given, contents[0].shape, one.record_at or one.records_at or "")
        if one.records_at is not None and shown is not None:
            shown = given.resolve(shown).items
        owner = _object(given, shown)
        known = _object(given, found.get(one.resource))
        wanted = one.record_at is not None or one.records_at is not None
        if not wanted or shown is None or owner is None:
            continue
        fuller = known is not None and len(owner.properties) > len(known.properties)
        if known is None or fuller or (one.kind in (K.READ, K.NESTED_READ) and one.resource not in read):
            read |= {one.resource} if one.kind in (K.READ, K.NESTED_READ) else set()
            found[one.resource] = shown
    return found


def _key(shape: Shape | None, parameter: str) -> str:
    names = [item.name for item in shape.properties] if shape is not None else []
    if parameter in names:
        return parameter
    ending = [name for name in names if snake(parameter).endswith(f"_{snake(name)}")]
    return ending[0] if ending else "id" if parameter.lower().endswith("id") else parameter


def _resources(given: Given, classified: Sequence[Classified], shapes: Mapping[str, Shape]) -> dict[str, Resource]:
    names = list(dict.fromkeys(one.resource for one in classified if one.resource))
    found = {}
    for name in names:
        mine = [one for one in classified if one.resource == name]
        keys = {step.parameter: step.property for one in classified for step in one.steps if step.resource == name}
        shape = shapes.get(name, Shape(kind=ShapeKind.OBJECT))
        resolved = given.resolve(shape)
        found[name] = Resource(
            name=name,
            plural=plural_name(singular(name)),
            shape=resolved,
            shape_name=shape.name if shape.kind is ShapeKind.NAMED else "",
            inputs=tuple(filter(None, (_input(given, one) for one in mine))),
            keys=tuple((parameter, _key(resolved, parameter)) for parameter in keys),
            is_account=any(one.kind in (K.LOGIN, K.REGISTER) for one in mine),
        )
    return found


def _input(given: Given, one: Classified) -> Shape | None:
    if one.body_at is None or not one.operation.endpoint.bodies:
        return None
    return _object(given, _at(given, one.operation.endpoint.bodies[0].shape, one.body_at))
