"""The BSE client against a server with the exchange's habits and faults, over real HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from backfin.clock import parse_ist
from backfin.errors import EgressRefused, ExchangeUnavailable, RateLimited, SourceChanged
from backfin.exchanges.bse import BseExchange
from backfin.exchanges.recorded import RecordedExchange
from backfin.interfaces import Exchange
from backfin.models import Attachment
from backfin.pacing import LocalPacer
from backfin.testing.exchange_server import ExchangeServer
from bse_rows import DAY, PDF, exchange_at, ids_of, reading, recorded_rows, redated, row, rows

FEED = "/BseIndiaAPI/api/AnnSubCategoryGetData/w"
ZERO = {"Table": [], "Table1": [{"ROWCNT": 0}]}

#: Faults that one more request gets over.
PASSING = ["block_page", "html_200", "no_record", "empty_object", "reset", "error_500", "empty_body"]


@contextmanager
def scripted(server: HTTPServer, **settings: Any) -> Iterator[BseExchange]:
    """A client of a server whose answers the test writes."""
    base = server.url_for("")
    with exchange_at(f"{base}/BseIndiaAPI/api", f"{base}/files", **settings) as exchange:
        yield exchange


def test_the_client_is_an_exchange() -> None:
    with exchange_at("http://127.0.0.1:1", "http://127.0.0.1:1") as exchange:
        assert isinstance(exchange, Exchange)
        assert (exchange.name, exchange.mic, str(exchange.zone)) == ("bse", "XBOM", "Asia/Kolkata")


def test_a_recorded_day_comes_whole_and_newest_first(shared: Path) -> None:
    recorded = [redated(one, DAY) for one in recorded_rows(shared)]

    with ExchangeServer(recorded) as server, reading(server) as exchange:
        pages = list(exchange.fetch_day(DAY))

    seen = [one for page in pages for one in page.rows]
    times = [parse_ist(one["NEWS_DT"]) for one in seen]
    assert {one["NEWSID"] for one in seen} == {one["NEWSID"] for one in recorded}
    assert len(seen) == 1055
    assert times == sorted(times, reverse=True)
    assert {page.expected for page in pages} == {1055}
    assert [page.number for page in pages] == list(range(1, 23))


def test_market_wide_rows_lose_the_prefix_of_the_subject(shared: Path) -> None:
    recorded = {one["NEWSID"]: one for one in (redated(one, DAY) for one in recorded_rows(shared)[:80])}

    with ExchangeServer(recorded.values()) as server, reading(server) as exchange:
        raw = [one for page in exchange.fetch_day(DAY) for one in page.rows]
        subjects = {one["NEWSID"]: exchange.parse(one).subject for one in raw}

    assert all(one["NEWSSUB"].startswith("TATA CONSULTANCY SERVICES LTD. - 532540 - ") for one in raw)
    assert subjects == {key: exchange.parse(one).subject for key, one in recorded.items()}


def test_pages_of_any_size_are_read_to_the_end() -> None:
    with ExchangeServer(rows(125), page_size=60) as server, reading(server) as exchange:
        assert len(ids_of(exchange)) == 125


@pytest.mark.parametrize("fault", PASSING)
def test_a_single_fault_is_asked_again_and_named(fault: str) -> None:
    with ExchangeServer(rows(10)) as server, reading(server) as exchange:
        server.faults.once(fault)

        pages = list(exchange.fetch_day(DAY))

    assert sum(len(page.rows) for page in pages) == 10
    assert [name for page in pages for name in page.faults] == [fault]


def test_a_slow_answer_is_waited_for() -> None:
    with ExchangeServer(rows(3), slow_s=0.3) as server, reading(server) as exchange:
        server.faults.once("slow")

        assert len(ids_of(exchange)) == 3


def test_silence_is_a_time_out_and_asked_again() -> None:
    with ExchangeServer(rows(3), stall_s=5) as server, reading(server, timeout=0.2) as exchange:
        server.faults.once("timeout")

        pages = list(exchange.fetch_day(DAY))

    assert pages[0].faults == ("timeout",)


def test_a_short_retry_after_is_waited_for() -> None:
    with ExchangeServer(rows(3)) as server, reading(server) as exchange:
        server.faults.once("rate_limited")
        started = time.monotonic()

        pages = list(exchange.fetch_day(DAY))

    assert pages[0].faults[0] == "rate_limited"
    assert time.monotonic() - started >= 1.0


@pytest.mark.parametrize("fault", ["html_200", "empty_body", "error_500", "reset", "redirect"])
def test_a_fault_that_stays_is_an_error_and_never_nothing_new(fault: str) -> None:
    with (
        ExchangeServer(rows(10), faults=[f"{fault}:1"]) as server,
        reading(server) as exchange,
        pytest.raises(ExchangeUnavailable) as raised,
    ):
        ids_of(exchange)

    assert raised.value.fault == fault


@pytest.mark.parametrize("fault", ["html_200", "empty_object", "no_record"])
def test_repeated_odd_answers_open_a_cool_down(fault: str) -> None:
    with ExchangeServer(rows(10), faults=[f"{fault}:1"]) as server, reading(server) as exchange:
        with pytest.raises(ExchangeUnavailable):
            ids_of(exchange)
        asked = len(server.requests)
        with pytest.raises(RateLimited) as raised:
            ids_of(exchange)

    assert len(server.requests) == asked
    assert 50 < raised.value.delay <= 60


def test_a_block_that_is_still_there_after_the_back_off_closes_the_host() -> None:
    with ExchangeServer(rows(10), faults=["block_page:1"]) as server, reading(server) as exchange:
        with pytest.raises(RateLimited) as raised:
            ids_of(exchange)
        with pytest.raises(RateLimited):
            ids_of(exchange)

    assert raised.value.delay == 60
    assert len(server.requests) == 2


def test_every_fault_at_once_loses_no_row() -> None:
    faults = [f"{name}:9" for name in PASSING]

    with ExchangeServer(rows(900), faults=faults) as server, reading(server) as exchange:
        pages = list(exchange.fetch_day(DAY))

    met = [name for page in pages for name in page.faults]
    assert sum(len(page.rows) for page in pages) == 900
    assert sorted(set(met)) == sorted(server.faults.happened)


def test_a_redirect_is_named_and_not_followed(httpserver: HTTPServer) -> None:
    target = "https://www.bseindia.com/members/showinterest.aspx"
    httpserver.expect_request(FEED).respond_with_data(b"", 301, {"Location": target})

    with scripted(httpserver) as exchange, pytest.raises(ExchangeUnavailable) as raised:
        ids_of(exchange)

    assert raised.value.target == target
    assert {request.path for request, _ in httpserver.log} == {FEED}


def test_the_whole_header_set_is_sent(httpserver: HTTPServer) -> None:
    httpserver.expect_request(FEED).respond_with_json(ZERO)

    with scripted(httpserver) as exchange:
        ids_of(exchange)

    request = httpserver.log[0][0]
    assert request.headers["Referer"] == "https://www.bseindia.com/"
    assert request.headers["Origin"] == "https://www.bseindia.com"
    assert "gzip" in request.headers["Accept-Encoding"]
    assert "python-requests" not in request.headers["User-Agent"]
    assert dict(request.args) == {
        "pageno": "1",
        "strCat": "-1",
        "strPrevDate": "20260701",
        "strScrip": "",
        "strSearch": "P",
        "strToDate": "20260701",
        "strType": "C",
        "subcategory": "-1",
    }


def test_rows_that_land_while_paging_lose_no_row() -> None:
    with ExchangeServer(rows(200)) as server, reading(server) as exchange:
        seen = []
        for number, page in enumerate(exchange.fetch_day(DAY)):
            seen += [one["NEWSID"] for one in page.rows]
            if number < 4:
                server.add_rows(rows(20, start=200 + 20 * number))

    assert sorted(seen) == sorted(one["NEWSID"] for one in rows(280))


def test_a_burst_larger_than_a_page_loses_no_row() -> None:
    with ExchangeServer(rows(200)) as server, reading(server) as exchange:
        seen = []
        faults = []
        for number, page in enumerate(exchange.fetch_day(DAY)):
            seen += [one["NEWSID"] for one in page.rows]
            faults += page.faults
            if number == 1:
                server.add_rows(rows(170, start=200))

    assert sorted(seen) == sorted(one["NEWSID"] for one in rows(370))
    assert "short" in faults


def test_a_count_that_cannot_be_reached_ends_after_a_few_sweeps(httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        shown = rows(10) if request.args["pageno"] == "1" else []
        return Response(json.dumps({"Table": shown, "Table1": [{"RWCNT": "12"}]}))

    httpserver.expect_request(FEED).respond_with_handler(answer)
    with scripted(httpserver) as exchange:
        pages = list(exchange.fetch_day(DAY))

    assert sum(len(page.rows) for page in pages) == 10
    assert pages[-1].expected == 12
    assert "short" in pages[-1].faults
    assert len(httpserver.log) == 4


def test_a_last_page_that_is_repeated_for_ever_ends_the_day(httpserver: HTTPServer) -> None:
    httpserver.expect_request(FEED).respond_with_json({"Table": rows(10), "Table1": [{"ROWCNT": 10}]})

    with scripted(httpserver) as exchange:
        assert len(ids_of(exchange)) == 10


@pytest.mark.parametrize("beyond", ["{}", '"No Record Found!"'])
def test_an_odd_empty_behind_the_last_row_ends_the_day(httpserver: HTTPServer, beyond: str) -> None:
    def answer(request: Request) -> Response:
        first = json.dumps({"Table": rows(10), "Table1": [{"ROWCNT": 10}]})
        return Response(first if request.args["pageno"] == "1" else beyond)

    httpserver.expect_request(FEED).respond_with_handler(answer)
    with scripted(httpserver) as exchange:
        pages = list(exchange.fetch_day(DAY))

    assert [len(page.rows) for page in pages] == [10]
    assert len(httpserver.log) == 2


def test_a_day_without_rows_is_believed_after_a_cross_check() -> None:
    with ExchangeServer(rows(5)) as server, reading(server) as exchange:
        pages = list(exchange.fetch_day(date(2026, 7, 5)))

    assert [(page.rows, page.expected) for page in pages] == [((), 0)]
    assert [seen.params["strcat"] for seen in server.requests] == ["-1", "-1", "Company Update"]


def test_a_false_zero_is_found_out(httpserver: HTTPServer) -> None:
    answers = iter([ZERO])
    whole = {"Table": rows(3), "Table1": [{"ROWCNT": 3}]}
    httpserver.expect_request(FEED).respond_with_handler(
        lambda request: Response(json.dumps(next(answers, whole)))
    )

    with scripted(httpserver) as exchange:
        pages = list(exchange.fetch_day(DAY))

    assert [len(page.rows) for page in pages] == [3]
    assert pages[0].faults == ("empty_table",)


def test_a_day_refused_as_a_whole_is_read_by_category(httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        category = request.args["strCat"]
        if category == "-1":
            return Response("{}")
        found = [one for one in rows(60) if one["CATEGORYNAME"] == category]
        start = 15 * (int(request.args["pageno"]) - 1)
        return Response(json.dumps({"Table": found[start : start + 15], "Table1": [{"ROWCNT": len(found)}]}))

    httpserver.expect_request(FEED).respond_with_handler(answer)
    with scripted(httpserver) as exchange:
        pages = list(exchange.fetch_day(DAY))

    assert [page.expected for page in pages] == [60]
    assert [one["NEWSID"] for one in pages[0].rows] == [one["NEWSID"] for one in reversed(rows(60))]
    assert "by_category" in pages[0].faults
    assert "empty_object" in pages[0].faults


def test_categories_that_say_nothing_leave_the_count_open(httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        if request.args["strCat"] != "Result":
            return Response("{}")
        return Response(json.dumps({"Table": [row(1)], "Table1": [{"ROWCNT": 1}]}))

    httpserver.expect_request(FEED).respond_with_handler(answer)
    with scripted(httpserver) as exchange:
        pages = list(exchange.fetch_day(DAY))

    assert [(len(page.rows), page.expected) for page in pages] == [(1, None)]
    assert "empty_object: Others" in pages[0].faults


def test_an_unknown_shape_is_a_change_of_the_source(httpserver: HTTPServer) -> None:
    httpserver.expect_request(FEED).respond_with_json([1, 2])

    with scripted(httpserver) as exchange, pytest.raises(SourceChanged):
        ids_of(exchange)


def test_a_server_that_is_not_there_is_unavailable(free_tcp_port: int) -> None:
    base = f"http://127.0.0.1:{free_tcp_port}"

    with exchange_at(base, base) as exchange, pytest.raises(ExchangeUnavailable) as raised:
        ids_of(exchange)

    assert raised.value.fault == "connection"


def test_a_host_that_the_user_did_not_write_is_refused() -> None:
    with exchange_at("https://api.example.com", "https://www.example.com") as exchange:
        attachment = Attachment(name="a.pdf", urls=("http://127.0.0.1:9/a.pdf",))

        with pytest.raises(EgressRefused):
            exchange.fetch_attachment(attachment)


def test_issuers_come_from_all_three_lists() -> None:
    issuers = [
        {"SCRIP_CD": "500002", "ISIN_NUMBER": "INE117A01022", "Status": "Active", "Issuer_Name": "ABB"},
        {"SCRIP_CD": "500003", "ISIN_NUMBER": "INE208C01025", "Status": "Suspended", "Issuer_Name": "Aegis"},
        {"SCRIP_CD": "500008", "ISIN_NUMBER": "INE885A01032", "Status": "Delisted", "Issuer_Name": "Amara"},
        {"SCRIP_CD": "500009", "ISIN_NUMBER": "", "Status": "Active", "Issuer_Name": "None"},
    ]

    with ExchangeServer(issuers=issuers) as server, reading(server) as exchange:
        found = exchange.fetch_issuers()

    assert [(one.isin, one.status) for one in found] == [
        ("INE117A01022", "active"),
        ("INE208C01025", "suspended"),
        ("INE885A01032", "delisted"),
    ]


def test_an_empty_master_is_no_answer() -> None:
    with (
        ExchangeServer(issuers=[]) as server,
        reading(server) as exchange,
        pytest.raises(ExchangeUnavailable),
    ):
        exchange.fetch_issuers()


def test_requests_keep_their_distance() -> None:
    slept: list[float] = []
    pacer = LocalPacer(now=lambda: 100.0 + sum(slept), sleep=slept.append)

    with (
        ExchangeServer(rows(10)) as server,
        exchange_at(server.api_url, server.files_url, pacer=pacer, min_interval=1.5) as exchange,
    ):
        ids_of(exchange)

    assert slept == [1.5] * (len(server.requests) - 1)


def test_archived_answers_give_the_same_rows_without_a_network() -> None:
    with ExchangeServer(rows(120)) as server, reading(server) as exchange:
        kept = [page.content for page in exchange.fetch_day(DAY)]
    recorded = RecordedExchange(exchange, {DAY: kept})

    pages = list(recorded.fetch_day(DAY))

    assert [one["NEWSID"] for page in pages for one in page.rows] == [
        one["NEWSID"] for one in reversed(rows(120))
    ]
    with pytest.raises(ExchangeUnavailable):
        list(recorded.fetch_day(date(2026, 7, 2)))


def test_many_threads_share_one_client() -> None:
    with ExchangeServer(rows(64), lambda name: PDF) as server, reading(server) as exchange:
        attachments = [exchange.parse(one).attachments[0] for one in rows(64)]
        with ThreadPoolExecutor(16) as threads:
            downloads = list(threads.map(exchange.fetch_attachment, attachments))

    assert [download.size_bytes for download in downloads] == [len(PDF)] * 64
    for download in downloads:
        download.path.unlink()
