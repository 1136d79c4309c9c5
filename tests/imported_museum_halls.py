"""The museum's accounts and halls, and how its operations are written down."""

from devmatrix.discovery.document import (
    OperationKind,
)
from devmatrix.discovery.interface import (
    Credentials,
    Effect,
    Lookup,
    Member,
    Paging,
    Parameter,
    Sorting,
    Source,
    Value,
    Write,
)
from devmatrix.discovery.shapes import Shape
from tests.imported_museum_records import NUMBER, value
from tests.interfaces import SIGNED_IN, TEXT, Api, named, objects, shape


def query(name: str, one: Shape, **more: object) -> Parameter:
    return Parameter.model_validate({"name": name, "place": "query", "shape": one, "required": False, **more})


def path(name: str, one: Shape = TEXT) -> Parameter:
    return Parameter(name=name, place="path", shape=one, required=True)


def written(*names: str, **more: str) -> tuple[Write, ...]:
    return tuple(Write(attribute=name, place="body", name=f"/{name}", match=more.get(name, "")) for name in names)


BY_NUMBER = Lookup(place="path", name="id", entity="Hall", attribute="id")
BY_ID = Lookup(place="path", name="exhibit-id", entity="Exhibit", attribute="id")
ONE_HALL, ONE = value(Source.RECORD, view="Hall"), value(Source.RECORD, view="Exhibit")
SETTABLE = written(
    *"code title weight class shownFrom hall labels sequel parts".split(), hall="id", labels="name", sequel="code"
)


def fields(**values: Value) -> Value:
    return Value(source=Source.OBJECT, fields=tuple(Member(name=name, value=one) for name, one in values.items()))


def add_accounts(api: Api) -> None:
    body = objects("login", "secret", login=TEXT, secret=shape("string", min_length=8, format="password"))
    grant = objects("token", "seconds", token=TEXT, seconds=shape("integer"))
    answer = fields(token=value(Source.TOKEN), seconds=value(Source.EXPIRES))
    api.add(
        "register",
        OperationKind.REGISTER,
        "POST /curators",
        Effect(entity="Curator", writes=written("login", "secret"), answer=answer),
        body=body,
        answer=grant,
        status=201,
        refuses="duplicate",
    )
    credentials = Credentials(place="body", login="/login", login_attribute="login", password="/secret")
    api.add(
        "login",
        OperationKind.LOGIN,
        "POST /sessions",
        Effect(entity="Curator", credentials=credentials, answer=answer),
        body=body,
        answer=grant,
        refuses="bad_credentials",
    )
    in_media(api, "application/x-www-form-urlencoded")
    api.add(
        "logout",
        OperationKind.LOGOUT,
        "DELETE /sessions",
        Effect(entity="Curator", lookups=(Lookup(place="caller", entity="Curator"),)),
        access=SIGNED_IN,
        status=204,
    )


def in_media(api: Api, media_type: str) -> None:
    """The body of the endpoint that was added last comes in that type."""
    last = api.endpoints[-1]
    contents = tuple(each.model_copy(update={"media_type": media_type}) for each in last.bodies)
    api.endpoints[-1] = last.model_copy(update={"bodies": contents})


def with_headers(api: Api, *names: str) -> None:
    last = api.endpoints[-1]
    first, *rest = last.replies
    api.endpoints[-1] = last.model_copy(update={"replies": (first.model_copy(update={"headers": names}), *rest)})


def add_halls(api: Api) -> None:
    one = path("id", NUMBER)
    writes, hall = written("name", "floor", "open"), named("Hall")
    api.add(
        "createHall",
        OperationKind.CREATE,
        "POST /halls",
        Effect(entity="Hall", writes=writes, answer=ONE_HALL),
        body=named("HallInput"),
        answer=hall,
        status=201,
        refuses="duplicate",
    )
    with_headers(api, "Location")
    api.add(
        "readHall",
        OperationKind.READ,
        "GET /halls/{id}",
        Effect(entity="Hall", lookups=(BY_NUMBER,), answer=ONE_HALL),
        parameters=(one,),
        answer=hall,
        refuses="missing",
    )
    api.add(
        "replaceHall",
        OperationKind.REPLACE,
        "PUT /halls/{id}",
        Effect(entity="Hall", lookups=(BY_NUMBER,), writes=writes, answer=ONE_HALL),
        parameters=(one,),
        body=named("HallInput"),
        answer=hall,
        refuses="missing duplicate",
    )
    api.add(
        "deleteHall",
        OperationKind.DELETE,
        "DELETE /halls/{id}",
        Effect(entity="Hall", lookups=(BY_NUMBER,), answer=ONE_HALL),
        parameters=(one,),
        answer=hall,
        refuses="missing state",
    )
    _add_hall_lists(api, hall)


def _add_hall_lists(api: Api, hall: Shape) -> None:
    page = objects(
        "data",
        "page",
        "pages",
        "next",
        "previous",
        data=shape("array", items=hall),
        page=shape("integer"),
        pages=shape("integer"),
        next=shape("integer", nullable=True),
        previous=shape("integer", nullable=True),
    )
    answer = fields(
        data=value(Source.RECORDS, view="Hall"),
        page=value(Source.PAGE),
        pages=value(Source.PAGES),
        next=value(Source.NEXT_PAGE),
        previous=value(Source.PREVIOUS_PAGE),
    )
    sorting = Sorting(
        parameter="sort",
        choices=(("name", "name", False), ("-name", "name", True), ("floor", "floor", False)),
        direction="order",
    )
    paging = Paging(style="page", size="per_page", position="page", first=1, default_size=2, maximum_size=3)
    queries = (
        query("page", shape("integer", minimum=1)),
        query("per_page", shape("integer")),
        query("sort", shape("string", choices=("name", "-name", "floor"))),
        query("order", shape("string", choices=("asc", "desc"))),
    )
    api.add(
        "listHalls",
        OperationKind.LIST,
        "GET /halls",
        Effect(entity="Hall", paging=paging, sorting=sorting, answer=answer),
        parameters=queries,
        answer=page,
        refuses="invalid_query",
    )
    with_headers(api, "Link")
    counted = Effect(
        entity="Hall", answer=fields(number=value(Source.COUNT), by_floor=value(Source.COUNTS, attribute="floor"))
    )
    api.add(
        "countHalls",
        OperationKind.COUNT,
        "GET /halls/count",
        counted,
        answer=objects("number", number=shape("integer"), by_floor=shape("object", additional=shape("integer"))),
    )
