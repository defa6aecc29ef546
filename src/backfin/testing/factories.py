"""Models with sensible defaults: a test names only what it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from backfin.identity import announcement_id, document_id, enrichment_id, watch_id
from backfin.models import (
    Alert,
    Announcement,
    Digest,
    Document,
    Enrichment,
    EventType,
    Method,
    Page,
    Phase,
    Reading,
    Watch,
)
from backfin.testing.frozen_clock import NOON


def make_announcement(**changes: Any) -> Announcement:
    """An announcement of a fictional company without an attachment, disseminated at noon.

    >>> make_announcement(native_id="7", subject="Outcome").announcement_id
    'fake:7'
    """
    exchange, native = changes.get("exchange", "fake"), str(changes.get("native_id", "1"))
    values: dict[str, Any] = {
        "announcement_id": announcement_id(exchange, native),
        "exchange": exchange,
        "native_id": native,
        "isin": "INE999A01015",
        "scrip_code": "999001",
        "symbol": "SARAS",
        "issuer_name": "Saraswati Cables Ltd",
        "subject": "Receipt of an order",
        "headline": "Order worth Rs. 12.5 crore from Example Rail Limited",
        "exchange_category": "Company Update",
        "disseminated_at": NOON,
    }
    return Announcement(**(values | changes))


def make_document(text: str = "Order worth Rs. 12.5 crore.", **changes: Any) -> Document:
    """A PDF of one page that was read without trouble."""
    values: dict[str, Any] = {
        "document_id": document_id(text.encode()),
        "media_type": "application/pdf",
        "size_bytes": 1000,
        "method": Method.TEXT,
        "pages": (Page(number=1, text=text),),
        "page_count": 1,
    }
    return Document(**(values | changes))


def make_reading(*pages: str, announcement: Announcement | None = None, **changes: Any) -> Reading:
    """What an enricher is handed: the announcement's own text as page 0, then ``pages``."""
    of = announcement or make_announcement(**changes)
    texts = (of.text, *pages)
    return Reading(
        announcement=of,
        pages=tuple(Page(number=number, text=text) for number, text in enumerate(texts)),
        document_ids=(document_id("\f".join(pages).encode()),) if pages else (),
    )


def make_enrichment(**changes: Any) -> Enrichment:
    """An order win, as the rules might have read it from :func:`make_announcement`."""
    of = changes.get("announcement_id", "fake:1")
    values: dict[str, Any] = {
        "enrichment_id": enrichment_id(of, [], "fake", "core", "1", ""),
        "announcement_id": of,
        "category": "New Order",
        "event_type": EventType.ORDER_WIN,
        "headline": "Saraswati Cables wins an order of Rs. 12.5 crore",
        "summary": "Example Rail Limited placed an order worth Rs. 12.5 crore.",
        "materiality": 60,
        "enricher": "fake",
        "prompt_version": "1",
        "created_at": NOON,
    }
    return Enrichment(**(values | changes))


def make_watch(name: str = "everything", rule: str = "*", *addresses: str, **changes: Any) -> Watch:
    """A watch that tells ``test:`` unless other addresses are given."""
    values: dict[str, Any] = {
        "watch_id": watch_id(name),
        "name": name,
        "rule": rule,
        "addresses": addresses or ("test:",),
        "created_at": NOON,
    }
    return Watch(**(values | changes))


def make_digest(*filings: Alert, **changes: Any) -> Digest:
    """A digest of some filings, of three unless others are given."""
    shown = filings or tuple(make_alert(filing_id=f"f_{number}") for number in range(3))
    values: dict[str, Any] = {
        "delivery_id": "d_digest",
        "watches": ("everything",),
        "since": NOON - timedelta(days=1),
        "until": NOON,
        "zone": "Asia/Kolkata",
        "filings": shown,
        "count": len(shown),
        "see_all": "backfin digest d_digest",
    }
    return Digest(**(values | changes))


def make_alert(**changes: Any) -> Alert:
    """An alert of the enriched phase."""
    values: dict[str, Any] = {
        "delivery_id": "d_1",
        "watch_name": "everything",
        "watch_names": ("everything",),
        "phase": Phase.ENRICHED,
        "announcement": make_announcement(),
        "enrichment": make_enrichment(),
        "filing_id": "f_1",
    }
    return Alert(**(values | changes))
