"""Investors say which rules of comparing they were held against all others by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; of those that are there nobody knows, so `backfin investor compare` takes all of them."""
    op.add_column("investors", sa.Column("compared_by", sa.Integer()))


def downgrade() -> None:
    """Drops it; what was linked stays linked."""
    op.drop_column("investors", "compared_by")
