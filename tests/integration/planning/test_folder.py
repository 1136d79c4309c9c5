"""The folder of a plan: what is written is read back, edits are told, damage is refused."""

from pathlib import Path

import pytest

from devmatrix.discovery import DiscoveryDocument, Source, discover
from devmatrix.discovery.proving import prove
from devmatrix.discovery.writing import write_document
from devmatrix.errors import OutputError, RequestError
from devmatrix.planning import make_plan
from devmatrix.planning.folder import read_folder, write_folder
from devmatrix.stacks.fastapi import FastAPIStack
from tests import documents

REQUEST = "Book: title, kind novel|essay = novel, shelf -> Shelf\nShelf: room\nA recipe has many tags. It feels warm."


def written(folder: Path, document: DiscoveryDocument) -> Path:
    stack = FastAPIStack(folder)
    write_folder(folder, document, make_plan(document, stack.outline(document), stack=stack.name))
    return folder


def edit(folder: Path, old: str, new: str, name: str = "document.yaml") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("document", [discover(REQUEST), prove(documents.help_desk())], ids=["request", "by hand"])
def test_what_is_written_is_read_back_whole(document: DiscoveryDocument, tmp_path: Path) -> None:
    planned = read_folder(written(tmp_path / "plan", document))
    assert planned.document == document
    assert planned.changes == ()
    text = (tmp_path / "plan" / "document.yaml").read_text(encoding="utf-8")
    assert "scenarios:" not in text
    assert text.startswith("# What is to be built.")


def test_edits_are_read_proven_and_told(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan", discover(REQUEST))
    edit(folder, "- {name: title, type: string}", "- {name: title, type: string, unique: true}")
    planned = read_folder(folder)
    assert planned.document.entity("Book").attribute("title").unique
    assert "Book.title: unique false → true" in planned.changes
    assert "requirement added (MUST): No two books have the same title" in planned.changes
    assert any("same title" in need.text for need in planned.document.requirements)
    assert planned.document.statements


def test_requirements_that_a_person_gave_stay(tmp_path: Path) -> None:
    base = prove(documents.library())
    mine = base.requirements[0].model_copy(update={"text": "Mine."})
    given = base.model_copy(update={"requirements": (mine, *base.requirements[1:])})
    document = discover([Source(write_document(given), "d.yaml")])
    assert read_folder(written(tmp_path / "plan", document)).document.requirements == document.requirements


def test_an_edited_document_is_never_overwritten(tmp_path: Path) -> None:
    folder = written(tmp_path / "plan", discover(REQUEST))
    written(folder, discover(f"{REQUEST}\nTag: name"))
    edit(folder, "title: ", "title: My ")
    with pytest.raises(OutputError, match="was edited, and would be overwritten"):
        written(folder, discover(REQUEST))
    (folder / "plan.json").unlink()
    with pytest.raises(OutputError, match="without the plan"):
        written(folder, discover(REQUEST))


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        written(tmp_path / "file" / "plan", discover(REQUEST))


DAMAGE = [
    ("plan.json", b"{", r"plan\.json is damaged: invalid json"),
    ("plan.json", b'{"schema_version": 1}', r"plan\.json is damaged: devmatrix_version: field required"),
    ("document.yaml", b"title: [", r"document\.yaml:\d: this is no YAML"),
    ("document.yaml", b"\xff\xfe", r"document\.yaml:1: this is not UTF-8"),
    ("document.yaml", b"schema_version: 1\nentities: 3", r"document\.yaml:2 /entities: "),
]


@pytest.mark.parametrize(("name", "content", "what"), DAMAGE)
def test_damage_is_told(name: str, content: bytes, what: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "plan", discover(REQUEST))
    (folder / name).write_bytes(content)
    with pytest.raises(RequestError, match=what) as refused:
        read_folder(folder)
    assert refused.value.mend


@pytest.mark.parametrize("name", ["document.yaml", "plan.json"])
def test_a_missing_file_is_told(name: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "plan", discover(REQUEST))
    (folder / name).unlink()
    with pytest.raises(RequestError, match=f"{name} cannot be read: no such file"):
        read_folder(folder)
    with pytest.raises(RequestError, match="no folder with a plan"):
        read_folder(tmp_path / "nowhere")
