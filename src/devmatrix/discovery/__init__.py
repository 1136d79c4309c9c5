"""Takes the sources of a request, gives a DiscoveryDocument: what is wanted, with executable scenarios."""

from collections.abc import Sequence

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.discovery.sources import Source, SourceFormat

__all__ = ["DiscoveryDocument", "Scenario", "Source", "SourceFormat", "Step", "discover"]


def discover(request: str | Sequence[Source]) -> DiscoveryDocument:
    """The whole document. Raises RequestError where a source cannot be read, or nothing was understood."""
    # Reading compiles some hundred patterns; those who only need the types do not pay for it.
    from devmatrix.discovery.composing import discover as read_and_prove

    return read_and_prove(request)
