"""The tables. A change here needs a revision in migrations/versions; a test compares the two."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, ForeignKeyConstraint, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from devmatrix.storage.columns import JsonText, PlainText, UtcDateTime

REVISION = "0002"
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


class ModelReply(Base):
    """The answer of a language model to one question: what was paid for once. It outlives the run that paid."""

    __tablename__ = "model_replies"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    model: Mapped[str]
    prompt: Mapped[str]
    text: Mapped[Any] = mapped_column(JsonText)
    """As a JSON string, since it must come back byte for byte."""
    stop: Mapped[str] = mapped_column(String(20))
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_read_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    nano_usd: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    at: Mapped[datetime]


class ModelClaim(Base):
    """A question that somebody is asking just now, and what is set aside for it. Gone with the answer."""

    __tablename__ = "model_claims"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    run_id: Mapped[str] = mapped_column(String(64))
    workspace_id: Mapped[str] = mapped_column(String(64))
    task_id: Mapped[str] = mapped_column(String(KEY))
    atom_id: Mapped[str] = mapped_column(String(KEY))
    attempt: Mapped[int]
    model: Mapped[str]
    day: Mapped[str] = mapped_column(String(10))
    nano_usd: Mapped[int] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)


class ModelCharge(Base):
    """One line of the bill: a call that was paid, one that may have been, or an answer that was used again."""

    __tablename__ = "model_charges"
    __table_args__ = (Index("ix_model_charges_run_id", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[str] = mapped_column(String(64))
    workspace_id: Mapped[str] = mapped_column(String(64))
    task_id: Mapped[str] = mapped_column(String(KEY))
    atom_id: Mapped[str] = mapped_column(String(KEY))
    attempt: Mapped[int]
    model: Mapped[str]
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_read_tokens: Mapped[int] = mapped_column(BigInteger)
    cache_write_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    nano_usd: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    at: Mapped[datetime]


class ModelTotal(Base):
    """What is spent and set aside within one scope (a run, a workspace, a day): what caps are compared with."""

    __tablename__ = "model_totals"

    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    reserved_nano_usd: Mapped[int] = mapped_column(BigInteger)
    reserved_tokens: Mapped[int] = mapped_column(BigInteger)
    reserved_calls: Mapped[int] = mapped_column(BigInteger)
    spent_nano_usd: Mapped[int] = mapped_column(BigInteger)
    spent_tokens: Mapped[int] = mapped_column(BigInteger)
    spent_calls: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    seen_at: Mapped[datetime]
