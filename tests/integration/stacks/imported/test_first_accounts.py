"""Imported APIs whose accounts nobody can register: keys and accounts of the settings, scopes, roles, as they run."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devmatrix.discovery import Source, discover
from devmatrix.discovery.document import DiscoveryDocument
from tests.integration.stacks.records.projects import materialise
from tests.integration.stacks.serving import serving
from tests.integration.stacks.test_projects import run

FOLDER = Path(__file__).parents[3] / "openapi" / "accounts"


def document(name: str, *rules: str) -> DiscoveryDocument:
    file = FOLDER / f"{name}.yaml"
    return discover([Source(file.read_text(), file.name, file), *map(Source, rules)])


def written(place: Path, document: DiscoveryDocument) -> Path:
    materialise(place, document)
    return place


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("bank"), document("seed-bank", "and only admins may delete seeds"))


KEYS = {"API_KEYS": "ann:key-of-ann, bob:key-of-bob ,eve:key-of-eve admin"}


@pytest.fixture(scope="module")
def client(bank: Path) -> Iterator[httpx.Client]:
    with serving(bank, KEYS) as found:
        yield found


def key(name: str) -> dict[str, str]:
    return {"X-API-Key": f"key-of-{name}"}


def test_it_passes_its_own_checks(bank: Path) -> None:
    run(bank, "make", "check", VIRTUAL_ENV=sys.prefix)
    assert "NAME:KEY for each account" in (bank / "README.md").read_text()
    assert "key-of-" not in (bank / ".env.example").read_text()


def test_a_key_is_its_account(client: httpx.Client) -> None:
    assert client.get("/me", headers=key("ann")).json()["username"] == "ann"
    pair = base64.b64encode(b"bob:key-of-bob").decode()
    assert client.get("/me", headers={"Authorization": f"Basic {pair}"}).json()["username"] == "bob"
    changed = client.patch("/me", headers=key("bob"), json={"motto": "sow early"})
    assert changed.json()["motto"] == "sow early"
    assert "motto" not in client.get("/me", headers=key("ann")).json()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": "key-of-nobody"},
        {"X-API-Key": "ann:key-of-ann"},
        {"X-API-Key": ""},
        {"Authorization": f"Basic {base64.b64encode(b'ann:key-of-bob').decode()}"},
        {"Authorization": "Basic no-such-form"},
    ],
)
def test_without_a_key_nobody_gets_in(client: httpx.Client, headers: dict[str, str]) -> None:
    refused = client.get("/me", headers=headers)
    assert refused.status_code == 401
    assert list(refused.json()) == ["message"]


def test_roles_stand_behind_keys(client: httpx.Client) -> None:
    made = client.post("/seeds", headers=key("ann"), json={"name": "oak"}).json()
    assert made["owner"]["username"] == "ann"
    path = f"/seeds/{made['id']}"
    assert client.delete(path).status_code == 401
    refused = client.delete(path, headers=key("ann"))
    assert refused.status_code == 403
    assert list(refused.json()) == ["message"]
    assert "role" not in client.get("/me", headers=key("eve")).json()
    assert client.delete(path, headers=key("eve")).status_code == 204


def test_the_settings_decide_again_at_each_start(bank: Path) -> None:
    def may_delete(keys: str) -> int:
        with serving(bank, {"API_KEYS": keys}) as client:
            made = client.post("/seeds", headers=key("ann"), json={"name": "elm"})
            return client.delete(f"/seeds/{made.json()['id']}", headers=key("eve")).status_code

    assert may_delete("ann:key-of-ann,eve:key-of-eve admin") == 204
    assert may_delete("ann:key-of-ann,eve:key-of-eve") == 403
    assert may_delete("ann:key-of-ann,eve:another-key admin") == 401


def test_an_entry_without_a_name_is_refused_at_start(bank: Path) -> None:
    command = [sys.executable, "-c", "import app.settings as s; s.Settings()"]
    environment = {"PATH": os.defpath, "API_KEYS": "a-secret-without-a-name"}
    failed = subprocess.run(command, cwd=bank, env=environment, capture_output=True, text=True, check=False)
    assert "each must be NAME:KEY" in failed.stderr
    assert "a-secret" not in failed.stderr


def test_scopes_are_asked_of_keys(tmp_path: Path) -> None:
    keys = {"API_KEYS": "key-of-all,key-of-reading tools:read,key-of-writing tools:read tools:write,key-of-none other"}
    with serving(written(tmp_path, document("lending-desk")), keys) as client:

        def asked(method: str, path: str, name: str) -> int:
            return client.request(method, path, headers={"Authorization": f"Bearer key-of-{name}"}).status_code

        writing = {"Authorization": "Bearer key-of-writing"}
        tool = client.post("/tools", json={"name": "saw"}, headers=writing).json()["id"]
        assert [asked("GET", "/tools", name) for name in ("all", "reading", "none", "nobody")] == [200, 200, 403, 401]
        assert client.get("/tools", params={"key": "key-of-none"}).status_code == 200
        assert client.get("/tools", params={"key": "key-of-nobody"}).status_code == 401
        assert [asked("DELETE", f"/tools/{tool}", name) for name in ("reading", "nobody")] == [403, 401]
        # Whether it may be done comes before whether it is well said.
        assert client.post("/tools", headers={"Authorization": "Bearer key-of-reading"}).status_code == 403
        assert asked("DELETE", f"/tools/{tool}", "writing") == 204


def test_refresh_tokens_give_new_tokens_and_let_nobody_in(tmp_path: Path) -> None:
    with serving(written(tmp_path, document("diary")), {"SECRET_KEY": "s" * 40}) as client:
        client.post("/users", json={"email": "ann@example.com", "password": "password-1"})
        tokens = client.post("/token", data={"username": "ann@example.com", "password": "password-1"}).json()

        def renew(token: str) -> httpx.Response:
            return client.post("/token/refresh", json={"refresh_token": token})

        def seen(token: str) -> int:
            return client.get("/users/me", headers={"Authorization": f"Bearer {token}"}).status_code

        assert [seen(tokens["access_token"]), seen(tokens["refresh_token"])] == [200, 401]
        renewed = renew(tokens["refresh_token"])
        assert renewed.status_code == 200
        assert seen(renewed.json()["access_token"]) == 200
        assert renew(renewed.json()["refresh_token"]).status_code == 200
        assert [renew(each).status_code for each in (tokens["access_token"], "", "x.y.z")] == [401, 401, 401]


def test_the_first_administrator_comes_from_the_settings(tmp_path: Path) -> None:
    notes = written(tmp_path, document("notes"))
    settings = {"ADMIN_LOGIN": "root@example.com", "ADMIN_PASSWORD": "a-long-password", "SECRET_KEY": "s" * 40}

    def token(client: httpx.Client, login: str, password: str) -> httpx.Response:
        return client.post("/token", data={"username": login, "password": password})

    for _ in range(2):  # the second start finds the account
        with serving(notes, settings) as client:
            answer = token(client, "root@example.com", "a-long-password").json()
            assert answer["token_type"] == "bearer"
            admin = {"Authorization": f"Bearer {answer['access_token']}"}
            assert client.get("/users/me", headers=admin).json()["email"] == "root@example.com"
    with serving(notes, settings) as client:
        assert token(client, "root@example.com", "another").status_code == 401
        body = {"email": "ann@example.com", "password": "password-1", "role": "admin"}
        assert client.post("/users", json=body).status_code == 201
        ann = {"Authorization": f"Bearer {token(client, 'ann@example.com', 'password-1').json()['access_token']}"}
        note = client.post("/notes", headers=ann, json={"text": "hello"}).json()["id"]
        assert client.delete(f"/notes/{note}", headers=ann).status_code == 403
        assert client.delete(f"/notes/{note}", headers=admin).status_code == 204
