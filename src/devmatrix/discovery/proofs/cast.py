"""Takes a document, says who calls: which actors it needs, and who may and may not use an operation."""

from dataclasses import dataclass, field

from devmatrix.discovery.document import DiscoveryDocument, Entity, Operation, OperationKind
from devmatrix.discovery.finding import find_part
from devmatrix.discovery.proofs.chains import Chain
from devmatrix.discovery.proofs.payloads import Values
from devmatrix.discovery.proofs.unproducible import UnproducibleError

ADMIN = "admin"
FIRST = "alice"
SECOND = "bob"


@dataclass(frozen=True)
class Cast:
    """The actors of a document, in the order of their setup, with their roles (None where accounts have none)."""

    document: DiscoveryDocument
    roles: dict[str, str | None]
    taken: tuple[Values, ...] = ()
    """The bodies of which their accounts were made."""
    chains: dict[str, Chain] = field(default_factory=dict, compare=False)
    """Entity -> what its first record takes, as far as it has been written."""

    def of_role(self, role: str) -> str | None:
        """Some actor with that role."""
        return next((name for name, has in self.roles.items() if has == role), None)

    def caller(self, operation: Operation, maker: str | None = None) -> str | None:
        """An actor who may call the operation on a record that `maker` made; None where no account is needed.

        Raises UnproducibleError where nobody among the actors may.
        """
        access = operation.access
        if not access.authenticated:
            return None
        # What an account owns is itself: whoever made it is no owner of it.
        account, owned = self.document.account_entity, operation.relation_entity or operation.entity
        if access.owner and maker in self.roles and (account is None or owned != account.name):
            return maker
        for role in access.roles:
            if name := self.of_role(role):
                return name
        if access.roles and not access.owner:
            raise UnproducibleError(f"nobody has a role that may {operation.id.replace('_', ' ')}")
        if maker in self.roles:
            return maker
        return self.ordinary()

    def ordinary(self) -> str:
        """An actor with an ordinary account. Raises UnproducibleError where there is none."""
        if FIRST in self.roles:
            return FIRST
        raise UnproducibleError("no account can be registered")

    def without_role(self, operation: Operation) -> str | None:
        """An actor whose role does not allow the operation."""
        return next((name for name, role in self.roles.items() if role not in operation.access.roles), None)

    def other_than(self, operation: Operation, maker: str) -> str | None:
        """An actor who neither made the record nor has a role that allows the operation."""
        roles = operation.access.roles
        return next((name for name, role in self.roles.items() if name != maker and role not in roles), None)


def cast_of(document: DiscoveryDocument) -> Cast:
    """The actors that the operations of `document` need."""
    entity = document.account_entity
    if entity is None or entity.account is None:
        return Cast(document, {})
    account = entity.account
    ordinary = entity.attribute(account.role_field).choices[0] if account.role_field else None
    roles: dict[str, str | None] = {}
    if account.role_field and account.admin_role:
        roles[ADMIN] = account.admin_role
    if maker_of(document, entity) is not None or find(document, entity, OperationKind.REGISTER) is not None:
        roles[FIRST] = ordinary
        if any(operation.access.owner for operation in document.operations):
            roles[SECOND] = ordinary
        if ADMIN in roles and account.role_field:
            wanted = {role for operation in document.operations for role in operation.access.roles}
            for role in entity.attribute(account.role_field).choices:
                if role in wanted and role not in roles.values():
                    roles[_free(role, roles)] = role
    return Cast(document, roles)


def _free(role: str, taken: dict[str, str | None]) -> str:
    name = "".join(character if character.isalnum() and character.isascii() else "_" for character in role.lower())
    return name if name not in taken else f"{name}_account"


def find(document: DiscoveryDocument, entity: Entity, kind: OperationKind) -> Operation | None:
    """The operation of that kind on the entity."""
    return find_part(document, document.operations, (entity.name, kind), by="purpose")


def maker_of(document: DiscoveryDocument, entity: Entity) -> Operation | None:
    """The operation that creates records of the entity most plainly."""
    for kind in (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER):
        if (operation := find(document, entity, kind)) is not None:
            return operation
    return None
