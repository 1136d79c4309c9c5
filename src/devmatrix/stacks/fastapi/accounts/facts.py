"""What the blueprints of accounts need to know."""

import json
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from devmatrix.discovery.document import Account, Entity, FieldType
from devmatrix.stacks.fastapi.facts import Facts, neutral_values
from devmatrix.stacks.fastapi.naming import attribute_name


@dataclass(frozen=True)
class AccountFacts(Facts):
    """Variables of the templates, for a document with an account entity."""

    @cached_property
    def _entity(self) -> Entity:
        if self.account is None:
            raise ValueError("the document has no account entity")
        return self.account

    @cached_property
    def _role_of(self) -> Account:
        if self._entity.account is None:
            raise ValueError(f"{self._entity.name} is no account entity")
        return self._entity.account

    def refusals(self, moment: str, *others: int) -> str:
        """Statuses of refusals, those of the account's rules before `moment` among them, as arguments."""
        return ", ".join(map(str, sorted({*others, *self._entity.refusals_before(moment)})))

    @cached_property
    def account_class(self) -> str:
        """Name of the model."""
        return self.names.class_name(self._entity)

    @cached_property
    def account_package(self) -> str:
        """Name of its package."""
        return self.names.package(self._entity)

    @cached_property
    def account_variable(self) -> str:
        """Name in its functions."""
        return self.names.variable(self._entity)

    @cached_property
    def account_path(self) -> str:
        """Path of its collection."""
        return f"/{self._entity.plural.replace('_', '-')}"

    @cached_property
    def account_versioned(self) -> bool:
        """Whether accounts have a version."""
        return self._entity.versioned

    @cached_property
    def login_name(self) -> str:
        """Wire name of the login."""
        return self._role_of.login_field

    @cached_property
    def login_attribute(self) -> str:
        """Its identifier."""
        return attribute_name(self.login_name)

    @cached_property
    def login_is_email(self) -> bool:
        """Whether people sign in with their address."""
        return self._entity.attribute(self.login_name).type is FieldType.EMAIL

    @cached_property
    def login_alias(self) -> str:
        """Assignment that gives the field its wire name, where the identifier differs."""
        return _alias(self.login_name)

    @cached_property
    def login_conditions(self) -> str:
        """Arguments of `where` that find an account by its login."""
        alive = f", {self.account_class}.deleted_at.is_(None)" if self._entity.soft_delete else ""
        return f"{self.account_class}.{self.login_attribute} == data.{self.login_attribute}{alive}"

    @cached_property
    def password_name(self) -> str:
        """Wire name of the password."""
        return self._role_of.password_field

    @cached_property
    def password_attribute(self) -> str:
        """Its identifier."""
        return attribute_name(self.password_name)

    @cached_property
    def password_alias(self) -> str:
        """Assignment that gives the field its wire name, where the identifier differs."""
        return _alias(self.password_name)

    @cached_property
    def password_hash(self) -> str:
        """Identifier of the model's attribute with the hash."""
        return attribute_name(f"{self.password_name}_hash")

    @cached_property
    def role(self) -> str | None:
        """Identifier of the role."""
        return attribute_name(self._role_of.role_field) if self._role_of.role_field else None

    @cached_property
    def preparing(self) -> str:
        """What the service's `prepared` takes before the values."""
        linked = any(attribute.type is FieldType.REFERENCES for attribute in self._entity.attributes)
        return "session, " if linked else ""

    @cached_property
    def initial_state(self) -> str:
        """Further argument of the model, where accounts have states."""
        states = self._entity.states
        return f", {attribute_name(states.field)}={json.dumps(states.initial)}" if states else ""

    @cached_property
    def administrator_values(self) -> tuple[tuple[str, str], ...]:
        """Wire name and Python source of what the first administrator has besides login and password."""
        if not self.administrator:
            return ()
        values = neutral_values(self._entity)
        found = []
        for attribute in self._entity.attributes:
            if attribute.name in (self.login_name, self.password_name):
                continue
            if attribute.name == self._role_of.role_field:
                found.append((attribute.name, _source(self._role_of.admin_role)))
            elif attribute.name in values:
                found.append((attribute.name, _source(values[attribute.name])))
        return tuple(found)


def _alias(name: str) -> str:
    return f" = Field(alias={json.dumps(name)})" if attribute_name(name) != name else ""


def _source(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and value.isprintable() else repr(value)
