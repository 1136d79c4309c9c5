"""Plan first, build later: sources read together, questions answered, a plan edited and built."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Devmatrix, report_of

TABLE = "CREATE TABLE shelf (id integer PRIMARY KEY, code varchar(20) NOT NULL UNIQUE);\n"
RULES = "# Rules\n\n- The title of a book has at most 80 characters.\n- It should feel fresh.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.sql").write_text(TABLE)
    (tmp_path / "rules.md").write_text(RULES)
    return tmp_path


def test_sources_are_read_together_planned_edited_and_built(devmatrix: Devmatrix, folder: Path) -> None:
    sources = ("schema.sql", "rules.md", "Book: title, shelf -> Shelf", "and only admins may delete")
    planned = devmatrix("plan", *sources, "--out", "plan", cwd=folder)
    assert planned.exit_code == 0, planned.text
    assert "Not understood: 1 of" in planned.stdout
    assert "devmatrix build --plan plan" in planned.stdout
    assert "| `title` | string | 0 to 80 characters |" in (folder / "plan" / "plan.md").read_text(encoding="utf-8")
    document = folder / "plan" / "document.yaml"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("{name: title, type: string, max_length: 80}", "{name: title, type: string}"))
    built = devmatrix("build", "--plan", "plan", "--out", "project", "--yes", cwd=folder)
    assert built.exit_code == 0, built.text[-3000:]
    assert "- Book.title: max_length 80 → none" in built.stdout
    report = report_of(folder / "project")
    assert report["status"] == "succeeded"
    assert [source["name"] for source in report["sources"]] == ["schema.sql", "rules.md"]
    assert [(said["place"], said["text"]) for said in report["not_understood"]] == [
        ("rules.md:4", "- It should feel fresh.")
    ]


def test_answers_in_a_file_change_the_plan(devmatrix: Devmatrix, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text("tag-many-recipes: no\n")
    request = "A recipe has many tags"
    plain = json.loads(devmatrix("plan", request, "--json").stdout)
    said = json.loads(devmatrix("plan", request, "--json", "--answers", "answers.yaml", cwd=tmp_path).stdout)
    paths = [{item["path"] for item in plan["document"]["operations"]} for plan in (plain, said)]
    assert "/recipes/{recipe_id}/tags/{tag_id}" in paths[0] - paths[1]
    assert said["document"]["questions"][0]["answer"] == "no"
    (tmp_path / "answers.yaml").write_text("tag-many: no\n")
    wrong = devmatrix("plan", request, "--answers", "answers.yaml", cwd=tmp_path)
    assert wrong.exit_code == 2
    assert "tag-many-recipes: yes | no" in wrong.stderr
