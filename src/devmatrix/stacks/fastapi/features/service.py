"""Blueprint of `service.py`: the rules of an entity."""

from collections.abc import Iterable

from devmatrix.discovery.document import Attribute, OperationKind
from devmatrix.stacks.fastapi.features.actions import action_symbols
from devmatrix.stacks.fastapi.features.feature import Feature, is_nullable, python_name, stem
from devmatrix.stacks.fastapi.features.model import related
from devmatrix.stacks.fastapi.features.queries import base_query, nested_query_name, whole_query
from devmatrix.stacks.fastapi.features.quotas import lines_on_change, lines_on_creation, quota_guards
from devmatrix.stacks.fastapi.features.removal import removals
from devmatrix.stacks.fastapi.features.removing import call, has_remove, remove_symbol
from devmatrix.stacks.fastapi.features.repository import unique_name
from devmatrix.stacks.fastapi.features.rules import asking
from devmatrix.stacks.fastapi.features.schemas import body_names, check_message, check_name
from devmatrix.stacks.fastapi.features.text import function, listed, literal, with_article, words
from devmatrix.stacks.fastapi.source import Source, Symbol


def service_source(feature: Feature) -> Source:
    """The module with the rules of an entity."""
    return Source(
        path=feature.path("service"),
        task_id=f"{feature.package}.service",
        docstring=f"What may be done with {feature.collection}.",
        symbols=tuple(_symbols(feature)),
        imports=tuple(_imports(feature)),
        preamble=f"CONFLICT = {literal(_conflict(feature))}" if has_writes(feature) else "",
    )


def has_writes(feature: Feature) -> bool:
    """Whether the service creates or changes records."""
    return creates(feature) or changes(feature) or feature.has(OperationKind.TRANSITION)


def creates(feature: Feature) -> bool:
    """Whether records are made through the service."""
    kinds = [operation.kind for operation in feature.document.operations if operation.entity == feature.entity.name]
    # The first administrator is made when the service starts.
    if feature.account is not None and feature.account.admin_role is not None:
        return True
    return any(kind in kinds for kind in (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER))


def changes(feature: Feature) -> bool:
    """Whether records are changed by a body."""
    kinds = [operation.kind for operation in feature.document.operations if operation.entity == feature.entity.name]
    return any(kind in kinds for kind in (OperationKind.REPLACE, OperationKind.PATCH, OperationKind.CURRENT_PATCH))


def _conflict(feature: Feature) -> str:
    return f"The {feature.label} clashes with what another request has just written."


def _imports(feature: Feature) -> Iterable[str]:
    yield from ("from typing import Any", "from uuid import UUID")
    yield from ("from anyio import to_thread", "from sqlalchemy.ext.asyncio import AsyncSession")
    yield from (f"from app.database import {name}" for name in ("commit", "now", "today"))
    yield from (f"from app.problems import {name}" for name in ("Conflict", "Forbidden", "Invalid", "NotFound"))
    yield "from app.pages import Slice"
    yield from (f"from app.security import {name}" for name in ("ensure_owner", "has_role"))
    yield "from app.authentication.passwords import hash_password"
    yield "from app.concurrency import ensure_match"
    yield from ("import datetime as dt", "from decimal import Decimal")
    yield f"from app.{feature.package} import repository"
    yield f"from app.{feature.package} import rules"
    yield f"from app.{feature.package}.model import {feature.class_name}"
    schemas = [f"{feature.class_name}{suffix}" for suffix in ("Patch", "Register")]
    schemas += [name for name, _, _ in body_names(feature)]
    schemas += [check_name(check) for check in feature.entity.checks]
    if feature.listings:
        schemas += [whole_query(feature), base_query(feature).name]
        schemas += [nested_query_name(feature, parent) for parent in feature.listing_parents]
    yield from (f"from app.{feature.package}.schemas import {name}" for name in dict.fromkeys(schemas))
    yield from _neighbours(feature)


def _neighbours(feature: Feature) -> Iterable[str]:
    others = [feature.target(field) for field in (*feature.references, *feature.links)]
    others += [removal.child for removal in removals(feature)]
    account = feature.document.account_entity
    if account is not None:
        owner = feature.of(account.name)
        yield f"from app.{owner.package}.model import {owner.class_name}"
    seen = {feature.package}
    for other in others:
        if other.package in seen:
            continue
        seen.add(other.package)
        yield f"from app.{other.package} import repository as {other.package}_repository"
        yield f"from app.{other.package} import service as {other.package}_service"
        yield f"from app.{other.package}.model import {other.class_name}"
        if other.is_listed_whole:
            yield f"from app.{other.package}.schemas import {whole_query(other)}"


