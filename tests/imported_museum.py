"""A document with an interface that has operations of every kind, made by hand: halls, exhibits in them, labels."""

from collections.abc import Mapping

from devmatrix.discovery.document import (
    Account,
    Attribute,
    DiscoveryDocument,
    Entity,
    FieldType,
    OperationKind,
    StateMachine,
    Transition,
)
from devmatrix.discovery.interface import (
    Content,
    Credentials,
    Effect,
    Filter,
    Interface,
    Lookup,
    Member,
    Paging,
    Parameter,
    Reply,
    Scheme,
    Sorting,
    Source,
    Value,
    View,
    Write,
)
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from tests.interfaces import BASE, OWNER, SIGNED_IN, TEXT, Api, document, named, objects, shape

MOMENT = shape("string", format="date-time")
NUMBER = shape("integer", minimum=1)
BYTES = shape("binary")
NULLABLE = shape("string", nullable=True)
_HALL = {
    "name": shape("string", min_length=1),
    "floor": shape("integer", format="int32"),
    "open": shape("boolean", has_default=True, default=True),
    "id": shape("integer"),
}
_EXHIBIT = {
    "code": shape("string", min_length=1, max_length=20),
    "title": TEXT,
    "weight": shape("number", minimum=0),
    "class": TEXT,
    "shownFrom": MOMENT,
    "hall": shape("integer"),
    "labels": shape("array", items=TEXT),
    "sequel": NULLABLE,
    "parts": shape("array", items=objects("kind", kind=TEXT)),
}


def _record(properties: Mapping[str, Shape], *required: str) -> Shape:
    members = (Property(name=name, shape=one, required=name in required) for name, one in properties.items())
    return Shape(kind=ShapeKind.OBJECT, properties=tuple(members))


SHAPES: dict[str, Shape] = {
    "HallInput": _record({name: one for name, one in _HALL.items() if name != "id"}, "name"),
    "Hall": _record({**_HALL, "exhibits": shape("integer")}, "id", "name", "open", "exhibits"),
    "ExhibitInput": _record(_EXHIBIT, "code", "title", "hall"),
    "ExhibitPatch": _record({name: one for name, one in _EXHIBIT.items() if name != "code"}),
    "Exhibit": _record(
        {
            **_EXHIBIT,
            "hall": named("HallInExhibit"),
            "id": shape("string", format="uuid"),
            "state": shape("string", choices=("stored", "shown")),
            "madeAt": shape("integer"),
            "remarks": shape("array", items=named("Remark")),
            "keeper": TEXT,
        },
        *"id code title state hall labels sequel madeAt remarks".split(),
    ),
    "HallInExhibit": objects("id", "name", id=shape("integer"), name=TEXT),
    "Label": objects("name", name=TEXT),
    "Remark": objects("text", "replies", text=TEXT, replies=shape("array", items=named("Remark"))),
}


def _attribute(name: str, kind: FieldType, **more: object) -> Attribute:
    return Attribute.model_validate({"name": name, "type": kind, "required": False, **more})


