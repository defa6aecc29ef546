"""The one schema: every table of the store.

Times are UTC, money is exact rupees. What differs by database is named in :data:`NOT_IN_METADATA`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
    table,
    text,
)

from backfin.storage.types import BigKey, CleanText, ExactDecimal, Json, UtcDateTime

#: Full-text parts that differ by database: an FTS5 table on SQLite, a generated column on PostgreSQL.
NOT_IN_METADATA = ("announcement_search", "search_vector", "ix_announcements_search_vector")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _index_where(of: Table, where: str, *names: str) -> None:
    Index(None, *(of.c[name] for name in names), sqlite_where=text(where), postgresql_where=text(where))


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
_index_where(announcements, "category IS NOT NULL", "category", "position")
_index_where(announcements, "event_type IS NOT NULL", "event_type", "position")
_index_where(announcements, "due_at IS NOT NULL", "due_at")

documents = Table(
    "documents",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("media_type", CleanText, nullable=False),
    Column("size_bytes", BigKey, nullable=False),
    Column("method", Text, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("flags", Json, nullable=False),
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
    Column("filing_id", Text, nullable=False),
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
    UniqueConstraint("watch_id", "filing_id", "phase", "address"),
)
_index_where(deliveries, "due_at IS NOT NULL", "due_at")
_index_where(deliveries, "digest_id IS NOT NULL", "digest_id")
_index_where(deliveries, "state = 'collected' AND digest_id IS NULL", "watch_id", "address", "created_at")

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", ForeignKey(deliveries.c.delivery_id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("error", CleanText),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("exchange", Text),
    Column("day", Date),
    Column("state", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("expected", Integer),
    Column("seen", Integer),
    Column("new", Integer),
    Column("pages", Integer),
    Column("selected", Integer),
    Column("faults", Json, nullable=False),
    Column("error", CleanText),
    Column("options", Json, nullable=False),
    Index(None, "kind", "run_id"),
)

run_items = Table(
    "run_items",
    metadata,
    Column("run_id", ForeignKey(runs.c.run_id), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("changed", Boolean, nullable=False),
    Column("error", CleanText),
    Column("touched_at", UtcDateTime, nullable=False),
)

gaps = Table(
    "gaps",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("expected", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("healed_at", UtcDateTime),
)

slots = Table(
    "slots",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("slot", UtcDateTime, primary_key=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("day", Date, nullable=False),
)

raw_answers = Table(
    "raw_answers",
    metadata,
    Column("run_id", ForeignKey(runs.c.run_id), primary_key=True),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("content_id", Text, primary_key=True),
    Column("exchange", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "exchange", "day"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: ``next_s`` and ``cool_until_s`` are seconds since 1970, because the next turn is computed in SQL.
hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("next_s", Float(53), nullable=False),
    Column("cool_until_s", Float(53), nullable=False),
    Column("strikes", Integer, nullable=False),
    Column("why", CleanText, nullable=False),
)

#: Every question to a model, with the reply as it came.
model_calls = Table(
    "model_calls",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("key", Text, nullable=False, index=True),
    Column("service", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("announcement_id", Text, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("prompt_set", Text, nullable=False),
    Column("prompt_version", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    Column("reply", CleanText, nullable=False),
    Column("error", CleanText, nullable=False),
    Column("input_tokens", BigKey, nullable=False),
    Column("output_tokens", BigKey, nullable=False),
    Column("cost_usd", ExactDecimal, nullable=False),
)

#: ``closed_until_s`` is seconds since 1970.
model_services = Table(
    "model_services",
    metadata,
    Column("service", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("closed_until_s", Float(53), nullable=False),
    Column("closures", Integer, nullable=False),
    Column("is_probed", Boolean, nullable=False),
    Column("why", CleanText, nullable=False),
)

#: SQLite's full-text table; ``rowid`` is ``announcements.position``.
announcement_search = table(
    "announcement_search", column("rowid", BigKey), column("announcement_search", Text)
)