def _symbols(feature: Feature) -> Iterable[Symbol]:
    yield _get(feature)
    guards = tuple(_guards(feature))
    yield from guards
    if len(guards) > 1:
        yield _ensure_consistent(feature, [guard.name for guard in guards])
    yield from quota_guards(feature)
    if feature.links and (creates(feature) or changes(feature)):
        for attribute in feature.links:
            yield _resolve(feature, attribute)
    if feature.needs_preparing and (creates(feature) or changes(feature)):
        yield _prepared(feature)
    if creates(feature):
        yield _add(feature, guards)
    if changes(feature):
        yield _apply(feature, guards)
    if has_remove(feature):
        yield remove_symbol(feature)
    yield from action_symbols(feature)


def _get(feature: Feature) -> Symbol:
    name, key = f"get_{feature.variable}", f"{feature.variable}_id"
    body = [
        f"{feature.local} = await repository.find_{feature.variable}(session, {key})",
        f"if {feature.local} is None:",
        f'    raise NotFound("There is no such {feature.label}.")',
        f"return {feature.local}",
    ]
    head = f"async def {name}(session: AsyncSession, {key}: UUID) -> {feature.class_name}"
    doc = f"The {feature.label} of that id.\n\nRaises NotFound where there is none.\n"
    return Symbol(name, function(head, doc.rstrip("\n"), body), raises=("NotFound",))


def _guards(feature: Feature) -> Iterable[Symbol]:
    if not (creates(feature) or changes(feature)):
        return
    for attribute in feature.references:
        if not attribute.server_set:
            yield _reference_guard(feature, attribute)
    for check in feature.entity.checks:
        left, right = (python_name(feature.entity.attribute(name)) for name in (check.left, check.right))
        name = f"ensure_{check_name(check)}"
        body = [
            f"if not {check_name(check)}({feature.local}.{left}, {feature.local}.{right}):",
            f"    raise Invalid({literal(f'/{check.left}')}, {literal(f'It {check_message(feature, check)}.')})",
        ]
        head = f"def {name}({feature.local}: {feature.class_name}) -> None"
        doc = f"Raise Invalid where {check.left} does not fit {check.right}."
        yield Symbol(name, function(head, doc, body), raises=("Invalid",))
    for group in feature.unique:
        yield _unique_guard(feature, group)


def _reference_guard(feature: Feature, attribute: Attribute) -> Symbol:
    target = feature.target(attribute)
    name, value = f"ensure_{stem(attribute)}_exists", f"{feature.local}.{python_name(attribute)}"
    find = call(feature, target, "repository", f"find_{target.variable}")
    body = []
    if is_nullable(attribute):
        body += [f"if {value} is None:", "    return"]
    body += [
        f"if await {find}(session, {value}) is None:",
        f"    raise Invalid({literal(f'/{attribute.name}')}, {literal(f'There is no such {target.label}.')})",
    ]
    head = f"async def {name}(session: AsyncSession, {feature.local}: {feature.class_name}) -> None"
    doc = f"Raise Invalid where {attribute.name} points to nothing."
    return Symbol(name, function(head, doc, body), raises=("Invalid",))


def _unique_guard(feature: Feature, group: tuple[Attribute, ...]) -> Symbol:
    name = f"ensure_unique_{'_and_'.join(field.name for field in group)}"
    values = [f"{feature.local}.{python_name(field)}" for field in group]
    absent = [f"{value} is None" for value, field in zip(values, group, strict=True) if is_nullable(field)]
    said = listed(words(field.name) for field in group)
    body = [f"if {' or '.join(absent)}:", "    return"] if absent else []
    body += [
        f"found = await repository.{unique_name(group)}({', '.join(['session', *values])})",
        f"if found not in (None, {feature.local}.id):",
        f"    raise Conflict({literal(f'Another {feature.label} has this {said}.')})",
    ]
    head = f"async def {name}(session: AsyncSession, {feature.local}: {feature.class_name}) -> None"
    doc = f"Raise Conflict where another {feature.label} has the same {said}."
    return Symbol(name, function(head, doc, body), raises=("Conflict",))


