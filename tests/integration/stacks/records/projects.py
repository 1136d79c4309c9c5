"""Projects for hand-made imported documents, written to a folder as a build would."""

from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.execution.project import write_project
from devmatrix.planning.make import make_plan
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.stacks.stack import Design
from tests.integration.stacks.projects import all_written


def design_of(document: DiscoveryDocument) -> Design:
    stack = FastAPIStack(Path())
    return stack.design(document, make_plan(document, stack.outline(document), stack=stack.name))


def materialise(folder: Path, document: DiscoveryDocument) -> Design:
    design = design_of(document)
    write_project(folder, design.modules, all_written(design), {})
    return design
