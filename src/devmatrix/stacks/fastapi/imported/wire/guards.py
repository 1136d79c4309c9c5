"""Who gets in: the parameter that gives the caller's account, or the dependency that asks for a key."""

from collections.abc import Iterable
from dataclasses import replace

from devmatrix.discovery.document import DiscoveryDocument, Operation, OperationKind
from devmatrix.discovery.interface import Endpoint, Interface, Scheme, Source, Value
from devmatrix.discovery.naming import pascal, split_words
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.wire.plans import Guard
from devmatrix.stacks.fastapi.naming import Names

_DEPENDS = "from fastapi import Depends"
_ANNOTATED = "from typing import Annotated"


class Guards:
    """What security an API has, and what of it each endpoint asks for."""

    def __init__(self, document: DiscoveryDocument, interface: Interface, names: Names) -> None:
        self._document = document
        self._interface = interface
        self._names = names
        self.issues_tokens = document.account_entity is not None and any(
            endpoint.effect.cookie or _mentions_token(endpoint.effect.answer, interface)
            for endpoint in interface.endpoints
            if endpoint.effect
        )
        """Whether an operation gives out tokens."""
        entity = document.account_entity
        marks = entity.account if entity is not None else None
        self.lists_accounts = marks is not None and marks.listed
        """Whether the accounts are those of the setting API_KEYS."""
        needing = [one for one in entity.attributes if one.required and one.target] if entity is not None else []
        self.makes_accounts = marks is not None and (marks.listed or bool(marks.seeded)) and not needing
        """Whether accounts are made when the service starts; not where they need other records first."""

    def is_of_account(self, scheme: Scheme) -> bool:
        """Whether the scheme's credentials are an account's; else they are listed in a setting."""
        if self.lists_accounts:
            return True
        if scheme.kind == "token":
            return self.issues_tokens
        return scheme.kind == "basic" and self._document.account_entity is not None

    @property
    def used(self) -> tuple[Scheme, ...]:
        """Schemes that an endpoint asks for."""
        names = {name for endpoint in self._interface.endpoints for name in endpoint.schemes}
        return tuple(scheme for scheme in self._interface.schemes if scheme.name in names)

    @property
    def has_keys(self) -> bool:
        """Whether credentials are listed in a setting."""
        return any(not self.is_of_account(scheme) for scheme in self.used)

    @property
    def has_callers(self) -> bool:
        """Whether an endpoint knows its caller's account."""
        return any(self.is_of_account(scheme) for scheme in self.used)

    @property
    def revokes(self) -> bool:
        """Whether tokens can be made void one by one."""
        kinds = {operation.kind for operation in self._document.operations}
        return self.issues_tokens and OperationKind.LOGOUT in kinds

    @property
    def has_scopes(self) -> bool:
        """Whether keys are asked for scopes."""
        return any(endpoint.scopes for endpoint in self._interface.endpoints)

    @property
    def refreshes(self) -> bool:
        """Whether an operation gives new tokens for a token that lets nobody in."""
        return any(endpoint.effect is not None and endpoint.effect.refresh for endpoint in self._interface.endpoints)

    def plan(self, endpoint: Endpoint, operation: Operation) -> Guard:
        """The guard of an endpoint."""
        found = self._plain(endpoint, operation)
        if not endpoint.scopes:
            return found
        asked = ", ".join(f"{literal(name)}: ({_listed(scopes)})" for name, scopes in endpoint.scopes.items())
        imports = (*found.imports, _DEPENDS, "from app.security import RequireScopes")
        check = f"Depends(RequireScopes({{{asked}}}))"
        return replace(found, imports=tuple(dict.fromkeys(imports)), dependencies=(*found.dependencies, check))

    def _plain(self, endpoint: Endpoint, operation: Operation) -> Guard:
        """Without the scopes of its keys."""
        schemes = [self._interface.scheme(name) for name in endpoint.schemes]
        if not schemes:
            return Guard("", "", ())
        arguments = ", ".join(literal(scheme.name) for scheme in schemes)
        required = operation.access.authenticated
        if not any(self.is_of_account(scheme) for scheme in schemes):
            name = "Admission" if required else "OptionalAdmission"
            return Guard("", "", (_DEPENDS, f"from app.security import {name}"), (f"Depends({name}({arguments}))",))
        if not required:
            return self._caller("OptionalCaller", "FindCaller", arguments, optional=True)
        roles = operation.access.roles if not operation.access.owner else ()
        mixed = not all(self.is_of_account(scheme) for scheme in schemes)
        if roles:
            return self._of_role(arguments, roles)
        return self._caller("Caller", "RequireAnyone" if mixed else "RequireCaller", arguments, optional=mixed)

    @property
    def usual(self) -> str:
        """Arguments of the schemes that most endpoints ask for."""
        texts = [", ".join(map(literal, endpoint.schemes)) for endpoint in self._interface.endpoints]
        texts = [text for text in texts if text]
        return max(texts, key=texts.count) if texts else ""

    def _caller(self, alias: str, dependency: str, arguments: str, *, optional: bool) -> Guard:
        if arguments == self.usual and dependency != "RequireAnyone":
            return Guard("caller", f"caller: {alias}", (f"from app.security import {alias}",), optional=optional)
        account = self._account_class()
        kind = f"{account} | None" if optional else account
        declaration = f"caller: Annotated[{kind}, Depends({dependency}({arguments}))]"
        imports = (_ANNOTATED, _DEPENDS, f"from app.security import {dependency}", self.account_import)
        return Guard("caller", declaration, imports, optional=optional)

    def _of_role(self, arguments: str, roles: Iterable[str]) -> Guard:
        declaration = (
            f"caller: Annotated[{self._account_class()}, Depends(RequireRole({arguments}, roles=({_listed(roles)})))]"
        )
        imports = (_ANNOTATED, _DEPENDS, "from app.security import RequireRole", self.account_import)
        return Guard("caller", declaration, imports)

    def _account_class(self) -> str:
        """What the account's model is called beside the classes of bodies and answers."""
        entity = self._document.account_entity
        name = self._names.class_name(entity) if entity else ""
        taken = {pascal(split_words(shape)) for shape in self._interface.shapes}
        while name in taken:
            name += "Record"
        return name

    @property
    def account_import(self) -> str:
        """The statement that imports the account's model."""
        entity = self._document.account_entity
        if entity is None:
            raise ValueError("the document has no account entity")
        name, called = self._names.class_name(entity), self._account_class()
        return f"from app.{self._names.package(entity)}.model import {name}{'' if name == called else f' as {called}'}"


def _listed(texts: Iterable[str]) -> str:
    """What stands between the brackets of a tuple."""
    return "".join(f"{literal(text)}, " for text in texts).strip()


def _mentions_token(value: Value | None, interface: Interface) -> bool:
    """Whether the answer holds a new token, in a view too."""
    waiting = [value] if value else []
    seen: set[str] = set()
    while waiting:
        each = waiting.pop()
        if each.source is Source.TOKEN:
            return True
        waiting += [member.value for member in each.fields]
        if each.view and each.view not in seen:
            seen.add(each.view)
            waiting += [member.value for member in interface.view(each.view).members]
    return False
