"""Whole projects of the stack, written to a folder as a build would."""

from pathlib import Path

from devmatrix.atoms.assembly import Written
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.proofs import actors_for, requirements_for
from devmatrix.execution.project import write_project
from devmatrix.planning.make import make_plan
from devmatrix.planning.plan import MasterPlan
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.stacks.stack import Design
from devmatrix.validation.scenarios import compile_scenarios


def with_scenarios(document: DiscoveryDocument) -> DiscoveryDocument:
    return document.model_copy(
        update={"actors": actors_for(document), "requirements": requirements_for(document)},
    )


def designed(document: DiscoveryDocument) -> tuple[MasterPlan, Design]:
    document = with_scenarios(document)
    stack = FastAPIStack(Path())
    plan = make_plan(document, stack.outline(document), stack=stack.name)
    return plan, stack.design(document, plan)


def all_written(design: Design) -> dict[str, Written]:
    """What the blueprints know, and stand-ins for what they do not."""
    known = {**design.blueprints, **design.stand_ins}
    return {key: Written(candidate.code, candidate.imports) for key, candidate in known.items()}


def materialise(folder: Path, document: DiscoveryDocument) -> Design:
    """Write the project with all that the blueprints know, and its compiled scenarios."""
    _, design = designed(document)
    write_project(folder, design.modules, all_written(design), compile_scenarios(with_scenarios(document)))
    return design
