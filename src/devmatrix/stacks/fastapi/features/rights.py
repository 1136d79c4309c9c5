"""Who may call an operation: what the router asks for, and what the service checks."""

from dataclasses import dataclass

from devmatrix.discovery.document import Operation, OperationKind
from devmatrix.stacks.fastapi.features.feature import Feature, python_name
from devmatrix.stacks.fastapi.features.text import literal

_CREATING = (OperationKind.CREATE, OperationKind.NESTED_CREATE)
_LISTING = (OperationKind.LIST, OperationKind.NESTED_LIST)
_ROLE_WRITING = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REPLACE, OperationKind.PATCH)


def owner_attribute(feature: Feature) -> str | None:
    """The identifier of what says whose a record is; none where nothing does."""
    if feature.account:
        return "id"
    if feature.entity.owner_field is None:
        return None
    return python_name(feature.entity.attribute(feature.entity.owner_field))


def narrowing(feature: Feature, operation: Operation) -> str | None:
    """The identifier by which the list is narrowed to the caller's own records, if it is."""
    return owner_attribute(listed_feature(feature, operation)) if operation.access.owner else None


def listed_feature(feature: Feature, operation: Operation) -> Feature:
    """The entity whose records a list holds."""
    return feature.of(operation.entity) if operation.relation else feature


@dataclass(frozen=True)
class Rights:
    """What one operation asks of its caller."""

    feature: Feature
    operation: Operation

    @property
    def is_owned(self) -> bool:
        """The caller must own the record, or have one of the roles: the service judges it."""
        return (
            self.operation.access.owner
            and self.operation.kind not in (*_CREATING, *_LISTING)
            and owner_attribute(self.feature) is not None
        )

    @property
    def is_narrowed(self) -> bool:
        """A list that holds the caller's own records only, unless they have one of the roles."""
        return self.operation.kind in _LISTING and narrowing(self.feature, self.operation) is not None

    @property
    def sets_owner(self) -> bool:
        """The record's owner is the caller."""
        return self.operation.kind in _CREATING and self.feature.entity.owner_field is not None

    @property
    def guards_role(self) -> bool:
        """The body may hold the account's role, which only an administrator writes."""
        account = self.feature.account
        if account is None or account.role_field is None or self.operation.kind not in _ROLE_WRITING:
            return False
        return self.required_roles != (account.admin_role,)

    @property
    def required_roles(self) -> tuple[str, ...]:
        """Roles of which the caller must have one, whatever the record."""
        if self.is_owned or self.is_narrowed or (self.operation.access.owner and self.operation.kind in _CREATING):
            return ()
        return self.operation.access.roles

    @property
    def is_authenticated(self) -> bool:
        """Whether an account is needed."""
        access = self.operation.access
        return access.authenticated or access.owner or bool(access.roles) or self.sets_owner

    @property
    def needs_caller(self) -> bool:
        """Whether the service is told who calls."""
        return self.is_owned or self.is_narrowed or self.sets_owner or (self.guards_role and self.is_authenticated)

    @property
    def roles_text(self) -> str:
        """The roles as further arguments."""
        return "".join(f", {literal(role)}" for role in self.operation.access.roles)
