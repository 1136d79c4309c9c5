"""Tokens of which a document tells only how they are shown: the answer of the login gets a property for them."""

from dataclasses import replace

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reply
from devmatrix.discovery.openapi.classified import Classification, Classified
from devmatrix.discovery.openapi.classifying.words import is_token
from devmatrix.discovery.openapi.given import Given, GivenOperation
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_SIGNING = frozenset({OperationKind.LOGIN, OperationKind.REGISTER})
_DEEPEST = 3
_TOKEN = Property(
    name="token",
    shape=Shape(kind=ShapeKind.STRING, description="Shows who calls."),
    required=True,
    read_only=True,
)


def tell_tokens(given: Given, classification: Classification) -> Given:
    """The document with a token in what its login answers, where callers show one and nothing that they get has it."""
    if not any(_is_carried(one.kind, one.place, one.parameter) for one in given.schemes):
        return given
    signing = [one for one in classification.operations if one.kind in _SIGNING]
    login = next((one for one in signing if one.kind is OperationKind.LOGIN), None)
    if login is None or any(_gives_token(given, one.operation.success) for one in signing):
        return given
    changed = _with_token(given, login)
    if changed is given:
        return given
    what = f"{login.operation.method} {login.operation.path} answers with the token as well, as `token`"
    return replace(changed, assumed=(*given.assumed, (what, "callers show one, and no answer has it")))


def _is_carried(kind: str, place: str, parameter: str) -> bool:
    return place == "header" and (kind == "token" or (kind == "key" and parameter.lower() == "authorization"))


def _gives_token(given: Given, reply: Reply | None) -> bool:
    if reply is None:
        return False
    if any(is_token(name) or name.lower() in ("authorization", "set-cookie") for name in reply.headers):
        return True
    return any(_has_token(given, content.shape, 0) for content in reply.contents)


def _has_token(given: Given, shape: Shape, depth: int) -> bool:
    own = given.resolve(shape)
    if own.kind is not ShapeKind.OBJECT:
        return own.kind in (ShapeKind.STRING, ShapeKind.ANY, ShapeKind.UNION) and depth == 0
    return depth < _DEEPEST and any(
        is_token(one.name) or _has_token(given, one.shape, depth + 1) for one in own.properties
    )


def _with_token(given: Given, login: Classified) -> Given:
    """The document with the property in the record that the login answers, else in the whole of its answer."""
    success = login.operation.success
    content = next((one for one in success.contents if "json" in one.media_type), None) if success else None
    if success is None or content is None:
        return given
    path = (login.record_at or "").split("/")[1:]
    shape, name, rest = content.shape, "", path
    for place in range(len(path) + 1):
        if shape.kind is ShapeKind.NAMED:
            name, rest = shape.name, path[place:]
        own = given.resolve(shape)
        one = own.property(path[place]) if place < len(path) else None
        if one is not None:
            shape = one.shape
    if name:
        changed = _added(given.shapes[name], rest)
        return given if changed is None else replace(given, shapes={**given.shapes, name: changed})
    changed = _added(content.shape, path)
    if changed is None:
        return given
    contents = tuple(one.model_copy(update={"shape": changed}) if one is content else one for one in success.contents)
    return _with_reply(given, login.operation, success, success.model_copy(update={"contents": contents}))


def _added(shape: Shape, path: list[str]) -> Shape | None:
    """The shape with the property where the path leads; none where there is no open object."""
    if shape.kind is not ShapeKind.OBJECT or not shape.properties:
        return None
    if not path:
        return None if shape.closed else shape.model_copy(update={"properties": (*shape.properties, _TOKEN)})
    one = shape.property(path[0])
    inner = _added(one.shape, path[1:]) if one is not None else None
    if one is None or inner is None:
        return None
    changed = one.model_copy(update={"shape": inner})
    return shape.model_copy(update={"properties": tuple(changed if each is one else each for each in shape.properties)})


def _with_reply(given: Given, operation: GivenOperation, old: Reply, new: Reply) -> Given:
    replies = tuple(new if one is old else one for one in operation.endpoint.replies)
    changed = replace(operation, endpoint=operation.endpoint.model_copy(update={"replies": replies}))
    return replace(given, operations=tuple(changed if one is operation else one for one in given.operations))
