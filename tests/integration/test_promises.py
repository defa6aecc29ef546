"""The promises under trouble: complete, never lost, never told twice."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from backfin.app import Backfin
from backfin.broker import build_broker
from backfin.embedded import EmbeddedServer
from backfin.errors import ExchangeUnavailable, ModelBusy, NotifierUnavailable, RateLimited, StoreUnavailable
from backfin.models import Announcement, DeliveryState, Enrichment, Phase, State
from backfin.pipeline import Shell
from backfin.specs import Next
from backfin.steps.close_day import close_day, hold_day
from backfin.steps.notify import notify
from backfin.steps.replay import replay, start
from backfin.steps.replay_request import Only, ReplayRequest
from backfin.steps.scrape import scrape
from backfin.steps.sweep import sweep
from backfin.testing import (
    FakeExchange,
    FrozenClock,
    RecordingNotifier,
    make_app,
    make_enrichment,
    make_row,
    make_watch,
)
from backfin.testing.frozen_clock import NOON

TODAY = NOON.date()


def on_day(number: int, days: int) -> dict[str, Any]:
    """A row of some days after 1 July 2026."""
    return make_row(number, at=f"{TODAY + timedelta(days=days)}T12:00:{number:02d}")


def poll(app: Backfin) -> list[Next]:
    """A poll, and the messages by which it catches up."""
    following = scrape(app.context, "fake")
    for item in following:
        if "catch_up" in item.options:
            following += scrape(app.context, item.key, **item.options)
    return following


def stored(app: Backfin) -> set[str]:
    return {item.announcement_id for item in app.store.announcements.select()}


def state(app: Backfin, key: str) -> State:
    return app.store.announcements.status(key).state


@pytest.mark.parametrize(
    "bad",
    [{"id": ""}, {"at": "no time"}, {"at": "2099-07-01T12:00:00"}, {"subject": "cut \ud83d surrogate"}],
    ids=["no key", "no time", "far future", "half a character"],
)
def test_a_bad_row_holds_up_no_other_row(bad: Mapping[str, Any]) -> None:
    exchange = FakeExchange([make_row(1), make_row(2), make_row(3)])
    exchange.fetch_day = with_bad_row(exchange, bad)  # type: ignore[method-assign]
    with make_app(exchanges=[exchange]) as app:
        scrape(app.context, "fake")
        scrape(app.context, "fake")

        assert {"fake:1", "fake:2", "fake:3"} <= stored(app)
        assert len(stored(app)) == 4


def with_bad_row(exchange: FakeExchange, bad: Mapping[str, Any]) -> Any:
    real = FakeExchange.fetch_day

    def fetch_day(day: Any) -> Any:
        for page in real(exchange, day):
            rows = (*page.rows, make_row(9, **bad))
            yield type(page)(page.number, rows, len(rows), page.content)

    return fetch_day


def test_a_parser_that_breaks_on_one_row_keeps_that_row_raw() -> None:
    class Brittle(FakeExchange):
        def parse(self, row: Mapping[str, Any]) -> Announcement:
            if row["id"] == "2":
                raise KeyError("a field the plugin relied on")
            return super().parse(row)

    with make_app(exchanges=[Brittle([make_row(1), make_row(2), make_row(3)])]) as app:
        scrape(app.context, "fake")

        assert stored(app) == {"fake:1", "fake:2", "fake:3"}
        assert state(app, "fake:2") is State.FAILED


@pytest.mark.parametrize("only", ["missing", "failed", "all"])
def test_a_replay_reads_rows_that_a_mended_parser_understands(only: Only) -> None:
    exchange = FakeExchange([make_row(1, at="2026-07-01T12:00:01.5 IST"), make_row(2), make_row(3, at=None)])
    with make_app(exchanges=[exchange]) as app:
        scrape(app.context, "fake")
        assert state(app, "fake:1") is State.FAILED
        parse = exchange.parse
        exchange.rows = []  # nothing but the kept row is left
        exchange.parse = lambda row: parse({**row, "at": (row["at"] or "").removesuffix(" IST")})  # type: ignore[method-assign]

        run = start(app.context, ReplayRequest(first=TODAY.isoformat(), only=only))
        app.run_inline([Next("backfin.replay", run)])

        assert state(app, "fake:1") is State.MATCHED
        assert app.store.announcements.get("fake:1").disseminated_at.microsecond == 500_000
        assert state(app, "fake:3") is State.FAILED
        assert app.store.runs.progress(run).failed == 0


def test_a_mended_parser_may_give_a_kept_row_its_key() -> None:
    exchange = FakeExchange([{**make_row(7), "id": "", "number": "7"}])
    with make_app(exchanges=[exchange]) as app:
        scrape(app.context, "fake")
        (kept_as,) = stored(app)
        parse = exchange.parse
        exchange.rows = []
        exchange.parse = lambda row: parse({**row, "id": row["number"]})  # type: ignore[method-assign]

        run = start(app.context, ReplayRequest(ids=(kept_as,)))
        replay(app.context, run)

        assert stored(app) == {"fake:7"}


def test_a_day_that_was_incomplete_is_read_again_until_it_is_whole() -> None:
    clock, exchange = FrozenClock(), FakeExchange([on_day(1, 0), on_day(2, 0)])
    exchange.hidden = {"2"}
    with make_app(exchanges=[exchange], clock=clock) as app:
        for _ in range(5):
            clock.forward(days=1)
            close_day(app.context, "fake")
        assert [gap.day for gap in app.store.gaps.list()] == [TODAY]

        exchange.hidden = set()
        clock.forward(days=1)
        close_day(app.context, "fake")

        assert app.store.gaps.list() == []
        assert "fake:2" in stored(app)


def test_a_withdrawn_row_does_not_hide_a_missing_one() -> None:
    clock, exchange = FrozenClock(), FakeExchange([on_day(1, 0), on_day(2, 0)])
    with make_app(exchanges=[exchange], clock=clock) as app:
        scrape(app.context, "fake")
        exchange.rows = [on_day(2, 0), on_day(3, 0)]
        exchange.hidden = {"3"}

        clock.forward(days=1)
        close_day(app.context, "fake")

        assert [(gap.expected, gap.stored) for gap in app.store.gaps.list()] == [(2, 1)]


def test_a_reading_that_lacks_a_part_proves_nothing_without_a_count() -> None:
    clock, exchange = FrozenClock(), FakeExchange([on_day(1, 0)])
    exchange.gives_count = False
    read_day = exchange.fetch_day
    exchange.fetch_day = lambda day: (  # type: ignore[method-assign]
        replace(page, faults=("empty_object: Result",), is_whole=False) for page in read_day(day)
    )
    with make_app(exchanges=[exchange], clock=clock) as app:
        clock.forward(days=1)
        close_day(app.context, "fake")
        assert TODAY in {gap.day for gap in app.store.gaps.list()}

        exchange.fetch_day = read_day  # type: ignore[method-assign]
        close_day(app.context, "fake")

        assert app.store.gaps.list() == []


def test_a_past_day_that_cannot_be_read_does_not_hold_up_today() -> None:
    class Patchy(FakeExchange):
        bad_day = TODAY

        def fetch_day(self, day: Any) -> Any:
            if day == self.bad_day:
                raise ExchangeUnavailable("The exchange does not serve this day.")
            return super().fetch_day(day)

    clock, exchange = FrozenClock(), Patchy([on_day(1, 0), on_day(2, 2)])
    with make_app(exchanges=[exchange], clock=clock) as app:
        app.store.watermarks.advance("fake", TODAY)
        clock.forward(days=2)
        following = scrape(app.context, "fake")
        assert Next("backfin.read", "fake:2") in following
        with pytest.raises(ExchangeUnavailable):
            poll(app)
        assert app.store.watermarks.get("fake") == TODAY

        exchange.bad_day = None
        clock.forward(3600)
        poll(app)

        assert stored(app) == {"fake:1", "fake:2"}
        assert app.store.watermarks.get("fake") == TODAY + timedelta(days=2)


def test_a_past_day_that_cannot_be_read_holds_up_no_other_past_day() -> None:
    clock, exchange = FrozenClock(), FakeExchange([on_day(1, 0), on_day(2, 1), on_day(3, 2)])
    read_day = exchange.fetch_day
    exchange.fetch_day = lambda day: read_day(day if day != TODAY else _refused())  # type: ignore[method-assign]
    with make_app(exchanges=[exchange], clock=clock) as app:
        app.store.watermarks.advance("fake", TODAY)
        clock.forward(days=3)
        for _ in range(3):
            with suppress(ExchangeUnavailable):
                scrape(app.context, "fake", catch_up=True)

        assert stored(app) == {"fake:2", "fake:3"}
        assert app.store.watermarks.get("fake") == TODAY


def _refused() -> NoReturn:
    raise ExchangeUnavailable("The exchange does not serve this day.")


def test_polls_that_overlap_do_not_all_catch_up_on_the_same_outage() -> None:
    clock, exchange = FrozenClock(), FakeExchange()
    with make_app(exchanges=[exchange], clock=clock) as app:
        app.store.watermarks.advance("fake", TODAY)
        clock.forward(days=2)
        polls = iter(range(3))
        asked = exchange.fetch_day

        def fetch_day(day: Any) -> Any:
            if next(polls, None) is not None:
                poll(app)
            return asked(day)

        exchange.fetch_day = fetch_day  # type: ignore[method-assign]
        poll(app)

        assert exchange.requests.count(f"day {TODAY} page 1") == 1
        assert app.store.watermarks.get("fake") == TODAY + timedelta(days=2)


def test_a_clock_that_once_ran_ahead_does_not_end_the_polling() -> None:
    clock, exchange = FrozenClock(), FakeExchange([make_row(1)])
    with make_app(exchanges=[exchange], clock=clock) as app:
        clock.forward(days=400)
        scrape(app.context, "fake")

        clock.set(NOON)
        scrape(app.context, "fake")

        assert stored(app) == {"fake:1"}


def test_one_lost_message_is_sent_again_while_others_wait(tmp_path: Path) -> None:
    clock, exchange = FrozenClock(), FakeExchange([make_row(n) for n in range(1, 4)])
    with (
        EmbeddedServer(tmp_path / "redis") as server,
        make_app(exchanges=[exchange], clock=clock, settings={"redis_url": server.url}) as app,
    ):
        broker = build_broker(app.settings)
        app.declare(broker)
        scrape(app.context, "fake")
        app.send([Next("backfin.read", "fake:1"), Next("backfin.read", "fake:2", delay_s=600)])
        app.send([Next("backfin.read", f"fake:{n}", {"run": "r_1"}) for n in range(50, 60)])

        clock.forward(1000)
        following = sweep(app.context, "")
        broker.close()

    assert [item.key for item in following if item.actor == "backfin.read"] == ["fake:3"]


def test_a_replay_that_waits_for_a_slow_model_is_not_sent_again(tmp_path: Path) -> None:
    clock, exchange = FrozenClock(), FakeExchange([make_row(1), make_row(2)])
    with (
        EmbeddedServer(tmp_path / "redis") as server,
        make_app(exchanges=[exchange], clock=clock, settings={"redis_url": server.url}) as app,
    ):
        broker = build_broker(app.settings)
        app.declare(broker)
        run = start(app.context, ReplayRequest(first=str(TODAY)))
        replay(app.context, run)
        for key in ("fake:1", "fake:2"):
            app.store.documents.record(key, [], filing_id=key, due_at=clock.now())
        app.send([Next("backfin.enrich", "fake:1", {"run": run, "notify": False})])

        clock.forward(1000)
        following = sweep(app.context, "")
        broker.close()

    assert [item.key for item in following if item.actor == "backfin.enrich"] == ["fake:2"]


def test_a_replayed_item_that_never_came_ends_the_replay_and_not_the_sweep() -> None:
    clock, exchange = FrozenClock(), FakeExchange([make_row(1)])
    with make_app(exchanges=[exchange], clock=clock) as app:
        run = start(app.context, ReplayRequest(first=str(TODAY)))
        app.store.runs.claim_new(run, ["fake:withdrawn"])
        app.run_inline(replay(app.context, run))
        clock.forward(1000)
        sweep(app.context, "")
        sweep(app.context, "")

        progress = app.store.runs.progress(run)
        assert (progress.done, progress.failed, progress.pending) == (1, 1, 0)
        assert app.store.runs.get(run).state == "done"


def test_a_flash_that_was_lost_is_told_when_the_announcement_is_matched() -> None:
    channel = RecordingNotifier()
    with make_app(exchanges=[FakeExchange([make_row(1)])], notifiers=[channel]) as app:
        for phase in Phase.FLASH, Phase.ENRICHED, Phase.BOTH:
            app.store.watches.put(make_watch(phase.value, phase=phase))
        scrape(app.context, "fake")

        app.run_inline([Next("backfin.read", "fake:1")])
        app.run_inline([Next("backfin.match", "fake:1")])

        told = sorted((alert.watch_name, alert.phase.value) for alert in channel.alerts)
        assert told == [("both, enriched", "enriched"), ("flash", "flash")]


def delivery_of(app: Backfin) -> str:
    """The one delivery of the one announcement, read and matched."""
    app.store.watches.put(make_watch("everything"))
    scrape(app.context, "fake")
    sent: list[Next] = []
    shell = Shell(app.specs, sent.extend)
    shell.perform(app.context, "backfin.read", "fake:1", {})
    return next(item.key for item in sent if item.actor == "backfin.notify")


def test_a_channel_that_is_down_for_hours_still_tells() -> None:
    clock = FrozenClock()
    channel = RecordingNotifier(faults=[NotifierUnavailable("The mail server is down.")] * 20)
    with make_app(exchanges=[FakeExchange([make_row(1)])], notifiers=[channel], clock=clock) as app:
        following = [Next("backfin.notify", delivery_of(app))]
        while following:
            clock.forward(following[0].delay_s)
            following = notify(app.context, following[0].key)

        assert len(channel.sent) == 1


def test_a_channel_that_stays_down_is_given_up_when_the_news_is_old() -> None:
    clock = FrozenClock()
    channel = RecordingNotifier(faults=[NotifierUnavailable("The mail server is down.")] * 1000)
    with make_app(exchanges=[FakeExchange([make_row(1)])], notifiers=[channel], clock=clock) as app:
        key = delivery_of(app)
        following = [Next("backfin.notify", key)]
        while following:
            clock.forward(following[0].delay_s)
            following = notify(app.context, following[0].key)

        assert app.store.deliveries.get(key).state is DeliveryState.EXPIRED


def test_a_store_that_fails_before_a_send_leaves_nothing_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, channel = FrozenClock(), RecordingNotifier()
    with make_app(exchanges=[FakeExchange([make_row(1)])], notifiers=[channel], clock=clock) as app:
        key = delivery_of(app)
        with monkeypatch.context() as patch:
            for part, name in (app.store.enrichments, "latest"), (app.store.deliveries, "retry"):
                patch.setattr(part, name, failing(StoreUnavailable("The store is gone.")))
            with pytest.raises(StoreUnavailable):
                notify(app.context, key)

        clock.forward(1000)
        app.run_inline(sweep(app.context, ""))

        assert len(channel.sent) == 1


def test_a_delivery_that_ended_while_the_sweep_looked_stays_as_it_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, channel = FrozenClock(), RecordingNotifier()
    with make_app(exchanges=[FakeExchange([make_row(1)])], notifiers=[channel], clock=clock) as app:
        key = delivery_of(app)
        app.store.deliveries.claim(key, due_at=clock.now())
        clock.forward(1000)
        stalled = app.store.deliveries.stalled

        def stalled_then_sent(*given: Any) -> Any:
            found = stalled(*given)
            app.store.deliveries.sent(key, {})
            return found

        monkeypatch.setattr(app.store.deliveries, "stalled", stalled_then_sent)
        sweep(app.context, "")

        assert app.store.deliveries.get(key).state is DeliveryState.SENT


def failing(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_a_poll_that_failed_does_not_hide_the_count_of_the_one_before() -> None:
    exchange = FakeExchange([make_row(1)])
    with make_app(exchanges=[exchange]) as app:
        scrape(app.context, "fake")
        exchange.fault = ExchangeUnavailable("It is away.")
        with pytest.raises(ExchangeUnavailable):
            scrape(app.context, "fake")

        report, _ = hold_day(app.context, exchange, TODAY, offline=True)

        assert (report.expected, report.complete) == (1, True)


class SlowModel:
    """An enricher whose service is down for some calls."""

    name, model, is_remote = "model", "m-1", True

    def __init__(self, faults: int, error: Exception) -> None:
        self.faults, self.error = faults, error

    def enrich(self, reading: Any, prompt_set: Any) -> Enrichment:
        if self.faults:
            self.faults -= 1
            raise self.error
        return make_enrichment(announcement_id=reading.announcement.announcement_id, enricher=self.name)


@pytest.mark.parametrize(
    "error",
    [ModelBusy("The model is down."), RateLimited("Come back tomorrow.", delay=86_400.0)],
    ids=["down", "long stay-away"],
)
def test_the_rules_speak_when_the_model_stays_away(error: Exception) -> None:
    model = SlowModel(1000, error)
    with make_app(exchanges=[FakeExchange([make_row(1)])], enrichers=[model]) as app:
        app.run_inline(scrape(app.context, "fake"))

        enrichment = app.store.enrichments.latest("fake:1")
        assert enrichment is not None
        assert (enrichment.enricher, "fallback:model" in enrichment.flags) == ("rules", True)
        assert state(app, "fake:1") is State.MATCHED


def test_a_model_that_is_down_for_a_moment_is_waited_for() -> None:
    model = SlowModel(2, ModelBusy("The model is down."))
    with make_app(exchanges=[FakeExchange([make_row(1)])], enrichers=[model]) as app:
        app.run_inline(scrape(app.context, "fake"))

        enrichment = app.store.enrichments.latest("fake:1")
        assert enrichment is not None
        assert enrichment.enricher == "model"


def test_an_outage_of_the_files_never_ends_an_announcement() -> None:
    class NoFiles(FakeExchange):
        def fetch_attachment(self, attachment: Any) -> Any:
            raise ExchangeUnavailable("The files are out of reach.")

    exchange = NoFiles([make_row(1, file="a.html")], files={"a.html": b"<p>Order</p>"})
    with make_app(exchanges=[exchange]) as app:
        scrape(app.context, "fake")
        sent: list[Next] = [Next("backfin.read", "fake:1")]
        shell = Shell(app.specs, sent.extend)
        for _ in range(200):
            item = sent.pop()
            shell.perform(app.context, item.actor, item.key, item.options)

        assert state(app, "fake:1") is State.STORED
        assert 60 <= sent[0].delay_s <= 3600
