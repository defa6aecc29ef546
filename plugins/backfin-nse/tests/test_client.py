"""The feed over real sockets: cookies, odd answers, blocks, and what stands in for a count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from backfin.errors import AttachmentGone, BackfinError, ExchangeUnavailable, RateLimited
from backfin.exchanges import Patience
from backfin.interfaces import FeedPage

from backfin_nse.answers import read_archived
from backfin_nse.client import PAGE
from backfin_nse.exchange import NseExchange
from backfin_nse.testing import FAULTS
from nse_rows import DAY, LISTS, PDF, row, rows, served, small_row

DATED = {"index": "equities", "from_date": "01-07-2026", "to_date": "01-07-2026"}


def only_page(exchange: NseExchange, day: date = DAY) -> FeedPage:
    (page,) = exchange.fetch_day(day)
    return page


def ids(page: FeedPage) -> set[str]:
    return {str(one["seq_id"]) for one in page.rows}


def test_without_need_no_cookie_is_fetched() -> None:
    with served({"equities": rows(30)}, segments="equities") as (server, exchange):
        only_page(exchange)

        assert [request.params for request in server.requests] == [DATED]


def test_a_refusal_is_answered_by_one_visit_whose_cookies_then_serve() -> None:
    with served({"equities": rows(3)}, needs_cookie=True, segments="equities") as (server, exchange):
        page = only_page(exchange)
        only_page(exchange)

        paths = [(request.path, request.status) for request in server.requests]
        api = "/api/corporate-announcements"
        assert paths == [(api, 401), (PAGE, 403), (api, 200), (api, 200)]
        assert page.faults == ("refused",)
        assert len(page.rows) == 3


def test_stale_cookies_are_dropped_and_fetched_anew() -> None:
    with served({"equities": rows(3)}, needs_cookie=True, segments="equities") as (server, exchange):
        only_page(exchange)
        server.spoil_cookies()

        page = only_page(exchange)

        assert page.faults == ("reset",)
        assert len(page.rows) == 3
        assert len(server.asked(PAGE)) == 2


@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in ("rate_limited", "newest_only")])
def test_an_odd_answer_loses_no_row(fault: str) -> None:
    with served({"equities": rows(45)}, segments="equities") as (server, exchange):
        server.faults.append(fault)

        assert ids(only_page(exchange)) == {one["seq_id"] for one in rows(45)}


@pytest.mark.parametrize(
    "fault", sorted(set(FAULTS) - {"rate_limited", "newest_only", "no_data", "empty_list"})
)
def test_odd_answers_without_end_are_never_an_empty_day(fault: str) -> None:
    with served({"equities": rows(5)}, rss=False, segments="equities") as (server, exchange):
        server.faults.extend([fault] * 50)

        with pytest.raises((ExchangeUnavailable, RateLimited)):
            only_page(exchange)


@pytest.mark.parametrize("fault", ["no_data", "empty_list"])
def test_nothing_twice_is_not_believed_while_the_newest_rows_are_of_that_day(fault: str) -> None:
    with served({"equities": rows(5)}, rss=False) as (server, exchange):
        server.faults.extend([fault] * 2)

        with pytest.raises(ExchangeUnavailable) as caught:
            only_page(exchange)

        assert caught.value.facts["fault"] == "empty_day"


def test_a_feed_that_shows_nothing_at_all_is_down() -> None:
    with served({"equities": []}, rss=False) as (_, exchange), pytest.raises(ExchangeUnavailable) as caught:
        only_page(exchange)

    assert caught.value.facts["fault"] == "empty_feed"


def test_a_day_without_rows_is_one_empty_page() -> None:
    with served({"equities": rows(5)}) as (_, exchange):
        page = only_page(exchange, DAY + timedelta(days=4))

    assert (page.rows, page.expected, page.is_whole) == ((), None, True)


def test_an_answer_that_forgets_the_dates_is_refused() -> None:
    with served({"equities": rows(30)}, segments="equities") as (server, exchange):
        server.faults.append("newest_only")

        with pytest.raises(ExchangeUnavailable) as caught:
            only_page(exchange, DAY - timedelta(days=1))

        assert caught.value.facts["fault"] == "other_day"


def test_a_rate_limit_is_obeyed_and_shared() -> None:
    with served({"equities": rows(3)}, rss=False) as (server, exchange):
        server.faults.append("rate_limited")

        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                only_page(exchange)
            assert caught.value.delay > 3000

        assert len(server.requests) == 1


def test_segments_are_one_page_newest_first_though_seq_ids_are_in_disorder() -> None:
    with served({"equities": rows(40), "sme": [small_row()]}) as (_, exchange):
        page = only_page(exchange)

    times = [exchange.parse(one).disseminated_at for one in page.rows]
    numbers = [int(one["seq_id"]) for one in page.rows]
    assert times == sorted(times, reverse=True)
    assert numbers != sorted(numbers, reverse=True)
    assert page.rows[0]["seq_id"] == "36111"
    kept = read_archived(1, page.content)
    assert {one["seq_id"] for one in kept.rows} == ids(page)


def test_a_segment_that_does_not_answer_leaves_the_day_open() -> None:
    with served({"equities": rows(4), "sme": [small_row()]}, patience=Patience(tries=1, backoff_s=0.001)) as (
        server,
        exchange,
    ):
        server.faults.extend(["", "error_500"])
        server.site.spoilt = _spoiling(server.site)  # type: ignore[method-assign]

        page = only_page(exchange)

    assert (len(page.rows), page.is_whole) == (4, False)
    assert "error_500: sme" in page.faults


def _spoiling(site: Any) -> Any:
    spoilt = site.spoilt
    return lambda fault, params: spoilt(fault, params) if fault else site.announcements(params)


def test_today_is_read_from_rss_while_the_api_blocks_us() -> None:
    feed = [row(1), row(2, attchmntFile="-"), row(3), row(-50_000)]
    with served({"equities": feed}, {"file-1.pdf": PDF}) as (server, exchange):
        server.is_blocked = True

        page = only_page(exchange)

        found = [exchange.parse(one) for one in page.rows]
        assert not page.is_whole
        assert page.faults[-1] == "rss"
        assert [one.headline for one in found] == [feed[n]["attchmntText"] for n in (2, 1, 0)]
        assert {one.subject for one in found} == {"General Updates"}
        assert [one.disseminated_at for one in found] == [
            exchange.parse(feed[n]).submitted_at for n in (2, 1, 0)
        ]
        assert [len(one.attachments) for one in found] == [1, 0, 1]
        assert found[2].attachments[0].name == exchange.parse(feed[0]).attachments[0].name


@pytest.mark.parametrize(("day", "settings"), [(DAY - timedelta(days=1), {}), (DAY, {"rss": False})])
def test_rss_stands_in_for_today_only_and_only_where_it_may(day: date, settings: dict[str, Any]) -> None:
    with served({"equities": rows(3)}, **settings) as (server, exchange):
        server.is_blocked = True

        with pytest.raises((ExchangeUnavailable, RateLimited)):
            only_page(exchange, day)

        assert not server.asked("RSS")


def test_who_is_refused_with_fresh_cookies_stays_away() -> None:
    with served({"equities": rows(3)}, rss=False) as (server, exchange):
        server.is_blocked = True
        for _ in range(2):
            with pytest.raises(BackfinError):
                only_page(exchange)
        asked = len(server.requests)
        server.is_blocked = False

        with pytest.raises(RateLimited):
            only_page(exchange)

        assert len(server.requests) == asked


@pytest.mark.parametrize("name", ["A_01072026_Letter.pdf", "A b & (c).zip"])
def test_an_attachment_comes_from_the_archives_host(name: str) -> None:
    body = PDF if name.endswith("pdf") else b"PK\x03\x04" + b"0" * 500
    with served({}, {name: body}) as (_, exchange):
        found = row(1, attchmntFile=f"https://nsearchives.nseindia.com/corporate/{name}")
        download = exchange.fetch_attachment(exchange.parse(found).attachments[0])

    assert download.path.read_bytes() == body
    assert download.media_type == ("application/pdf" if name.endswith("pdf") else "application/zip")
    download.path.unlink()


def test_a_block_page_in_place_of_a_file_is_no_file() -> None:
    page = b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY></BODY></HTML>"
    with (
        served({}, {"file-1.pdf": page}) as (_, exchange),
        pytest.raises((AttachmentGone, ExchangeUnavailable)),
    ):
        exchange.fetch_attachment(exchange.parse(row(1)).attachments[0])


def test_companies_come_with_the_symbols_they_had() -> None:
    with served({}, {}, LISTS) as (_, exchange):
        found = {one.isin: one for one in exchange.fetch_issuers()}

    assert set(found) == {"INE000A01010", "INE001A01018", "INE002A01016"}
    symbols = {
        code.value: (code.valid_from, code.valid_to)
        for code in found["INE001A01018"].codes
        if code.kind == "symbol"
    }
    assert symbols == {
        "CO1": (date(2007, 8, 16), None),
        "OLD1": (date(2001, 1, 10), date(2007, 8, 16)),
        "OLDEST": (date(1995, 5, 3), date(2001, 1, 10)),
    }


def test_lists_that_are_missing_hold_up_no_other() -> None:
    with served({}, {}, {"/content/equities/EQUITY_L.csv": LISTS["/content/equities/EQUITY_L.csv"]}) as (
        _,
        exchange,
    ):
        assert len(exchange.fetch_issuers()) == 2


def test_a_page_is_no_list_of_companies() -> None:
    lists = {"/content/equities/EQUITY_L.csv": b"<html></html>"}
    with served({}, {}, lists) as (_, exchange), pytest.raises(ExchangeUnavailable):
        exchange.fetch_issuers()
