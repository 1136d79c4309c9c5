"""What hangs together, where a request tells it in passing."""

import pytest

from devmatrix.discovery.composing import read
from devmatrix.discovery.document import DiscoveryDocument, FieldType
from tests.unit.discovery.reads import attribute, entity, fields, names, not_understood


def _refers(document: DiscoveryDocument, name: str) -> set[str]:
    return {item.target for item in document.entity(name).attributes if item.target is not None}


@pytest.mark.parametrize(
    ("request_text", "name", "targets"),
    [
        ("inventory system with products and warehouses, stock per product and warehouse", "Stock",
         {"Product", "Warehouse"}),
        ("Manage employees of departments", "Employee", {"Department"}),
        ("API to store measurements from sensors", "Measurement", {"Sensor"}),
        ("a REST service for booking meeting rooms", "Booking", {"MeetingRoom"}),
        ("API to rent bikes", "Rental", {"Bike"}),
        ("Task management API: projects have tasks; a task has a title and a due date", "Task", {"Project"}),
        ("A social network where users follow each other", "Follow", {"User"}),
        ("School API. Each student can enroll in many courses.", "Enrollment", {"Student", "Course"}),
        ("Patients can book appointments with doctors.", "Appointment", {"Patient", "Doctor"}),
        ("A booking system for rooms", "Booking", {"Room"}),
    ],
)  # fmt: skip
def test_what_refers_to_what(request_text: str, name: str, targets: set[str]) -> None:
    document = read(request_text)
    assert not_understood(request_text) == []
    assert _refers(document, name) == targets


def test_stock_is_kept_once_for_each_product_and_warehouse() -> None:
    request = "inventory system with products and warehouses, stock per product and warehouse"
    assert entity(request, "Stock").unique_together == (("product_id", "warehouse_id"),)
    assert "stock" not in fields(request, "Product")


@pytest.mark.parametrize(
    "listed",
    [
        "with authors and books", "that has authors and books", "including authors and books", ": authors and books",
        " - authors, books", "with authors, and with books", "(authors and books)",
    ],
)  # fmt: skip
def test_what_follows_a_place_is_kept_in_it(listed: str) -> None:
    document = read(f"REST API for a bookstore {listed}")
    assert document.title == "Bookstore"
    assert [item.name for item in document.entities] == ["Author", "Book"]


def test_a_domain_gives_what_is_usual_only_where_nothing_is_named() -> None:
    assert names("API for a hotel") == ["Room", "Guest", "Booking"]
    assert names("API for a hotel: rooms and keys") == ["Room", "Key"]


def test_one_property_adds_to_what_is_usual_and_several_replace_it() -> None:
    gym = (
        "I want to manage gym members, trainers and classes. A class has a capacity of at most 30. "
        "Members must have a unique email."
    )
    assert fields(gym, "GymMember")[:2] == ["name", "email"]
    assert attribute(gym, "GymMember", "email").unique
    capacity = attribute(gym, "Class", "capacity")
    assert (capacity.minimum, capacity.maximum) == (0, 30)
    assert "name" in fields(gym, "Class")
    assert any(item.text == "Class.capacity is not negative" for item in read(gym).assumptions)
    assert fields("Track zeppelins. A zeppelin has a length.", "Zeppelin") == ["name", "length"]
    assert fields("Track zeppelins. A zeppelin has a title.", "Zeppelin") == ["title"]
    assert fields("Track books. A book has a title and a mood.", "Book") == ["title", "mood"]


def test_articles_and_comments_have_one_owner_each() -> None:
    request = "users can post articles and comment on them; only the author may edit an article"
    document = read(request)
    assert not_understood(request) == []
    for name in ("Article", "Comment"):
        owners = [item.name for item in document.entity(name).attributes if item.target == "User"]
        assert owners == [document.entity(name).owner_field]
    assert _refers(document, "Comment") == {"User", "Article"}


def test_what_is_theirs_is_seen_by_them_alone() -> None:
    document = read("An app where users can track their expenses")
    assert document.operation("list_expenses").access.owner
    assert not read("An app where users can track expenses").operation("list_expenses").access.owner


def test_rights_are_no_stories() -> None:
    request = "Track posts. Moderators can create posts."
    assert names(request) == ["Post", "User"]
    assert "moderator" in attribute(request, "User", "role").choices


def test_a_books_author_is_text_unless_authors_are_kept() -> None:
    assert attribute("Track books", "Book", "author").type is FieldType.STRING
    assert attribute("Track books and authors", "Book", "author_id").target == "Author"
    assert "author" not in fields("Track books and authors", "Book")


@pytest.mark.parametrize(
    "request_text",
    [
        "Car rental service: cars, customers and rentals",
        "Fleet management: vehicles, drivers, trips",
        "Hotel: rooms, keys",
    ],
)
def test_a_line_about_a_whole_is_no_entity_with_fields(request_text: str) -> None:
    listed = request_text.partition(": ")[2].replace(" and ", ", ").split(", ")
    assert [item.plural for item in read(request_text).entities] == listed


def test_many_entities_make_a_short_title() -> None:
    lines = "\n".join(f"Thing{chr(97 + number)}: name" for number in range(9))
    assert read(lines).title == "Thingas, thingbs and more"
