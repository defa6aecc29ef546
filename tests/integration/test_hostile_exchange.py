"""The BSE client against an exchange of somebody else's making, which answers a little differently each time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from backfin import Backfin
from backfin.errors import BackfinError, ExchangeUnavailable
from backfin.exchanges.bse_answers import read_archived
from backfin.exchanges.bse_client import CATEGORIES
from backfin.interfaces import FeedPage
from backfin.steps.close_day import hold_day
from backfin.steps.raw import NO_PAGE
from backfin.steps.scrape_day import scrape_day
from backfin.testing import Request, make_app
from bse_rows import DAY, exchange_at, row, rows
from hostile_exchange import DENIED, Answer, HostileExchange, sheet, zipped


def read(server: HostileExchange, **settings: float) -> list[FeedPage]:
    """All pages of the day."""
    with exchange_at(server.api_url, server.files_url, **settings) as exchange:
        return list(exchange.fetch_day(DAY))


def shown(pages: list[FeedPage]) -> int:
    """How many rows came."""
    return sum(len(page.rows) for page in pages)


def once_on_page(number: int, action: Callable[[], Answer | None]) -> Callable[[Request], Answer | None]:
    """What a server does when a page is asked for the first time."""
    waiting = [number]

    def before(asked: Request) -> Answer | None:
        if waiting and asked.params.get("pageno") == str(number):
            waiting.clear()
            return action()
        return None

    return before


@pytest.mark.parametrize("beyond", [b"{}", b'"No Record Found!"', b'{"Table":[]}', DENIED])
@pytest.mark.parametrize("states_pages", [True, False])
def test_a_day_without_a_count_is_read_to_its_end(beyond: bytes, states_pages: bool) -> None:
    with HostileExchange(rows(130), page_size=60) as server:
        server.count, server.beyond, server.states_pages = lambda true: None, beyond, states_pages

        pages = read(server)

    assert (shown(pages), pages[-1].expected, pages[-1].is_whole) == (130, None, True)


@pytest.mark.parametrize("beyond", [b"{}", b'"No Record Found!"', b'{"Table":[],"Table1":[{"ROWCNT":0}]}'])
def test_a_count_above_what_is_shown_is_a_gap_and_no_failure(beyond: bytes) -> None:
    with HostileExchange(rows(130)) as server:
        server.count, server.beyond = lambda true: str(true + 3), beyond

        pages = read(server)

    assert (shown(pages), pages[-1].expected, pages[-1].is_whole) == (130, 133, False)


def test_an_odd_empty_before_the_last_page_is_a_failure() -> None:
    with HostileExchange(rows(130)) as server:
        server.count = lambda true: None
        server.before = lambda asked: Answer(b"{}") if asked.params.get("pageno") == "2" else None

        with pytest.raises(ExchangeUnavailable):
            read(server)


@pytest.mark.parametrize("count", [lambda true: None, lambda true: 130], ids=["no count", "stale count"])
def test_a_burst_is_noticed_by_the_number_of_pages(count: Callable[[int], int | None]) -> None:
    with HostileExchange(rows(130)) as server:
        server.count = count
        server.before = once_on_page(2, lambda: server.rows.extend(rows(120, start=130)))

        pages = read(server)

    assert shown(pages) == 250
    assert pages[-1].is_whole


def test_an_empty_page_in_the_middle_is_no_end() -> None:
    with HostileExchange(rows(130)) as server:
        server.count = lambda true: None
        server.before = once_on_page(2, lambda: Answer(b'{"Table":[]}'))

        pages = read(server)

    assert shown(pages) == 130
    assert [fault for page in pages for fault in page.faults] == ["short"]


def test_rows_listed_twice_count_once() -> None:
    with HostileExchange([*rows(60), *rows(3)]) as server:
        pages = read(server)

    assert (shown(pages), pages[-1].expected) == (60, 60)
    assert "doubles" in pages[-1].faults


def test_a_row_that_hides_behind_a_repeated_one_is_missing() -> None:
    with HostileExchange(rows(60)) as server:
        first = [row(1, NEWS_DT="2026-07-01T23:00:00"), *rows(60)[:-11:-1]]
        server.before = lambda asked: (
            Answer(sheet(first, 61)) if asked.params.get("pageno") == "1" else Answer(sheet([], 61))
        )

        pages = read(server)

    assert (shown(pages), pages[-1].expected, pages[-1].is_whole) == (11, 61, False)


@pytest.mark.parametrize(
    "answer",
    [
        zipped(sheet(rows(9))),
        Answer(b"\xef\xbb\xbf" + sheet(rows(9)), kind="text/html"),
        Answer(sheet(rows(9)), chunked=True),
        Answer(sheet(rows(9)).replace(b"Headline 3", b"Head\x92line\t3")),
    ],
    ids=["gzip", "byte order mark as HTML", "chunked", "odd bytes"],
)
def test_rows_come_whole_however_they_are_wrapped(answer: Answer) -> None:
    with HostileExchange() as server:
        server.before = lambda asked: answer if asked.params["pageno"] == "1" else None

        assert shown(read(server)) == 9


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(sheet(rows(9)), cut=300), "truncated"),
        (Answer(sheet(rows(9)), cut=300, chunked=True), "connection"),
        (Answer(sheet(rows(9))[:300]), "not_json"),
        (Answer(reset=True), "reset"),
        (Answer(b"\x1f\x8b rubbish", headers={"Content-Encoding": "gzip"}), "garbled"),
        (Answer(b"\x0b\x02\x80{}\x03", headers={"Content-Encoding": "br"}), "not_json"),
        (Answer(DENIED, kind="text/html"), "html_200"),
        (Answer(b"", 302, headers={"Location": "https://api.bseindia.com/error_Bse.html"}), "redirect"),
        (Answer(DENIED, 502), "error_502"),
    ],
)
def test_no_broken_answer_is_nothing_new(answer: Answer, fault: str) -> None:
    with HostileExchange() as server:
        server.before = lambda asked: answer

        with pytest.raises(ExchangeUnavailable) as raised:
            read(server)

    assert raised.value.fault == fault


def test_an_answer_that_trickles_in_is_given_up() -> None:
    with HostileExchange() as server:
        server.before = lambda asked: Answer(sheet(rows(20)), drip_s=0.05)
        started = time.monotonic()

        with pytest.raises(ExchangeUnavailable) as raised:
            read(server, timeout=0.1)

    assert raised.value.fault == "timeout"
    assert time.monotonic() - started < 30


def test_categories_read_one_by_one_can_be_read_again_from_the_archive() -> None:
    def before(asked: Request) -> Answer | None:
        if asked.params["strcat"] == "-1":
            return Answer(b"{}")
        if asked.params["strcat"] == "Others" and asked.params["pageno"] == "1":
            return Answer(b"\xef\xbb\xbf" + sheet([row(2)]))
        return None

    with HostileExchange(rows(60)) as server:
        server.before, server.beyond = before, b"{}"
        (page,) = read(server)

    again = read_archived(1, page.content)

    assert {json.dumps(one) for one in again.rows} >= {json.dumps(one) for one in page.rows}


MASTER = {"SCRIP_CD": "500002", "ISIN_NUMBER": "INE117A01022", "scrip_id": "ABB", "Issuer_Name": "ABB Ltd-$"}


@pytest.mark.parametrize("nothing", [b"{}", b'"No Record Found!"', b"[]"])
def test_a_list_beside_the_active_scrips_may_be_refused(nothing: bytes) -> None:
    with HostileExchange() as server, exchange_at(server.api_url, server.files_url) as exchange:
        server.masters = {"Active": [MASTER]}
        server.before = lambda asked: None if asked.params["status"] == "Active" else Answer(nothing)

        (issuer,) = exchange.fetch_issuers()

    assert (issuer.name, issuer.status) == ("ABB Ltd", "active")


def test_a_row_of_the_master_has_the_status_of_its_list() -> None:
    with HostileExchange() as server, exchange_at(server.api_url, server.files_url) as exchange:
        server.masters = {"Active": [MASTER], "Delisted": [{**MASTER, "ISIN_NUMBER": "INE208C01025"}]}

        statuses = [issuer.status for issuer in exchange.fetch_issuers()]

    assert statuses == ["active", "delisted"]


@pytest.mark.parametrize("answer", [Answer(b"{}"), Answer(DENIED, kind="text/html"), Answer(b"", 404)])
def test_a_master_that_is_refused_closes_no_feed(answer: Answer) -> None:
    with HostileExchange(rows(9)) as server, exchange_at(server.api_url, server.files_url) as exchange:
        server.before = lambda asked: answer if asked.path.endswith("/ListofScripData/w") else None
        with pytest.raises(BackfinError):
            exchange.fetch_issuers()

        assert shown(list(exchange.fetch_day(DAY))) == 9


@pytest.mark.parametrize("nothing", [b"{}", b'"No Record Found!"'])
def test_a_feed_that_serves_nothing_is_asked_a_few_times_only(nothing: bytes) -> None:
    with HostileExchange(rows(9)) as server:
        server.before = lambda asked: Answer(nothing)

        with pytest.raises(ExchangeUnavailable):
            read(server)

    assert len(server.requests) <= 4 + 2 * len(CATEGORIES)


@contextmanager
def app_of(server: HostileExchange) -> Iterator[Backfin]:
    """A whole backfin that reads the server."""
    with (
        exchange_at(server.api_url, server.files_url) as exchange,
        make_app(exchanges=[exchange]) as app,
    ):
        yield app


def kept(app: Backfin) -> dict[int, set[bytes]]:
    """The archived answers of the day, by page."""
    found: dict[int, set[bytes]] = {}
    for answer in app.store.raw_answers.list("bse", DAY):
        found.setdefault(answer.page, set()).add(app.context.archive.get(answer.content_id))
    return found


def test_every_answer_is_archived_as_it_came() -> None:
    with HostileExchange(rows(60)) as server, app_of(server) as app:
        server.masters = {"Active": [MASTER]}
        server.before = once_on_page(2, lambda: Answer(DENIED, kind="text/html"))

        hold_day(app.context, app.context.exchange("bse"), DAY)

        answers = kept(app)
        master = json.dumps([MASTER]).encode()
        assert {1, 2} <= answers.keys()
        assert answers[NO_PAGE] >= {DENIED, master, server.beyond}


def test_a_failed_run_names_its_fault_and_keeps_the_answer() -> None:
    with HostileExchange(rows(60)) as server, app_of(server) as app:
        server.before = lambda asked: Answer(DENIED, kind="text/html")

        with pytest.raises(ExchangeUnavailable):
            scrape_day(app.context, app.context.exchange("bse"), DAY)

        run = app.store.runs.last("scrape", "bse", day=DAY)
        assert run is not None
        assert (run.state, run.faults, kept(app)) == ("failed", ["html_200"], {NO_PAGE: {DENIED}})
