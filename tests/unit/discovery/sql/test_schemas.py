"""Whole schemas of several trades, in three dialects, as people and dump programs write them."""

import pytest

from devmatrix.discovery.document import Check, FieldType
from devmatrix.discovery.sql.dialects import Dialect, dialect_of
from tests.unit.discovery.sql.reads import SCHEMAS, document_of, lost, proven, require_sound_reading

DIALECTS = {
    "hr": Dialect.POSTGRES,
    "shop": Dialect.POSTGRES,
    "logistics": Dialect.POSTGRES,
    "odd": Dialect.POSTGRES,
    "tickets": Dialect.MYSQL,
    "clinic": Dialect.MYSQL,
    "school": Dialect.MYSQL,
    "library": Dialect.SQLITE,
    "music": Dialect.SQLITE,
}
ENTITIES = {
    "hr": ["Department", "Employee"],
    "shop": ["Customer", "Category", "Product", "Order", "OrderLine", "LineNote"],
    "logistics": ["Depot", "Driver", "Vehicle", "VehiclePaper", "Parcel", "Tour"],
    "odd": ["Select", "None", "OddValue", "Bare"],
    "tickets": ["Agent", "Label", "Ticket"],
    "clinic": ["Patient", "Doctor", "Appointment", "Prescription"],
    "school": ["Class", "PupilData", "Subject", "Teacher", "Lesson", "Mark"],
    "library": ["Shelf", "Book", "Author", "Loan"],
    "music": ["Artist", "Album", "Track", "Playlist"],
}
LOST = {
    # The beginning of what is not understood, and a word of the reason.
    "hr": [
        ("CREATE FUNCTION hr.touch", "routine"),
        ("photo bytea", "bytea"),
        ("skills text[]", "list of text"),
        ("preferences jsonb", "json"),
        ("CREATE VIEW", "view"),
        ("CREATE TRIGGER", "trigger"),
    ],
    "shop": [
        ("search_words TEXT", "computes"),
        ('"orderNumber" INTEGER', "counts up"),
        ('CHECK ("placedAt"', "no number"),
    ],
    "logistics": [("volume interval", "interval"), ("create materialized view", "view")],
    "odd": [],
    "tickets": [
        ("`channels` set(", "set"),
        ("`extra` json", "json"),
        ("CREATE*/", "trigger"),
        ("CREATE ALGORITHM", "view"),
    ],
    "clinic": [("`settings` longtext", "json")],
    "school": [("CHECK (mark * 2", "expression")],
    "library": [("CREATE VIRTUAL TABLE", "virtual"), ("CREATE TRIGGER lend", "trigger")],
    "music": [],
}


def test_each_schema_has_its_expectations() -> None:
    assert set(DIALECTS) == set(ENTITIES) == set(LOST) == set(SCHEMAS)


@pytest.mark.parametrize("name", DIALECTS)
def test_the_dialect_is_told_by_its_signs(name: str) -> None:
    assert dialect_of(SCHEMAS[name]) is DIALECTS[name]


@pytest.mark.parametrize("name", ENTITIES)
def test_tables_become_entities_and_everything_is_accounted_for(name: str) -> None:
    document = require_sound_reading(SCHEMAS[name])
    assert [entity.name for entity in document.entities] == ENTITIES[name]
    found = [item for item in document.statements if not item.understood]
    assert [item.span.text[: len(start)] for item, (start, _) in zip(found, LOST[name], strict=True)] == [
        start for start, _ in LOST[name]
    ]
    for item, (_, word) in zip(found, LOST[name], strict=True):
        assert "not understood: " in item.became
        assert word in item.became.split("not understood: ")[1]


@pytest.mark.parametrize("name", ENTITIES)
def test_requirements_with_scenarios_follow_and_point_to_tables(name: str) -> None:
    document = proven(document_of(SCHEMAS[name]))
    assert len(document.requirements) > 5 * len(document.entities)
    proofs = {name for requirement in document.requirements for name in requirement.entities}
    assert proofs == set(ENTITIES[name])
    for requirement in document.requirements:
        if requirement.entities:
            assert requirement.span is not None
            assert requirement.span.source == "schema.sql"


