"""Asks a model for one atom at a time; each attempt is asked in another way than the one before."""

from devmatrix.atoms.contract import Atom
from devmatrix.authoring.author import AuthorKind, Candidate, Rejected
from devmatrix.authoring.model.answers import no_answer, read_answer
from devmatrix.authoring.model.briefing import Briefing
from devmatrix.authoring.model.strategies import choose, strategies
from devmatrix.errors import ModelError
from devmatrix.llm import Asks, Purpose, Tier

MOST_SILENT = 5
"""Questions in a row that get no answer after all tries: then the server is down, and the run shall end clearly."""


class ModelAuthor:
    """Writes what a language model answers. Starts at `start`, and goes up where that does not do."""

    kind = AuthorKind.MODEL

    def __init__(self, gateway: Asks, briefing: Briefing, *, run_id: str, start: Tier) -> None:
        self._gateway = gateway
        self._briefing = briefing
        self._run_id = run_id
        self._ways = strategies(start)
        self._silent = 0

    async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
        """What the model wrote; none where every way to ask was tried, or none promises anything new.

        Raises BudgetReached, and ModelError where asking on makes no sense.
        """
        own = tuple(item for item in rejected if item.candidate.author is self.kind)
        strategy = choose(self._ways, own)
        if strategy is None:
            return None
        request = self._briefing.request(atom, strategy, rejected)
        purpose = Purpose(run_id=self._run_id, task_id=atom.task_id, atom_id=atom.id, attempt=len(rejected) + 1)
        try:
            reply = await self._gateway.ask(request, purpose, strategy.tier)
        except ModelError as error:
            self._silent += 1
            if error.lasting or self._silent >= MOST_SILENT:
                raise
            candidate = no_answer(atom, error.message)
        else:
            self._silent = 0
            candidate = read_answer(atom, reply)
        return candidate.model_copy(update={"tier": strategy.tier.value})
