"""Results that were scanned: what their arithmetic bears out is published, the rest is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.columns import Head, roles_of, undated_first
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.enrichment.rules.scans import figures_in, whole_figure
from backfin.models import Enrichment, Method, Table
from filings import StandingClock, reading, values

SUBJECT = "Financial Results for the quarter ended June 30, 2021"
ROWS = (
    (
        "STATEMENT OF STANDALONE UNAUDITED",
        "FINANCIAL RESULTS FOR THE QUARTER",
        "ENDED 30TH JUNE, 2021",
        "",
        "",
    ),
    ("Particulars", "asiat sa 30, 2021", "MARCH 31, 2021", "JUNE 30, 2020", "MARCH 31, 2021"),
    ("Revenue from operations", "10.00", "12.00", "8.00", "40.00"),
    ("Other Income", "0.50", "0.40", "0.60", "2.00"),
    ("Total Income", "10.50", "12.40", "9.60", "42.00"),
    ("Total Expenses", "11.77", "22.29", "8.79", "54.51"),
    ("Profit/(Loss) before Tax (3-4) Tax Expense", "(1.27) =", "(9.89)", "0.81", "(12.51)"),
    ("Net Profit/(Loss) for the period (5-6)", "(1.27)", "(9.89)", "0.18", "(12.51)"),
    ("Total Comprehensive Income for the period", "(1.27)", ": (9.89)", "0.81", "(12.51)"),
    ("(a) Basic", "(0.02)", "(0.19)", "0.02", "(0.24)"),
    ("(b) Diluted", "(0.02)", "(0.19)", "0.20", "(0.24)"),
)


def read_scan(
    rows: tuple[tuple[str, ...], ...], letter: str = "", with_table: bool = True, subject: str = SUBJECT
) -> Enrichment:
    text = "(Rs. in Lakhs)\n" + "\n".join(" ".join(cell for cell in row if cell) for row in rows)
    made = reading(letter, text, subject=subject, label="Financial Results")
    pages = (*made.pages[:2], made.pages[2].model_copy(update={"method": Method.OCR}))
    tables = (Table(page=2, rows=rows),) if with_table else ()
    return RulesEnricher(clock=StandingClock()).enrich(
        made.model_copy(update={"pages": pages, "tables": tables}), CorePromptSet()
    )


def test_every_column_of_a_scan_stands_for_itself() -> None:
    found = values(read_scan(ROWS))

    assert found["profit_after_tax"] == Decimal(-127000)
    assert found["revenue_from_operations"] == Decimal(1000000)
    assert found["profit_after_tax_prior_quarter"] == Decimal(-989000)
    assert found["eps_basic"] == Decimal("-0.02")
    # 8.00 + 0.60 is not 9.60, and 0.18 is read nowhere else.
    assert "revenue_from_operations_prior_year_quarter" not in found
    assert "profit_after_tax_prior_year_quarter" not in found
    # Basic and diluted differ, and no capital says which is right.
    assert "eps_basic_prior_year_quarter" not in found


def test_a_misread_profit_is_not_published() -> None:
    rows = tuple(
        ("Net Profit/(Loss) for the period (5-6)", "(7.27)", *row[2:]) if row[0].startswith("Net") else row
        for row in ROWS
    )

    assert "profit_after_tax" not in values(read_scan(rows))


def test_the_summary_of_results_tells_their_figures() -> None:
    made = read_scan(ROWS)

    assert made.summary.startswith("Standalone results (unaudited) for the quarter to 30 June 2021:")
    assert "net loss ₹1.27 lakh" in made.summary


def test_the_statements_own_head_corrects_a_year_that_the_letter_slipped() -> None:
    letter = "Sub: Outcome\nDear Sir,\nWe enclose the Financial Results for the quarter ended 30' June, 2020."
    rows = (('FINANCIAL RESULTS FOR THE QUARTER ENDED 30!" JUNE, 2021',), *ROWS[1:])
    found = values(read_scan(rows, letter, subject="Financial Results"))

    assert (found["period_end"], found["period_start"]) == ("2021-06-30", "2021-04-01")


def test_lines_that_ran_together_give_both_profits() -> None:
    rows = (
        ("Particulars", "As at JUNE 30,] 2021", "As at JUNE 30, 2020"),
        ("Total Expenses", "1.83", "3.60"),
        (
            "Profit/(Loss) before Tax (3-4) Tax Expense Net Profit/(Loss) for the period (5-6)",
            "(1.83) = (1.83)",
            "(3.60) i (3.60)",
        ),
        ("Total Comprehensive Income for the period", "(1.83)", "(3.60)"),
        ("Revenue from operations", "-", "-"),
    )
    found = values(read_scan(rows))

    assert (found["profit_before_tax"], found["profit_after_tax"]) == (Decimal(-183000), Decimal(-183000))


HEADLESS = """Unaudited Standalone Results for the Quarter Ended 30/06/2021
Particulars (Unaudited) (Unaudited) (Audited)
Total Income from operations (net) 3.90 2.02 12.30
Total expenses 0.35 0.65 2.50
Profit from ordinary activities before tax 355 137 9.80
Net Profit from ordinary activities after tax 3.55 1.37 9.80
Net Profit for the period 3.55 1.37 9.80
Other Income - 0.02 0.02
Earnings per share (a) Basic 0.07 0.03 0.19
"""


def test_columns_without_heads_give_what_a_sum_proves() -> None:
    found = values(read_scan(tuple((line,) for line in HEADLESS.splitlines()), with_table=False))

    assert found["revenue_from_operations"] == Decimal(390000)
    assert found["profit_after_tax"] == Decimal(355000)
    assert "profit_before_tax" not in found
    assert "other_income" not in found


def test_a_column_whose_day_was_spoilt_is_proven_by_the_next_one() -> None:
    end = date(2021, 6, 30)
    heads = [Head(None), Head(None), Head(date(2021, 3, 31)), Head(date(2020, 6, 30))]

    assert roles_of(undated_first(heads, ["", "30, ono) 2021", "", ""], end), end) == (
        None,
        "",
        "prior_quarter",
        "prior_year_quarter",
    )
    assert undated_first(heads, ["", "Note", "", ""], end) == heads


@pytest.mark.parametrize(
    ("cell", "figures"),
    [
        ("(10.27))", ["(10.27)"]),
        ("{0.19)", ["(0.19)"]),
        ("26.05)", ["26.05"]),
        ("(0,29)", []),
        ("(3-4)", []),
        ("5", ["5"]),
    ],
)
def test_figures_are_found_among_the_marks_of_a_scan(cell: str, figures: list[str]) -> None:
    assert figures_in(cell) == figures


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["()", "{)", "[}", "()"]))
def test_a_bracketed_figure_stays_itself(number: Decimal, brackets: str) -> None:
    assert whole_figure(f"{brackets[0]}{number:.2f}{brackets[1]}") == f"({number:.2f})"
