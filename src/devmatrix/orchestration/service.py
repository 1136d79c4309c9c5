"""The front door of the pipeline."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from devmatrix.errors import UserError
from devmatrix.events import Event
from devmatrix.settings import Settings

if TYPE_CHECKING:
    from devmatrix.discovery import DiscoveryDocument, Source
    from devmatrix.discovery.document import Question
    from devmatrix.planning.plan import MasterPlan
    from devmatrix.stacks.stack import Stack


class OrchestrationService:
    """Plans and builds projects. One service may run many builds at once, each with an output folder of its own."""

    def __init__(self, settings: Settings, *, stack: "Stack | None" = None) -> None:
        """`stack` is the target technology; the default is `fastapi`."""
        self._settings = settings
        self._given_stack = stack

    def plan_from_sources(
        self,
        sources: "Sequence[Source]",
        *,
        answers: Mapping[str, str] | None = None,
        strict: bool = False,
        allow_remote: bool = False,
        with_model: bool = False,
    ) -> "tuple[DiscoveryDocument, MasterPlan]":
        """What the sources ask for, and the plan to build it. Nothing is built.

        Raises RequestError; `strict`: also where any part of a source was not understood. `allow_remote`: references
        of OpenAPI documents to other hosts are fetched. `with_model`: prose that is not understood whole is read by the
        language model of the settings, which may cost money: BudgetReached, ModelError, SettingsError.
        """
        from devmatrix.orchestration.understanding import understand

        document = understand(
            self._settings, sources, answers, strict=strict, allow_remote=allow_remote, with_model=with_model
        )
        return document, self.plan_from_discovery(document)

    def questions_of(
        self, sources: "Sequence[Source]", *, answers: Mapping[str, str], allow_remote: bool = False
    ) -> "tuple[Question, ...]":
        """The questions that the sources leave open, answered or not. Raises RequestError."""
        from devmatrix.discovery.composing import questions_of

        return questions_of(sources, answers=answers, allow_remote=allow_remote)

    def plan_from_request(self, text: str) -> "tuple[DiscoveryDocument, MasterPlan]":
        """What `text` asks for, and the plan to build it; see `plan_from_sources`."""
        from devmatrix.discovery import Source

        return self.plan_from_sources((Source(text),))

    def plan_from_discovery(self, document: "DiscoveryDocument") -> "MasterPlan":
        """The plan to build `document`, with estimates from the history of earlier runs and the prompts for a model."""
        from devmatrix.planning import History, make_plan
        from devmatrix.storage import seconds_per_task

        stack = self._stack()
        history = History.of(seconds_per_task(self._settings.database))
        plan = make_plan(document, stack.outline(document), stack=stack.name, history=history)
        if not self._settings.model:
            return plan
        from devmatrix.orchestration.forecasting import forecast_plan

        return forecast_plan(self._settings, stack, document, plan)

    async def orchestrate_from_sources(
        self,
        sources: "Sequence[Source]",
        *,
        out: Path,
        answers: Mapping[str, str] | None = None,
        strict: bool = False,
        allow_remote: bool = False,
        with_model: bool = False,
    ) -> AsyncGenerator[Event]:
        """Build what the sources ask for in the folder `out`.

        The last event is RunFinished. Raises RequestError (`strict`: also where any part of a source was not
        understood), OutputError or SettingsError before anything is written. Closing the iterator cancels the run and
        leaves `out` as it was.
        """
        from devmatrix.orchestration.understanding import understand

        began = time.monotonic()
        document = await asyncio.to_thread(
            understand,
            self._settings,
            sources,
            answers,
            strict=strict,
            allow_remote=allow_remote,
            with_model=with_model,
        )
        events = self._orchestrate(document, out, time.monotonic() - began)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def orchestrate_from_request(self, text: str, *, out: Path, strict: bool = False) -> AsyncGenerator[Event]:
        """Build what `text` asks for in the folder `out`; see `orchestrate_from_sources`."""
        from devmatrix.discovery import Source

        events = self.orchestrate_from_sources((Source(text),), out=out, strict=strict)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def orchestrate_from_discovery(
        self, document: "DiscoveryDocument", *, out: Path, discovery_seconds: float | None = None
    ) -> AsyncGenerator[Event]:
        """Build what `document` describes in the folder `out`; see `orchestrate_from_sources`.

        Requirements that it does not have are derived. Raises RequestError where it is not sound, too.
        `discovery_seconds`: how long it took to make the document, where this run is told of it.
        """
        from devmatrix.orchestration.understanding import complete

        document = await asyncio.to_thread(complete, document)
        events = self._orchestrate(document, out, discovery_seconds)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def resume(self, run: str) -> AsyncGenerator[Event]:
        """Go on with a run that has not succeeded: by its id, or enough of its beginning.

        What was accepted or paid before is used again. Raises UserError where there is no such run or nothing to do.
        """
        from devmatrix.discovery.document import DiscoveryDocument
        from devmatrix.storage import RunStatus, open_store

        store = await asyncio.to_thread(open_store, self._settings.database)
        try:
            found = await asyncio.to_thread(store.run, run)
        finally:
            store.close()
        if found.status is RunStatus.SUCCEEDED:
            raise UserError(f"the run {found.id} has succeeded", mend=f"its project is in {found.out}")
        if found.document is None:
            raise UserError(f"the run {found.id} ended before anything was planned", mend="build it anew")
        document = DiscoveryDocument.model_validate(found.document)
        events = self._orchestrate(document, Path(found.out), None, resumes=found.id)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def _orchestrate(
        self, document: "DiscoveryDocument", out: Path, discovery_seconds: float | None, *, resumes: str | None = None
    ) -> AsyncGenerator[Event]:
        from devmatrix.orchestration.pipeline import Pipeline
        from devmatrix.sandbox import open_sandbox
        from devmatrix.storage import open_store

        sandbox = open_sandbox(self._settings)
        store = await asyncio.to_thread(open_store, self._settings.database)
        events = Pipeline(
            self._settings, store, self._stack(), sandbox, document, out, discovery_seconds, resumes=resumes
        ).run()
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