def _entities() -> tuple[Entity, ...]:
    curator = Entity(
        name="Curator",
        plural="curators",
        attributes=(
            _attribute("login", FieldType.STRING, unique=True, required=True),
            _attribute("secret", FieldType.PASSWORD, required=True),
            _attribute(
                "rank", FieldType.ENUM, choices=("helper", "keeper"), default={"kind": "literal", "value": "helper"}
            ),
        ),
        account=Account(login_field="login", password_field="secret", role_field="rank", admin_role="keeper"),
    )
    hall = Entity(
        name="Hall",
        plural="halls",
        soft_delete=True,
        attributes=(
            _attribute("id", FieldType.INTEGER, generated="sequence", unique=True, server_set=True),
            _attribute("name", FieldType.STRING, unique=True, required=True),
            _attribute("floor", FieldType.INTEGER),
            _attribute("open", FieldType.BOOLEAN, default={"kind": "literal", "value": True}),
        ),
    )
    exhibit = Entity(
        name="Exhibit",
        plural="exhibits",
        attributes=(
            _attribute("id", FieldType.UUID, generated="uuid", unique=True, server_set=True),
            _attribute("code", FieldType.STRING, required=True),
            _attribute("title", FieldType.STRING, required=True),
            _attribute("weight", FieldType.FLOAT),
            _attribute("class", FieldType.STRING),
            _attribute("shownFrom", FieldType.DATETIME),
            _attribute("hall", FieldType.REFERENCE, target="Hall", on_delete="restrict", required=True),
            _attribute("labels", FieldType.REFERENCES, target="Label"),
            _attribute("sequel", FieldType.REFERENCE, target="Exhibit", on_delete="set_null"),
            _attribute("parts", FieldType.JSON, shape=_EXHIBIT["parts"]),
            _attribute("state", FieldType.ENUM, choices=("stored", "shown"), server_set=True),
            _attribute("madeAt", FieldType.INTEGER, generated="now", server_set=True),
            _attribute("photo", FieldType.BINARY),
            _attribute("keeper", FieldType.REFERENCE, target="Curator", on_delete="set_null", server_set=True),
        ),
        unique_together=(("code", "hall"),),
        states=StateMachine(
            field="state",
            initial="stored",
            transitions=(
                Transition(name="show", sources=("stored",), target="shown", requires=("shownFrom",)),
                Transition(name="store", sources=("shown",), target="stored"),
            ),
        ),
        owner_field="keeper",
    )
    label = Entity(
        name="Label",
        plural="labels",
        attributes=(_attribute("name", FieldType.STRING, unique=True, required=True),),
    )
    remark = Entity(
        name="Remark",
        plural="remarks",
        attributes=(
            _attribute("text", FieldType.STRING, required=True),
            _attribute("exhibit", FieldType.REFERENCE, target="Exhibit", on_delete="cascade", server_set=True),
            _attribute("answers", FieldType.REFERENCE, target="Remark", on_delete="cascade"),
        ),
    )
    return curator, hall, exhibit, label, remark


def _value(source: Source, **more: object) -> Value:
    return Value.model_validate({"source": source, **more})


def _member(name: str, source: Source = Source.ATTRIBUTE, **more: object) -> Member:
    return Member(name=name, value=_value(source, **({"attribute": name} | more)))


def _views() -> tuple[View, ...]:
    exhibit = [_member(name) for name in "id code title weight class shownFrom parts state madeAt".split()]
    return (
        View(
            name="Hall",
            entity="Hall",
            shape="Hall",
            members=(
                *(_member(name) for name in "id name floor open".split()),
                _member("exhibits", Source.CHILD_COUNT, entity="Exhibit", attribute="hall"),
            ),
        ),
        View(name="HallInExhibit", entity="Hall", shape="HallInExhibit", members=(_member("id"), _member("name"))),
        View(name="Label", entity="Label", shape="Label", members=(_member("name"),)),
        View(
            name="Remark",
            entity="Remark",
            shape="Remark",
            members=(
                _member("text"),
                _member("replies", Source.CHILDREN, entity="Remark", attribute="answers", view="Remark"),
            ),
        ),
        View(
            name="Exhibit",
            entity="Exhibit",
            shape="Exhibit",
            members=(
                *exhibit,
                _member("hall", Source.RELATED, view="HallInExhibit"),
                _member("labels", Source.LINK_VALUES, target_attribute="name"),
                _member("sequel", Source.RELATED_VALUE, target_attribute="code"),
                _member("keeper", Source.RELATED_VALUE, target_attribute="login"),
                _member("remarks", Source.CHILDREN, entity="Remark", attribute="exhibit", view="Remark"),
            ),
        ),
    )


def _query(name: str, one: Shape, **more: object) -> Parameter:
    return Parameter.model_validate({"name": name, "place": "query", "shape": one, "required": False, **more})


def _path(name: str, one: Shape = TEXT) -> Parameter:
    return Parameter(name=name, place="path", shape=one, required=True)


