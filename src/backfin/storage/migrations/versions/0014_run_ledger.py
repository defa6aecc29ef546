"""Runs that are paused, cancelled, and sent a window at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEX = "ix_run_items_run_id_state_touched_at"

#: An older version knows neither: it would leave such runs open for ever, and such items unsent.
_FORGET = (
    "UPDATE runs SET state = 'failed', error = 'cancelled' WHERE state IN ('paused', 'cancelling', 'cancelled')",
    "UPDATE run_items SET state = 'pending' WHERE state IN ('waiting', 'begun')",
    "UPDATE run_items SET state = 'failed', error = 'cancelled' WHERE state = 'cancelled'",
)


def upgrade() -> None:
    """Adds what a run's own message must know, the readings before and after it, and the index of its next items."""
    op.add_column("runs", sa.Column("turn", sa.Integer()))
    op.add_column("runs", sa.Column("fed_at", sa.DateTime(timezone=True)))
    op.add_column("run_items", sa.Column("before_id", sa.Text()))
    op.add_column("run_items", sa.Column("after_id", sa.Text()))
    op.create_index(_INDEX, "run_items", ["run_id", "state", "touched_at"])


def downgrade() -> None:
    """Drops them; what is paused or cancelled ends."""
    for statement in _FORGET:
        op.execute(statement)
    op.drop_index(_INDEX, "run_items")
    for name in ("after_id", "before_id"):
        op.drop_column("run_items", name)
    for name in ("fed_at", "turn"):
        op.drop_column("runs", name)
