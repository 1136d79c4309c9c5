"""Takes a document with entities and operations, gives its actors and its requirements with executable scenarios."""

from devmatrix.discovery.document import Actor, DiscoveryDocument, Requirement

__all__ = ["actors_for", "omissions_for", "requirements_for"]


def actors_for(document: DiscoveryDocument) -> tuple[Actor, ...]:
    """Who calls the API in the scenarios, in the order in which they are set up."""
    from devmatrix.discovery.proofs.derive import derive_actors

    return derive_actors(document)


def requirements_for(document: DiscoveryDocument) -> tuple[Requirement, ...]:
    """What must and should hold, each with at least one scenario, by docs/conventions.md."""
    from devmatrix.discovery.proofs.derive import derive

    return derive(document).requirements


def omissions_for(document: DiscoveryDocument) -> tuple[str, ...]:
    """Scenarios that were left out because no request could be made up for them, each with the reason."""
    from devmatrix.discovery.proofs.derive import derive

    return derive(document).omissions
