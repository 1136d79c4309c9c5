"""Operations that only say that the service is there: `GET /health` and the like."""

from pydantic import JsonValue

from devmatrix.discovery.interface import Effect, Member, Source, Value
from devmatrix.discovery.openapi.binding.answers import plain_text
from devmatrix.discovery.openapi.binding.drafts import Desk, Unexplained
from devmatrix.discovery.openapi.binding.gathering import answer_shape, json_content
from devmatrix.discovery.openapi.binding.words import key
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_SIGNS = frozenset(
    """health healthz healthcheck health_check ping pong live livez liveness alive ready readyz readiness heartbeat
    up""".split()
)
_WELL = frozenset("ok up healthy pass passing alive ready live running success online available pong".split())
_STATES = frozenset("status state health message msg result detail response ping".split())
_MAX_DEPTH = 3


def sign_of_life(desk: Desk, operation: Classified) -> Effect | None:
    """The effect of an operation that says that all is well; none where it is no such operation."""
    given = operation.operation
    last = given.path.rstrip("/").rpartition("/")[2]
    if given.method != "GET" or "{" in given.path or key(last) not in _SIGNS:
        return None
    if any(one.required for one in given.endpoint.parameters) or not desk.drafts:
        return None
    entity = next((name for name, draft in desk.drafts.items() if draft.created), next(iter(desk.drafts)))
    shape = answer_shape(operation)
    success = given.success
    if shape is None:
        text = plain_text(desk.shapes, success) if success is not None else None
        answer = Value(source=Source.CONSTANT, value=text) if text is not None else None
        return (
            Effect(entity=entity, answer=answer) if success is not None and (answer or not success.contents) else None
        )
    content = json_content(success.contents) if success is not None else None
    example = next(iter(content.examples), None) if content is not None else None
    try:
        return Effect(entity=entity, answer=_value(desk, "", shape, example, 0))
    except Unexplained:
        return None


def _value(desk: Desk, name: str, shape: Shape, example: JsonValue, depth: int) -> Value:
    resolved = desk.shapes.resolve(shape)
    owner = desk.shapes.object_of(shape)
    if owner is not None and depth < _MAX_DEPTH:
        shown = example if isinstance(example, dict) else {}
        fields = (_member(desk, item, shown.get(item.name), depth + 1) for item in owner.properties)
        return Value(source=Source.OBJECT, fields=tuple(fields))
    said = _said(name, resolved, example)
    if said is None:
        raise Unexplained(f"nothing says what {name or 'it'} is when all is well")
    return Value(source=Source.CONSTANT, value=said)


def _member(desk: Desk, item: Property, example: JsonValue, depth: int) -> Member:
    try:
        value = _value(desk, item.name, item.shape, example, depth)
    except Unexplained:
        if item.required and not desk.shapes.nullable(item.shape):
            raise
        value = Value(source=Source.CONSTANT)
    return Member(name=item.name, value=value)


def _said(name: str, shape: Shape, example: JsonValue) -> JsonValue:
    if shape.kind is ShapeKind.BOOLEAN:
        return True
    if shape.kind in (ShapeKind.ANY, ShapeKind.OBJECT) and not name:
        return {"status": "ok"} if example is None else example
    if shape.kind is not ShapeKind.STRING or shape.format not in ("", "string"):
        return None
    shown = [*shape.choices, *([example] if example is not None else []), *shape.examples]
    shown += [shape.default] if shape.has_default else []
    well = next((one for one in shown if isinstance(one, str) and one.lower() in _WELL), None)
    return well or next(iter(shown), None) or ("ok" if not name or key(name) in _STATES else None)
