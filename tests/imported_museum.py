"""A document with operations of every kind, made by hand: the halls of a museum, exhibits in them, labels."""

from devmatrix.discovery.document import (
    DiscoveryDocument,
    OperationKind,
)
from devmatrix.discovery.interface import (
    Content,
    Effect,
    Filter,
    Interface,
    Lookup,
    Paging,
    Parameter,
    Reply,
    Scheme,
    Sorting,
    Source,
    Write,
)
from tests.imported_museum_halls import (
    BY_ID,
    BY_NUMBER,
    ONE,
    SETTABLE,
    add_accounts,
    add_halls,
    fields,
    in_media,
    path,
    query,
    written,
)
from tests.imported_museum_records import BYTES, MOMENT, NULLABLE, NUMBER, SHAPES, entities, value, views
from tests.interfaces import BASE, OWNER, SIGNED_IN, TEXT, Api, document, named, objects, shape


def _add_exhibits(api: Api) -> None:
    one, exhibit = path("exhibit-id", shape("string", format="uuid")), named("Exhibit")
    writes = (*SETTABLE, Write(attribute="keeper", place="caller"))
    api.add(
        "createExhibit",
        OperationKind.CREATE,
        "POST /exhibits",
        Effect(entity="Exhibit", writes=writes, answer=ONE),
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
        Effect(entity="Exhibit", lookups=(BY_ID,), answer=ONE),
        parameters=(one,),
        answer=exhibit,
        refuses="missing invalid_path",
    )
    api.add(
        "patchExhibit",
        OperationKind.PATCH,
        "PATCH /exhibits/{exhibit-id}",
        Effect(entity="Exhibit", lookups=(BY_ID,), writes=SETTABLE[1:], merges=True, answer=ONE),
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
        Effect(entity="Exhibit", lookups=(BY_ID,)),
        access=OWNER,
        parameters=(one,),
        status=204,
        refuses="missing",
    )


def _add_states(api: Api, one: Parameter) -> None:
    for name in ("show", "store"):
        api.add(
            f"{name}Exhibit",
            OperationKind.TRANSITION,
            f"POST /exhibits/{{exhibit-id}}/{name}",
            Effect(entity="Exhibit", lookups=(BY_ID,), answer=ONE),
            parameters=(one,),
            answer=named("Exhibit"),
            refuses="missing state",
        )
        api.operations[-1] = api.operations[-1].model_copy(update={"transition": name})


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
    answer = fields(
        exhibits=value(Source.RECORDS, view="Exhibit"),
        total=value(Source.TOTAL),
        more=value(Source.HAS_MORE),
        cursor=value(Source.CURSOR),
    )
    filters = tuple(
        Filter.model_validate({"parameter": name, "path": path, "operator": operator})
        for name, _, path, operator in _FILTERS
    )
    queries = (
        *(query(name, one, separated=one.kind == "array") for name, one, _, _ in _FILTERS),
        query("size", shape("integer", minimum=1, maximum=50)),
        query("cursor", TEXT),
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
    _add_exhibit_search(api)


def _add_exhibit_search(api: Api) -> None:
    search = Effect(
        entity="Exhibit",
        filters=(Filter(parameter="q", path=("title", "code"), operator="search"),),
        paging=Paging(style="limit", size="limit", default_size=5),
        answer=value(Source.RECORDS, view="Exhibit"),
    )
    api.add(
        "searchExhibits",
        OperationKind.SEARCH,
        "GET /exhibits/search",
        search,
        parameters=(query("q", TEXT, required=True), query("limit", shape("integer"))),
        answer=shape("array", items=named("Exhibit")),
        refuses="invalid_query",
    )
    mine = Effect(entity="Exhibit", answer=value(Source.RECORDS, view="Exhibit"))
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
        Effect(entity="Exhibit", lookups=(BY_NUMBER,), parent="hall", answer=value(Source.RECORDS, view="Exhibit")),
        parameters=(path("id", NUMBER),),
        answer=shape("array", items=named("Exhibit")),
        refuses="missing",
    )


def _add_labels(api: Api, one: Parameter) -> None:
    api.add(
        "createLabel",
        OperationKind.CREATE,
        "POST /labels",
        Effect(entity="Label", writes=written("name"), answer=value(Source.RECORD, view="Label")),
        body=named("Label"),
        answer=named("Label"),
        status=201,
        refuses="duplicate",
    )
    names = Effect(entity="Label", answer=fields(names=value(Source.VALUES, entity="Label", attribute="name")))
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
                entity="Label", lookups=(BY_ID, label), association="labels", holder="Exhibit", status_of_repeat=409
            ),
            parameters=(one, path("label")),
            status=204,
            refuses="missing state",
        )
    listed = Effect(
        entity="Label",
        lookups=(BY_ID,),
        association="labels",
        holder="Exhibit",
        answer=value(Source.RECORDS, view="Label"),
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
        entity="Exhibit", lookups=(BY_ID,), writes=(Write(attribute="photo", place="body", name=""),), merges=True
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
    in_media(api, "image/*")
    effect = Effect(
        entity="Exhibit",
        lookups=(BY_ID,),
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
    in_media(api, "multipart/form-data")
    got = Effect(entity="Exhibit", lookups=(BY_ID,), answer=value(Source.ATTRIBUTE, attribute="photo"))
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
    made = fields(made=value(Source.COUNT), labels=value(Source.RECORDS, view="Label"))
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
        Effect(entity="Label", batch="/names", lookups=(lookup,), answer=fields(gone=value(Source.COUNT))),
        body=gone,
        answer=objects("gone", gone=shape("integer")),
        refuses="missing",
    )


def _add_what_is_about_exhibits(api: Api) -> None:
    one = path("exhibit-id", shape("string", format="uuid"))
    _add_states(api, one)
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
        Effect(entity="Remark", lookups=(BY_ID,), writes=remarks, answer=value(Source.RECORD, view="Remark")),
        parameters=(one,),
        body=remark,
        answer=named("Remark"),
        status=201,
        refuses="missing",
    )


def museum() -> DiscoveryDocument:
    """Every kind of operation, filter, paging; states, deletion that keeps rows, files, trees, roles."""
    api = Api()
    add_accounts(api)
    add_halls(api)
    _add_exhibits(api)
    _add_what_is_about_exhibits(api)
    interface = Interface(
        file="museum.yaml",
        version="2.0",
        openapi="3.0.3",
        base_path=BASE,
        shapes=SHAPES,
        schemes=(Scheme(name="Token", kind="token", prefix="Bearer "),),
        views=views(),
        endpoints=tuple(api.endpoints),
    )
    return document("Museum", interface, entities(), api.operations)
