"""What is known of investors beside their names: identifiers, and the families and groups they belong to."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from backfin.storage.tables.book import investors
from backfin.storage.tables.schema import metadata
from backfin.storage.types import CleanText, UtcDateTime

#: One row for each identifier of an investor and place that states it. ``announcement_id`` is empty where somebody
#: wrote it down, ``said_by`` where a filing states it. Of a PAN there are the last four characters.
investor_identifiers = Table(
    "investor_identifiers",
    metadata,
    Column("investor_id", ForeignKey(investors.c.investor_id), primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("value", Text, primary_key=True, index=True),
    Column("announcement_id", Text, primary_key=True, index=True),
    Column("page", Integer),
    Column("quote", CleanText, nullable=False),
    Column("said_by", CleanText, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

#: One row for each membership of an investor and place that states it, as above. ``form`` is the label as compared.
#: A row of somebody with ``is_member`` false speaks against what filings state.
investor_memberships = Table(
    "investor_memberships",
    metadata,
    Column("investor_id", ForeignKey(investors.c.investor_id), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("form", CleanText, primary_key=True, index=True),
    Column("announcement_id", Text, primary_key=True, index=True),
    Column("label", CleanText, nullable=False),
    Column("relation", CleanText, nullable=False),
    Column("page", Integer),
    Column("quote", CleanText, nullable=False),
    Column("said_by", CleanText, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("is_member", Boolean, nullable=False),
)
