"""What a chat shows: complete where it fits, shortened by whole lines where not, never broken."""

from __future__ import annotations

import re
from typing import Any

import pytest
from backfin_telegram.message import LIMIT_UNITS, message_of, shown_units
from bot_server import parsed, units
from hypothesis import given
from hypothesis import strategies as st

from backfin.models import Alert, Attachment, Evidence, Fact, Mention, Money, PartyKind, Phase, Status
from backfin.testing import make_alert, make_announcement, make_enrichment
from backfin.testing.frozen_clock import NOON

ORDER = Fact(
    value=Money.parse("Rs. 12.5 crore"),
    status=Status.STATED,
    evidence=(Evidence(page=3, quote="Rs. 12.5 crore"),),
)


def alert(facts: int = 1, parties: int = 0, flags: tuple[str, ...] = (), **words: Any) -> Alert:
    enrichment = make_enrichment(
        facts={"order_value" if n == 0 else f"fact_{n}": ORDER for n in range(facts)}, flags=flags, **words
    )
    mentions = tuple(
        Mention(
            mention_id=f"m_{n}",
            announcement_id="fake:1",
            investor_id="i_1",
            kind=PartyKind.PERSON,
            created_at=NOON,
            name_as_written=f"Asha <Mehra> & Sons {n}",
            role="allottee",
            quantity=1_250_000,
            tier="auto",
        )
        for n in range(parties)
    )
    attachment = Attachment(name="a.pdf", urls=("https://exchange.example/a.pdf?x=1&y=2",))
    announcement = make_announcement(attachments=(attachment,), page_url="https://exchange.example/1")
    return make_alert(enrichment=enrichment, mentions=mentions, announcement=announcement)


def test_the_facts_come_first_with_their_pages_and_the_links_are_hidden() -> None:
    html = message_of(
        alert(parties=1, flags=("poor_ocr",), summary="Example Rail placed it.\n\nIt is large.")
    )

    assert parsed(html).split("\n") == [
        "Saraswati Cables wins an order of Rs. 12.5 crore",
        "Saraswati Cables Ltd (SARAS · 999001 · INE999A01015)",
        "1 Jul 2026, 12:00:00 IST · New Order · materiality 60/100",
        "",
        "• Order value: ₹12.50 crore [page 3]",
        "",
        "Parties:",
        "• Asha <Mehra> & Sons 0: allottee, 12,50,000 securities",
        "",
        "Example Rail placed it.",
        "",
        "It is large.",
        "",
        "Uncertain:",
        "• The document is a poor scan; characters may be misread.",
        "",
        "Source · Document",
        "Watch: everything",
    ]
    assert '<a href="https://exchange.example/a.pdf?x=1&amp;y=2">Document</a>' in html


def test_a_flash_says_that_it_is_one() -> None:
    text = parsed(message_of(make_alert(phase=Phase.FLASH, enrichment=None)))

    assert "The exchange's own words; the document has not been read yet." in text


def test_what_does_not_fit_is_left_out_from_the_end_of_what_matters_least_and_counted() -> None:
    text = parsed(message_of(alert(facts=100, parties=150, flags=("poor_ocr",), summary="words " * 150)))

    assert units(text) <= LIMIT_UNITS
    assert "words" not in text
    assert "• Order value: ₹12.50 crore [page 3]" in text
    assert "The document is a poor scan" in text
    shown, missing = text.count("• Asha"), int(re.findall(r"… and (\d+) more", text)[-1])
    assert shown + missing == 150
    assert units(text) > LIMIT_UNITS - 100, "more would have fitted"


def test_facts_alone_that_do_not_fit_are_counted_too() -> None:
    text = parsed(message_of(alert(facts=300, parties=2)))

    (missing,) = re.findall(r"… and (\d+) more", text)
    assert text.count("₹12.50 crore [page 3]") + int(missing) == 300
    assert "Parties:\n2 not shown" in text
    assert units(text) <= LIMIT_UNITS


@pytest.mark.parametrize("limit", range(420, 620, 7))
def test_a_shortened_text_never_ends_inside_an_amount(limit: int) -> None:
    summary = "The order is worth Rs. 12.5 crore, of which INR 7 million and ₹1,250 lakh are paid. " * 5

    text = parsed(message_of(alert(summary=summary), limit))

    assert units(text) <= limit
    cut = [line for line in text.split("\n") if line.startswith("The order is worth")]
    assert not any(re.search(r"(\d|₹|Rs\.?|INR)…$", line) for line in cut)


@given(
    words=st.text(max_size=400),
    summary=st.text(max_size=3000),
    facts=st.dictionaries(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=300), max_size=60),
    watch=st.text(max_size=300),
)
def test_whatever_a_filing_says_telegram_can_read_and_show_it(
    words: str, summary: str, facts: dict[str, str], watch: str
) -> None:
    stated = {name: Fact(value=value, status=Status.STATED) for name, value in facts.items()}
    html = message_of(
        make_alert(
            watch_name=watch,
            announcement=make_announcement(subject=words, headline=words, issuer_name=words * 20),
            enrichment=make_enrichment(headline=words, summary=summary, facts=stated),
        )
    )

    text = parsed(html)

    assert shown_units(html) == units(text) <= LIMIT_UNITS
    assert text.strip()


def test_the_measure_counts_as_telegram_does() -> None:
    assert shown_units('<b>a</b> &amp;&lt;&#x27; <a href="https://x">😀</a>') == 8
