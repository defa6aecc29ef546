"""Workers tell of themselves, and queues, exchanges, hosts and workers can be paused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_FAILED = "ix_announcements_failed_step_position"
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds both tables, and an index by which the announcements that failed are found."""
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("parent_pid", sa.Integer(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("beat_at", _TIME, nullable=False),
        sa.Column("progress_at", _TIME, nullable=False),
        sa.Column("running", sa.JSON(), nullable=False),
        sa.Column("done", _BIG, nullable=False),
        sa.Column("failed", _BIG, nullable=False),
        sa.Column("memory_bytes", _BIG),
        sa.Column("fault", sa.Text()),
        sa.Column("wish", sa.Text()),
        sa.PrimaryKeyConstraint("worker_id", name="pk_workers"),
    )
    op.create_index("ix_workers_beat_at", "workers", ["beat_at"])
    op.create_table(
        "pauses",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("paused_at", _TIME, nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("target", name="pk_pauses"),
    )
    where = sa.text("failed_step IS NOT NULL")
    op.create_index(
        _FAILED, "announcements", ["failed_step", "position"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    """Drops them; an older version pauses nothing."""
    op.drop_index(_FAILED, "announcements")
    op.drop_table("pauses")
    op.drop_index("ix_workers_beat_at", "workers")
    op.drop_table("workers")
