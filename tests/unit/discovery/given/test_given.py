"""DiscoveryDocuments that people write: read back as they were written, and refused with everything that is wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from devmatrix.discovery import Source, discover
from devmatrix.discovery.composing import read
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.given import read_document, require_sound
from devmatrix.discovery.writing import document_schema, write_document
from devmatrix.errors import RequestError
from tests import documents
from tests.imported_documents import trails

ROOT = Path(__file__).parents[4]
REQUEST = """Shelf: code unique
Book: title, kind novel|essay = novel, pages int 1..5000?, shelf -> Shelf, tags -> Tag[], unique(title, shelf)
Tag: name
Loan: book -> Book, from date = today, due date, check from <= due, created_by owner,
    states open -(give_back)-> returned
Only admins may delete books."""
HAND_WRITTEN = """
schema_version: 1
title: Shelves
slug: shelves
entities:
- name: Shelf
  plural: shelves
  attributes:
  - {name: code, type: string}
operations:
- {id: list_shelves, kind: list, entity: Shelf, method: GET, path: /shelves, success_status: 200}
"""


def all_documents() -> list[DiscoveryDocument]:
    made = [documents.library(), trails(), discover(REQUEST)]
    return [*made, read("Note: text, soft delete, versioned")]


@pytest.mark.parametrize("number", range(4))
def test_what_is_written_is_read_back(number: int) -> None:
    document = all_documents()[number]
    require_sound(document)
    assert read_document(Source(write_document(document), "d.yaml")) == document
    assert read_document(Source(document.model_dump_json(), "d.json")) == document


def test_a_document_by_hand_needs_no_more_than_what_does_not_follow() -> None:
    document = discover([Source(HAND_WRITTEN, "d.yaml")])
    assert [context.entities for context in document.contexts] == [("Shelf",)]
    assert document.requirements
    assert (document.request, document.sources[0].name) == ("d.yaml (DiscoveryDocument)", "d.yaml")
    assert [item.understood for item in document.statements] == [True]


def test_requirements_that_are_given_are_kept() -> None:
    document = discover([Source(HAND_WRITTEN, "d.yaml")])
    mine = document.requirements[-1].model_copy(update={"id": "R-1", "text": "Mine.", "scenarios": ()})
    scenario = document.requirements[-1].scenarios[0].model_copy(update={"id": "R-1.1"})
    mine = mine.model_copy(update={"scenarios": (scenario,), "operations": ("list_shelves",)})
    given_ = document.model_copy(update={"requirements": (mine,)})
    kept = discover([Source(write_document(given_), "d.yaml")])
    assert kept.requirements == (mine,)
    more = discover([Source(write_document(given_), "d.yaml"), Source("The code has at most 9 characters.")])
    assert more.requirements[0] == mine
    assert [item.id for item in more.requirements[1:3]] == ["R-2", "R-3"]
    require_sound(more)


def test_the_text_is_pleasant() -> None:
    text = write_document(read(REQUEST), without=frozenset({"statements"}), head="Edit me.\n\nThen build.")
    assert text.startswith("# Edit me.\n#\n# Then build.\nschema_version: 1\ntitle: ")
    assert "null" not in text
    assert "request: |-\n  Shelf: code unique\n" in text
    assert "choices: [novel, essay]" in text
    assert "minimum: 1\n" in text
    assert "required: true" not in text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=4, unique=True))
def test_any_text_survives(text: str, choices: list[str]) -> None:
    document = read("Shelf: kind old|new")
    attribute = document.entities[0].attributes[0].model_copy(update={"choices": tuple(choices) or ("x",)})
    entity = document.entities[0].model_copy(update={"attributes": (attribute,), "description": text})
    document = document.model_copy(update={"entities": (entity,), "statements": ()})
    try:
        text.encode()
        "".join(choices).encode()
    except UnicodeEncodeError:
        return  # lone surrogates are no text that a file could hold
    assert read_document(Source(write_document(document), "d.yaml")) == document


def test_the_published_schema_is_current_and_describes_what_is_written() -> None:
    published = (ROOT / "docs" / "discovery-document.schema.json").read_text(encoding="utf-8")
    assert published == document_schema()
    schema = json.loads(published)
    for document in all_documents():
        jsonschema.validate(yaml.safe_load(write_document(document)), schema)
    jsonschema.validate(yaml.safe_load(HAND_WRITTEN), schema)


Change = Callable[[dict[str, Any]], object]
BROKEN: list[tuple[Change, str, str]] = [
    (lambda d: d["entities"][1]["attributes"][3].update(target="Shlef"), "/entities/1/attributes/3/target", "Shelf"),
    (lambda d: d["entities"][0].update(name="Book"), "/entities/1/name", "twice"),
    (lambda d: d["entities"][0].update(plural="books"), "/entities/1/plural", "twice"),
    (lambda d: d["entities"][0].update(name="book shelf"), "/entities/0/name", "LoanItem"),
    (lambda d: d["entities"][0]["attributes"][0].update(name="id"), "/entities/0/attributes/0/name", "itself"),
    (lambda d: d["entities"][0]["attributes"][0].update(name="CODE"), "/entities/0/attributes/0/name", "due_date"),
    (lambda d: d["entities"][1]["attributes"][0].update(name="kind"), "/entities/1/attributes/1/name", "twice"),
    (lambda d: d["entities"][1]["attributes"][1].pop("choices"), "/entities/1/attributes/1", "without choices"),
    (lambda d: d["entities"][1]["attributes"][2].update(minimum=9999), "/entities/1/attributes/2", "at least 9999"),
    (lambda d: d["entities"][0]["attributes"][0].update(pattern="("), "/entities/0/attributes/0/pattern", "no pattern"),
    (lambda d: d["entities"][0]["attributes"][0].update(target="Tag"), "/entities/0/attributes/0/target", "nothing"),
    (lambda d: grouped(d).__setitem__(0, "titel"), "/entities/1/unique_together/0/0", "title"),
    (lambda d: loan(d)["checks"][0].update(left="form"), "/entities/3/checks/0/left", "from"),
    (lambda d: loan(d)["states"].update(initial="opn"), "/entities/3/states/initial", "open"),
    (lambda d: loan(d)["states"]["transitions"][0].update(target="x"), "/entities/3/states/transitions/0/target", "x"),
    (lambda d: loan(d).update(owner_field="owner"), "/entities/3/owner_field", "created_by"),
    (lambda d: user(d).pop("account"), "/entities/3/owner_field", "nobody signs in"),
    (lambda d: user(d)["account"].update(login_field="mail"), "/entities/4/account/login_field", "email"),
    (lambda d: d["contexts"][0]["entities"].append("Shlf"), "/contexts/0/entities/4", "Shelf"),
    (lambda d: d["contexts"][0]["entities"].pop(), "/contexts", "in no context"),
    (lambda d: operation(d, "read_shelf").update(path="/shelves"), "/path", "{shelf_id}"),
    (lambda d: operation(d, "read_shelf").update(path="/shelves/{id}"), "/path", "{shelf_id}"),
    (lambda d: operation(d, "read_shelf").update(entity="Shelve"), "/entity", "Shelf"),
    (lambda d: operation(d, "read_shelf").update(method="POST"), "/method", "GET"),
    (lambda d: operation(d, "read_shelf").update(success_status=201), "/success_status", "200"),
    (lambda d: operation(d, "read_shelf").update(id="list_shelves"), "/id", "twice"),
    (lambda d: operation(d, "give_back_loan").update(transition="give"), "/transition", "give_back"),
    (lambda d: operation(d, "delete_book")["access"].update(roles=["boss"]), "/roles/0", "admin"),
    (lambda d: operation(d, "read_book").update(access={"authenticated": True, "owner": True}), "/owner", "no owner"),
    (lambda d: operation(d, "read_book").update(access={"roles": ["admin"]}), "/access", "authenticated"),
    (lambda d: d["requirements"][0].update(operations=["nothing"]), "/requirements/0/operations/0", "nothing"),
    (lambda d: d["requirements"][0]["scenarios"][0].update(id="R-99.1"), "/requirements/0/scenarios/0/id", "R-01.1"),
    (lambda d: d["requirements"][0].update(scenarios=[]), "/requirements/0", "no scenario"),
    (lambda d: d.update(colour="red"), "/colour", "correct its name"),
    (lambda d: d["entities"][0].pop("plural"), "/entities/0/plural", "required"),
    (lambda d: d["entities"][0]["attributes"][0].update(type="strin"), "/entities/0/attributes/0/type", "'strin'"),
]  # fmt: skip


def entity_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entity for entity in document["entities"] if entity["name"] == name)
    return found


def loan(document: dict[str, Any]) -> dict[str, Any]:
    return entity_of(document, "Loan")


def user(document: dict[str, Any]) -> dict[str, Any]:
    return entity_of(document, "User")


def operation(document: dict[str, Any], id_: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in document["operations"] if item["id"] == id_)
    return found


def grouped(document: dict[str, Any]) -> list[str]:
    names: list[str] = document["entities"][1]["unique_together"][0]
    return names


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_what_does_not_fit_is_told_with_line_pointer_and_what_to_do(number: int) -> None:
    change, pointer, said = BROKEN[number]
    value = yaml.safe_load(write_document(discover(REQUEST)))
    change(value)
    text = yaml.safe_dump(value, sort_keys=False)
    with pytest.raises(RequestError) as refused:
        read_document(Source(text, "d.yaml"))
    told = [line for line in refused.value.message.splitlines() if f"{pointer}:" in line]
    assert told, refused.value.message
    assert any(said in line for line in told), told
    line = int(told[0].strip().removeprefix("d.yaml:").split(" ")[0])
    assert 1 <= line <= text.count("\n") + 1


def test_all_faults_are_told_at_once_with_their_lines() -> None:
    text = HAND_WRITTEN.replace("entity: Shelf", "entity: Shlef").replace("slug: shelves", "slug: Shelves!")
    with pytest.raises(RequestError) as refused:
        read_document(Source(text, "d.yaml"))
    assert refused.value.message.splitlines() == [
        "d.yaml has 2 faults:",
        "  d.yaml:4 /slug: 'Shelves!' is no name of a project: write it like library-loans, in a-z",
        "  d.yaml:11 /operations/0/entity: there is no entity 'Shlef': name one of: Shelf",
    ]


def test_circles_of_required_references_are_told() -> None:
    document = read("Cup: saucer -> Saucer?\nSaucer: cup -> Cup")
    entities = [entity.model_dump(mode="json") for entity in document.entities]
    for entity in entities:
        for attribute in entity["attributes"]:
            attribute.update(required=True, on_delete="restrict")
    changed = DiscoveryDocument.model_validate(document.model_dump(mode="json") | {"entities": entities})
    with pytest.raises(RequestError, match="no Cup can be made before there is a Saucer"):
        require_sound(changed)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("schema_version: 1\nentities: [", r"d\.yaml:3: this is no YAML"),
        ('{"schema_version": 1, "entities": [}', r"d\.yaml:1: this is no JSON"),
        ("- schema_version: 1\n- entities: 2", "this is no DiscoveryDocument"),
        ("schema_version: 1\nentities: []\nentities: []", "twice"),
        ("schema_version: 2\nentities: []", "/schema_version: input should be 1"),
    ],
)
def test_what_is_no_document_is_told(text: str, what: str) -> None:
    with pytest.raises(RequestError, match=what):
        read_document(Source(text, "d.yaml"))
