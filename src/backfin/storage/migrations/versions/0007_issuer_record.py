"""What an issuer filed before is found by its kind, without opening the rows."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = "ix_announcements_isin_event_type_position"


def upgrade() -> None:
    """Adds the index."""
    op.create_index(_NAME, "announcements", ["isin", "event_type", "position"])


def downgrade() -> None:
    """Drops it."""
    op.drop_index(_NAME, "announcements")
