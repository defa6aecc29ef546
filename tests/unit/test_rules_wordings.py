"""Facts of one-line filings in the many wordings of real ones: who did what, and what must not be "
"taken for it."""

from __future__ import annotations

from typing import Any

import pytest

from backfin.models import EventType
from filings import enrich, values

_E = EventType
SAST = "Disclosure under Regulation 31(4) of SEBI (Substantial Acquisition of Shares and Takeovers) Regulations, 2011"


def parties(**labels: str) -> dict[str, str]:
    """Name → role of everybody whom a filing without a document names."""
    return {party.name_as_written: party.role for party in enrich(**labels).parties}


INSIDERS = [
    (
        "Acquisition of 1,20,000 shares by Sundar Textiles Private Limited, Promoter Group",
        {"person": "Sundar Textiles Private Limited", "side": "buy", "quantity": 120_000},
    ),
    (
        "The Company has received intimation from its promoter Mr. Ashok Mittal that he has acquired "
        "15,000 Equity "
        "Shares of the Company on February 11, 2026 from the secondary market.",
        {"person": "Mr. Ashok Mittal", "quantity": 15_000, "mode": "market purchase"},
    ),
    (
        "Disclosure of acquisition of shares by Chairman: Mr. K. N. Raman, Chairman of the Company has "
        "bought 40,000 "
        "equity shares @ Rs. 92 per share aggregating Rs. 36.80 lakhs",
        {"person": "Mr. K. N. Raman", "quantity": 40_000, "value": 3_680_000},
    ),
    (
        "Disclosure - PIT Regulations: Purchase of 10000 shares on 17.03.2026 by Keshav Agarwal (HUF), "
        "part of "
        "promoter "
        "group, under Form C",
        {"person": "Keshav Agarwal (HUF)", "quantity": 10_000, "trade_date_from": "2026-03-17"},
    ),
    (
        "Form C received from Mr. R. Krishnan, Whole-time Director",
        {"person": "Mr. R. Krishnan", "category": "director"},
    ),
    (
        "Trading by Mr. Vivek Menon, Chief Financial Officer: 3,000 shares bought at Rs. 410 per share",
        {"person": "Mr. Vivek Menon", "side": "buy", "quantity": 3_000},
    ),
]


@pytest.mark.parametrize(("headline", "facts"), INSIDERS)
def test_trades_of_insiders_are_told_in_many_ways(headline: str, facts: dict[str, Any]) -> None:
    made = enrich(headline=headline)

    assert made.event_type is _E.INSIDER_TRADE
    assert {field: values(made).get(field) for field in facts} == facts


@pytest.mark.parametrize(
    "headline",
    [
        "Purchase of 50,000 Equity Shares of the Bank by the Promoter and Managing Director & CEO of "
        "the Bank "
        "as per the "
        "Trading Plan",
        "Sale Of 2,00,000 Equity Shares By The Promoter Group Of The Company",
        "Prior Intimation For Sale Of Equity Shares By The Promoter Under Sr. No. 7 (Ii) Of SEBI Circular",
    ],
)
def test_a_standing_is_no_name_of_a_trader(headline: str) -> None:
    assert "person" not in enrich(subject=headline, headline=headline).facts


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        (
            "Intimation of inter-se transfer of 10,00,000 equity shares from Mr. Arvind Jalan to Mrs. Sudha "
            "Jalan by way "
            "of gift among promoters",
            {"acquirer": "Mrs. Sudha Jalan", "quantity": 1_000_000, "side": "buy"},
        ),
        (
            "Disclosures u/r 29(1) and 29(2) of SAST Regulations, 2011 in respect of promoter group",
            {"regulation": "29(1)"},
        ),
        (
            f"Gautam Goyal, Smita Goyal, Aryan Goyal has Submitted to the Exchange a copy of {SAST}.",
            {"acquirer": "Gautam Goyal"},
        ),
        (
            f"Ashok Jalan For and on behalf of Gayatri & Annapurna has Submitted to the Exchange a copy of {SAST}.",
            {"acquirer": "Ashok Jalan"},
        ),
        (
            f"Kavya Cable and Datacom Ltd. has Submitted to the Exchange a copy of {SAST}.",
            {"acquirer": "Kavya Cable and Datacom Ltd."},
        ),
    ],
)
def test_who_takes_shares_over_is_told(headline: str, facts: dict[str, Any]) -> None:
    made = enrich(headline=headline)

    assert made.event_type is _E.SAST_DISCLOSURE
    assert {field: values(made).get(field) for field in facts} == facts


