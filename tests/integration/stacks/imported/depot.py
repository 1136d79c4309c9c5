"""A document whose operations are all for somebody else to write: each tries another corner of the wire."""

from devmatrix.discovery.document import Access, DiscoveryDocument, Operation, OperationKind
from devmatrix.discovery.interface import (
    Content,
    Endpoint,
    Fault,
    FaultMember,
    FaultValue,
    Interface,
    Parameter,
    Reason,
    Refusal,
    Reply,
    Scheme,
)
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from tests.imported_documents import trails
from tests.interfaces import document, named, objects, shape

JSON = "application/json"
TEXT = shape("string")
BYTES = shape("binary")
COUNT = shape("integer", minimum=1, maximum=9)
_TOTAL = Property(name="total", shape=COUNT)

SHAPES = {
    "api.Crate": Shape(
        kind=ShapeKind.OBJECT,
        description='A crate, with "quotes" and a \\ in its description.',
        properties=(
            Property(name="@id", shape=TEXT, required=True, read_only=True),
            Property(name="class", shape=shape("string", choices=("a", 'b"c')), required=True),
            Property(name="x-weight", shape=shape("number", exclusive_minimum=0, description='In "kg".')),
            Property(name="pin", shape=TEXT, write_only=True),
            Property(name="inside", shape=shape("array", items=named("api.Crate"))),
            Property(name="size", shape=shape("union", alternatives=(shape("integer"), named("Extent")))),
            Property(name="labels", shape=shape("object", additional=TEXT)),
            Property(name="counts", shape=shape("object", properties=(_TOTAL,), additional=COUNT)),
            Property(name="anything", shape=shape("any")),
        ),
    ),
    "Extent": named("Size"),
    "Size": objects("w", closed=True, w=COUNT, h=COUNT),
    "HTTPValidationError": objects(detail=shape("array", items=TEXT)),
}


def _member(name: str, source: Fault, constant: str = "") -> FaultMember:
    return FaultMember(name=name, value=FaultValue(source=source, constant=constant or None))


def _coded(code: str) -> FaultValue:
    error = FaultValue(source=Fault.FIELDS, fields=(_member("path", Fault.FIELD), _member("message", Fault.DETAIL)))
    return FaultValue(
        source=Fault.OBJECT,
        fields=(
            _member("code", Fault.CODE, code),
            _member("status", Fault.STATUS_TEXT),
            _member("when", Fault.NOW),
            _member("where", Fault.PATH),
            FaultMember(name="errors", value=error),
        ),
    )


REFUSALS = (
    Refusal(reason=Reason.UNAUTHENTICATED, status=401, documented=True, media_type=""),
    Refusal(reason=Reason.INVALID_PATH, status=400, documented=True, media_type=JSON, body=_coded("bad_path")),
    Refusal(reason=Reason.INVALID_QUERY, status=400, documented=True, media_type=JSON, body=_coded("bad_query")),
    Refusal(reason=Reason.INVALID_BODY, status=422, documented=False),
    Refusal(reason=Reason.UNWRITTEN, status=501, documented=False),
)
REPLIES = (
    Reply(status=401, description="Who are you?"),
    Reply(status=422, contents=(Content(media_type=JSON, shape=named("HTTPValidationError")),)),
    Reply(status=0, description="Otherwise"),
)


def _parameter(name: str, place: str, one: Shape, *, required: bool = False, separated: bool = False) -> Parameter:
    return Parameter.model_validate(
        {"name": name, "place": place, "shape": one, "required": required, "separated": separated}
    )


