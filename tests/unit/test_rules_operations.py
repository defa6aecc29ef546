"""Figures of operational updates: names, values, units, changes, periods."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.rules.operations import metrics_of
from backfin.enrichment.rules.source import Source
from backfin.models.money import format_indian
from filings import enrich, reading, values

UPDATE = "Monthly business update for June 2026"


def test_a_banks_figures_are_read_in_rupees_with_their_change_on_the_year() -> None:
    made = enrich(
        "Total deposits grew 14.2% y-o-y to Rs. 45,120 crore as on June 30, 2026. Gross advances stood at "
        "Rs. 38,905 crore, up 16.1% YoY and 3.2% QoQ. CASA ratio was 31.4%.",
        subject="Business update for Q1 FY27",
    )

    assert values(made)["metric"] == [
        {"metric": "Total deposits", "value": "451200000000", "yoy": "14.2"},
        {"metric": "Gross advances", "value": "389050000000", "yoy": "16.1"},
        {"metric": "CASA ratio", "value": "31.4"},
    ]
    assert values(made)["period"] == "Q1 FY27"


def test_rows_of_a_table_of_text_are_read_under_its_head() -> None:
    made = enrich(
        "Particulars (in MT) June 2026 June 2025 Growth %\nCoal production 10,234 9,870 3.7\n"
        "Coal offtake 9,950 10,020 (0.7)\nThanking you",
        subject=UPDATE,
    )

    assert values(made)["metric"] == [
        {"metric": "Coal production", "value": "10234", "unit": "MT", "yoy": "3.7"},
        {"metric": "Coal offtake", "value": "9950", "unit": "MT", "yoy": "-0.7"},
    ]
    assert values(made)["unit"] == "MT"


def test_one_figure_is_the_value_of_the_filing() -> None:
    made = enrich(
        "Our two stations handled 61,208 TEUs in April–June 2026 as compared to 57,440 TEUs last year.",
        subject="Operational update: volumes handled",
    )

    read = values(made)
    assert (read["metric"], read["value"], read["unit"]) == (
        [{"metric": "TEUs", "value": "61208", "unit": "TEUs"}],
        "61208",
        "TEUs",
    )
    assert read["period"] == "April–June 2026"


def test_a_fall_is_less_than_nothing_and_a_change_on_the_quarter_is_none_on_the_year() -> None:
    made = enrich(
        "Exports stood at 6,194 units, down 2.1% over last year. Domestic sales were 55,010 units, up 3% QoQ.",
        subject=UPDATE,
    )

    assert values(made)["metric"] == [
        {"metric": "Exports", "value": "6194", "unit": "units", "yoy": "-2.1"},
        {"metric": "Domestic sales", "value": "55010", "unit": "units"},
    ]


@pytest.mark.parametrize(
    ("subject", "period"),
    [
        ("Monthly business updates for the month of March 2026", "March 2026"),
        ("Business update for the quarter ended March 31, 2026", "quarter ended March 31, 2026"),
        ("Provisional production performance for Q4 FY2025-26", "Q4 FY2025-26"),
        ("Press release titled Sales Volume Update dated April 02, 2026", None),
    ],
)
def test_a_period_is_a_month_or_quarter_and_no_half_of_a_date(subject: str, period: str | None) -> None:
    assert values(enrich(subject=subject, label="Monthly Business Updates")).get("period") == period


@given(
    st.integers(100, 10**9),
    st.sampled_from(["tonnes", "units", "vehicles", "TEUs", "MW"]),
    st.sampled_from(["Domestic sales", "Cement production", "Cargo throughput", "Exports"]),
)
def test_any_count_of_any_unit_is_read_as_it_is_written(count: int, unit: str, name: str) -> None:
    page = reading(f"{name} during the month stood at {format_indian(Decimal(count))} {unit}.")

    (metric,) = metrics_of(Source(page.announcement, page.pages))

    assert (metric.name, metric.value, metric.unit) == (name, count, unit)
    assert metric.evidence[0].quote in page.pages[1].text


@given(st.text(alphabet="AaQ1 ,.%()\n₹crounits-", max_size=300))
def test_no_text_breaks_the_reader_and_every_figure_is_quoted(text: str) -> None:
    page = reading("Particulars June 2026 June 2025\n" + text)

    for metric in metrics_of(Source(page.announcement, page.pages)):
        assert metric.name
        assert metric.evidence
