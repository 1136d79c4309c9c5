"""Documents made by hand, each for another corner of what can be wanted."""

from devmatrix.discovery.document import (
    Access,
    Account,
    Attribute,
    Check,
    Default,
    DiscoveryDocument,
    Entity,
    FieldType,
    OperationKind,
    StateMachine,
    Transition,
)
from tests.conventional import (
    ACCOUNTS,
    ADMIN,
    ADMIN_OR_OWNER,
    ANYONE,
    OWNER,
    crud,
    document,
    links,
    nested,
    reference,
    sign_in,
    transitions,
)


def _book() -> Entity:
    return Entity(
        name="Book",
        plural="books",
        attributes=(
            Attribute(name="title", type=FieldType.STRING, max_length=300),
            Attribute(name="isbn", type=FieldType.STRING, unique=True, pattern=r"^(97[89])?\d{9}[\dX]$", max_length=13),
            Attribute(name="copies", type=FieldType.INTEGER, minimum=0),
            Attribute(
                name="format",
                type=FieldType.ENUM,
                choices=("hardcover", "paperback", "ebook"),
                required=False,
                default=Default(kind="literal", value="paperback"),
            ),
            Attribute(name="published_on", type=FieldType.DATE, required=False),
            Attribute(name="summary", type=FieldType.TEXT, required=False),
            reference("shelf_id", "Shelf"),
            reference("sequel_of_id", "Book", required=False, on_delete="set_null"),
            Attribute(name="tag_ids", type=FieldType.REFERENCES, target="Tag", required=False),
        ),
    )


def _loan() -> Entity:
    return Entity(
        name="Loan",
        plural="loans",
        attributes=(
            reference("book_id", "Book"),
            reference("member_id", "Member", on_delete="cascade"),
            Attribute(name="due_on", type=FieldType.DATE, required=False, default=Default(kind="today", days=14)),
            Attribute(name="note", type=FieldType.STRING, required=False),
            Attribute(
                name="state", type=FieldType.ENUM, choices=("open", "returned", "lost"), server_set=True, required=False
            ),
        ),
        states=StateMachine(
            field="state",
            initial="open",
            transitions=(
                Transition(name="return_item", sources=("open", "lost"), target="returned"),
                Transition(name="report_lost", sources=("open",), target="lost", requires=("note",)),
            ),
        ),
    )


def library() -> DiscoveryDocument:
    """Each kind of deletion, many-to-many, a state machine with a guard, nested collections; no accounts."""
    shelf = Entity(
        name="Shelf",
        plural="shelves",
        attributes=(
            Attribute(name="name", type=FieldType.STRING, unique=True, max_length=80),
            Attribute(name="room", type=FieldType.STRING, required=False),
        ),
    )
    tag = Entity(
        name="Tag",
        plural="tags",
        attributes=(Attribute(name="name", type=FieldType.STRING, unique=True, max_length=40),),
    )
    member = Entity(
        name="Member",
        plural="members",
        attributes=(
            Attribute(name="name", type=FieldType.STRING),
            Attribute(name="email", type=FieldType.EMAIL, unique=True),
        ),
    )
    book = _book()
    loan = _loan()
    entities = [shelf, tag, member, book, loan]
    operations = [operation for entity in entities for operation in crud(entity)]
    operations += nested(book, "shelf_id", shelf) + links(book, "tag_ids", tag) + transitions(loan)
    operations += nested(loan, "member_id", member)
    return document("Lending library", "Lend books from shelves to members for 14 days.", entities, operations)


