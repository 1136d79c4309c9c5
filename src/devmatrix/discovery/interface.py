"""An API as a document gives it: what each endpoint takes and answers, and what that does to the records.

docs/imported.md says what each of these means at run time: the scenarios and the code both follow that page.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from devmatrix.discovery.finding import find_part
from devmatrix.discovery.shapes import Shape


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Part):
    """A parameter outside the body."""

    name: str
    place: Literal["path", "query", "header", "cookie"]
    shape: Shape
    required: bool
    description: str = ""
    separated: bool = False
    """A list in one value, with commas; else the parameter is repeated."""


class Content(_Part):
    """A body in one media type."""

    media_type: str
    shape: Shape
    examples: tuple[JsonValue, ...] = ()
    deep: tuple[str, ...] = ()
    """Of a form: the properties whose parts are sent by themselves, as `name[part]=value` (deepObject)."""


class Reply(_Part):
    """An answer that the document lists."""

    status: int
    """0 for `default`."""
    description: str = ""
    contents: tuple[Content, ...] = ()
    """None: no body."""
    headers: tuple[str, ...] = ()


class Scheme(_Part):
    """How a caller shows who it is."""

    name: str
    kind: Literal["token", "key", "basic"]
    """token: issued by an operation here, else listed in the setting API_KEYS; key: listed there; basic: login and
    password of an account, else a pair listed there."""
    place: Literal["header", "query", "cookie"] = "header"
    parameter: str = "Authorization"
    prefix: str = ""
    """Before the credential, with its space: "Bearer ", "Token ", "Basic "."""


class Lookup(_Part):
    """Finds one record; where there is none, the endpoint refuses it as MISSING."""

    place: Literal["path", "query", "body", "caller", "only"]
    """caller: the record is the caller's account; only: the one record of the entity, which is made where it is not
    there yet; `name` and `attribute` are empty then."""
    name: str = ""
    """The parameter, or a JSON pointer into the body."""
    entity: str
    attribute: str = ""
    """Whose value it must have."""
    within: str | None = None
    """The reference of `entity` that must point to the record of the lookup before."""
    called: str = ""
    """What errors call the record, where one of the endpoint's has RECORD_KEY."""


class Write(_Part):
    """Sets one attribute."""

    attribute: str
    place: Literal["body", "query", "path", "caller", "parent", "constant"]
    """caller: a reference to the caller's account; parent: to the record of the last lookup (nested_create)."""
    name: str = ""
    """The parameter, or a JSON pointer into the body."""
    match: str = ""
    """Of a reference: the attribute of its target that has the value. No such record: INVALID."""
    value: JsonValue = None
    """The constant."""


class Filter(_Part):
    """A query parameter (or one of the path, or a property of the body) that narrows a list."""

    parameter: str
    """Its name, or a JSON pointer into the body; empty for `of_caller`, which always holds."""
    place: Literal["parameter", "body"] = "parameter"
    path: tuple[str, ...]
    """The attribute, or references that lead to it: ("author", "username"). Of `search`: the attributes searched."""
    operator: Literal[
        "equals",
        "one_of",  # several values
        "contains",  # substring, ASCII case ignored
        "search",  # likewise, in any of the attributes of `path`
        "member",  # the value (of several: one of them) is in the list that the attribute holds; path (attribute,
        # property): a list of objects, one of which has the value there
        "minimum",  # inclusive
        "maximum",
        "after",  # not inclusive
        "before",
        "links",  # path (association, attribute): a record that is linked by it has the value
        "linked_by",  # path (association, attribute): in that association of the account that has the value
        "of_caller",  # path (association,) or (reference, association): the caller has it, or what it refers to
    ]


class Paging(_Part):
    """How a list is cut."""

    style: Literal["offset", "page", "cursor", "limit"]
    size: str = ""
    """The parameter for the number of records; empty: there is none."""
    position: str = ""
    """The parameter for the offset, the page or the cursor."""
    first: int = 0
    """Number of the first page."""
    default_size: int = 20
    maximum_size: int = 100


class Sorting(_Part):
    """The order of a list."""

    parameter: str = ""
    """Its values are `choices`; empty: the order is fixed."""
    choices: tuple[tuple[str, str, bool], ...] = ()
    """(value, attribute, descending)."""
    direction: str = ""
    """A second parameter with asc and desc."""
    attribute: str = ""
    """The order when nothing is asked; empty: as created."""
    descending: bool = False


