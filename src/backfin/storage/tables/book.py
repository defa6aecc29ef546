"""Investors, the names they appear under, and where they were met."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from backfin.storage.tables.filings import announcements
from backfin.storage.tables.schema import metadata
from backfin.storage.types import CleanText, ExactDecimal, UtcDateTime

investors = Table(
    "investors",
    metadata,
    Column("investor_id", Text, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("normal_form", CleanText, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
)

#: ``folded`` is the name as compared: letters and digits only, lower case.
investor_names = Table(
    "investor_names",
    metadata,
    Column("investor_id", ForeignKey(investors.c.investor_id), primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("folded", CleanText, nullable=False, index=True),
)

mentions = Table(
    "mentions",
    metadata,
    Column("mention_id", Text, primary_key=True),
    Column("announcement_id", ForeignKey(announcements.c.announcement_id), nullable=False, index=True),
    Column("investor_id", ForeignKey(investors.c.investor_id), nullable=False, index=True),
    Column("name_as_written", CleanText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", CleanText, nullable=False),
    Column("quantity", ExactDecimal),
    Column("price_inr", ExactDecimal),
    Column("amount_inr", ExactDecimal),
    Column("pct", ExactDecimal),
    Column("page", Integer),
    Column("quote", CleanText, nullable=False),
    Column("tier", Text, nullable=False),
    Column("explanation", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
