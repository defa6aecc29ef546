"""Small values to store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from backfin.identity import delivery_id, document_id, mention_id, watch_id
from backfin.models import (
    Announcement,
    Attachment,
    Delivery,
    Document,
    Enrichment,
    EventType,
    Evidence,
    Fact,
    Investor,
    Issuer,
    IssuerCode,
    Mention,
    Method,
    Money,
    Page,
    PartyKind,
    Phase,
    Table,
    Watch,
)

#: Noon in India on the 1st of July.
NOON = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
LATER = NOON + timedelta(minutes=2)


def announcement(number: int = 1, **changes: Any) -> Announcement:
    """The announcement of that number, disseminated so many seconds after noon."""
    values: dict[str, Any] = {
        "announcement_id": f"bse:{number}",
        "exchange": "bse",
        "native_id": str(number),
        "isin": "INE002A01018",
        "scrip_code": "500325",
        "symbol": "SARAS",
        "issuer_name": "Saraswati Cables Ltd",
        "subject": "Receipt of an order",
        "headline": "Order from the State Electricity Board",
        "body": "We are pleased to inform you.",
        "exchange_category": "Company Update",
        "submitted_at": NOON - timedelta(minutes=1),
        "disseminated_at": NOON + timedelta(seconds=number),
        "attachments": (Attachment(name="a.pdf", urls=("https://a/1.pdf", "https://b/1.pdf"), size_bytes=7),),
        "raw": {"NEWSID": str(number), "OLD": 0, "list": [1, None, "x"]},
    }
    return Announcement(**(values | changes))


def document(text: str = "Page one", **changes: Any) -> Document:
    """A document of two pages."""
    values: dict[str, Any] = {
        "document_id": document_id(text.encode()),
        "media_type": "application/pdf",
        "size_bytes": 1234,
        "method": Method.TEXT,
        "pages": (
            Page(number=1, text=text),
            Page(number=2, text="Page two", method=Method.OCR, hidden="Unseen"),
        ),
        "page_count": 2,
        "tables": (
            Table(
                page=2, rows=(("Name", ""), ("आशा", "1,000")), boxes=(((1, 2, 3, 4.5), None), (None, None))
            ),
            Table(page=2, rows=(("a", "b"),)),
        ),
        "flags": ("scanned",),
    }
    return Document(**(values | changes))


def enrichment(number: int = 1, **changes: Any) -> Enrichment:
    """A reading of the announcement of that number."""
    money = Money(amount=Decimal("125000000.10"), as_written="Rs. 12.5 crore", approx=True)
    values: dict[str, Any] = {
        "enrichment_id": f"e_{number}",
        "announcement_id": f"bse:{number}",
        "category": "Order Win",
        "event_type": EventType.ORDER_WIN,
        "headline": "Wins an order for transformers",
        "summary": "The order is to be executed in Nagpur.",
        "materiality": 70,
        "facts": {
            "value": Fact(value=money, evidence=(Evidence(page=1, quote="Rs. 12.5 crore"),)),
            "range": Fact(value=[money, money]),
            "months": Fact(value=12),
        },
        "flags": ("unaudited",),
        "enricher": "rules",
        "cost_usd": Decimal("0.000123456789"),
        "created_at": NOON,
        "detail": {"why": {"deep": [1, 2]}},
    }
    return Enrichment(**(values | changes))


def investor(key: str = "i_1", name: str = "Asha Mehra", **changes: Any) -> Investor:
    """A person."""
    values: dict[str, Any] = {
        "investor_id": key,
        "name": name,
        "normal_form": name.lower(),
        "kind": PartyKind.PERSON,
        "names": (name, "Smt. Asha Mehra"),
    }
    return Investor(**(values | changes))


def mention(number: int = 1, role: str = "allottee", **changes: Any) -> Mention:
    """The person in the announcement of that number."""
    values: dict[str, Any] = {
        "mention_id": mention_id(f"bse:{number}", "asha mehra", role),
        "announcement_id": f"bse:{number}",
        "investor_id": "i_1",
        "name_as_written": "Smt. Asha Mehra",
        "kind": PartyKind.PERSON,
        "role": role,
        "quantity": 10**20,
        "price_inr": Decimal("12.345678901234567890"),
        "amount_inr": Decimal("0.10"),
        "pct": Decimal("1.50"),
        "page": 3,
        "created_at": NOON,
    }
    return Mention(**(values | changes))


def watch(name: str = "Orders", **changes: Any) -> Watch:
    """A watch with two addresses."""
    values: dict[str, Any] = {
        "watch_id": watch_id(name),
        "name": name,
        "rule": "event_type:order_win",
        "addresses": ("console:", "mailto:a@example.com"),
        "created_at": NOON,
    }
    return Watch(**(values | changes))


def delivery(number: int = 1, phase: Phase = Phase.ENRICHED, **changes: Any) -> Delivery:
    """A send that tells of the announcement of that number."""
    filing = f"f_{number}"
    values: dict[str, Any] = {
        "delivery_id": delivery_id(changes.get("watch_id", "w_1"), filing, phase, "console:"),
        "watch_id": "w_1",
        "announcement_id": f"bse:{number}",
        "filing_id": filing,
        "phase": phase,
        "address": "console:",
        "created_at": NOON,
    }
    return Delivery(**(values | changes))


def issuer(isin: str = "INE002A01018", **codes: str) -> Issuer:
    """An issuer that BSE lists under these codes."""
    carried = tuple(IssuerCode(kind=kind, exchange="bse", value=value) for kind, value in codes.items())
    return Issuer(isin=isin, name="Saraswati Cables Ltd", industry="Cables", codes=carried)
