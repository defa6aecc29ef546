"""Slots say when their message was sent, so that a claim that came to nothing can be taken again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; claims that were made before count as sent."""
    op.add_column("slots", sa.Column("sent_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE slots SET sent_at = claimed_at")


def downgrade() -> None:
    """Drops the column."""
    op.drop_column("slots", "sent_at")
