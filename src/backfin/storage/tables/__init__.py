"""The one schema: every table of the store, a file for each kind of thing.

Times are UTC, money is exact rupees. What differs by database is named in :data:`NOT_IN_METADATA`.
"""

from __future__ import annotations

from backfin.storage.tables.alerts import attempts, deliveries, revisions, watches
from backfin.storage.tables.book import (
    investor_keys,
    investor_links,
    investor_names,
    investors,
    mentions,
    reviews,
)
from backfin.storage.tables.filings import (
    announcement_documents,
    announcement_search,
    announcements,
    documents,
    enrichments,
    pages,
)
from backfin.storage.tables.fleet import pauses, workers
from backfin.storage.tables.ledger import investor_identifiers, investor_memberships
from backfin.storage.tables.listed import issuer_codes, issuer_refreshes, issuers
from backfin.storage.tables.llm import model_calls
from backfin.storage.tables.operation import (
    breakers,
    gaps,
    hosts,
    item_tries,
    raw_answers,
    removals,
    restores,
    run_items,
    runs,
    secrets,
    slots,
    watermarks,
)
from backfin.storage.tables.schema import NOT_IN_METADATA, metadata

__all__ = [
    "NOT_IN_METADATA",
    "announcement_documents",
    "announcement_search",
    "announcements",
    "attempts",
    "breakers",
    "deliveries",
    "documents",
    "enrichments",
    "gaps",
    "hosts",
    "investor_identifiers",
    "investor_keys",
    "investor_links",
    "investor_memberships",
    "investor_names",
    "investors",
    "issuer_codes",
    "issuer_refreshes",
    "issuers",
    "item_tries",
    "mentions",
    "metadata",
    "model_calls",
    "pages",
    "pauses",
    "raw_answers",
    "removals",
    "restores",
    "reviews",
    "revisions",
    "run_items",
    "runs",
    "secrets",
    "slots",
    "watches",
    "watermarks",
    "workers",
]
