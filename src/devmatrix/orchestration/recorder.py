"""Stamps events, keeps them with the run, and hands them on: what a user sees is in the store, too."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from devmatrix.events import Event, Progress
from devmatrix.execution import Attempts
from devmatrix.storage import AttemptRecord, RunStore

_ATTEMPTS_AT_ONCE = 200


class Recorder:
    """What a run has to say, in order."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self._started = time.monotonic()
        self._told: asyncio.Queue[Event | None] = asyncio.Queue()
        self._events: list[Event] = []
        self._attempts: list[AttemptRecord] = []

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self._started

    def tell(self, kind: type[Event], **fields: Any) -> None:  # noqa: ANN401 - the event's own model checks them
        """Tell a new event of that kind, stamped with the run and the time."""
        event = kind(run_id=self._run_id, at=datetime.now(UTC), **fields)
        if not isinstance(event, Progress):  # a standing, not a happening: the next one replaces it
            self._events.append(event)
        self._told.put_nowait(event)

    async def events(self) -> AsyncIterator[Event]:
        """What is told, as it is told, until `close`."""
        while (event := await self._told.get()) is not None:
            yield event

    def close(self) -> None:
        """Nothing more will be told."""
        self._told.put_nowait(None)

    def keep_attempts(self, attempts: Attempts) -> None:
        """Keep what was tried for one atom."""
        self._attempts += [
            AttemptRecord(
                atom_id=attempts.atom.id,
                number=attempt.number,
                author=attempt.candidate.author,
                accepted=attempt.accepted,
                content_hash=attempts.atom.content_hash,
                code=attempt.candidate.code,
                imports=attempt.candidate.imports,
                findings=tuple(finding.model_dump(mode="json") for finding in attempt.findings),
                cost_usd=attempt.candidate.cost_usd,
                tokens=attempt.candidate.tokens,
                seconds=attempt.seconds,
                at=attempt.at,
            )
            for attempt in attempts.made
        ]
        if len(self._attempts) >= _ATTEMPTS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits to the store."""
        attempts, self._attempts = self._attempts, []
        events, self._events = self._events, []
        if attempts:
            self._store.save_attempts(self._run_id, attempts)
        if events:
            self._store.append_events(self._run_id, events)
