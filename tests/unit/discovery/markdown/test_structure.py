"""Tables, lists and code of a page: what each gives."""

from typing import Any

import pytest

from devmatrix.discovery.composing import discover
from devmatrix.discovery.document import Access, FieldType, Level
from devmatrix.discovery.sources import Source
from tests.unit.discovery.markdown.pages import attribute, fields, lost, page, read_file, read_page, statement

_HEAD = "# Gadgets\n\n## Gadget\n\n| Field | Type | Required | Constraints |\n|---|---|---|---|\n"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| title | string(80) | yes | |", {"type": "string", "max_length": 80, "required": True}),
        ("| title | varchar(80) | no | unique |", {"max_length": 80, "required": False, "unique": True}),
        ("| title | string | ✅ | max. 80 chars |", {"max_length": 80, "required": True}),
        ("| title | string | ✗ | 3–80 characters |", {"min_length": 3, "max_length": 80, "required": False}),
        ("| title | string | yes | length: 3-80 |", {"min_length": 3, "max_length": 80}),
        ("| title | string | yes | at most 80 characters, cannot be empty |", {"max_length": 80, "required": True}),
        ("| title | string | yes | matches `^[A-Z]+$` |", {"pattern": "^[A-Z]+$"}),
        ("| pages | int | yes | ≥ 1, ≤ 900 |", {"type": "integer", "minimum": 1, "maximum": 900}),
        ("| pages | integer | yes | must be positive |", {"exclusive_minimum": 0}),
        ("| pages | | yes | integer between 1 and 5 |", {"type": "integer", "minimum": 1, "maximum": 5}),
        ("| pages | number | yes | min 1, max 5 |", {"type": "integer", "minimum": 1, "maximum": 5}),
        ("| price | decimal(10,3) | yes | non-negative |", {"type": "decimal", "scale": 3, "minimum": 0}),
        ("| kind | enum: a1, b1, c1 | yes | defaults to `b1` |", {"choices": ("a1", "b1", "c1"), "required": False}),
        ("| kind | string | yes | one of: new, used |", {"type": "enum", "choices": ("new", "used")}),
        ("| kind | new \\| used | yes | |", {"type": "enum", "choices": ("new", "used")}),
        ("| due | ISO 8601 date | yes | |", {"type": "date"}),
        ("| paid | ja/nein | nein | Standard: true |", {"type": "boolean", "required": False}),
        ("| zahl | Ganzzahl | Pflicht | zwischen 1 und 9 |", {"type": "integer", "minimum": 1, "maximum": 9}),
        ("| site | link | | |", {"type": "url", "required": False}),
    ],
)
def test_a_row_of_a_field_table(row: str, expected: dict[str, Any]) -> None:
    document = read_page(_HEAD + row)
    made = attribute(document, "Gadget", fields(document, "Gadget")[0])
    assert {key: getattr(made, key) for key in expected} == expected
    assert lost(document) == []


def test_columns_come_in_any_order_and_a_default_is_a_column() -> None:
    document = read_page("## Gadget\n\n| Notes | Default | Name |\n|---|---|---|\n| how many | 3 | count |")
    made = attribute(document, "Gadget", "count")
    assert made.default is not None
    assert (made.default.value, made.description) == (3, "how many")


def test_a_rule_that_is_no_limit_is_listed_and_the_rest_of_the_row_is_read() -> None:
    document = read_page(_HEAD + "| title | string | yes | unique, must rhyme |")
    assert attribute(document, "Gadget", "title").unique
    assert lost(document) == [(7, "must rhyme |")]


@pytest.mark.parametrize(
    ("cell", "target", "many"),
    [
        ("FK → Author", "Author", False), ("reference to authors", "Author", False), ("Author", "Author", False),
        ("Author[]", "Author", True), ("array of authors", "Author", True),
        ("foreign key (authors.id)", "Author", False),
    ],
)  # fmt: skip
def test_references_in_a_column_of_types(cell: str, target: str, many: bool) -> None:
    document = read_page(f"## Author\n\n- **name**: string\n\n{_HEAD}| author | {cell} | yes | |")
    made = attribute(document, "Gadget", "author_ids" if many else "author_id")
    assert (made.target, made.type) == (target, FieldType.REFERENCES if many else FieldType.REFERENCE)


def test_a_field_called_after_an_entity_refers_to_it() -> None:
    document = read_page(f"## Author\n\n- **name**: string\n\n{_HEAD}| author_id | uuid | yes | |")
    assert attribute(document, "Gadget", "author_id").target == "Author"


@pytest.mark.parametrize(
    ("item", "name", "expected"),
    [
        ("- **title** (string, required, max 200): the title", "title", {"max_length": 200, "required": True}),
        ("- `title`: string, required, unique", "title", {"unique": True, "required": True}),
        ("- title — string, optional", "title", {"required": False, "type": "string"}),
        ("* **due date** (date): when it must be back", "due_date", {"type": "date"}),
        ("1. **rating** (integer 1..5)", "rating", {"minimum": 1, "maximum": 5}),
        ("- **author**: FK to Author", "author_id", {"target": "Author"}),
        ("- isbn unique /^[0-9X-]+$/", "isbn", {"unique": True, "pattern": "^[0-9X-]+$"}),
        ("- **colour** (red | green, default: green)", "colour", {"choices": ("red", "green")}),
    ],
)
def test_an_item_of_a_list_of_fields(item: str, name: str, expected: dict[str, Any]) -> None:
    document = read_page(f"Author: name\n\n## Gadget\n\n- **label**: string\n{item}")
    made = attribute(document, "Gadget", name)
    assert {key: getattr(made, key) for key in expected} == expected
    assert lost(document) == []


