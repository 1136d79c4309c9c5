"""A document whose entities meet each other in every way, with names that code uses for itself."""

from devmatrix.discovery.document import (
    Access,
    Account,
    Attribute,
    Check,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    StateMachine,
    Transition,
)
from devmatrix.stacks.fastapi.features.feature import Feature
from devmatrix.stacks.fastapi.naming import Names
from tests.conventional import crud, document, links, nested, reference, sign_in, transitions

ANYONE = Access()
ACCOUNTS = Access(authenticated=True)
OWNER_OR_BOSS = Access(authenticated=True, roles=("boss",), owner=True)


def _string(name: str, **more: object) -> Attribute:
    return Attribute.model_validate({"name": name, "type": FieldType.STRING, **more})


def _session() -> Entity:
    return Entity(
        name="Session",
        plural="sessions",
        attributes=(
            _string("login", unique=True),
            Attribute(name="secret", type=FieldType.PASSWORD),
            Attribute(name="role", type=FieldType.ENUM, choices=("user", "boss"), required=False),
        ),
        account=Account(login_field="login", password_field="secret", role_field="role", admin_role="boss"),
    )


def _repository() -> Entity:
    return Entity(
        name="Repository",
        plural="repositories",
        attributes=(
            _string("name", unique=True),
            Attribute(name="limit", type=FieldType.INTEGER, required=False),
            reference("owner_id", "Session", server_set=True, required=False),
        ),
        owner_field="owner_id",
        soft_delete=True,
    )


def _query() -> Entity:
    return Entity(
        name="Query",
        plural="queries",
        attributes=(
            Attribute(name="value", type=FieldType.DECIMAL, scale=0, minimum=0.5),
            reference("repository_id", "Repository", on_delete="cascade"),
            reference("parent_id", "Query", required=False, on_delete="cascade"),
            Attribute(name="data_ids", type=FieldType.REFERENCES, target="Data", required=False),
        ),
        soft_delete=True,
    )


def _data() -> Entity:
    return Entity(
        name="Data",
        plural="data",
        attributes=(
            Attribute(name="date", type=FieldType.DATE),
            Attribute(name="list", type=FieldType.TIME, required=False),
            reference("repository_id", "Repository", required=False, on_delete="set_null"),
            Attribute(name="state", type=FieldType.ENUM, choices=("a b", 'c"d'), server_set=True, required=False),
            Attribute(name="friend_ids", type=FieldType.REFERENCES, target="Data", required=False),
        ),
        states=StateMachine(
            field="state",
            initial="a b",
            transitions=(Transition(name="read", sources=("a b",), target='c"d', requires=("list",)),),
        ),
        soft_delete=True,
        versioned=True,
    )


def _page() -> Entity:
    many = tuple(Attribute(name=f"number_{n}", type=FieldType.INTEGER, required=False) for n in range(30))
    return Entity(
        name="Page",
        plural="pages",
        attributes=(
            *many,
            reference("query_id", "Query"),
            reference("repository_id", "Repository"),
            Attribute(name="from", type=FieldType.DATETIME),
            Attribute(name="to", type=FieldType.DATETIME, required=False),
        ),
        checks=(Check(left="from", operator="<", right="to"),),
        unique_together=(("from", "query_id"),),
        versioned=True,
    )


def corners() -> DiscoveryDocument:
    """Accounts, ownership, each kind of deletion under soft deletion, two parents, thirty attributes, odd names."""
    account, repository, query, data, page = _session(), _repository(), _query(), _data(), _page()
    operations = sign_in(account) + crud(account, read=OWNER_OR_BOSS, create=ANYONE)
    operations += crud(repository, read=OWNER_OR_BOSS) + crud(query) + crud(data, read=ACCOUNTS) + crud(page)
    operations += nested(query, "repository_id", repository)
    operations += nested(page, "query_id", query) + nested(page, "repository_id", repository)
    operations += links(query, "data_ids", data) + [_moved(each) for each in transitions(data)]
    return document("Corners", "Corner cases.", [account, repository, query, data, page], operations)


def _moved(operation: Operation) -> Operation:
    return operation.model_copy(update={"id": f"{operation.id}_now"})


def feature(name: str, described: DiscoveryDocument | None = None) -> Feature:
    """The feature of one entity."""
    described = described or corners()
    return Feature(described.entity(name), described, Names(described))
