"""Investors have identifiers, and belong to families and groups."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_IDENTIFIERS, _MEMBERSHIPS = "investor_identifiers", "investor_memberships"
_INDEXED = ((_IDENTIFIERS, "value"), (_MEMBERSHIPS, "form"))


def upgrade() -> None:
    """Makes both tables; they fill as filings are read."""
    op.create_table(
        _IDENTIFIERS,
        sa.Column("investor_id", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        *_place(),
        *_keys(_IDENTIFIERS, "scheme", "value"),
    )
    op.create_table(
        _MEMBERSHIPS,
        sa.Column("investor_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        *_place(),
        sa.Column("is_member", sa.Boolean(), nullable=False),
        *_keys(_MEMBERSHIPS, "kind", "form"),
    )
    for table, column in _INDEXED:
        for name in (column, "announcement_id"):
            op.create_index(f"ix_{table}_{name}", table, [name])


def downgrade() -> None:
    """Drops them."""
    for table in (_MEMBERSHIPS, _IDENTIFIERS):
        op.drop_table(table)


def _place() -> list[sa.Column[Any]]:
    return [
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer()),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _keys(table: str, *columns: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("investor_id", *columns, "announcement_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["investor_id"], ["investors.investor_id"], name=f"fk_{table}_investor_id_investors"
        ),
    ]
