"""Headlines: short sentences of found facts, else the filing's own words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.advice import gives_advice
from backfin.enrichment.rules.headlines import LONGEST, rounded, shortened, spoken, templates
from backfin.enrichment.rules.spoken import cleaned
from backfin.enrichment.written import strange_numbers
from backfin.models import Fact, Money
from backfin.models.money_text import find_amounts
from backfin.models.sheets import SHEETS
from filings import enrich

#: What a template may name beside the facts of its sheet.
KNOWN = {
    "issuer",
    "category",
    "stage",
    "profit",
    "loss",
    "instrument_plural",
    "route_words",
    "a_kind",
    "sought",
    "acquirers_or_bidder",
    "party",
    "words",
}


def test_every_template_names_facts_of_its_own_sheet() -> None:
    for template in templates():
        said = dict.fromkeys(KNOWN, "x") | dict.fromkeys(SHEETS[template.event_type].kinds(), "x")
        fields = [condition.partition("=")[0] for condition in template.conditions]

        assert all(field in said for field in fields), template
        assert "{" not in template.filled(said), template


@pytest.mark.parametrize(
    ("text", "labels", "headline"),
    [
        (
            "We inform that Ms. Rhea Vaz Monteiro has resigned as Chief Financial Officer with effect"
            " from 31st August, 2026.",
            {"subject": "Resignation of Chief Financial Officer (CFO)"},
            "Ms. Rhea Vaz Monteiro resigns as Chief Financial Officer of Sagarika Forge Ltd with effect"
            " from 31 August 2026",
        ),
        (
            "The Board has declared an interim dividend of Rs. 4/- per equity share of face value Rs."
            " 10/- each.",
            {"subject": "Corporate Action-Board approves Dividend"},
            "Sagarika Forge Ltd announces an interim dividend of ₹4 per share",
        ),
        (
            "The Committee allotted 17,00,000 fully paid equity shares of face value Rs. 10 each at Rs."
            " 164 per share"
            " on preferential basis.",
            {"label": "Allotment of Equity Shares"},
            "Sagarika Forge Ltd allots 17,00,000 equity shares at ₹164 each for ₹27.88 crore by"
            " preferential issue",
        ),
        (
            "CRISIL Ratings has downgraded the rating from CRISIL BB- to CRISIL D.",
            {"subject": "Credit Rating"},
            "CRISIL Ratings downgrades Sagarika Forge Ltd from CRISIL BB- to CRISIL D",
        ),
    ],
)
def test_found_facts_make_a_sentence(text: str, labels: dict[str, str], headline: str) -> None:
    assert enrich(text, **labels).headline == headline


@pytest.mark.parametrize(
    ("labels", "headline"),
    [
        (
            {"subject": "Announcement under Regulation 30 (LODR)-Newspaper Publication"},
            "Sagarika Forge Ltd: Newspaper Publication",
        ),
        (
            {
                "headline": "Disclosure under Regulation 30 of SEBI (LODR) Regulations, 2015",
                "subject": "Credit Rating",
            },
            "Sagarika Forge Ltd: Credit Rating",
        ),
        (
            {"headline": "Sagarika Forge Ltd has informed BSE about Fire at the Paradeep plant"},
            "Sagarika Forge Ltd: Fire at the Paradeep plant",
        ),
    ],
)
def test_without_facts_the_filing_speaks_in_its_own_words(labels: dict[str, str], headline: str) -> None:
    assert enrich(**labels).headline == headline


def test_a_filing_without_text_or_words_says_so() -> None:
    made = enrich("", issuer="")

    assert made.headline == "Filing without readable text"
    assert "no_text" in made.flags


def test_the_issuer_is_known_from_the_signature_where_the_exchange_names_none() -> None:
    made = enrich(
        "Sub: Change of registered office\nYours faithfully,\nFor Palash Polyfab Limited\n", issuer=""
    )

    assert made.headline == "Palash Polyfab Limited: Change of registered office"


@pytest.mark.parametrize(
    ("written", "short"),
    [
        (
            "Announcement under Regulation 30 (LODR)-Press Release / Media Release",
            "Press Release / Media Release",
        ),
        ("Intimation under Regulation 30 - Receipt of Purchase Order", "Receipt of Purchase Order"),
        (
            "Disclosure under Regulation 30 of SEBI (LODR) Regulations, 2015 - Bagging of Order",
            "Bagging of Order",
        ),
        ("Please find enclosed the intimation of order", "intimation of order"),
    ],
)
def test_set_phrases_are_left_out(written: str, short: str) -> None:
    assert cleaned(written) == short


@given(st.text(max_size=400))
def test_a_headline_is_never_longer_than_it_may_be(text: str) -> None:
    assert len(shortened(text)) <= LONGEST


@given(st.decimals(min_value=0, max_value=10**13, places=2))
def test_a_rounded_amount_is_still_grounded_in_the_fact(amount: Decimal) -> None:
    money = Money(amount=amount)
    text = rounded(money)

    assert strange_numbers(text, find_amounts(text), set, [money]) == []


def test_a_loss_is_told_as_a_loss() -> None:
    said = spoken({"profit_after_tax": Fact(value=Money(amount=Decimal(-46_208_000)))})

    assert (said.get("loss"), said.get("profit")) == ("₹4.62 crore", None)


def test_no_template_gives_advice() -> None:
    for template in templates():
        assert not gives_advice(template.text), template
