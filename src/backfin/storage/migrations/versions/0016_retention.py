"""What is no longer kept: texts and files of documents, and what the archive is to let go; and restores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ANSWER = "ix_raw_answers_content_id"
_ROW = "ix_announcements_raw_ref"


def upgrade() -> None:
    """Adds the table and the columns, and indexes by which a file's last reference is found."""
    op.create_table(
        "removals",
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("since_at", _TIME, nullable=False),
        sa.Column("going_at", _TIME),
        sa.PrimaryKeyConstraint("content_id", name="pk_removals"),
    )
    op.create_table(
        "restores",
        sa.Column("restored_at", _TIME, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("told_until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("restored_at", name="pk_restores"),
    )
    for name in ("text_gone_at", "file_gone_at"):
        op.add_column("documents", sa.Column(name, _TIME))
    op.create_index(_ANSWER, "raw_answers", ["content_id"])
    where = sa.text("raw_ref IS NOT NULL")
    op.create_index(_ROW, "announcements", ["raw_ref"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drops them; what was to go stays in the archive."""
    op.drop_index(_ROW, "announcements")
    op.drop_index(_ANSWER, "raw_answers")
    for name in ("file_gone_at", "text_gone_at"):
        op.drop_column("documents", name)
    for table in ("restores", "removals"):
        op.drop_table(table)
