"""What the commands are made of: the one place where the command line takes hold of the rest of DevMatrix."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from devmatrix.settings import Settings

if TYPE_CHECKING:
    from devmatrix.discovery import DiscoveryDocument, Source
    from devmatrix.discovery.document import Question
    from devmatrix.events import Event
    from devmatrix.planning.plan import MasterPlan


class Orchestration(Protocol):
    """What building and planning need of the pipeline."""

    def questions_of(
        self, sources: "Sequence[Source]", *, answers: Mapping[str, str], allow_remote: bool = False
    ) -> "tuple[Question, ...]":
        """What the sources leave open, with the answers so far."""
        ...

    def plan_from_sources(
        self,
        sources: "Sequence[Source]",
        *,
        answers: Mapping[str, str] | None = None,
        strict: bool = False,
        allow_remote: bool = False,
        with_model: bool = False,
    ) -> "tuple[DiscoveryDocument, MasterPlan]":
        """What the sources are understood to ask for, and what building it takes."""
        ...

    def plan_from_discovery(self, document: "DiscoveryDocument") -> "MasterPlan":
        """What building the document takes."""
        ...

    def orchestrate_from_discovery(
        self, document: "DiscoveryDocument", *, out: Path, discovery_seconds: float | None = None
    ) -> "AsyncIterator[Event]":
        """Build what the document describes in `out`, telling how it goes on."""
        ...

    def resume(self, run: str) -> "AsyncIterator[Event]":
        """Go on with a run that stopped."""
        ...


def open_orchestration(settings: Settings) -> Orchestration:
    """The pipeline, as `settings` say."""
    from devmatrix.orchestration import OrchestrationService

    return OrchestrationService(settings)
