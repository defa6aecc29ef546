"""Steps have breakers, as services of models had, and the tries of an announcement that went wrong are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes both tables. How services fare at this moment is found out anew."""
    op.drop_table("model_services")
    op.create_table(
        "breakers",
        sa.Column("name", sa.Text(), nullable=False),
        *_state(),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_breakers"),
    )
    op.create_table(
        "item_tries",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_item_tries"),
    )
    op.create_index("ix_item_tries_announcement_id", "item_tries", ["announcement_id"])
    op.create_index("ix_item_tries_at", "item_tries", ["at"])


def downgrade() -> None:
    """Drops them; an older version knows the breakers of services alone."""
    op.drop_index("ix_item_tries_at", "item_tries")
    op.drop_index("ix_item_tries_announcement_id", "item_tries")
    op.drop_table("item_tries")
    op.drop_table("breakers")
    op.create_table(
        "model_services",
        sa.Column("service", sa.Text(), nullable=False),
        *_state(),
        sa.PrimaryKeyConstraint("service", name="pk_model_services"),
    )


def _state() -> list[sa.Column[object]]:
    return [
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("closed_until_s", sa.Float(53), nullable=False),
        sa.Column("closures", sa.Integer(), nullable=False),
        sa.Column("is_probed", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    ]
