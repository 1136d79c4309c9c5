"""Resources that are faces of others: a public profile of the account, the only settings of a device."""

from collections.abc import Mapping
from dataclasses import replace

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.openapi.binding.gathering import CREATES, answer_shape
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.openapi.binding.words import key
from devmatrix.discovery.openapi.classified import Classification, Classified, Resource
from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.shapes import Shape, ShapeKind

_MAKES = CREATES | {OperationKind.UPLOAD}
_ONE = frozenset(
    {
        OperationKind.NESTED_READ,
        OperationKind.NESTED_REPLACE,
        OperationKind.NESTED_PATCH,
        OperationKind.READ,
        OperationKind.REPLACE,
        OperationKind.PATCH,
    }
)


def joined(given: Given, classification: Classification) -> Classification:
    """The classification with each resource that is but another face of a second one put down to that one.

    Answers that have nothing of the record are taken for remarks about it.
    """
    operations = tuple(_without_remark(given, classification.resources, one) for one in classification.operations)
    resources = {name: _known_keys(one) for name, one in classification.resources.items()}
    classification = _by_text(
        given, Classification(resources, tuple(_known_steps(resources, one) for one in operations))
    )
    made = {one.resource for one in classification.operations if one.kind in _MAKES}
    faces: dict[str, str] = {}
    for name, resource in classification.resources.items():
        if name not in made:
            face_of = _whole(given, classification.resources, resource, made)
            if face_of is not None:
                faces[name] = face_of
    if not faces:
        return classification
    resources = {name: one for name, one in classification.resources.items() if name not in faces}
    for name, whole in faces.items():
        keys = tuple(dict.fromkeys((*resources[whole].keys, *classification.resources[name].keys)))
        resources[whole] = replace(resources[whole], keys=keys)
    operations = tuple(_renamed(one, faces) for one in classification.operations)
    return Classification(resources, operations)


_LOGINS = ("username", "login", "handle", "user_name", "nickname")


def _same_name(resource: Resource, name: str) -> str:
    """The property that a key means: {username} is the login of a record that has no username."""
    shown = [item.name for item in resource.shape.properties]
    if name in shown or key(name) not in (*_LOGINS, "user"):
        return name
    return next((one for wanted in _LOGINS for one in shown if key(one) == wanted), name)


def _known_keys(resource: Resource) -> Resource:
    return replace(resource, keys=tuple((name, _same_name(resource, prop)) for name, prop in resource.keys))


def _known_steps(resources: Mapping[str, Resource], operation: Classified) -> Classified:
    steps = tuple(
        replace(step, property=_same_name(resources[step.resource], step.property))
        if step.resource in resources
        else step
        for step in operation.steps
    )
    return replace(operation, steps=steps)


_NATURAL = ("slug", "name", "key", "code", "title", "symbol", "abbreviation")


def _by_text(given: Given, classification: Classification) -> Classification:
    """Steps whose parameter is text, while the key that they were given is a number or not shown, look for a name."""
    shapes = Shapes(given)
    found: dict[tuple[str, str], str] = {}
    for operation in classification.operations:
        texts = {
            one.name
            for one in operation.operation.endpoint.parameters
            if one.place == "path" and _is_word(shapes.resolve(one.shape))
        }
        for step in operation.steps:
            resource = classification.resources.get(step.resource)
            item = resource.shape.property(step.property) if resource is not None else None
            if resource is None or step.parameter not in texts:
                continue
            if item is None or shapes.resolve(item.shape).kind is ShapeKind.INTEGER:
                natural = [one for wanted in _NATURAL for one in _texts(shapes, resource) if key(one) == wanted]
                if natural:
                    found[step.resource, step.parameter] = natural[0]
    resources = {
        name: replace(one, keys=tuple((parameter, found.get((name, parameter), prop)) for parameter, prop in one.keys))
        for name, one in classification.resources.items()
    }
    operations = tuple(
        replace(
            one,
            steps=tuple(
                replace(step, property=found.get((step.resource, step.parameter), step.property)) for step in one.steps
            ),
        )
        for one in classification.operations
    )
    return Classification(resources, operations)


def _is_word(shape: Shape) -> bool:
    return shape.kind is ShapeKind.STRING and shape.format != "uuid"


def _texts(shapes: Shapes, resource: Resource) -> list[str]:
    return [one.name for one in resource.shape.properties if shapes.resolve(one.shape).kind is ShapeKind.STRING]


def _without_remark(given: Given, resources: Mapping[str, Resource], operation: Classified) -> Classified:
    resource = resources.get(operation.resource or "")
    if operation.record_at is None or resource is None or not resource.shape.properties:
        return operation
    shapes = Shapes(given)
    answer = answer_shape(operation)
    shown = shapes.at(answer, operation.record_at) if answer is not None else None
    owner = shapes.object_of(shown) if shown is not None else None
    known = {item.name for one in (resource.shape, *resource.inputs) for item in one.properties}
    if owner is None or not owner.properties or known & {item.name for item in owner.properties}:
        return operation
    return replace(operation, record_at=None)


def _renamed(operation: Classified, faces: Mapping[str, str]) -> Classified:
    return replace(
        operation,
        resource=faces.get(operation.resource or "", operation.resource),
        linked=faces.get(operation.linked or "", operation.linked),
        steps=tuple(replace(step, resource=faces.get(step.resource, step.resource)) for step in operation.steps),
    )


def _whole(given: Given, resources: Mapping[str, Resource], face: Resource, made: set[str | None]) -> str | None:
    """The resource of which this one shows a part: the same properties, but for flags and counts, and the same key."""
    mine = {item.name: item.shape for item in face.shape.properties}
    keys = {prop for _, prop in face.keys}
    plain = {name for name, shape in mine.items() if not _counted(given, shape)}
    if not plain or not keys or not keys <= set(mine):
        return None
    found = []
    for name, other in resources.items():
        if name == face.name or name not in made:
            continue
        theirs = {item.name for item in other.shape.properties}
        theirs |= {item.name for one in other.inputs for item in one.properties}
        if plain <= theirs and (other.is_account or len(plain) > 1):
            found.append(other)
    people = [one.name for one in found if one.is_account]
    return people[0] if people else found[0].name if len(found) == 1 and len(plain) > 2 else None


def _counted(given: Given, shape: Shape) -> bool:
    try:
        return given.resolve(shape).kind in (ShapeKind.BOOLEAN, ShapeKind.INTEGER)
    except KeyError:
        return False


def only_ones(classification: Classification) -> dict[str, str]:
    """Resources of which a record has exactly one, and whose they are: they have no key, and nobody makes them."""
    found: dict[str, str] = {}
    by_resource: dict[str, list[Classified]] = {name: [] for name in classification.resources}
    stepped = {step.resource for one in classification.operations for step in one.steps}
    for operation in classification.operations:
        if operation.resource in by_resource:
            by_resource[operation.resource].append(operation)
    for name, operations in by_resource.items():
        owners = {one.steps[-1].resource for one in operations if one.steps}
        alone = operations and all(one.kind in _ONE and one.steps and one.records_at is None for one in operations)
        if alone and name not in stepped and len(owners) == 1 and owners <= set(classification.resources):
            found[name] = owners.pop()
    return found