def _body(*names: str, **more: str) -> tuple[Write, ...]:
    return tuple(Write(attribute=name, place="body", name=f"/{name}", match=more.get(name, "")) for name in names)


_BY_NUMBER = Lookup(place="path", name="id", entity="Hall", attribute="id")
_BY_ID = Lookup(place="path", name="exhibit-id", entity="Exhibit", attribute="id")
_ONE_HALL, _ONE = _value(Source.RECORD, view="Hall"), _value(Source.RECORD, view="Exhibit")
_SETTABLE = _body(
    *"code title weight class shownFrom hall labels sequel parts".split(), hall="id", labels="name", sequel="code"
)


def _fields(**values: Value) -> Value:
    return Value(source=Source.OBJECT, fields=tuple(Member(name=name, value=one) for name, one in values.items()))


def _add_accounts(api: Api) -> None:
    body = objects("login", "secret", login=TEXT, secret=shape("string", min_length=8, format="password"))
    grant = objects("token", "seconds", token=TEXT, seconds=shape("integer"))
    answer = _fields(token=_value(Source.TOKEN), seconds=_value(Source.EXPIRES))
    api.add(
        "register",
        OperationKind.REGISTER,
        "POST /curators",
        Effect(entity="Curator", writes=_body("login", "secret"), answer=answer),
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
    _in_media(api, "application/x-www-form-urlencoded")
    api.add(
        "logout",
        OperationKind.LOGOUT,
        "DELETE /sessions",
        Effect(entity="Curator", lookups=(Lookup(place="caller", entity="Curator"),)),
        access=SIGNED_IN,
        status=204,
    )


def _in_media(api: Api, media_type: str) -> None:
    """The body of the endpoint that was added last comes in that type."""
    last = api.endpoints[-1]
    contents = tuple(each.model_copy(update={"media_type": media_type}) for each in last.bodies)
    api.endpoints[-1] = last.model_copy(update={"bodies": contents})


def _with_headers(api: Api, *names: str) -> None:
    last = api.endpoints[-1]
    first, *rest = last.replies
    api.endpoints[-1] = last.model_copy(update={"replies": (first.model_copy(update={"headers": names}), *rest)})


def _add_halls(api: Api) -> None:
    one = _path("id", NUMBER)
    writes, hall = _body("name", "floor", "open"), named("Hall")
    api.add(
        "createHall",
        OperationKind.CREATE,
        "POST /halls",
        Effect(entity="Hall", writes=writes, answer=_ONE_HALL),
        body=named("HallInput"),
        answer=hall,
        status=201,
        refuses="duplicate",
    )
    _with_headers(api, "Location")
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
    answer = _fields(
        data=_value(Source.RECORDS, view="Hall"),
        page=_value(Source.PAGE),
        pages=_value(Source.PAGES),
        next=_value(Source.NEXT_PAGE),
        previous=_value(Source.PREVIOUS_PAGE),
    )
    sorting = Sorting(
        parameter="sort",
        choices=(("name", "name", False), ("-name", "name", True), ("floor", "floor", False)),
        direction="order",
    )
    paging = Paging(style="page", size="per_page", position="page", first=1, default_size=2, maximum_size=3)
    queries = (
        _query("page", shape("integer", minimum=1)),
        _query("per_page", shape("integer")),
        _query("sort", shape("string", choices=("name", "-name", "floor"))),
        _query("order", shape("string", choices=("asc", "desc"))),
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
    _with_headers(api, "Link")
    api.add(
        "readHall",
        OperationKind.READ,
        "GET /halls/{id}",
        Effect(entity="Hall", lookups=(_BY_NUMBER,), answer=_ONE_HALL),
        parameters=(one,),
        answer=hall,
        refuses="missing",
    )
    api.add(
        "replaceHall",
        OperationKind.REPLACE,
        "PUT /halls/{id}",
        Effect(entity="Hall", lookups=(_BY_NUMBER,), writes=writes, answer=_ONE_HALL),
        parameters=(one,),
        body=named("HallInput"),
        answer=hall,
        refuses="missing duplicate",
    )
    api.add(
        "deleteHall",
        OperationKind.DELETE,
        "DELETE /halls/{id}",
        Effect(entity="Hall", lookups=(_BY_NUMBER,), answer=_ONE_HALL),
        parameters=(one,),
        answer=hall,
        refuses="missing state",
    )
    counted = Effect(
        entity="Hall", answer=_fields(number=_value(Source.COUNT), by_floor=_value(Source.COUNTS, attribute="floor"))
    )
    api.add(
        "countHalls",
        OperationKind.COUNT,
        "GET /halls/count",
        counted,
        answer=objects("number", number=shape("integer"), by_floor=shape("object", additional=shape("integer"))),
    )


def _add_exhibits(api: Api) -> None:
    one, exhibit = _path("exhibit-id", shape("string", format="uuid")), named("Exhibit")
    writes = (*_SETTABLE, Write(attribute="keeper", place="caller"))
    api.add(
        "createExhibit",
        OperationKind.CREATE,
        "POST /exhibits",
        Effect(entity="Exhibit", writes=writes, answer=_ONE),
        access=SIGNED_IN,
        body=named("ExhibitInput"),
        answer=exhibit,
        status=201,
        refuses="duplicate",
    )
    api.add(
        "readExhibit",
        OperationKind.READ,
        "GET /exhibits/{exhibit-id}",
        Effect(entity="Exhibit", lookups=(_BY_ID,), answer=_ONE),
        parameters=(one,),
        answer=exhibit,
        refuses="missing invalid_path",
    )
    api.add(
        "patchExhibit",
        OperationKind.PATCH,
        "PATCH /exhibits/{exhibit-id}",
        Effect(entity="Exhibit", lookups=(_BY_ID,), writes=_SETTABLE[1:], merges=True, answer=_ONE),
        access=OWNER.model_copy(update={"roles": ("keeper",)}),
        parameters=(one,),
        body=named("ExhibitPatch"),
        answer=exhibit,
        refuses="missing duplicate",
    )
    api.add(
        "deleteExhibit",
        OperationKind.DELETE,
        "DELETE /exhibits/{exhibit-id}",
        Effect(entity="Exhibit", lookups=(_BY_ID,)),
        access=OWNER,
        parameters=(one,),
        status=204,
        refuses="missing",
    )
    for name in ("show", "store"):
        api.add(
            f"{name}Exhibit",
            OperationKind.TRANSITION,
            f"POST /exhibits/{{exhibit-id}}/{name}",
            Effect(entity="Exhibit", lookups=(_BY_ID,), answer=_ONE),
            parameters=(one,),
            answer=exhibit,
            refuses="missing state",
        )
        api.operations[-1] = api.operations[-1].model_copy(update={"transition": name})
    _add_exhibit_lists(api)
    _add_labels(api, one)
    _add_photos(api, one)
    _add_bulk(api)
    remark = objects("text", text=TEXT)
    remarks = (Write(attribute="text", place="body", name="/text"), Write(attribute="exhibit", place="parent"))
    api.add(
        "addRemark",
        OperationKind.NESTED_CREATE,
        "POST /exhibits/{exhibit-id}/remarks",
        Effect(entity="Remark", lookups=(_BY_ID,), writes=remarks, answer=_value(Source.RECORD, view="Remark")),
        parameters=(one,),
        body=remark,
        answer=named("Remark"),
        status=201,
        refuses="missing",
    )


_FILTERS = (
    ("heavier", shape("number"), ("weight",), "minimum"),
    ("lighter", shape("number"), ("weight",), "maximum"),
    ("after", MOMENT, ("shownFrom",), "after"),
    ("before", MOMENT, ("shownFrom",), "before"),
    ("title", TEXT, ("title",), "contains"),
    ("codes", shape("array", items=TEXT), ("code",), "one_of"),
    ("part", TEXT, ("parts", "kind"), "member"),
    ("label", TEXT, ("labels", "name"), "links"),
    ("floor", shape("integer"), ("hall", "floor"), "equals"),
    ("sequel", TEXT, ("sequel", "code"), "equals"),
    ("class", TEXT, ("class",), "equals"),
)


def _add_exhibit_lists(api: Api) -> None:
    page = objects(
        "exhibits",
        "total",
        "more",
        "cursor",
        exhibits=shape("array", items=named("Exhibit")),
        total=shape("integer"),
        more=shape("boolean"),
        cursor=NULLABLE,
    )
    answer = _fields(
        exhibits=_value(Source.RECORDS, view="Exhibit"),
        total=_value(Source.TOTAL),
        more=_value(Source.HAS_MORE),
        cursor=_value(Source.CURSOR),
    )
    filters = tuple(
        Filter.model_validate({"parameter": name, "path": path, "operator": operator})
        for name, _, path, operator in _FILTERS
    )
    queries = (
        *(_query(name, one, separated=one.kind == "array") for name, one, _, _ in _FILTERS),
        _query("size", shape("integer", minimum=1, maximum=50)),
        _query("cursor", TEXT),
    )
    paging = Paging(style="cursor", size="size", position="cursor", default_size=20, maximum_size=50)
    sorting = Sorting(attribute="shownFrom", descending=True)
    api.add(
        "listExhibits",
        OperationKind.LIST,
        "GET /exhibits",
        Effect(entity="Exhibit", filters=filters, paging=paging, sorting=sorting, answer=answer),
        parameters=queries,
        answer=page,
        refuses="invalid_query",
    )
    search = Effect(
        entity="Exhibit",
        filters=(Filter(parameter="q", path=("title", "code"), operator="search"),),
        paging=Paging(style="limit", size="limit", default_size=5),
        answer=_value(Source.RECORDS, view="Exhibit"),
    )
    api.add(
        "searchExhibits",
        OperationKind.SEARCH,
        "GET /exhibits/search",
        search,
        parameters=(_query("q", TEXT, required=True), _query("limit", shape("integer"))),
        answer=shape("array", items=named("Exhibit")),
        refuses="invalid_query",
    )
    mine = Effect(entity="Exhibit", answer=_value(Source.RECORDS, view="Exhibit"))
    api.add(
        "listOwnExhibits",
        OperationKind.LIST,
        "GET /own-exhibits",
        mine,
        access=OWNER,
        answer=shape("array", items=named("Exhibit")),
    )
    api.add(
        "listExhibitsOfHall",
        OperationKind.NESTED_LIST,
        "GET /halls/{id}/exhibits",
        Effect(entity="Exhibit", lookups=(_BY_NUMBER,), parent="hall", answer=_value(Source.RECORDS, view="Exhibit")),
        parameters=(_path("id", NUMBER),),
        answer=shape("array", items=named("Exhibit")),
        refuses="missing",
    )


def _add_labels(api: Api, one: Parameter) -> None:
    api.add(
        "createLabel",
        OperationKind.CREATE,
        "POST /labels",
        Effect(entity="Label", writes=_body("name"), answer=_value(Source.RECORD, view="Label")),
        body=named("Label"),
        answer=named("Label"),
        status=201,
        refuses="duplicate",
    )
    names = Effect(entity="Label", answer=_fields(names=_value(Source.VALUES, entity="Label", attribute="name")))
    api.add(
        "listLabels",
        OperationKind.LIST,
        "GET /labels",
        names,
        answer=objects("names", names=shape("array", items=TEXT)),
    )
    label = Lookup(place="path", name="label", entity="Label", attribute="name")
    for name, kind, method in (("put", OperationKind.LINK, "PUT"), ("drop", OperationKind.UNLINK, "DELETE")):
        api.add(
            f"{name}Label",
            kind,
            f"{method} /exhibits/{{exhibit-id}}/labels/{{label}}",
            Effect(
                entity="Label", lookups=(_BY_ID, label), association="labels", holder="Exhibit", status_of_repeat=409
            ),
            parameters=(one, _path("label")),
            status=204,
            refuses="missing state",
        )
    listed = Effect(
        entity="Label",
        lookups=(_BY_ID,),
        association="labels",
        holder="Exhibit",
        answer=_value(Source.RECORDS, view="Label"),
    )
    api.add(
        "listLabelsOfExhibit",
        OperationKind.NESTED_LIST,
        "GET /exhibits/{exhibit-id}/labels",
        listed,
        parameters=(one,),
        answer=shape("array", items=named("Label")),
        refuses="missing",
    )


def _add_photos(api: Api, one: Parameter) -> None:
    effect = Effect(
        entity="Exhibit", lookups=(_BY_ID,), writes=(Write(attribute="photo", place="body", name=""),), merges=True
    )
    api.add(
        "putPhoto",
        OperationKind.UPLOAD,
        "PUT /exhibits/{exhibit-id}/photo",
        effect,
        parameters=(one,),
        body=BYTES,
        status=204,
        refuses="missing",
    )
    _in_media(api, "image/*")
    effect = Effect(
        entity="Exhibit",
        lookups=(_BY_ID,),
        writes=(Write(attribute="photo", place="body", name="/photo"),),
        merges=True,
    )
    api.add(
        "sendPhoto",
        OperationKind.UPLOAD,
        "POST /exhibits/{exhibit-id}/photo",
        effect,
        parameters=(one,),
        body=objects("photo", photo=BYTES),
        status=204,
        refuses="missing",
    )
    _in_media(api, "multipart/form-data")
    got = Effect(entity="Exhibit", lookups=(_BY_ID,), answer=_value(Source.ATTRIBUTE, attribute="photo"))
    api.add(
        "getPhoto",
        OperationKind.DOWNLOAD,
        "GET /exhibits/{exhibit-id}/photo",
        got,
        parameters=(one,),
        answer=BYTES,
        refuses="missing",
    )
    last = api.endpoints[-1]
    reply = Reply(status=200, description="The photo.", contents=(Content(media_type="image/*", shape=BYTES),))
    api.endpoints[-1] = last.model_copy(update={"replies": (reply, *last.replies[1:])})


def _add_bulk(api: Api) -> None:
    body = objects("labels", labels=shape("array", items=named("Label"), min_items=1))
    writes = (Write(attribute="name", place="body", name="/name"),)
    made = _fields(made=_value(Source.COUNT), labels=_value(Source.RECORDS, view="Label"))
    answer = objects("made", "labels", made=shape("integer"), labels=shape("array", items=named("Label")))
    api.add(
        "createLabels",
        OperationKind.BULK_CREATE,
        "POST /labels/bulk",
        Effect(entity="Label", batch="/labels", writes=writes, answer=made),
        body=body,
        answer=answer,
        status=201,
        refuses="duplicate",
    )
    gone = objects("names", names=shape("array", items=TEXT))
    lookup = Lookup(place="body", name="", entity="Label", attribute="name")
    api.add(
        "deleteLabels",
        OperationKind.BULK_DELETE,
        "POST /labels/bulk-delete",
        Effect(entity="Label", batch="/names", lookups=(lookup,), answer=_fields(gone=_value(Source.COUNT))),
        body=gone,
        answer=objects("gone", gone=shape("integer")),
        refuses="missing",
    )


def museum() -> DiscoveryDocument:
    """Every kind of operation, filter, paging; states, deletion that keeps rows, files, trees, roles."""
    api = Api()
    _add_accounts(api)
    _add_halls(api)
    _add_exhibits(api)
    interface = Interface(
        file="museum.yaml",
        version="2.0",
        openapi="3.0.3",
        base_path=BASE,
        shapes=SHAPES,
        schemes=(Scheme(name="Token", kind="token", prefix="Bearer "),),
        views=_views(),
        endpoints=tuple(api.endpoints),
    )
    return document("Museum", interface, _entities(), api.operations)
