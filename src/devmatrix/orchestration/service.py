"""The front door of the pipeline."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

from devmatrix.errors import RequestError
from devmatrix.events import Event
from devmatrix.settings import Settings

if TYPE_CHECKING:
    from devmatrix.discovery.document import DiscoveryDocument
    from devmatrix.planning.plan import MasterPlan
    from devmatrix.stacks.stack import Stack


class OrchestrationService:
    """Builds projects. One service may run many builds at once, each with an output folder of its own."""

    def __init__(self, settings: Settings, *, stack: "Stack | None" = None) -> None:
        """`stack` is the target technology; the default is `fastapi`."""
        self._settings = settings
        self._given_stack = stack

    def plan_from_request(self, text: str) -> "tuple[DiscoveryDocument, MasterPlan]":
        """What `text` asks for, and the plan to build it. Nothing is built. Raises RequestError."""
        from devmatrix.discovery import discover
        from devmatrix.planning import History, make_plan
        from devmatrix.storage import open_store

        document = discover(text)
        stack = self._stack()
        store = open_store(self._settings.database)
        try:
            history = History.of(store.seconds_per_task())
        finally:
            store.close()
        return document, make_plan(document, stack.outline(document), stack=stack.name, history=history)

    async def orchestrate_from_request(self, text: str, *, out: Path, strict: bool = False) -> AsyncGenerator[Event]:
        """Build what `text` asks for in the folder `out`.

        The last event is RunFinished. Raises RequestError (`strict`: also where a sentence was not understood),
        OutputError or SettingsError before anything is written. Closing the iterator cancels the run and leaves `out`
        as it was.
        """
        from devmatrix.discovery import discover

        began = time.monotonic()
        document = await asyncio.to_thread(discover, text)
        if strict:
            _require_all_understood(document)
        events = self._orchestrate(document, out, time.monotonic() - began)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def orchestrate_from_discovery(self, document: "DiscoveryDocument", *, out: Path) -> AsyncGenerator[Event]:
        """Build what `document` describes in the folder `out`; see `orchestrate_from_request`."""
        events = self._orchestrate(document, out, None)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def _orchestrate(
        self, document: "DiscoveryDocument", out: Path, discovery_seconds: float | None
    ) -> AsyncGenerator[Event]:
        from devmatrix.orchestration.pipeline import Pipeline
        from devmatrix.sandbox import open_sandbox
        from devmatrix.storage import open_store

        sandbox = open_sandbox(self._settings)
        store = await asyncio.to_thread(open_store, self._settings.database)
        events = Pipeline(self._settings, store, self._stack(), sandbox, document, out, discovery_seconds).run()
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()
            store.close()

    def _stack(self) -> "Stack":
        if self._given_stack is not None:
            return self._given_stack
        from devmatrix.stacks.fastapi import FastAPIStack

        return FastAPIStack(self._settings.home)


def _require_all_understood(document: "DiscoveryDocument") -> None:
    lost = [statement for statement in document.statements if not statement.understood]
    if lost:
        shown = "; ".join(f"{statement.span.text.strip()!r} ({statement.became})" for statement in lost[:5])
        raise RequestError(
            f"{len(lost)} of {len(document.statements)} sentences were not understood: {shown}",
            mend="rewrite or remove them, or build without --strict",
        )
