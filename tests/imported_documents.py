"""Documents with an interface, made by hand, for all that reads such documents."""

from devmatrix.discovery.document import (
    Account,
    Attribute,
    DiscoveryDocument,
    Entity,
    FieldType,
    OperationKind,
)
from devmatrix.discovery.interface import (
    Credentials,
    Effect,
    Filter,
    Interface,
    Lookup,
    Member,
    Paging,
    Parameter,
    Scheme,
    Source,
    Value,
    View,
    Write,
)
from devmatrix.discovery.shapes import Shape
from tests.interfaces import BASE, OWNER, SIGNED_IN, TEXT, Api, document, enveloped, named, objects, shape

MOMENT = shape("string", format="date-time")
SHAPES: dict[str, Shape] = {
    "NewMember": objects(
        "username",
        "email",
        "password",
        username=shape("string", min_length=1, max_length=40),
        email=shape("string", format="email"),
        password=shape("string", format="password", min_length=8),
    ),
    "Login": objects("email", "password", email=shape("string", format="email"), password=TEXT),
    "MemberChange": objects(
        email=shape("string", format="email"),
        password=shape("string", format="password", min_length=8),
        bio=shape("string", nullable=True),
    ),
    "Member": objects(
        "username", "email", "bio", "token", username=TEXT, email=TEXT, bio=shape("string", nullable=True), token=TEXT
    ),
    "Person": objects("username", "bio", username=TEXT, bio=shape("string", nullable=True)),
    "Grade": shape("string", choices=("easy", "moderate", "hard")),
    "NewTrail": objects(
        "title",
        "grade",
        "length",
        title=shape("string", min_length=1, max_length=100),
        grade=named("Grade"),
        length=shape("number", exclusive_minimum=0, maximum=500, description="Kilometres."),
        tagList=shape("array", items=TEXT),
    ),
    "TrailChange": objects(title=shape("string", min_length=1, max_length=100), grade=named("Grade")),
    "Trail": objects(
        *"slug title grade length tagList starred starsCount createdAt updatedAt author".split(),
        slug=TEXT,
        title=TEXT,
        grade=named("Grade"),
        length=shape("number"),
        tagList=shape("array", items=TEXT),
        starred=shape("boolean"),
        starsCount=shape("integer"),
        createdAt=MOMENT,
        updatedAt=MOMENT,
        author=named("Person"),
    ),
    "NewReport": objects("body", body=shape("string", min_length=1), walked_on=shape("string", format="date")),
    "Report": objects(
        "id",
        "body",
        "createdAt",
        "author",
        id=shape("integer"),
        body=TEXT,
        walked_on=shape("string", format="date"),
        createdAt=MOMENT,
        author=named("Person"),
    ),
    "FieldErrors": objects("errors", errors=shape("object", additional=shape("array", items=TEXT))),
    "Message": objects("message", message=TEXT),
}


def _attribute(name: str, kind: FieldType, **more: object) -> Attribute:
    return Attribute.model_validate({"name": name, "type": kind, **more})


def _entities() -> tuple[Entity, ...]:
    service = {"server_set": True, "required": False}
    member = Entity(
        name="Member",
        plural="members",
        attributes=(
            _attribute("username", FieldType.STRING, unique=True, max_length=40),
            _attribute("email", FieldType.EMAIL, unique=True),
            _attribute("password", FieldType.PASSWORD, min_length=8),
            _attribute("bio", FieldType.TEXT, required=False),
            _attribute("stars", FieldType.REFERENCES, target="Trail", **service),
        ),
        account=Account(login_field="email", password_field="password"),
    )
    trail = Entity(
        name="Trail",
        plural="trails",
        attributes=(
            _attribute("slug", FieldType.STRING, generated="slug", slug_of="title", unique=True, **service),
            _attribute("title", FieldType.STRING, max_length=100),
            _attribute("grade", FieldType.ENUM, choices=("easy", "moderate", "hard")),
            _attribute("length", FieldType.FLOAT, exclusive_minimum=0, maximum=500),
            _attribute("tagList", FieldType.JSON, required=False, shape=shape("array", items=TEXT)),
            _attribute("createdAt", FieldType.DATETIME, generated="now", **service),
            _attribute("updatedAt", FieldType.DATETIME, generated="touched", **service),
            _attribute("author", FieldType.REFERENCE, target="Member", on_delete="cascade", server_set=True),
        ),
        owner_field="author",
    )
    report = Entity(
        name="Report",
        plural="reports",
        attributes=(
            _attribute("id", FieldType.INTEGER, generated="sequence", unique=True, **service),
            _attribute("body", FieldType.TEXT),
            _attribute("walked_on", FieldType.DATE, required=False),
            _attribute("createdAt", FieldType.DATETIME, generated="now", **service),
            _attribute("trail", FieldType.REFERENCE, target="Trail", on_delete="cascade", server_set=True),
            _attribute("author", FieldType.REFERENCE, target="Member", on_delete="cascade", server_set=True),
        ),
        owner_field="author",
    )
    return member, trail, report