def accounts() -> DiscoveryDocument:
    """Accounts with roles, and an entity that only some roles may write."""
    user = Entity(
        name="User",
        plural="users",
        attributes=(
            Attribute(name="email", type=FieldType.EMAIL, unique=True),
            Attribute(name="password", type=FieldType.PASSWORD, min_length=10),
            Attribute(name="name", type=FieldType.STRING, max_length=100),
            Attribute(
                name="active", type=FieldType.BOOLEAN, required=False, default=Default(kind="literal", value=True)
            ),
            Attribute(
                name="role",
                type=FieldType.ENUM,
                choices=("member", "editor", "admin"),
                required=False,
                default=Default(kind="literal", value="member"),
            ),
        ),
        account=Account(login_field="email", password_field="password", role_field="role", admin_role="admin"),
    )
    announcement = Entity(
        name="Announcement",
        plural="announcements",
        attributes=(
            Attribute(name="headline", type=FieldType.STRING, min_length=3, max_length=60),
            Attribute(name="shown_from", type=FieldType.DATETIME, required=False, default=Default(kind="now")),
        ),
    )
    editors = Access(authenticated=True, roles=("editor", "admin"))
    operations = sign_in(user) + crud(user, read=ADMIN_OR_OWNER, create=ADMIN, write=ADMIN_OR_OWNER)
    operations = [
        operation.model_copy(update={"access": ADMIN})
        if operation.id in {"list_users", "replace_user", "delete_user"}
        else operation
        for operation in operations
    ]
    operations += crud(announcement, read=ANYONE, create=editors, write=editors)
    return document("User management", "Create a REST API for user management", [user, announcement], operations)


def owned_notes() -> DiscoveryDocument:
    """Accounts without roles; records that belong to who made them, versioned and softly deleted, with a child."""
    person = Entity(
        name="Person",
        plural="people",
        attributes=(
            Attribute(
                name="username", type=FieldType.STRING, unique=True, min_length=3, max_length=30, pattern="^[a-z0-9_]+$"
            ),
            Attribute(name="password", type=FieldType.PASSWORD),
        ),
        account=Account(login_field="username", password_field="password"),
    )
    note = Entity(
        name="Note",
        plural="notes",
        attributes=(
            Attribute(name="title", type=FieldType.STRING),
            Attribute(name="body", type=FieldType.TEXT, required=False, default=Default(kind="literal", value="")),
            Attribute(name="slug", type=FieldType.STRING, unique=True, required=False, pattern=r"[a-z]+(-[a-z0-9]+)*"),
            Attribute(
                name="pinned", type=FieldType.BOOLEAN, required=False, default=Default(kind="literal", value=False)
            ),
            reference("owner_id", "Person", required=False, server_set=True, on_delete="cascade"),
        ),
        owner_field="owner_id",
        soft_delete=True,
        versioned=True,
    )
    item = Entity(
        name="ListItem",
        plural="list_items",
        attributes=(
            Attribute(name="label", type=FieldType.STRING),
            Attribute(name="position", type=FieldType.INTEGER, minimum=1, maximum=50),
            reference("note_id", "Note", on_delete="cascade"),
        ),
        unique_together=(("note_id", "position"),),
        soft_delete=True,
    )
    operations = sign_in(person) + crud(person, read=ACCOUNTS, write=OWNER)[1:3]
    operations += crud(note, read=OWNER) + crud(item, read=ACCOUNTS) + nested(item, "note_id", note, access=ACCOUNTS)
    return document("Notes", "People keep notes that only they can see.", [person, note, item], operations)


def odd_names() -> DiscoveryDocument:
    """Reserved words, a plural that equals its singular, a reference to itself and a cycle of references."""
    model = Entity(
        name="Model",
        plural="models",
        attributes=(
            Attribute(name="class", type=FieldType.STRING),
            Attribute(name="metadata", type=FieldType.TEXT, required=False),
            Attribute(name="import", type=FieldType.BOOLEAN, required=False),
            Attribute(name="model_config", type=FieldType.INTEGER, required=False),
            Attribute(name="items", type=FieldType.STRING, required=False, max_length=5),
        ),
    )
    sheep = Entity(
        name="Sheep",
        plural="sheep",
        attributes=(
            Attribute(name="name", type=FieldType.STRING, unique=True),
            reference("mother_id", "Sheep", required=False, on_delete="restrict"),
        ),
    )
    department = Entity(
        name="Department",
        plural="departments",
        attributes=(
            Attribute(name="name", type=FieldType.STRING),
            reference("head_id", "Employee", required=False, on_delete="set_null"),
        ),
    )
    employee = Entity(
        name="Employee",
        plural="employees",
        attributes=(
            Attribute(name="self", type=FieldType.STRING),
            reference("department_id", "Department"),
            reference("mentor_id", "Employee", required=False, unique=True, on_delete="set_null"),
            Attribute(name="sheep_ids", type=FieldType.REFERENCES, target="Sheep", required=False),
        ),
        checks=(Check(left="department_id", operator="!=", right="mentor_id"),),
    )
    entities = [model, sheep, department, employee]
    operations = [operation for entity in entities for operation in crud(entity)]
    operations += nested(employee, "department_id", department) + links(employee, "sheep_ids", sheep)
    return document("Odd names", "Models, sheep, departments and employees.", entities, operations)


