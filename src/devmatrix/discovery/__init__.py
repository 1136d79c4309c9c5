"""Takes the text of a request, gives a DiscoveryDocument: what is wanted, as frozen data with executable scenarios."""

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.scenario import Scenario, Step

__all__ = ["DiscoveryDocument", "Scenario", "Step", "discover"]


def discover(request: str) -> DiscoveryDocument:
    """The whole document for a request. Raises RequestError where it is no text, or nothing was understood."""
    # Reading compiles some hundred patterns; those who only need the types do not pay for it.
    from devmatrix.discovery.reading import discover as read_and_prove

    return read_and_prove(request)
