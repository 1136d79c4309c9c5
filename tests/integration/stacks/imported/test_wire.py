"""The wire side of an imported API, served: what is taken, what is refused and how, what the OpenAPI document says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from devmatrix.validation.compatibility import differences, read_served
from tests.integration.stacks.imported.depot import depot
from tests.integration.stacks.imported.standing import written
from tests.integration.stacks.serving import serving

PAIR = ("tests-1", "password-1")
KEYS = {"API_KEYS": "key-of-tests-1, key-of-tests-2,tests-1:password-1"}
KEY = {"X-API-Key": "key-of-tests-2", "X-Trace": "abc"}
CRATE = {"class": "a", "x-weight": 2, "inside": [{"class": 'b"c'}], "size": {"w": 1}, "unknown": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("depot")
    written(place, depot())
    return place


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    with serving(folder, KEYS) as found:
        yield found


def test_it_is_checked_and_strictly_typed(folder: Path, tmp_path: Path) -> None:
    mypy = (sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--cache-dir", str(tmp_path), "app")
    ruff = (sys.executable, "-m", "ruff", "check", ".")
    pyrefly = (sys.executable, "-m", "pyrefly", "check", "--python-interpreter-path", sys.executable)
    for command in (ruff, (*ruff[:3], "format", "--check", "."), pyrefly, mypy):
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.defpath, "VIRTUAL_ENV": sys.prefix},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def said(response: httpx.Response) -> str:
    """What a route says that it was given."""
    assert response.status_code == 501, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def fields(response: httpx.Response, status: int) -> list[str]:
    """The fields that an error in the document's form blames."""
    assert response.status_code == status, response.text
    body = response.json()
    assert body["status"] == str(status)
    assert body["where"] == response.request.url.path
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["when"])
    return [error["path"] for error in body["errors"]]


def pointers(response: httpx.Response) -> list[str]:
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return [error["pointer"] for error in response.json()["errors"]]


def test_parameters_come_from_all_places(client: httpx.Client) -> None:
    cookies = {"Cookie": "visitor=7", "seal_id": "x-1"}
    query = "?class=a&class=b&ids=1,2&flag=true&body=1.5"
    told = said(client.post(f"/crates/3{query}", json=CRATE, headers={**KEY, **cookies}))
    assert "'crate_id': 3" in told
    assert "'class_': ['a', 'b']" in told
    assert "'ids': [1, 2]" in told
    assert "'flag': True" in told
    assert "'seal_id': 'x-1'" in told
    assert "'visitor': 7" in told
    assert "'body_': 1.5" in told
    assert "'sort': ['a']" in told
    assert "'x_trace': 'abc'" in told
    assert "ApiCrateInput(class_='a', x_weight=2.0" in told


@pytest.mark.parametrize("query", ["class=c", "ids=1,x", "ids=1,2,3,4", "flag=yes", "body=3", "body=nan"])
def test_a_malformed_query_is_refused_in_the_documents_form(client: httpx.Client, query: str) -> None:
    response = client.post(f"/crates/3?{query}", json={}, headers=KEY)
    assert fields(response, 400)[0].startswith(query.partition("=")[0])
    assert response.json()["code"] == "bad_query"


def test_refusals_come_in_their_order(client: httpx.Client) -> None:
    broken = {"content": b"{", "headers": {"content-type": "application/json"}}
    assert client.post("/crates/99", **broken).status_code == 401  # type: ignore[arg-type]
    headers = {"X-API-Key": "key-of-tests-1", "content-type": "application/json"}
    assert fields(client.post("/crates/99?flag=1", content=b"{", headers=headers), 400) == ["crate-id"]
    assert fields(client.post("/crates/9?flag=1", content=b"{", headers=headers), 400) == ["flag", "X-Trace"]
    assert pointers(client.post("/crates/9", content=b"{", headers={**headers, "X-Trace": "ab"})) == [""]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", [""]),
        (b"null", [""]),
        (b"[]", [""]),
        (b"\xff", [""]),
        (b"[" * 100_000, [""]),
        (b'{"class": "c"}', ["/class"]),
        (b'{"x-weight": 0, "class": "a"}', ["/x-weight"]),
        (b'{"class": "a", "inside": [{}]}', ["/inside/0/class"]),
        (b'{"class": "a", "size": {"w": "1"}}', ["/size", "/size/w"]),
        (b'{"class": "a", "size": {"w": 1, "z": 1}}', ["/size", "/size/z"]),
        (b'{"class": "a", "labels": {"x": 1}}', ["/labels/x"]),
        (b'{"class": "a", "anything": "\\u0000"}', ["/anything"]),
        (b'{"class": "a", "anything": NaN}', ["/anything"]),
    ],
)
def test_a_malformed_body_is_refused_by_field(client: httpx.Client, body: bytes, expected: list[str]) -> None:
    headers = {**KEY, "content-type": "application/json"}
    assert pointers(client.post("/crates/1", content=body, headers=headers)) == expected


def test_bodies_of_other_types_are_refused(client: httpx.Client) -> None:
    for path, media_type in (("/crates/1", "text/csv"), ("/blob", "image/gif"), ("/files", "application/json")):
        method = "PUT" if path == "/blob" else "POST"
        response = client.request(method, path, content=b"x", headers={**KEY, "content-type": media_type})
        assert response.status_code == 415, path
        assert response.headers["content-type"] == "application/problem+json"
    assert "class_='a'" in said(client.post("/crates/1", content=b'{"class": "a"}', headers=KEY))


