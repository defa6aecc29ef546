"""Who wants to know what, and what they were told."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from backfin.storage.tables.filings import announcements
from backfin.storage.tables.schema import index_where, metadata
from backfin.storage.types import BigKey, CleanText, Json, UtcDateTime

watches = Table(
    "watches",
    metadata,
    Column("watch_id", Text, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("addresses", Json, nullable=False),
    Column("phase", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("digest_at", Text),
    Column("digest_zone", Text),
    Column("limits", Json),
    Column("muted_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

#: How often a table was changed, for those who keep a copy of it.
revisions = Table(
    "revisions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", BigKey, nullable=False),
)

#: A watch may be removed; its deliveries stay, so ``watch_id`` refers to nothing.
deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", Text, primary_key=True),
    Column("watch_id", Text, nullable=False),
    Column("announcement_id", ForeignKey(announcements.c.announcement_id), nullable=False, index=True),
    Column("filing_id", Text, nullable=False, index=True),
    Column("phase", Text, nullable=False),
    Column("address", CleanText, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("error", CleanText),
    Column("receipt", Json),
    Column("digest_id", Text),
    Column("since_at", UtcDateTime),
    Column("until_at", UtcDateTime),
    Column("told_by", Text),
    Column("held_until", UtcDateTime),
    Column("resends", Integer, nullable=False, server_default="0"),
    UniqueConstraint("watch_id", "filing_id", "phase", "address"),
)
index_where(deliveries, "due_at IS NOT NULL", "due_at")
index_where(deliveries, "digest_id IS NOT NULL", "digest_id")
index_where(deliveries, "told_by IS NOT NULL", "told_by")
index_where(deliveries, "sent_at IS NOT NULL", "watch_id", "address", "sent_at")
index_where(deliveries, "state = 'collected' AND digest_id IS NULL", "watch_id", "address", "created_at")

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", ForeignKey(deliveries.c.delivery_id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("error", CleanText),
)
