"""What routes do that let callers in and out."""

from typing import TYPE_CHECKING

from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.records.queries import signing_in_name

if TYPE_CHECKING:
    from devmatrix.stacks.fastapi.imported.records.effects import Route


def sign_in(route: "Route") -> None:
    """Write the lines of a login."""
    credentials = route.served.effect.credentials
    if credentials is None:
        route.answer()
        return
    module = route.writer.module(route.collection, "queries")
    if credentials.place == "body":
        login, password = route.body_value(credentials.login), route.body_value(credentials.password)
    else:
        login, password = (_query_value(route, name) for name in (credentials.login, credentials.password))
    variable = route.local(route.collection.variable)
    name = signing_in_name(route.collection, credentials.login_attribute)
    route.lines.append(f"{variable} = await {module}.{name}(session, {login}, {password})")
    route.found.append((route.collection, variable))
    if route.served.effect.cookie:
        route.uses_response = route.uses_request = True
        token = f"{route.writer.use('create_token')}({variable}, {route.answers.settings()})"
        cookie = f"{literal(route.served.effect.cookie)}, {token}"
        route.lines.append(f'response.set_cookie({cookie}, httponly=True, samesite="lax")')
    route.answer()


def _query_value(route: "Route", name: str) -> str:
    value = route.parameters["query", name]
    declared = next(each for each in route.declared if each.name == value)
    if declared.required:
        return value
    refusal = f'{route.writer.use("InvalidQuery")}({literal(name)}, "Is needed.")'
    return f"{route.writer.use('wanted')}({value}, {refusal})"


def renew(route: "Route") -> None:
    """Write the lines that give new tokens for a refresh token."""
    route.uses_request = True
    use = route.writer.use
    token, settings = route.body_value(route.served.effect.refresh), route.answers.settings()
    refusal = f'{use("BadCredentials")}("The refresh token is not valid, or not any more.")'
    account = f"await {use('account_by_token')}(session, {token}, {settings}, {use('REFRESH')})"
    variable = route.local(route.collection.variable)
    route.lines.append(f"{variable} = {use('wanted')}({account}, {refusal})")
    route.found.append((route.collection, variable))
    route.answer()


def sign_out(route: "Route") -> None:
    """Write the lines of a logout."""
    route.uses_request = True
    route.lines.append(f"await {route.writer.use('revoke_token')}(request, session)")
    route.lines.append("await session.commit()")
    if route.served.effect.cookie:
        route.uses_response = True
        route.lines.append(f"response.delete_cookie({literal(route.served.effect.cookie)})")
    route.answer()
