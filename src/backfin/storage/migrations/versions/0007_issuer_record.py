"""What an issuer filed before, and of which kind, is told by an index alone."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME, _SHORTER = "ix_announcements_isin_position_event_type", "ix_announcements_isin_position"


def upgrade() -> None:
    """Puts an index that holds the kind as well in the place of the shorter one."""
    op.create_index(_NAME, "announcements", ["isin", "position", "event_type"])
    op.drop_index(_SHORTER, "announcements")


def downgrade() -> None:
    """Puts the shorter one back."""
    op.create_index(_SHORTER, "announcements", ["isin", "position"])
    op.drop_index(_NAME, "announcements")
