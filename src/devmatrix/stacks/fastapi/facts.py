"""What the foundation's blueprints need to know of a document."""

from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.document import DiscoveryDocument, Entity, FieldType, Operation, OperationKind
from devmatrix.stacks.fastapi.naming import Names

AUTHENTICATION = (
    OperationKind.REGISTER,
    OperationKind.LOGIN,
    OperationKind.CURRENT,
    OperationKind.CURRENT_PATCH,
)


@dataclass(frozen=True)
class Facts:
    """Variables of the templates."""

    document: DiscoveryDocument
    names: Names

    @cached_property
    def title(self) -> str:
        """Title of the service."""
        return self.document.title

    @cached_property
    def slug(self) -> str:
        """Name of the project."""
        return self.document.slug

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """Packages of the entities whose router serves anything, in order."""
        served = {
            operation.relation_entity or operation.entity
            for operation in self.document.operations
            if operation.kind not in AUTHENTICATION
        }
        return tuple(self.names.package(entity) for entity in self.document.entities if entity.name in served)

    @cached_property
    def models(self) -> tuple[tuple[str, str], ...]:
        """Package and class of every entity, sorted by package."""
        return tuple(sorted((self.names.package(each), self.names.class_name(each)) for each in self.document.entities))

    @cached_property
    def exported(self) -> tuple[str, ...]:
        """Names of all models and their base, as `__all__` sorts them."""
        return tuple(sorted(("Base", *(class_name for _, class_name in self.models))))

    @cached_property
    def versioned(self) -> bool:
        """Whether any record has a version."""
        return any(entity.versioned for entity in self.document.entities)

    @cached_property
    def account(self) -> Entity | None:
        """The entity whose records sign in."""
        return self.document.account_entity

    @cached_property
    def accounts(self) -> bool:
        """Whether anyone signs in."""
        return self.account is not None

    @cached_property
    def authentication(self) -> bool:
        """Whether there are operations to register, sign in or see oneself."""
        return bool(self.authentication_operations)

    @cached_property
    def authentication_operations(self) -> tuple[Operation, ...]:
        """Those operations."""
        return tuple(operation for operation in self.document.operations if operation.kind in AUTHENTICATION)

    @cached_property
    def admin_login(self) -> str:
        """Login of the first administrator in tests."""
        if self.account is None or self.account.account is None:
            return ""
        login = self.account.attribute(self.account.account.login_field)
        return "admin@example.com" if login.type is FieldType.EMAIL else "admin"

    @cached_property
    def test_settings(self) -> dict[str, str]:
        """Settings that tests run with, but for the database."""
        settings: dict[str, str] = {}
        if self.accounts:
            settings |= {"SECRET_KEY": "a-secret-that-only-tests-may-know"}
            settings |= {"PASSWORD_MEMORY_KIB": "8", "PASSWORD_ITERATIONS": "1"}
        if self.administrator:
            settings |= {"ADMIN_LOGIN": self.admin_login, "ADMIN_PASSWORD": "Admin-password-1"}
        return settings

    @cached_property
    def administrator(self) -> bool:
        """Whether a first administrator is made at start."""
        account = self.account.account if self.account else None
        return account is not None and account.role_field is not None and account.admin_role is not None
