"""Takes the sources of a request, gives a DiscoveryDocument: what is wanted, with executable scenarios."""

from collections.abc import Mapping, Sequence

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.discovery.sources import Source, SourceFormat

__all__ = ["DiscoveryDocument", "Scenario", "Source", "SourceFormat", "Step", "discover"]


def discover(
    request: str | Sequence[Source], *, answers: Mapping[str, str] | None = None, allow_remote: bool = False
) -> DiscoveryDocument:
    """The whole document, with questions answered by their ids.

    Raises RequestError where a source cannot be read, nothing was understood, or an answer fits no question.
    `allow_remote`: references of OpenAPI documents to other hosts are fetched.
    """
    # Reading compiles some hundred patterns; those who only need the types do not pay for it.
    from devmatrix.discovery.composing import discover as read_and_prove

    return read_and_prove(request, answers=answers, allow_remote=allow_remote)
