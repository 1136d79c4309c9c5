"""Mass assignment: properties in bodies that callers must not set."""

from collections.abc import Iterable, Iterator

from devmatrix.discovery.document import FieldType, Operation
from devmatrix.validation.probes.exchanges import Request
from devmatrix.validation.probes.fields import at, fields, forbidden, json_shape, put, shape_at
from devmatrix.validation.probes.probe import Probe, Subject, control, refused, unchanged
from devmatrix.validation.probes.situations import Situation
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

_MARK = "probe-mark-7731"
_VALUES: dict[FieldType, object] = {
    FieldType.INTEGER: 77310023,
    FieldType.FLOAT: 7731.23,
    FieldType.DECIMAL: "7731.23",
    FieldType.BOOLEAN: True,
    FieldType.DATE: "2001-02-03",
    FieldType.DATETIME: "2001-02-03T04:05:06Z",
    FieldType.UUID: "77310000-7731-4731-8731-773100000000",
    FieldType.REFERENCE: "77310000-7731-4731-8731-773100000000",
}
_TRACES = (_MARK, "77310000-7731", "773100007731", "2001-02-03", "77310023", "7731.23")
_REFUSED = 422
"""docs/conventions.md: unknown and read-only properties."""


class MassAssignment(Probe):
    """Ids, owners, roles, moments, versions, hashes and unknown keys in bodies take no effect."""

    rule = "probe.mass-assignment"
    nothing = "no JSON bodies"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations with such bodies."""
        return [
            item.id
            for item in world.document.operations
            if fields(world.document, item) and self._situation(world, item) is not None
        ]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Each must be refused where docs/conventions.md holds, and ignored (or refused) elsewhere."""
        operation = world.document.operation(subject)
        situation = self._situation(world, operation)
        if situation is None:
            return
        rightly = world.stage(situation)
        extras = {name: _value(world, operation, *item) for name, item in forbidden(world.document, operation).items()}
        if world.document.interface is None:
            yield from self._refused(world, situation, rightly, extras)
            yield from unchanged(world, subject, situation, "bodies that set too much")
            yield from control(world, subject, situation, rightly)
            return
        yield from self._ignored(world, operation, situation, rightly, extras)

    @staticmethod
    def _refused(world: World, situation: Situation, rightly: Request, extras: dict[str, object]) -> Iterator[Found]:
        """All at once: the answer must blame each; what it does not blame is sent alone."""
        answer = world.ask(rightly.saying({**_object(rightly), **extras}))
        blamed = set()
        errors = at(answer.json, "/errors") if answer.status_code == _REFUSED else None
        for error in errors if isinstance(errors, list) else ():
            blamed.add(str(at(error, "/pointer")))
        for name, value in extras.items():
            if f"/{name}" not in blamed:
                world.stage(situation)
                request = rightly.saying({**_object(rightly), name: value})
                what = f"a body that sets {name}"
                yield from refused(world, situation.operation.id, situation, request, _REFUSED, what)

    @staticmethod
    def _ignored(
        world: World, operation: Operation, situation: Situation, rightly: Request, extras: dict[str, object]
    ) -> Iterator[Found]:
        request = rightly.saying(_with_extras(world, operation, rightly, extras))
        answer = world.ask(request)
        if answer.failed:
            yield Found(operation.id, f"extra properties: sent {request}, got {answer}", situation.scenario_id)
        text = answer.content.decode("utf-8", "replace") if answer.ok else ""
        traces = [trace for trace in _TRACES if trace in text]
        if traces:
            message = f"what only the service sets was taken from the body: sent {request}, got {answer}"
            yield Found(operation.id, message, situation.scenario_id)
        for table, column, value in world.rows.cells():
            if any(trace in str(value) for trace in _TRACES):
                message = f"what only the service sets was taken from the body into {table}.{column}: sent {request}"
                yield Found(operation.id, message, situation.scenario_id)

    @staticmethod
    def _situation(world: World, operation: Operation) -> Situation | None:
        found = world.situations.fullest(operation)
        return found if found is not None and isinstance(found.act.body, dict) else None


def _value(world: World, operation: Operation, attribute: str, kind: FieldType) -> object:
    if kind is not FieldType.ENUM:
        return _VALUES.get(kind, _MARK)
    entity = world.document.entity(operation.entity)
    return next((item.choices[-1] for item in entity.attributes if item.name == attribute and item.choices), _MARK)


def _object(request: Request) -> dict[str, object]:
    return dict(request.json) if isinstance(request.json, dict) else {}


def _with_extras(world: World, operation: Operation, request: Request, extras: dict[str, object]) -> object:
    """The extras in every object of the body that sets attributes, but for what it may hold there."""
    interface = world.document.interface
    body: object = request.json
    if interface is None:
        return body
    endpoint = interface.endpoint(operation.id)
    parents = {field.pointer.rpartition("/")[0] for field in fields(world.document, operation)}
    for parent in sorted({"", *parents}):
        shape = shape_at(interface, json_shape(endpoint), parent)
        taken = {item.name for item in shape.properties if not item.read_only} if shape is not None else set()
        for name, value in extras.items():
            if name not in taken and value not in (True, None):
                body = put(body, f"{parent}/{name}", value)
    return body
