"""The seam to whatever answers: all that those who ask need to know of the gateway."""

from typing import Protocol

from devmatrix.llm.request import Purpose, Reply, Request, Tier


class Asks(Protocol):
    """The one way to a model: `llm.Gateway`, or a fake of it."""

    async def ask(self, request: Request, purpose: Purpose, tier: Tier = Tier.STANDARD) -> Reply:
        """The reply. Raises BudgetReached, ModelError."""
        ...
