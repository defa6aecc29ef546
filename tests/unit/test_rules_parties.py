"""Whom a filing names, in which role: told by the words beside a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.rules.bodies import named_bodies
from backfin.enrichment.rules.names import clean_name, clean_person, is_name
from backfin.enrichment.rules.people import named_people, seat_role
from backfin.enrichment.rules.source import Source
from backfin.models import EventType
from filings import enrich, reading

_E = EventType


def roles(text: str, event_type: EventType, issuer: str = "Sagarika Forge Ltd") -> dict[str, str]:
    """Name → role, of bodies and people that a page names."""
    given_reading = reading(text, issuer=issuer)
    source = Source(given_reading.announcement, given_reading.pages)
    bodies = named_bodies(source, event_type, [])
    named = [*bodies, *named_people(source, event_type, bodies)]
    return {party.name_as_written: party.role for party in named}


@pytest.mark.parametrize(
    ("event_type", "text", "named"),
    [
        (
            _E.OPEN_OFFER,
            'Offer by Falkenberg Guss AG ("Acquirer") together with Falkenberg India Private Limited ("PAC"), '
            "issued by Kumudini Advisors Limited, Manager to the Offer.",
            {
                "Falkenberg Guss AG": "acquirer",
                "Falkenberg India Private Limited": "pac",
                "Kumudini Advisors Limited": "merchant_banker",
            },
        ),
        (
            _E.SAST_DISCLOSURE,
            "Transfer of 3,00,000 shares by gift from Mr. Dinanath Sahu. Name of the Target Company (TC)\n"
            "Sagarika Forge Limited",
            {"Sagarika Forge Limited": "target", "Mr. Dinanath Sahu": "seller"},
        ),
        (
            _E.MERGER_ACQUISITION,
            "The Company has acquired 51% of Tarangini Foods Limited from Vasundhara Holdings Private Limited.",
            {"Tarangini Foods Limited": "target", "Vasundhara Holdings Private Limited": "seller"},
        ),
        (
            _E.MERGER_ACQUISITION,
            "Sale of the packaging business to Nalanda Cartons LLP, valued by the registered valuer Ms. Trupti Joshi.",
            {"Nalanda Cartons LLP": "acquirer", "Ms. Trupti Joshi": "valuer"},
        ),
        (
            _E.MERGER_ACQUISITION,
            "Strike-off of Kaveri Salt Holdings Limited and Narmada Salt Works Limited, wholly owned subsidiaries.",
            {"Kaveri Salt Holdings Limited": "subsidiary", "Narmada Salt Works Limited": "subsidiary"},
        ),
        (
            _E.DEBT_FINANCING,
            "A term loan of Rs. 50 crore sanctioned by Kongu Nidhi Bank Limited; guarantee for Malhar Steels Company "
            "('MSC'), wholly owned subsidiary of the Company.",
            {"Kongu Nidhi Bank Limited": "lender", "Malhar Steels Company": "subsidiary"},
        ),
        (
            _E.ALLOTMENT,
            "Allotment of 6,40,000 equity shares to Riddhima Portfolio Private Limited and Sarvani Trading Limited.",
            {"Riddhima Portfolio Private Limited": "allottee", "Sarvani Trading Limited": "allottee"},
        ),
        (
            _E.INSOLVENCY,
            "Petition by Jharna Suppliers Private Limited (Operational Creditor). For Sagarika Forge Limited\n"
            "Mr. Veerappa Mekala\nResolution Professional",
            {
                "Jharna Suppliers Private Limited": "petitioner",
                "Mr. Veerappa Mekala": "resolution_professional",
            },
        ),
        (
            _E.LITIGATION_REGULATORY,
            "Arbitration with Konkan Tat Development Authority; a penalty on its CFO, Mr. Adil Merchant.",
            {"Konkan Tat Development Authority": "respondent", "Mr. Adil Merchant": "kmp"},
        ),
        (
            _E.MEETING_OR_CALL,
            "Management: Mr. Adarsh Ponnappa – Managing Director; Ms. Gayatri Hegde – CFO\nModerator:",
            {"Mr. Adarsh Ponnappa": "director", "Ms. Gayatri Hegde": "kmp"},
        ),
        (
            _E.MANAGEMENT_CHANGE,
            "Ms. Debolina Bose joins as Company Secretary in place of Mr. Tapas Guin. Mr. Kunal Sen, Director, and "
            "Mr. Arijit Roy, Whole Time Director, continue.",
            {
                "Ms. Debolina Bose": "kmp",
                "Mr. Tapas Guin": "director",
                "Mr. Kunal Sen": "director",
                "Mr. Arijit Roy": "director",
            },
        ),
        (
            _E.ROUTINE,
            "Memorandum of understanding with Kestrelwood Optics Ltd. through its subsidiary, namely Vandana Foods "
            "Private Limited.",
            {"Kestrelwood Optics Ltd.": "partner", "Vandana Foods Private Limited": "subsidiary"},
        ),
    ],
)
def test_words_beside_a_name_tell_its_role(event_type: EventType, text: str, named: dict[str, str]) -> None:
    assert roles(text, event_type) == named


@pytest.mark.parametrize(
    "text",
    [
        "The acquisition of shares of Sagarika Forge Limited, a wholly owned subsidiary.",
        "Incorporation of A Wholly Owned Subsidiary Company.",
        "Agreement with Media Company.",
        "BSE Limited, a subsidiary of nobody.",
        "Shares of the Target Company from Stock Exchange of India Limited.",
    ],
)
def test_the_issuer_and_nobody_in_particular_are_no_parties(text: str) -> None:
    assert roles(text, _E.MERGER_ACQUISITION) == {}


def test_a_subject_does_not_run_into_the_first_name_of_the_headline() -> None:
    made = enrich(
        subject="Updates on Open Offer",
        headline='Kumudini Advisors Limited ("Manager to the Offer") has submitted a copy of the Letter of Offer.',
    )

    assert [(p.name_as_written, p.role) for p in made.parties] == [
        ("Kumudini Advisors Limited", "merchant_banker")
    ]


def test_auditors_who_reviewed_the_results_are_parties() -> None:
    made = enrich(
        "Sub: Unaudited financial results for the quarter ended 30 June 2026\nThe limited review was carried out by "
        "the statutory auditors, M/s. Venkat Iyer Rao & Co.\nFor B. Mukhuti & Associates\nChartered Accountants",
        subject="Unaudited Financial Results for the quarter ended June 30, 2026",
        label="Financial Results",
    )

    assert [(p.name_as_written, p.role) for p in made.parties] == [
        ("Venkat Iyer Rao & Co.", "auditor"),
        ("B. Mukhuti & Associates", "auditor"),
    ]


def test_a_firm_known_by_its_practice_alone_is_the_auditor() -> None:
    made = enrich(
        "We inform that M/s. Chhetri Rai & Tamang, Company Secretaries in practice, have been appointed by the Board "
        "as Secretarial Auditors of the Company.",
        subject="Appointment of Secretarial Auditors",
    )

    assert made.facts["firm"].value == "Chhetri Rai & Tamang"


def test_large_holders_and_categories_of_a_shareholding_pattern_are_read() -> None:
    made = enrich(
        "Sub: Shareholding pattern under Regulation 31 as at 30.06.2026\n"
        "Cat. Category of shareholder No. of shares %\n"
        "A Promoter & Promoter Group 62,35,100 48.96\nB Public 65,00,000 51.04\nTotal 1,27,35,100 100.00\n"
        "Public shareholders holding more than 1%:\nName No. of shares %\n"
        "Nirantar Opportunities Fund 4,10,000 3.22\nMr. Vasant Kolhatkar 2,54,700 2.00\nPledged shares: Nil\n",
        subject="Shareholding Pattern under Regulation 31",
    )

    assert made.facts["period_end"].value == "2026-06-30"
    assert made.facts["holders"].value == ["Nirantar Opportunities Fund", "Mr. Vasant Kolhatkar"]
    assert made.facts["category_totals"].value[1] == {
        "category": "Public",
        "quantity": "6500000",
        "pct": "51.04",
    }
    assert [(p.role, p.quantity) for p in made.parties] == [
        ("shareholder", 410_000),
        ("shareholder", 254_700),
    ]


def test_whom_warrants_are_to_be_issued_to_is_a_proposed_allottee() -> None:
    made = enrich(
        "The Board has approved the issue of 25,00,000 warrants on preferential basis. Proposed allottees:\n"
        "1 Mr. Appala Naidu (Promoter) 15,00,000\n2 Tarangini Aqua Pte. Ltd. (Non-promoter) 10,00,000\n",
        subject="Preferential issue of warrants: approval of the Board",
    )

    assert [(p.name_as_written, p.role, p.quantity) for p in made.parties] == [
        ("Mr. Appala Naidu", "proposed_allottee", 1_500_000),
        ("Tarangini Aqua Pte. Ltd.", "proposed_allottee", 1_000_000),
    ]


def test_who_takes_over_a_demerged_business_is_the_resulting_company() -> None:
    made = enrich(
        "NCLT has sanctioned the demerger of our concrete division into Rekha Readymix Limited. Members get 1 share of "
        "Rekha Readymix Limited for each 4 shares.",
        subject="Scheme of arrangement for demerger",
    )

    assert [(p.name_as_written, p.role) for p in made.parties] == [
        ("Rekha Readymix Limited", "resulting_company")
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Scheme of Amalgamation of Cauvery Tyres Ltd.", "Cauvery Tyres Ltd."),
        ("Of The Share Capital Of Tarangini Printers Private Limited", "Tarangini Printers Private Limited"),
        ("NHAI for Jamner Fee Plaza", "NHAI"),
        ("Centre for Development of Looms", "Centre for Development of Looms"),
        ("Rajas Sub Assembly Private Limited", "Rajas Sub Assembly Private Limited"),
        ("Sports Authority of Rajnagar for Rs", "Sports Authority of Rajnagar"),
    ],
)
def test_a_name_sheds_the_words_that_ran_into_it(written: str, name: str) -> None:
    assert clean_name(written) == name


@pytest.mark.parametrize("text", ["March 2026", "Financial Year Ended On March", "Singapore", "Company. All"])
def test_days_places_and_sentences_are_no_names(text: str) -> None:
    assert not is_name(text)


def test_a_sentence_does_not_run_on_into_a_person() -> None:
    assert clean_person("Mr. Tapas Guin. This") == "Mr. Tapas Guin"


_WORDS = st.lists(
    st.sampled_from(
        ["Mr.", "Ms", "Limited", "Private", "subsidiary", "from", "to", "(", "“Acquirer”)", "and", "Aa", "of"]
    ),
    max_size=60,
)


@given(_WORDS, st.sampled_from(list(EventType)))
def test_every_party_stands_on_its_page(words: list[str], event_type: EventType) -> None:
    text = " ".join(words)
    page = reading(text)
    source = Source(page.announcement, page.pages)

    for party in (*named_bodies(source, event_type, []), *named_people(source, event_type, [])):
        assert party.role
        assert party.name_as_written in " ".join(text.split())
        assert all(place.quote in text for place in party.evidence)


@pytest.mark.parametrize(
    ("position", "role"),
    [("Whole Time Director", "director"), ("Managing Director & CEO", "kmp"), ("", "kmp")],
)
def test_a_seat_tells_a_director_from_a_key_manager(position: str, role: str) -> None:
    assert seat_role(position, "Change in Key Managerial Personnel") == role


@pytest.mark.parametrize(
    ("subject", "headline", "field", "value"),
    [
        ("Appointment of Oscar Ganuza as Chief Financial Officer", "", "person", "Oscar Ganuza"),
        (
            "Change in Directorate",
            "Prof. Clayton Mistry has relinquished the position of Director.",
            "action",
            "resign",
        ),
        (
            "Resignation",
            "We inform you of the resignation of Mr.Rajan Pai, Director.",
            "person",
            "Mr.Rajan Pai",
        ),
        ("Retirement", "Retirement of Senior Management Personnel", "action", "retire"),
        (
            "Receipt of order",
            'The Company secures order from "Kosha Consortium of Gujarat" (KCG)',
            "customer",
            "Kosha Consortium of Gujarat",
        ),
        (
            "Receipt of order",
            "Order received by Sagarika Smart Limited, a wholly owned subsidiary of the Company, from Kosha "
            "Electronics Limited.",
            "customer",
            "Kosha Electronics Limited",
        ),
        (
            "Dissolution of Blazewood Americas Inc., a step-down subsidiary",
            "",
            "counterparty",
            "Blazewood Americas Inc.",
        ),
        (
            "Incorporation of Subsidiary Company under the name Tisha Maritime Private Limited",
            "",
            "counterparty",
            "Tisha Maritime Private Limited",
        ),
        (
            "Disclosure under Regulation 29(2) of SEBI (SAST) Regulations - Acquisition of Shares",
            "",
            "side",
            "buy",
        ),
    ],
)
def test_names_and_acts_of_one_line_are_facts(subject: str, headline: str, field: str, value: str) -> None:
    assert enrich(subject=subject, headline=headline).facts[field].value == value


def test_words_that_end_in_a_title_of_address_begin_no_person() -> None:
    made = enrich(
        subject="Appointment of law firms", headline="Appointment of external law firms\nAppointment"
    )

    assert "person" not in made.facts


def test_a_place_is_no_customer_but_tells_an_export() -> None:
    made = enrich(subject="Receipt of order", headline="Order received from Singapore for drilling tools")

    assert "customer" not in made.facts
    assert (made.facts["customer_country"].value, made.facts["domestic_or_export"].value) == (
        "Singapore",
        "export",
    )
