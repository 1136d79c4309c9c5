"""Builds documents with an interface by hand, as the reading of an OpenAPI document would give them."""

from collections.abc import Iterable, Mapping

from devmatrix.discovery.document import (
    Access,
    Context,
    DiscoveryDocument,
    Entity,
    Level,
    Operation,
    OperationKind,
    Requirement,
    Span,
    Statement,
)
from devmatrix.discovery.interface import (
    Content,
    Effect,
    Endpoint,
    Fault,
    FaultMember,
    FaultValue,
    Interface,
    Parameter,
    Reason,
    Refusal,
    Reply,
)
from devmatrix.discovery.scenario import Expectation, Scenario, Step
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

BASE = "/api"
JSON = "application/json"
TEXT = Shape(kind=ShapeKind.STRING)


def shape(kind: str, **more: object) -> Shape:
    """A shape of that kind."""
    return Shape.model_validate({"kind": kind, **more})


def named(name: str, **more: object) -> Shape:
    """The shape of that name."""
    return shape("named", name=name, **more)


def objects(*required: str, closed: bool = False, **properties: Shape) -> Shape:
    """An object of those properties."""
    return _object(properties, required, closed=closed)


def _object(properties: Mapping[str, Shape], required: tuple[str, ...], *, closed: bool = False) -> Shape:
    return Shape(
        kind=ShapeKind.OBJECT,
        closed=closed,
        properties=tuple(
            Property(name=name, shape=one, required=name in required, write_only=one.format == "password")
            for name, one in properties.items()
        ),
    )


def enveloped(name: str, key: str) -> Shape:
    """{key: {...}}, with the shape of that name inside."""
    return _object({key: named(name)}, (key,))


_REASONS = {
    Reason.UNAUTHENTICATED: 401,
    Reason.BAD_CREDENTIALS: 401,
    Reason.FORBIDDEN: 403,
    Reason.MISSING: 404,
    Reason.INVALID_QUERY: 422,
    Reason.INVALID_PATH: 422,
    Reason.INVALID_BODY: 422,
    Reason.DUPLICATE: 422,
    Reason.STATE: 409,
    Reason.UNWRITTEN: 501,
}


def _fault(*fields: tuple[str, FaultValue]) -> FaultValue:
    return FaultValue(source=Fault.OBJECT, fields=tuple(FaultMember(name=name, value=value) for name, value in fields))


def refusal(reason: Reason) -> Refusal:
    """As these APIs refuse: 422 {"errors": {field: [sentence]}}, else {"message": sentence}, or a problem."""
    status = _REASONS[reason]
    if status == 422:
        body = _fault(("errors", FaultValue(source=Fault.BY_FIELD)))
    elif status in (401, 403, 404):
        body = _fault(("message", FaultValue(source=Fault.DETAIL)))
    else:
        return Refusal(reason=reason, status=status, documented=False)
    return Refusal(reason=reason, status=status, documented=True, media_type=JSON, body=body)


def _replies(status: int, answer: Shape | None, refusals: Iterable[Refusal]) -> tuple[Reply, ...]:
    found = {status: Reply(status=status, description="Done", contents=_contents(answer))}
    for one in refusals:
        if one.documented:
            errors = named("FieldErrors") if one.status == 422 else named("Message")
            found[one.status] = Reply(status=one.status, description="Refused", contents=_contents(errors))
    return tuple(found.values())


def _contents(one: Shape | None) -> tuple[Content, ...]:
    return (Content(media_type=JSON, shape=one),) if one else ()


ANYONE = Access()
SIGNED_IN = Access(authenticated=True)
OWNER = Access(authenticated=True, owner=True)


class Api:
    """Collects operations with their endpoints."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.endpoints: list[Endpoint] = []

    def add(
        self,
        document_id: str,
        kind: OperationKind,
        route: str,
        effect: Effect | None,
        *,
        access: Access = ANYONE,
        optional: bool = False,
        parameters: tuple[Parameter, ...] = (),
        body: Shape | None = None,
        answer: Shape | None = None,
        status: int = 200,
        refuses: str = "",
    ) -> None:
        """One operation; `route` is "GET /path", `refuses` names reasons."""
        method, path = route.split()
        identifier = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in document_id)
        reasons = [Reason(name) for name in refuses.split()]
        reasons += [Reason.UNAUTHENTICATED] if access.authenticated or optional else []
        reasons += [Reason.FORBIDDEN] if access.owner else []
        reasons += [Reason.INVALID_BODY] if body else []
        refusals = tuple(refusal(reason) for reason in reasons)
        self.operations.append(
            Operation.model_validate(
                {
                    "id": identifier,
                    "kind": kind,
                    "entity": effect.entity if effect else "",
                    "method": method,
                    "path": f"{BASE}{path}",
                    "success_status": status,
                    "access": access,
                }
            )
        )
        self.endpoints.append(
            Endpoint(
                operation=identifier,
                document_id=document_id,
                tags=(path.split("/")[1].capitalize(),),
                parameters=parameters,
                bodies=_contents(body),
                body_required=body is not None,
                replies=_replies(status, answer, refusals),
                schemes=("Token",) if access.authenticated or optional else (),
                refusals=refusals,
                effect=effect,
                why_not="" if effect else "what it does is said in words only",
                pointer=f"/paths/{path.replace('/', '~1')}/{method.lower()}",
            )
        )


def document(
    title: str, interface: Interface, entities: tuple[Entity, ...], operations: Iterable[Operation]
) -> DiscoveryDocument:
    """One context, one statement, and one requirement that asks whether the service is up."""
    names = tuple(entity.name for entity in entities)
    operations = tuple(operations)
    alive = Step(
        phase="then",
        text="the service is asked whether it lives",
        method="GET",
        path="/health/live",
        expect=Expectation(status=200, body={"status": "ok"}),
    )
    span = Span(start=0, end=len(title), text=title)
    return DiscoveryDocument(
        title=title,
        slug=title.lower().replace(" ", "-"),
        request=title,
        contexts=(Context(name=title, entities=names),),
        entities=entities,
        operations=operations,
        requirements=(
            Requirement(
                id="R-01",
                level=Level.MUST,
                text="The service is served.",
                span=span,
                entities=names,
                operations=tuple(operation.id for operation in operations),
                scenarios=(Scenario(id="R-01.1", title="It lives", kind="happy", steps=(alive,)),),
            ),
        ),
        statements=(Statement(span=span, understood=True, became="an interface", entities=names),),
        interface=interface,
    )
