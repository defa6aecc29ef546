"""Tables of HTML pages come as rows of cells, as a PDF's do; tables that only arrange a page do not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.documents.extract import MAX_CELLS, MAX_TABLES, Limits
from backfin.documents.html import extract

LIMITS = Limits(max_pages=10, max_chars=1_000_000)
RESULTS = "<tr><td>Sales</td><td>12.5</td></tr><tr><td>Profit</td><td>(1.5)</td></tr>"
ROWS = [["Sales", "12.5"], ["Profit", "(1.5)"]]


def tables_of(html: str) -> list[Sequence[Sequence[str]]]:
    """The rows of each table of a page."""
    return [table.rows for table in extract(html.encode(), LIMITS).tables]


def test_a_table_has_rows_cells_and_no_places() -> None:
    (table,) = extract(f"<p>Results</p><table>{RESULTS}</table>".encode(), LIMITS).tables

    assert (table.page, table.rows, table.boxes) == (0, ROWS, [[None, None], [None, None]])


def test_tables_of_xhtml_with_facts_in_them_are_read() -> None:
    html = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"'
        ' xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body><table><thead><tr><th>Rs. in lakh</th><th>2025</th>'
        '</tr></thead><tbody><tr><td>Sales</td><td><ix:nonFraction name="a:Sales" contextRef="c">12.5'
        "</ix:nonFraction></td></tr></tbody></table></body></html>"
    )

    assert tables_of(html) == [[["Rs. in lakh", "2025"], ["Sales", "12.5"]]]


def test_a_cell_over_several_columns_or_rows_stands_in_the_first() -> None:
    head = "<tr><th rowspan=2>Item</th><th colspan=2>Quarter</th></tr><tr><th>2025</th><th>2024</th></tr>"

    assert tables_of(f"<table>{head}<tr><td>Sales</td><td>2</td><td>1</td></tr></table>") == [
        [["Item", "Quarter", ""], ["", "2025", "2024"], ["Sales", "2", "1"]]
    ]


@pytest.mark.parametrize(
    "html",
    [
        f"<table style='display:none'>{RESULTS}</table>",
        f"<div hidden><table>{RESULTS}</table></div>",
        "<table><tr><td>Menu</td><td>A long page of prose</td></tr></table>",
        "<table><tr><td>One</td></tr><tr><td>Two</td></tr><tr><td>Three</td></tr></table>",
        "<table></table>",
        "<table>" + "<tr>" + "<td>1</td>" * 60 + "</tr><tr><td>1<td>2</tr></table>",
    ],
)
def test_what_is_hidden_or_no_table_of_values_is_left_out(html: str) -> None:
    assert tables_of(f"<html><body>{html}</body></html>") == []


def test_hidden_rows_and_cells_are_left_out() -> None:
    hidden = "<tr style='display: none'><td>Secret</td><td>9</td></tr>"
    cell = "<tr><td>Loss</td><td><span hidden>7</span>3</td></tr>"

    assert tables_of(f"<table>{RESULTS}{hidden}{cell}</table>") == [[*ROWS, ["Loss", "3"]]]


def test_of_a_table_that_arranges_tables_only_the_inner_ones_are_read() -> None:
    inner = f"<table>{RESULTS}</table>"

    assert tables_of(
        f"<table><tr><td>a</td><td>{inner}</td></tr><tr><td>b</td><td>{inner}</td></tr></table>"
    ) == [
        ROWS,
        ROWS,
    ]


def test_columns_and_rows_without_text_are_left_out() -> None:
    spaced = "<tr><td>Sales<td>&nbsp;<td>12.5</tr><tr><td><td><td></tr><tr><td>Profit<td><td>(1.5)</tr>"

    assert tables_of(f"<table>{spaced}</table>") == [ROWS]


def test_very_many_tables_are_cut_to_what_a_file_may_bring() -> None:
    found = extract(f"<table>{RESULTS}</table>".encode() * (MAX_TABLES + 5), LIMITS)

    assert len(found.tables) == MAX_TABLES
    assert sum(len(table.rows) * len(table.rows[0]) for table in found.tables) <= MAX_CELLS


def test_without_tables_only_the_text_is_read() -> None:
    found = extract(f"<table>{RESULTS}</table>".encode(), LIMITS._replace(with_tables=False))

    assert (found.pages, found.tables) == (["Sales\t12.5\nProfit\t(1.5)"], ())


@given(
    st.lists(
        st.sampled_from(
            [
                "<table>",
                "</table>",
                "<tr>",
                "<td>",
                "<td colspan=3>",
                "<td rowspan=9>",
                "</td>",
                "x",
                "<td colspan=-1>",
            ]
        ),
        max_size=60,
    )
)
def test_any_mix_of_tags_gives_rows_of_one_width(tags: list[str]) -> None:
    for rows in tables_of("".join(tags)):
        assert len({len(row) for row in rows}) == 1
        assert sum(sum(map(bool, row)) > 1 for row in rows) > 1
