"""Blueprint of `app/routers`: the HTTP face, one module for each group of endpoints."""

from collections.abc import Iterable

from devmatrix.discovery.interface import Endpoint
from devmatrix.stacks.fastapi.features.text import function, literal
from devmatrix.stacks.fastapi.imported.records.collection import Records, Served
from devmatrix.stacks.fastapi.imported.records.customs import Custom
from devmatrix.stacks.fastapi.imported.records.effects import Route
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery
from devmatrix.stacks.fastapi.imported.records.lines import outside_brackets
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer, broken
from devmatrix.stacks.fastapi.imported.wire import Declared
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake
from devmatrix.stacks.fastapi.source import Source, Symbol


def router_sources(records: Records, gallery: Gallery) -> tuple[Source, ...]:
    """The modules, in the order in which their routes are tried."""
    return tuple(_router(records, gallery, group, endpoints) for group, endpoints in records.wire.groups.all.items())


def router_task(group: str) -> str:
    """Id of the task that writes the module."""
    return f"routers.{group}"


def _router(records: Records, gallery: Gallery, group: str, endpoints: tuple[Endpoint, ...]) -> Source:
    # What is called like a parameter of any route is imported under another name.
    parameters = {each.name for endpoint in endpoints for each in _declared(records, endpoint)}
    writer = Writer(parameters | records.answers)
    names: set[str] = set()
    symbols: list[Symbol] = []
    for endpoint in endpoints:
        name = free(snake(endpoint.operation), {*RESERVED, *names, "router", "commit"})
        names.add(name)
        symbols += _symbols(records, gallery, endpoint, name, writer)
    writer.imported("app.routing", "Router")
    tag = records.wire.groups.tag(group)
    return Source(
        path=f"app/routers/{group}.py",
        task_id=router_task(group),
        docstring=f"Routes for {tag.strip() or group}.".replace("\n", " "),
        symbols=tuple(symbols),
        imports=tuple(writer.imports),
        preamble=f"router = Router(tags=[{literal(tag)}])",
    )


def _declared(records: Records, endpoint: Endpoint) -> Iterable[Declared]:
    body = records.wire.body(endpoint)
    return (*records.wire.parameters(endpoint), *(body.parameters if body else ()))


def _symbols(records: Records, gallery: Gallery, endpoint: Endpoint, name: str, writer: Writer) -> Iterable[Symbol]:
    if endpoint.effect is not None:
        served = Served(endpoint, records.operations[endpoint.operation], endpoint.effect)
        yield from Route(served, records, gallery, writer, name).symbols()
        return
    yield _handing_on(records, Custom(records, gallery, endpoint, writer), endpoint, name, writer)


def _handing_on(records: Records, custom: Custom, endpoint: Endpoint, name: str, writer: Writer) -> Symbol:
    """The route of an operation that is written elsewhere."""
    plan, guard, operation = records.wire.route(endpoint), records.wire.guard(endpoint), custom.operation
    for line in (
        *plan.imports,
        *guard.imports,
        *plan.answer.imports,
        *(each for one in custom.declared for each in one.imports),
    ):
        writer.imports[line] = None
    given = [each.declaration for each in custom.declared]
    parameters = [f"session: {writer.use('SessionDependency')}"]
    parameters += [f"request: {writer.use('Request')}"] if custom.needs_request else []
    parameters += [guard.declaration] if guard.declaration else []
    parameters += sorted(given, key=lambda text: " = " in outside_brackets(text))
    module = writer.imported_as("app.operations", records.wire.group(endpoint), "operations")
    call = f"await {module}.{custom.name}({', '.join(custom.arguments)})"
    body = broken(call if plan.answer.text == "None" else f"return {call}")
    doc = (operation.summary or f"What `{endpoint.document_id or endpoint.operation}` asks for").strip().rstrip(".")
    head = f"async def {name}({', '.join(parameters)}) -> {plan.answer.text}"
    return Symbol(name, function(head, f"{doc}.", body, plan.decorator), operations=(operation.id,))