class Source(StrEnum):
    """Where a value in an answer comes from."""

    OBJECT = "object"  # an object of `fields`
    ATTRIBUTE = "attribute"  # `attribute` of the record
    ADDRESS = "address"  # absolute URL that the record is read under: `value`, with `attribute` in place of {}
    RELATED = "related"  # the record that reference `attribute` points to, as `view`; null where there is none
    RELATED_VALUE = "related_value"  # `target_attribute` of that record
    CHILDREN = "children"  # records of `entity` whose reference `attribute` points here, as `view`, as created
    CHILD_COUNT = "child_count"  # how many
    LINKS = "links"  # records linked by association `attribute`, as `view`
    LINK_VALUES = "link_values"  # `target_attribute` of each
    LINKED = "linked"  # whether association `attribute` of the caller's account holds the record; false for nobody
    LINK_COUNT = "link_count"  # how many accounts have it there
    HELD_COUNT = "held_count"  # how many records its own association `attribute` holds
    RECORD = "record"  # the endpoint's record, as `view`
    RECORDS = "records"  # the page's records, as `view` each
    VALUES = (
        "values"  # distinct values of `attribute` over all records of `entity` (members, where it holds lists), sorted
    )
    TOTAL = "total"  # number of all records that match
    SIZE = "size"  # the page size in force
    LENGTH = "length"  # number of records on this page
    OFFSET = "offset"
    PAGE = "page"
    PAGES = "pages"  # number of pages
    HAS_MORE = "has_more"
    HAS_PREVIOUS = "has_previous"
    CURSOR = "cursor"  # for the next page; null on the last
    PREVIOUS_PAGE = "previous_page"  # number; null on the first
    NEXT_PAGE = "next_page"  # number; null on the last
    NEXT_LINK = "next_link"  # absolute URL of this request with the next position; null on the last page
    PREVIOUS_LINK = "previous_link"  # likewise; null on the first
    COUNT = "count"  # what a count operation counted, or a bulk operation changed
    COUNTS = "counts"  # object: value of `attribute` -> number of records
    TOKEN = "token"  # a new token for the account
    REFRESH_TOKEN = "refresh_token"  # a token that gives new tokens, and lets nobody in
    EXPIRES = "expires"  # its life in seconds
    CONSTANT = "constant"  # `value`


class Value(_Part):
    """How one JSON value of an answer is made."""

    source: Source
    fields: tuple["Member", ...] = ()
    view: str = ""
    """Name of the view."""
    entity: str = ""
    attribute: str = ""
    target_attribute: str = ""
    value: JsonValue = None
    negated: bool = False
    """Of HAS_MORE and HAS_PREVIOUS: the opposite (this is the last, the first page)."""


class Member(_Part):
    """One property of an answer's object."""

    name: str
    value: Value


class View(_Part):
    """How records of an entity look in answers."""

    name: str
    """PascalCase, unique."""
    entity: str
    shape: str = ""
    """The named shape that it fills; empty for an inline one."""
    members: tuple[Member, ...]


class Reason(StrEnum):
    """Why an endpoint refuses."""

    UNAUTHENTICATED = "unauthenticated"
    BAD_CREDENTIALS = "bad_credentials"  # login with a wrong name or password
    FORBIDDEN = "forbidden"
    INVALID_PATH = "invalid_path"  # a path parameter is malformed
    INVALID_QUERY = "invalid_query"  # a query, header or cookie parameter is malformed or missing
    INVALID_BODY = "invalid_body"  # the body is malformed, breaks its schema, or refers to nothing
    MISSING = "missing"
    DUPLICATE = "duplicate"
    STATE = "state"  # the record's state, or what refers to it, stands against it
    UNWRITTEN = "unwritten"  # 501: nobody has written it


STANDARD_STATUSES = {
    Reason.UNAUTHENTICATED: 401,
    Reason.BAD_CREDENTIALS: 401,
    Reason.FORBIDDEN: 403,
    Reason.INVALID_PATH: 422,
    Reason.INVALID_QUERY: 422,
    Reason.INVALID_BODY: 422,
    Reason.MISSING: 404,
    Reason.DUPLICATE: 409,
    Reason.STATE: 409,
    Reason.UNWRITTEN: 501,
}
"""Statuses of refusals that no document speaks of."""


class Fault(StrEnum):
    """Where a value in an error's body comes from."""

    OBJECT = "object"  # an object of `fields`
    STATUS = "status"  # the number
    STATUS_TEXT = "status_text"  # the number as a string
    CODE = "code"  # the reason's name, such as not_found, as `constant` gives it
    TITLE = "title"  # a few words, as `constant` gives them
    DETAIL = "detail"  # a sentence
    DETAILS = "details"  # a list of sentences
    BY_FIELD = "by_field"  # object: name of the field ("body" for the whole) -> list of sentences
    FIELDS = "fields"  # list of one object of `fields` for each error, from FIELD and DETAIL
    FIELD = "field"  # the name of the field
    NOW = "now"
    PATH = "path"  # of the request
    CONSTANT = "constant"


RECORD_KEY = "{record}"


class FaultValue(_Part):
    """How one JSON value of an error's body is made."""

    source: Fault
    fields: tuple["FaultMember", ...] = ()
    constant: JsonValue = None
    key: str = ""
    """BY_FIELD, where the reason is about no field: the key, in place of `body`. RECORD_KEY: what is missing, or
    someone else's, by the name that its lookup has."""
    sentence: str = ""
    """BY_FIELD: what is said of every field; empty: sentences of the service."""


