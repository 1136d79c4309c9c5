"""Runs, tasks, atoms, attempts, evidence, events."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = 500


def upgrade() -> None:
    """Make the tables."""
    _runs()
    _tasks()
    _atoms()
    _attempts()
    _evidence()
    _events()


def downgrade() -> None:
    """Drop them, the dependent ones first."""
    for table in ("events", "evidence", "attempts", "atoms", "tasks", "runs"):
        op.drop_table(table)


def _column(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Text(), nullable=False)


def _runs() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "runs",
        _column("id", sa.String(64)),
        sa.Column("workspace_id", sa.String(64), nullable=False, server_default="default"),
        _column("request"),
        _column("title"),
        _column("stack"),
        _column("out"),
        _column("status", sa.String(20)),
        _column("created_at", moment),
        sa.Column("finished_at", moment),
        _column("seconds", sa.Double()),
        _column("cost_usd", sa.Double()),
        _column("devmatrix_version"),
        sa.Column("document", sa.Text()),
        sa.Column("plan", sa.Text()),
        sa.Column("report", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_workspace_id_created_at", "runs", ["workspace_id", "created_at"])


def _of_a_run(table: str, *key: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("run_id", *key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=f"fk_{table}_runs", ondelete="CASCADE"),
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        _column("run_id", sa.String(64)),
        _column("id", sa.String(KEY)),
        _column("position", sa.Integer()),
        *(_column(name) for name in ("milestone_id", "title", "files", "depends_on", "requirement_ids")),
        *_of_a_run("tasks", "id"),
    )


def _atoms() -> None:
    op.create_table(
        "atoms",
        _column("run_id", sa.String(64)),
        _column("id", sa.String(KEY)),
        _column("position", sa.Integer()),
        _column("task_id", sa.String(KEY)),
        _column("kind", sa.String(20)),
        _column("content_hash", sa.String(64)),
        *(_column(name) for name in ("requirement_ids", "depends_on", "contract")),
        *_of_a_run("atoms", "id"),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        _column("run_id", sa.String(64)),
        _column("atom_id", sa.String(KEY)),
        _column("number", sa.Integer()),
        _column("author", sa.String(40)),
        _column("accepted", sa.Boolean()),
        _column("content_hash", sa.String(64)),
        *(_column(name) for name in ("code", "imports", "findings")),
        _column("cost_usd", sa.Double()),
        _column("tokens", sa.BigInteger()),
        _column("seconds", sa.Double()),
        _column("at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("run_id", "atom_id", "number", name="pk_attempts"),
        sa.ForeignKeyConstraint(
            ["run_id", "atom_id"], ["atoms.run_id", "atoms.id"], name="fk_attempts_atoms", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_attempts_content_hash_accepted", "attempts", ["content_hash", "accepted"])


def _evidence() -> None:
    op.create_table(
        "evidence",
        _column("run_id", sa.String(64)),
        _column("sequence", sa.Integer()),
        _column("level", sa.Integer()),
        _column("check"),
        _column("subject"),
        _column("passed", sa.Boolean()),
        _column("content_hash", sa.String(64)),
        _column("at", sa.DateTime(timezone=True)),
        _column("seconds", sa.Double()),
        _column("findings"),
        _column("detail"),
        *_of_a_run("evidence", "sequence"),
    )


def _events() -> None:
    op.create_table(
        "events",
        _column("run_id", sa.String(64)),
        _column("sequence", sa.Integer()),
        _column("type", sa.String(40)),
        _column("at", sa.DateTime(timezone=True)),
        _column("event"),
        *_of_a_run("events", "sequence"),
    )
