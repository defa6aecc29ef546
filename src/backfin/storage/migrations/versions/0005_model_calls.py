"""What models were asked, what they said, and how their services fare."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DECIMAL = sa.Text().with_variant(sa.Numeric(), "postgresql")


def upgrade() -> None:
    """Creates the tables."""
    _create_model_calls()
    _create_model_services()


def downgrade() -> None:
    """Drops the tables, with their rows."""
    op.drop_table("model_services")
    op.drop_table("model_calls")


def _create_model_calls() -> None:
    texts = ("key", "service", "model", "announcement_id", "question", "prompt_set", "prompt_version")
    op.create_table(
        "model_calls",
        sa.Column("call_id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("outcome", "reply", "error")),
        sa.Column("input_tokens", _BIG, nullable=False),
        sa.Column("output_tokens", _BIG, nullable=False),
        sa.Column("cost_usd", _DECIMAL, nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_model_calls"),
    )
    for column in ("key", "announcement_id", "at"):
        op.create_index(f"ix_model_calls_{column}", "model_calls", [column])


def _create_model_services() -> None:
    op.create_table(
        "model_services",
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("closed_until_s", sa.Float(53), nullable=False),
        sa.Column("closures", sa.Integer, nullable=False),
        sa.Column("is_probed", sa.Boolean, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("service", name="pk_model_services"),
    )
