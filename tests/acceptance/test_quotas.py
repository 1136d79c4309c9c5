"""How many there may be of each: a sentence of prose, built, proven, and tried by hand on the running service."""

import shutil
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.acceptance.conftest import Devmatrix, report_of
from tests.acceptance.serving import serving

BOARDS = Path(__file__).parents[1] / "boards.yaml"
REQUEST = """An API to manage errands for users. An errand has a title and a status: open, under way or done.
At most 3 open errands per user. A stop belongs to an errand and has a name. An errand can have up to two stops."""


def test_a_number_in_prose_is_built_and_proven(builds: Callable[[str], Path], tmp_path: Path) -> None:
    project = builds(REQUEST)
    report = report_of(project)
    assert report["status"] == "succeeded"
    counted = {item["text"]: item for item in report["requirements"] if item["text"].startswith("At most")}
    assert set(counted) == {"At most 3 open errands for each user", "At most 2 stops for each errand"}
    assert all(item["proven"] and item["level"] == "must" for item in counted.values())
    assert [item["span"]["text"] for item in counted.values()] == [
        "At most 3 open errands per user.",
        "An errand can have up to two stops.",
    ]
    copy = shutil.copytree(project, tmp_path / "project")
    with serving(project, copy) as url:
        _try(url)


def _try(url: str) -> None:
    account = {"email": "a@example.com", "password": "A-password-1", "full_name": "A"}
    httpx.post(f"{url}/auth/register", json=account).raise_for_status()
    login = {name: account[name] for name in ("email", "password")}
    token = httpx.post(f"{url}/auth/login", json=login).raise_for_status().json()["access_token"]
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        body = {"title": "milk", "status": "open"}
        made = [client.post("/errands", json=body) for _ in range(4)]
        assert [answer.status_code for answer in made] == [201, 201, 201, 409]
        problem = made[3].json()
        assert made[3].headers["content-type"] == "application/problem+json"
        assert (problem["type"], problem["title"]) == ("/problems/conflict", "Conflict")
        assert problem["detail"] == "The user has 3 open errands already."
        done = client.post("/errands", json={**body, "status": "done"})
        assert done.status_code == 201
        assert client.patch(f"/errands/{done.json()['id']}", json={"status": "open"}).status_code == 409
        assert client.delete(f"/errands/{made[0].json()['id']}").status_code == 204
        assert client.patch(f"/errands/{done.json()['id']}", json={"status": "open"}).status_code == 200


def test_what_is_counted_is_said_before_anything_is_built(devmatrix: Devmatrix, tmp_path: Path) -> None:
    ran = devmatrix("plan", REQUEST, "--out", str(tmp_path / "plan"), "--strict")
    assert ran.exit_code == 0, ran.text
    assert "- at most 3 open errands for each user" in (tmp_path / "plan" / "plan.md").read_text("utf-8")


def test_a_number_beside_an_imported_document_is_built_and_proven(devmatrix: Devmatrix, tmp_path: Path) -> None:
    rules = "A board has at most 3 cards. At most 1 doing card per board."
    ran = devmatrix("build", str(BOARDS), rules, "--out", str(tmp_path / "boards"), "--yes", "--strict")
    assert ran.exit_code == 0, ran.text[-3000:]
    proven = {item["text"] for item in report_of(tmp_path / "boards")["requirements"] if item["proven"]}
    assert {
        "POST /boards/{boardId}/cards refuses more than there may be",
        "PATCH /cards/{cardId} refuses more than there may be",
    } <= proven