@pytest.mark.parametrize(
    "headline",
    [
        "Disclosure under Regulation 31(4) of (Substantial Acquisition of Shares and Takeovers), 2011",
        f"{SAST} for the financial year ended on March 31, 2026 received from the promoters",
        "Declaration under Regulation 31(4) of the SEBI (SAST) Regulations, 2011 for the Year ended "
        "31.03.2026",
        f"K. Raghu, Under Secretary to the Govt. of India has Submitted to the Exchange a copy of {SAST}.",
    ],
)
def test_a_yearly_declaration_tells_no_trade(headline: str) -> None:
    assert set(enrich(headline=headline).facts) == {"regulation"}


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("Sanjay Mehra & Others", ["Sanjay Mehra"]),
        ("Ashok Mehra & Sunita Mehra", ["Ashok Mehra", "Sunita Mehra"]),
        (
            "Keya Developments Pvt Ltd & JV Holding Pvt Ltd",
            ["Keya Developments Pvt Ltd", "JV Holding Pvt Ltd"],
        ),
        ("Lakshmi & Tarun Holdings Ltd", ["Lakshmi & Tarun Holdings Ltd"]),
    ],
)
def test_whom_the_exchange_received_a_disclosure_for(named: str, told: list[str]) -> None:
    made = enrich(
        subject="Disclosures under Reg. 29(2) of SEBI (SAST) Regulations, 2011",
        headline="The Exchange has received the disclosure under Regulation 29(2) of SEBI (Substantial Acquisition of "
        f"Shares & Takeovers) Regulations, 2011 for {named}",
    )

    assert made.facts["acquirer"].value == told[0]
    assert [party.name_as_written for party in made.parties] == told


