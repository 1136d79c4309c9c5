"""Gateways to a fake server."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from devmatrix.llm import BudgetWarning, Gateway, Purpose, Reply, Request, Tier, open_gateway
from devmatrix.llm.rates import Patience
from devmatrix.llm.testing import FakeModelServer, FakeReply, ReceivedCall
from devmatrix.settings import Settings
from devmatrix.storage import open_store

HASTY = Patience(first_seconds=0.01, most_seconds=0.05)
SHARED = "You complete one function of a project. Answer with its body, nothing else. " * 60
CONTEXT = "The module keeps shelves. " * 100


class Echo:
    """Repeats the question, and fills up to so many letters."""

    def __init__(self, letters: int = 0) -> None:
        self._letters = letters

    def reply(self, call: ReceivedCall) -> FakeReply:
        last = call.question.rsplit("\n", 1)[-1]
        return FakeReply(f"answer to {last} ".ljust(self._letters, "x"))


def settings(server: FakeModelServer, home: Path, **variables: str) -> Settings:
    return Settings.read(
        {
            "DEVMATRIX_MODEL": "anthropic:claude-sonnet-5-5",
            **server.environment,
            "DEVMATRIX_HOME": str(home),
            **variables,
        }
    )


@asynccontextmanager
async def opened(
    chosen: Settings, *, patience: Patience = HASTY, warnings: list[BudgetWarning] | None = None
) -> AsyncIterator[Gateway]:
    store = await asyncio.to_thread(open_store, chosen.database)
    kept = warnings if warnings is not None else []
    gateway = open_gateway(chosen, store, patience=patience, on_warning=kept.append)
    try:
        yield gateway
    finally:
        await gateway.close()
        store.close()


def question(number: int, *, tokens: int = 500) -> Request:
    return Request(
        prompt="body@1", shared=SHARED, context=CONTEXT, question=f"Question {number}", max_output_tokens=tokens
    )


async def ask_all(
    gateway: Gateway, numbers: Sequence[int], *, run_id: str = "r1", tokens: int = 500, tier: Tier = Tier.STANDARD
) -> list[Reply | BaseException]:
    asked = [
        gateway.ask(question(number, tokens=tokens), Purpose(run_id=run_id, atom_id=f"a{number}"), tier)
        for number in numbers
    ]
    return await asyncio.gather(*asked, return_exceptions=True)


def texts(replies: Sequence[Reply | BaseException]) -> list[str]:
    return [reply.text if isinstance(reply, Reply) else repr(reply) for reply in replies]
