"""What was filed, what it says, and who is in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DECIMAL = sa.Text().with_variant(sa.Numeric(), "postgresql")
_TIME = sa.DateTime(timezone=True)

#: In an order in which each table finds those it refers to.
_TABLES = (
    "announcements",
    "documents",
    "pages",
    "announcement_documents",
    "enrichments",
    "issuers",
    "issuer_codes",
    "issuer_refreshes",
    "investors",
    "investor_names",
    "mentions",
)


def upgrade() -> None:
    """Creates the tables."""
    _create_announcements()
    _create_documents()
    _create_pages()
    _create_announcement_documents()
    _create_enrichments()
    _create_issuers()
    _create_issuer_codes()
    _create_issuer_refreshes()
    _create_investors()
    _create_investor_names()
    _create_mentions()


def downgrade() -> None:
    """Drops the tables, with their rows."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _index_where(table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    name = f"ix_{table}_{'_'.join(columns)}"
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("position", _BIG, autoincrement=False, nullable=False),
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("isin", sa.Text()),
        sa.Column("scrip_code", sa.Text()),
        sa.Column("symbol", sa.Text()),
        sa.Column("issuer_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("exchange_category", sa.Text()),
        sa.Column("exchange_subcategory", sa.Text()),
        sa.Column("is_critical", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", _TIME),
        sa.Column("disseminated_at", _TIME),
        sa.Column("first_seen_at", _TIME, nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("xbrl_url", sa.Text()),
        sa.Column("page_url", sa.Text()),
        sa.Column("recording_url", sa.Text()),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("raw_ref", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failed_step", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("filing_id", sa.Text()),
        sa.Column("enrichment_id", sa.Text()),
        sa.Column("category", sa.Text()),
        sa.Column("event_type", sa.Text()),
        sa.Column("sentiment", sa.Text()),
        sa.Column("materiality", sa.Integer()),
        sa.Column("enriched_headline", sa.Text()),
        sa.Column("enriched_summary", sa.Text()),
        sa.PrimaryKeyConstraint("position", name="pk_announcements"),
        sa.UniqueConstraint("announcement_id", name="uq_announcements_announcement_id"),
    )
    _index_where("announcements", ["category", "position"], "category IS NOT NULL")
    _index_where("announcements", ["due_at"], "due_at IS NOT NULL")
    _index_where("announcements", ["event_type", "position"], "event_type IS NOT NULL")
    op.create_index("ix_announcements_exchange_day", "announcements", ["exchange", "day"])
    op.create_index("ix_announcements_isin_position", "announcements", ["isin", "position"])


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", _BIG, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_documents"),
    )


def _create_pages() -> None:
    op.create_table(
        "pages",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.document_id"], name="fk_pages_document_id_documents"
        ),
        sa.PrimaryKeyConstraint("document_id", "number", name="pk_pages"),
    )


def _create_announcement_documents() -> None:
    op.create_table(
        "announcement_documents",
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.announcement_id"],
            name="fk_announcement_documents_announcement_id_announcements",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.document_id"], name="fk_announcement_documents_document_id_documents"
        ),
        sa.PrimaryKeyConstraint("announcement_id", "document_id", name="pk_announcement_documents"),
    )


def _create_enrichments() -> None:
    op.create_table(
        "enrichments",
        sa.Column("enrichment_id", sa.Text(), nullable=False),
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("also", sa.JSON(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("sentiment", sa.Text(), nullable=False),
        sa.Column("materiality", sa.Integer(), nullable=False),
        sa.Column("materiality_parts", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("enricher", sa.Text(), nullable=False),
        sa.Column("prompt_set", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("input_tokens", _BIG, nullable=False),
        sa.Column("output_tokens", _BIG, nullable=False),
        sa.Column("cost_usd", _DECIMAL, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.announcement_id"],
            name="fk_enrichments_announcement_id_announcements",
        ),
        sa.PrimaryKeyConstraint("enrichment_id", name="pk_enrichments"),
    )
    op.create_index("ix_enrichments_announcement_id", "enrichments", ["announcement_id"])


def _create_issuers() -> None:
    op.create_table(
        "issuers",
        sa.Column("isin", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text()),
        sa.Column("face_value", sa.Text()),
        sa.PrimaryKeyConstraint("isin", name="pk_issuers"),
    )


def _create_issuer_codes() -> None:
    op.create_table(
        "issuer_codes",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("isin", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.ForeignKeyConstraint(["isin"], ["issuers.isin"], name="fk_issuer_codes_isin_issuers"),
        sa.PrimaryKeyConstraint("exchange", "kind", "value", "isin", "valid_from", name="pk_issuer_codes"),
    )
    op.create_index("ix_issuer_codes_isin", "issuer_codes", ["isin"])


def _create_issuer_refreshes() -> None:
    op.create_table(
        "issuer_refreshes",
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("exchange", name="pk_issuer_refreshes"),
    )


def _create_investors() -> None:
    op.create_table(
        "investors",
        sa.Column("investor_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("normal_form", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("investor_id", name="pk_investors"),
    )
    op.create_index("ix_investors_normal_form", "investors", ["normal_form"])


def _create_investor_names() -> None:
    op.create_table(
        "investor_names",
        sa.Column("investor_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["investor_id"], ["investors.investor_id"], name="fk_investor_names_investor_id_investors"
        ),
        sa.PrimaryKeyConstraint("investor_id", "name", name="pk_investor_names"),
    )
    op.create_index("ix_investor_names_folded", "investor_names", ["folded"])


def _create_mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("investor_id", sa.Text(), nullable=False),
        sa.Column("name_as_written", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("quantity", _DECIMAL),
        sa.Column("price_inr", _DECIMAL),
        sa.Column("amount_inr", _DECIMAL),
        sa.Column("pct", _DECIMAL),
        sa.Column("page", sa.Integer()),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.announcement_id"],
            name="fk_mentions_announcement_id_announcements",
        ),
        sa.ForeignKeyConstraint(
            ["investor_id"], ["investors.investor_id"], name="fk_mentions_investor_id_investors"
        ),
        sa.PrimaryKeyConstraint("mention_id", name="pk_mentions"),
    )
    op.create_index("ix_mentions_announcement_id", "mentions", ["announcement_id"])
    op.create_index("ix_mentions_investor_id", "mentions", ["investor_id"])