def test_those_who_declare_together_are_parties_each() -> None:
    told = f"Keya Finance Ltd and Vistar Foods SE has Submitted to the Exchange a copy of {SAST}."

    assert parties(headline=told) == {"Keya Finance Ltd": "acquirer", "Vistar Foods SE": "acquirer"}


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        (
            "Mr. Ajay Piplani, promoter has created pledge over 8,50,000 equity shares constituting 2.13% of "
            "total share "
            "capital in favour of Bharani Finance Limited on February 20, 2026",
            {"promoter": "Mr. Ajay Piplani", "lender": "Bharani Finance Limited", "date": "2026-02-20"},
        ),
        (
            "Release of pledge on 12,00,000 equity shares held by Lalit Polymers Private Limited, promoter",
            {"promoter": "Lalit Polymers Private Limited", "event": "release"},
        ),
        (
            "Vindhya Trustees Limited has invoked pledge on 3,45,000 shares of promoter Sunrise "
            "Holdings Pvt Ltd",
            {"promoter": "Sunrise Holdings Pvt Ltd", "event": "invoke", "lender": "Vindhya Trustees Limited"},
        ),
    ],
)
def test_who_pledges_and_who_invokes_is_told(headline: str, facts: dict[str, Any]) -> None:
    made = enrich(headline=headline)

    assert made.event_type is _E.ENCUMBRANCE
    assert {field: values(made).get(field) for field in facts} == facts


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        ("Hon'ble NCLT has closed the CIRP of the Company", {"stage": "closed", "tribunal": "NCLT"}),
        (
            "The application for Corporate Insolvency Resolution Process filed against the company has "
            "been withdrawn",
            {"stage": "withdrawn"},
        ),
        (
            "The Hon'ble Supreme Court has set aside the order of NCLAT in CIRP of the company",
            {"stage": "set_aside"},
        ),
        (
            "Meenakshi Traders LLP has filed a petition before NCLT,Kochi under Section 9 of the IBC against "
            "the Company",
            {"petitioner": "Meenakshi Traders LLP", "tribunal": "NCLT,Kochi"},
        ),
        (
            "Insolvency and Bankruptcy: order of the Madras High Court in the matter of Kaveri Bank Ltd "
            "vs the Company",
            {"petitioner": "Kaveri Bank Ltd", "tribunal": "Madras High Court"},
        ),
        (
            "CIRP: the Resolution Professional has filed an application before NCLT Mumbai for approval "
            "of the "
            "resolution plan",
            {"stage": "filed", "petitioner": None},
        ),
        (
            "CIRP initiated by Kaveri Bank against Sagarika Forge Limited; Mr. Vinod Agrawal appointed "
            "as IRP",
            {"stage": "initiation", "petitioner": "Kaveri Bank", "irp": "Mr. Vinod Agrawal"},
        ),
        (
            "Insolvency: Company Petition (IB) No. 345/MB/2025 filed by Phoenix ARC Private Limited "
            "admitted by NCLT",
            {"stage": "admission", "petitioner": "Phoenix ARC Private Limited"},
        ),
        (
            "Update on Insolvency: Hon'ble NCLAT, New Delhi has stayed the order of NCLT admitting the "
            "Company "
            "into CIRP",
            {"stage": "stayed", "tribunal": "NCLAT, New Delhi"},
        ),
    ],
)
def test_insolvency_cases_are_told_in_many_ways(headline: str, facts: dict[str, Any]) -> None:
    made = enrich(headline=headline)

    assert made.event_type is _E.INSOLVENCY
    assert {field: values(made).get(field) for field in facts} == facts


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        (
            "Acquisition of controlling stake in Sagarika Forge Limited by Everest Capital Holdings Pte Ltd",
            {"counterparty": "Everest Capital Holdings Pte Ltd"},
        ),
        (
            'Asset Purchase Agreement entered into between Sunrise Casting Limited ("Sunrise"), Wholly Owned '
            "Subsidiary, "
            "and Shrikant Rings Limited for acquisition of plant",
            {"counterparty": "Shrikant Rings Limited"},
        ),
        (
            "Transfer of Wagad Transmission Limited (wholly owned subsidiary of Power Consulting Limited)",
            {"counterparty": "Wagad Transmission Limited"},
        ),
        (
            "Acquisition of 100% Equity Shares of Tarang Urja 47 Private Limited",
            {"counterparty": "Tarang Urja 47 Private Limited"},
        ),
        (
            "Acquired 29.99% of Equity Share Capital of Keya HR2 Energy Private limited",
            {"counterparty": "Keya HR2 Energy Private limited"},
        ),
        ("Incorporation of a Joint Venture Company", {"kind": "incorporation", "counterparty": None}),
        (
            "The Company has completely exited its investment in Reva Green Powers Private Limited",
            {"kind": "divestiture", "counterparty": "Reva Green Powers Private Limited"},
        ),
        (
            "Investment of Rs. 25 crore in Solis Energy Private Limited by way of subscription to shares",
            {
                "kind": "acquisition",
                "counterparty": "Solis Energy Private Limited",
                "consideration": 250_000_000,
            },
        ),
        ("Sagarika acquires W12 Studios, an award-winning design studio", {"counterparty": "W12 Studios"}),
        (
            "Sagarika to acquire 100% stake in Germany's Halle Arzneimittel GmbH for EUR 12.5 million",
            {"counterparty": "Halle Arzneimittel GmbH"},
        ),
        (
            'Incorporation of wholly owned subsidiary named " AREKA GENERAL TRADING FZE" in Dubai',
            {"counterparty": "AREKA GENERAL TRADING FZE"},
        ),
        (
            "Scheme of Amalgamation of Lotus Chem Private Limited with the Company: share exchange "
            "ratio of 12:25",
            {"kind": "merger", "swap_ratio": "12:25", "consideration_kind": "shares"},
        ),
        (
            "Scheme of Demerger: 1 equity share of Zed Retail Limited for every 2 equity shares held in "
            "the Company",
            {"swap_ratio": "1 equity share of Zed Retail Limited for every 2 equity shares"},
        ),
    ],
)
def test_the_other_one_of_a_deal_is_told(headline: str, facts: dict[str, Any]) -> None:
    made = enrich(headline=headline)

    assert made.event_type is _E.MERGER_ACQUISITION
    assert {field: values(made).get(field) for field in facts} == facts


def test_every_party_of_a_scheme_is_named() -> None:
    among = (
        "Scheme of Arrangement amongst Alpha Cables Limited, Beta Wires Limited and Gamma Power Limited and "
        "their shareholders"
    )
    into = (
        "Demerger of Retail Business of Zed Foods Limited (Demerged Company) into Zed Retail Limited "
        "(Resulting Company)"
    )

    assert parties(headline=among) == {
        "Alpha Cables Limited": "target",
        "Beta Wires Limited": "target",
        "Gamma Power Limited": "target",
    }
    assert parties(headline=into) == {
        "Zed Foods Limited": "target",
        "Zed Retail Limited": "resulting_company",
    }


