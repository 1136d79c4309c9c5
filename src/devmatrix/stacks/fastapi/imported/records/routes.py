"""Blueprint of `app/routers`: the HTTP face, one module for each group of endpoints."""

import textwrap
from collections.abc import Iterable

from devmatrix.discovery.interface import Endpoint
from devmatrix.stacks.fastapi.features.text import function, literal
from devmatrix.stacks.fastapi.imported.records.collection import Records, Served
from devmatrix.stacks.fastapi.imported.records.effects import Route
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer
from devmatrix.stacks.fastapi.imported.wire import Declared
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake
from devmatrix.stacks.fastapi.source import Source, Symbol

_LONGEST_TEXT = 90


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
    operation = records.operations[endpoint.operation]
    if endpoint.effect is not None:
        yield from Route(Served(endpoint, operation, endpoint.effect), records, gallery, writer, name).symbols()
        return
    plan, guard = records.wire.route(endpoint), records.wire.guard(endpoint)
    for line in (*plan.imports, *guard.imports):
        writer.imports[line] = None
    parameters = [guard.declaration] if guard.declaration else []
    head = f"async def {name}({', '.join(parameters)}) -> {plan.answer.text}"
    for line in plan.answer.imports:
        writer.imports[line] = None
    body = _raising(writer.use("Unwritten"), why_unwritten(records, endpoint))
    doc = (operation.summary or f"What `{endpoint.document_id or endpoint.operation}` asks for").strip().rstrip(".")
    source = function(head, f"{doc}.", body, plan.decorator)
    yield Symbol(name, source, operations=(operation.id,), raises=("Unwritten",))


def _raising(name: str, text: str) -> list[str]:
    """Lines that raise it; a long sentence in pieces."""
    pieces = textwrap.wrap(" ".join(text.split()), _LONGEST_TEXT, break_on_hyphens=False)
    if len(pieces) < 2:
        return [f"raise {name}({literal(''.join(pieces))})"]
    spaced = [*(f"{piece} " for piece in pieces[:-1]), pieces[-1]]
    return [f"raise {name}(", *(f"    {literal(piece)}" for piece in spaced), ")"]


def why_unwritten(records: Records, endpoint: Endpoint) -> str:
    """Names the requirement that stands unmet."""
    for need in records.document.requirements:
        if endpoint.operation in need.operations:
            return f"{need.id}: {need.text}"
    return f"{endpoint.document_id or endpoint.operation} is not written yet."
