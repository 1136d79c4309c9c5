"""Answers of which a document says nothing: reads and lists answer with the record as bodies give it, and its key."""

from collections.abc import Iterator
from dataclasses import replace

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Content, Reply
from devmatrix.discovery.openapi.binding.attributes import is_secret
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.openapi.classified import Classification, Classified, PathStep, Resource
from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_JSON = "application/json"
_READS = frozenset({OperationKind.READ, OperationKind.NESTED_READ})
_LISTS = frozenset({OperationKind.LIST, OperationKind.NESTED_LIST, OperationKind.SEARCH})
_MAKES = frozenset({OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REPLACE, OperationKind.PATCH})


def with_answers(given: Given, classification: Classification) -> Classification:
    """The classification with a shape for each answer about records that has none."""
    shapes = Shapes(given)
    records = {name: _record(shapes, classification, one) for name, one in classification.resources.items()}
    found = tuple(_answered(shapes, one, records.get(one.resource or "")) for one in classification.operations)
    return Classification(classification.resources, found)


def _answered(shapes: Shapes, operation: Classified, record: Shape | None) -> Classified:
    success = operation.operation.success
    if record is None or success is None or success.status not in (200, 201):
        return operation
    if operation.record_at is not None or operation.records_at is not None:
        return operation
    says_nothing = not success.contents
    if not says_nothing and not _is_anything(shapes, success):
        return operation
    # Where there may be no answer at all, only those that ask for something get one.
    asks = operation.operation.method == "GET" or operation.kind is OperationKind.SEARCH
    reads = asks and operation.kind in _READS | _LISTS
    if not reads and (says_nothing or operation.kind not in _MAKES):
        return operation
    listed = operation.kind in _LISTS
    shape = Shape(kind=ShapeKind.ARRAY, items=record) if listed else record
    reply = success.model_copy(update={"contents": (Content(media_type=_JSON, shape=shape),)})
    endpoint = operation.operation.endpoint
    replies = tuple(reply if one is success else one for one in endpoint.replies)
    known = replace(operation.operation, endpoint=endpoint.model_copy(update={"replies": replies}))
    if listed:
        return replace(operation, operation=known, records_at="")
    return replace(operation, operation=known, record_at="")


def _is_anything(shapes: Shapes, reply: Reply) -> bool:
    """Whether there is an answer in JSON, and nothing is said of it."""
    json = [one for one in reply.contents if "json" in one.media_type]
    return bool(json) and all(shapes.resolve(one.shape) == Shape(kind=ShapeKind.ANY) for one in json)


def _record(shapes: Shapes, classification: Classification, resource: Resource) -> Shape | None:
    """What is known of the record: all that bodies give but secrets, and the key that paths find it by."""
    found: dict[str, Property] = {}
    for step, one in _steps(classification, resource):
        shape = next((each.shape for each in one.operation.endpoint.parameters if each.name == step.parameter), None)
        if shape is not None:
            found.setdefault(step.property, Property(name=step.property, shape=shape))
    for given in (resource.shape, *resource.inputs):
        for item in given.properties:
            if not item.write_only and not is_secret(shapes, item.name, item.shape):
                plain = item.model_copy(update={"required": False, "read_only": False})
                found[item.name] = found.get(item.name, plain)
    return Shape(kind=ShapeKind.OBJECT, properties=tuple(found.values())) if resource.inputs and found else None


def _steps(classification: Classification, resource: Resource) -> Iterator[tuple[PathStep, Classified]]:
    for one in classification.operations:
        for step in one.steps:
            if step.resource == resource.name:
                yield step, one
