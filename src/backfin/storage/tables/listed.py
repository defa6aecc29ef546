"""Listed companies and the codes exchanges give them."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Table, Text

from backfin.storage.tables.schema import metadata
from backfin.storage.types import CleanText, UtcDateTime

issuers = Table(
    "issuers",
    metadata,
    Column("isin", Text, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("status", Text, nullable=False),
    Column("industry", CleanText),
    Column("face_value", CleanText),
)

issuer_codes = Table(
    "issuer_codes",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", CleanText, primary_key=True),
    Column("isin", ForeignKey(issuers.c.isin), primary_key=True, index=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
)

issuer_refreshes = Table(
    "issuer_refreshes",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
