"""Asks a model for one atom at a time; each attempt is asked in another way than the one before."""

from typing import Protocol

from devmatrix.atoms.contract import Atom
from devmatrix.authoring.author import AuthorKind, Candidate, Rejected
from devmatrix.authoring.model.answers import read_answer
from devmatrix.authoring.model.briefing import Briefing
from devmatrix.authoring.model.strategies import choose, strategies
from devmatrix.llm import Purpose, Reply, Request, Tier


class Asks(Protocol):
    """The one way to a model: `llm.Gateway`."""

    async def ask(self, request: Request, purpose: Purpose, tier: Tier = Tier.STANDARD) -> Reply:
        """The reply. Raises BudgetReached, ModelError."""
        ...


class ModelAuthor:
    """Writes what a language model answers. Starts at `start`, and goes up where that does not do."""

    kind = AuthorKind.MODEL

    def __init__(self, gateway: Asks, briefing: Briefing, *, run_id: str, start: Tier) -> None:
        self._gateway = gateway
        self._briefing = briefing
        self._run_id = run_id
        self._ways = strategies(start)

    async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
        """What the model wrote; none where every way to ask was tried, or none promises anything new."""
        own = tuple(item for item in rejected if item.candidate.author is self.kind)
        strategy = choose(self._ways, own)
        if strategy is None:
            return None
        request = self._briefing.request(atom, strategy, rejected)
        purpose = Purpose(run_id=self._run_id, task_id=atom.task_id, atom_id=atom.id, attempt=len(rejected) + 1)
        return read_answer(atom, await self._gateway.ask(request, purpose, strategy.tier))
