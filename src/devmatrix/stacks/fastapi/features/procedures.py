"""Blueprint of `procedures.py`: contracts of custom operations, whose bodies no blueprint knows, and their routes."""

from collections.abc import Iterable
from textwrap import shorten

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, FieldType, Operation, OperationKind, Procedure, Refused
from devmatrix.stacks.fastapi.features.feature import Feature, python_name
from devmatrix.stacks.fastapi.features.fields import (
    bounds_of,
    choices,
    default_source,
    input_type,
    output_type,
    query_type,
)
from devmatrix.stacks.fastapi.features.rights import owner_attribute
from devmatrix.stacks.fastapi.features.text import class_, function, literal, paragraphs, pascal, words
from devmatrix.stacks.fastapi.source import Source, Symbol

REFUSALS = {400: "BadRequest", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 422: "Invalid"}
_HOPS = 2
_MOST_NEAR = 12
"""Entities that a body is offered: each takes its place in the prompt."""
_TYPES = "Date Email Exact Identifier Input Output QueryBigInteger QueryFlag QueryFloat QueryInteger SafeText Time"


def custom_operations(feature: Feature) -> tuple[tuple[Operation, Procedure], ...]:
    """The custom operations of an entity."""
    return tuple((item, item.procedure) for item in feature.operations_of(OperationKind.CUSTOM) if item.procedure)


def procedures_source(feature: Feature) -> Source:
    """The module with the custom operations of an entity."""
    return Source(
        path=feature.path("procedures"),
        task_id=f"{feature.package}.procedures",
        docstring=f"What else is done with {feature.collection}.",
        symbols=tuple(_symbols(feature)),
        imports=tuple(dict.fromkeys(_imports(feature))),
    )


def _symbols(feature: Feature) -> Iterable[Symbol]:
    for operation, procedure in custom_operations(feature):
        stem, said = _stem(operation), f"`{operation.id}`"
        if procedure.takes:
            queried = _is_queried(operation)
            lines = [_taken(field, queried=queried) for field in procedure.takes]
            base = "Input, strict=False" if queried else "Input"  # what stands in a URL is text
            yield _class(f"{stem}Input({base})", f"What {said} takes.", lines)
        if procedure.gives:
            doc = f"{'One of what' if procedure.many else 'What'} {said} answers."
            yield _class(f"{stem}Output(Output)", doc, [_given(field) for field in procedure.gives])
        if procedure.many:
            yield _class(f"{stem}Items(Output)", f"All that {said} answers.", [f"items: list[{stem}Output]"])
        yield _procedure(feature, operation, procedure)


def _class(head: str, doc: str, lines: list[str]) -> Symbol:
    return Symbol(head.partition("(")[0], class_(f"class {head}", doc, lines), AtomKind.CLASS)


def _is_queried(operation: Operation) -> bool:
    return operation.method in ("GET", "DELETE")


def _stem(operation: Operation) -> str:
    return pascal(operation.id)


def _taken(field: Attribute, *, queried: bool) -> str:
    kind = choices(field) if field.type is FieldType.ENUM else _asked(field) if queried else input_type(field)
    default = default_source(field)
    optional = " | None" if not field.required else ""
    name = python_name(field)
    arguments = []
    if default is not None and default.startswith("factory:"):
        arguments.append(f"default_factory={default.removeprefix('factory:')}")
    elif default is not None:
        arguments.append(f"default={default}")
    if name != field.name:
        arguments.append(f"alias={literal(field.name)}")
    return f"{name}: {kind}{optional}" + (f" = Field({', '.join(arguments)})" if arguments else "")


def _asked(field: Attribute) -> str:
    """The type in a query, with the bounds that the document gives."""
    bounds = bounds_of(field)
    return f"Annotated[{query_type(field)}, Field({', '.join(bounds)})]" if bounds else query_type(field)


def _given(field: Attribute) -> str:
    kind = choices(field) if field.type is FieldType.ENUM else output_type(field)
    name = python_name(field)
    alias = f" = Field(serialization_alias={literal(field.name)})" if name != field.name else ""
    return f"{name}: {kind}{'' if field.required else ' | None'}{alias}"


def _procedure(feature: Feature, operation: Operation, procedure: Procedure) -> Symbol:
    parameters = ["session: AsyncSession"]
    if "{" in operation.path:
        parameters.append(f"{feature.local}: {feature.class_name}")
    if procedure.takes:
        parameters.append(f"data: {_stem(operation)}Input")
    if operation.access.authenticated:
        parameters.append(f"caller: {account_feature(feature).class_name}")
    head = f"async def {operation.id}({', '.join(parameters)}) -> {_result(operation, procedure)}"
    said = f"{operation.method} {operation.path}: {operation.summary or words(operation.id)}"
    return Symbol(
        operation.id,
        function(head, described(said, procedure.does, procedure.refuses), [f"raise NotWritten({literal(said)})"]),
        operations=(operation.id,),
        raises=tuple(dict.fromkeys(REFUSALS[item.status] for item in procedure.refuses)),
        is_open=True,
        offers=tuple(offered(feature)),
    )


def _result(operation: Operation, procedure: Procedure) -> str:
    if not procedure.gives:
        return "None"
    name = f"{_stem(operation)}Output"
    return f"list[{name}]" if procedure.many else name


def described(said: str, does: str, refuses: Iterable[Refused]) -> str:
    """A docstring: a line, the words of the document, and what is raised when."""
    lines = [f"{shorten(said, 100, placeholder=' ...').rstrip('.')}.", "", *paragraphs(does)]
    raised = [f"    {REFUSALS[item.status]}: {shorten(item.when, 90, placeholder=' ...')}" for item in refuses]
    return "\n".join([*lines, "", "Raises:", *raised] if raised else lines)


