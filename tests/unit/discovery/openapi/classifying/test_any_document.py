"""Whatever the document: each operation gets one class, always the same, in time."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Content, Endpoint, Parameter, Reply
from devmatrix.discovery.openapi.classifying import classify
from devmatrix.discovery.openapi.given import Given, GivenOperation, Method
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from tests.unit.discovery.openapi.classifying.sketches import sketch

_NAMES = st.sampled_from(
    ["id", "kite", "kites", "data", "items", "password", "token", "state", "name", "größe", "_", "me"]
)
_SCHEMAS = ("Kite", "KiteList", "User", "Loop", "Gone")
_SEGMENTS = st.sampled_from(
    """kites kite {id} {kiteId} {a}-{b} me user users login logout search count kites:fly {id}.json v1 api getKite
    kites.list star settings größe list create $count by-name sessions current - Kites({key}) batch""".split()
)
_METHODS: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def _object(properties: dict[str, Shape]) -> Shape:
    found = tuple(Property(name=name, shape=shape) for name, shape in properties.items())
    return Shape(kind=ShapeKind.OBJECT, properties=found)


_LEAVES = st.one_of(
    st.sampled_from([Shape(kind=kind) for kind in ShapeKind if kind is not ShapeKind.NAMED]),
    st.sampled_from([Shape(kind=ShapeKind.NAMED, name=name) for name in _SCHEMAS]),
    st.just(Shape(kind=ShapeKind.STRING, choices=("open", "closed", None))),
)
_SHAPES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(_NAMES, inner, max_size=4).map(_object),
        inner.map(lambda shape: Shape(kind=ShapeKind.ARRAY, items=shape)),
        inner.map(lambda shape: Shape(kind=ShapeKind.OBJECT, additional=shape)),
        st.lists(inner, max_size=3).map(lambda shapes: Shape(kind=ShapeKind.UNION, alternatives=tuple(shapes))),
    ),
    max_leaves=6,
)
_CONTENTS = st.lists(
    st.builds(
        Content,
        media_type=st.sampled_from(["application/json", "multipart/form-data", "text/csv", "image/png", "*/*", ""]),
        shape=_SHAPES,
    ),
    max_size=2,
).map(tuple)


@st.composite
def _operations(draw: st.DrawFn) -> GivenOperation:
    path = "/" + "/".join(draw(st.lists(_SEGMENTS, max_size=5)))
    query = draw(st.lists(_NAMES, max_size=2, unique=True))
    endpoint = Endpoint(
        operation="",
        document_id=draw(st.sampled_from(["", "login", "listKites", "deleteKite", "größe"])),
        parameters=tuple(
            Parameter(name=name, place="query", shape=draw(_SHAPES), required=draw(st.booleans())) for name in query
        ),
        bodies=draw(_CONTENTS),
        body_required=draw(st.booleans()),
        replies=tuple(
            Reply(status=status, contents=draw(_CONTENTS))
            for status in draw(st.lists(st.sampled_from([0, 200, 201, 204, 302, 404]), max_size=2, unique=True))
        ),
    )
    summary = draw(st.sampled_from(["", "Close it", "How many kites", "open -> closed"]))
    return GivenOperation(draw(st.sampled_from(_METHODS)), path, endpoint, summary, draw(st.booleans()))


@settings(max_examples=150, deadline=None)
@given(st.lists(_operations(), max_size=12), st.lists(_SHAPES, min_size=3, max_size=3))
def test_each_operation_has_one_class(operations: list[GivenOperation], schemas: list[Shape]) -> None:
    shapes = dict(zip(_SCHEMAS, schemas, strict=False)) | {"Loop": Shape(kind=ShapeKind.NAMED, name="Loop")}
    document = Given("any.yaml", "", "", "", "3.1.0", "", shapes, (), tuple(operations))
    found = classify(document)
    assert [one.operation for one in found.operations] == operations
    for one in found.operations:
        assert one.kind in OperationKind
        assert one.why
        assert one.resource is None or one.resource in found.resources
        assert one.linked is None or one.linked in found.resources
        assert all(step.resource in found.resources for step in one.steps)
        assert all("{" + step.parameter + "}" in one.operation.path for step in one.steps)
    assert all(resource.parent is None or resource.parent in found.resources for resource in found.resources.values())
    assert len({resource.plural for resource in found.resources.values()}) == len(found.resources)
    assert classify(document) == found


def test_the_order_of_the_paths_does_not_matter() -> None:
    lines = """
        GET /kites -> [Kite]
        POST /kites {name} -> 201 Kite
        GET /kites/{id} -> Kite
        GET /me -> {id:int, email}
        POST* /kites/{id}/star
        DELETE* /kites/{id}/star
        GET /kites/{id}/flights -> [{id:int, wind:num}]
    """.strip().splitlines()
    kinds = []
    for order in (lines, lines[::-1]):
        found = sketch("Kite {id:int, name}\n" + "\n".join(order)).classified.operations
        kinds.append({(one.operation.method, one.operation.path): (one.kind, one.resource) for one in found})
    assert kinds[0] == kinds[1]


def test_two_thousand_operations_take_seconds() -> None:
    lines = []
    for number in range(334):
        word = f"thing{number}s"
        lines += [
            f"Thing{number} {{id:int, name, state:open|closed, rows:[{{id:int, text}}], other:Thing{number // 2}}}",
            f"GET /{word}?page -> {{items:[Thing{number}], total:int}}",
            f"POST /{word} {{name, state?}} -> 201 Thing{number}",
            f"GET /{word}/{{id}} -> Thing{number}",
            f"PATCH /{word}/{{id}} {{name?}} -> Thing{number}",
            f"POST /{word}/{{id}}/close -> Thing{number}",
            f"GET /{word}/{{id}}/thing{number // 3}s -> [Thing{number // 3}]",
        ]
    document = sketch("\n".join(lines)).given
    assert len(document.operations) > 2000
    started = time.process_time()
    classify(document)
    assert time.process_time() - started < 5
