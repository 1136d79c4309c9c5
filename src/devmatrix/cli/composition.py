"""What the commands are made of: the one place where the command line takes hold of the rest of DevMatrix."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from devmatrix.settings import Settings

if TYPE_CHECKING:
    from devmatrix.discovery.document import DiscoveryDocument
    from devmatrix.events import Event
    from devmatrix.planning.plan import MasterPlan


class Orchestration(Protocol):
    """What building and planning need of the pipeline."""

    def orchestrate_from_request(self, text: str, *, out: Path, strict: bool = False) -> "AsyncIterator[Event]":
        """Build what `text` asks for in `out`, telling how it goes on."""
        ...

    def plan_from_request(self, text: str) -> "tuple[DiscoveryDocument, MasterPlan]":
        """What `text` is understood to ask for, and what building it takes."""
        ...


def open_orchestration(settings: Settings) -> Orchestration:
    """The pipeline, as `settings` say."""
    from devmatrix.orchestration import OrchestrationService

    return OrchestrationService(settings)
