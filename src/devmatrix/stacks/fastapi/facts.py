"""What the foundation's blueprints need to know of a document."""

from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from devmatrix.discovery.document import (
    Attribute,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    OperationKind,
)
from devmatrix.discovery.proofs.payloads import scalar_values
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import accepts, sample
from devmatrix.stacks.fastapi.naming import Names

_NEUTRAL = "Administrator"
_APART = 8191
_PASSWORD_LENGTH = (8, 128)

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
    def imported(self) -> bool:
        """Whether an imported document says how the API looks."""
        return self.document.interface is not None

    @cached_property
    def signs(self) -> bool:
        """Whether tokens are signed."""
        return self.accounts

    @cached_property
    def passwords(self) -> bool:
        """Whether passwords are hashed."""
        attributes = (each for entity in self.document.entities for each in entity.attributes)
        signs_in = self.account is not None and self.account.account is not None and not self.account.account.listed
        return signs_in or any(each.type is FieldType.PASSWORD for each in attributes)

    @cached_property
    def keys(self) -> bool:
        """Whether a setting lists the keys of callers."""
        return False

    @cached_property
    def first_accounts(self) -> bool:
        """Whether imported APIs make accounts at start."""
        return False

    @cached_property
    def seeded(self) -> tuple[str, ...]:
        """Names of those of them that sign in with a password."""
        return ()

    @cached_property
    def listed_accounts(self) -> bool:
        """Whether the accounts are those of the setting API_KEYS."""
        return False

    @cached_property
    def scoped(self) -> bool:
        """Whether keys are asked for scopes."""
        return False

    @cached_property
    def refreshes(self) -> bool:
        """Whether some tokens only give new ones."""
        return False

    @cached_property
    def revokes(self) -> bool:
        """Whether tokens are made void one by one."""
        return False

    @cached_property
    def numbers(self) -> bool:
        """Whether a table remembers the last number that was given out."""
        return self.imported and any(
            attribute.generated == "sequence" for entity in self.document.entities for attribute in entity.attributes
        )

    @cached_property
    def routers(self) -> tuple[str, ...]:
        """Modules of `app/routers`, in the order in which their routes are tried."""
        return ()

    @cached_property
    def body_mib(self) -> int:
        """What a request body may hold."""
        return 10 if self.imported else 1

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
        others = [*(["Numbering"] if self.numbers else []), *(["RevokedToken"] if self.revokes else [])]
        return tuple(sorted(("Base", *others, *(class_name for _, class_name in self.models))))

    @cached_property
    def procedures(self) -> bool:
        """Whether any operation does what only words say."""
        return any(operation.procedure is not None for operation in self.document.operations)

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
    def admin_login_is_email(self) -> bool:
        """Whether the first administrator signs in with an address."""
        return "@" in self.admin_login

    @cached_property
    def admin_password_length(self) -> tuple[int, int]:
        """Fewest and most characters of the first administrator's password."""
        marks = self.account.account if self.account is not None else None
        if self.account is None or marks is None or not marks.password_field:
            return _PASSWORD_LENGTH
        password = self.account.attribute(marks.password_field)
        return password.min_length or _PASSWORD_LENGTH[0], password.max_length or _PASSWORD_LENGTH[1]

    @cached_property
    def test_settings(self) -> dict[str, str]:
        """Settings that tests run with, but for the database."""
        settings: dict[str, str] = {}
        if self.signs:
            settings |= {"SECRET_KEY": "a-secret-that-only-tests-may-know"}
        if self.passwords:
            settings |= {"PASSWORD_MEMORY_KIB": "8", "PASSWORD_ITERATIONS": "1"}
        if self.administrator:
            settings |= {"ADMIN_LOGIN": self.admin_login, "ADMIN_PASSWORD": "Admin-password-1"}
        return settings

    @cached_property
    def wrong_settings(self) -> dict[str, str]:
        """Settings, each with a value with which the service must not start."""
        wrong = {"DATABASE_URL": "mysql://localhost/x"}
        if self.signs:
            wrong |= {"SECRET_KEY": "too-short", "TOKEN_SECONDS": "soon"}
        if self.passwords:
            wrong |= {"PASSWORD_MEMORY_KIB": "0", "PASSWORD_ITERATIONS": "many"}
        if self.administrator:
            wrong |= {"ADMIN_PASSWORD": "x7!"}
            if self.admin_login_is_email:
                wrong |= {"ADMIN_LOGIN": "no-address"}
        return wrong

    @cached_property
    def administrator(self) -> bool:
        """Whether a first administrator is made at start: not where accounts need other records first."""
        if self.account is None or self.account.account is None:
            return False
        account = self.account.account
        return account.role_field is not None and account.admin_role is not None and _is_self_sufficient(self.account)


def _is_self_sufficient(entity: Entity) -> bool:
    """Whether a record can be made up without any other record."""
    try:
        neutral_values(entity)
    except UnproducibleError:
        return False
    return True


def neutral_values(entity: Entity) -> dict[str, JsonValue]:
    """Values that say nothing for what is required, and for what its rules then require besides.

    Raises UnproducibleError where there are none.
    """
    together = {name for names in entity.unique_together for name in names}
    checked = {name for check in entity.checks for name in (check.left, check.right)}
    fitting = scalar_values(entity, _APART, {}, only_required=True) if checked else {}
    values: dict[str, JsonValue] = {}
    for attribute in entity.attributes:
        if attribute.name in checked and attribute.name in fitting:
            values[attribute.name] = fitting[attribute.name]
        elif attribute.required and not attribute.server_set:
            value = neutral_value(attribute, apart=attribute.name in together or attribute.unique)
            if attribute.default is None:
                values[attribute.name] = value
    return values


def neutral_value(attribute: Attribute, *, apart: bool = False) -> JsonValue:
    """A value that says nothing; `apart`: one that others hardly take, so that it is unique.

    Raises UnproducibleError where there is none: for references, for odd patterns.
    """
    if attribute.type is FieldType.BOOLEAN:
        return False
    if attribute.type is FieldType.REFERENCES:
        return []
    free = attribute.type in (FieldType.STRING, FieldType.TEXT) and attribute.pattern is None
    return _NEUTRAL if free and accepts(attribute, _NEUTRAL) else sample(attribute, _APART if apart else 1)
