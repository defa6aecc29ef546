"""Matches are collected for a digest, and a digest is a delivery with a period."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OF_DIGEST, _OPEN = "ix_deliveries_digest_id", "ix_deliveries_watch_id_address_created_at"

#: An older version knows neither: what waits for a digest, and what must not be sent as an alert.
_FORGET = (
    "UPDATE deliveries SET state = 'expired' WHERE state = 'collected'",
    "UPDATE deliveries SET state = 'expired', due_at = NULL WHERE until_at IS NOT NULL AND state = 'pending'",
    "UPDATE deliveries SET state = 'unsure', due_at = NULL WHERE until_at IS NOT NULL AND state = 'sending'",
    "UPDATE watches SET cadence = 'instant' WHERE cadence = 'digest'",
)


def upgrade() -> None:
    """Adds the columns, and indexes for what waits for a digest and for what is in one."""
    op.add_column("watches", sa.Column("digest_at", sa.Text()))
    op.add_column("watches", sa.Column("digest_zone", sa.Text()))
    op.add_column("deliveries", sa.Column("digest_id", sa.Text()))
    op.add_column("deliveries", sa.Column("since_at", _TIME))
    op.add_column("deliveries", sa.Column("until_at", _TIME))
    _index_where(_OF_DIGEST, ["digest_id"], "digest_id IS NOT NULL")
    _index_where(_OPEN, ["watch_id", "address", "created_at"], "state = 'collected' AND digest_id IS NULL")


def downgrade() -> None:
    """Drops them; what waits for a digest is expired, and watches with one tell at once."""
    for statement in _FORGET:
        op.execute(statement)
    op.drop_index(_OPEN, "deliveries")
    op.drop_index(_OF_DIGEST, "deliveries")
    for name in ("until_at", "since_at", "digest_id"):
        op.drop_column("deliveries", name)
    for name in ("digest_zone", "digest_at"):
        op.drop_column("watches", name)


def _index_where(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)