def measurements() -> DiscoveryDocument:
    """Each scalar type, with bounds, patterns, checks between fields, and uniqueness of several fields together."""
    station = Entity(
        name="Station",
        plural="stations",
        attributes=(
            Attribute(name="code", type=FieldType.STRING, unique=True, pattern=r"^[A-Z]{3}-\d{4}$"),
            Attribute(name="website", type=FieldType.URL, required=False),
            Attribute(name="latitude", type=FieldType.FLOAT, minimum=-90, maximum=90),
            Attribute(name="indoors", type=FieldType.BOOLEAN),
            Attribute(name="serial", type=FieldType.UUID, unique=True, required=False),
            Attribute(name="opens_at", type=FieldType.TIME, required=False),
            Attribute(name="closes_at", type=FieldType.TIME, required=False),
        ),
        checks=(Check(left="opens_at", operator="<", right="closes_at"),),
    )
    reading = Entity(
        name="Reading",
        plural="readings",
        attributes=(
            reference("station_id", "Station", on_delete="cascade"),
            Attribute(name="kind", type=FieldType.ENUM, choices=("air", "water")),
            Attribute(name="taken_at", type=FieldType.DATETIME),
            Attribute(name="received_at", type=FieldType.DATETIME, required=False),
            Attribute(name="low", type=FieldType.DECIMAL, scale=3, minimum=-100),
            Attribute(name="high", type=FieldType.DECIMAL, scale=3, exclusive_maximum=1000),
            Attribute(name="fee", type=FieldType.DECIMAL, exclusive_minimum=0, required=False),
            Attribute(
                name="samples",
                type=FieldType.INTEGER,
                exclusive_minimum=0,
                maximum=500,
                required=False,
                default=Default(kind="literal", value=1),
            ),
            Attribute(name="ratio", type=FieldType.FLOAT, exclusive_minimum=0, exclusive_maximum=1, required=False),
        ),
        unique_together=(("station_id", "kind", "taken_at"),),
        checks=(
            Check(left="low", operator="<=", right="high"),
            Check(left="received_at", operator=">=", right="taken_at"),
        ),
    )
    entities = [station, reading]
    operations = [operation for entity in entities for operation in crud(entity)] + nested(
        reading, "station_id", station
    )
    return document("Measurements", "Stations take readings.", entities, operations)


def _ticket() -> Entity:
    return Entity(
        name="Ticket",
        plural="tickets",
        attributes=(
            Attribute(name="subject", type=FieldType.STRING, max_length=120),
            Attribute(
                name="priority",
                type=FieldType.INTEGER,
                minimum=1,
                maximum=5,
                required=False,
                default=Default(kind="literal", value=3),
            ),
            Attribute(name="resolution", type=FieldType.TEXT, required=False),
            reference("requester_id", "User", required=False, server_set=True),
            Attribute(
                name="status",
                type=FieldType.ENUM,
                choices=("open", "in_progress", "closed"),
                server_set=True,
                required=False,
            ),
        ),
        states=StateMachine(
            field="status",
            initial="open",
            transitions=(
                Transition(name="start", sources=("open",), target="in_progress"),
                Transition(name="close", sources=("in_progress",), target="closed", requires=("resolution",)),
                Transition(name="reopen", sources=("closed",), target="open"),
            ),
        ),
        owner_field="requester_id",
        versioned=True,
    )


