"""Takes the sources of a request, gives a DiscoveryDocument: what is wanted, with executable scenarios."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.discovery.sources import Source, SourceFormat

__all__ = [
    "DiscoveryDocument",
    "Scenario",
    "Source",
    "SourceFormat",
    "Step",
    "discover",
    "discover_with_model",
    "reads_prose_only",
]

if TYPE_CHECKING:
    from devmatrix.llm import Asks


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


async def discover_with_model(
    request: str | Sequence[Source], gateway: "Asks", *, run_id: str, answers: Mapping[str, str] | None = None
) -> DiscoveryDocument:
    """The whole document for prose in any language, as a model reads it and the rules judge it.

    Raises RequestError where its answers stay unsound or an answer fits no question, BudgetReached, ModelError.
    """
    from devmatrix.discovery.composing import discover_with_model as ask_and_prove

    return await ask_and_prove(request, gateway, run_id=run_id, answers=answers)


def reads_prose_only(request: str | Sequence[Source]) -> bool:
    """Whether every source is text or Markdown: what a model may read in place of the rules."""
    from devmatrix.discovery.composing import reads_prose_only as is_prose

    return is_prose(request)
