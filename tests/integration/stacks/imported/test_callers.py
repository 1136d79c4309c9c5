"""Callers of an imported API: tokens, accounts by name and password, keys, roles, and several of these at once."""

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devmatrix.discovery.document import Access, Account, Attribute, Default, DiscoveryDocument, FieldType
from devmatrix.discovery.interface import Scheme
from devmatrix.stacks.fastapi import FastAPIStack
from tests.imported_documents import trails
from tests.integration.stacks.records.projects import materialise
from tests.integration.stacks.serving import serving
from tests.integration.stacks.test_projects import run

SCHEMES = {
    "current_member": ("Token", "Basic"),
    "list_trails": ("Token", "Key"),
    "create_trail": ("Token", "Basic"),
    "forecast_trail": ("Token", "Key"),
    "list_reports": ("Key",),
}
MEMBER = {"username": "ann", "email": "ann@example.com", "password": "password-1"}


def clubs() -> DiscoveryDocument:
    """The trails, where members have roles, and may show who they are in several ways."""
    document = trails()
    assert document.interface is not None
    member, *others = document.entities
    role = Attribute(
        name="role",
        type=FieldType.ENUM,
        choices=("walker", "guide"),
        required=False,
        default=Default(kind="literal", value="walker"),
    )
    account = Account(login_field="email", password_field="password", role_field="role", admin_role="guide")
    member = member.model_copy(update={"attributes": (*member.attributes, role), "account": account})
    endpoints = tuple(
        each.model_copy(update={"schemes": SCHEMES.get(each.operation, each.schemes)})
        for each in document.interface.endpoints
    )
    interface = document.interface.model_copy(
        update={
            "endpoints": endpoints,
            "schemes": (
                *document.interface.schemes,
                Scheme(name="Basic", kind="basic", prefix="Basic "),
                Scheme(name="Key", kind="key", parameter="X-Key"),
            ),
        }
    )
    access = {
        "delete_report": Access(authenticated=True, roles=("guide",)),
        "list_reports": Access(authenticated=True),
    }
    operations = tuple(
        each.model_copy(update={"access": access.get(each.id, each.access)}) for each in document.operations
    )
    return document.model_copy(update={"entities": (member, *others), "interface": interface, "operations": operations})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clubs")
    materialise(place, clubs())
    return place


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    settings = FastAPIStack(Path()).boot(clubs()).environment
    assert settings["API_KEYS"] == "key-of-tests-1,key-of-tests-2"
    with serving(folder, settings) as found:
        yield found


@pytest.fixture(scope="module")
def token(client: httpx.Client) -> str:
    response = client.post("/api/members", json={"member": MEMBER})
    assert response.status_code == 201, response.text
    return str(response.json()["member"]["token"])


def basic(password: str) -> dict[str, str]:
    credential = base64.b64encode(f"ann@example.com:{password}".encode()).decode()
    return {"Authorization": f"Basic {credential}"}


def test_it_passes_its_own_checks(folder: Path) -> None:
    import sys

    run(folder, "make", "check", VIRTUAL_ENV=sys.prefix)


def test_an_account_shows_itself_in_either_way(client: httpx.Client, token: str) -> None:
    for headers in ({"Authorization": f"Token {token}"}, {"Authorization": f"tOKEN {token}"}, basic("password-1")):
        response = client.get("/api/member", headers=headers)
        assert response.status_code == 200, headers
        assert response.json()["member"]["username"] == "ann"
    for headers in ({}, {"Authorization": token}, {"Authorization": f"Token {token}x"}, basic("password-2")):
        response = client.get("/api/member", headers=headers)
        assert response.status_code == 401, headers
        assert response.headers["www-authenticate"] == "Token"
        assert list(response.json()) == ["message"]


def test_a_scheme_counts_only_where_the_document_lists_it(client: httpx.Client, token: str) -> None:
    assert client.put("/api/member", headers=basic("password-1"), json={"member": {}}).status_code == 401
    key = {"X-Key": "key-of-tests-1"}
    assert client.get("/api/trails/none/reports", headers=key).status_code == 404
    assert client.get("/api/trails/none/reports", headers={"Authorization": f"Token {token}"}).status_code == 401


def test_keys_and_tokens_may_be_mixed(client: httpx.Client, token: str) -> None:
    assert client.get("/api/trails").status_code == 200
    assert client.get("/api/trails", headers={"Authorization": f"Token {token}"}).status_code == 200
    assert client.get("/api/trails", headers={"X-Key": "key-of-tests-2"}).status_code == 200
    assert client.get("/api/trails", headers={"X-Key": "key"}).status_code == 401
    path = "/api/trails/none/forecast"
    assert client.post(path, json={"days": 1}, headers={"X-Key": "key-of-tests-2"}).status_code == 501
    assert client.post(path, json={"days": 1}).status_code == 401


def test_a_role_is_asked_for_before_anything_else(client: httpx.Client, token: str) -> None:
    refused = client.delete("/api/trails/none/reports/x", headers={"Authorization": f"Token {token}"})
    assert refused.status_code == 403
    assert client.delete("/api/trails/none/reports/x").status_code == 401
