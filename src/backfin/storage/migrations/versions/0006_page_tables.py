"""Beside its text, a page keeps its tables and what nobody sees on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, empty: pages read before have neither."""
    op.add_column("pages", sa.Column("tables", sa.JSON()))
    op.add_column("pages", sa.Column("hidden", sa.Text()))


def downgrade() -> None:
    """Drops the columns; the texts stay."""
    op.drop_column("pages", "hidden")
    op.drop_column("pages", "tables")
