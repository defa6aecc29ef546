"""The feeds over real sockets: what proves a day, odd answers, limits, and one kind that fails alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from backfin.errors import ConfigError, ExchangeUnavailable
from backfin.interfaces import FeedPage
from backfin.testing import Reply

from backfin_deals.feed import Feed
from backfin_deals.page import read_page
from backfin_deals.records import COPY, KIND, native_id, record_of
from backfin_deals.settings import NseDealsSettings
from backfin_deals.testing import DealsServer, Tables
from deal_rows import (
    BEFORE,
    DAY,
    LISTS,
    SCRIPS,
    as_fed,
    bse_deal,
    bse_trade,
    download_row,
    feed_at,
    nse_deal,
    nse_trade,
    recorded_download,
    shared,
)

OLD = DAY - timedelta(days=8)


def xbrl(*disclosures: dict[str, str]) -> bytes:
    """A file of insider trades as companies file it."""
    company = {"NameOfTheCompany": "ACME LIMITED", "ISINCode": "INE000A01010"}
    named = {"MainI": company, **{f"Disclosure{n}": cells for n, cells in enumerate(disclosures, 1)}}
    elements = "".join(
        f'<in-bse-co:{name} contextRef="{context}">{value}</in-bse-co:{name}>'
        for context, cells in named.items()
        for name, value in cells.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<xbrli:xbrl xmlns:in-bse-co="http://www.bseindia.com/xbrl/co/2017-09-15/in-bse-co"'
        f' xmlns:xbrli="http://www.xbrl.org/2003/instance">{elements}</xbrli:xbrl>'
    ).encode()


XBRL = xbrl(
    {
        "NameOfThePerson": "Asha Mehra",
        "SecuritiesAcquiredOrDisposedNumberOfSecurity": "4200",
        "SecuritiesAcquiredOrDisposedValueOfSecurity": "124110",
        "SecuritiesAcquiredOrDisposedTransactionType": "Sell",
    },
    {"NameOfThePerson": "Ravi Mehra", "SecuritiesAcquiredOrDisposedTransactionType": "Buy"},
)


def page_of(feed: Feed, day: date = DAY) -> FeedPage:
    (page,) = feed.fetch_day(day)
    return page


def kinds(page: FeedPage) -> Counter[str]:
    return Counter(str(row[KIND]) for row in page.rows)


def filing(name: str = "a.xml", day: date = DAY) -> dict[str, Any]:
    return {
        "symbol": "ACME",
        "companyName": "Acme Limited",
        "broadcastDateTime": f"{day:%d-%b-%Y} 19:02:11",
        "date": f"{day:%d-%b-%Y}",
        "xmlFileName": f"https://nsearchives.nseindia.com/corporate/xbrl/{name}",
    }


def test_rows_that_are_the_same_are_counted() -> None:
    tables = Tables(nse_bulk=[nse_deal(1), nse_deal(2), nse_deal(1)])
    with DealsServer(tables) as server, feed_at(server, "nse_deals", kinds="bulk") as feed:
        page = page_of(feed)

        assert sorted(row[COPY] for row in page.rows) == [1, 1, 2]
        assert {native_id(row) for row in page.rows} == {native_id(row) for row in page_of(feed).rows}
        assert page.is_whole
        assert page.expected is None


@pytest.mark.parametrize("name", ["bse_deals", "nse_deals"])
def test_a_day_without_rows_is_believed_when_a_day_before_has_some(name: str) -> None:
    tables = Tables(bse_bulk=[bse_deal(1, BEFORE)], nse_bulk=[nse_deal(1, BEFORE)])
    with DealsServer(tables) as server, feed_at(server, name, kinds="bulk") as feed:
        page = page_of(feed)

        assert (page.rows, page.is_whole) == ((), True)
        assert page.content


@pytest.mark.parametrize("name", ["bse_deals", "nse_deals"])
def test_a_week_without_rows_is_no_answer(name: str) -> None:
    tables = Tables(bse_bulk=[bse_deal(1, OLD)], nse_bulk=[nse_deal(1, OLD)])
    with DealsServer(tables) as server, feed_at(server, name, kinds="bulk") as feed:
        with pytest.raises(ExchangeUnavailable) as caught:
            page_of(feed)

        assert caught.value.facts["fault"] == "empty_feed"


def test_a_week_without_block_deals_is_possible() -> None:
    with DealsServer(Tables()) as server, feed_at(server, "bse_deals", kinds="block") as feed:
        assert page_of(feed).rows == ()
        server.broken["BulkDealData"] = "empty_object"
        with pytest.raises(ExchangeUnavailable):
            page_of(feed)


@pytest.mark.parametrize("fault", ["empty_object", "no_record", "empty_list", "html_200", "error_500"])
@pytest.mark.parametrize("name", ["bse_deals", "nse_deals"])
def test_one_odd_answer_costs_no_row(name: str, fault: str) -> None:
    tables = Tables(bse_bulk=[bse_deal(1)], nse_bulk=[nse_deal(1)])
    with DealsServer(tables) as server, feed_at(server, name, kinds="bulk") as feed:
        server.faults.append(fault)

        assert len(page_of(feed).rows) == 1


def test_an_answer_about_other_days_is_refused() -> None:
    with DealsServer(Tables()) as server, feed_at(server, "nse_deals", kinds="bulk") as feed:
        shown = server.answer
        server.tables.nse_bulk = [nse_deal(1, BEFORE)]
        asked = {"from": f"{BEFORE:%d-%m-%Y}", "to": f"{BEFORE:%d-%m-%Y}"}
        server.answer = lambda request: shown(replace(request, params={**request.params, **asked}))

        with pytest.raises(ExchangeUnavailable) as caught:
            page_of(feed)

        assert caught.value.facts["fault"] == "other_day"


def test_a_kind_that_fails_leaves_the_others_and_the_reading_open() -> None:
    tables = Tables(bse_bulk=[bse_deal(1)], bse_block=[bse_deal(2)], bse_trades=[bse_trade(1)])
    with DealsServer(tables) as server, feed_at(server, "bse_deals") as feed:
        server.broken["getCorp"] = "error_500"

        page = page_of(feed)

        assert kinds(page) == {"bulk": 1, "block": 1}
        assert not page.is_whole
        assert any(fault.endswith(": insider") for fault in page.faults)


def test_nothing_but_failures_is_an_error() -> None:
    with DealsServer(Tables()) as server, feed_at(server, "bse_deals") as feed:
        server.broken[""] = "error_500"

        with pytest.raises(ExchangeUnavailable):
            page_of(feed)


def test_cookies_are_fetched_where_nse_insists() -> None:
    tables = Tables(nse_bulk=[nse_deal(1)])
    with (
        DealsServer(tables, needs_cookie=True) as server,
        feed_at(server, "nse_deals", kinds="bulk") as feed,
    ):
        page = page_of(feed)
        page_of(feed)

        assert (len(page.rows), page.faults) == (1, ("refused",))
        assert len(server.asked("/report-detail/")) == 1


def test_deals_beyond_the_limit_of_json_come_from_csv() -> None:
    twice = [nse_deal(n) for n in range(100)] + [nse_deal(99)]
    with DealsServer(Tables(nse_bulk=twice)) as server, feed_at(server, "nse_deals", kinds="bulk") as feed:
        page = page_of(feed)

        assert len({native_id(row) for row in page.rows}) == len(page.rows) == 101
        assert page.is_whole


def test_deals_beyond_the_limit_that_csv_does_not_show_leave_the_reading_open() -> None:
    rows = [nse_deal(n) for n in range(100)]
    with DealsServer(Tables(nse_bulk=rows)) as server, feed_at(server, "nse_deals", kinds="bulk") as feed:
        shown = server.answer
        page_instead = Reply(200, b"<html>", "text/html")
        server.answer = lambda asked: page_instead if "csv" in asked.params else shown(asked)
        page = page_of(feed)

        assert (len(page.rows), page.is_whole) == (70, False)


def test_insider_trades_of_a_past_day_beyond_the_limit_come_from_the_page() -> None:
    trades = [bse_trade(n, BEFORE) for n in range(26)]
    rest = [download_row(BEFORE, **{"Name of Person": f"Asha Mehra {chr(65 + n)}"}) for n in range(26)]
    for n, row in enumerate(rest):
        row["Number of Securities Acquired/Disposed/Pledge etc."] = str(44400 + n)
    tables = Tables(bse_trades=trades, download=rest)
    with DealsServer(tables) as server, feed_at(server, "bse_deals", kinds="insider") as feed:
        page = page_of(feed, BEFORE)
        server.tables.download = None
        open_page = page_of(feed, BEFORE)

        assert (len(page.rows), page.is_whole) == (26, True)
        assert (len(open_page.rows), open_page.is_whole) == (25, False)


def test_insider_trades_of_today_come_whole_from_the_latest_view() -> None:
    tables = Tables(bse_trades=[bse_trade(n) for n in range(40)])
    with DealsServer(tables) as server, feed_at(server, "bse_deals", kinds="insider") as feed:
        server.today = DAY

        page = page_of(feed)

        assert (len(page.rows), page.is_whole) == (40, True)


def test_a_latest_view_that_still_shows_yesterday_is_no_failure() -> None:
    tables = Tables(bse_trades=[bse_trade(n, BEFORE) for n in range(3)])
    with DealsServer(tables) as server, feed_at(server, "bse_deals", kinds="insider") as feed:
        server.today = BEFORE

        page = page_of(feed)

        assert (page.rows, page.is_whole) == ((), True)


def test_a_latest_view_that_fails_costs_no_dated_row() -> None:
    tables = Tables(bse_trades=[bse_trade(1)])
    with DealsServer(tables) as server, feed_at(server, "bse_deals", kinds="insider") as feed:
        shown = server.answer
        server.answer = lambda asked: Reply(500) if asked.params.get("Isdefault") == "1" else shown(asked)
        page = page_of(feed)

        assert (len(page.rows), page.is_whole) == (1, True)


def test_insider_trades_come_from_the_page_where_there_is_no_api() -> None:
    tables = Tables(bse_trades=None, download=[download_row(), download_row()])
    with DealsServer(tables) as server, feed_at(server, "bse_deals", kinds="insider") as feed:
        page = page_of(feed)

        assert [row[COPY] for row in page.rows] == [1, 2]
        assert page.is_whole


def test_the_recorded_download_is_read_whole() -> None:
    folder = shared()
    if folder is None:
        pytest.skip("there is no recorded material beside the project")
    rows = recorded_download(folder)
    tables = Tables(bse_trades=None, download=rows)
    with DealsServer(tables) as server, feed_at(server, "bse_deals", kinds="insider") as feed:
        page = page_of(feed, date(2026, 1, 15))

        assert (len(page.rows), page.is_whole) == (len(rows), True)


def test_the_table_of_the_page_is_read_too() -> None:
    cells = ["500001", "Acme Ltd", "Asha <b>Mehra</b>", "Promoter", "1,000 (0.78)", "Equity Shares", "500"]
    cells += ["10000.00", "Disposal", "500 (0.39)", "29 Jun 2026 30 Jun 2026", "Market Sale", "", "", ""]
    row = "".join(f"<td>{cell}</td>" for cell in [*cells, "01 Jul 2026"])
    html = f"<table><tr><th>Security Code</th></tr><tr>{row}</tr><tr><td>1 2 3</td></tr></table>"

    (found,) = read_page(html.encode())

    record = record_of(as_fed(found, "insider"))
    assert (record.person, record.side, record.day) == ("Asha Mehra", "sell", DAY)
    assert (str(record.pre_pct), str(record.post_quantity)) == ("0.78", "500")
    assert (record.first, record.last) == (date(2026, 6, 29), date(2026, 6, 30))


def test_insider_trades_of_nse_stand_in_the_files_of_its_list() -> None:
    tables = Tables(
        nse_filings=[filing(), filing("gone.xml")], files={"/corporate/xbrl/a.xml": XBRL, **LISTS}
    )
    with DealsServer(tables) as server, feed_at(server, "nse_deals", kinds="insider") as feed:
        page = page_of(feed)
        page_of(feed)

        found = {record_of(row).person: record_of(row) for row in page.rows}
        assert set(found) == {"Asha Mehra", "Ravi Mehra"}
        assert (found["Asha Mehra"].side, found["Asha Mehra"].quantity) == ("sell", 4200)
        assert feed.parse(page.rows[0]).isin == "INE000A01010"
        assert not page.is_whole
        assert len(server.asked("a.xml")) == 1


@pytest.mark.parametrize("filings", [None, []])
def test_insider_trades_of_nse_stand_in_its_table_where_the_list_has_none(filings: list[Any] | None) -> None:
    tables = Tables(nse_filings=filings, nse_trades=[nse_trade(1), nse_trade(2)])
    with DealsServer(tables) as server, feed_at(server, "nse_deals", kinds="insider") as feed:
        page = page_of(feed)

        assert (len(page.rows), page.is_whole) == (2, True)


def test_issuers_of_both() -> None:
    with DealsServer(Tables(scrips=SCRIPS, files=LISTS)) as server:
        with feed_at(server, "bse_deals") as bse, feed_at(server, "nse_deals") as nse:
            found = {one.isin: one for one in bse.fetch_issuers()}
            (listed,) = nse.fetch_issuers()

        assert (found["INE000A01010"].name, found["INE001A01018"].status) == ("Acme Ltd", "suspended")
        assert found["INE000A01010"].codes[0].exchange == "bse_deals"
        assert (listed.isin, listed.codes[0].value) == ("INE000A01010", "ACME")


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError, match=r"exchanges\.nse_deals\.kinds"):
        NseDealsSettings.of({"kinds": "short"}, "nse_deals")


def test_a_table_of_nse_that_shows_old_rows_whatever_it_is_asked_says_nothing_of_the_day() -> None:
    tables = Tables(nse_filings=[filing("old.xml", BEFORE)], files={"/corporate/xbrl/old.xml": XBRL})
    with DealsServer(tables) as server, feed_at(server, "nse_deals", kinds="insider") as feed:
        shown = server.answer
        old = Reply.of({"data": [nse_trade(1, OLD)]})
        server.answer = lambda asked: old if asked.path.endswith("corporates-pit") else shown(asked)
        page = page_of(feed)

        assert (page.rows, page.is_whole) == ((), True)


def test_files_of_other_days_are_not_fetched() -> None:
    tables = Tables(nse_filings=[filing("old.xml", BEFORE), filing()], files={"/corporate/xbrl/a.xml": XBRL})
    with DealsServer(tables) as server, feed_at(server, "nse_deals", kinds="insider") as feed:
        shown = server.answer
        all_days = Reply.of({"data": tables.nse_filings})
        server.answer = lambda asked: all_days if asked.path.endswith("pit-gg") else shown(asked)
        page = page_of(feed)

        assert (len(page.rows), page.is_whole) == (2, True)
        assert server.asked("old.xml") == []
