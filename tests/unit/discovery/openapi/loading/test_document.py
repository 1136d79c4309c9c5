"""From a source to operations and shapes."""

from pathlib import Path

import pytest

from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.openapi.loading import load
from devmatrix.discovery.shapes import ShapeKind
from devmatrix.discovery.sources import Source
from devmatrix.errors import RequestError


def _load(body: str, version: str = "3.0.3", path: Path | None = None) -> Given:
    return load(Source(f"openapi: {version}\ninfo: {{title: T, version: '1'}}\n{body}", "api.yaml", path))


_GET = "paths: {/a: {get: {responses: {'200': {description: ok}}}}}\n"


def _schemas(text: str, version: str = "3.0.3") -> Given:
    return _load(f"{_GET}components:\n  schemas:\n{text}", version)


def test_null_is_kept_apart_in_both_versions() -> None:
    old = _schemas("    A: {type: string, nullable: true}\n")
    new = _schemas("    A: {type: [string, 'null']}\n    B: {oneOf: [{type: string}, {type: 'null'}]}\n", "3.1.0")
    assert old.shapes["A"] == new.shapes["A"] == new.shapes["B"]
    assert old.shapes["A"].nullable


def test_bounds_are_read_in_both_versions() -> None:
    old = _schemas("    A: {type: integer, minimum: 1, exclusiveMinimum: true}\n")
    new = _schemas("    A: {type: integer, exclusiveMinimum: 1}\n", "3.1.0")
    assert old.shapes["A"] == new.shapes["A"]


def test_all_of_is_merged_whatever_the_order_of_the_schemas() -> None:
    given = _schemas(
        "    A: {allOf: [{$ref: '#/components/schemas/C'}, {$ref: '#/components/schemas/B'}], required: [b]}\n"
        "    B: {type: object, properties: {b: {type: string}}}\n"
        "    C:\n      allOf: [{$ref: '#/components/schemas/B'}]\n      required: [c]\n"
        "      properties: {c: {type: integer}}\n"
    )
    assert [(one.name, one.required) for one in given.shapes["A"].properties] == [("b", True), ("c", True)]


def test_recursion_is_kept_by_name() -> None:
    given = _schemas("    A: {type: object, properties: {next: {$ref: '#/components/schemas/A'}}}\n")
    assert given.shapes["A"].properties[0].shape.kind is ShapeKind.NAMED


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("paths: {}", 1, "no paths"),
        ("paths: [a]", 3, "an object is expected"),
        ("paths: {a: {get: {}}}", 3, "does not begin with /"),
        ("paths:\n  /a/{x}: {get: {}}\n  /a/{y}: {get: {}}", 5, "the same path as one on line 4"),
        ("paths:\n  /a: {get: {operationId: o}}\n  /b: {get: {operationId: o}}", 5, "is taken"),
        ("paths:\n  /a:\n    get: {parameters: [{in: query}]}", 5, "a parameter needs a name"),
        ("paths:\n  /a:\n    get: {responses: {2001: {}}}", 5, "no HTTP status"),
        ("paths:\n  /a:\n    $ref: '#/x'\n", 5, "leads nowhere"),
        ("paths:\n  /a: {$ref: '#/x'}\nx: {$ref: '#/paths/~1a'}\n", 4, "leads back to itself"),
        ("paths: {/../etc: {get: {}}}", 3, "no path of a request"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, line: int, what: str) -> None:
    with pytest.raises(RequestError, match=rf"^api\.yaml:{line}: ") as caught:
        _load(text)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("schemas", "what"),
    [
        ("    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n", "leads back to itself"),
        ("    A: {allOf: [{$ref: '#/components/schemas/A'}]}\n", "leads back to itself"),
        (
            "    A: {allOf: [{$ref: '#/components/schemas/B'}, {type: object}]}\n"
            "    B: {allOf: [{$ref: '#/components/schemas/A'}, {type: object}]}\n",
            "allOf leads back to itself",
        ),
        ("    A: {type: thing}\n", "is no type"),
        ("    A: {type: string, maxLength: -1}\n", "a whole number"),
        ("    A: {type: integer, maximum: 1e400}\n", "takes a number"),
        ("    A: {$ref: 'http://example.com/x.yaml'}\n", "nothing is fetched"),
        ("    A: {$ref: '../x.yaml'}\n", "came without a folder"),
    ],
)
def test_schemas_that_are_none(schemas: str, what: str) -> None:
    with pytest.raises(RequestError, match=r"^api\.yaml:") as caught:
        _schemas(schemas)
    assert what in str(caught.value)