def help_desk() -> DiscoveryDocument:
    """Roles and owners together: tickets of customers, which agents move; accounts that only an administrator makes."""
    user = Entity(
        name="User",
        plural="users",
        attributes=(
            Attribute(name="login", type=FieldType.STRING, unique=True, min_length=3),
            Attribute(name="password", type=FieldType.PASSWORD),
            Attribute(name="role", type=FieldType.ENUM, choices=("customer", "agent", "admin"), required=False),
        ),
        account=Account(login_field="login", password_field="password", role_field="role", admin_role="admin"),
    )
    ticket = _ticket()
    comment = Entity(
        name="Comment",
        plural="comments",
        attributes=(
            Attribute(name="body", type=FieldType.TEXT, min_length=1, max_length=2000),
            reference("ticket_id", "Ticket", on_delete="cascade"),
        ),
    )
    agents = Access(authenticated=True, roles=("agent", "admin"))
    agents_or_owner = Access(authenticated=True, roles=("agent", "admin"), owner=True)
    operations = [item for item in sign_in(user) if item.kind is OperationKind.LOGIN]
    operations += crud(user, read=ADMIN) + crud(ticket, read=agents_or_owner, create=OWNER)
    operations += transitions(ticket, access=agents) + crud(comment, read=ACCOUNTS)
    operations += nested(comment, "ticket_id", ticket, access=ACCOUNTS)
    return document("Help desk", "Customers open tickets, agents work on them.", [user, ticket, comment], operations)


def own_accounts() -> DiscoveryDocument:
    """Accounts that only they themselves may see, and names that lists use for something else."""
    member = Entity(
        name="Member",
        plural="members",
        attributes=(
            Attribute(name="email", type=FieldType.EMAIL, unique=True),
            Attribute(name="password", type=FieldType.PASSWORD),
            Attribute(name="name", type=FieldType.STRING),
        ),
        account=Account(login_field="email", password_field="password"),
    )
    quota = Entity(
        name="Quota",
        plural="quotas",
        attributes=(
            Attribute(name="limit", type=FieldType.INTEGER),
            Attribute(name="sort", type=FieldType.STRING, required=False),
            Attribute(name="price", type=FieldType.INTEGER, required=False),
            Attribute(name="price_min", type=FieldType.INTEGER, required=False),
            reference("member_id", "Member"),
        ),
    )
    operations = sign_in(member) + crud(member, read=OWNER)[1:] + crud(quota, read=ACCOUNTS)
    return document("Quotas", "Members sign up and have quotas.", [member, quota], operations)


def chain(length: int) -> DiscoveryDocument:
    """So many entities, each of which refers to the one before."""
    entities: list[Entity] = []
    for number in range(length):
        before = [reference(f"thing{number - 1}_id", f"Thing{number - 1}")] if number else []
        attributes = (
            Attribute(name="name", type=FieldType.STRING, unique=True, max_length=100),
            Attribute(name="amount", type=FieldType.DECIMAL, minimum=0),
            Attribute(
                name="count",
                type=FieldType.INTEGER,
                minimum=0,
                required=False,
                default=Default(kind="literal", value=0),
            ),
            Attribute(name="kind", type=FieldType.ENUM, choices=("first", "second", "third")),
            Attribute(name="starts_on", type=FieldType.DATE, required=False),
            Attribute(name="notes", type=FieldType.TEXT, required=False),
            Attribute(
                name="active", type=FieldType.BOOLEAN, required=False, default=Default(kind="literal", value=True)
            ),
            *before,
        )
        entities.append(Entity(name=f"Thing{number}", plural=f"thing{number}s", attributes=attributes))
    operations = [operation for entity in entities for operation in crud(entity)]
    for number in range(1, length):
        operations += nested(entities[number], f"thing{number - 1}_id", entities[number - 1])
    return document("Chain", "Things that refer to things.", entities, operations)


ALL = (library, accounts, owned_notes, odd_names, measurements, help_desk, own_accounts)
