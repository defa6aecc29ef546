"""Who wants to know what, and the work of finding out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)

#: In an order in which each table finds those it refers to.
_TABLES = (
    "watches",
    "revisions",
    "deliveries",
    "attempts",
    "runs",
    "run_items",
    "gaps",
    "slots",
    "watermarks",
    "raw_answers",
    "secrets",
    "hosts",
)


def upgrade() -> None:
    """Creates the tables."""
    _create_watches()
    _create_revisions()
    _create_deliveries()
    _create_attempts()
    _create_runs()
    _create_run_items()
    _create_gaps()
    _create_slots()
    _create_watermarks()
    _create_raw_answers()
    _create_secrets()
    _create_hosts()


def downgrade() -> None:
    """Drops the tables, with their rows."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _index_where(table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    name = f"ix_{table}_{'_'.join(columns)}"
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _create_watches() -> None:
    op.create_table(
        "watches",
        sa.Column("watch_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("watch_id", name="pk_watches"),
    )


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_revisions"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("watch_id", sa.Text(), nullable=False),
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("filing_id", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME),
        sa.Column("due_at", _TIME),
        sa.Column("error", sa.Text()),
        sa.Column("receipt", sa.JSON()),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.announcement_id"],
            name="fk_deliveries_announcement_id_announcements",
        ),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "watch_id", "filing_id", "phase", "address", name="uq_deliveries_watch_id_filing_id_phase_address"
        ),
    )
    op.create_index("ix_deliveries_announcement_id", "deliveries", ["announcement_id"])
    _index_where("deliveries", ["due_at"], "due_at IS NOT NULL")
    op.create_index("ix_deliveries_state", "deliveries", ["state"])


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name="fk_attempts_delivery_id_deliveries"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_attempts"),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text()),
        sa.Column("day", sa.Date()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME),
        sa.Column("expected", sa.Integer()),
        sa.Column("seen", sa.Integer()),
        sa.Column("new", sa.Integer()),
        sa.Column("pages", sa.Integer()),
        sa.Column("selected", sa.Integer()),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
    )
    op.create_index("ix_runs_kind_run_id", "runs", ["kind", "run_id"])


def _create_run_items() -> None:
    op.create_table(
        "run_items",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("touched_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_run_items_run_id_runs"),
        sa.PrimaryKeyConstraint("run_id", "item", name="pk_run_items"),
    )


def _create_gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("healed_at", _TIME),
        sa.PrimaryKeyConstraint("exchange", "day", name="pk_gaps"),
    )


def _create_slots() -> None:
    op.create_table(
        "slots",
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("slot", _TIME, nullable=False),
        sa.Column("claimed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("schedule", "slot", name="pk_slots"),
    )


def _create_watermarks() -> None:
    op.create_table(
        "watermarks",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("exchange", name="pk_watermarks"),
    )


def _create_raw_answers() -> None:
    op.create_table(
        "raw_answers",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_raw_answers_run_id_runs"),
        sa.PrimaryKeyConstraint("run_id", "page", "content_id", name="pk_raw_answers"),
    )
    op.create_index("ix_raw_answers_exchange_day", "raw_answers", ["exchange", "day"])


def _create_secrets() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )


def _create_hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("next_s", sa.Float(53), nullable=False),
        sa.Column("cool_until_s", sa.Float(53), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
