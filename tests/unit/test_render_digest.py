"""What people read once a day: grouped, ranked, cut with a word about it, escaped, without advice."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backfin.models import Alert, Digest, Fact, Money, Status
from backfin.notifications.payload import payload_bytes
from backfin.notifications.render import SUBJECT_CHARS, render_digest
from backfin.testing import make_alert, make_announcement, make_enrichment, make_watch

UNTIL = datetime(2026, 7, 1, 13, 0, tzinfo=UTC)
NASTY = "<script>alert(1)</script>\r\nBcc: x@y.in\x1b[31m\u202e\x00 & \"quoted\" 'too'"
ADVICE = r"\b(buy|sell|hold|accumulate|target price|recommend\w*|should|bullish|bearish|advice)\b"


def filing(number: int, issuer: str = "Saraswati Cables Ltd", **changes: Any) -> Alert:
    item = make_announcement(
        native_id=str(number),
        issuer_name=issuer,
        isin=None,
        scrip_code=issuer,
        symbol=None,
        page_url=f"https://exchange.example/{number}",
    )
    read = make_enrichment(headline=f"Headline {number}", **changes)
    return make_alert(delivery_id=f"d_{number}", announcement=item, enrichment=read, watch_name="orders")


def digest(*filings: Alert, **changes: Any) -> Digest:
    values: dict[str, Any] = {
        "delivery_id": "d_digest",
        "watches": ("orders",),
        "since": UNTIL - timedelta(days=1),
        "until": UNTIL,
        "zone": "Asia/Kolkata",
        "filings": filings,
        "count": len(filings),
        "see_all": "backfin digest d_digest",
    }
    return Digest(**(values | changes))


def test_filings_stand_under_their_issuer_in_the_order_of_materiality() -> None:
    text = render_digest(
        digest(filing(1, "Oak", materiality=90), filing(2, "Pine", materiality=50), filing(3, "Oak"))
    ).text

    order = [text.index(word) for word in ("== Oak", "Headline 1", "Headline 3", "== Pine", "Headline 2")]
    assert order == sorted(order)
    assert text.count("== Oak") == 1


def test_an_entry_has_its_kind_its_facts_its_doubts_and_its_source() -> None:
    facts = {
        "order_value": Fact(value=Money(amount=Decimal(2_500_000_000))),
        "customer": Fact(value="Oak", status=Status.AMBIGUOUS),
        **{f"fact_{number}": Fact(value=number) for number in range(5)},
    }
    rendered = render_digest(digest(filing(1, facts=facts, flags=("scanned",))))

    for line in (
        "1 filing for orders",
        "30 Jun 2026, 18:30 to 1 Jul 2026, 18:30 (Asia/Kolkata)",
        "1 Jul 2026, 12:00:00 IST · Order win · New Order · materiality 60/100",
        "- Order value: ₹250 crore",
        "  and 2 more facts",
        "Uncertain: Customer: the filing can be read in two ways.",
        "Uncertain: The document is a scan; characters may be misread.",
        "Source: https://exchange.example/1",
    ):
        assert line in rendered.text.splitlines()
        assert line.strip("- ").partition(": ")[2] in html.unescape(rendered.html)
    assert "This digest covers" not in rendered.text


def test_the_exchanges_own_words_are_called_so() -> None:
    rendered = render_digest(digest(make_alert(enrichment=None)))

    assert "has not been read yet" in rendered.text
    assert "has not been read yet" in rendered.html


def test_what_is_left_out_is_counted_with_the_command_that_shows_it() -> None:
    rendered = render_digest(digest(filing(1), count=13))

    assert "and 12 more. All of them: backfin digest d_digest" in rendered.text
    assert "<code>backfin digest d_digest</code>" in rendered.html
    assert rendered.subject.startswith("13 filings for orders")


def test_several_days_and_several_watches_are_said() -> None:
    made = digest(filing(1), since=UNTIL - timedelta(days=3), watches=("a", "b", "c"))

    rendered = render_digest(made)

    assert "This digest covers 3 days: everything that no digest has told before." in rendered.text
    assert "1 filing for a, b and 1 more" in rendered.text
    assert "Watch: orders" in rendered.text
    assert "Watches: a, b, c" in rendered.text


def test_a_digest_by_hand_has_no_id_to_look_it_up_by_and_catches_up_with_nothing() -> None:
    text = render_digest(digest(filing(1), since=UNTIL - timedelta(days=3), by_hand=True)).text

    assert "This digest covers" not in text
    assert "d_digest" not in text


def test_html_is_escaped_fetches_nothing_and_can_be_read_in_the_dark() -> None:
    made = digest(filing(1, NASTY, category=NASTY, flags=(NASTY,)), watches=(NASTY,), see_all=NASTY, count=2)

    rendered = render_digest(made)

    assert "<script" not in rendered.html
    assert "alert(1)" in html.unescape(rendered.html)
    assert not re.search(r"<(img|link|script|iframe|object|embed)|url\(|@import|src=", rendered.html)
    assert "prefers-color-scheme: dark" in rendered.html
    assert len(rendered.subject.splitlines()) == 1
    for part in (rendered.subject, rendered.text, rendered.html):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", part)


def test_nothing_we_write_ourselves_is_advice() -> None:
    rendered = render_digest(digest(filing(1), count=3, since=UNTIL - timedelta(days=3)))

    assert not re.search(ADVICE, (rendered.text + rendered.html).casefold())


@given(st.lists(st.text(max_size=200), min_size=1, max_size=4))
def test_any_names_render(names: list[str]) -> None:
    rendered = render_digest(digest(filing(1), watches=tuple(names)))

    assert len(rendered.subject) <= SUBJECT_CHARS
    assert rendered.html.count("<script") == 0


def test_the_payload_is_one_line_with_the_documented_keys() -> None:
    body = payload_bytes(digest(filing(1), count=3), UNTIL)

    assert body.startswith(b'{"delivery_id":"d_digest","kind":"digest"')
    assert b"\n" not in body
    found = json.loads(body)
    assert list(found) == [
        "delivery_id",
        "kind",
        "watches",
        "since",
        "until",
        "zone",
        "count",
        "more",
        "see_all",
        "filings",
        "sent_at",
    ]
    assert (found["count"], found["more"], found["until"]) == (3, 2, "2026-07-01T13:00:00+00:00")
    assert set(found["filings"][0]) == {
        "watch",
        "watches",
        "phase",
        "filing_id",
        "announcement",
        "enrichment",
        "mentions",
    }
    assert "raw" not in found["filings"][0]["announcement"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"digest_at": "25:00"}, "HH:MM"), ({"digest_zone": "Mars/Crater"}, "no time zone")],
)
def test_a_watch_refuses_a_time_or_zone_that_cannot_be_read(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        make_watch(**changes)