def account_feature(feature: Feature) -> Feature:
    """The feature whose records sign in."""
    entity = feature.document.account_entity
    if entity is None:
        raise KeyError("no entity signs in")
    return feature.of(entity.name)


def near(feature: Feature) -> list[Feature]:
    """The entity, those that it refers to or that refer to it, and those that are as near to these; nearest first."""
    found = dict.fromkeys([feature.entity.name])
    for _ in range(_HOPS):
        for name in list(found):
            found |= dict.fromkeys(_neighbours(feature.of(name)))
    return [feature.of(name) for name in list(found)[:_MOST_NEAR]]


def _neighbours(feature: Feature) -> list[str]:
    names = [str(field.target) for field in (*feature.references, *feature.links)]
    return names + [reference.child.entity.name for reference in (*feature.incoming, *feature.incoming_links)]


def offered(feature: Feature) -> Iterable[str]:
    """What a body about the entity may use."""
    yield from ("commit", "now", "today", "select", "func", *REFUSALS.values())
    yield from (other.class_name for other in near(feature))


def offered_imports(feature: Feature) -> Iterable[str]:
    """Import statements of what is offered."""
    yield from (f"from app.database import {name}" for name in ("commit", "now", "today"))
    yield from (f"from app.problems import {name}" for name in REFUSALS.values())
    yield from ("from sqlalchemy import func", "from sqlalchemy import select")
    yield from (f"from app.{other.package}.model import {other.class_name}" for other in near(feature))


def _imports(feature: Feature) -> Iterable[str]:
    yield from ("import datetime as dt", "from decimal import Decimal", "from uuid import UUID")
    yield from ("from typing import Annotated", "from typing import Literal", "from pydantic import Field")
    yield "from sqlalchemy.ext.asyncio import AsyncSession"
    yield from (f"from app.types import {name}" for name in (*_TYPES.split(), "Url", "UtcDatetime"))
    yield "from app.problems import NotWritten"
    yield from offered_imports(feature)
    if feature.document.account_entity is not None:
        other = account_feature(feature)
        yield f"from app.{other.package}.model import {other.class_name}"


def route(feature: Feature, operation: Operation, procedure: Procedure) -> Symbol:
    """The route of a custom operation: finds the record, judges the caller, hands on."""
    access, takes = operation.access, bool(procedure.takes)
    key = f"{feature.variable}_id"
    has_record = "{" in operation.path
    parameters = ["session: SessionDependency", *([f"{key}: UUID"] if has_record else [])]
    if takes:
        name = f"{_stem(operation)}Input"
        parameters.append(f"data: Annotated[{name}, Query()]" if _is_queried(operation) else f"data: {name}")
    if access.authenticated:
        account = account_feature(feature).class_name
        roles = ", ".join(map(literal, access.roles))
        judged = bool(roles) and not access.owner
        kind = f"Annotated[{account}, Depends(require_role({roles}))]" if judged else "CurrentAccount"
        parameters.append(f"caller: {kind}")
    body = [f"{feature.local} = await service.get_{feature.variable}(session, {key})"] if has_record else []
    if access.owner:
        roles = "".join(f", {literal(role)}" for role in access.roles)
        body.append(f"ensure_owner(caller, {feature.local}.{owner_attribute(feature)}{roles})")
    arguments = ["session", *([feature.local] if has_record else []), *(["data"] if takes else [])]
    arguments += ["caller"] if access.authenticated else []
    call = f"await procedures.{operation.id}({', '.join(arguments)})"
    if procedure.many:
        body.append(f"return {_stem(operation)}Items(items={call})")
    else:
        body.append(f"return {call}" if procedure.gives else call)
    answer = f"{_stem(operation)}{'Items' if procedure.many else 'Output'}" if procedure.gives else "None"
    head = f"async def {operation.id}({', '.join(parameters)}) -> {answer}"
    doc = f"{(operation.summary or operation.id.replace('_', ' ').capitalize()).rstrip('.')}."
    return Symbol(operation.id, function(head, doc, body, _decorator(operation, procedure)), operations=(operation.id,))


def _decorator(operation: Operation, procedure: Procedure) -> list[str]:
    statuses = {501, *(item.status for item in procedure.refuses)}
    statuses |= {422} if procedure.takes or "{" in operation.path else set()
    statuses |= {413} if procedure.takes and not _is_queried(operation) else set()
    statuses |= {404} if "{" in operation.path else set()
    statuses |= {401} if operation.access.authenticated else set()
    statuses |= {403} if operation.access.roles or operation.access.owner else set()
    lines = [f"{literal(operation.path)},", f'operation_id="{operation.id}",']
    lines += [f"status_code={operation.success_status},"] if operation.success_status != 200 else []
    lines.append(f"responses=problems({', '.join(map(str, sorted(statuses)))}),")
    return [f"@router.{operation.method.lower()}(", *(f"    {line}" for line in lines), ")"]


def route_imports(feature: Feature) -> Iterable[str]:
    """What the router needs for the custom operations."""
    for operation, procedure in custom_operations(feature):
        yield f"from app.{feature.package} import procedures"
        yield "from app.security import ensure_owner"
        names = [*(["Input"] if procedure.takes else []), *(["Output"] if procedure.gives else [])]
        names += ["Items"] if procedure.many else []
        yield from (f"from app.{feature.package}.procedures import {_stem(operation)}{name}" for name in names)