class _Depot:
    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.endpoints: list[Endpoint] = []

    def add(
        self,
        name: str,
        route: str,
        *,
        tag: str = "depot",
        schemes: tuple[str, ...] = (),
        optional: bool = False,
        parameters: tuple[Parameter, ...] = (),
        bodies: tuple[tuple[str, Shape], ...] = (),
        body_required: bool = True,
        answer: tuple[str, Shape] | None = (JSON, named("api.Crate")),
        status: int = 200,
    ) -> None:
        method, path = route.split()
        contents = (Content(media_type=answer[0], shape=answer[1]),) if answer else ()
        self.operations.append(
            Operation.model_validate(
                {
                    "id": name.replace("-", "_").lower(),
                    "kind": OperationKind.CUSTOM,
                    "entity": "",
                    "method": method,
                    "path": path,
                    "success_status": status,
                    "access": Access(authenticated=bool(schemes) and not optional),
                }
            )
        )
        self.endpoints.append(
            Endpoint(
                operation=name.replace("-", "_").lower(),
                document_id=name,
                tags=(tag,),
                description="Does something.",
                parameters=parameters,
                bodies=tuple(Content(media_type=media, shape=one) for media, one in bodies),
                body_required=body_required,
                replies=(Reply(status=status, contents=contents, headers=("X-Left", "Link")), *REPLIES),
                schemes=schemes,
                refusals=REFUSALS,
                why_not="nobody can",
            )
        )


def depot() -> DiscoveryDocument:
    """Odd names, each place of parameters and credentials, each kind of body and answer, errors with codes."""
    api = _Depot()
    crate = (JSON, named("api.Crate"))
    odd = (
        _parameter("crate-id", "path", COUNT, required=True),
        _parameter("class", "query", shape("array", items=shape("string", choices=("a", "b")))),
        _parameter("ids", "query", shape("array", items=shape("integer"), max_items=3), separated=True),
        _parameter("deep", "query", objects(a=TEXT)),
        _parameter("flag", "query", shape("boolean", has_default=True, default=False)),
        _parameter("sort", "query", shape("array", items=TEXT, has_default=True, default=["a"])),
        _parameter("X-Trace", "header", shape("string", min_length=2), required=True),
        _parameter("seal_id", "header", TEXT),
        _parameter("visitor", "cookie", shape("integer")),
        _parameter("body", "query", shape("number", maximum=2.5)),
    )
    api.add("make-crate", "POST /crates/{crate-id}", schemes=("Key",), parameters=odd, bodies=(crate,), status=201)
    identified = (_parameter("crate-id", "path", shape("integer"), required=True),)
    api.add("getCrate", "GET /crates/{crate-id}", parameters=identified, schemes=("Key", "Hidden"), optional=True)
    api.add("newest", "GET /crates/newest", tag="Newest!")
    api.add("all", "PUT /crates", bodies=((JSON, shape("array", items=named("api.Crate"), min_items=1)),))
    api.add("maybe", "PATCH /crates", bodies=(crate,), body_required=False, answer=None, schemes=("Cookie",))
    form = objects("name", name=TEXT, count=COUNT, tags=shape("array", items=TEXT), agree=shape("boolean"))
    api.add("form", "POST /forms", bodies=(("application/x-www-form-urlencoded", form),), schemes=("Basic",))
    parts = objects("file", file=BYTES, caption=shape("string", min_length=2), count=COUNT)
    api.add("file", "POST /files", bodies=(("multipart/form-data", parts),))
    api.add("blob", "PUT /blob", bodies=(("image/png", BYTES),), answer=None, status=204)
    api.add("any-blob", "POST /blob", bodies=(("*/*", BYTES),), answer=None, status=204)
    api.add("picture", "GET /blob", answer=("image/png", BYTES))
    api.add("text", "POST /text", bodies=(("text/plain", TEXT),), answer=("text/plain", TEXT))
    api.add("vendor", "POST /vendor", bodies=(("application/vnd.depot+json", named("Size")), crate))
    api.add("labelled", "GET /labelled", answer=("application/vnd.depot+json", named("api.Crate")))
    interface = Interface(
        file="depot.json",
        version="0.1",
        openapi="3.0.3",
        shapes=SHAPES,
        schemes=(
            Scheme(name="Key", kind="key", parameter="X-API-Key"),
            Scheme(name="Hidden", kind="key", place="query", parameter="key"),
            Scheme(name="Cookie", kind="token", place="cookie", parameter="session"),
            Scheme(name="Basic", kind="basic", prefix="Basic "),
        ),
        endpoints=tuple(api.endpoints),
    )
    entities = tuple(entity.model_copy(update={"account": None, "owner_field": None}) for entity in trails().entities)
    return document("Depot", interface, entities, api.operations)
