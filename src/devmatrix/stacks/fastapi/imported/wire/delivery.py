"""What the README of an imported API says."""

from functools import cached_property

from devmatrix.discovery.document import Operation
from devmatrix.discovery.interface import Endpoint as Described
from devmatrix.stacks.fastapi.deliverables import DeliveryFacts, Endpoint
from devmatrix.stacks.fastapi.deliverables.facts import cell, who_may
from devmatrix.stacks.fastapi.features.text import words
from devmatrix.stacks.fastapi.imported.wire.facts import ImportedFacts
from devmatrix.stacks.fastapi.imported.wire.identifiers import snake

_MOST = 100


class ImportedDeliveryFacts(ImportedFacts, DeliveryFacts):
    """Variables of the deliverables' templates."""

    @cached_property
    def summary(self) -> str:
        """What the service is, in a sentence."""
        origin = f"`{self.wire.interface.file}`" if self.wire.interface.file else "its OpenAPI document"
        return f"The API of {origin}: FastAPI, SQLAlchemy, Alembic; SQLite or PostgreSQL."

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All operations."""
        return tuple(
            Endpoint(operation.method, operation.path, self._who(operation), cell(self._what(operation)))
            for operation in self.document.operations
        )

    def _who(self, operation: Operation) -> str:
        endpoint = self._of(operation)
        if not endpoint.schemes or not operation.access.authenticated:
            return "anyone"
        guard = self.wire.guard(endpoint)
        return who_may(operation) if guard.name and not guard.optional else "anyone with a key"

    def _of(self, operation: Operation) -> Described:
        return self.wire.interface.endpoint(operation.id)

    def _what(self, operation: Operation) -> str:
        endpoint = self._of(operation)
        said = operation.summary or endpoint.description.strip().partition("\n")[0]
        if not said:
            return words(snake(endpoint.document_id or endpoint.operation)).capitalize()
        return said if len(said) <= _MOST else f"{said[:_MOST].rsplit(' ', 1)[0]} ..."