def test_bodies_may_be_lists_forms_files_bytes_and_text(client: httpx.Client) -> None:
    assert "[ApiCrateInput(" in said(client.put("/crates", json=[{"class": "a"}]))
    assert pointers(client.put("/crates", json=[])) == [""]
    assert "FormBody(name='x', count=2, tags=['a', 'b'], agree=True)" in said(
        client.post(
            "/forms",
            data={"name": "x", "count": "2", "tags": ["a", "b"], "agree": "true"},
            auth=PAIR,
        )
    )
    assert pointers(client.post("/forms", data={"name": "x", "count": "0"}, auth=PAIR)) == ["/count"]
    told = said(client.post("/files", files={"file": ("a.txt", b"abc")}, data={"count": "3"}))
    assert "UploadFile(filename='a.txt'" in told
    assert "'count': 3" in told
    assert pointers(client.post("/files", files={"file": ("a", b"")}, data={"caption": "x"})) == ["/caption"]
    png = {"content-type": "image/png"}
    assert "b'\\x00\\xff'" in said(client.put("/blob", content=b"\0\xff", headers=png))
    assert "b'x'" in said(client.post("/blob", content=b"x", headers={"content-type": "whatever/it-is"}))
    assert "'body': 'hello'" in said(client.post("/text", content=b"hello", headers={"content-type": "text/plain"}))
    vendor = {"content-type": "application/vnd.depot+json"}
    assert "w=1" in said(client.post("/vendor", content=b'{"w": 1.0}', headers=vendor))
    key = {"Cookie": "session=key-of-tests-1"}
    assert said(client.patch("/crates", headers=key)) == "{'body': None}"


def test_credentials_stand_where_the_document_says(client: httpx.Client) -> None:
    assert said(client.get("/crates/1")) == "{'crate_id': 1}"
    assert client.get("/crates/1", headers={"X-API-Key": "wrong"}).status_code == 401
    assert client.get("/crates/1?key=wrong").status_code == 401
    assert said(client.get("/crates/1?key=key-of-tests-1"))
    assert client.patch("/crates", headers={"Cookie": "session=x"}).status_code == 401
    refused = client.post("/forms", data={"name": "x"}, auth=("tests-1", "wrong"))
    assert refused.status_code == 401
    assert refused.content == b""
    assert refused.headers["www-authenticate"] == "Basic"
    for credential in ("Basic ???", "Basic", "Bearer key-of-tests-1", "Basic dGVzdHMtMQ=="):
        assert client.post("/forms", data={"name": "x"}, headers={"Authorization": credential}).status_code == 401


def test_literal_segments_win(client: httpx.Client) -> None:
    assert said(client.get("/crates/newest")) == "{}"
    assert fields(client.get("/crates/oldest"), 400) == ["crate-id"]


def test_the_openapi_document_says_what_the_given_one_does(client: httpx.Client) -> None:
    served: dict[str, Any] = client.get("/openapi.json").json()
    given = depot()
    assert given.interface is not None
    read = read_served(served)
    assert [each for one in given.operations for each in differences(given.interface, one, read)] == []
    labelled = served["paths"]["/labelled"]["get"]["responses"]
    assert list(labelled["200"]["content"]) == ["application/vnd.depot+json"]
    assert list(labelled["422"]["content"]) == ["application/json"]
    assert list(labelled["501"]["content"]) == ["application/problem+json"]
    make = served["paths"]["/crates/{crate-id}"]["post"]
    assert make["operationId"] == "make-crate"
    assert make["security"] == [{"Key": []}]
    assert served["paths"]["/crates/{crate-id}"]["get"]["security"] == [{}, {"Key": []}, {"Hidden": []}]
    assert served["components"]["securitySchemes"] == {
        "Key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "Hidden": {"type": "apiKey", "in": "query", "name": "key"},
        "Cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
        "Basic": {"type": "http", "scheme": "basic"},
    }
    assert {one["name"]: one["in"] for one in make["parameters"]} == {
        "crate-id": "path",
        "class": "query",
        "ids": "query",
        "deep": "query",
        "flag": "query",
        "sort": "query",
        "body": "query",
        "X-Trace": "header",
        "seal_id": "header",
        "visitor": "cookie",
    }
    assert set(make["responses"]) == {"201", "400", "401", "422", "500", "501", "default"}
    assert set(make["responses"]["201"]["headers"]) == {"X-Left", "Link"}
    assert "content" not in make["responses"]["401"]
    error = make["responses"]["422"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert served["components"]["schemas"][error]["properties"]["detail"]["items"] == {"type": "string"}
    crate = served["components"]["schemas"]["ApiCrate"]
    assert crate["required"] == ["@id", "class"]
    assert set(crate["properties"]) == {"@id", "class", "x-weight", "inside", "size", "labels", "counts", "anything"}
    assert crate["properties"]["class"]["enum"] == ["a", 'b"c']
    assert served["paths"]["/blob"]["get"]["responses"]["200"]["content"] == {
        "image/png": {"schema": {"type": "string", "format": "binary"}}
    }
    assert "422" not in served["paths"]["/health/ready"]["get"]["responses"]
