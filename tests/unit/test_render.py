"""What people read: complete, clean, escaped, without advice."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.models import (
    Alert,
    Announcement,
    Attachment,
    Enrichment,
    EventType,
    Evidence,
    Fact,
    Mention,
    Money,
    PartyKind,
    Phase,
    Status,
)
from backfin.notifications.clean import fit, one_line, web_link
from backfin.notifications.payload import payload_bytes
from backfin.notifications.render import SUBJECT_CHARS, render

NOW = datetime(2026, 7, 1, 10, 24, 7, tzinfo=UTC)
NASTY = "<script>alert(1)</script>\r\nBcc: x@y.in\x1b[31m\u202e\x00 & \"quoted\" 'too'"


def make_announcement(**changes: object) -> Announcement:
    values: dict[str, object] = {
        "announcement_id": "bse:1",
        "exchange": "bse",
        "native_id": "1",
        "isin": "INE002A01018",
        "scrip_code": "500325",
        "issuer_name": "Pine Steel Limited",
        "subject": "Receipt of Order",
        "headline": "The exchange's own headline",
        "disseminated_at": NOW,
        "attachments": (Attachment(name="a.pdf", urls=("https://exchange.example/a.pdf",)),),
        "page_url": "https://exchange.example/item/1",
        "raw": {"secret": "row"},
    }
    return Announcement.model_validate({**values, **changes})


def make_enrichment(**changes: object) -> Enrichment:
    values: dict[str, object] = {
        "enrichment_id": "e_1",
        "announcement_id": "bse:1",
        "category": "New Order",
        "event_type": EventType.ORDER_WIN,
        "headline": "Order of ₹250 crore from Oak Power",
        "summary": "Supply of turbines.",
        "materiality": 72,
        "facts": {
            "order_value": Fact(
                value=Money(amount=Decimal(2_500_000_000)), evidence=(Evidence(page=2, quote="₹250 crore"),)
            ),
            "post_pct": Fact(value="12.5", evidence=(Evidence(page=0, quote="12.5%"),)),
            "total_quantity": Fact(value=1234567, confidence=0.3),
            "stage": Fact(value=None, status=Status.NOT_STATED),
            "customer": Fact(value="Oak", status=Status.AMBIGUOUS),
        },
        "flags": ("scanned", "value_unclear"),
        "enricher": "rules",
        "created_at": NOW,
    }
    return Enrichment.model_validate({**values, **changes})


def make_alert(enrichment: Enrichment | None = None, **changes: object) -> Alert:
    values: dict[str, object] = {
        "delivery_id": "d_1",
        "watch_name": "big orders",
        "phase": Phase.ENRICHED if enrichment else Phase.FLASH,
        "announcement": make_announcement(),
        "enrichment": enrichment,
        "mentions": (
            Mention(
                mention_id="m_1",
                announcement_id="bse:1",
                investor_id="i_1",
                name_as_written="Asha Mehra",
                kind=PartyKind.PERSON,
                role="allottee",
                quantity=123456,
                tier="review",
                created_at=NOW,
            ),
        )
        if enrichment
        else (),
    }
    return Alert.model_validate({**values, **changes})


def test_an_enriched_alert_puts_facts_first_with_their_pages_and_then_the_doubts() -> None:
    text = render(make_alert(make_enrichment())).text

    for line in (
        "Order of ₹250 crore from Oak Power",
        "1 Jul 2026, 15:54:07 IST · New Order · materiality 72/100",
        "- Order value: ₹250 crore [page 2]",
        "- Post %: 12.5 % [exchange text]",
        "- Total quantity: 12,34,567",
        "- Asha Mehra: allottee, 1,23,456 securities (identity not certain)",
        "- The document is a scan; characters may be misread.",
        "- Value unclear.",
        "- Customer: the filing can be read in two ways.",
        "- Total quantity: read with little confidence.",
        "Source: https://exchange.example/item/1",
        "Document: https://exchange.example/a.pdf",
    ):
        assert line in text.splitlines()
    assert "Stage" not in text


def test_a_flash_says_that_the_document_has_not_been_read() -> None:
    rendered = render(make_alert())

    assert rendered.text.startswith(
        "The exchange's own headline\nPine Steel Limited (500325 · INE002A01018)\n"
    )
    assert "has not been read yet" in rendered.text
    assert "has not been read yet" in rendered.html


def test_text_from_outside_is_escaped_and_stripped_everywhere() -> None:
    item = make_announcement(issuer_name=NASTY, headline=NASTY, subject=NASTY, body=NASTY, symbol=NASTY)
    enrichment = make_enrichment(
        headline=NASTY,
        summary=NASTY,
        category=NASTY,
        flags=(NASTY,),
        facts={NASTY: Fact(value=[NASTY, {NASTY: NASTY}])},
    )

    rendered = render(make_alert(enrichment, announcement=item, watch_name=NASTY))

    assert "<script" not in rendered.html
    assert "alert(1)" in html.unescape(rendered.html)
    assert len(rendered.subject.splitlines()) == 1
    for part in (rendered.subject, rendered.text, rendered.html):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", part)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.in/a b", "data:text/html,x", "//x.in/", "https:", ""]
)
def test_only_ordinary_web_addresses_become_links(url: str) -> None:
    rendered = render(make_alert(announcement=make_announcement(page_url=url, attachments=())))

    assert web_link(url) is None
    assert "href" not in rendered.html


def test_html_fetches_nothing_and_can_be_read_in_the_dark() -> None:
    page = render(make_alert(make_enrichment())).html

    assert not re.search(r"<(img|link|script|iframe|object|embed)|url\(|@import|src=", page)
    assert "prefers-color-scheme: dark" in page


def test_nothing_we_write_ourselves_is_advice() -> None:
    rendered = render(make_alert(make_enrichment()))

    advice = r"\b(buy|sell|hold|accumulate|target price|recommend\w*|should|bullish|bearish|advice)\b"
    assert not re.search(advice, (rendered.text + rendered.html).casefold())


def test_an_announcement_without_any_words_still_has_a_headline() -> None:
    item = make_announcement(subject="", headline="", body="", page_url=None, attachments=())

    rendered = render(make_alert(announcement=item))

    assert rendered.subject == "Pine Steel Limited: Announcement without a subject"
    assert "Source" not in rendered.text


def test_a_payload_is_one_line_that_starts_with_its_id_and_leaves_the_raw_row_out() -> None:
    body = payload_bytes(make_alert(make_enrichment()), NOW)

    assert body.startswith(b'{"delivery_id":"d_1"')
    assert b"\n" not in body
    assert b"secret" not in body


AMOUNTS = ("Rs. 12.5 crore", "₹1,250 lakh", "INR 7 million", "USD 12,345,678.90", "49.5 %", "31-03-2026")


@given(st.sampled_from(AMOUNTS), st.integers(1, 80))
def test_a_cut_text_never_ends_in_half_a_number(amount: str, limit: int) -> None:
    text = f"The company received an order worth {amount} from Example Rail"

    shown = fit(text, limit)

    assert shown == text or not re.search(r"(\d|₹|Rs\.?|INR|USD)…$", shown)
    assert not any(char.isdigit() for char in shown) or amount.split(" ")[-1][-3:] in shown


@given(st.text(), st.integers(0, 200))
def test_fitted_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(fit(text, limit)) <= limit
    assert fit(text, max(limit, len(text))) == text


@given(st.text())
def test_one_line_is_one_printable_line(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_renders(headline: str, summary: str) -> None:
    rendered = render(make_alert(make_enrichment(headline=headline, summary=summary)))

    assert len(rendered.subject) <= SUBJECT_CHARS
    assert rendered.html.count("<script") == 0


def test_a_subject_names_the_issuer_once() -> None:
    item = make_announcement(issuer_name="Pine Steel Limited", headline="PINE STEEL LIMITED wins an order")

    assert render(make_alert(announcement=item)).subject == "PINE STEEL LIMITED wins an order"