def test_sentences_among_fields_are_sentences_about_their_entity() -> None:
    text = "Other: title\n\n## Gadget\n\n- **title**: string\n- **pages**: integer\n- The title must be unique"
    document = read_page(text)
    assert attribute(document, "Gadget", "title").unique
    assert not attribute(document, "Other", "title").unique
    assert lost(document) == []


@pytest.mark.parametrize(
    "intro", ["A gadget has:", "Each gadget has the following fields:", "**Gadget**", "Gadget fields:"]
)
def test_a_sentence_introduces_fields(intro: str) -> None:
    document = read_page(f"# Gadgets\n\n{intro}\n\n- title\n- pages: integer\n")
    assert fields(document, "Gadget") == ["title", "pages"]


def test_an_example_in_json_gives_types() -> None:
    example = '{"id": 1, "dueDate": "2026-01-31", "price": 1.5, "on": true, "mail": "a@b.co", "n": null}'
    text = f"## Gadget\n\n```json\n{example}\n```"
    document = read_page(text)
    found = {item.name: item.type for item in document.entity("Gadget").attributes}
    assert found == {"due_date": "date", "price": "decimal", "on": "boolean", "mail": "email", "n": "string"}


def test_a_declaration_of_a_type_gives_fields() -> None:
    text = "Code\n\n```ts\nexport interface Gadget {\n  title: string; // max 80 chars\n  pages?: number;\n}\n```"
    document = read_page(text)
    assert fields(document, "Gadget") == ["title", "pages"]
    assert attribute(document, "Gadget", "title").max_length == 80
    assert not attribute(document, "Gadget", "pages").required


def test_sql_in_a_page_is_read_as_sql_and_what_is_no_sql_is_listed() -> None:
    sql = "CREATE TABLE gadgets (id INT PRIMARY KEY, title TEXT NOT NULL);"
    assert fields(read_page(f"x\n\n```sql\n{sql}\n```"), "Gadget") == ["title"]
    broken = page("```sql\nCREATE TABLE (\n```")
    assert [line for line, _ in lost(broken)] == [5]


def test_states_come_from_arrows_tables_and_diagrams() -> None:
    for block in (
        "Status: `draft → review → published`",
        "| From | To | Action |\n|---|---|---|\n| draft | review | submit |\n| review | published | publish |",
        "```mermaid\nstateDiagram-v2\n[*] --> draft\ndraft --> review : submit\nreview --> published : publish\n```",
    ):
        document = read_page(f"## Article\n\n- **title**: string\n\n{block}\n")
        states = document.entity("Article").states
        assert states is not None, block
        assert (states.initial, [move.target for move in states.transitions]) == ("draft", ["review", "published"])


def test_a_matrix_tells_who_may_do_what() -> None:
    rows = "| View books | ✅ | ✅ | ✅ |\n| Delete books | ❌ | ❌ | ✅ |"
    document = page(f"| Action | Guest | Clerk | Admin |\n|---|:-:|:-:|:-:|\n{rows}")
    assert document.operation("read_book").access == Access()
    assert document.operation("delete_book").access == Access(authenticated=True, roles=("admin",))
    by_entity = page("| Resource | Read | Delete |\n|---|---|---|\n| Books | anyone | clerk, admin |")
    assert by_entity.operation("read_book").access == Access()
    assert by_entity.operation("delete_book").access == Access(authenticated=True, roles=("clerk", "admin"))


def test_a_list_goes_on_with_the_sentence_above_it() -> None:
    document = page("Only admins may:", "- delete books\n- update books")
    assert document.operation("delete_book").access.roles == ("admin",)
    assert document.operation("patch_book").access.roles == ("admin",)
    assert lost(document) == []


def test_what_is_out_of_scope_is_not_built() -> None:
    document = page("## Out of scope", "- Reviews: rating int", "## Rules", "- The title must be unique")
    assert [item.name for item in document.entities] == ["Book"]
    assert attribute(document, "Book", "title").unique


def test_open_questions_are_listed_as_questions() -> None:
    document = page("## Open questions", "- Do books have covers?")
    assert [question.text for question in document.questions] == ["Do books have covers?"]


def test_what_should_be_is_recommended() -> None:
    rules = (
        "- The pages SHOULD be positive.\n- The title MUST have at most 80 characters.\n- The isbn SHOULD be unique.\n"
    )
    text = f"Book: title, pages int, isbn\n\n{rules}"
    document = discover([Source(text, "page.md")])
    levels = {item.text: item.level for item in document.requirements}
    assert levels["The pages of a book is more than 0"] is Level.SHOULD
    assert levels["The title of a book has at most 80 characters"] is Level.MUST
    assert levels["No two books have the same isbn"] is Level.SHOULD


def test_what_the_service_may_do_is_left_out_and_said() -> None:
    document = page("The API MAY cache answers.")
    assert "Left out: The API MAY cache answers." in [item.text for item in document.assumptions]
    assert lost(document) == []


def test_other_languages_are_left_to_a_model_and_their_structure_is_read() -> None:
    document = read_file("verein")
    assert "needs a language model" in statement(document, "Nur der Vorstand").became
    assert document.entity("Kurs").plural == "kurse"


def test_a_section_with_no_entity_gives_none() -> None:
    document = page("## Overview", "- fast\n- reliable", "## Notes", "- TODO: a logo")
    assert [item.name for item in document.entities] == ["Book"]
    assert len(lost(document)) == 3
