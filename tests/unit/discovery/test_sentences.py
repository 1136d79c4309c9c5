"""One sentence each, after a prelude that names what it speaks of."""

from typing import Any

import pytest

from devmatrix.discovery.composing import read
from devmatrix.discovery.document import Check
from tests.unit.discovery.reads import attribute, entity, fields, names, not_understood, operation, require_sound

ATTRIBUTES = {
    "A book has a title and an author": ["title", "author"],
    "Books have: title, isbn and a price": ["title", "isbn", "price"],
    "Each book has a title, an optional subtitle and belongs to a shelf": ["title", "subtitle", "shelf_id"],
    "For each book we store the title, the number of pages and the date of purchase": [
        "title", "number_of_pages", "date_of_purchase",
    ],
    "The fields of a book are title, isbn and e-mail": ["title", "isbn", "email"],
    "Book fields: title, email address": ["title", "email"],
    "Track books with a title and an author": ["title", "author"],
    "Manage books that have a title and a boolean lent flag": ["title", "lent_flag"],
    "It stores books. They have a title; each has an isbn": ["title", "isbn"],
    "A book contains the following fields: title, valid until": ["title", "valid_until"],
}  # fmt: skip


@pytest.mark.parametrize("sentence", ATTRIBUTES)
def test_lists_of_fields(sentence: str) -> None:
    assert fields(sentence, "Book") == ATTRIBUTES[sentence]
    assert not_understood(sentence) == []


LIMITS: list[tuple[str, str, dict[str, Any]]] = [
    ("Email must be unique", "email", {"unique": True}),
    ("Emails are unique", "email", {"unique": True}),
    ("A member's email must be unique", "email", {"unique": True}),
    ("The email of a member has to be unique", "email", {"unique": True}),
    ("Member email must be unique", "email", {"unique": True}),
    ("No two members may have the same email", "email", {"unique": True}),
    ("fee must be positive", "fee", {"exclusive_minimum": 0}),
    ("The fee cannot be negative", "fee", {"minimum": 0}),
    ("Fee must be at least 2.5", "fee", {"minimum": 2.5}),
    ("Fee must not exceed 100", "fee", {"maximum": 100}),
    ("The age is between 18 and 120", "age", {"minimum": 18, "maximum": 120}),
    ("age between 18 and 120", "age", {"minimum": 18, "maximum": 120}),
    ("Age must be greater than 17", "age", {"exclusive_minimum": 17}),
    ("Age must be below 130", "age", {"exclusive_maximum": 130}),
    ("Name must be between 2 and 80 characters", "name", {"min_length": 2, "max_length": 80}),
    ("The name has at most 80 characters", "name", {"max_length": 80}),
    ("Nickname is optional", "nickname", {"required": False}),
    ("Nickname must be optional, and age is optional", "age", {"required": False}),
    ("The age defaults to 30", "age", {"required": False}),
]


@pytest.mark.parametrize(("sentence", "field", "expected"), LIMITS)
def test_limits_of_fields(sentence: str, field: str, expected: dict[str, Any]) -> None:
    request = f"A member has a name, a nickname, an email, an age and a fee. {sentence}."
    assert not_understood(request) == []
    made = attribute(request, "Member", field)
    assert {key: getattr(made, key) for key in expected} == expected


INLINE: list[tuple[str, str, dict[str, Any]]] = [
    ("a unique code", "code", {"unique": True}),
    ("a code (unique, at most 8 characters)", "code", {"unique": True, "max_length": 8}),
    ("an optional weight greater than 0", "weight", {"required": False, "exclusive_minimum": 0}),
    ("a positive weight", "weight", {"type": "decimal", "exclusive_minimum": 0}),
    ("a weight between 1 and 9", "weight", {"minimum": 1, "maximum": 9}),
    ("a kind (blood, tissue or water)", "kind", {"choices": ("blood", "tissue", "water")}),
    ("a kind: blood, tissue or water", "kind", {"choices": ("blood", "tissue", "water")}),
    (
        "a status of open, in progress or done",
        "status",
        {"choices": ("open", "in_progress", "done"), "required": False},
    ),
    ("a status which is one of open or done", "status", {"choices": ("open", "done")}),
    ("a value as decimal", "value", {"type": "decimal"}),
    ("a boolean sealed", "sealed", {"type": "boolean"}),
    ("remarks (optional)", "remarks", {"type": "text", "required": False}),
]


@pytest.mark.parametrize(("words", "field", "expected"), INLINE)
def test_limits_within_a_list(words: str, field: str, expected: dict[str, Any]) -> None:
    request = f"A sample has a name, {words}, and a position."
    assert not_understood(request) == []
    assert fields(request, "Sample") == ["name", field, "position"]
    made = attribute(request, "Sample", field)
    assert {key: getattr(made, key) for key in expected} == expected


REFERENCES = {
    "Each recipe belongs to a category": ("Recipe", "category_id", True),
    "A recipe may belong to a category": ("Recipe", "category_id", False),
    "A category has many recipes": ("Recipe", "category_id", True),
    "An employee works in a department": ("Employee", "department_id", True),
    "A customer places orders": ("Order", "customer_id", True),
    "A sample is stored in a freezer": ("Sample", "freezer_id", True),
    "Comments belong to a ticket": ("Comment", "ticket_id", True),
    "A teacher teaches courses": ("Course", "teacher_id", True),
    "A recipe has a title and a category": ("Recipe", "category_id", True),
    "A category belongs to a parent category": ("Category", "parent_category_id", False),
}


@pytest.mark.parametrize("sentence", REFERENCES)
def test_references(sentence: str) -> None:
    request = f"Track freezers, categories, comments, tickets and samples. {sentence}."
    name, field, required = REFERENCES[sentence]
    assert not_understood(request) == []
    assert attribute(request, name, field).required is required
    require_sound(read(request))