def test_a_seller_that_sells_through_its_subsidiary_is_no_subsidiary() -> None:
    told = parties(
        headline="The Company announced acquisition of 100% shares of Post Systems AG from Deutsche Kredit AG "
        "through its "
        "subsidiary Sagarika Netherlands B.V."
    )

    assert told["Deutsche Kredit AG"] == "seller"


@pytest.mark.parametrize(
    ("headline", "target"),
    [
        (
            'Varsha Advisors Pvt Ltd ("Manager to the Offer") has informed BSE regarding Identified Date for '
            "the Proposed "
            "Open Offer of Aspira Labs & Diagnostics Ltd ('Target Company')",
            "Aspira Labs & Diagnostics Ltd",
        ),
        (
            'Varsha Advisors Pvt Ltd ("Manager to the Offer") has submitted to BSE a copy of Letter of '
            "Offer to "
            "the Public "
            'Shareholders Swarna Jewels India Ltd ("Target Company").',
            "Swarna Jewels India Ltd",
        ),
        (
            "Open offer for acquisition of up to 34,17,54,286 Equity Shares, representing 26.05% of the "
            "Expanded Voting "
            "ShareCapital of Sagarika Forge Limited ( Target Company )",
            "Sagarika Forge Limited",
        ),
    ],
)
def test_words_before_the_target_of_an_offer_are_not_its_name(headline: str, target: str) -> None:
    assert enrich(headline=headline).facts["target"].value == target


@pytest.mark.parametrize(
    ("headline", "customer"),
    [
        ("Receipt of Offer from KLW for installation of equipment worth Rs. 287 Crores", "KLW"),
        ("Receipt of Limited Notice to Proceed (LNTP) and order from DVCL", "DVCL"),
        (
            "Receipt of Letter of Acceptance from Central PSU - Indus Oil Corporation Limited",
            "Indus Oil Corporation Limited",
        ),
        (
            "Construction Contract entered between Sagarika Forge Limited (''the Company'') and Apex "
            "Infratech "
            "Private Limited",
            "Apex Infratech Private Limited",
        ),
        (
            "The Company has bagged a new contract from Khadi Industries Commission (KIC) of RS. 42150201.89",
            "Khadi Industries Commission (KIC)",
        ),
        ("Receipt of Letter of Acceptance by Provigil Systems Limited, wholly owned subsidiary", None),
        ("The Company has received an order from Maharashtra ....", None),
        ("Receipt of Purchase Order from Domestic Entity for Solar Power System", None),
        ("Received order amounted to Rs. 168.71 crore (with GST)", None),
        ("We are pleased to inform that SAGARIKAFL has been awarded Letter of Award for works", None),
    ],
)
def test_a_customer_is_who_ordered(headline: str, customer: str | None) -> None:
    found = enrich(headline=headline, label="Award of Order / Receipt of Order")

    assert found.event_type is _E.ORDER_WIN
    assert values(found).get("customer") == customer


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        (
            "Corporate Guarantee of Rs 100 Crore in favour of Kosha Bank Limited for loan availed by "
            "subsidiary",
            {"lender": "Kosha Bank Limited"},
        ),
        (
            "Execution of loan agreement with Sarvam Capital Limited for Rs. 30 crore",
            {"lender": "Sarvam Capital Limited", "amount": 300_000_000},
        ),
        ("One time settlement with Kosha Bank for Rs. 12 crore", {"ots_amount": 120_000_000}),
        (
            "Extension of Time for Repayment of Unsecured Loan granted to Andrew Tea & Company Limited",
            {"lender": None},
        ),
    ],
)
def test_lenders_are_who_lends(headline: str, facts: dict[str, Any]) -> None:
    made = enrich(headline=headline)

    assert {field: values(made).get(field) for field in facts} == facts
    assert all(party.role != "lender" or facts.get("lender", True) for party in made.parties)


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        ("Allotment of Warrants convertible into Equity shares", {"instrument": "warrant"}),
        (
            "Conversion of warrants and allotment of Equity Shares",
            {"instrument": "equity", "route": "conversion"},
        ),
        (
            "Trading Approval for 1933324 equity shares of face value of Rs. 10/- each allotted pursuant to "
            "conversion of "
            "warrants issued on preferential basis",
            {"instrument": "equity", "total_quantity": 1_933_324},
        ),
        (
            "The Company has allotted 1,91,42,87,591 Equity Shares of Re.1 each as fully-paid up Bonus "
            "Equity Shares",
            {"route": "bonus", "issue_price": None, "total_consideration": None},
        ),
    ],
)
def test_what_is_allotted_and_for_what_is_told(headline: str, facts: dict[str, Any]) -> None:
    made = enrich(headline=headline)

    assert made.event_type is _E.ALLOTMENT
    assert {field: values(made).get(field) for field in facts} == facts


