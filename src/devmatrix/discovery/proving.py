"""Gives a document the actors and requirements that follow from it."""

import re

from devmatrix.discovery.document import Assumption, DiscoveryDocument, Level, Operation, Requirement
from devmatrix.discovery.scenario import Expectation, Scenario, Step

UNPROVEN = "no scenario for it could be made up"
"""Why an assumption says that something is not proven."""


def prove(document: DiscoveryDocument, *, amended: bool = False) -> DiscoveryDocument:
    """The document with derived requirements.

    Given ones are kept; derived ones are added where it was `amended`, and where no given one is about some operation.
    """
    given = {name for item in document.requirements for name in item.operations}
    if document.requirements and not amended and all(item.id in given for item in document.operations):
        return document
    from devmatrix.discovery.proofs.derive import derive

    derived = derive(document)
    # What no scenario could be made up for is built and not proven: that must be seen.
    unproven = tuple(Assumption(text=f"Not proven: {omission}", why=UNPROVEN) for omission in derived.omissions)
    names = {actor.name for actor in document.actors}
    first = 1 + max(
        (int(number) for item in document.requirements for number in re.findall(r"\d+", item.id)), default=0
    )
    added = derived.requirements
    if document.requirements:
        added = tuple(_renumbered(item, f"R-{number}") for number, item in enumerate(derived.requirements, start=first))
    added = (*added, *_for_the_rest(document, (*document.requirements, *added)))
    return document.model_copy(
        update={
            "actors": (*document.actors, *(actor for actor in derived.actors if actor.name not in names)),
            "requirements": (*document.requirements, *added),
            "assumptions": (*document.assumptions, *unproven),
        }
    )


def _renumbered(item: Requirement, id_: str) -> Requirement:
    scenarios = tuple(
        scenario.model_copy(update={"id": f"{id_}.{number}"}) for number, scenario in enumerate(item.scenarios, start=1)
    )
    return item.model_copy(update={"id": id_, "scenarios": scenarios})


def _for_the_rest(document: DiscoveryDocument, known: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    """Requirements for operations that no other is about, since no record could be made up to try them with.

    What can be tried without any record is that they are there, and refuse whom and what they must.
    """
    if document.interface is not None:
        return ()
    covered = {name for item in known for name in item.operations}
    first = 1 + max((int(number) for item in known for number in re.findall(r"\d+", item.id)), default=0)
    rest = (item for item in document.operations if item.id not in covered)
    return tuple(_refusing(item, f"R-{number:02}") for number, item in enumerate(rest, start=first))


def _refusing(operation: Operation, id_: str) -> Requirement:
    signed_in = operation.access.authenticated
    status, who = (401, "a caller who is not signed in") if signed_in else (422, "an id that is none")
    body = {"$open": {"status": status}}
    step = Step(
        phase="when",
        text=f"{operation.method} {operation.path} is called with {who}",
        method=operation.method,
        path=re.sub(r"{\w+}", "no-id", operation.path),
        expect=Expectation(status=status, body=body, media_type="application/problem+json"),
    )
    text = f"{operation.summary or operation.id} refuses {who}"
    scenario = Scenario(id=f"{id_}.1", title=text, kind="access" if signed_in else "error", steps=(step,))
    return Requirement(
        id=id_,
        level=Level.MUST,
        text=text,
        span=None,
        entities=(operation.entity,),
        operations=(operation.id,),
        scenarios=(scenario,),
    )
