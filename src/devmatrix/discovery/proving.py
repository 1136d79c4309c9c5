"""Gives a document the actors and requirements that follow from it."""

import re

from devmatrix.discovery.document import Assumption, DiscoveryDocument, Requirement


def prove(document: DiscoveryDocument, *, amended: bool = False) -> DiscoveryDocument:
    """The document with derived requirements; given ones are kept, and where it was `amended`, derived ones added."""
    if document.requirements and not amended:
        return document
    from devmatrix.discovery.proofs.derive import derive

    derived = derive(document)
    # What no scenario could be made up for is built and not proven: that must be seen.
    unproven = tuple(
        Assumption(text=f"Not proven: {omission}", why="no scenario for it could be made up")
        for omission in derived.omissions
    )
    names = {actor.name for actor in document.actors}
    first = 1 + max(
        (int(number) for item in document.requirements for number in re.findall(r"\d+", item.id)), default=0
    )
    added = derived.requirements
    if document.requirements:
        added = tuple(_renumbered(item, f"R-{number}") for number, item in enumerate(derived.requirements, start=first))
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