@pytest.mark.parametrize("version", ["'2.0'", "'4.0.0'", "'3.9.0'", "x", "31", "true"])
def test_other_versions_are_refused(version: str) -> None:
    with pytest.raises(RequestError, match="is not read") as caught:
        _load(_GET, version)
    assert "3.1" in caught.value.mend


@pytest.mark.parametrize("version", ["3.0", "3.1", "'3.1'", "3.0.4", "3.1.0-rc1", "3.2.0"])
def test_versions_may_be_numbers(version: str) -> None:
    assert _load(_GET, version).openapi == version.strip("'")


def test_what_3_2_has_more_is_listed() -> None:
    given = _load(
        "paths:\n  /a:\n    query: {}\n"
        "    get: {parameters: [{name: q, in: querystring}], responses: {'200': {description: ok}}}",
        "3.2.0",
    )
    assert len(given.operations) == 1
    assert {why for _, why in given.unread} == {
        "query is no operation that is read",
        "q: a query string as a whole is not read",
    }


def test_files_beside_the_document_are_read_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "api"
    folder.mkdir()
    (folder / "parts.yaml").write_text("A: {type: object, properties: {b: {$ref: '#/B'}}}\nB: {type: string}\n")
    (tmp_path / "secret.yaml").write_text("A: {type: string}\n")
    beside = f"{_GET}components: {{schemas: {{X: {{$ref: './parts.yaml#/A'}}}}}}\n"
    given = _load(beside, path=folder / "api.yaml")
    assert given.resolve(given.shapes["X"]).properties[0].shape.name == "B"
    with pytest.raises(RequestError, match="outside the folder"):
        _load(beside.replace("./parts", "../secret"), path=folder / "api.yaml")


def test_security_parameters_and_servers() -> None:
    given = _load(
        "servers: [{url: 'https://x.example/{v}/', variables: {v: {default: v2}}}]\n"
        "security: [{t: []}, {}]\n"
        "components:\n  securitySchemes:\n"
        "    t: {type: apiKey, in: header, name: Authorization, description: 'Token jwt'}\n"
        "paths:\n  /a/{id}:\n    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]\n"
        "    get: {responses: {'200': {description: ok}}}\n"
        "    put: {security: [], parameters: [{name: q, in: query, schema: {type: string}}], responses: {}}\n"
    )
    read, write = given.operations
    assert given.base_path == "/v2"
    assert given.schemes[0].prefix == "Token "
    assert (read.secured, read.endpoint.schemes) == (False, ("t",))
    assert (write.secured, write.endpoint.schemes) == (False, ())
    assert [one.name for one in write.endpoint.parameters] == ["id", "q"]


def test_schemes_of_http_and_prefixes_that_only_the_introduction_shows() -> None:
    given = load(
        Source(
            "openapi: 3.0.3\ninfo: {title: T, version: '1', description: 'Send `Authorization: Key abc`.'}\n"
            f"{_GET}components:\n  securitySchemes:\n    a: {{type: apiKey, in: header, name: Authorization}}\n"
            "    b: {type: http, scheme: ApiToken}\n    c: {type: http, scheme: digest}\n"
            "    d: {type: apiKey, in: header, name: X-Key, description: API key}\n",
            "api.yaml",
        )
    )
    assert [(one.name, one.kind, one.prefix) for one in given.schemes] == [
        ("a", "token", "Key "),
        ("b", "token", "ApiToken "),
        ("d", "key", ""),
    ]


def test_what_is_not_taken_in_is_listed() -> None:
    given = _load(
        "paths: {/a: {post: {callbacks: {x: {}}, responses: {'200': {description: ok, links: {a: {}}}}}, trace: {}}}\n"
        "webhooks: {x: {}}\n",
        "3.1.0",
    )
    assert {why for _, why in given.unread} == {
        "callbacks are not made",
        "links are not made",
        "trace is no operation that is read",
        "webhooks are not sent",
    }