def _plain(name: str) -> Member:
    return Member(name=name, value=Value(source=Source.ATTRIBUTE, attribute=name))


def _views() -> tuple[View, ...]:
    author = Member(name="author", value=Value(source=Source.RELATED, attribute="author", view="Person"))
    stars = (
        Member(name="starred", value=Value(source=Source.LINKED, attribute="stars")),
        Member(name="starsCount", value=Value(source=Source.LINK_COUNT, attribute="stars")),
    )
    token = Member(name="token", value=Value(source=Source.TOKEN))
    trail = [_plain(name) for name in "slug title grade length tagList".split()]
    times = [_plain(name) for name in ("createdAt", "updatedAt")]
    return (
        View(
            name="Member",
            entity="Member",
            shape="Member",
            members=(*(_plain(name) for name in ("username", "email", "bio")), token),
        ),
        View(name="Person", entity="Member", shape="Person", members=(_plain("username"), _plain("bio"))),
        View(name="Trail", entity="Trail", shape="Trail", members=(*trail, *stars, *times, author)),
        View(
            name="Report",
            entity="Report",
            shape="Report",
            members=(*(_plain(name) for name in ("id", "body", "walked_on", "createdAt")), author),
        ),
    )


_SLUG = Parameter(name="slug", place="path", shape=TEXT, required=True)
_REPORT_ID = Parameter(name="reportId", place="path", shape=shape("integer", minimum=1), required=True)
_TRAIL = Lookup(place="path", name="slug", entity="Trail", attribute="slug")
_REPORT = Lookup(place="path", name="reportId", entity="Report", attribute="id", within="trail")
_CALLER = Lookup(place="caller", entity="Member")


def _one(key: str, view: str) -> Value:
    return Value(source=Source.OBJECT, fields=(Member(name=key, value=Value(source=Source.RECORD, view=view)),))


def _writes(prefix: str, *names: str) -> tuple[Write, ...]:
    return tuple(Write(attribute=name, place="body", name=f"/{prefix}/{name}") for name in names)


def _add_accounts(api: Api) -> None:
    member = enveloped("Member", "member")
    writes = _writes("member", "username", "email", "password")
    answer = _one("member", "Member")
    api.add(
        "registerMember",
        OperationKind.REGISTER,
        "POST /members",
        Effect(entity="Member", writes=writes, answer=answer),
        body=enveloped("NewMember", "member"),
        answer=member,
        status=201,
        refuses="duplicate",
    )
    credentials = Credentials(place="body", login="/member/email", login_attribute="email", password="/member/password")
    api.add(
        "login",
        OperationKind.LOGIN,
        "POST /members/login",
        Effect(entity="Member", credentials=credentials, answer=answer),
        body=enveloped("Login", "member"),
        answer=member,
        refuses="bad_credentials",
    )
    api.add(
        "currentMember",
        OperationKind.CURRENT,
        "GET /member",
        Effect(entity="Member", lookups=(_CALLER,), answer=answer),
        access=SIGNED_IN,
        answer=member,
    )
    api.add(
        "updateCurrentMember",
        OperationKind.CURRENT_REPLACE,
        "PUT /member",
        Effect(
            entity="Member",
            lookups=(_CALLER,),
            writes=_writes("member", "email", "password", "bio"),
            merges=True,
            answer=answer,
        ),
        access=SIGNED_IN,
        body=enveloped("MemberChange", "member"),
        answer=member,
        refuses="duplicate",
    )


def _add_trails(api: Api) -> None:
    _add_list(api)
    _add_writes(api)
    _add_toggles(api)


def _add_list(api: Api) -> None:
    page = objects("trails", "total", trails=shape("array", items=named("Trail")), total=shape("integer"))
    limit = shape("integer", minimum=1, maximum=100, has_default=True, default=20)
    offset = shape("integer", minimum=0, has_default=True, default=0)
    queries = {
        "grade": named("Grade"),
        "author": TEXT,
        "tag": TEXT,
        "starredBy": TEXT,
        "limit": limit,
        "offset": offset,
    }
    filters = (
        Filter(parameter="grade", path=("grade",), operator="equals"),
        Filter(parameter="author", path=("author", "username"), operator="equals"),
        Filter(parameter="tag", path=("tagList",), operator="member"),
        Filter(parameter="starredBy", path=("stars", "username"), operator="linked_by"),
    )
    paged = Value(
        source=Source.OBJECT,
        fields=(
            Member(name="trails", value=Value(source=Source.RECORDS, view="Trail")),
            Member(name="total", value=Value(source=Source.TOTAL)),
        ),
    )
    paging = Paging(style="offset", size="limit", position="offset", default_size=20, maximum_size=100)
    api.add(
        "listTrails",
        OperationKind.LIST,
        "GET /trails",
        Effect(entity="Trail", filters=filters, paging=paging, answer=paged),
        optional=True,
        parameters=tuple(Parameter(name=n, place="query", shape=s, required=False) for n, s in queries.items()),
        answer=page,
        refuses="invalid_query",
    )


