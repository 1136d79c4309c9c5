"""Keeps runs: takes what a run plans, writes and proves, and gives it back as frozen records."""

from typing import TYPE_CHECKING

from devmatrix.storage.glance import seconds_per_task
from devmatrix.storage.records import (
    DEFAULT_WORKSPACE,
    AcceptedCode,
    AtomRecord,
    AttemptRecord,
    EventRecord,
    EvidenceRecord,
    RunRecord,
    RunStatus,
    StoredRun,
    TaskRecord,
)

if TYPE_CHECKING:
    from devmatrix.storage.opening import open_store
    from devmatrix.storage.store import RunStore

__all__ = [
    "DEFAULT_WORKSPACE",
    "AcceptedCode",
    "AtomRecord",
    "AttemptRecord",
    "EventRecord",
    "EvidenceRecord",
    "RunRecord",
    "RunStatus",
    "RunStore",
    "StoredRun",
    "TaskRecord",
    "open_store",
    "seconds_per_task",
]


def __getattr__(name: str) -> object:
    # SQLAlchemy takes a third of a second to import: only those who open a store pay for it.
    if name == "open_store":
        from devmatrix.storage.opening import open_store

        return open_store
    if name == "RunStore":
        from devmatrix.storage.store import RunStore

        return RunStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
