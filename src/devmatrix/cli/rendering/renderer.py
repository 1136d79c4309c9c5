"""The seam between a run and whoever watches it."""

from contextlib import AbstractContextManager
from typing import Protocol, Self

from devmatrix.events import Event


class Renderer(AbstractContextManager["Renderer"], Protocol):
    """Shows events as they come. A context manager: leaving it gives the terminal back as it was."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def show(self, event: Event) -> None:
        """Show one event."""
        ...
