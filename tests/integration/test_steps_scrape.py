"""Scraping, on a real store: new rows, faults, outages, midnight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from backfin import Backfin, Issuer
from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.interfaces import FeedPage
from backfin.models import State
from backfin.models.announcement import IssuerCode
from backfin.specs import Next
from backfin.steps.issuers import refresh_issuers
from backfin.steps.scrape import scrape
from backfin.testing import FakeExchange, FrozenClock, make_app, make_row

TODAY = date(2026, 7, 1)
DOWN = ExchangeUnavailable("The exchange does not answer; it is asked again.", fault="timeout")
ISSUER = Issuer(
    isin="INE999A01015",
    name="Saraswati Cables Limited",
    codes=(
        IssuerCode(kind="scrip_code", exchange="fake", value="999001"),
        IssuerCode(kind="symbol", exchange="fake", value="SARAS"),
    ),
)


@pytest.fixture
def exchange() -> FakeExchange:
    return FakeExchange([make_row(n) for n in range(1, 6)], page_size=2)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def app(exchange: FakeExchange, clock: FrozenClock) -> Iterator[Backfin]:
    with make_app(exchanges=[exchange], clock=clock) as made:
        yield made


def stored(app: Backfin, day: date = TODAY) -> set[str]:
    return app.store.announcements.ids_of_day("fake", day)


def pages_asked(exchange: FakeExchange) -> list[str]:
    return [request for request in exchange.requests if request.startswith("day")]


def test_every_new_row_is_stored_and_sent_on_to_the_flash_and_to_reading(
    app: Backfin, exchange: FakeExchange
) -> None:
    following = scrape(app.context, "fake")

    ids = ["fake:5", "fake:4", "fake:3", "fake:2", "fake:1"]
    assert stored(app) == set(ids)
    assert following == [Next(name, key) for key in ids for name in ("backfin.flash", "backfin.read")]


def test_a_run_says_what_was_seen_and_every_answer_is_archived(app: Backfin) -> None:
    scrape(app.context, "fake")

    run = app.store.runs.last("scrape", "fake")
    assert run is not None
    assert (run.state, run.expected, run.seen, run.new, run.pages) == ("done", 5, 5, 5, 3)
    answers = app.store.raw_answers.list("fake", TODAY)
    assert [answer.page for answer in answers] == [1, 2, 3]
    assert b'"id": "5"' in app.context.archive.get(answers[0].content_id)


def test_a_second_poll_stops_at_the_first_page_that_brings_nothing_new(
    app: Backfin, exchange: FakeExchange
) -> None:
    scrape(app.context, "fake")
    exchange.requests.clear()

    following = scrape(app.context, "fake")

    assert following == []
    assert pages_asked(exchange) == ["day 2026-07-01 page 1"]


def test_a_poll_reads_no_further_than_the_first_page_it_knows(app: Backfin, exchange: FakeExchange) -> None:
    scrape(app.context, "fake")
    exchange.requests.clear()
    exchange.rows.append(make_row(6))

    following = scrape(app.context, "fake")

    assert [item.key for item in following] == ["fake:6", "fake:6"]
    assert pages_asked(exchange) == ["day 2026-07-01 page 1", "day 2026-07-01 page 2"]


def test_a_poll_sweeps_the_whole_day_when_the_store_is_short(app: Backfin, exchange: FakeExchange) -> None:
    exchange.hidden = {"1"}
    scrape(app.context, "fake")
    exchange.hidden = set()
    exchange.requests.clear()

    following = scrape(app.context, "fake")

    assert {item.key for item in following} == {"fake:1"}
    assert pages_asked(exchange)[1:] == [f"day 2026-07-01 page {n}" for n in (1, 2, 3)]


def test_rows_that_are_counted_and_never_shown_are_looked_for_now_and_then(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    exchange.hidden = {"1"}
    readings = []
    for _ in range(10):
        exchange.requests.clear()
        scrape(app.context, "fake")
        readings.append(len(pages_asked(exchange)) > 2)
        clock.forward(59)

    assert readings.count(True) <= 6
    exchange.hidden = set()
    clock.forward(600)
    assert {item.key for item in scrape(app.context, "fake")} == {"fake:1"}


def test_a_reading_that_was_cut_off_is_made_up_for_without_a_count(
    app: Backfin, exchange: FakeExchange
) -> None:
    exchange.gives_count = False
    read_day = exchange.fetch_day
    exchange.fetch_day = lambda day: cut_after_one(read_day(day))  # type: ignore[method-assign]
    with pytest.raises(ExchangeUnavailable):
        scrape(app.context, "fake")
    exchange.fetch_day = read_day  # type: ignore[method-assign]

    scrape(app.context, "fake")

    assert stored(app) == {f"fake:{number}" for number in range(1, 6)}


def cut_after_one(pages: Iterator[FeedPage]) -> Iterator[FeedPage]:
    yield next(pages)
    raise DOWN


def test_a_row_that_the_exchange_mends_is_read_at_the_next_poll(app: Backfin, exchange: FakeExchange) -> None:
    good = exchange.rows[-1]
    exchange.rows[-1] = {**good, "at": None}
    scrape(app.context, "fake")
    exchange.rows[-1] = good

    following = scrape(app.context, "fake")

    assert [item.key for item in following] == ["fake:5", "fake:5"]
    assert app.store.announcements.status("fake:5").state is State.STORED
    assert app.store.announcements.count_day("fake", TODAY) == 5


@pytest.mark.parametrize("spoilt", [{"at": "2026-07-01 at noon"}, {"at": None}])
def test_a_row_that_cannot_be_parsed_is_kept_raw_and_the_others_go_on(
    app: Backfin, exchange: FakeExchange, spoilt: dict[str, object]
) -> None:
    exchange.rows.append(make_row(9, **spoilt))

    following = scrape(app.context, "fake")

    status = app.store.announcements.status("fake:9")
    assert (status.state, status.failed_step, status.day) == (State.FAILED, "parse", TODAY)
    assert "no readable time" in (status.error or "")
    assert app.store.announcements.count_day("fake", TODAY) == 6
    assert {item.key for item in following} == {f"fake:{n}" for n in range(1, 6)}


def test_a_row_without_a_key_does_not_stop_the_others(app: Backfin, exchange: FakeExchange) -> None:
    exchange.rows.append(make_row(9, id=""))

    following = scrape(app.context, "fake")

    assert {item.key for item in following} == {f"fake:{n}" for n in range(1, 6)}


def test_announcements_are_joined_with_the_issuer_master(app: Backfin, exchange: FakeExchange) -> None:
    exchange.issuers = [ISSUER]

    scrape(app.context, "fake")

    found = app.store.announcements.get("fake:1")
    assert (found.isin, found.symbol) == ("INE999A01015", "SARAS")
    assert "issuers" in exchange.requests


def test_a_row_without_a_name_gets_the_one_of_the_master(app: Backfin, exchange: FakeExchange) -> None:
    exchange.issuers = [ISSUER]
    exchange.rows = [make_row(1, issuer="999001"), make_row(2, issuer="")]

    scrape(app.context, "fake")

    names = {app.store.announcements.get(f"fake:{number}").issuer_name for number in (1, 2)}
    assert names == {ISSUER.name}


def test_the_master_is_read_once_and_again_when_it_is_due(app: Backfin, exchange: FakeExchange) -> None:
    exchange.issuers = [ISSUER]
    scrape(app.context, "fake")
    scrape(app.context, "fake")
    assert exchange.requests.count("issuers") == 1

    refresh_issuers(app.context, "fake")

    assert exchange.requests.count("issuers") == 2


def test_announcements_are_stored_when_only_the_master_is_down(app: Backfin, exchange: FakeExchange) -> None:
    def refuse() -> list[Issuer]:
        raise DOWN

    exchange.fetch_issuers = refuse  # type: ignore[method-assign]

    scrape(app.context, "fake")

    assert len(stored(app)) == 5


@pytest.mark.parametrize("fault", [DOWN, SourceChanged("The answer has another shape.")])
def test_an_exchange_that_is_down_fails_the_run_and_stores_nothing(
    app: Backfin, exchange: FakeExchange, fault: Exception
) -> None:
    exchange.fault = fault

    with pytest.raises(type(fault)):
        scrape(app.context, "fake")

    run = app.store.runs.last("scrape", "fake")
    assert run is not None
    assert (run.state, run.error, run.finished_at is not None) == ("failed", str(fault), True)
    assert stored(app) == set()
    assert app.store.watermarks.get("fake") is None


def test_an_exchange_that_fails_half_way_leaves_whole_rows_and_the_next_poll_finds_the_rest(
    app: Backfin, exchange: FakeExchange
) -> None:
    fetch_day = exchange.fetch_day

    def fail_after_a_page(day: date) -> Iterator[object]:
        yield next(fetch_day(day))
        raise DOWN

    exchange.fetch_day = fail_after_a_page  # type: ignore[assignment,method-assign]
    with pytest.raises(ExchangeUnavailable):
        scrape(app.context, "fake")
    assert stored(app) == {"fake:5", "fake:4"}
    assert app.store.announcements.get("fake:5").subject == "Receipt of order number 5"
    exchange.fetch_day = fetch_day  # type: ignore[method-assign]

    scrape(app.context, "fake")

    assert stored(app) == {f"fake:{n}" for n in range(1, 6)}


def poll(app: Backfin) -> None:
    """A poll, and the messages by which it catches up."""
    following = scrape(app.context, "fake")
    for item in following:
        if "catch_up" in item.options:
            following += scrape(app.context, item.key, **item.options)


def test_an_outage_of_five_days_is_caught_up_by_itself(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    scrape(app.context, "fake")
    missed = [make_row(100 + n, at=f"2026-07-0{n}T15:00:00") for n in range(1, 7)]
    exchange.rows += missed
    clock.forward(days=5)

    poll(app)

    assert {f"fake:{100 + n}" for n in range(1, 7)} <= app.store.announcements.known(
        [f"fake:{row['id']}" for row in missed]
    )
    assert app.store.watermarks.get("fake") == date(2026, 7, 6)


def test_the_days_of_an_outage_that_are_not_caught_up_are_named_once(
    app: Backfin, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    scrape(app.context, "fake")
    clock.forward(days=40)

    scrape(app.context, "fake")
    scrape(app.context, "fake")

    (sentence,) = [record.getMessage() for record in caplog.records if "catch_up_days" in record.getMessage()]
    assert "`backfin replay 2026-07-01 --to 2026-07-10 --exchange fake --wait` reads them" in sentence


def test_a_plugins_exchange_is_caught_up_as_far_as_its_own_section_says(
    exchange: FakeExchange, clock: FrozenClock
) -> None:
    sections = {"bse": {"enabled": False}, "fake": {"catch_up_days": 2, "token": "mine"}}
    with make_app(exchanges=[exchange], clock=clock, settings={"exchanges": sections}) as app:
        scrape(app.context, "fake")
        clock.forward(days=6)
        exchange.requests.clear()

        poll(app)

        assert [request[4:14] for request in pages_asked(exchange)] == [
            "2026-07-07",
            "2026-07-05",
            "2026-07-06",
        ]


def test_an_outage_is_taken_up_where_the_exchange_failed_again(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    scrape(app.context, "fake")
    clock.forward(days=3)
    fetch_day = exchange.fetch_day

    def fail_on_the_third(day: date) -> Iterator[object]:
        if day == date(2026, 7, 3):
            raise DOWN
        yield from fetch_day(day)

    exchange.fetch_day = fail_on_the_third  # type: ignore[assignment,method-assign]
    with pytest.raises(ExchangeUnavailable):
        poll(app)
    assert app.store.watermarks.get("fake") == date(2026, 7, 3)
    exchange.fetch_day = fetch_day  # type: ignore[method-assign]
    exchange.requests.clear()
    clock.forward(600)

    poll(app)

    assert [request[4:14] for request in pages_asked(exchange)] == ["2026-07-04", "2026-07-03"]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 1, 18, 29, 59, tzinfo=UTC), "2026-07-01"),
        (datetime(2026, 7, 1, 18, 30, 0, tzinfo=UTC), "2026-07-02"),
    ],
)
def test_the_day_ends_at_midnight_in_india(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock, moment: datetime, day: str
) -> None:
    clock.set(moment)

    scrape(app.context, "fake")

    assert {request[4:14] for request in pages_asked(exchange)} == {day}


def test_rows_of_the_last_second_are_found_by_the_first_poll_of_the_next_day(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    clock.set(datetime(2026, 7, 1, 18, 29, 30, tzinfo=UTC))
    scrape(app.context, "fake")
    exchange.rows.append(make_row(50, at="2026-07-01T23:59:59"))
    exchange.rows.append(make_row(51, at="2026-07-02T00:00:01"))
    clock.forward(60)

    poll(app)

    assert "fake:50" in stored(app)
    assert stored(app, date(2026, 7, 2)) == {"fake:51"}


def test_a_day_without_a_row_is_a_run_of_nothing(app: Backfin, exchange: FakeExchange) -> None:
    exchange.rows.clear()

    following = scrape(app.context, "fake")

    run = app.store.runs.last("scrape", "fake")
    assert following == []
    assert run is not None
    assert (run.state, run.expected, run.seen) == ("done", 0, 0)
