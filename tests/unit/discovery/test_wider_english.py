"""English that people write beyond the plain sentence: possessives, scales, units, decisions, semicolons, brackets."""

import pytest

from devmatrix.discovery.composing import read
from devmatrix.discovery.english import is_foreign
from tests.unit.discovery.reads import attribute, entity, fields, names, not_understood, operation

_BOOKS = "Track books. "


@pytest.mark.parametrize(
    ("request_text", "entities"),
    [
        ("simple url shortener", ["ShortLink"]),
        ("API like Twitter with users, tweets and follows", ["User", "Tweet", "Follow"]),
        ("API to manage patients' medical records", ["Patient", "MedicalRecord"]),
        ("API to manage a company's invoices", ["Company", "Invoice"]),
        ("Library: members borrow books.", ["Member", "Book", "Loan"]),
        ("This API lets organizers manage events and venues.", ["Event", "Venue"]),
        ("Employees submit leave requests and managers approve them", ["Employee", "LeaveRequest", "User"]),
    ],
)
def test_what_is_kept(request_text: str, entities: list[str]) -> None:
    assert names(request_text) == entities
    assert not_understood(request_text) == []


def test_a_brand_alone_is_nothing_to_keep() -> None:
    assert "Twitter" not in names("API like Twitter with users and tweets")


def test_a_possessive_refers_to_the_owner() -> None:
    assert attribute("API to manage patients' medical records", "MedicalRecord", "patient_id").target == "Patient"


def test_a_rating_has_the_scale_that_is_said() -> None:
    for request in ("Users rate movies from 1 to 5.", "Users rate movies. Ratings are from 1 to 5."):
        made = attribute(f"Movie API. {request}", "Rating", "rating")
        assert (made.minimum, made.maximum) == (1, 5), request
        assert not_understood(f"Movie API. {request}") == []


def test_who_decides_on_a_thing_moves_its_state() -> None:
    request = "Employees submit leave requests. Managers approve or reject them."
    states = entity(request, "LeaveRequest").states
    assert states is not None
    assert (states.initial, [move.target for move in states.transitions]) == ("pending", ["approved", "rejected"])
    assert operation(request, "reject_leave_request").access.roles == ("manager",)
    assert not_understood(request) == []


def test_a_decision_that_the_states_do_not_know_is_listed() -> None:
    request = "A ticket goes from open to closed. Managers archive tickets."
    assert not_understood(request) == ["Managers archive tickets."]


@pytest.mark.parametrize(
    ("sentence", "listed"),
    [
        ("A book has a title; an isbn; a price.", ["title", "isbn", "price"]),
        (
            "A book has the following fields:\n- title (required)\n- isbn (unique)\n- notes (optional)",
            ["title", "isbn", "notes"],
        ),
        ("A book has a title, a price in euros and a weight in kg.", ["title", "price", "weight"]),
    ],
)
def test_lists_of_fields(sentence: str, listed: list[str]) -> None:
    assert fields(_BOOKS + sentence, "Book") == listed
    assert not_understood(_BOOKS + sentence) == []


def test_a_unit_is_what_the_field_says_of_itself() -> None:
    made = attribute(f"{_BOOKS}A book has a title and a price in euros.", "Book", "price")
    assert (made.type, made.description) == ("decimal", "in euros")


@pytest.mark.parametrize(
    ("bracket", "expected"),
    [
        ("max 200 chars", {"max_length": 200}),
        ("integer between 1 and 20", {"type": "integer", "minimum": 1, "maximum": 20}),
        ("one of: a, b, c", {"type": "enum", "choices": ("a", "b", "c")}),
        ("defaults to blue", {"required": False}),
        ("unique", {"unique": True}),
    ],
)
def test_what_stands_in_brackets(bracket: str, expected: dict[str, object]) -> None:
    request = f"{_BOOKS}A book has a title and a label ({bracket})."
    made = attribute(request, "Book", "label")
    assert {key: getattr(made, key) for key in expected} == expected
    assert not_understood(request) == []


def test_a_rule_in_brackets_is_never_dropped() -> None:
    assert not_understood(f"{_BOOKS}A book has a title and a label (must rhyme).") != []


def test_the_choices_of_a_field_in_a_sentence_of_their_own() -> None:
    request = "Track tasks. A task has a title and a priority. Priority is one of: low, mid, high."
    assert attribute(request, "Task", "priority").choices == ("low", "mid", "high")


@pytest.mark.parametrize(
    "sentence",
    [
        "A member may have at most 5 attempts.", "At most 5 loans per minute.",
        "The start date must be in the future.",
        "Die Bücher müssen einen Titel haben.", "Les livres ont un titre et doivent être uniques.",
        "Los libros tienen un título y deben ser únicos.", "У книги есть название.", "本には題名があります。",
    ],
)  # fmt: skip
def test_what_cannot_be_built_or_read_is_listed_and_makes_no_entity(sentence: str) -> None:
    request = f"Library API: members borrow books.\nA loan has a start date.\n{sentence}"
    assert not_understood(request) == [sentence]
    assert names(request) == ["Member", "Book", "Loan"]


@pytest.mark.parametrize(
    ("sentence", "foreign"),
    [
        ("Books have a title.", False), ("Der Titel ist eindeutig und nicht leer.", True), ("title string", False),
        ("API for La Paz and Los Angeles tours", False), ("Le titre est obligatoire.", True), ("Größe int", False),
        ("Member: name, email", False), ("книги", True),
    ],
)  # fmt: skip
def test_only_what_is_surely_another_language_is_foreign(sentence: str, foreign: bool) -> None:
    assert is_foreign(sentence) is foreign


def test_what_is_foreign_says_that_it_needs_a_model() -> None:
    document = read("Track books. Der Titel ist eindeutig und nicht leer.")
    assert "needs a language model" in document.statements[-1].became


def test_a_contradiction_in_english_is_a_question_with_both_places() -> None:
    rules = "The title has at most 80 characters. The title has at most 90 characters."
    document = read(f"Track books. A book has a title and an isbn. {rules}")
    (question,) = document.questions
    assert question.options == ("80", "90")
    assert question.why == '80 in "The title has at most 80 characters", 90 in "The title has at most 90 characters"'
    assert attribute(document.request, "Book", "title").max_length == 80
    answered = read(document.request, answers={question.id: "90"})
    assert answered.entity("Book").attribute("title").max_length == 90


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("A member may have at most 5 attempts.", "how many"), ("At most 5 requests per second.", "how many"),
        ("The due date must be in the future.", "clock"), ("The API sends an email to the member.", "sends none"),
        ("Every night old loans are archived.", "by itself"), ("The fine is calculated from the days.", "computed"),
        ("Answers take at most 200 ms.", "no scenario measures"),
    ],
)  # fmt: skip
def test_what_is_known_and_not_built_says_so(sentence: str, reason: str) -> None:
    document = read(f"Library API: members borrow books. A loan has a due date.\n{sentence}")
    lost = [item for item in document.statements if not item.understood]
    assert lost
    assert reason in lost[-1].became
