"""Insolvency cases, trades of insiders, and inspections: their facts, told in many ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.rules.insolvency import extract_insolvency
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Sentiment
from filings import enrich, reading, values

PIT = "Disclosure under Regulation 7(2) of SEBI (Prohibition of Insider Trading) Regulations, 2015"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "The Hon’ble NCLT, Mumbai Bench vide order dated 8th July, 2026 has admitted the petition filed by "
            "Sahyadri Bank Limited (Financial Creditor) under Section 7. Mr. Anil Deshpande is appointed as Interim "
            "Resolution Professional.",
            {
                "stage": "admission",
                "tribunal": "NCLT, Mumbai Bench",
                "order_date": "2026-07-08",
                "petitioner": "Sahyadri Bank Limited",
                "irp": "Mr. Anil Deshpande",
            },
        ),
        (
            "Pursuant to the order of the National Company Law Tribunal, Principal Bench, New Delhi in C.P. (IB) No. "
            "214/ND/2025 dated 3 July 2026, on an application made by Meenakshi Traders LLP, an Operational Creditor, "
            "for a default of Rs. 1,45,67,890/-, CIRP has been initiated. Next date of hearing is 12 August 2026.",
            {
                "stage": "initiation",
                "tribunal": "National Company Law Tribunal, Principal Bench, New Delhi",
                "case_no": "C.P. (IB) No. 214/ND/2025",
                "order_date": "2026-07-03",
                "petitioner": "Meenakshi Traders LLP",
                "claim_amount": 14_567_890,
                "next_date": "2026-08-12",
            },
        ),
        (
            "Filing of application by operational creditor M/s. Kaveri Chemicals Private Limited against the Company "
            "before NCLT Chennai for a claim of Rs. 2.35 Crore under the Insolvency and Bankruptcy Code.",
            {
                "stage": "filed",
                "tribunal": "NCLT Chennai",
                "petitioner": "Kaveri Chemicals Private Limited",
                "claim_amount": 23_500_000,
            },
        ),
        (
            "The NCLAT, New Delhi has by order dated 6 July 2026 stayed the insolvency proceedings in Company Appeal "
            "(AT) (Insolvency) No. 812 of 2026 filed by Mr. Girish Vora.",
            {
                "stage": "stayed",
                "tribunal": "NCLAT, New Delhi",
                "case_no": "Company Appeal (AT) (Insolvency) No. 812 of 2026",
                "order_date": "2026-07-06",
                "petitioner": "Mr. Girish Vora",
            },
        ),
        (
            "NCLT Ahmedabad Bench has allowed the withdrawal of the application under Section 12A of IBC.",
            {"stage": "withdrawn", "tribunal": "NCLT Ahmedabad Bench"},
        ),
        (
            "NCLT Bengaluru dismisses insolvency petition by Rohini Steels Pvt Ltd against the company",
            {"stage": "dismissed", "tribunal": "NCLT Bengaluru", "petitioner": "Rohini Steels Pvt Ltd"},
        ),
        (
            "The NCLT, Kolkata Bench has ordered liquidation of the Company and appointed Mr. Partha Sen as the "
            "Liquidator.",
            {"stage": "liquidation", "tribunal": "NCLT, Kolkata Bench"},
        ),
    ],
)
def test_an_insolvency_case_is_read_at_every_stage(text: str, facts: dict[str, Any]) -> None:
    made = enrich(text, subject="Corporate Insolvency Resolution Process")

    assert made.event_type is EventType.INSOLVENCY
    assert values(made) == facts


def test_who_signs_as_resolution_professional_is_in_charge() -> None:
    made = enrich(
        "The Committee of Creditors has approved the resolution plan submitted by Nilgiri Infra Limited.\n"
        "For Sagarika Forge Limited\nRajesh Kumar Sheth\nResolution Professional",
        subject="CIRP: approval of resolution plan",
    )

    assert [(p.name_as_written, p.role) for p in made.parties] == [
        ("Rajesh Kumar Sheth", "resolution_professional"),
        ("Nilgiri Infra Limited", "resolution_applicant"),
    ]


_CASE_WORDS = st.lists(
    st.sampled_from(
        [
            "NCLT",
            "Mumbai Bench",
            "petition",
            "by",
            "Financial Creditor",
            "Aa Bb Limited",
            "Mr. Aa Bb",
            "as",
            "IRP",
            "order",
        ]
    ),
    max_size=40,
)


@given(_CASE_WORDS)
def test_facts_of_a_case_are_quoted_from_its_page(words: list[str]) -> None:
    page = reading(" ".join(words))

    found = extract_insolvency(Source(page.announcement, page.pages))

    for fact in found.facts.values():
        assert all(place.quote in page.pages[1].text for place in fact.evidence)


@pytest.mark.parametrize(
    ("text", "person", "role", "side", "quantity"),
    [
        (
            "Disclosure in Form C from Ms. Leela Nambiar (Designated Person) for sale of 4,500 equity shares.",
            "Ms. Leela Nambiar",
            "designated_person",
            "sell",
            4500,
        ),
        (
            "Disclosure received from Mrs. Sudha Rao, immediate relative of Mr. Prakash Rao, Director, in respect of "
            "disposal of 15,000 shares.",
            "Mrs. Sudha Rao",
            "immediate_relative",
            "sell",
            15_000,
        ),
        (
            "Intimation of acquisition of 1,20,000 shares by Kaveri Holdings Private Limited, member of promoter group",
            "Kaveri Holdings Private Limited",
            "promoter_group",
            "buy",
            120_000,
        ),
        (
            "Disclosure for trades by Mr Rakesh Pillai, Chief Financial Officer: purchase of 2,000 shares",
            "Mr Rakesh Pillai",
            "kmp",
            "buy",
            2000,
        ),
    ],
)
def test_an_insiders_trade_is_read_with_the_insiders_role(
    text: str, person: str, role: str, side: str, quantity: int
) -> None:
    made = enrich(text, subject=PIT)

    read = values(made)
    assert (read["person"], read["side"], read["quantity"]) == (person, side, quantity)
    assert [(p.name_as_written, p.role) for p in made.parties] == [(person, role)]


def test_the_issuer_is_not_taken_for_the_acquirer_of_its_own_shares() -> None:
    made = enrich(
        subject="Disclosure under SEBI Takeover Regulations",
        headline="Sagarika Forge Limited has Submitted to the Exchange a copy of Disclosure under Regulation 31(4).",
    )

    assert "acquirer" not in made.facts


@pytest.mark.parametrize(
    ("text", "sentiment", "facts"),
    [
        (
            "The inspection closed with a Form-483 with 4 (four) observations.",
            Sentiment.NEGATIVE,
            {"kind": "483", "observations": 4},
        ),
        (
            "The inspection ended with NIL observations and no Form 483 was issued.",
            Sentiment.POSITIVE,
            {"observations": 0},
        ),
        ("The facility has received a warning letter.", Sentiment.NEGATIVE, {"kind": "WL"}),
        ("The facility was placed under import alert 66-40.", Sentiment.NEGATIVE, {}),
        ("The inspection has commenced at our plant.", Sentiment.NEUTRAL, {}),
        (
            "We received the Establishment Inspection Report (EIR), closing the inspection.",
            Sentiment.POSITIVE,
            {"kind": "EIR"},
        ),
    ],
)
def test_what_an_inspection_finds_makes_the_news(
    text: str, sentiment: Sentiment, facts: dict[str, Any]
) -> None:
    made = enrich(f"Sub: Update on US FDA\nDear Sir,\n{text}", subject="Update on US FDA inspection")

    assert made.sentiment is sentiment
    assert values(made) == {"authority": "US FDA"} | facts
    assert [(p.name_as_written, p.role) for p in made.parties] == [("US FDA", "regulator")]


def test_the_drug_office_is_known_over_the_end_of_a_line_and_before_the_rules_a_letter_cites() -> None:
    made = enrich(
        "Disclosure under Regulation 30 of SEBI (LODR) Regulations\nWe received the report from the US\nFDA.",
        subject="Outcome of USFDA inspection under SEBI LODR Regulations",
    )

    assert values(made)["authority"] == "US FDA"
