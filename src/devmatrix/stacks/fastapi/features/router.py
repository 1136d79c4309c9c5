"""Blueprint of `router.py`: the HTTP face of an entity."""

import keyword
import re
from collections.abc import Iterable

from devmatrix.discovery.document import Operation, OperationKind
from devmatrix.stacks.fastapi.features.actions import Action, is_matched
from devmatrix.stacks.fastapi.features.feature import Feature
from devmatrix.stacks.fastapi.features.procedures import route, route_imports
from devmatrix.stacks.fastapi.features.rights import listed_feature
from devmatrix.stacks.fastapi.features.text import function, literal
from devmatrix.stacks.fastapi.source import Source, Symbol

_BODIES = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REPLACE, OperationKind.PATCH)
_MOMENTS = {
    OperationKind.CREATE: "create",
    OperationKind.NESTED_CREATE: "create",
    OperationKind.REPLACE: "update",
    OperationKind.PATCH: "update",
    OperationKind.DELETE: "delete",
}
_PAGES = (OperationKind.LIST, OperationKind.NESTED_LIST)
_CREATED = (OperationKind.CREATE, OperationKind.NESTED_CREATE)
_EMPTY = (OperationKind.DELETE, OperationKind.LINK, OperationKind.UNLINK)
_NAMES_TAKEN = frozenset("router service problems etag current_account require_role".split())


def router_source(feature: Feature) -> Source:
    """The module with the routes of an entity."""
    return Source(
        path=feature.path("router"),
        task_id=f"{feature.package}.router",
        docstring=f"Routes for {feature.collection}.",
        # A fixed segment, such as /loans/quote, must be tried before a parameter in its place.
        symbols=tuple(_route(feature, operation) for operation in sorted(feature.operations, key=_is_tried_late)),
        imports=tuple(_imports(feature)),
        preamble=f"router = APIRouter(tags=[{literal(feature.segment)}])",
    )


def _is_tried_late(operation: Operation) -> bool:
    return operation.procedure is None or "{" in operation.path


def _imports(feature: Feature) -> Iterable[str]:
    yield from ("from typing import Annotated", "from uuid import UUID")
    yield from (f"from fastapi import {name}" for name in ("APIRouter", "Depends", "Query", "Response"))
    yield from ("from app.database import SessionDependency", "from app.problems import problems")
    yield from ("from app.pages import Page", "from app.pages import Slice")
    yield from ("from app.concurrency import IfMatch", "from app.concurrency import etag")
    yield from (f"from app.security import {name}" for name in ("CurrentAccount", "current_account", "require_role"))
    yield f"from app.{feature.package} import service"
    yield f"from app.{feature.package}.model import {feature.class_name}"
    yield f"from app.{feature.package}.schemas import {feature.class_name}Read"
    account = feature.document.account_entity
    if account is not None:
        other = feature.of(account.name)
        yield f"from app.{other.package}.model import {other.class_name}"
    yield from route_imports(feature)
    for operation in feature.operations:
        if operation.procedure is not None:
            continue
        action, listed = Action(feature, operation), listed_feature(feature, operation)
        body, query = action.body_class(), action.query_class()
        if body:
            yield f"from app.{feature.package}.schemas import {body}"
        if query:
            yield f"from app.{listed.package}.schemas import {query}"
            yield f"from app.{listed.package}.schemas import {listed.class_name}Read"
            yield f"from app.{listed.package}.model import {listed.class_name}"


def _route(feature: Feature, operation: Operation) -> Symbol:
    if operation.procedure is not None:
        return route(feature, operation, operation.procedure)
    name = operation.id
    if keyword.iskeyword(name) or name in _NAMES_TAKEN:
        name = f"{name}_route"
    action = Action(feature, operation)
    head = f"async def {name}({', '.join(_parameters(action))}) -> {action.returns()}"
    source = function(head, action.doc(), _body(action), _decorator(action))
    return Symbol(name, source, operations=(operation.id,))


def path_parameters(operation: Operation) -> list[str]:
    """Names of the path parameters, in order."""
    return re.findall(r"{(\w+)}", operation.path)


def _parameters(action: Action) -> list[str]:
    feature, operation = action.feature, action.operation
    found = ["session: SessionDependency"]
    if _sets_headers(action):
        found.append("response: Response")
    found += [f"{name}: UUID" for name in path_parameters(operation)]
    body, query = action.body_class(), action.query_class()
    found += [f"data: {body}"] if body else []
    found += [f"query: Annotated[{query}, Query()]"] if query else []
    if action.rights.needs_caller:
        roles = action.rights.required_roles
        kind = (
            f"Annotated[{action.account.class_name}, Depends({_role_dependency(roles)})]" if roles else "CurrentAccount"
        )
        found.append(f"caller: {kind}")
    if is_matched(feature, operation):
        found.append("if_match: IfMatch = None")
    return found


def _role_dependency(roles: tuple[str, ...]) -> str:
    return f"require_role({', '.join(literal(role) for role in roles)})"


def _sets_headers(action: Action) -> bool:
    kind = action.operation.kind
    return kind in _CREATED or (action.feature.entity.versioned and kind not in (*_PAGES, *_EMPTY))


def _body(action: Action) -> list[str]:
    feature, operation = action.feature, action.operation
    arguments = ["session", *path_parameters(operation)]
    arguments += [name for name, _ in action.parameters() if name in ("data", "query", "caller", "if_match")]
    call = f"await service.{action.name}({', '.join(arguments)})"
    if operation.kind in _EMPTY:
        return [call]
    if not _sets_headers(action):
        return [f"return {call}"]
    lines = [f"{feature.local} = {call}"]
    if operation.kind in _CREATED:
        lines.append(f'response.headers["Location"] = f"/{feature.segment}/{{{feature.local}.id}}"')
    if feature.entity.versioned:
        lines.append(f'response.headers["ETag"] = etag({feature.local}.version)')
    return [*lines, f"return {feature.local}"]


def _decorator(action: Action) -> list[str]:
    operation, rights = action.operation, action.rights
    lines = [f"{literal(operation.path)},", f'operation_id="{operation.id}",']
    if operation.success_status != 200:
        lines.append(f"status_code={operation.success_status},")
    if operation.kind in _PAGES:
        lines.append(f"response_model=Page[{listed_feature(action.feature, operation).class_name}Read],")
    elif operation.kind not in _EMPTY:
        lines.append(f"response_model={action.feature.class_name}Read,")
    if rights.is_authenticated and not rights.needs_caller:
        roles = rights.required_roles
        lines.append(f"dependencies=[Depends({_role_dependency(roles) if roles else 'current_account'})],")
    lines.append(f"responses=problems({', '.join(map(str, statuses(action)))}),")
    return [f"@router.{operation.method.lower()}(", *(f"    {line}" for line in lines), ")"]


def statuses(action: Action) -> list[int]:
    """Every status, besides success, that the route may answer."""
    feature, operation, rights = action.feature, action.operation, action.rights
    kind = operation.kind
    found = {422}
    found |= {401} if rights.is_authenticated else set()
    found |= {403} if rights.required_roles or rights.is_owned or rights.guards_role else set()
    found |= {404} if path_parameters(operation) else set()
    found |= {413} if kind in _BODIES else set()
    found |= {412, 428} if is_matched(feature, operation) else set()
    found |= {409} if kind not in (*_PAGES, OperationKind.READ) else set()
    found |= feature.entity.refusals_before(operation.transition or _MOMENTS.get(kind, ""))
    return sorted(found)