def _add_writes(api: Api) -> None:
    trail, answer = enveloped("Trail", "trail"), _one("trail", "Trail")
    api.add(
        "createTrail",
        OperationKind.CREATE,
        "POST /trails",
        Effect(
            entity="Trail",
            writes=(
                *_writes("trail", "title", "grade", "length", "tagList"),
                Write(attribute="author", place="caller"),
            ),
            answer=answer,
        ),
        access=SIGNED_IN,
        body=enveloped("NewTrail", "trail"),
        answer=trail,
        status=201,
    )
    api.add(
        "getTrail",
        OperationKind.READ,
        "GET /trails/{slug}",
        Effect(entity="Trail", lookups=(_TRAIL,), answer=answer),
        optional=True,
        answer=trail,
        parameters=(_SLUG,),
        refuses="missing",
    )
    api.add(
        "updateTrail",
        OperationKind.PATCH,
        "PATCH /trails/{slug}",
        Effect(
            entity="Trail",
            lookups=(_TRAIL,),
            writes=_writes("trail", "title", "grade"),
            merges=True,
            answer=answer,
        ),
        access=OWNER,
        body=enveloped("TrailChange", "trail"),
        answer=trail,
        parameters=(_SLUG,),
        refuses="missing",
    )
    api.add(
        "deleteTrail",
        OperationKind.DELETE,
        "DELETE /trails/{slug}",
        Effect(entity="Trail", lookups=(_TRAIL,)),
        access=OWNER,
        status=204,
        parameters=(_SLUG,),
        refuses="missing",
    )


def _add_toggles(api: Api) -> None:
    trail, answer = enveloped("Trail", "trail"), _one("trail", "Trail")
    for name, kind, method in (("star", OperationKind.LINK, "POST"), ("unstar", OperationKind.UNLINK, "DELETE")):
        api.add(
            f"{name}Trail",
            kind,
            f"{method} /trails/{{slug}}/star",
            Effect(entity="Trail", lookups=(_TRAIL,), association="stars", holder="Member", answer=answer),
            access=SIGNED_IN,
            answer=trail,
            parameters=(_SLUG,),
            refuses="missing",
        )
    api.add(
        "forecastTrail",
        OperationKind.CUSTOM,
        "POST /trails/{slug}/forecast",
        None,
        access=SIGNED_IN,
        parameters=(_SLUG,),
        body=objects("days", days=shape("integer", minimum=1, maximum=7)),
        answer=objects("summary", summary=TEXT),
        refuses="unwritten",
    )


def _add_reports(api: Api) -> None:
    reports = objects("reports", reports=shape("array", items=named("Report")))
    listed = Value(
        source=Source.OBJECT, fields=(Member(name="reports", value=Value(source=Source.RECORDS, view="Report")),)
    )
    api.add(
        "listReports",
        OperationKind.NESTED_LIST,
        "GET /trails/{slug}/reports",
        Effect(entity="Report", lookups=(_TRAIL,), parent="trail", answer=listed),
        parameters=(_SLUG,),
        answer=reports,
        refuses="missing",
    )
    api.add(
        "addReport",
        OperationKind.NESTED_CREATE,
        "POST /trails/{slug}/reports",
        Effect(
            entity="Report",
            lookups=(_TRAIL,),
            writes=(
                *_writes("report", "body", "walked_on"),
                Write(attribute="trail", place="parent"),
                Write(attribute="author", place="caller"),
            ),
            answer=_one("report", "Report"),
        ),
        access=SIGNED_IN,
        parameters=(_SLUG,),
        body=enveloped("NewReport", "report"),
        answer=enveloped("Report", "report"),
        status=201,
        refuses="missing",
    )
    api.add(
        "deleteReport",
        OperationKind.NESTED_DELETE,
        "DELETE /trails/{slug}/reports/{reportId}",
        Effect(entity="Report", lookups=(_TRAIL, _REPORT)),
        access=OWNER,
        parameters=(_SLUG, _REPORT_ID),
        status=204,
        refuses="missing invalid_path",
    )


def trails() -> DiscoveryDocument:
    """Accounts with an odd token prefix, envelopes, slugs, an owner, paging, children, a toggle, a custom operation."""
    api = Api()
    _add_accounts(api)
    _add_trails(api)
    _add_reports(api)
    interface = Interface(
        file="trails.yaml",
        version="1.2.0",
        openapi="3.1.0",
        base_path=BASE,
        shapes=SHAPES,
        schemes=(Scheme(name="Token", kind="token", prefix="Token "),),
        views=_views(),
        endpoints=tuple(api.endpoints),
    )
    return document("Walking trails", interface, _entities(), api.operations)
