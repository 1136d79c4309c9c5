"""The one door to the wire side."""

from functools import cached_property

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Endpoint
from devmatrix.discovery.shapes import Shape
from devmatrix.stacks.fastapi.imported.wire.annotations import Writing, import_of, is_record
from devmatrix.stacks.fastapi.imported.wire.bodies import Bodies
from devmatrix.stacks.fastapi.imported.wire.classes import Classes
from devmatrix.stacks.fastapi.imported.wire.groups import Groups
from devmatrix.stacks.fastapi.imported.wire.guards import Guards
from devmatrix.stacks.fastapi.imported.wire.identifiers import snake
from devmatrix.stacks.fastapi.imported.wire.parameters import declared_parameters
from devmatrix.stacks.fastapi.imported.wire.plans import Access, Annotation, BodyPlan, Declared, Guard, RoutePlan, Side
from devmatrix.stacks.fastapi.imported.wire.routes import Routes
from devmatrix.stacks.fastapi.naming import Names


class Wire:
    """What stands on the wire, for the writer of routes. Raises ValueError for a document without an interface."""

    def __init__(self, document: DiscoveryDocument, names: Names) -> None:
        if document.interface is None:
            raise ValueError("the document has no interface")
        self.interface = document.interface
        self.groups = Groups(document, self.interface)
        self.classes = Classes(self.interface, self.groups)
        self.guards = Guards(document, self.interface, names)
        self._operations = {operation.id: operation for operation in document.operations}
        self._bodies = Bodies(self.classes)
        self._routes = Routes(self.classes)

    def group(self, endpoint: Endpoint) -> str:
        """The module in `app/schemas` and `app/routers` for an endpoint."""
        return self.groups.of(endpoint)

    def annotation(self, shape: Shape, side: Side) -> Annotation:
        """The type of a value."""
        writing = Writing()
        text = self.classes.annotations.write(shape, side, writing)
        classes = (self.classes.import_of(name) for name in sorted(writing.classes))
        return Annotation(text, (*(import_of(name) for name in sorted(writing.names)), *classes))

    def answer_class(self, shape: Shape) -> Annotation | None:
        """The class that an answer of that shape is built with, without null; None where it is no object."""
        plan = self.classes.plan(self._record(shape), "answer")
        return Annotation(plan.name, (self.classes.import_of(plan.name),)) if plan else None

    def fields(self, shape: Shape) -> dict[str, str]:
        """Wire name -> Python name of the fields of the class of that shape."""
        return self.classes.fields(self.classes.annotations.target(shape))

    def parameters(self, endpoint: Endpoint) -> tuple[Declared, ...]:
        """Path, query, header and cookie parameters; those without a default come first."""
        return declared_parameters(endpoint, self.classes.annotations)

    def body(self, endpoint: Endpoint) -> BodyPlan | None:
        """How the route takes its body."""
        return self._bodies.plan(endpoint)

    def access(self, endpoint: Endpoint, pointer: str) -> Access:
        """Where a pointer into the body leads. Raises KeyError where the body has no such property."""
        return self._bodies.access(endpoint, pointer)

    def item_access(self, endpoint: Endpoint, batch: str, pointer: str) -> Access:
        """Where a pointer leads from the variable `item`, one of the list at `batch`."""
        return self._bodies.item_access(endpoint, batch, pointer)

    def guard(self, endpoint: Endpoint) -> Guard:
        """The parameter or dependency that lets callers in."""
        return self.guards.plan(endpoint, self._operations[endpoint.operation])

    def route(self, endpoint: Endpoint) -> RoutePlan:
        """The decorator of the route, and what its function returns."""
        return self._routes.plan(endpoint, self._operations[endpoint.operation], self.guard(endpoint))

    @cached_property
    def camel(self) -> bool:
        """Whether most properties of several words are written in camelCase."""
        from pydantic.alias_generators import to_camel

        names = [one.name for plan in self.classes.plans for one in plan.shape.properties]
        several = [name for name in names if "_" in snake(name)]
        return sum(to_camel(snake(name)) == name for name in several) * 2 > len(several)

    def _record(self, shape: Shape) -> Shape:
        """The named shape whose class it is, or the inline object."""
        seen: set[str] = set()
        while shape.kind == "named" and shape.name not in seen:
            seen.add(shape.name)
            target = self.interface.shapes.get(shape.name, shape)
            if is_record(target):
                return shape
            shape = target
        return shape
