"""What is told together, what is held back by limits of a watch, and what is sent again by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)

_INDEXES = {
    "ix_deliveries_filing_id": (["filing_id"], None),
    "ix_deliveries_told_by": (["told_by"], "told_by IS NOT NULL"),
    "ix_deliveries_watch_id_address_sent_at": (["watch_id", "address", "sent_at"], "sent_at IS NOT NULL"),
}

#: An older version knows neither: what is held back, what is muted, and what the message of another tells.
_FORGET = (
    "UPDATE deliveries SET state = 'expired' WHERE held_until IS NOT NULL AND state = 'collected' "
    "AND digest_id IS NULL",
    "UPDATE deliveries SET state = 'expired' WHERE state = 'muted'",
    "UPDATE deliveries SET state = 'expired' WHERE told_by IS NOT NULL AND state IN ('pending', 'sending')",
)


def upgrade() -> None:
    """Adds the columns, and indexes for what is told together and how much a watch told its address."""
    op.add_column("watches", sa.Column("limits", sa.JSON()))
    op.add_column("watches", sa.Column("muted_until", _TIME))
    op.add_column("deliveries", sa.Column("told_by", sa.Text()))
    op.add_column("deliveries", sa.Column("held_until", _TIME))
    op.add_column("deliveries", sa.Column("resends", sa.Integer(), nullable=False, server_default="0"))
    for name, (columns, condition) in _INDEXES.items():
        where = None if condition is None else sa.text(condition)
        op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drops them; what is held back or would be told by another message is expired."""
    for statement in _FORGET:
        op.execute(statement)
    for name in _INDEXES:
        op.drop_index(name, "deliveries")
    for name in ("resends", "held_until", "told_by"):
        op.drop_column("deliveries", name)
    for name in ("muted_until", "limits"):
        op.drop_column("watches", name)