@pytest.mark.parametrize(
    "sentence",
    [
        "Recipes and tags are many to many",
        "Recipes and tags have a many-to-many relationship",
        "There is a many-to-many relation between recipes and tags",
        "A recipe can have many tags and a tag many recipes",
        "A recipe has many tags, and a tag can have many recipes",
        "A recipe belongs to many tags",
        "tags: a recipe has many tags",
    ],
)
def test_many_to_many(sentence: str) -> None:
    request = f"Track recipes and tags. {sentence}."
    assert not_understood(request) == []
    assert attribute(request, "Recipe", "tag_ids").target == "Tag"
    assert "recipe_ids" not in fields(request, "Tag")
    assert operation(request, "link_recipe_tag").path == "/recipes/{recipe_id}/tags/{tag_id}"


def test_many_of_what_others_share_is_asked_about() -> None:
    assert read("A recipe has many tags").questions[0].default == "yes"
    assert read("A recipe has many pictures").questions == ()
    assert attribute("A recipe has many pictures", "Picture", "recipe_id").required


EVENTS = {
    "A member borrows a book": "Loan",
    "Books can be lent to members for 3 weeks": "Loan",
    "A guest reserves a room for 2 nights": "Reservation",
    "Students enroll in courses": "",
    "A student attends an event": "Registration",
}


@pytest.mark.parametrize("sentence", [sentence for sentence, event in EVENTS.items() if event])
def test_verbs_that_make_a_third_entity(sentence: str) -> None:
    request = f"Track members, books, guests, rooms, students and events. {sentence}."
    assert not_understood(request) == []
    targets = {field.target for field in entity(request, EVENTS[sentence]).attributes if field.target}
    assert len(targets) == 2


STATES = {
    "A ticket can be open -> in progress -> resolved": ["start", "resolve"],
    "A ticket is open → closed → open": ["close", "reopen"],
    "The status of a ticket goes from open to closed": ["close"],
    "Ticket status: open -> closed": ["close"],
    "Tickets move from new to assigned to done": ["assign", "finish"],
}


@pytest.mark.parametrize("sentence", STATES)
def test_states(sentence: str) -> None:
    request = f"Track tickets. {sentence}."
    states = entity(request, "Ticket").states
    assert states is not None
    assert [move.name for move in states.transitions] == STATES[sentence]
    assert not_understood(request) == []
    require_sound(read(request))


def test_a_list_of_states_without_order_is_a_choice() -> None:
    for request in ("A ticket has a status: open, in progress, resolved, closed", "Track tickets. A ticket is open, in progress, resolved or closed"):  # fmt: skip # noqa: E501
        status = attribute(request, "Ticket", "status")
        assert status.choices == ("open", "in_progress", "resolved", "closed")
        assert not status.server_set
        assert not_understood(request) == []


ORDERS = {
    "start date before end date": ("start_date", "<", "end_date"),
    "The start date must be before the end date": ("start_date", "<", "end_date"),
    "end date after start date": ("end_date", ">", "start_date"),
    "The end date must not be before the start date": ("end_date", ">=", "start_date"),
    "low must be less than high": ("low", "<", "high"),
    "high is at least low": ("high", ">=", "low"),
}


@pytest.mark.parametrize("sentence", ORDERS)
def test_rules_between_fields(sentence: str) -> None:
    request = f"A trip has a start date, an end date, an integer low and an integer high. {sentence}."
    left, operator, right = ORDERS[sentence]
    assert not_understood(request) == []
    assert entity(request, "Trip").checks == (
        Check.model_validate({"left": left, "operator": operator, "right": right}),
    )


def test_unique_together() -> None:
    trip = "A trip has a number, a year and a name."
    assert entity(f"{trip} The number is unique per year.", "Trip").unique_together == (("number", "year"),)
    assert entity(f"{trip} No two trips may have the same number and year.", "Trip").unique_together == (
        ("number", "year"),
    )


@pytest.mark.parametrize(
    "sentence",
    ["Deleted books are kept", "Deleted books are kept (soft delete)", "Books are soft deleted", "Soft delete books",
     "Use soft delete for books", "Deleting a book keeps the row", "Use soft delete"],
)  # fmt: skip
def test_soft_delete(sentence: str) -> None:
    request = f"Track books. {sentence}."
    assert entity(request, "Book").soft_delete
    assert not_understood(request) == []


@pytest.mark.parametrize(
    "sentence", ["Books are versioned", "Use optimistic locking for books", "Use ETags", "optimistic concurrency"]
)
def test_versions(sentence: str) -> None:
    assert entity(f"Track books. {sentence}.", "Book").versioned


def test_operations_that_are_not_offered() -> None:
    made = {operation.id for operation in read("Track books. Books cannot be deleted or replaced.").operations}
    assert made == {"create_book", "list_books", "read_book", "patch_book"}


@pytest.mark.parametrize(
    "sentence",
    [
        "The moon is full of cheese",
        "Send an e-mail when a loan is overdue",
        "At most 5 calls per minute",
        "Books older than ten years are removed every night",
        "Use Django",
        "Make it fast",
        "Der Preis muss positiv sein",
        "The colour must be unique",
        "Only wizards fly",
    ],
)
def test_what_is_not_understood_is_said(sentence: str) -> None:
    request = f"Track books, members and loans. {sentence}. Track shelves."
    assert not_understood(request) == [f"{sentence}."]
    assert {"Book", "Member", "Loan", "Shelf"} == set(names(request))
    require_sound(read(request))


def test_the_part_of_a_sentence_that_is_not_understood_is_said() -> None:
    request = "Track books and members, and send a letter to each member."
    assert not_understood(request) == ["and send a letter to each member."]
