"""What the templates of imported APIs need to know."""

from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.interface import Scheme
from devmatrix.discovery.proofs.imported.seeds import settings_of
from devmatrix.stacks.fastapi.accounts import AccountFacts
from devmatrix.stacks.fastapi.foundation import FoundationFacts
from devmatrix.stacks.fastapi.imported.wire.parameters import python_names
from devmatrix.stacks.fastapi.imported.wire.refusals import Builder, RefusalForms
from devmatrix.stacks.fastapi.imported.wire.wire import Wire
from devmatrix.stacks.fastapi.naming import attribute_name


@dataclass(frozen=True)
class ImportedFacts(FoundationFacts):
    """Variables of the foundation's templates, and of those that only imported APIs have."""

    wire: Wire

    @cached_property
    def version(self) -> str:
        """Version of the API."""
        return self.wire.interface.version

    @cached_property
    def routers(self) -> tuple[str, ...]:
        """Modules of `app/routers`, in the order in which their routes are tried."""
        return tuple(self.wire.groups.all)

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """Entities have no routers of their own."""
        return ()

    @cached_property
    def authentication(self) -> bool:
        """Signing in is an operation like others."""
        return False

    @cached_property
    def administrator(self) -> bool:
        """Accounts that are made at start have a module of their own."""
        return False

    @cached_property
    def first_accounts(self) -> bool:
        """Whether accounts are made at start."""
        return self.wire.guards.makes_accounts

    @cached_property
    def seeded(self) -> tuple[str, ...]:
        """Names of those of them that sign in with a password."""
        marks = self.account.account if self.account is not None else None
        return tuple(map(attribute_name, marks.seeded)) if marks is not None and self.first_accounts else ()

    @cached_property
    def listed_accounts(self) -> bool:
        """Whether the accounts are those of the setting API_KEYS."""
        return self.wire.guards.lists_accounts

    @cached_property
    def scoped(self) -> bool:
        """Whether keys are asked for scopes."""
        return self.wire.guards.has_scopes

    @cached_property
    def camel(self) -> bool:
        """Whether property names are written in camelCase."""
        return self.wire.camel

    @cached_property
    def path_names(self) -> tuple[tuple[str, str], ...]:
        """Served and documented names of those parameters in paths that are no identifiers."""
        found: dict[str, set[str]] = {}
        for endpoint in self.wire.interface.endpoints:
            for (place, wire_name), name in python_names(endpoint).items():
                if place == "path":
                    found.setdefault(wire_name if wire_name.isidentifier() else name, set()).add(wire_name)
        return tuple((name, min(names)) for name, names in found.items() if len(names) == 1 and names != {name})

    @cached_property
    def secured(self) -> bool:
        """Whether any operation knows credentials."""
        return bool(self.wire.guards.used)

    @cached_property
    def revokes(self) -> bool:
        """Whether tokens are made void one by one."""
        return self.wire.guards.revokes

    @cached_property
    def refreshes(self) -> bool:
        """Whether some tokens only give new ones."""
        return self.wire.guards.refreshes

    @cached_property
    def keys(self) -> bool:
        """Whether a setting lists the keys of callers."""
        return self.wire.guards.has_keys or self.listed_accounts

    @cached_property
    def signs(self) -> bool:
        """Whether tokens are signed."""
        return self.wire.guards.issues_tokens

    @cached_property
    def test_settings(self) -> dict[str, str]:
        """Settings that tests and scenarios run with, but for the database."""
        return super().test_settings | settings_of(self.document)

    @cached_property
    def wrong_settings(self) -> dict[str, str]:
        """Settings, each with a value with which the service must not start."""
        listed = {"API_KEYS": "an-entry-without-a-name"} if self.listed_accounts else {}
        return super().wrong_settings | listed

    @cached_property
    def blank(self) -> str:
        """What is said of texts that are needed and empty."""
        return self.wire.interface.blank

    @cached_property
    def _refusals(self) -> RefusalForms:
        return RefusalForms(self.wire.interface)

    @cached_property
    def builders(self) -> tuple[Builder, ...]:
        """Functions that build the bodies of refusals."""
        return self._refusals.builders

    @cached_property
    def forms(self) -> tuple[tuple[str, str], ...]:
        """Reason and usual form of each."""
        return self._refusals.forms

    @cached_property
    def exceptions(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Operations with other forms."""
        return self._refusals.exceptions


@dataclass(frozen=True)
class SecurityFacts(ImportedFacts):
    """Variables of the modules that know callers."""

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]:
        """All schemes that are used."""
        return self.wire.guards.used

    @cached_property
    def listed(self) -> frozenset[str]:
        """Names of the schemes whose credentials a setting lists."""
        return frozenset(each.name for each in self.schemes if not self.wire.guards.is_of_account(each))

    @cached_property
    def plain_keys(self) -> bool:
        """Whether there are keys behind which stands no account."""
        return self.wire.guards.has_keys

    @cached_property
    def callers(self) -> bool:
        """Whether callers are accounts."""
        return self.wire.guards.has_callers

    @cached_property
    def tokens(self) -> bool:
        """Whether tokens are given out, and taken."""
        return any(self._is_account("token", scheme) for scheme in self.schemes)

    @cached_property
    def basic(self) -> bool:
        """Whether names and passwords are sent with requests."""
        return any(scheme.kind == "basic" for scheme in self.schemes)

    @cached_property
    def basic_accounts(self) -> bool:
        """Whether those are the login and password of an account."""
        return any(self._is_account("basic", scheme) for scheme in self.schemes)

    @cached_property
    def usual(self) -> str:
        """Arguments of the dependency that most operations have."""
        return self.wire.guards.usual

    @cached_property
    def alive(self) -> str:
        """Further argument of `where`, where accounts are soft-deleted."""
        entity = self.account
        return f", {self.account_class}.deleted_at.is_(None)" if entity and entity.soft_delete else ""

    @cached_property
    def role(self) -> str | None:
        """Identifier of the account's role."""
        return self._account.role if self.accounts else None

    @cached_property
    def account_class(self) -> str:
        """Name of the account's model."""
        return self._account.account_class if self.accounts else ""

    @cached_property
    def account_package(self) -> str:
        """Name of its package."""
        return self._account.account_package if self.accounts else ""

    @cached_property
    def login_attribute(self) -> str:
        """Identifier of the login."""
        return self._account.login_attribute if self.accounts else ""

    @cached_property
    def password_hash(self) -> str:
        """Identifier of the attribute with the password's hash."""
        return self._account.password_hash if self.accounts else ""

    @cached_property
    def _account(self) -> AccountFacts:
        return AccountFacts(self.document, self.names)

    def _is_account(self, kind: str, scheme: Scheme) -> bool:
        return scheme.kind == kind and not self.listed_accounts and self.wire.guards.is_of_account(scheme)
