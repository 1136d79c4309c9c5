"""Whole pages, from very different authors: what is kept, and what was not understood."""

import pytest

from tests.unit.discovery.markdown.pages import PAGES, fields, lost, read_file

_ACCOUNT = "email password full_name role"
KEPT = {
    "clinic": {
        "Patient": "full_name birth phone email",
        "Doctor": "name speciality",
        "Appointment": "starts_at reason patient_id doctor_id status",
        "User": _ACCOUNT,
    },
    "contradictions": {"Note": "title body", "User": _ACCOUNT},
    "dictionary": {
        "Vehicle": "plate brand mileage fuel",
        "Driver": "name licence_number",
        "Trip": "vehicle_id driver_id distance started_at",
    },
    "emoji_spec": {
        "Event": "name starts_at ends_at ticket_price venue_id visibility",
        "Venue": "name capacity",
        "User": _ACCOUNT,
    },
    "french": {"Salle": "nom capacite", "Reservation": "salle_id debut fin statut"},
    "helpdesk": {
        "Customer": "name email vip",
        "Ticket": "subject priority due_on status customer_id",
        "Message": "ticket_id body internal",
        "User": _ACCOUNT,
    },
    "library_prd": {
        "Book": "title isbn pages language price",
        "Member": "full_name email joined_on",
        "Loan": "book_id member_id due_date note status",
        "User": _ACCOUNT,
    },
    "notes": {
        "Member": "name email phone password role",
        "Class": "title starts_at capacity price start_time",
        "Booking": "starts_at ends_at notes status class_id member_id",
    },
    "rfc": {
        "Shipment": "reference weight fragile shipped_on customer_email carrier_id status",
        "Carrier": "name website",
        "User": _ACCOUNT,
    },
    "sqlpage": {
        "Warehouse": "name",
        "Item": "sku quantity warehouse_id",
        "Stock": "quantity warehouse_id",
        "User": _ACCOUNT,
    },
    "stories": {
        "User": _ACCOUNT,
        "Recipe": "title description servings source category_id user_id",
        "Category": "name description",
    },
    "tickets_api": {
        "Project": "name description",
        "Ticket": "title body priority estimate project_id status",
    },
    "verein": {
        "Mitglied": "vorname nachname email geburtsdatum beitrag",
        "Kurs": "titel platze aktiv status",
    },
}  # fmt: skip
LOST = {
    "clinic": [],
    "contradictions": [12, 13, 16],
    "dictionary": [],
    "emoji_spec": [24],
    "french": [19, 19],
    "helpdesk": [4, 7, 8, 38, 41, 44],
    "library_prd": [13],
    "notes": [3, 9, 9, 11, 17],
    "rfc": [9],
    "sqlpage": [20],
    "stories": [23, 24, 25],
    "tickets_api": [3, 32, 38],
    "verein": [5, 31, 32],
}
"""The lines of which something was not understood."""


def test_every_page_is_tried() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(KEPT) == set(LOST)


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_page_gives_entities_with_their_fields(name: str) -> None:
    document = read_file(name)
    assert {item.name: " ".join(fields(document, item.name)) for item in document.entities} == KEPT[name]


@pytest.mark.parametrize("name", sorted(LOST))
def test_what_a_page_says_is_read_or_listed(name: str) -> None:
    assert [line for line, _ in lost(read_file(name))] == LOST[name]


@pytest.mark.parametrize("name", sorted(KEPT))
def test_statements_hold_all_of_a_page(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    held: set[int] = set()
    for item in read_file(name).statements:
        assert text[item.span.start : item.span.end] == item.span.text
        held.update(range(item.span.start, item.span.end))
    assert [character for at, character in enumerate(text) if at not in held and not character.isspace()] == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("library_prd", "Community library"), ("emoji_spec", "Event Manager API"), ("rfc", "Shipment tracking"),
        ("verein", "Vereinsverwaltung"), ("notes", "gym thing"),
    ],
)  # fmt: skip
def test_the_first_heading_or_the_front_matter_is_the_title(name: str, title: str) -> None:
    assert read_file(name).title == title
