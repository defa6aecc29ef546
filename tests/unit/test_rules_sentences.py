"""What one sentence of a filing tells: who, what, how much, how many, where and when."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backfin.models import EventType
from filings import enrich, values

CRORE = 10**7
_E = EventType

TRADES = [
    (
        "Disclosure under Regulation 7(2) of SEBI (Prohibition of Insider Trading) Regulations, 2015 received from "
        "Mr. Ramesh Kumar Agarwal, Promoter for acquisition of 25,000 equity shares of the Company",
        {"person": "Mr. Ramesh Kumar Agarwal", "side": "buy", "quantity": 25000, "category": "promoter"},
    ),
    (
        "Intimation under SEBI (PIT) Regulations, 2015 regarding sale of 1,50,000 equity shares by Smt. Kavita Jain, "
        "member of promoter group",
        {"person": "Smt. Kavita Jain", "side": "sell", "quantity": 150000, "category": "promoter group"},
    ),
    (
        "We have received the disclosure in Form C from M/s Alpha Ventures LLP, Promoter Group w.r.t. purchase of "
        "2,00,000 equity shares of Rs. 10 each aggregating to Rs. 3.50 crore from open market on 10.02.2026",
        {
            "person": "Alpha Ventures LLP",
            "value": Decimal(35_000_000),
            "mode": "market purchase",
            "trade_date_from": "2026-02-10",
        },
    ),
    (
        "Disclosure of change in shareholding of Mr. Vikram Singh, Director who has disposed of 12,500 equity shares "
        "through market sale, under Regulation 7 of SEBI (Prohibition of Insider Trading) Regulations, 2015",
        {"person": "Mr. Vikram Singh", "side": "sell", "quantity": 12500, "mode": "market sale"},
    ),
    (
        "Intimation of Sale of equity shares by Director Mr. K. Raghavan",
        {"person": "Mr. K. Raghavan", "side": "sell", "category": "director"},
    ),
    (
        "Promoters purchase additional 75,000 equity shares from open market",
        {"side": "buy", "quantity": 75000, "mode": "market purchase"},
    ),
]

MERGERS = [
    (
        "Acquisition of 51% stake in Zenith Pharma Private Limited for a consideration of Rs. 45 crore",
        {"kind": "acquisition", "counterparty": "Zenith Pharma Private Limited", "stake_after": 51.0},
    ),
    (
        "Merger between Sagarika Forge Ltd And Shiva Castings Limited: second motion petition admitted",
        {"kind": "merger", "counterparty": "Shiva Castings Limited"},
    ),
    (
        "Scheme of Demerger between Sagarika Forge Ltd and Sagarika Innovation Limited has become effective",
        {"kind": "demerger", "counterparty": "Sagarika Innovation Limited"},
    ),
    (
        "Divestment of entire stake in wholly owned subsidiary to Greenko Energies Private Limited for Rs. 120 crore",
        {
            "kind": "divestiture",
            "counterparty": "Greenko Energies Private Limited",
            "consideration": Decimal(120 * CRORE),
        },
    ),
    (
        "Execution of Joint Venture Agreement with Siemens AG for setting up of manufacturing plant",
        {"kind": "joint_venture", "counterparty": "Siemens AG"},
    ),
    (
        "Incorporation of Wholly Owned Subsidiary Company in the name of Sagarika Green Energy Private Limited",
        {"kind": "incorporation", "counterparty": "Sagarika Green Energy Private Limited"},
    ),
    (
        "Company has entered into Share Purchase Agreement with the shareholders of Omega Logistics Private Limited "
        "to acquire 100% equity shares",
        {"counterparty": "Omega Logistics Private Limited", "stake_after": 100.0},
    ),
    (
        "Sagarika Forge to acquire majority stake in UK-based Norton Electric Limited for GBP 12 million",
        {"counterparty": "Norton Electric Limited", "consideration": Decimal(12_000_000)},
    ),
]

LITIGATION = [
    (
        "Intimation of order received from Office of the Assistant Commissioner, CGST & Central Excise, "
        "Division-III, Pune raising demand of Rs. 1.25 crores and penalty of Rs. 12.5 lakhs",
        {
            "authority": "Assistant Commissioner, CGST & Central Excise, Division-III, Pune",
            "demand": Decimal(12_500_000),
            "penalty": Decimal(1_250_000),
        },
    ),
    (
        "Hon'ble Supreme Court of India has dismissed the appeal filed by the Income Tax Department",
        {"authority": "Supreme Court of India"},
    ),
    (
        "Receipt of Form ASMT-10 notice from Deputy Commissioner of State Tax, Mumbai for FY 2019-20",
        {"authority": "Deputy Commissioner of State Tax, Mumbai"},
    ),
    (
        "NSE and BSE have levied fine of Rs. 5,42,800 for non-compliance of Regulation 17(1)",
        {"penalty": Decimal(542_800)},
    ),
    (
        "The Commissioner (Appeals), Customs, Raipur has partly allowed the appeal. Of the total demand of Rs. 48.73 "
        "crore, Rs. 41.09 crore has been dropped. The balance Rs. 7.64 crore has been upheld. The order was passed "
        "on 9 July 2026 and came to our hands on 15 July 2026. The Company shall prefer an appeal before the "
        "Tribunal. There is no material impact on operations.",
        {
            "authority": "Commissioner (Appeals), Customs, Raipur",
            "demand": Decimal(76_400_000),
            "order_date": "2026-07-09",
            "received_at": "2026-07-15",
            "appeal_intended": "yes",
        },
    ),
]

CAPACITY = [
    (
        "Sagarika Forge commissions 50 MW solar power plant at Jodhpur, Rajasthan",
        {"capacity_added": 50.0, "unit": "MW", "location": "Jodhpur, Rajasthan"},
    ),
    (
        "Declaration of COD of 35 MWp to reach 589 MWp energised capacity out of 2.17 GWp w.e.f. 19.03.2026",
        {"capacity_added": 35.0, "unit": "MWp", "completion": "2026-03-19"},
    ),
    (
        "Company expands installed capacity from 1,20,000 TPA to 1,80,000 TPA at its Silvassa unit",
        {"capacity_before": 120000.0, "capacity_added": 60000.0, "unit": "TPA", "location": "Silvassa"},
    ),
    (
        "Commissioning of third line. With this expansion, the capacity of its Kundanganj Grinding Unit has "
        "increased by 1.4 million ton",
        {"capacity_added": 1.4, "unit": "million ton"},
    ),
]

ORDERS = [
    (
        "Receipt of work order from Bhopal Municipal Corporation for construction of sewage treatment plant for "
        "Rs. 45.67 crore to be completed in 18 months",
        {
            "customer": "Bhopal Municipal Corporation",
            "nature": "construction of sewage treatment plant",
            "domestic_or_export": "domestic",
            "order_value": Decimal("456700000"),
        },
    ),
    (
        "Award of repeat order from Trident East Ltd, Russia for supply of connectors",
        {"customer_country": "Russia", "domestic_or_export": "export", "is_repeat": "yes"},
    ),
    (
        "The Company has received an order from New York-based Company for supply of body care products",
        {"domestic_or_export": "export", "nature": "supply of body care products"},
    ),
    (
        "Bagged export order worth USD 12.5 million from a leading customer in Germany for supply of components",
        {"customer_country": "Germany", "order_value": Decimal(12_500_000)},
    ),
    (
        "Sagarika Forge emerges L1 bidder for Rs 320 crore tender of Mumbai Metro Rail Corporation",
        {"customer": "Mumbai Metro Rail Corporation", "order_value": Decimal(320 * CRORE), "stage": "L1"},
    ),
    ("Bagging of New Contract of INR 483 cr. from MSIDCL", {"customer": "MSIDCL"}),
    (
        "The company has been awarded new contract worth 30,59,653.5 from Centre for Development of Telematics",
        {"order_value": Decimal("3059653.5"), "customer": "Centre for Development of Telematics"},
    ),
    (
        "Sagarika Forge wins a seven-year contract with Halvorsen Liv Limited for supply of gears worth Rs. 90 crore",
        {"duration_months": 84},
    ),
]

CAPITAL = [
    (
        _E.ALLOTMENT,
        "Allotment of equity shares upon conversion of warrants under preferential issue",
        {"instrument": "equity", "route": "conversion"},
    ),
    (
        _E.ALLOTMENT,
        "Board approves allotment of 5,00,000 convertible warrants to promoters at Rs 120 each",
        {"instrument": "warrant", "issue_price": Decimal(120), "total_quantity": 500000},
    ),
    (
        _E.CORPORATE_ACTION,
        "Stock split: subdivision of 1 equity share of Rs. 10 each into 10 equity shares of Re. 1 each",
        {"ratio_new": 10, "ratio_old": 1},
    ),
    (
        _E.DEBT_FINANCING,
        "Sanction of term loan of Rs. 75 crores from State Bank of India at interest rate of 8.90% p.a. for a tenure "
        "of 7 years, secured by first pari passu charge on the fixed assets",
        {
            "amount": Decimal(75 * CRORE),
            "coupon": 8.9,
            "tenure": "7 years",
            "security": "first pari passu charge on the fixed assets",
        },
    ),
    (
        _E.DEBT_FINANCING,
        "Repayment of Commercial Paper. Maturity Date: 25-03-2026",
        {"instrument": "commercial paper", "maturity": "2026-03-25"},
    ),
    (
        _E.DEAL,
        "Offer for Sale: the Promoters propose to sell up to 3,31,81,173 Equity Shares representing approximately "
        "6.63% of the total issued and paid up equity share capital of the Company",
        {"side": "sell", "quantity": 33181173, "pct": 6.63},
    ),
    (
        _E.ENCUMBRANCE,
        "Promoter has created pledge on 10,00,000 equity shares in favour of Axis Trustee Services Limited",
        {"event": "create", "quantity": 1000000, "lender": "Axis Trustee Services Limited"},
    ),
    (
        _E.REGULATORY_APPROVAL,
        "Malta Medicines Authority has granted GMP approval, the certificate bearing date 12th July, 2026",
        {"authority": "Malta Medicines Authority", "kind": "GMP", "date": "2026-07-12"},
    ),
    (
        _E.REGULATORY_APPROVAL,
        "Company receives tentative approval from US FDA for Apixaban Tablets USP 2.5 mg and 5 mg",
        {"authority": "US FDA", "product": "Apixaban Tablets USP 2.5 mg and 5 mg"},
    ),
    (
        _E.REGULATORY_APPROVAL,
        "Receipt of ANDA approval from the U.S. FDA for Ticagrelor",
        {"authority": "U.S. FDA", "kind": "ANDA", "product": "Ticagrelor"},
    ),
    (
        _E.DEBT_FINANCING,
        "Issuance of Corporate Guarantee to ICICI Bank on behalf of Shiva Power Limited for Rs. 60 Crores",
        {"instrument": "guarantee", "amount": Decimal(60 * CRORE), "lender": "ICICI Bank"},
    ),
    (
        _E.REGULATORY_APPROVAL,
        "USFDA inspection concludes with five observations. Form 483 issued",
        {"authority": "USFDA", "observations": 5},
    ),
]

SENTENCES = [
    *((_E.INSIDER_TRADE, *case) for case in TRADES),
    *((_E.MERGER_ACQUISITION, *case) for case in MERGERS),
    *((_E.LITIGATION_REGULATORY, *case) for case in LITIGATION),
    *((_E.EXPANSION_CAPEX, *case) for case in CAPACITY),
    *((_E.ORDER_WIN, *case) for case in ORDERS),
    *CAPITAL,
]


@pytest.mark.parametrize(
    ("event_type", "sentence", "told"), SENTENCES, ids=[sentence[:50] for _, sentence, _ in SENTENCES]
)
def test_a_sentence_is_read_to_its_facts(
    event_type: EventType, sentence: str, told: dict[str, object]
) -> None:
    made = enrich(sentence, subject=sentence)

    assert made.event_type is event_type
    assert {field: values(made).get(field) for field in told} == told


@pytest.mark.parametrize(
    ("sentence", "field"),
    [
        ("Disclosure of acquisition/sale of shares under Regulation 7(2) of SEBI (PIT) Regulations", "side"),
        ("Receipt of an order by the Company. Construction works shall begin soon", "nature"),
        ("Scheme of Amalgamation of the Company and its shareholders", "counterparty"),
        ("Receipt of order from the office of the company secretary regarding tax demand", "authority"),
        ("Order received from a reputed customer for supply of valves", "customer"),
    ],
)
def test_what_a_sentence_does_not_tell_is_not_made_up(sentence: str, field: str) -> None:
    assert values(enrich(sentence, subject=sentence)).get(field) is None


@pytest.mark.parametrize(
    ("sentence", "party"),
    [
        (
            "Acquisition of 51% stake in Zenith Pharma Private Limited",
            ("Zenith Pharma Private Limited", "target"),
        ),
        (
            "Divestment of stake to Greenko Energies Private Limited",
            ("Greenko Energies Private Limited", "acquirer"),
        ),
        ("Form 483 issued by USFDA after inspection", ("USFDA", "regulator")),
        (
            "Approved allotment of 12,50,000 equity shares on preferential basis to Nova Capital LLP",
            ("Nova Capital LLP", "allottee"),
        ),
        (
            "Scheme of Amalgamation of ALPHA FORGE LIMITED AND BETA FORGE LIMITED WITH SAGARIKA FORGE LIMITED",
            ("BETA FORGE LIMITED", "target"),
        ),
        (
            "Sale of 2,50,000 shares through block deal by Asha Family Trust, bought by Kanak Life Insurance Limited",
            ("Kanak Life Insurance Limited", "buyer"),
        ),
    ],
)
def test_a_sentence_names_its_parties_in_their_roles(sentence: str, party: tuple[str, str]) -> None:
    assert party in [(one.name_as_written, one.role) for one in enrich(sentence, subject=sentence).parties]
