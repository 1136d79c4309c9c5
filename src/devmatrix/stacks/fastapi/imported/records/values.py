"""The values that a request gives: within the route, or read by a function of their own where that takes long."""

from typing import TYPE_CHECKING

from devmatrix.atoms.contract import MAX_BODY_LINES, AtomKind
from devmatrix.stacks.fastapi.features.text import function
from devmatrix.stacks.fastapi.imported.records.inputs import Inputs
from devmatrix.stacks.fastapi.imported.records.lines import mentions, without_default
from devmatrix.stacks.fastapi.imported.records.writing import broken
from devmatrix.stacks.fastapi.imported.wire.identifiers import free
from devmatrix.stacks.fastapi.source import Symbol

if TYPE_CHECKING:
    from devmatrix.stacks.fastapi.imported.records.effects import Route

_MOST_INLINE = 4
"""Lines that make values within the route; more are a function of their own."""


class Values:
    """Writes the values of one route."""

    def __init__(self, route: "Route") -> None:
        self._route = route

    def source(self) -> str:
        """Source of the values that the request gives."""
        route = self._route
        lines = Inputs(route.served, route.collection, route.writer, route.around()).lines()
        route.uses_request |= any("request." in line for line in lines)
        if len(lines) > _MOST_INLINE and not route.served.is_batch:
            return self._apart(lines)
        route.lines += lines
        return "values"

    def _apart(self, lines: list[str]) -> str:
        """The values, read by a function of their own."""
        route = self._route
        name = free(f"values_of_{route.name}", route.taken)
        text = "\n".join(lines)
        parameters, arguments = [], []
        if "session" in text:
            parameters.append(f"session: {route.writer.use('AsyncSession')}")
            arguments.append("session")
        if "request." in text:
            parameters.append(f"request: {route.writer.use('Request')}")
            arguments.append("request")
        own = {row: f"{row.partition('.')[0]}_row_id" for row in (route.around().caller, route.around().parent)}
        for row, parameter in own.items():
            if row != "None" and row in text:
                text = text.replace(row, parameter)
                parameters.append(f"{parameter}: {'int | None' if 'else' in row else 'int'}")
                arguments.append(row)
        for each in (*route.declared, *(route.body.parameters if route.body else ())):
            if mentions(each.name, text):
                parameters.append(without_default(each.declaration))
                arguments.append(each.name)
        await_ = "await " if "await " in text else ""
        kind = f"dict[str, {route.writer.use('Any')}]"
        head = f"{'async ' if await_ else ''}def {name}({', '.join(parameters)}) -> {kind}"
        body = [piece for line in [*text.split("\n"), "return values"] for piece in broken(line)]
        is_long = len(body) > MAX_BODY_LINES
        source = function(head, f"The values that a request of `{route.name}` gives.", body)
        route.extra.append(Symbol(name, source, AtomKind.TABLE if is_long else AtomKind.FUNCTION))
        return f"{await_}{name}({', '.join(arguments)})"
