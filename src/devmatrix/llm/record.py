"""The response record: one thread writes the book, calls share its commits, and none returns before they are done."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text

from devmatrix.errors import RunError
from devmatrix.llm.ledger import Ledger
from devmatrix.storage.engine import writing

T = TypeVar("T")
Step = Callable[[Connection], Any]

MOST_AT_ONCE = 500
BEATS_PER_LEASE = 4
ADVISORY_LOCK = 0x6465_766D_6D6F_6465
"""Any constant that no other program on the same PostgreSQL database uses."""


class Record:
    """Runs steps of the ledger in the order given, in shared transactions. Safe to use from several threads."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger
        self._steps: queue.SimpleQueue[tuple[Step, Future[Any]] | None] = queue.SimpleQueue()
        self._closed = False
        self._renewed = time.monotonic()
        self._thread = threading.Thread(target=self._write, name="model-record", daemon=True)
        self._thread.start()

    def do(self, step: Callable[[Connection], T]) -> "Future[T]":
        """Run one step; the future is done when what it wrote is on disk. RunError after `close`."""
        if self._closed:
            raise RunError(
                "the record of model calls is closed", mend="this is a defect of DevMatrix, please report it"
            )
        future: Future[T] = Future()
        self._steps.put((step, future))
        return future

    def close(self) -> None:
        """Finish what is under way, then stop."""
        if not self._closed:
            self._closed = True
            self._steps.put(None)
            self._thread.join()
            self._engine.dispose()

    def _write(self) -> None:
        ended = False
        while not ended:
            steps, ended = self._take()
            # A future that was cancelled has nobody who waits; its step is run all the same, for it may be a payment.
            waiting = [(step, future if future.set_running_or_notify_cancel() else None) for step, future in steps]
            if waiting:
                self._run_together(waiting)
            elif not ended:
                self._run_alone(self._renew, None)

    def _take(self) -> tuple[list[tuple[Step, Future[Any]]], bool]:
        """What is to be done now; nothing when it is time for a heartbeat; and whether that was all."""
        try:
            taken = self._steps.get(timeout=self._ledger.lease_seconds / BEATS_PER_LEASE)
        except queue.Empty:
            return [], False
        steps: list[tuple[Step, Future[Any]]] = []
        while taken is not None:
            steps.append(taken)
            if len(steps) == MOST_AT_ONCE:
                return steps, False
            try:
                taken = self._steps.get_nowait()
            except queue.Empty:
                return steps, False
        return steps, True

    def _run_together(self, waiting: "Sequence[tuple[Step, Future[Any] | None]]") -> None:
        try:
            with writing(self._engine) as connection:
                _alone(connection)
                self._renew(connection)
                results = [step(connection) for step, _ in waiting]
        except Exception:
            # One that fails must not take the others with it.
            for step, future in waiting:
                self._run_alone(step, future)
            return
        for (_, future), result in zip(waiting, results, strict=True):
            if future is not None:
                future.set_result(result)

    def _renew(self, connection: Connection) -> None:
        # Only when it is time: a transaction that writes nothing need not wait for the disk.
        now = time.monotonic()
        if now - self._renewed >= self._ledger.lease_seconds / BEATS_PER_LEASE:
            self._ledger.renew(connection)
            self._renewed = now

    def _run_alone(self, step: Step, future: "Future[Any] | None") -> None:
        try:
            with writing(self._engine) as connection:
                _alone(connection)
                result = step(connection)
        except Exception as error:
            if future is not None:
                future.set_exception(error)
            return
        if future is not None:
            future.set_result(result)


def _alone(connection: Connection) -> None:
    # On SQLite whoever writes is alone anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
