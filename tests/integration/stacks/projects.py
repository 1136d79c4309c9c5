"""Whole projects of the stack, written to a folder as a build would."""

from pathlib import Path

from devmatrix.atoms.assembly import Written
from devmatrix.discovery.document import DiscoveryDocument, Level, Requirement
from devmatrix.discovery.scenario import Scenario
from devmatrix.execution.project import write_project
from devmatrix.planning.make import make_plan
from devmatrix.planning.plan import MasterPlan
from devmatrix.stacks.fastapi.stack import FastAPIStack
from devmatrix.stacks.stack import Design


def traced(document: DiscoveryDocument) -> DiscoveryDocument:
    """The document with a requirement about everything, where it has none."""
    if document.requirements:
        return document
    everything = Requirement(
        id="R-01",
        level=Level.MUST,
        text="Everything works.",
        span=None,
        entities=tuple(entity.name for entity in document.entities),
        operations=tuple(operation.id for operation in document.operations),
        scenarios=(Scenario.model_construct(id="S-01"),),
    )
    return document.model_copy(update={"requirements": (everything,)})


def planned(document: DiscoveryDocument) -> tuple[MasterPlan, Design]:
    stack = FastAPIStack(Path("/nonexistent"))
    document = traced(document)
    plan = make_plan(document, stack.outline(document), stack=stack.name)
    return plan, stack.design(document, plan)


def materialise(folder: Path, document: DiscoveryDocument) -> Design:
    """Write the project with all that the blueprints know."""
    _, design = planned(document)
    written = {key: Written(candidate.code, candidate.imports) for key, candidate in design.blueprints.items()}
    write_project(folder, design.modules, written, {})
    return design
