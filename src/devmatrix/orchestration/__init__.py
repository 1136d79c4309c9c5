"""The pipeline: takes a request or a DiscoveryDocument, composes the stages, gives typed events and a project."""

from devmatrix.orchestration.service import OrchestrationService

__all__ = ["OrchestrationService"]
