"""Documents whose records are counted: for each that they refer to, for each who makes them, some and all."""

from devmatrix.discovery.document import (
    Account,
    Attribute,
    Default,
    DiscoveryDocument,
    Entity,
    FieldType,
    Quota,
    StateMachine,
    Transition,
)
from tests.conventional import ACCOUNTS, ADMIN_OR_OWNER, OWNER, crud, document, nested, reference, sign_in, transitions


def league() -> DiscoveryDocument:
    """Few and many for each of two parents, softly deleted; one rule counts only some."""
    team = Entity(name="Team", plural="teams", attributes=(Attribute(name="name", type=FieldType.STRING),))
    coach = Entity(name="Coach", plural="coaches", attributes=(Attribute(name="name", type=FieldType.STRING),))
    player = Entity(
        name="Player",
        plural="players",
        attributes=(
            Attribute(name="name", type=FieldType.STRING),
            Attribute(
                name="position",
                type=FieldType.ENUM,
                choices=("keeper", "left back", "right back"),
                required=False,
                default=Default(kind="literal", value="left back"),
            ),
            reference("team_id", "Team", on_delete="cascade"),
            reference("coach_id", "Coach", required=False),
        ),
        quotas=(
            Quota(most=3, per="team_id"),
            Quota(most=1, per="team_id", field="position", values=("keeper",)),
            Quota(most=25, per="coach_id", recommended=True),
        ),
        soft_delete=True,
    )
    operations = [*crud(team), *crud(coach), *crud(player), *nested(player, "team_id", team)]
    return document("League", "Teams have players.", [team, coach, player], operations)


def errands() -> DiscoveryDocument:
    """What one account may have open, and have under way; versioned, moved from state to state."""
    person = Entity(
        name="Person",
        plural="people",
        attributes=(
            Attribute(name="email", type=FieldType.EMAIL, unique=True),
            Attribute(name="password", type=FieldType.PASSWORD),
            Attribute(name="role", type=FieldType.ENUM, choices=("member", "admin"), required=False),
        ),
        account=Account(login_field="email", password_field="password", role_field="role", admin_role="admin"),
    )
    errand = Entity(
        name="Errand",
        plural="errands",
        attributes=(
            Attribute(name="title", type=FieldType.STRING),
            Attribute(
                name="status",
                type=FieldType.ENUM,
                choices=("open", "started", "done"),
                server_set=True,
                required=False,
            ),
            reference("person_id", "Person", required=False, server_set=True, on_delete="cascade"),
        ),
        owner_field="person_id",
        states=StateMachine(
            field="status",
            initial="open",
            transitions=(
                Transition(name="start", sources=("open",), target="started"),
                Transition(name="finish", sources=("open", "started"), target="done"),
                Transition(name="reopen", sources=("done",), target="open"),
            ),
        ),
        quotas=(
            Quota(most=5, per="person_id", field="status", values=("open", "started")),
            Quota(most=2, per="person_id", field="status", values=("started",)),
        ),
        versioned=True,
    )
    operations = [*sign_in(person), *crud(person, read=ADMIN_OR_OWNER)]
    operations += [*crud(errand, read=ACCOUNTS, create=ACCOUNTS, write=OWNER), *transitions(errand, access=OWNER)]
    return document("Errands", "People run errands.", [person, errand], operations)
