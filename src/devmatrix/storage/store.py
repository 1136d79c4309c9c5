"""The store of runs. One transaction per call; what is saved again under the same key replaces what was there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Engine, Select, delete, func, insert, inspect, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from devmatrix.errors import UserError
from devmatrix.events import Event as RunEvent
from devmatrix.storage.engine import reading, writing
from devmatrix.storage.faces import AtomFace, Dumps, EvidenceFace, PlanFace
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
from devmatrix.storage.tables import Atom, Attempt, Base, Event, Evidence, Run, Task

R = TypeVar("R", bound=BaseModel)

_HASHES_PER_QUERY = 500
"""SQLite takes at most 999 parameters in older builds."""


class RunStore:
    """What is known of every run. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def start_run(self, run: RunRecord) -> None:
        """Keep a new run. RunError when its id is taken."""
        with writing(self.engine) as connection:
            connection.execute(insert(Run).values(**run.model_dump()))

    def save_plan(self, run_id: str, document: Dumps, plan: PlanFace) -> None:
        """Keep what is wanted and who does what."""
        tasks = [
            {
                "run_id": run_id,
                "id": task.id,
                "position": position,
                "milestone_id": milestone.id,
                "title": task.title,
                "files": list(task.files),
                "depends_on": list(task.depends_on),
                "requirement_ids": list(task.requirement_ids),
            }
            for position, (milestone, task) in enumerate(
                (milestone, task) for milestone in plan.milestones for task in milestone.tasks
            )
        ]
        documents = {"document": document.model_dump(mode="json"), "plan": plan.model_dump(mode="json")}
        with writing(self.engine) as connection:
            _change(connection, run_id, documents)
            connection.execute(delete(Task).where(Task.run_id == run_id))
            _save(connection, Task, tasks)

    def save_atoms(self, run_id: str, atoms: Iterable[AtomFace]) -> None:
        """Keep the atoms, in their order."""
        rows = [
            {
                "run_id": run_id,
                "id": atom.id,
                "position": position,
                "task_id": atom.task_id,
                "kind": str(atom.contract.kind),
                "content_hash": atom.content_hash,
                "requirement_ids": list(atom.requirement_ids),
                "depends_on": list(atom.depends_on),
                "contract": atom.contract.model_dump(mode="json"),
            }
            for position, atom in enumerate(atoms)
        ]
        with writing(self.engine) as connection:
            _lock_run(connection, run_id)
            _save(connection, Atom, rows)

    def save_attempts(self, run_id: str, attempts: Iterable[AttemptRecord]) -> None:
        """Keep attempts at atoms that are saved; one attempt saved twice (after a crash) is kept once."""
        rows = [{"run_id": run_id, **attempt.model_dump()} for attempt in attempts]
        with writing(self.engine) as connection:
            _lock_run(connection, run_id)
            _save(connection, Attempt, rows)

    def save_evidence(self, run_id: str, evidence: Iterable[EvidenceFace]) -> None:
        """Keep what was executed and what came out, after what is there already."""
        rows = [
            {
                "level": int(entry.level),
                "check": entry.check,
                "subject": entry.subject,
                "passed": entry.passed,
                "content_hash": entry.content_hash,
                "at": entry.at,
                "seconds": entry.seconds,
                "findings": [finding.model_dump(mode="json") for finding in entry.findings],
                "detail": entry.detail,
            }
            for entry in evidence
        ]
        with writing(self.engine) as connection:
            _append(connection, Evidence, run_id, rows)

    def append_events(self, run_id: str, events: Iterable[RunEvent]) -> int:
        """Keep events as they happened; gives the sequence of the last one (0: there is none yet)."""
        rows = [{"type": event.type, "at": event.at, "event": event.model_dump(mode="json")} for event in events]
        with writing(self.engine) as connection:
            return _append(connection, Event, run_id, rows)

    def set_status(self, run_id: str, status: RunStatus) -> None:
        """Say where a run stands that has not ended."""
        with writing(self.engine) as connection:
            _change(connection, run_id, {"status": status})

    def finish_run(
        self,
        run_id: str,
        status: RunStatus,
        report: Dumps | None = None,
        *,
        title: str | None = None,
        seconds: float = 0.0,
        cost_usd: float = 0.0,
    ) -> None:
        """End a run. `report` is none where the run ended before there was anything to report."""
        values: dict[str, Any] = {"status": status, "seconds": seconds, "cost_usd": cost_usd}
        values |= {"finished_at": datetime.now(UTC), "report": report and report.model_dump(mode="json")}
        if title is not None:
            values["title"] = title
        with writing(self.engine) as connection:
            _change(connection, run_id, values)

    def runs(self, limit: int = 50, offset: int = 0, *, workspace_id: str = DEFAULT_WORKSPACE) -> tuple[RunRecord, ...]:
        """Runs of a workspace, newest first."""
        query = (
            select(*_columns(RunRecord, Run))
            .where(Run.workspace_id == workspace_id)
            .order_by(Run.created_at.desc(), Run.id)
            .limit(limit)
            .offset(offset)
        )
        return self._read(RunRecord, query)

    def seconds_per_task(self, limit: int = 20) -> tuple[float, ...]:
        """What the latest runs that ended with a report took per task of their plan: the history to estimate from."""
        tasks = select(func.count()).where(Task.run_id == Run.id).scalar_subquery()
        query = (
            select(Run.seconds, tasks)
            .where(Run.status.in_((RunStatus.SUCCEEDED, RunStatus.INCOMPLETE)), tasks > 0)
            .order_by(Run.created_at.desc())
            .limit(limit)
        )
        with reading(self.engine) as connection:
            return tuple(seconds / count for seconds, count in connection.execute(query))

    def run(self, prefix: str, *, workspace_id: str = DEFAULT_WORKSPACE) -> StoredRun:
        """The run whose id is, or alone starts with, `prefix`. UserError when there is none or more than one."""
        if not prefix:
            raise UserError("no run is named", mend="`devmatrix runs` lists them")
        starts = func.substr(Run.id, 1, len(prefix)) == prefix
        here = Run.workspace_id == workspace_id
        with reading(self.engine) as connection:
            ids = connection.scalars(select(Run.id).where(here, starts).order_by(Run.id)).all()
        if prefix in ids:
            ids = [prefix]
        if not ids:
            raise UserError(f"there is no run {prefix!r}", mend="`devmatrix runs` lists them")
        if len(ids) > 1:
            shown = ", ".join(ids[:5]) + (", ..." if len(ids) > 5 else "")
            raise UserError(f"{len(ids)} runs start with {prefix!r}: {shown}", mend="give more of the id")
        return self._read(StoredRun, select(*_columns(StoredRun, Run)).where(here, Run.id == ids[0]))[0]

    def tasks(self, run_id: str) -> tuple[TaskRecord, ...]:
        """The tasks of a run, in the plan's order."""
        query = select(*_columns(TaskRecord, Task)).where(Task.run_id == run_id).order_by(Task.position)
        return self._read(TaskRecord, query)

    def atoms(self, run_id: str) -> tuple[AtomRecord, ...]:
        """The atoms of a run, in order of dependency, with how far each got."""
        tried = (
            select(
                Attempt.atom_id,
                func.count().label("attempts"),
                func.max(Attempt.author).filter(Attempt.accepted == true()).label("author"),
            )
            .where(Attempt.run_id == run_id)
            .group_by(Attempt.atom_id)
            .subquery()
        )
        own = [getattr(Atom, name) for name in AtomRecord.model_fields if hasattr(Atom, name)]
        query = (
            select(
                *own,
                func.coalesce(tried.c.attempts, 0).label("attempts"),
                tried.c.author.is_not(None).label("accepted"),
                tried.c.author,
            )
            .outerjoin_from(Atom, tried, Atom.id == tried.c.atom_id)
            .where(Atom.run_id == run_id)
            .order_by(Atom.position)
        )
        return self._read(AtomRecord, query)

    def attempts(self, run_id: str, atom_id: str | None = None) -> tuple[AttemptRecord, ...]:
        """The attempts at one atom, or at all atoms of a run, by atom and number."""
        chosen = Attempt.atom_id == atom_id if atom_id is not None else true()
        query = (
            select(*_columns(AttemptRecord, Attempt))
            .where(Attempt.run_id == run_id, chosen)
            .order_by(Attempt.atom_id, Attempt.number)
        )
        return self._read(AttemptRecord, query)

    def accepted_code(self, content_hashes: Sequence[str]) -> Mapping[str, AcceptedCode]:
        """Code accepted earlier for the same questions: content hash -> the newest such code."""
        found: dict[str, AcceptedCode] = {}
        for start in range(0, len(content_hashes), _HASHES_PER_QUERY):
            some = content_hashes[start : start + _HASHES_PER_QUERY]
            query = (
                select(*_columns(AcceptedCode, Attempt))
                .where(Attempt.content_hash.in_(some), Attempt.accepted == true())
                .order_by(Attempt.at)
            )
            found |= {code.content_hash: code for code in self._read(AcceptedCode, query)}
        return found

    def evidence(self, run_id: str) -> tuple[EvidenceRecord, ...]:
        """All evidence of a run, in the order of saving."""
        query = select(*_columns(EvidenceRecord, Evidence)).where(Evidence.run_id == run_id).order_by(Evidence.sequence)
        return self._read(EvidenceRecord, query)

    def events(self, run_id: str, after: int = 0) -> tuple[EventRecord, ...]:
        """The events of a run whose sequence is greater than `after`, in order."""
        query = (
            select(*_columns(EventRecord, Event))
            .where(Event.run_id == run_id, Event.sequence > after)
            .order_by(Event.sequence)
        )
        return self._read(EventRecord, query)

    def _read(self, record: type[R], query: Select[Any]) -> tuple[R, ...]:
        with reading(self.engine) as connection:
            return tuple(record.model_validate(dict(row)) for row in connection.execute(query).mappings())


def _columns(record: type[BaseModel], table: type[Base]) -> list[ColumnElement[Any]]:
    return [getattr(table, name) for name in record.model_fields]


def _save(connection: Connection, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = upsert(table)
    keys = [column.name for column in inspect(table).primary_key]
    values = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values), list(rows))


def _append(
    connection: Connection, table: type[Evidence] | type[Event], run_id: str, rows: list[dict[str, Any]]
) -> int:
    # The lock on the run makes writers take turns, so that no reader sees n + 1 before n.
    _lock_run(connection, run_id)
    last = connection.scalar(select(func.max(table.sequence)).where(table.run_id == run_id)) or 0
    numbered = [{"run_id": run_id, "sequence": last + number, **row} for number, row in enumerate(rows, start=1)]
    _save(connection, table, numbered)
    return last + len(rows)


def _lock_run(connection: Connection, run_id: str) -> None:
    if connection.scalar(select(Run.id).where(Run.id == run_id).with_for_update()) is None:
        raise UserError(f"there is no run {run_id!r}", mend="`devmatrix runs` lists them")


def _change(connection: Connection, run_id: str, values: Mapping[str, Any]) -> None:
    _lock_run(connection, run_id)
    connection.execute(update(Run).where(Run.id == run_id).values(**values))
