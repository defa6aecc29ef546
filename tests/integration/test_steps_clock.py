"""What runs by the clock, on a real store: the tick, the sweep, the closing of a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from backfin import Backfin
from backfin.clock import day_of
from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.interfaces import FeedPage
from backfin.models import CallLimits, DeliveryState, ModelCall, State
from backfin.models.events import DayClosed
from backfin.plugins import hookimpl
from backfin.specs import ActorSpec, Next
from backfin.steps.close_day import DayReport, close_day, hold_day
from backfin.steps.match import flash, match
from backfin.steps.replay import start
from backfin.steps.replay_request import ReplayRequest
from backfin.steps.scrape import scrape
from backfin.steps.sweep import sweep
from backfin.steps.tick import latest_slot, mark_sent, tick
from backfin.storage.records import WorkerBeat
from backfin.testing import (
    FakeExchange,
    FakePlugin,
    FrozenClock,
    RecordingNotifier,
    make_app,
    make_row,
    make_watch,
)
from races import at_once

DAY = date(2026, 7, 1)
#: Twenty past midnight in India, when days are closed.
CLOSING = datetime(2026, 7, 1, 18, 50, tzinfo=UTC)


class Listener:
    """A plugin that keeps the events it hears."""

    name = "listener"

    def __init__(self) -> None:
        self.events: list[object] = []

    @hookimpl
    def backfin_on_event(self, event: object) -> None:
        self.events.append(event)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def exchange() -> FakeExchange:
    return FakeExchange([make_row(n) for n in range(1, 4)], page_size=2)


@pytest.fixture
def channel() -> RecordingNotifier:
    return RecordingNotifier()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def app(
    exchange: FakeExchange, clock: FrozenClock, channel: RecordingNotifier, listener: Listener
) -> Iterator[Backfin]:
    with make_app(exchanges=[exchange], notifiers=[channel], clock=clock, plugins=[listener]) as made:
        yield made


def report_of(app: Backfin, exchange: FakeExchange, **options: bool) -> tuple[DayReport, list[str]]:
    return hold_day(app.context, exchange, DAY, **options)


def actors(following: list[Next]) -> list[str]:
    return sorted(item.actor for item in following)


def ticked(app: Backfin) -> list[Next]:
    """What a tick sends, once it is sent."""
    following = tick(app.context)
    mark_sent(app.context, "")
    return following


# Closing a day


def test_a_whole_day_is_proved_by_the_exchanges_own_count(app: Backfin, exchange: FakeExchange) -> None:
    scrape(app.context, "fake")
    exchange.requests.clear()

    report, new_ids = report_of(app, exchange)

    assert (report.expected, report.stored, report.missing, report.complete, report.basis) == (
        3,
        3,
        0,
        True,
        "count",
    )
    assert new_ids == []
    assert exchange.requests == ["day 2026-07-01 page 1"]


def test_rows_that_are_missing_are_fetched_and_sent_on(app: Backfin, exchange: FakeExchange) -> None:
    exchange.hidden = {"2"}
    scrape(app.context, "fake")
    exchange.hidden = set()

    following = close_day(app.context, "fake", day="2026-07-01")

    assert [(item.actor, item.key) for item in following] == [
        ("backfin.flash", "fake:2"),
        ("backfin.read", "fake:2"),
    ]
    assert app.store.gaps.list(open_only=False) == []


def test_a_gap_that_stays_is_opened_told_and_healed_when_the_rows_come(
    app: Backfin, exchange: FakeExchange, listener: Listener
) -> None:
    exchange.hidden = {"2"}
    scrape(app.context, "fake")

    assert close_day(app.context, "fake", day="2026-07-01") == []

    (gap,) = app.store.gaps.list()
    assert (gap.exchange, gap.day, gap.expected, gap.stored) == ("fake", DAY, 3, 2)
    closed = [event for event in listener.events if isinstance(event, DayClosed)]
    assert [(event.expected, event.stored, event.complete) for event in closed] == [(3, 2, False)]
    exchange.hidden = set()

    close_day(app.context, "fake", day="2026-07-01")

    (healed,) = app.store.gaps.list(open_only=False)
    assert (app.store.gaps.list(), healed.healed_at) == ([], app.clock.now())


def test_the_night_closes_yesterday_and_reads_it_whole(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    scrape(app.context, "fake")
    clock.set(CLOSING)
    exchange.rows.append(make_row(50, at="2026-07-01T23:59:59"))

    following = close_day(app.context, "fake")

    assert {item.key for item in following} == {"fake:50"}
    assert app.store.watermarks.get("fake:closed") == DAY


def test_a_day_with_a_gap_is_closed_again_the_next_night(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    exchange.hidden = {"2"}
    scrape(app.context, "fake")
    clock.set(CLOSING)
    close_day(app.context, "fake")
    assert len(app.store.gaps.list()) == 1
    exchange.hidden = set()
    clock.forward(days=4)

    close_day(app.context, "fake")

    assert app.store.gaps.list() == []
    assert "fake:2" in app.store.announcements.ids_of_day("fake", DAY)


def test_an_exchange_without_a_count_is_held_against_a_full_reading(
    app: Backfin, exchange: FakeExchange
) -> None:
    exchange.gives_count = False

    report, new_ids = report_of(app, exchange)

    assert (report.expected, report.basis, report.complete, len(new_ids)) == (3, "sweep", True, 3)


def test_offline_a_day_is_held_against_the_last_run(app: Backfin, exchange: FakeExchange) -> None:
    unknown, _ = report_of(app, exchange, offline=True)
    scrape(app.context, "fake")
    exchange.fault = ExchangeUnavailable("down")

    report, _ = report_of(app, exchange, offline=True)

    assert (unknown.expected, unknown.complete) == (None, False)
    assert (report.expected, report.basis, report.complete) == (3, "recorded", True)


def test_an_exchange_that_is_down_closes_no_day(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    scrape(app.context, "fake")
    clock.set(CLOSING)
    exchange.fault = ExchangeUnavailable("down")

    with pytest.raises(ExchangeUnavailable):
        close_day(app.context, "fake")

    assert app.store.watermarks.get("fake:closed") == CLOSING.date() - timedelta(days=2)


def test_a_day_that_failed_to_close_is_closed_when_the_exchange_is_back(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    scrape(app.context, "fake")
    exchange.rows.append(make_row(9))
    clock.set(CLOSING)
    read_day = exchange.fetch_day
    exchange.fetch_day = lambda day: read_day(day) if day != DAY else _down()  # type: ignore[method-assign]
    for _ in range(4):
        with pytest.raises(ExchangeUnavailable):
            close_day(app.context, "fake")
        clock.forward(days=1)
    exchange.fetch_day = read_day  # type: ignore[method-assign]

    following = close_day(app.context, "fake")

    assert {item.key for item in following} == {"fake:9"}
    assert app.store.watermarks.get("fake:closed") == day_of(clock.now()) - timedelta(days=1)


def test_a_day_in_an_unknown_shape_holds_up_no_other(
    app: Backfin, exchange: FakeExchange, clock: FrozenClock
) -> None:
    clock.set(CLOSING)
    read_day = exchange.fetch_day
    before = DAY - timedelta(days=1)
    exchange.fetch_day = lambda day: read_day(day) if day != before else _changed()  # type: ignore[method-assign]

    following = close_day(app.context, "fake")

    assert "fake:1" in {item.key for item in following}


def _down() -> Iterator[FeedPage]:
    raise ExchangeUnavailable("down")
    yield


def _changed() -> Iterator[FeedPage]:
    raise SourceChanged("odd")
    yield


def test_rows_filed_under_another_day_are_not_missing(app: Backfin, exchange: FakeExchange) -> None:
    exchange.rows.append(make_row(6, at="2026-07-02T00:00:01"))
    read_day = exchange.fetch_day
    whole = [*read_day(DAY), *read_day(DAY + timedelta(days=1))]
    exchange.fetch_day = lambda day: iter(replace(page, expected=4) for page in whole)  # type: ignore[method-assign]

    report, _ = hold_day(app.context, exchange, DAY)

    assert (report.expected, report.stored, report.missing, report.complete) == (4, 4, 0, True)


def test_a_row_that_has_just_come_is_not_outweighed_by_one_that_was_taken_back(
    app: Backfin, exchange: FakeExchange
) -> None:
    scrape(app.context, "fake")
    exchange.rows = [*exchange.rows[1:], make_row(9)]

    report, new_ids = hold_day(app.context, exchange, DAY)

    assert new_ids == ["fake:9"]
    assert (report.missing, report.withdrawn, report.complete) == (0, 1, True)


def test_rows_the_exchange_withdrew_are_no_gap(app: Backfin, exchange: FakeExchange) -> None:
    scrape(app.context, "fake")
    exchange.rows.pop()

    report, _ = report_of(app, exchange)

    assert (report.expected, report.stored, report.withdrawn, report.complete) == (2, 3, 1, True)


def test_what_is_tried_again_waits_and_has_not_failed(app: Backfin, exchange: FakeExchange) -> None:
    scrape(app.context, "fake")
    items, why = app.store.announcements, "The exchange sent an empty file; it is tried again later."
    items.fail("fake:1", "backfin.read", why, due_at=CLOSING, final=False)
    for failed in ("fake:2", "fake:3"):
        items.fail(failed, "backfin.read", why, due_at=None, final=True)
    before, _ = report_of(app, exchange)

    app.store.runs.add_items(app.store.runs.start("replay"), ["fake:2"])
    after, _ = report_of(app, exchange)

    assert (before.waiting, before.failed) == (1, 2)
    assert (after.waiting, after.failed) == (2, 1)
    assert items.open_of_day("fake", DAY) == {"fake:1": why, "fake:2": why}
    assert items.failed_of_day("fake", DAY) == {"fake:3"}


# Sweep


def test_the_sweep_sends_what_stalled_to_the_step_it_waits_for(app: Backfin, clock: FrozenClock) -> None:
    scrape(app.context, "fake")
    app.store.announcements.rewind(["fake:2"], State.READ, due_at=app.context.due_at)
    app.store.announcements.rewind(["fake:3"], State.LINKED, due_at=app.context.due_at)
    assert sweep(app.context, "") == []
    clock.forward(121)

    following = sweep(app.context, "")

    assert sorted((item.actor, item.key) for item in following) == [
        ("backfin.enrich", "fake:2"),
        ("backfin.flash", "fake:1"),
        ("backfin.match", "fake:3"),
        ("backfin.read", "fake:1"),
    ]


def test_the_sweep_flashes_nothing_whose_flash_is_in_the_outbox(app: Backfin, clock: FrozenClock) -> None:
    app.store.watches.put(make_watch(phase="both"))
    scrape(app.context, "fake")
    flash(app.context, "fake:1")
    clock.forward(121)

    following = [
        (item.actor, item.key) for item in sweep(app.context, "") if item.key in ("fake:1", "fake:2")
    ]

    assert sorted(following) == [
        ("backfin.flash", "fake:2"),
        ("backfin.read", "fake:1"),
        ("backfin.read", "fake:2"),
    ]


def test_a_second_sweep_within_the_deadline_sends_nothing(app: Backfin, clock: FrozenClock) -> None:
    scrape(app.context, "fake")
    clock.forward(121)
    assert sweep(app.context, "")

    assert sweep(app.context, "") == []

    clock.forward(121)
    assert sweep(app.context, "")


def test_what_is_done_or_failed_is_not_swept(app: Backfin, clock: FrozenClock) -> None:
    app.run_inline([Next("backfin.scrape.fake", "fake")])
    app.store.announcements.fail("fake:1", "backfin.read", "broken", due_at=None, final=True)
    clock.forward(days=1)

    assert sweep(app.context, "") == []


def test_a_delivery_cut_off_while_sending_is_unsure_where_the_channel_cannot_tell_a_repeat(
    app: Backfin, clock: FrozenClock, channel: RecordingNotifier
) -> None:
    app.store.watches.put(make_watch())
    scrape(app.context, "fake")
    (following,) = match(app.context.for_message(None), "fake:1")
    app.store.deliveries.claim(following.key, due_at=app.context.due_at)
    clock.forward(121)

    swept = [item for item in sweep(app.context, "") if item.actor == "backfin.notify"]

    assert swept == []
    assert app.store.deliveries.get(following.key).state is DeliveryState.UNSURE


def test_a_delivery_cut_off_while_sending_goes_again_where_the_channel_knows_the_token(
    app: Backfin, clock: FrozenClock, channel: RecordingNotifier
) -> None:
    channel.accepts_token = True
    app.store.watches.put(make_watch())
    scrape(app.context, "fake")
    (following,) = match(app.context.for_message(None), "fake:1")
    app.store.deliveries.claim(following.key, due_at=app.context.due_at)
    clock.forward(121)

    swept = [item for item in sweep(app.context, "") if item.actor == "backfin.notify"]

    assert [item.key for item in swept] == [following.key]
    assert app.store.deliveries.get(following.key).state is DeliveryState.PENDING


def test_a_replay_whose_message_was_lost_is_sent_again(app: Backfin, clock: FrozenClock) -> None:
    run_id = start(app.context, ReplayRequest(first="2026-07-01"))
    assert sweep(app.context, "") == []
    clock.forward(121)

    assert [(item.actor, item.key) for item in sweep(app.context, "")] == [("backfin.replay", run_id)]


def test_a_replay_with_nothing_left_is_closed(app: Backfin, clock: FrozenClock) -> None:
    run_id = start(app.context, ReplayRequest(first="2026-07-01"))
    app.run_inline([Next("backfin.replay", run_id)])

    sweep(app.context, "")

    progress = app.store.runs.progress(run_id)
    assert (progress.selected, progress.done, progress.new) == (3, 3, 3)
    assert app.store.runs.get(run_id).state == "done"


# Tick


def test_a_first_tick_sends_everything_once(app: Backfin, clock: FrozenClock) -> None:
    following = tick(app.context)

    assert actors(following) == [
        "backfin.close_day.fake",
        "backfin.digest",
        "backfin.issuers.fake",
        "backfin.retain",
        "backfin.scrape.fake",
        "backfin.sweep",
        "backfin.sweep",
    ]
    assert tick(app.context) == []


def test_a_tick_deletes_calls_of_models_that_are_kept_no_longer(app: Backfin, clock: FrozenClock) -> None:
    now = clock.now()
    for name, days in (("old", 401), ("new", 399)):
        clock.set(now - timedelta(days=days))
        call = ModelCall(
            call_id=name,
            key="k",
            service="s",
            model="m",
            announcement_id="bse:1",
            question="classify",
            prompt_set="core",
            prompt_version="1",
            at=clock.now(),
        )
        app.store.model_calls.begin(call, CallLimits())
    clock.set(now)

    tick(app.context)

    assert [call.call_id for call in app.store.model_calls.of_filing("bse:1")] == ["new"]


def test_workers_that_said_nothing_for_a_day_are_forgotten(app: Backfin, clock: FrozenClock) -> None:
    now = clock.now()
    beat = WorkerBeat("new", "alpha", 11, 10, [], 8, now, now, now, [], 0, 0)
    app.store.workers.beat(beat)
    app.store.workers.beat(replace(beat, worker_id="old", beat_at=now - timedelta(hours=25)))

    tick(app.context)

    assert [told.worker_id for told in app.store.workers.list()] == ["new"]


def test_two_ticks_at_once_claim_each_slot_once(app: Backfin) -> None:
    following: list[Next] = []

    at_once(lambda _: following.extend(tick(app.context)), range(2))

    assert actors(following).count("backfin.scrape.fake") == 1
    assert actors(following).count("backfin.close_day.fake") == 1


def test_each_minute_polls_and_sweeps_twice(app: Backfin, clock: FrozenClock) -> None:
    tick(app.context)
    clock.forward(60)

    following = tick(app.context)

    assert [(item.actor, item.delay_s) for item in following if item.actor == "backfin.sweep"] == [
        ("backfin.sweep", 0.0),
        ("backfin.sweep", 30.0),
    ]
    assert actors(following) == ["backfin.digest", "backfin.scrape.fake", "backfin.sweep", "backfin.sweep"]


def test_a_poll_below_a_minute_is_sent_ahead_with_delays(clock: FrozenClock) -> None:
    with make_app(exchanges=[FakeExchange(poll_interval_s=15)], clock=clock) as app:
        polls = [item for item in tick(app.context) if item.actor == "backfin.scrape.fake"]

    assert [item.delay_s for item in polls] == [0.0, 15.0, 30.0, 45.0]


def test_a_poll_above_a_minute_waits_for_its_turn(clock: FrozenClock) -> None:
    with make_app(exchanges=[FakeExchange(poll_interval_s=300)], clock=clock) as app:
        minutes = []
        for minute in range(11):
            if "backfin.scrape.fake" in actors(tick(app.context)):
                minutes.append(minute)
            clock.forward(60)

    assert minutes == [0, 5, 10]


@pytest.mark.parametrize("every_s", [7, 12.5, 15, 45, 90, 100])
def test_polls_keep_their_distance_whatever_the_interval(clock: FrozenClock, every_s: float) -> None:
    times = []
    with make_app(exchanges=[FakeExchange(poll_interval_s=every_s)], clock=clock) as app:
        for _ in range(15):
            for item in tick(app.context):
                if item.actor == "backfin.scrape.fake":
                    times.append(clock.now().timestamp() + item.delay_s)
            clock.forward(60)

    gaps = {round(second - first, 3) for first, second in pairwise(times[1:])}
    assert gaps == {every_s}


def test_a_late_tick_polls_at_once_and_no_poll_twice(clock: FrozenClock) -> None:
    with make_app(exchanges=[FakeExchange(poll_interval_s=60)], clock=clock) as app:
        delays = []
        for late_s in (0, 90, 30, 60):
            clock.forward(late_s)
            delays += [item.delay_s for item in tick(app.context) if item.actor == "backfin.scrape.fake"]

    assert delays == [0.0, 0.0, 0.0, 0.0]


def test_a_slot_whose_tick_died_is_taken_again(app: Backfin, clock: FrozenClock) -> None:
    tick(app.context)
    clock.forward(120)
    again = actors(tick(app.context))
    app.run_inline([Next("backfin.tick")])
    clock.forward(120)
    app.run_inline([Next("backfin.tick")])
    clock.forward(120)

    assert "backfin.close_day.fake" in again
    assert "backfin.close_day.fake" not in actors(tick(app.context))


def test_a_slot_that_was_missed_is_made_up_for_once(app: Backfin, clock: FrozenClock) -> None:
    tick(app.context)
    clock.forward(days=3)

    following = tick(app.context)

    assert actors(following).count("backfin.close_day.fake") == 1
    assert actors(tick(app.context)) == []


def test_days_close_at_twenty_past_midnight_in_india(app: Backfin, clock: FrozenClock) -> None:
    ticked(app)
    clock.set(CLOSING - timedelta(minutes=1))
    before = actors(ticked(app))
    clock.set(CLOSING)

    after = actors(ticked(app))

    assert "backfin.close_day.fake" not in before
    assert "backfin.close_day.fake" in after


def test_an_actor_of_a_plugin_runs_by_its_own_cron_and_zone(clock: FrozenClock) -> None:
    spec = ActorSpec("mine.report", lambda ctx, key: [], "mine", cron="0 9 * * 1-5", zone="America/New_York")
    clock.set(datetime(2026, 7, 1, 14, 0, tzinfo=UTC))
    with make_app(plugins=[FakePlugin("mine", actors=[spec])], clock=clock) as app:
        ticked(app)
        clock.set(datetime(2026, 7, 2, 12, 59, tzinfo=UTC))
        before = actors(ticked(app))
        clock.set(datetime(2026, 7, 2, 13, 0, tzinfo=UTC))

        after = actors(ticked(app))

    assert ("mine.report" in before, "mine.report" in after) == (False, True)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (datetime(2026, 7, 1, 18, 50, 0, tzinfo=UTC), datetime(2026, 7, 1, 18, 50, tzinfo=UTC)),
        (datetime(2026, 7, 1, 18, 49, 59, 900_000, tzinfo=UTC), datetime(2026, 6, 30, 18, 50, tzinfo=UTC)),
        (datetime(2026, 7, 1, 18, 50, 59, tzinfo=UTC), datetime(2026, 7, 1, 18, 50, tzinfo=UTC)),
    ],
)
def test_a_slot_is_never_later_than_now(now: datetime, slot: datetime) -> None:
    assert latest_slot("20 0 * * *", "Asia/Kolkata", now) == slot