def test_a_dump_of_postgresql_keeps_what_its_alter_tables_say() -> None:
    document = document_of(SCHEMAS["hr"])
    department, employee = document.entity("Department"), document.entity("Employee")
    assert department.description.startswith("Parts of the company")
    assert department.attribute("name").unique
    assert department.attribute("budget").description == "In euros, for one year"
    assert department.attribute("manager_id").on_delete == "set_null"
    assert employee.attribute("email").type is FieldType.EMAIL
    assert employee.attribute("email").unique
    assert employee.attribute("contract").choices == ("permanent", "fixed term", "O'Hare")
    assert employee.attribute("level").choices == ("junior", "senior", "lead")
    assert employee.attribute("full_name").max_length == 120
    assert (employee.attribute("workload").minimum, employee.attribute("workload").maximum) == (0, 100)
    assert employee.attribute("department_id").target == "Department"
    assert employee.attribute("mentor_id").target == "Employee"
    assert employee.checks == (Check(left="hired_on", operator="<=", right="left_on"),)


def test_a_dump_of_mysql_keeps_accounts_soft_deletion_versions_and_links() -> None:
    document = document_of(SCHEMAS["tickets"])
    agent, ticket = document.entity("Agent"), document.entity("Ticket")
    assert agent.account is not None
    assert (agent.account.login_field, agent.account.password_field, agent.account.role_field) == (
        "email",
        "password",
        "role",
    )
    assert agent.attribute("role").choices == ("agent", "admin")
    assert ticket.soft_delete
    assert ticket.versioned
    assert ticket.attribute("reference").unique
    assert ticket.attribute("label_ids").target == "Label"
    assert (ticket.attribute("priority").minimum, ticket.attribute("priority").maximum) == (1, 5)
    assert ticket.checks == (Check(left="opened_at", operator="<", right="due_at"),)
    label = document.entity("Label").attribute("colour")
    assert (label.pattern, label.description) == ("^#[0-9a-f]{6}$", "hex, with #")


def test_a_dump_of_phpmyadmin_gets_its_keys_and_references_from_what_follows_the_tables() -> None:
    document = document_of(SCHEMAS["clinic"])
    appointment = document.entity("Appointment")
    assert [item.name for item in appointment.attributes[:2]] == ["patient_id", "doctor_id"]
    assert appointment.attribute("patient_id").on_delete == "cascade"
    assert appointment.unique_together == (("doctor_id", "starts"),)
    assert appointment.attribute("state").choices == ("planned", "done", "missed")
    assert document.entity("Prescription").unique_together == (("appointment_id", "medicine"),)
    assert document.entity("Patient").attribute("insurance_no").unique


def test_sqlite_keeps_its_loose_types_by_name_and_condition() -> None:
    document = document_of(SCHEMAS["library"])
    book, loan = document.entity("Book"), document.entity("Loan")
    assert book.attribute("is_lent").type is FieldType.BOOLEAN
    assert book.attribute("added_at").type is FieldType.DATETIME
    assert book.attribute("shelf_id").target == "Shelf"
    assert book.attribute("author_ids").target == "Author"
    assert book.attribute("isbn").unique
    assert (book.attribute("isbn").min_length, book.attribute("isbn").max_length) == (10, 17)
    due = loan.attribute("due_on").default
    assert due is not None
    assert (due.kind, due.days) == ("today", 21)
    assert loan.unique_together == (("book_id", "lent_on"),)


def test_the_same_file_says_the_same_without_its_comments() -> None:
    plain = "\n".join(line.split("--")[0] for line in SCHEMAS["school"].splitlines())
    assert document_of(plain).entities == document_of(SCHEMAS["school"]).entities
    assert len(lost(plain)) == len(LOST["school"])
