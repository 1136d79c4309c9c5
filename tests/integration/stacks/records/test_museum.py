"""A service for a document with operations of every kind, asked over HTTP, on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.stacks.serving import serving

Json = dict[str, Any]

# On SQLite all of it is played as scenarios (test_played.py).
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def client(museum_folder: Path, database_url: str, tmp_path: Path) -> Iterator[httpx.Client]:
    (tmp_path / "kept").mkdir()
    with serving(museum_folder, {"DATABASE_URL": database_url}) as client:
        client.base_url = client.base_url.join("/api/")
        yield client


def made(client: httpx.Client, path: str, body: Json, headers: dict[str, str] | None = None) -> Json:
    response = client.post(path, json=body, headers=headers)
    assert response.status_code == 201, response.text
    found: Json = response.json()
    return found


def signed_in(client: httpx.Client, login: str) -> dict[str, str]:
    token = made(client, "curators", {"login": login, "secret": "a-long-secret"})["token"]
    return {"Authorization": f"Bearer {token}"}


def exhibit(client: httpx.Client, headers: dict[str, str], code: str, **more: object) -> Json:
    return made(client, "exhibits", {"code": code, "title": f"The {code}", "hall": 1, **more}, headers=headers)


def codes(client: httpx.Client, query: str) -> list[str]:
    response = client.get(f"exhibits?{query}")
    assert response.status_code == 200, response.text
    return [each["code"] for each in response.json()["exhibits"]]


def test_a_hall_is_created_replaced_and_deleted(client: httpx.Client) -> None:
    response = client.post("halls", json={"name": "East", "floor": 2, "unknown": 1})
    assert response.status_code == 201
    assert response.headers["Location"] == "/api/halls/1"
    assert response.json() == {"id": 1, "name": "East", "floor": 2, "open": True, "exhibits": 0}
    assert client.put("halls/1", json={"name": "East wing"}).json() == {
        "id": 1,
        "name": "East wing",
        "open": True,
        "exhibits": 0,
    }
    assert made(client, "halls", {"name": "West", "open": False})["open"] is False
    assert client.post("halls", json={"name": "West"}).json() == {"errors": {"name": ["Is taken by another record."]}}
    assert client.put("halls/1", json={"name": "West"}).status_code == 422
    assert client.delete("halls/1").json()["name"] == "East wing"
    assert client.get("halls/1").status_code == 404
    assert client.delete("halls/1").status_code == 404
    assert made(client, "halls", {"name": "East wing"})["id"] == 3


def test_halls_are_paged_and_sorted(client: httpx.Client) -> None:
    for name in ("b", "c", "a"):
        made(client, "halls", {"name": name})

    def names(query: str) -> list[str]:
        return [each["name"] for each in client.get(f"halls?{query}").json()["data"]]

    first = client.get("halls")
    assert {key: first.json()[key] for key in ("page", "pages", "next", "previous")} == {
        "page": 1,
        "pages": 2,
        "next": 2,
        "previous": None,
    }
    assert first.headers["Link"].endswith('/api/halls?page=2>; rel="next"')
    second = client.get("halls?page=2")
    assert [each["name"] for each in second.json()["data"]] == ["a"]
    assert second.headers["Link"].endswith('/api/halls?page=1>; rel="prev"')
    assert names("sort=name&per_page=500") == ["a", "b", "c"]
    assert names("sort=-name&per_page=3") == ["c", "b", "a"]
    assert names("sort=name&order=desc&per_page=3") == ["c", "b", "a"]
    assert names("per_page=-1") == []
    assert client.get("halls?page=0").status_code == 422
    assert client.get("halls?sort=size").status_code == 422


def test_halls_are_counted(client: httpx.Client) -> None:
    for name, floor in (("a", 1), ("b", 1), ("c", 2), ("d", None)):
        made(client, "halls", {"name": name} | ({"floor": floor} if floor else {}))
    client.delete("halls/1")
    assert client.get("halls/count").json() == {"number": 3, "by_floor": {"1": 1, "2": 1}}


def test_an_exhibit_refers_to_others(client: httpx.Client) -> None:
    ada = signed_in(client, "ada")
    made(client, "halls", {"name": "East"})
    for name in ("old", "wood"):
        made(client, "labels", {"name": name})
    first = exhibit(client, ada, "chair", labels=["wood", "old", "wood"], parts=[{"kind": "leg"}])
    assert first["hall"] == {"id": 1, "name": "East"}
    assert (first["labels"], first["sequel"], first["keeper"]) == (["wood", "old"], None, "ada")
    second = exhibit(client, ada, "table", sequel="chair")
    assert second["sequel"] == "chair"
    assert second["labels"] == []
    assert "weight" not in second
    refused = client.post("exhibits", json={"code": "x", "title": "", "hall": 9}, headers=ada)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["hall"])
    refused = client.post("exhibits", json={"code": "x", "title": "", "hall": 1, "labels": ["new"]}, headers=ada)
    assert list(refused.json()["errors"]) == ["labels"]
    refused = client.post("exhibits", json={"code": "chair", "title": "", "hall": 1}, headers=ada)
    assert list(refused.json()["errors"]) == ["code"]
    assert client.delete("halls/1").status_code == 409
    assert client.delete(f"exhibits/{first['id']}", headers=ada).status_code == 204
    assert client.get(f"exhibits/{second['id']}").json()["sequel"] is None


def test_only_the_owner_changes_an_exhibit(client: httpx.Client) -> None:
    ada, bob = signed_in(client, "ada"), signed_in(client, "bob")
    made(client, "halls", {"name": "East"})
    made(client, "labels", {"name": "old"})
    path = f"exhibits/{exhibit(client, ada, 'chair', labels=['old'], weight=2.5)['id']}"
    assert client.patch(path, json={"title": "x"}).status_code == 401
    assert client.patch(path, json={"title": "x"}, headers=bob).status_code == 403
    assert client.patch("exhibits/nothing", json={}, headers=ada).status_code == 404
    changed = client.patch(path, json={"title": "Throne", "labels": []}, headers=ada).json()
    assert (changed["title"], changed["labels"], changed["weight"]) == ("Throne", [], 2.5)
    assert [each["code"] for each in client.get("own-exhibits", headers=ada).json()] == ["chair"]
    assert client.get("own-exhibits", headers=bob).json() == []
    assert client.delete(path, headers=bob).status_code == 403


def test_an_exhibit_has_states(client: httpx.Client) -> None:
    ada = signed_in(client, "ada")
    made(client, "halls", {"name": "East"})
    path = f"exhibits/{exhibit(client, ada, 'chair')['id']}"
    assert client.post(f"{path}/show").status_code == 409
    client.patch(path, json={"shownFrom": "2026-01-31T12:00:00+02:00"}, headers=ada)
    assert client.post(f"{path}/show").json()["state"] == "shown"
    assert client.post(f"{path}/show").status_code == 409
    assert client.post(f"{path}/store").json()["state"] == "stored"
    assert client.get(path).json()["shownFrom"] == "2026-01-31T12:00:00+02:00"


def test_exhibits_are_filtered(client: httpx.Client) -> None:
    ada = signed_in(client, "ada")
    made(client, "halls", {"name": "East", "floor": 1})
    made(client, "labels", {"name": "old"})
    exhibit(client, ada, "a", weight=1, shownFrom="2026-01-31T12:00:00+02:00", parts=[{"kind": "leg"}])
    exhibit(client, ada, "b", weight=2, shownFrom="2026-01-31T10:30:00Z", labels=["old"], **{"class": "k"})
    exhibit(client, ada, "c", weight=3, sequel="a")
    assert codes(client, "") == ["c", "b", "a"]
    assert codes(client, "heavier=2") == ["c", "b"]
    assert codes(client, "lighter=2&heavier=2") == ["b"]
    assert codes(client, "after=2026-01-31T10:00:00Z") == ["b"]
    assert codes(client, "before=2026-01-31T12:30:00%2B02:00") == ["a"]
    assert codes(client, "title=HE%20A") == ["a"]
    assert codes(client, "codes=a,c") == ["c", "a"]
    assert codes(client, "part=leg") == ["a"]
    assert codes(client, "label=old") == ["b"]
    assert codes(client, "floor=1&class=k") == ["b"]
    assert codes(client, "sequel=a") == ["c"]
    assert client.get("exhibits?heavier=much").status_code == 422
    found = client.get("exhibits/search?q=E+B").json()
    assert [each["code"] for each in found] == ["b"]
    assert client.get("exhibits/search").status_code == 422
    assert len(client.get("halls/1/exhibits").json()) == 3
    assert client.get("halls/2/exhibits").status_code == 404


def test_exhibits_are_read_on_with_a_cursor(client: httpx.Client) -> None:
    ada = signed_in(client, "ada")
    made(client, "halls", {"name": "East"})
    for code in "abcde":
        exhibit(client, ada, code)
    seen, cursor = [], ""
    while True:
        page = client.get(f"exhibits?size=2{cursor}").json()
        seen += [each["code"] for each in page["exhibits"]]
        assert (page["total"], page["more"]) == (5, page["cursor"] is not None)
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == list("abcde")
    assert client.get("exhibits?cursor=%C3%A4").status_code == 422


def test_labels_are_put_and_dropped(client: httpx.Client) -> None:
    ada = signed_in(client, "ada")
    made(client, "halls", {"name": "East"})
    answer = made(client, "labels/bulk", {"labels": [{"name": "wood"}, {"name": "old"}]})
    assert answer == {"made": 2, "labels": [{"name": "wood"}, {"name": "old"}]}
    assert client.get("labels").json() == {"names": ["old", "wood"]}
    path = f"exhibits/{exhibit(client, ada, 'chair')['id']}/labels"
    assert client.put(f"{path}/old").status_code == 204
    assert client.put(f"{path}/old").status_code == 409
    assert client.put(f"{path}/new").status_code == 404
    assert client.get(path).json() == [{"name": "old"}]
    assert client.delete(f"{path}/old").status_code == 204
    assert client.delete(f"{path}/old").status_code == 409
    assert client.post("labels/bulk", json={"labels": [{"name": "x"}, {"name": "old"}]}).status_code == 422
    assert client.post("labels/bulk-delete", json={"names": ["wood", "none"]}).status_code == 404
    assert client.post("labels/bulk-delete", json={"names": ["wood", "old", "wood"]}).json() == {"gone": 2}
    assert client.get("labels").json() == {"names": []}


def test_photos_go_up_and_down(client: httpx.Client) -> None:
    ada = signed_in(client, "ada")
    made(client, "halls", {"name": "East"})
    path = f"exhibits/{exhibit(client, ada, 'chair')['id']}/photo"
    assert client.get(path).status_code == 404
    assert client.put(path, content=b"\x89PNG\0", headers={"Content-Type": "image/png"}).status_code == 204
    photo = client.get(path)
    assert (photo.content, photo.headers["Content-Type"]) == (b"\x89PNG\0", "image/png")
    assert client.post(path, files={"photo": ("a.gif", b"GIF89a", "image/gif")}).status_code == 204
    photo = client.get(path)
    assert (photo.content, photo.headers["Content-Type"]) == (b"GIF89a", "image/gif")
    assert client.post(path, data={}, files={"other": b""}).status_code == 422


def test_remarks_are_a_tree(client: httpx.Client) -> None:
    ada = signed_in(client, "ada")
    made(client, "halls", {"name": "East"})
    path = f"exhibits/{exhibit(client, ada, 'chair')['id']}"
    assert made(client, f"{path}/remarks", {"text": "Nice"}) == {"text": "Nice", "replies": []}
    assert client.get(path).json()["remarks"] == [{"text": "Nice", "replies": []}]


def test_a_logout_ends_one_token(client: httpx.Client) -> None:
    first = signed_in(client, "ada")
    form = {"login": "ada", "secret": "a-long-secret"}
    token = client.post("sessions", data=form).json()["token"]
    assert client.post("sessions", data=form | {"secret": "another-secret"}).status_code == 401
    assert client.delete("sessions", headers={"Authorization": f"Bearer {token}"}).status_code == 204
    assert client.delete("sessions", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert client.get("own-exhibits", headers=first).status_code == 200