class FaultMember(_Part):
    """One property of it."""

    name: str
    value: FaultValue


class Refusal(_Part):
    """How an endpoint refuses for one reason. Where the document says nothing: a problem, as in docs/conventions.md."""

    reason: Reason
    status: int
    documented: bool
    media_type: str = "application/problem+json"
    body: FaultValue | None = None
    """None: the standard problem (media type problem+json), or no body at all (media type empty)."""


class Credentials(_Part):
    """Where a login stands in the request: parameters, or JSON pointers into the body."""

    place: Literal["body", "query"]
    login: str
    login_attribute: str
    """Of the account: what the login is compared with (there may be operations for more than one)."""
    password: str


class Effect(_Part):
    """What an endpoint does to the records. Its operation's kind says the rest."""

    entity: str
    lookups: tuple[Lookup, ...] = ()
    """In order. Of read, replace, patch, delete, transition, upload, download (and nested forms): the last finds the
    record. Of nested_create, nested_list: the last finds the parent. Of link, unlink: the last finds what is linked."""
    parent: str = ""
    """Nested list: the reference of `entity` that the last lookup fixes."""
    writes: tuple[Write, ...] = ()
    merges: bool = False
    """What the body leaves out stays as it is (patch; a replace whose body requires nothing)."""
    credentials: Credentials | None = None
    """Login."""
    cookie: str = ""
    """Login: the cookie in which a new token is set; logout: the one that is cleared. Empty: answers have tokens."""
    filters: tuple[Filter, ...] = ()
    paging: Paging | None = None
    sorting: Sorting = Sorting()
    association: str = ""
    """Link, unlink, lists over an association: the `references` attribute..."""
    holder: str = ""
    """... and the entity that has it: the account (the caller's is meant), or that of the lookup before the last."""
    status_of_repeat: int | None = None
    """Link when linked, unlink when not: none: as the first time."""
    answer: Value | None = None
    """None: no body."""
    refresh: str = ""
    """Custom: JSON pointer into the body to the refresh token, for which the answer has new tokens."""
    batch: str = ""
    """Bulk: JSON pointer to the list in the body."""


class Endpoint(_Part):
    """One operation of the document. `operation` is the id of an Operation, which has kind, path, status and access."""

    operation: str
    document_id: str = ""
    """The operationId as written."""
    tags: tuple[str, ...] = ()
    description: str = ""
    deprecated: bool = False
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Content, ...] = ()
    body_required: bool = False
    replies: tuple[Reply, ...] = ()
    schemes: tuple[str, ...] = ()
    """Any one of these lets a caller in; with `access.authenticated` false, credentials may be sent, and then they
    must be valid."""
    scopes: dict[str, tuple[str, ...]] = {}
    """Scheme -> scopes that a key shown by it must have, all of them; else FORBIDDEN. Missing: none."""
    refusals: tuple[Refusal, ...] = ()
    """One for every reason that can occur."""
    effect: Effect | None = None
    """None: nobody here can write it; it answers 501."""
    why_not: str = ""
    """Then: why."""
    finds: tuple[Lookup, ...] = ()
    """Then: the records that its path finds, as other operations find them by the beginning of it."""
    pointer: str = ""
    """Where it stands in the document."""


class Interface(_Part):
    """The document's API as a whole."""

    file: str
    version: str
    """Of the API: info.version."""
    openapi: str
    """Version of the format."""
    base_path: str = ""
    """Before every path when it is served, from `servers`; without / at the end."""
    blank: str = ""
    """What is said of a text in a body that is needed, and missing or empty; empty: a sentence of the service."""
    shapes: dict[str, Shape] = {}
    schemes: tuple[Scheme, ...] = ()
    views: tuple[View, ...] = ()
    endpoints: tuple[Endpoint, ...]

    def view(self, name: str) -> View:
        """The view of that name; KeyError where there is none."""
        view = find_part(self, self.views, name)
        if view is None:
            raise KeyError(f"no view {name}")
        return view

    def endpoint(self, operation_id: str) -> Endpoint:
        """The endpoint of an operation; KeyError where there is none."""
        endpoint = find_part(self, self.endpoints, operation_id, by="operation")
        if endpoint is None:
            raise KeyError(f"no endpoint {operation_id}")
        return endpoint

    def scheme(self, name: str) -> Scheme:
        """The scheme of that name; KeyError where there is none."""
        scheme = find_part(self, self.schemes, name)
        if scheme is None:
            raise KeyError(f"no scheme {name}")
        return scheme

    def resolve(self, shape: Shape) -> Shape:
        """The shape itself, where it is named; a loop of names ends in KeyError."""
        seen: set[str] = set()
        while shape.kind == "named":
            if shape.name in seen:
                raise KeyError(f"{shape.name} is nothing but itself")
            seen.add(shape.name)
            shape = self.shapes[shape.name]
        return shape
