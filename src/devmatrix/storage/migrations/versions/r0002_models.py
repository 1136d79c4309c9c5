"""Answers of language models, who is asking, the bill, and what caps are compared with."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = 500
TOKENS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")


def upgrade() -> None:
    """Make the tables."""
    _replies()
    _claims()
    _charges()
    _totals()


def downgrade() -> None:
    """Drop them."""
    for table in ("model_totals", "model_charges", "model_claims", "model_replies"):
        op.drop_table(table)


def _column(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Text(), nullable=False)


def _counts(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(_column(name, sa.BigInteger()) for name in names)


def _moment(name: str) -> sa.Column[Any]:
    return _column(name, sa.DateTime(timezone=True))


def _purpose() -> tuple[sa.Column[Any], ...]:
    return (
        _column("run_id", sa.String(64)),
        _column("workspace_id", sa.String(64)),
        _column("task_id", sa.String(KEY)),
        _column("atom_id", sa.String(KEY)),
        _column("attempt", sa.Integer()),
    )


def _replies() -> None:
    op.create_table(
        "model_replies",
        _column("key", sa.String(64)),
        *(_column(name) for name in ("model", "prompt", "text")),
        _column("stop", sa.String(20)),
        *_counts(*TOKENS, "nano_usd"),
        _column("seconds", sa.Double()),
        _moment("at"),
        sa.PrimaryKeyConstraint("key", name="pk_model_replies"),
    )


def _claims() -> None:
    op.create_table(
        "model_claims",
        _column("key", sa.String(64)),
        _column("owner"),
        _moment("lease_until"),
        *_purpose(),
        _column("model"),
        _column("day", sa.String(10)),
        *_counts("nano_usd", "tokens"),
        sa.PrimaryKeyConstraint("key", name="pk_model_claims"),
    )


def _charges() -> None:
    op.create_table(
        "model_charges",
        _column("id", sa.Integer()),
        _column("kind", sa.String(20)),
        _column("key", sa.String(64)),
        *_purpose(),
        _column("model"),
        *_counts(*TOKENS, "nano_usd"),
        _column("seconds", sa.Double()),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_model_charges"),
    )
    op.create_index("ix_model_charges_run_id", "model_charges", ["run_id"])


def _totals() -> None:
    op.create_table(
        "model_totals",
        _column("scope", sa.String(100)),
        *_counts("reserved_nano_usd", "reserved_tokens", "reserved_calls"),
        *_counts("spent_nano_usd", "spent_tokens", "spent_calls"),
        _column("seconds", sa.Double()),
        _moment("seen_at"),
        sa.PrimaryKeyConstraint("scope", name="pk_model_totals"),
    )
