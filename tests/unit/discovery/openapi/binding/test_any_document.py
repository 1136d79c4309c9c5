"""Whatever a document says, what is made of it hangs together, is the same every time, and is made in time."""

import json
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.openapi.binding import check_bound
from devmatrix.discovery.sources import Source
from devmatrix.errors import RequestError
from tests.openapi.corpus import Labelled, labelled, read_source
from tests.unit.discovery.openapi.binding.labelled import (
    MOMENT,
    NUMBER,
    TEXT,
    Json,
    document,
    listed,
    operation,
    query,
    record,
    ref,
)

_NAMES = ("Stone", "Moss", "Fern", "User", "Tag")
_FIELDS = """id name title slug status email username password token author user ownerId parentId stoneId moss_id tags
    tagIds ferns liked likesCount fernCount createdAt updated_at meta children count total message""".split()
_SCALARS: tuple[Json, ...] = (
    TEXT,
    NUMBER,
    MOMENT,
    {"type": "number"},
    {"type": "boolean"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "email"},
    {"type": "string", "enum": ["open", "closed", "liked"]},
    {"type": "string", "nullable": True},
)
_QUERIES = "limit offset page size cursor sort order q status author tag liked min_count since ids expand".split()


def _schemas() -> st.SearchStrategy[Json]:
    leaf = st.sampled_from([*_SCALARS, *(ref(name) for name in _NAMES)])
    inner = st.one_of(leaf, leaf.map(listed), st.dictionaries(st.sampled_from(_FIELDS), leaf, max_size=3).map(_record))
    return st.dictionaries(st.sampled_from(_FIELDS), inner, min_size=1, max_size=8).map(_record)


def _record(properties: Json) -> Json:
    names = list(properties)
    return record(*names[::2], **properties)


def _envelope(shape: Json, form: int) -> Json:
    return (
        shape,
        record("data", data=shape),
        record("item", item=shape, total=NUMBER, token=TEXT),
        record("message", message=TEXT, id=NUMBER),
    )[form]


@st.composite
def documents(draw: st.DrawFn) -> str:
    schemas = {name: draw(_schemas()) for name in _NAMES}
    schemas |= {f"New{name}": draw(_schemas()) for name in _NAMES}
    operations: dict[str, Json] = {}
    for name in draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=4, unique=True)):
        base = f"/{name.lower()}s"
        one, new = ref(name), ref(f"New{name}")
        routes = {
            f"GET {base}": (listed(one), None),
            f"POST {base}": (one, new),
            f"GET {base}/{{id}}": (one, None),
            f"PUT {base}/{{id}}": (one, new),
            f"PATCH {base}/{{id}}": (one, new),
            f"DELETE {base}/{{id}}": (one, None),
            f"POST {base}/{{id}}/like": (one, None),
            f"DELETE {base}/{{id}}/like": (one, None),
            f"POST {base}/{{id}}/close": (one, None),
            f"GET {base}/{{id}}/ferns": (listed(ref("Fern")), None),
            f"POST {base}/{{id}}/ferns": (ref("Fern"), ref("NewFern")),
            f"GET {base}/{{id}}/ferns/{{fernId}}": (ref("Fern"), None),
            f"PUT {base}/{{id}}/tags/{{tagId}}": (one, None),
            f"POST {base}/login": (one, record("username", "password", username=TEXT, password=TEXT)),
            f"GET {base}/me": (one, None),
            f"GET {base}/count": (record(count=NUMBER), None),
        }
        for route in draw(st.lists(st.sampled_from(sorted(routes)), min_size=1, max_size=9, unique=True)):
            answer, body = routes[route]
            queries = draw(st.lists(st.sampled_from(_QUERIES), max_size=3, unique=True))
            operations[route] = operation(
                _envelope(answer, draw(st.integers(0, 3))) if draw(st.booleans()) else answer,
                body,
                secured=draw(st.booleans()),
                parameters=[query(one, draw(st.sampled_from(_SCALARS))) for one in queries],
                errors={str(code): "No" for code in draw(st.sets(st.sampled_from([400, 401, 403, 404, 409, 422])))},
            )
    return document(operations, schemas)


@settings(max_examples=30, deadline=None)
@given(documents())
def test_any_document_is_bound_soundly_and_always_alike(text: str) -> None:
    source = Source(text, "any.json")
    try:
        found = read_openapi(source)
    except RequestError as error:
        assume("nothing was found that the API keeps" not in error.message)
        raise
    assert check_bound(found) == []
    assert read_openapi(source) == found
    assert DiscoveryDocument.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("api", labelled(), ids=lambda api: api.path.name)
def test_the_corpus_is_bound_soundly(api: Labelled) -> None:
    found = read_openapi(read_source(api.path))
    assert check_bound(found) == []
    assert found.interface
    silent = [one.pointer for one in found.interface.endpoints if one.effect is None and not one.why_not]
    assert silent == []
    spoken = {one.span.pointer for one in found.statements}
    assert {one.pointer for one in found.interface.endpoints} <= spoken


def test_two_thousand_operations_are_bound_in_time() -> None:
    schemas: dict[str, Json] = {}
    operations: dict[str, Json] = {}
    for number in range(400):
        letters = "".join(chr(97 + number // 26**power % 26) for power in range(3))
        name, base = f"Kind{letters}", f"/kind{letters}s"
        schemas[name] = record("id", id=NUMBER, label=TEXT, createdAt=MOMENT, tags=listed(TEXT))
        one, new = ref(name), record("label", label=TEXT, tags=listed(TEXT))
        page = record("items", "total", items=listed(one), total=NUMBER)
        operations |= {
            f"GET {base}": operation(page, parameters=[query("limit", NUMBER), query("tag")]),
            f"POST {base}": operation(one, new, status=201),
            f"GET {base}/{{id}}": operation(one, errors={"404": "No"}),
            f"PUT {base}/{{id}}": operation(one, new, errors={"404": "No"}),
            f"DELETE {base}/{{id}}": operation(status=204, errors={"404": "No"}),
        }
    text = document(operations, schemas)
    assert json.loads(text)
    began = time.monotonic()
    found = read_openapi(Source(text, "large.json"))
    assert time.monotonic() - began < 60  # on a busy machine; about a tenth of it on a quiet one
    assert len(found.operations) == 2000
    assert found.interface
    assert all(one.effect for one in found.interface.endpoints)
