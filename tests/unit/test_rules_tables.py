"""What the rules read out of rebuilt tables: columns by their heads, rows by their labels, quotes that stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.columns import Head, days_in, head_of, roles_of
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import Enrichment, EventType, Method, Table
from filings import StandingClock, reading, values

RESULTS_ROWS = (
    ("STATEMENT OF CONSOLIDATED UNAUDITED FINANCIAL RESULTS", "", "", "", "", "", ""),
    ("(₹ in crore)", "", "", "", "", "", ""),
    ("Sr.", "Particulars", "Quarter ended", "", "", "Nine months ended", ""),
    ("No.", "", "31-12-2025", "30-09-2025", "31-12-2024", "31-12-2025", "31-12-2024"),
    ("1", "Revenue from operations", "1,000.50", "900.00", "800.00", "2,800.10", "2,400.00"),
    ("2", "Other income", "10.00", "9.00", "8.00", "28.00", "24.00"),
    ("", "Total income", "1,010.50", "909.00", "808.00", "2,828.10", "2,424.00"),
    ("", "Profit before tax", "(100.00)", "90.00", "-", "280.00", "240.00"),
    ("", "Net profit/(loss) for the period", "(75.00)", "70.00", "60.00", "210.00", "180.00"),
    ("", "Profit attributable to:", "", "", "", "", ""),
    ("", "Owners of the Company", "(74.00)", "70.00", "60.00", "210.00", "180.00"),
    ("", "Total comprehensive income attributable to:", "", "", "", "", ""),
    ("", "Owners of the Company", "(70.00)", "71.00", "61.00", "211.00", "181.00"),
    ("", "Earnings per share (₹)", "", "", "", "", ""),
    ("", "(a) Basic", "(1.25)", "1.10", "1.00", "3.20", "2.90"),
)
ALLOTTEE_ROWS = (
    (
        "Sr.",
        "Name of the allottee",
        "Category",
        "Pre-issue holding",
        "",
        "No. of shares",
        "Issue price",
        "Post-issue",
    ),
    ("No.", "", "", "No. of shares", "%", "allotted", "(₹)", "%"),
    ("1", "Rohan Mehta", "Promoter", "5,00,000", "4.00", "10,00,000", "164", "7.35"),
    ("2", "Aranyak Growth LLP", "Non-promoter", "-", "-", "7,00,000", "164", "5.15"),
    ("", "Total", "", "5,00,000", "4.00", "17,00,000", "", "12.50"),
)


def enriched(rows: tuple[tuple[str, ...], ...], *, subject: str, label: str, letter: str = "") -> Enrichment:
    """What the rules make of a letter and one table on its second page."""
    text = "\n".join(" ".join(cell for cell in row if cell) for row in rows)
    made = reading(letter, text, subject=subject, label=label)
    made = made.model_copy(update={"tables": (Table(page=2, rows=rows),)})
    return RulesEnricher(clock=StandingClock()).enrich(made, CorePromptSet())


def results(rows: tuple[tuple[str, ...], ...] = RESULTS_ROWS) -> Enrichment:
    subject = "Unaudited Financial Results for the quarter ended December 31, 2025"
    return enriched(rows, subject=subject, label="Financial Results")


def test_every_column_of_a_statement_is_read_under_its_own_period() -> None:
    read = values(results())

    assert read["revenue_from_operations"] == Decimal(10_005_000_000)
    assert read["revenue_from_operations_prior_quarter"] == Decimal(9_000_000_000)
    assert read["revenue_from_operations_prior_year_quarter"] == Decimal(8_000_000_000)
    assert read["revenue_from_operations_ytd"] == Decimal(28_001_000_000)
    assert read["revenue_from_operations_prior_ytd"] == Decimal(24_000_000_000)
    assert read["basis"] == "consolidated"


def test_a_dash_leaves_its_column_out_and_the_others_in_place() -> None:
    read = values(results())

    assert "profit_before_tax_prior_year_quarter" not in read
    assert read["profit_before_tax_ytd"] == Decimal(2_800_000_000)


def test_owners_share_in_the_profit_is_not_taken_from_comprehensive_income() -> None:
    read = values(results())

    assert read["pat_owners"] == Decimal(-740_000_000)
    assert read["profit_after_tax"] == Decimal(-750_000_000)


def test_earnings_per_share_are_rupees_whatever_the_scale() -> None:
    assert values(results())["eps_basic"] == Decimal("-1.25")


def test_a_table_without_a_scale_gives_no_amounts() -> None:
    made = results((RESULTS_ROWS[0], *RESULTS_ROWS[2:]))

    assert "revenue_from_operations" not in made.facts
    assert values(made)["eps_basic"] == Decimal("-1.25")


def test_every_figure_of_a_table_is_quoted_as_it_stands_on_its_page() -> None:
    made = results()

    assert not [flag for flag in made.flags if flag.startswith("ungrounded")]
    assert {place.page for fact in made.facts.values() for place in fact.evidence} <= {0, 2}


def test_consolidated_columns_are_read_where_standalone_ones_stand_beside_them() -> None:
    rows = (
        ("(Rs. in lakhs)", "", "", "", ""),
        ("Particulars", "Standalone", "", "Consolidated", ""),
        (
            "",
            "Quarter ended 30.06.2026",
            "Quarter ended 30.06.2025",
            "Quarter ended 30.06.2026",
            "Quarter ended 30.06.2025",
        ),
        ("Revenue from operations", "10.00", "9.00", "20.00", "19.00"),
        ("Profit for the period", "1.00", "0.90", "2.00", "1.90"),
    )
    made = enriched(
        rows, subject="Financial Results for the quarter ended 30th June, 2026", label="Financial Results"
    )
    read = values(made)

    assert read["revenue_from_operations"] == Decimal(2_000_000)
    assert read["profit_after_tax_prior_year_quarter"] == Decimal(190_000)


def test_allottees_come_from_the_columns_that_their_heads_name() -> None:
    letter = (
        "The Board has allotted 17,00,000 equity shares on preferential basis at an issue price of Rs. 164."
    )
    made = enriched(ALLOTTEE_ROWS, subject="Allotment", label="Allotment of Equity Shares", letter=letter)

    told = [(p.name_as_written, p.quantity, p.price_inr, p.pre_pct, p.post_pct) for p in made.parties]
    assert made.event_type is EventType.ALLOTMENT
    assert told == [
        ("Rohan Mehta", 1_000_000, Decimal(164), Decimal("4.00"), Decimal("7.35")),
        ("Aranyak Growth LLP", 700_000, Decimal(164), None, Decimal("5.15")),
    ]
    assert values(made)["total_quantity"] == 1_700_000


@pytest.mark.parametrize(
    ("head", "day", "span"),
    [
        ("Quarter ended 30.06.2026 (Unaudited)", date(2026, 6, 30), "quarter"),
        ("3 Months ended 31/12/2025", date(2025, 12, 31), "quarter"),
        ("Nine months ended December 31, 2025", date(2025, 12, 31), "nine"),
        ("Half Year ended 30-Sep-25", date(2025, 9, 30), "half"),
        ("Year to date figures 31.03.2026", date(2026, 3, 31), "year"),
        ("Particulars", None, ""),
    ],
)
def test_a_head_of_a_column_names_its_last_day_and_its_length(head: str, day: date | None, span: str) -> None:
    assert Head(day, span) == head_of(head)


def test_columns_without_lengths_are_told_apart_by_their_days() -> None:
    days = days_in("30.06.2026 31.03.2026 30.06.2025 31.03.2026")

    assert ("", "prior_quarter", "prior_year_quarter", None) == roles_of([Head(day) for day in days], None)


def test_days_whose_years_stand_a_line_below_are_put_together() -> None:
    assert [date(2026, 6, 30), date(2026, 3, 31)] == days_in("June 30, March 31,\n2026 2026")


def test_a_yearly_statement_compares_with_the_year_before() -> None:
    heads = [Head(date(2026, 3, 31), "year"), Head(date(2025, 3, 31), "year")]

    assert ("", "prior_ytd") == roles_of(heads, date(2026, 3, 31))


def test_a_sum_that_does_not_hold_withholds_its_lines() -> None:
    wrong = tuple(
        ("", "Total income", "1,910.50", *row[3:]) if row[1] == "Total income" else row
        for row in RESULTS_ROWS
    )

    read = values(results(wrong))

    assert "total_income" not in read
    assert "revenue_from_operations" not in read
    assert read["profit_after_tax"] == Decimal(-750_000_000)


def test_a_scanned_statement_gives_only_what_adds_up() -> None:
    rows = (
        *RESULTS_ROWS[:8],
        ("", "Tax expense", "(25.00)", "20.00", "1.00", "70.00", "60.00"),
        *RESULTS_ROWS[8:],
    )
    text = "\n".join(" ".join(cell for cell in row if cell) for row in rows)
    made = reading("", text, subject="Unaudited Financial Results for the quarter ended December 31, 2025")
    scanned = tuple(page.model_copy(update={"method": Method.OCR}) for page in made.pages)
    made = made.model_copy(update={"tables": (Table(page=2, rows=rows),), "pages": scanned})

    read = values(RulesEnricher(clock=StandingClock()).enrich(made, CorePromptSet()))

    assert read["profit_after_tax"] == Decimal(-750_000_000)
    assert read["revenue_from_operations"] == Decimal(10_005_000_000)
    assert "finance_costs" not in read


def test_rupees_of_earnings_per_share_are_no_scale_of_the_table() -> None:
    rows = tuple(
        ("", "Earnings per share (not annualised) in Rs.", *row[2:]) if "Earnings" in row[1] else row
        for row in RESULTS_ROWS
    )

    read = values(results((rows[0], *rows[2:])))

    assert "revenue_from_operations" not in read


SAST_ROWS = (
    ("Details of the acquisition / disposal as follows", "Number", "% of capital", "% of diluted capital"),
    ("Before the acquisition/disposal under consideration, holding of:", "", "", ""),
    ("a) Shares carrying voting rights", "41,80,226", "7.03", "7.03"),
    ("b) Shares in the nature of encumbrance", "10,000", "0.02", "0.02"),
    ("Details of acquisition/sale:", "", "", ""),
    ("a) Shares carrying voting rights acquired/sold", "12,48,730", "2.10", "2.10"),
    ("After the acquisition/sale, holding of:", "", "", ""),
    ("a) Shares carrying voting rights", "29,31,496", "4.93", "4.95"),
)
FORM_C_ROWS = (
    (
        *("Name, PAN and address", "Category of person", "Securities held prior to acquisition", ""),
        *(
            "Securities acquired/disposed",
            "",
            "",
            "Securities held post acquisition",
            "Date of allotment/acquisition",
        ),
        *("", "Date of intimation", "Mode of acquisition"),
    ),
    (
        *("", "", "Type", "No. and %", "No.", "Value (Rs.)", "Transaction type", "No. and %"),
        *("From", "To", "", ""),
    ),
    (
        *(
            "Rohan Mehta PAN AAAAA1234A",
            "Promoter",
            "Equity",
            "1,00,000 (1.00%)"
            r"",
            "5,000",
            "2,50,000",
            "Sale",
        ),
        *("95,000 (0.95%)", "01.07.2026", "02.07.2026", "03.07.2026", "Market sale"),
    ),
)


def test_a_takeover_form_is_read_section_by_section() -> None:
    label = "Disclosures under Reg. 29(2) of SEBI (SAST) Regulations, 2011"
    read = values(enriched(SAST_ROWS, subject=label, label=label, letter="Himgiri Value Fund (seller)"))

    assert (read["pre_quantity"], read["quantity"], read["post_quantity"]) == (
        4_180_226,
        1_248_730,
        2_931_496,
    )
    assert (read["pre_pct"], read["pct"], read["post_pct"], read["diluted_post_pct"]) == (
        7.03,
        2.1,
        4.93,
        4.95,
    )


def test_form_c_is_read_by_the_heads_of_its_columns() -> None:
    label = "Disclosures under Reg. 7(2) read with Reg. 6(2) of SEBI (PIT) Regulations, 2015"
    read = values(enriched(FORM_C_ROWS, subject=label, label=label))

    assert (read["person"], read["category"], read["side"]) == ("Rohan Mehta", "promoter", "sell")
    assert (read["quantity"], read["value"]) == (5_000, Decimal(250_000))
    assert (read["pre_pct"], read["post_pct"], read["mode"]) == (1.0, 0.95, "market sale")
    assert (read["trade_date_from"], read["trade_date_to"]) == ("2026-07-01", "2026-07-02")
    assert read["intimated_at"] == "2026-07-03"
