"""Rows as records: every shape, numbers and names as they come, and keys that know a republished row again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from backfin.errors import ParseError
from hypothesis import given
from hypothesis import strategies as st

from backfin_deals.parse import parse_row
from backfin_deals.records import native_id, record_of
from deal_rows import (
    DAY,
    as_fed,
    bse_deal,
    bse_trade,
    download_row,
    nse_deal,
    nse_trade,
    recorded_deals,
    recorded_download,
    shared,
)

RECORDED = shared()

needs_recorded = pytest.mark.skipif(RECORDED is None, reason="there is no recorded material")


def test_a_deal_of_nse() -> None:
    found = record_of(as_fed(nse_deal(1), "bulk"))

    assert (found.day, found.symbol, found.side) == (DAY, "ACME", "buy")
    assert (found.quantity, found.price) == (Decimal(100001), Decimal("826.15"))
    assert found.person == "CLIENT 1 CAPITAL PRIVATE LIMITED"


def test_a_deal_of_bse() -> None:
    found = record_of(as_fed(bse_deal(2), "block"))

    assert (found.day, found.code, found.side) == (DAY, "500001", "sell")
    assert (found.quantity, found.price) == (Decimal(200002), Decimal("117.65"))


def test_the_csv_of_nse_is_the_same_deal_as_its_json() -> None:
    row = nse_deal(1)
    as_csv = {
        "Date": "01-JUL-2026",
        "Symbol": "ACME",
        "Security Name": "Acme Limited",
        "Client Name": row["BD_CLIENT_NAME"],
        "Buy / Sell": "BUY",
        "Quantity Traded": "1,00,001",
        "Trade Price / Wght. Avg. Price": "826.150",
        "Remarks": "-",
    }

    assert native_id(as_fed(as_csv, "bulk")) == native_id(as_fed(row, "bulk"))


def test_the_download_and_the_api_of_bse_state_the_same_trade() -> None:
    assert native_id(as_fed(download_row(), "insider")) == native_id(as_fed(bse_trade(1), "insider"))


@pytest.mark.parametrize(
    "change",
    [
        {"BD_CLIENT_NAME": "Client 1  Capital Private Limited."},
        {"BD_QTY_TRD": "1,00,001"},
        {"BD_TP_WATP": "826.150"},
        {"BD_BUY_SELL": "B"},
        {"BD_DT_DATE": "2026-07-01T00:00:00"},
        {"BD_REMARKS": "corrected"},
        {"BD_SCRIP_NAME": "ACME LTD"},
    ],
)
def test_a_republished_row_is_known_again(change: dict[str, Any]) -> None:
    assert native_id(as_fed(nse_deal(1) | change, "bulk")) == native_id(as_fed(nse_deal(1), "bulk"))


@pytest.mark.parametrize(
    "change",
    [
        {"BD_CLIENT_NAME": "ANOTHER"},
        {"BD_QTY_TRD": 100002},
        {"BD_TP_WATP": 826.16},
        {"BD_BUY_SELL": "SELL"},
        {"BD_DT_DATE": "02-JUL-2026"},
        {"BD_SYMBOL": "OTHER"},
    ],
)
def test_a_row_that_states_something_else_is_another(change: dict[str, Any]) -> None:
    assert native_id(as_fed(nse_deal(1) | change, "bulk")) != native_id(as_fed(nse_deal(1), "bulk"))


def test_kinds_and_copies_are_told_apart() -> None:
    keys = {native_id(as_fed(nse_deal(1), kind, copy)) for kind in ("bulk", "block") for copy in (1, 2)}

    assert len(keys) == 4


def test_a_trade_that_is_reported_again_is_known_again() -> None:
    later = bse_trade(1, date(2026, 7, 2), Fld_ID=1, Fld_PercentofShareholdingPre="0.80")

    assert native_id(as_fed(later, "insider")) == native_id(as_fed(bse_trade(1), "insider"))


def test_both_exchanges_tell_a_trade_in_the_same_words() -> None:
    bse = parse_row(as_fed(bse_trade(1), "insider"), "bse_deals", "BSE")
    nse = parse_row(as_fed(nse_trade(1), "insider"), "nse_deals", "NSE")

    assert bse.text.casefold() == nse.text.casefold()
    assert bse.text != parse_row(as_fed(bse_trade(1), "insider", 2), "bse_deals", "BSE").text


@pytest.mark.parametrize("nothing", ["-", "NaN", "", None, "N/A", float("nan"), "1,2,3", "0", -5])
def test_what_is_no_number_is_not_stated(nothing: Any) -> None:
    row = as_fed(nse_deal(1, BD_QTY_TRD=nothing, BD_TP_WATP=nothing), "bulk")

    found = record_of(row)

    assert (found.quantity, found.price) == (None, None)
    assert (
        "CLIENT 1 CAPITAL PRIVATE LIMITED: purchase of shares on 1 July 2026"
        in parse_row(row, "x", "NSE").text
    )


def test_a_client_without_a_name_is_not_lost() -> None:
    found = parse_row(as_fed(nse_deal(1, BD_CLIENT_NAME="-"), "bulk"), "nse_deals", "NSE")

    assert "whose name is not stated: purchase of 1,00,001 shares at Rs. 826.15 each" in found.text


@pytest.mark.parametrize(
    "change", [{"BD_DT_DATE": "-"}, {"BD_SYMBOL": "", "BD_SCRIP_NAME": None}, {"backfin_kind": "other"}]
)
def test_a_row_without_what_makes_a_deal_cannot_be_read(change: dict[str, Any]) -> None:
    with pytest.raises(ParseError):
        parse_row(as_fed(nse_deal(1), "bulk") | change, "nse_deals", "NSE")


def test_a_row_without_a_time_is_of_the_end_of_trading() -> None:
    deal = parse_row(as_fed(nse_deal(1), "bulk"), "nse_deals", "NSE")
    trade = parse_row(as_fed(bse_trade(7), "insider"), "bse_deals", "BSE")

    assert deal.disseminated_at.isoformat() == "2026-07-01T10:00:00+00:00"
    assert trade.disseminated_at.isoformat() == "2026-07-01T13:37:11+00:00"


@given(
    name=st.text(max_size=60),
    quantity=st.one_of(st.integers(), st.floats(), st.text(max_size=20)),
    side=st.text(max_size=12),
)
def test_any_row_is_read_or_refused(name: str, quantity: Any, side: str) -> None:
    row = as_fed(nse_deal(1, BD_CLIENT_NAME=name, BD_QTY_TRD=quantity, BD_BUY_SELL=side), "bulk")
    try:
        found = parse_row(row, "nse_deals", "NSE")
    except ParseError:
        return
    assert found.native_id == native_id(row)
    assert found.headline


@given(st.integers(min_value=1, max_value=10**12))
def test_a_number_is_the_same_with_commas(number: int) -> None:
    digits = str(number)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    written = ",".join([*pairs, tail])

    found = record_of(as_fed(nse_deal(1, BD_QTY_TRD=written), "bulk"))

    assert found.quantity == number


@needs_recorded
def test_every_recorded_trade_is_a_record_of_its_own() -> None:
    assert RECORDED is not None
    rows = [as_fed(row, "insider") for row in recorded_download(RECORDED)]

    found = [record_of(row) for row in rows]

    assert len({native_id(row) for row in rows}) == len(rows) > 10
    assert {one.side for one in found} == {"buy", "sell", "pledge"}
    assert all(one.person and one.quantity and one.value and one.first and one.code for one in found)


@needs_recorded
@pytest.mark.parametrize(("kind", "side"), [("bulk", "buy"), ("block", "sell")])
def test_a_recorded_deal(kind: str, side: str) -> None:
    assert RECORDED is not None
    (row,) = recorded_deals(RECORDED, kind)

    found = record_of(as_fed(row, kind))

    assert (found.side, found.day) == (side, date(2025, 12, 1))
    assert found.quantity == row["BD_QTY_TRD"]
    assert found.price == Decimal(str(row["BD_TP_WATP"]))
