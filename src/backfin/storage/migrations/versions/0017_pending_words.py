"""On PostgreSQL, words of new announcements that every search has to read one by one are kept few."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_INDEX = "ix_announcements_search_vector"

#: KiB. PostgreSQL's own 4 MiB cost each search for a rare word a tenth of a second.
_LIMIT = 256


def upgrade() -> None:
    """Limits the list, and puts what is in it into the index."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {_INDEX} SET (gin_pending_list_limit = {_LIMIT})")
        op.execute(f"SELECT gin_clean_pending_list('{_INDEX}')")


def downgrade() -> None:
    """Leaves the limit to PostgreSQL."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX {_INDEX} RESET (gin_pending_list_limit)")