def test_those_who_are_allotted_shares_together_are_told_apart() -> None:
    told = parties(
        headline="Allotment of 3,50,000 equity shares to Mr. Tanmay Bose and Quantum Leap Fund on preferential basis"
    )

    assert told == {"Mr. Tanmay Bose": "allottee", "Quantum Leap Fund": "allottee"}


@pytest.mark.parametrize(
    ("headline", "authority"),
    [
        (
            "Securities Appellate Tribunal (SAT) Order passed on dated 17-03-2026",
            "Securities Appellate Tribunal (SAT)",
        ),
        (
            "Intimation of the receipt of Delhi High Court Order admitting Company Petition",
            "Delhi High Court",
        ),
        (
            "Show cause notice from the Assessment Unit, Income Tax Department for the Financial Year "
            "2022-23",
            "Assessment Unit, Income Tax Department",
        ),
        ("Notice of demand under Income Tax Act 1961", None),
        (
            "Intimation under SEBI (LODR) regarding demand under Section 201(1) of the Income Tax Act 1961",
            None,
        ),
    ],
)
def test_an_authority_is_an_office_and_no_more(headline: str, authority: str | None) -> None:
    assert values(enrich(subject=headline)).get("authority") == authority


@pytest.mark.parametrize(
    ("headline", "day"),
    [
        ("Outcome of Board Meeting held today i.e. Friday, 24th April, 2026", "2026-04-24"),
        ("Outcome Of Board Meeting Held On Today I.E., March 18, 2026", "2026-03-18"),
        ("Outcome of Board Meeting held today i.e 23/04/2026.", "2026-04-23"),
    ],
)
def test_the_day_of_a_meeting_stands_behind_that_is(headline: str, day: str) -> None:
    assert enrich(headline=headline).facts["at"].value == day


def test_the_day_and_the_seat_of_who_died_are_told() -> None:
    made = enrich(
        headline="Sad demise of Mr. Naren K. Jain, Independent Director of the Company on Thursday, 19th March, 2026."
    )

    assert (values(made)["effective_date"], values(made)["position"]) == (
        "2026-03-19",
        "Independent Director",
    )


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        (
            "Approval of change in designation of Mr. Dhaval Shah from Non-Executive Independent "
            "Director to Non-Executive "
            "Non-Independent Director",
            {"action": "re-designate", "position": "Non-Executive Non-Independent Director"},
        ),
        (
            "Appointment of Mr. Ankit Bhatia as Chief Audit Officer (Senior Managerial Personnel) w.e.f. April 1",
            {"action": "appoint", "position": "Chief Audit Officer"},
        ),
    ],
)
def test_the_seat_that_somebody_takes_is_told(headline: str, facts: dict[str, Any]) -> None:
    made = values(enrich(headline=headline))

    assert {field: made.get(field) for field in facts} == facts


@pytest.mark.parametrize(
    ("headline", "place"),
    [
        ("Opening of watch boutiques at Kanpur, Uttar Pradesh", "Kanpur, Uttar Pradesh"),
        (
            "Inaugurates a New Showroom in Dhar, Madhya Pradesh, Further Strengthening its Footprint",
            "Dhar, Madhya Pradesh",
        ),
        ("Opening of New Retail Store in Place of Borivali Store", None),
    ],
)
def test_the_town_of_a_new_store_is_told(headline: str, place: str | None) -> None:
    assert values(enrich(subject=headline)).get("location") == place


def test_a_closed_deal_closes_no_subsidiary() -> None:
    made = enrich(headline="Closure of the acquisition of 60% stake in Keya Labs Limited, a subsidiary")

    assert made.facts["kind"].value == "acquisition"


def test_a_source_in_the_press_ends_before_the_date() -> None:
    told = (
        "Clarification sought on media report appearing on https://www.dainik.example/dated March 30, 2026 "
        'titled "A rumour of ours"'
    )

    assert enrich(headline=told).facts["media_source"].value == "https://www.dainik.example"
