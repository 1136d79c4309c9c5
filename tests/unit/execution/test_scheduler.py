import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.atoms import Atom, AtomGraph
from devmatrix.execution import run_ready_set
from tests.unit.graphs import atom, graphs


@given(graphs(), st.integers(min_value=1, max_value=8), st.randoms(use_true_random=False))
def test_each_atom_runs_once_after_its_dependencies_and_within_the_limit(
    graph: AtomGraph, limit: int, dice: Random
) -> None:
    started: list[str] = []
    finished: set[str] = set()
    running = 0
    most = 0

    async def work(atom: Atom) -> str:
        nonlocal running, most
        assert set(atom.depends_on) <= finished
        started.append(atom.id)
        running += 1
        most = max(most, running)
        for _ in range(dice.randint(0, 3)):
            await asyncio.sleep(0)
        running -= 1
        finished.add(atom.id)
        return atom.id

    async def run() -> list[str]:
        return [result async for _, result in run_ready_set(graph, work, concurrency=limit)]

    results = asyncio.run(run())
    assert sorted(results) == sorted(member.id for member in graph)
    assert len(started) == len(set(started))
    assert most <= limit


def test_an_atom_starts_when_its_own_dependencies_are_done_not_when_a_wave_is() -> None:
    graph = AtomGraph.of([atom("slow"), atom("quick"), atom("next", "quick")])
    order: list[str] = []

    async def work(member: Atom) -> None:
        if member.contract.name == "slow":
            while "next" not in order:
                await asyncio.sleep(0)
        order.append(member.contract.name)

    async def run() -> None:
        async for _ in run_ready_set(graph, work, concurrency=3):
            pass

    asyncio.run(asyncio.wait_for(run(), 5))
    assert order == ["quick", "next", "slow"]


def test_an_exception_cancels_the_rest_and_is_told() -> None:
    graph = AtomGraph.of([atom("bad"), atom("waits")])
    cancelled: list[str] = []

    async def work(member: Atom) -> None:
        if member.contract.name == "bad":
            raise ValueError("no")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(member.contract.name)
            raise

    async def run() -> None:
        async for _ in run_ready_set(graph, work, concurrency=2):
            pass

    with pytest.raises(ValueError, match="no"):
        asyncio.run(run())
    assert cancelled == ["waits"]
