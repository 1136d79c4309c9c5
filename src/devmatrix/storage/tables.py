"""The tables. A change here needs a revision in migrations/versions; a test compares the two."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, ForeignKeyConstraint, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from devmatrix.storage.columns import JsonText, PlainText, UtcDateTime

REVISION = "0001"
"""The newest of the revisions in migrations/versions: what these tables are."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
}
"""Every constraint has a name, so that a later migration can drop it."""

KEY = 500
"""Longest id of an atom, a task, a check: longer than any path that a project may have in practice."""


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: PlainText(), float: Double(), datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own protocol


class Run(Base):
    """One passage of the pipeline. The documents are large and only read for one run at a time."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_workspace_id_created_at", "workspace_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(String(64), server_default="default")
    request: Mapped[str]
    title: Mapped[str]
    stack: Mapped[str]
    out: Mapped[str]
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    seconds: Mapped[float]
    cost_usd: Mapped[float]
    devmatrix_version: Mapped[str]
    document: Mapped[Any | None] = mapped_column(JsonText)
    plan: Mapped[Any | None] = mapped_column(JsonText)
    report: Mapped[Any | None] = mapped_column(JsonText)


def _run_id() -> Mapped[str]:
    return mapped_column(String(64), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


class Task(Base):
    """One task of a run's plan."""

    __tablename__ = "tasks"

    run_id: Mapped[str] = _run_id()
    id: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    position: Mapped[int]
    milestone_id: Mapped[str]
    title: Mapped[str]
    files: Mapped[Any] = mapped_column(JsonText)
    depends_on: Mapped[Any] = mapped_column(JsonText)
    requirement_ids: Mapped[Any] = mapped_column(JsonText)


class Atom(Base):
    """One atom of a run. Whether it is accepted, and by whom it was written, its attempts say."""

    __tablename__ = "atoms"

    run_id: Mapped[str] = _run_id()
    id: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    position: Mapped[int]
    task_id: Mapped[str] = mapped_column(String(KEY))
    kind: Mapped[str] = mapped_column(String(20))
    content_hash: Mapped[str] = mapped_column(String(64))
    requirement_ids: Mapped[Any] = mapped_column(JsonText)
    depends_on: Mapped[Any] = mapped_column(JsonText)
    contract: Mapped[Any] = mapped_column(JsonText)


class Attempt(Base):
    """One candidate for one atom. The index finds accepted code for a question again, in any run."""

    __tablename__ = "attempts"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "atom_id"], ["atoms.run_id", "atoms.id"], ondelete="CASCADE"),
        Index("ix_attempts_content_hash_accepted", "content_hash", "accepted"),
    )

    run_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    atom_id: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author: Mapped[str] = mapped_column(String(40))
    accepted: Mapped[bool]
    content_hash: Mapped[str] = mapped_column(String(64))
    code: Mapped[str]
    imports: Mapped[Any] = mapped_column(JsonText)
    findings: Mapped[Any] = mapped_column(JsonText)
    cost_usd: Mapped[float]
    tokens: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    at: Mapped[datetime]


class Evidence(Base):
    """One executed check of a run, in the order of saving."""

    __tablename__ = "evidence"

    run_id: Mapped[str] = _run_id()
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[int]
    check: Mapped[str]
    subject: Mapped[str]
    passed: Mapped[bool]
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    seconds: Mapped[float]
    findings: Mapped[Any] = mapped_column(JsonText)
    detail: Mapped[str]


class Event(Base):
    """One event of a run. The sequence is per run and gapless: a reader who goes on after n misses nothing."""

    __tablename__ = "events"

    run_id: Mapped[str] = _run_id()
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    event: Mapped[Any] = mapped_column(JsonText)
