"""Stage, sentiment, parties and clocks: what the rules tell beside the facts, each with its reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import Enrichment, EventType, Sentiment
from filings import StandingClock, enrich, reading, values


def sent_at(moment: datetime, text: str, **labels: str) -> Enrichment:
    """What the rules make of a letter that was sent at a moment."""
    made = reading(text, **labels)
    announcement = made.announcement.model_copy(update={"submitted_at": moment, "disseminated_at": moment})
    return RulesEnricher(clock=StandingClock()).enrich(
        made.model_copy(update={"announcement": announcement}), CorePromptSet()
    )


@pytest.mark.parametrize(
    ("headline", "label", "stage"),
    [
        ("Board to consider interim dividend on 24th July, 2026", "Dividend", "proposed"),
        ("The Board has declared an interim dividend of Rs. 4 per share", "Dividend", "approved"),
        ("Allotment of 10,000 equity shares upon conversion of warrants", "Allotment", "completed"),
        ("Commencement of commercial production at the new plant", "Capacity addition", "completed"),
        ("Audited Financial Results for the year ended March 31, 2026", "Financial Results", "approved"),
        ("Disclosure under Regulation 10(5) of SEBI (SAST) Regulations", "", "proposed"),
        ("Transcript of the earnings call", "Earnings Call Transcript", "completed"),
    ],
)
def test_a_stage_follows_from_the_words_and_the_kind(headline: str, label: str, stage: str) -> None:
    made = enrich(headline=headline, label=label)

    assert made.detail["stage"] == stage


def test_the_issuer_comes_first_and_every_sentiment_has_a_reason() -> None:
    made = enrich(
        "We have received a Letter of Award from NTPC Limited worth Rs. 47.06 lakhs.",
        label="Award of Order / Receipt of Order",
    )
    told = made.detail["sentiment"]

    assert [one["party"] for one in told] == ["Sagarika Forge Ltd", "NTPC Limited"]
    assert [one["label"] for one in told] == ["positive", "neutral"]
    assert all(one["reason"] for one in told)


def test_an_order_that_is_cancelled_is_no_good_news() -> None:
    made = enrich(
        headline="Cancellation of Letter of Award received from NTPC Limited",
        label="Award of Order / Receipt of Order",
    )

    assert made.sentiment is Sentiment.NEGATIVE


def test_a_qualified_opinion_weighs_against_a_profit_that_rose() -> None:
    text = (
        "Statement of audited financial results for the year ended 31 March 2026\n(Rs. in lakhs)\n"
        "Particulars 31.03.2026 31.12.2025 31.03.2025\nRevenue from operations 20.00 18.00 10.00\n"
        "Profit before tax 5.00 4.00 2.00\nNet profit for the period 5.00 4.00 2.00\n"
        "The auditors have expressed a qualified opinion."
    )
    made = enrich(text, label="Financial Results")

    assert made.sentiment is Sentiment.MIXED
    assert "qualified_opinion" in made.flags


def test_an_outcome_sent_hours_after_the_meeting_is_told_to_be_late() -> None:
    text = (
        "Sub: Outcome of Board Meeting\nDear Sir,\nThe Board at its meeting held on 1st July, 2026 approved the"
        " allotment of 10,000 equity shares. The meeting commenced at 11.00 a.m. and concluded at 12.15 p.m."
    )

    late = sent_at(datetime(2026, 7, 1, 9, 0, tzinfo=UTC), text, label="Outcome of Board Meeting")
    timely = sent_at(datetime(2026, 7, 1, 7, 10, tzinfo=UTC), text, label="Outcome of Board Meeting")

    assert late.detail["disclosure"]["late"] == "yes"
    assert "30 minutes" in late.detail["disclosure"]["arithmetic"]
    assert timely.detail["disclosure"]["late"] == "no"


def test_without_a_clock_lateness_is_unknown() -> None:
    made = enrich("We have received an order worth Rs. 5 crore from NTPC Limited.", label="Award of Order")

    assert made.detail["disclosure"] == {"late": "unknown"}


def test_subsidiaries_partners_and_merged_companies_are_parties() -> None:
    scheme = enrich(
        "Scheme of amalgamation of Oliver Castings Private Limited and Adit Energy Limited with Sagarika Forge Ltd.",
        label="Scheme of Arrangement",
    )
    pact = enrich("We entered into an agreement with Vega Steel Limited.", label="Agreements")
    arm = enrich("Astra Tools Limited, a wholly owned subsidiary of the Company, has been granted a licence.")

    assert {(p.name_as_written, p.role) for p in scheme.parties} >= {
        ("Oliver Castings Private Limited", "target"),
        ("Adit Energy Limited", "target"),
    }
    assert ("Vega Steel Limited", "partner") in {(p.name_as_written, p.role) for p in pact.parties}
    assert ("Astra Tools Limited", "subsidiary") in {(p.name_as_written, p.role) for p in arm.parties}


def test_a_name_in_title_case_ends_where_the_person_does() -> None:
    made = enrich(
        headline="Resignation Of Mr. Atanu Rao As A Part-Time Chairman Of The Company", label="Cessation"
    )

    assert values(made)["person"] == "Mr. Atanu Rao"


def test_a_year_of_regulations_is_no_quantity() -> None:
    text = "Disclosure under SEBI (Substantial Acquisition of Shares and Takeovers) Regulations, 2011\n"
    made = enrich(text, label="Disclosures under Reg. 29(2) of SEBI (SAST) Regulations, 2011")

    assert "quantity" not in made.facts


def test_prior_intimation_under_the_listing_rules_is_no_takeover() -> None:
    made = enrich(
        headline="Intimation under Regulation 29(1) of SEBI (Listing Obligations) Regulations of the Board meeting to"
        " consider the results",
    )

    assert made.event_type is EventType.MEETING_OR_CALL


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("CARE Ratings has revised the rating from CARE A to CARE A+.", "upgrade"),
        ("CARE Ratings has revised the rating from CARE BBB- to CARE BB.", "downgrade"),
    ],
)
def test_a_revised_rating_rises_or_falls_by_its_grades(text: str, action: str) -> None:
    assert values(enrich(text, label="Credit Rating"))["action"] == action


def test_an_open_offer_names_its_target_its_days_and_its_size() -> None:
    text = (
        "Open offer for acquisition of up to 55,64,000 equity shares constituting 26.00% of Triveni Castings Limited"
        ' ("Target Company") by Brunn Guss AG ("Acquirer") at an offer price of Rs. 342.50 per share. The Public'
        " Announcement dated July 15, 2026. The Detailed Public Statement will be published on or before"
        " July 22, 2026. It was triggered by execution of a Share Purchase Agreement."
    )
    read = values(enrich(text, label="Open Offer - Updates"))

    assert (read["target"], read["offer_quantity"]) == ("Triveni Castings Limited", 5_564_000)
    assert (read["pa_date"], read["dps_date"]) == ("2026-07-15", "2026-07-22")
    assert read["trigger"] == "Share Purchase Agreement"
