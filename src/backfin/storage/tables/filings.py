"""What an exchange published: announcements, their documents and how they were read."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, column, table

from backfin.storage.tables.schema import index_where, metadata
from backfin.storage.types import BigKey, CleanText, ExactDecimal, Json, UtcDateTime

#: ``position`` grows with the time of dissemination, so "newest first" is the order of the primary key.
announcements = Table(
    "announcements",
    metadata,
    Column("position", BigKey, primary_key=True, autoincrement=False),
    Column("announcement_id", Text, nullable=False, unique=True),
    Column("exchange", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("isin", Text),
    Column("scrip_code", Text),
    Column("symbol", Text),
    Column("issuer_name", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("headline", CleanText, nullable=False),
    Column("body", CleanText, nullable=False),
    Column("exchange_category", CleanText),
    Column("exchange_subcategory", CleanText),
    Column("is_critical", Boolean, nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("disseminated_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("attachments", Json, nullable=False),
    Column("xbrl_url", CleanText),
    Column("page_url", CleanText),
    Column("recording_url", CleanText),
    Column("raw", Json, nullable=False),
    Column("raw_ref", Text),
    Column("state", Text, nullable=False),
    Column("failed_step", Text),
    Column("error", CleanText),
    Column("tries", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("filing_id", Text),
    Column("enrichment_id", Text),
    Column("category", Text),
    Column("event_type", Text),
    Column("sentiment", Text),
    Column("materiality", Integer),
    Column("enriched_headline", CleanText),
    Column("enriched_summary", CleanText),
    Index(None, "exchange", "day"),
    Index(None, "isin", "position", "event_type"),
)
index_where(announcements, "category IS NOT NULL", "category", "position")
index_where(announcements, "event_type IS NOT NULL", "event_type", "position")
index_where(announcements, "due_at IS NOT NULL", "due_at")
index_where(announcements, "failed_step IS NOT NULL", "failed_step", "position")
index_where(announcements, "raw_ref IS NOT NULL", "raw_ref")

#: ``text_gone_at`` and ``file_gone_at`` say since when the pages, and the file in the archive, are no longer kept.
documents = Table(
    "documents",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("media_type", CleanText, nullable=False),
    Column("size_bytes", BigKey, nullable=False),
    Column("method", Text, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("flags", Json, nullable=False),
    Column("text_gone_at", UtcDateTime),
    Column("file_gone_at", UtcDateTime),
)

#: ``tables`` holds the tables of the page, ``hidden`` what nobody sees on it; both are mostly empty.
pages = Table(
    "pages",
    metadata,
    Column("document_id", ForeignKey(documents.c.document_id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", CleanText, nullable=False),
    Column("method", Text, nullable=False),
    Column("tables", Json),
    Column("hidden", CleanText),
)

announcement_documents = Table(
    "announcement_documents",
    metadata,
    Column("announcement_id", ForeignKey(announcements.c.announcement_id), primary_key=True),
    Column("document_id", ForeignKey(documents.c.document_id), primary_key=True),
    Column("ordinal", Integer, nullable=False),
)

enrichments = Table(
    "enrichments",
    metadata,
    Column("enrichment_id", Text, primary_key=True),
    Column("announcement_id", ForeignKey(announcements.c.announcement_id), nullable=False, index=True),
    Column("category", CleanText, nullable=False),
    Column("also", Json, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("headline", CleanText, nullable=False),
    Column("summary", CleanText, nullable=False),
    Column("sentiment", Text, nullable=False),
    Column("materiality", Integer, nullable=False),
    Column("materiality_parts", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("parties", Json, nullable=False),
    Column("flags", Json, nullable=False),
    Column("enricher", Text, nullable=False),
    Column("prompt_set", Text, nullable=False),
    Column("prompt_version", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("input_tokens", BigKey, nullable=False),
    Column("output_tokens", BigKey, nullable=False),
    Column("cost_usd", ExactDecimal, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("detail", Json, nullable=False),
)

#: SQLite's full-text table; ``rowid`` is ``announcements.position``.
announcement_search = table(
    "announcement_search", column("rowid", BigKey), column("announcement_search", Text)
)