def _ensure_consistent(feature: Feature, guards: list[str]) -> Symbol:
    checks = {f"ensure_{check_name(check)}" for check in feature.entity.checks}
    body = [
        f"{guard}({feature.local})" if guard in checks else f"await {guard}(session, {feature.local})"
        for guard in guards
    ]
    head = f"async def ensure_consistent(session: AsyncSession, {feature.local}: {feature.class_name}) -> None"
    doc = f"Raise Invalid or Conflict where the {feature.label} breaks a rule that spans more than one value."
    if checks >= set(guards):
        head = head.removeprefix("async ").replace("session: AsyncSession, ", "")
    return Symbol("ensure_consistent", function(head, doc, body), raises=("Invalid", "Conflict"))


def _consistency_calls(feature: Feature, guards: tuple[Symbol, ...]) -> list[str]:
    if not guards:
        return []
    name = guards[0].name if len(guards) == 1 else "ensure_consistent"
    if any(guard.source.startswith("async") for guard in guards):
        return [f"await {name}(session, {feature.local})"]
    return [f"{name}({feature.local})"]


def _resolve(feature: Feature, attribute: Attribute) -> Symbol:
    target, name = feature.target(attribute), f"resolve_{related(attribute)}"
    find = call(feature, target, "repository", f"find_{target.package}_by_ids")
    body = [
        f"found = await {find}(session, ids)",
        "if len(found) != len(ids):",
        f"    raise Invalid({literal(f'/{attribute.name}')}, {literal(f'There is no such {target.label}.')})",
        "return found",
    ]
    head = f"async def {name}(session: AsyncSession, ids: list[UUID]) -> list[{target.class_name}]"
    doc = f"The {target.collection} of these ids.\n\nRaises Invalid where one is missing."
    return Symbol(name, function(head, doc, body), raises=("Invalid",))


def _prepared(feature: Feature) -> Symbol:
    body, told = [], []
    for field in feature.passwords:
        name = python_name(field)
        given = f'values.get("{name}") is not None' if is_nullable(field) else f'"{name}" in values'
        body += [
            f"if {given}:",
            f'    values["{field.name}_hash"] = await to_thread.run_sync(hash_password, values.pop("{name}"))',
        ]
        if is_nullable(field):
            body += [f'elif "{name}" in values:', f'    values["{field.name}_hash"] = values.pop("{name}")']
    told += ["passwords hashed"] if feature.passwords else []
    for field in feature.links:
        name, target = python_name(field), related(field)
        body += [
            f'if "{name}" in values:',
            f'    values["{target}"] = await resolve_{target}(session, values.pop("{name}"))',
        ]
    told += ["ids turned into records"] if feature.links else []
    session = "session: AsyncSession, " if feature.links else ""
    head = f"async def prepared({session}values: dict[str, Any]) -> dict[str, Any]"
    doc = f"The values of a body as the model takes them: {listed(told)}."
    return Symbol("prepared", function(head, doc, [*body, "return values"]))


def _add(feature: Feature, guards: tuple[Symbol, ...]) -> Symbol:
    name = f"add_{feature.variable}"
    body = [*_consistency_calls(feature, guards), *lines_on_creation(feature), *asking(feature, "create")]
    body += [f"session.add({feature.local})", "await commit(session, CONFLICT)", f"return {feature.local}"]
    head = f"async def {name}(session: AsyncSession, {feature.local}: {feature.class_name}) -> {feature.class_name}"
    return Symbol(name, function(head, f"Keep a new {feature.label}.", body))


def _apply(feature: Feature, guards: tuple[Symbol, ...]) -> Symbol:
    name = f"apply_{feature.variable}"
    values = "changes"
    body = []
    if feature.needs_preparing:
        values = "values"
        body.append(f"values = await prepared({'session, ' if feature.links else ''}changes)")
    body += [f"for name, value in {values}.items():", f"    setattr({feature.local}, name, value)"]
    if feature.entity.versioned:
        body.append(f"{feature.local}.version += 1")
    body += [*_consistency_calls(feature, guards), *lines_on_change(feature), *asking(feature, "update")]
    body += ["await commit(session, CONFLICT)", f"return {feature.local}"]
    parameters = f"session: AsyncSession, {feature.local}: {feature.class_name}, changes: dict[str, Any]"
    head = f"async def {name}({parameters}) -> {feature.class_name}"
    return Symbol(name, function(head, f"Change {with_article(feature.label)}, as far as it stays consistent.", body))
