"""Projects with the whole wire side, and routes that only say what they were given."""

from collections.abc import Iterator
from pathlib import Path

from devmatrix.atoms.assembly import Written
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.execution.project import write_project
from devmatrix.planning.make import make_plan
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.features.text import function, literal
from devmatrix.stacks.fastapi.imported.wire import Wire
from devmatrix.stacks.fastapi.imported.wire.facts import ImportedFacts
from devmatrix.stacks.fastapi.imported.wire.modules import wire_outline, wire_sources
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.pruning import prune
from devmatrix.stacks.fastapi.source import Source, Symbol, build_design
from devmatrix.stacks.stack import Design

TASK = "foundation.standing"


def written(folder: Path, document: DiscoveryDocument) -> Design:
    """Write the project; the entities of the document have no models."""
    names = Names(document)
    wire = Wire(document, names)
    facts = ImportedFacts(document.model_copy(update={"entities": ()}), names, wire)
    sources = prune([*wire_sources(facts), *_routers(document, wire)])
    task = TaskOutline(id=TASK, title="Routes", milestone="foundation", files=("x",), depends_on=(), estimated_lines=1)
    design = build_design(sources, document, make_plan(document, (*wire_outline(facts), task), stack="fastapi"))
    code = {key: Written(candidate.code, candidate.imports) for key, candidate in design.blueprints.items()}
    write_project(folder, design.modules, code, {"migrations/versions/.gitkeep": ""})
    return design


def _routers(document: DiscoveryDocument, wire: Wire) -> Iterator[Source]:
    for group, endpoints in wire.groups.all.items():
        symbols: list[Symbol] = []
        imports = ["from app.routing import Router", "from app.refusals import Unwritten"]
        for endpoint in endpoints:
            plan, guard, body = wire.route(endpoint), wire.guard(endpoint), wire.body(endpoint)
            given = [*wire.parameters(endpoint), *(body.parameters if body else ())]
            declared = [guard.declaration] if guard.declaration else []
            declared += [one.declaration for one in given]
            declared.sort(key=lambda text: text.endswith(" = None") or "] = " in text or "Flag = " in text)
            head = f"async def do_{endpoint.operation}({', '.join(declared)}) -> {plan.answer.text}"
            told = ", ".join(f"{literal(one.name)}: {one.name}" for one in given)
            name = f"do_{endpoint.operation}"
            text = function(head, "Say what was given.", [f"raise Unwritten(str({{{told}}}))"], plan.decorator)
            symbols.append(Symbol(name, text, operations=(endpoint.operation,)))
            imports += [*plan.imports, *guard.imports, *(line for one in given for line in one.imports)]
        yield Source(
            path=f"app/routers/{group}.py",
            task_id=TASK,
            docstring=f"Routes of {group}.",
            symbols=tuple(symbols),
            imports=tuple(dict.fromkeys(imports)),
            preamble=f"router = Router(tags=[{literal(wire.groups.tag(group))}])",
        )
