"""A running service at the edges that no scenario reaches."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.stacks.serving import free_port, serving, start, wait_until_ready

JSON = {"content-type": "application/json"}
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def service(written: Callable[[str], Path]) -> Iterator[httpx.Client]:
    folder = written("library")
    with serving(folder, {"DATABASE_URL": "sqlite:///edges.db"}) as client:
        yield client


def problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = response.json()
    assert body["status"] == status
    assert str(body["type"]).startswith("/problems/")
    return body


@pytest.mark.parametrize(
    "body",
    [
        b"{no",
        b'{"name": "\xff\xfe"}',
        b"[" * 100_000,
        b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": NaN}',
        rb'{"name": "\ud800"}',
        rb'{"\ud800": 1}',
        rb'{"name": "a\u0000"}',
        b"",
        b"null",
        b"[]",
        b'"' + b"a" * (MIB - 2) + b'"',
    ],
    ids=range(12),
)
def test_bodies_that_are_no_record_are_invalid(service: httpx.Client, body: bytes) -> None:
    assert problem(service.post("/shelves", content=body, headers=JSON), 422)["errors"]


def test_a_body_of_no_stated_type_is_invalid(service: httpx.Client) -> None:
    problem(service.post("/shelves", content=b'{"name": "a"}'), 422)
    problem(service.post("/shelves", content=b'{"name": "a"}', headers={"content-type": "text/plain"}), 422)


def in_chunks() -> Iterator[bytes]:
    for _ in range(40):
        yield b"a" * 65536


@pytest.mark.parametrize("path", ["/shelves", "/nowhere"])
def test_a_body_is_too_large_from_one_byte_on(service: httpx.Client, path: str) -> None:
    for size in (MIB + 1, 30 * MIB):
        problem(service.post(path, content=b"a" * size, headers=JSON), 413)


def test_a_body_of_unstated_length_is_too_large(service: httpx.Client) -> None:
    problem(service.post("/shelves", content=in_chunks(), headers=JSON), 413)


def test_other_methods_are_told_all_that_are_allowed(service: httpx.Client) -> None:
    for method in ("PATCH", "OPTIONS", "TRACE", "HEAD"):
        response = service.request(method, "/shelves")
        assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    problem(service.delete("/shelves"), 405)


@pytest.mark.parametrize("path", ["/shelves/", "//shelves", "/shelves/..%2f..%2fetc%2fpasswd"])
def test_paths_that_are_not_there_are_not_found(service: httpx.Client, path: str) -> None:
    problem(service.get(path), 404)


@pytest.mark.parametrize("query", ["limit=1.0", "limit=1_0", "limit=%205", "offset=-1", "search=%00", "%ED%A0%80=1"])
def test_queries_are_read_strictly(service: httpx.Client, query: str) -> None:
    problem(service.get(f"/shelves?{query}"), 422)


def test_the_document_of_the_api_has_problems_and_no_servers(service: httpx.Client) -> None:
    document = service.get("/openapi.json").json()
    assert "servers" not in document
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["operationId"]
            for status, response in operation["responses"].items():
                media = set(response.get("content", {}))
                assert media <= ({"application/problem+json"} if status >= "400" else {"application/json"})
    assert service.get("/docs").status_code == 200


def test_eight_writers_at_once_all_get_through(service: httpx.Client) -> None:
    seen: Counter[int] = Counter()
    slowest: list[float] = []

    def write(number: int) -> None:
        for turn in range(15):
            began = time.monotonic()
            made = service.post("/shelves", json={"name": f"shelf {number}.{turn}"})
            slowest.append(time.monotonic() - began)
            seen[made.status_code] += 1
            seen[
                service.patch(f"/shelves/{made.json()['id']}", json={"name": f"Shelf {number}.{turn}"}).status_code
            ] += 1
            seen[service.get("/shelves?limit=3").status_code] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {201: 120, 200: 240}
    assert max(slowest) < 20  # SQLite waits at most 30 s for its lock; nobody may come near that


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_several_processes_start_at_once(
    backend: str, project: Callable[[str], Path], request: pytest.FixtureRequest
) -> None:
    folder = project("accounts")
    url = "sqlite:///app.db" if backend == "sqlite" else request.getfixturevalue("postgres_url")
    running = [(port, start(folder, port, {"DATABASE_URL": url})) for port in (free_port() for _ in range(3))]
    try:
        for port, process in running:
            wait_until_ready(folder, port, process)
        credentials = {"email": "admin@example.com", "password": "Admin-password-1"}
        for port, _ in running:
            login = httpx.post(f"http://127.0.0.1:{port}/auth/login", json=credentials)
            assert login.status_code == 200
            headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
            assert httpx.get(f"http://127.0.0.1:{port}/users", headers=headers).json()["total"] == 1
    finally:
        for _, process in running:
            process.terminate()
            process.wait(timeout=30)
