"""Names are found by keys, investors are joined by judgements, and doubtful ones wait for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

from backfin.investors.blocking import keys_of
from backfin.investors.candidates import key_number
from backfin.investors.names import normal_form

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_BY_SURVIVOR = "ix_investors_survivor_id"

#: Investors whose keys are made at once.
_BATCH = 1000

_INVESTORS = sa.table(
    "investors",
    sa.column("investor_id", sa.Text()),
    sa.column("normal_form", sa.Text()),
    sa.column("survivor_id", sa.Text()),
)
_NAMES = sa.table("investor_names", sa.column("investor_id", sa.Text()), sa.column("name", sa.Text()))


def upgrade() -> None:
    """Makes the tables, and the keys of every name that is there already; each investor survives alone."""
    op.add_column("investors", sa.Column("survivor_id", sa.Text()))
    keys = op.create_table(
        "investor_keys",
        sa.Column("key", _KEY, nullable=False, autoincrement=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "form", name="pk_investor_keys"),
        sqlite_with_rowid=False,
    )
    _fill(keys)
    with op.batch_alter_table("investors") as batch:
        batch.alter_column("survivor_id", existing_type=sa.Text(), nullable=False)
    op.create_index(_BY_SURVIVOR, "investors", ["survivor_id"])
    _make_links()
    _make_reviews()


def downgrade() -> None:
    """Drops them: what was joined comes apart, since mentions keep the investor they were met as."""
    for table in ("reviews", "investor_links", "investor_keys"):
        op.drop_table(table)
    op.drop_index(_BY_SURVIVOR, "investors")
    op.drop_column("investors", "survivor_id")


def _make_links() -> None:
    op.create_table(
        "investor_links",
        sa.Column("link_id", _KEY, nullable=False, autoincrement=False),
        sa.Column("one_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(53)),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("part_of", _KEY),
        sa.Column("undone_at", _TIME),
        sa.Column("undone_by", sa.Text()),
        sa.Column("undone_for", _KEY),
        sa.PrimaryKeyConstraint("link_id", name="pk_investor_links"),
        *_both("investor_links", "one_id", "other_id"),
    )
    for name in ("one_id", "other_id"):
        op.create_index(f"ix_investor_links_{name}", "investor_links", [name])


def _make_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", _KEY, nullable=False, autoincrement=False),
        sa.Column("known_id", sa.Text(), nullable=False),
        sa.Column("new_id", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(53), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        *(column for side in ("known", "new") for column in _evidence(side)),
        sa.PrimaryKeyConstraint("review_id", name="pk_reviews"),
        sa.UniqueConstraint("known_id", "new_id", name="uq_reviews_known_id_new_id"),
        *_both("reviews", "known_id", "new_id"),
    )
    op.create_index("ix_reviews_new_id", "reviews", ["new_id"])


def _evidence(side: str) -> list[sa.Column[Any]]:
    return [
        sa.Column(f"{side}_name", sa.Text(), nullable=False),
        sa.Column(f"{side}_announcement_id", sa.Text()),
        sa.Column(f"{side}_page", sa.Integer()),
        sa.Column(f"{side}_quote", sa.Text(), nullable=False),
    ]


def _both(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], ["investors.investor_id"], name=f"fk_{table}_{name}_investors")
        for name in columns
    ]


def _fill(keys: sa.Table) -> None:
    connection = op.get_bind()
    connection.execute(sa.update(_INVESTORS).values(survivor_id=_INVESTORS.c.investor_id))
    stored: dict[str, str] = {}
    read_as: dict[str, set[str]] = {}
    for key, form in connection.execute(sa.select(_INVESTORS.c.investor_id, _INVESTORS.c.normal_form)):
        stored[key], read_as[key] = form, {form}
    for key, name in connection.execute(sa.select(_NAMES.c.investor_id, _NAMES.c.name)):
        read_as[key].add(normal_form(name))
    for part in _parts(sorted(stored)):
        rows = {(key_number(k), stored[key]) for key in part for form in read_as[key] for k in keys_of(form)}
        if rows:
            ignore = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            values = [{"key": k, "form": form} for k, form in sorted(rows)]
            connection.execute(ignore(keys).on_conflict_do_nothing(), values)


def _parts(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
