"""Starts each atom the moment its own dependencies are done, at most so many at once."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from devmatrix.atoms.contract import Atom
from devmatrix.atoms.graph import AtomGraph

Result = TypeVar("Result")


async def run_ready_set(
    graph: AtomGraph, work: Callable[[Atom], Awaitable[Result]], *, concurrency: int
) -> AsyncIterator[tuple[Atom, Result]]:
    """Run `work` on every atom and yield each result as it comes.

    An atom is ready when all that it depends on is done, whatever came of it: bodies need the contracts of what they
    use, not the bodies. Among the ready, the order of the graph decides. An exception in `work` ends the run; that, and
    closing the iterator early, cancels what is under way before it returns.
    """
    atoms = list(graph)
    position = {atom.id: index for index, atom in enumerate(atoms)}
    waiting_for = [len(atom.depends_on) for atom in atoms]
    ready = [index for index, count in enumerate(waiting_for) if count == 0]
    running: dict[asyncio.Future[Result], Atom] = {}
    try:
        while ready or running:
            while ready and len(running) < concurrency:
                atom = atoms[heapq.heappop(ready)]
                running[asyncio.ensure_future(work(atom))] = atom
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            ended = sorted(((position[running.pop(future).id], future) for future in done), key=lambda pair: pair[0])
            for index, _future in ended:
                for dependent in graph.dependents(atoms[index].id):
                    waiting_for[position[dependent]] -= 1
                    if waiting_for[position[dependent]] == 0:
                        heapq.heappush(ready, position[dependent])
            for index, future in ended:
                yield atoms[index], future.result()
    finally:
        for future in running:
            future.cancel()
        await asyncio.gather(*running, return_exceptions=True)
