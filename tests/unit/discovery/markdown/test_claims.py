"""What a page says of the finished API: endpoints, scenarios, statuses; judged against what is built."""

import pytest

from tests.unit.discovery.markdown.pages import attribute, lost, page, read_file, read_page, statement


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("GET /books", True), ("`POST /api/v1/books` - create a book", True), ("PATCH /books/:id", True),
        ("DELETE /books/{bookId} → 204", True), ("GET /books?author=x&limit=5&pages_min=1", True),
        ("POST /books → 200", False), ("GET /books?per_page=5", False), ("POST /books/{id}/burn", False),
        ("GET /book", False), ("DELETE /books", False), ("GET /books - sorted by title, only the first 5", False),
    ],
)  # fmt: skip
def test_an_endpoint_is_served_or_listed_with_what_is_served_instead(line: str, understood: bool) -> None:
    document = page("## Endpoints", f"- {line}")
    assert statement(document, line.strip("`").split()[1].strip("`")).understood is understood


def test_what_is_served_instead_is_named() -> None:
    assert "PUT /books/{book_id}" in statement(page("PUT /books/all/covered"), "/covered").became


def test_endpoints_alone_say_what_is_kept() -> None:
    document = read_page("# Shop\n\n```\nGET /products\nPOST /products\nGET /products/{id}/reviews\n```\n")
    assert [item.name for item in document.entities] == ["Product", "Review"]
    assert attribute(document, "Review", "product_id").target == "Product"
    assert lost(document) == []


def test_an_endpoint_says_how_its_collection_is_called() -> None:
    document = page("GET /library-books")
    assert document.entity("Book").plural == "books"
    assert document.entity("LibraryBook").plural == "library_books"
    assert read_page("Person: name\n\n- GET /persons\n").entity("Person").plural == "persons"


def test_a_column_says_who_may_call() -> None:
    document = page(
        "| Method | Path | Auth |\n|---|---|---|\n| GET | /books | public |\n| DELETE | /books/{id} | admin |"
    )
    assert not document.operation("list_books").access.authenticated
    assert document.operation("delete_book").access.roles == ("admin",)


@pytest.mark.parametrize(
    "scenario",
    [
        "Given a book exists, when I delete it, then the response is 204.",
        "When I create a book without a title, then the status is 422.",
        "Given no book with this id exists\nWhen I read the book\nThen I get a 404",
        "- **Given** a book\n- **When** I update the book\n- **Then** the response status is 200",
        "When a client sends POST /books then it answers 201",
        "When I list all books, then the response is 200.",
    ],
)
def test_a_scenario_that_agrees_is_understood(scenario: str) -> None:
    document = page("## Acceptance criteria", scenario)
    assert lost(document) == []
    assert document.questions == ()


@pytest.mark.parametrize(
    ("scenario", "question"),
    [
        ("Given a book exists, when I delete it, then the response is 200.", "delete_book"),
        ("When I create a book without a title, then the status is 400.", "invalid input"),
    ],
)
def test_a_scenario_that_contradicts_is_not_understood_and_asked_about(scenario: str, question: str) -> None:
    document = page(scenario)
    assert lost(document) != []
    (asked,) = document.questions
    assert question in asked.text
    assert "line 5" in asked.text
    assert asked.depends == ("Book",)


@pytest.mark.parametrize(
    "scenario",
    [
        "When I create a book without an author, then the status is 422.",
        "When I create a book that already exists, then the status is 409.",
        "Given I am not logged in, when I delete a book, then the status is 401.",
        "Given a book exists, when I delete it, then my cat is happy.",
        "When I whistle, then the status is 200.",
    ],
)
def test_a_scenario_that_nothing_brings_about_is_listed(scenario: str) -> None:
    assert lost(page(scenario)) != []


def test_two_statuses_for_one_refusal_are_a_question_that_names_both_places() -> None:
    document = read_file("contradictions")
    (asked,) = [question for question in document.questions if question.id == "status-for-invalid-input"]
    assert "400 in line 16, 422 in line 17" in asked.text
    assert asked.default == "422"


def test_two_limits_are_a_question_that_names_both_places() -> None:
    document = read_file("contradictions")
    asked = {question.id: question for question in document.questions}
    assert asked["note-title-max-length"].why == "80 in line 7 of page.md, 100 in line 12 of page.md"
    assert attribute(document, "Note", "title").max_length == 80
    assert asked["note-body-required"].options == ("optional", "required")
    assert asked["anyone-read-notes"].why == "anyone in line 14 of page.md, fewer in line 15 of page.md"
    assert all(question.depends == ("Note",) or question.id.startswith("status") for question in document.questions)
