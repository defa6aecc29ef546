"""Digests on a real store: everything that was matched, once, at its time, whatever stops in between."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from backfin import Backfin, Delivery
from backfin.clock import IST
from backfin.context import Replay
from backfin.errors import ConfigError, NotifierUnavailable, RecipientGone
from backfin.models import Cadence, DeliveryState, Digest, Phase, Receipt
from backfin.notifications.render import render_digest
from backfin.specs import Next
from backfin.steps.digest import digest
from backfin.steps.match import match
from backfin.steps.notify import notify
from backfin.steps.tick import tick
from backfin.testing import (
    FakeExchange,
    FrozenClock,
    RecordingNotifier,
    make_app,
    make_row,
    make_watch,
    run_exchange,
)
from races import at_once

#: Half past six in the evening of 1 July in India.
DUE = datetime(2026, 7, 1, 13, 0, tzinfo=UTC)


class Scene:
    """An app with one channel and one exchange, and short words for what happens in it."""

    def __init__(self, app: Backfin, exchange: FakeExchange, channel: RecordingNotifier) -> None:
        self.app, self.exchange, self.channel = app, exchange, channel

    def watch(self, *args: str, **changes: Any) -> None:
        self.app.store.watches.put(make_watch(*args, **({"cadence": Cadence.DIGEST} | changes)))

    def publish(self, number: int) -> None:
        """Puts one more filing on the exchange, which is scraped and matched."""
        self.exchange.rows.append(row(number, self.app.clock.now()))
        run_exchange(self.app, "fake")

    def store(self, number: int) -> None:
        """Puts one more filing into the store, where it is matched before its document is read."""
        announcement = self.exchange.parse(row(number, self.app.clock.now()))
        self.app.store.announcements.add([announcement], due_at=self.app.clock.now() + timedelta(days=999))
        match(self.app.context.for_message(None), announcement.announcement_id)

    def at(self, moment: datetime) -> None:
        clock = self.app.clock
        assert isinstance(clock, FrozenClock)
        clock.set(moment)

    def run(self) -> None:
        """What a tick starts: the step and everything that follows it."""
        self.app.run_inline([Next("backfin.digest")])

    def form(self) -> list[str]:
        """The step alone: the ids of new digests, whose messages are lost."""
        return [item.key for item in digest(self.app.context.for_message(None))]

    def told(self) -> list[list[str]]:
        """The filings of each digest that arrived."""
        return [numbers(one) for one, _ in self.channel.digests]

    def states(self) -> dict[DeliveryState, int]:
        return self.app.store.deliveries.counts()


def row(number: int, moment: datetime) -> dict[str, Any]:
    return make_row(number, at=f"{moment.astimezone(IST):%Y-%m-%dT%H:%M:%S}")


def numbers(made: Digest) -> list[str]:
    return sorted(one.announcement.native_id for one in made.filings)


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    exchange, channel = FakeExchange([]), RecordingNotifier()
    settings: dict[str, Any] = {}
    if request.param == "postgresql":
        settings["database_url"] = request.getfixturevalue("postgres_url")
    with make_app(exchanges=[exchange], notifiers=[channel], settings=settings) as app:
        yield Scene(app, exchange, channel)


def test_matches_are_collected_and_told_once_at_the_time_of_day(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.publish(2)
    scene.at(DUE - timedelta(seconds=1))
    scene.run()
    assert (scene.channel.sent, scene.told()) == ([], [])

    scene.at(DUE)
    for _ in range(3):
        scene.run()

    assert scene.told() == [["1", "2"]]
    ((made, address),) = scene.channel.digests
    assert (made.watches, made.since, made.until, address) == (
        ("everything",),
        DUE - timedelta(days=1),
        DUE,
        "test:",
    )
    assert scene.states() == {DeliveryState.COLLECTED: 2, DeliveryState.SENT: 1}
    assert scene.app.store.deliveries.attempts(made.delivery_id)[0]["outcome"] == "sent"


def test_a_day_without_matches_has_no_digest_and_the_next_one_tells_what_is_new(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.at(DUE)
    scene.run()
    scene.at(DUE + timedelta(days=1))
    scene.run()
    scene.at(DUE + timedelta(days=1, hours=1))
    scene.publish(2)
    scene.at(DUE + timedelta(days=2))
    scene.run()

    assert scene.told() == [["1"], ["2"]]
    last = scene.channel.digests[-1][0]
    assert (last.since, last.until) == (DUE + timedelta(days=1), DUE + timedelta(days=2))


def test_after_an_outage_one_digest_covers_every_missed_day_and_says_so(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.at(DUE + timedelta(hours=5))
    scene.publish(2)

    scene.at(DUE + timedelta(days=3, hours=7))
    scene.run()
    scene.run()

    ((made, _),) = scene.channel.digests
    assert numbers(made) == ["1", "2"]
    assert (made.since, made.until) == (DUE - timedelta(days=1), DUE + timedelta(days=3))
    assert "This digest covers 4 days" in render_digest(made).text


def test_what_is_matched_after_its_digest_was_formed_waits_for_the_next(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.at(DUE)
    scene.run()
    scene.publish(2)
    scene.run()
    assert scene.told() == [["1"]]

    scene.at(DUE + timedelta(days=1))
    scene.run()

    assert scene.told() == [["1"], ["2"]]


def test_watches_of_one_address_and_time_are_one_message_that_tells_each_filing_once(scene: Scene) -> None:
    scene.watch("all")
    scene.watch("orders", "order")
    scene.watch("elsewhere", "*", "test:other")
    scene.watch("morning", "*", digest_at="09:00", digest_zone="America/New_York")
    scene.publish(1)
    scene.at(DUE)
    scene.run()

    by_address = {address: made for made, address in scene.channel.digests}
    assert len(scene.channel.digests) == 3
    assert by_address["test:other"].watches == ("elsewhere",)
    together = next(made for made, _ in scene.channel.digests if made.watches == ("all", "orders"))
    assert [one.watch_name for one in together.filings] == ["all, orders"]
    assert together.count == 1
    morning = next(made for made, _ in scene.channel.digests if made.watches == ("morning",))
    assert (morning.until, morning.zone) == (DUE, "America/New_York")


def test_a_lost_message_is_found_by_the_sweep(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.at(DUE)
    scene.form()
    scene.run()
    assert scene.told() == []

    scene.at(DUE + timedelta(minutes=10))
    scene.app.run_inline([Next("backfin.sweep")])
    scene.app.run_inline([Next("backfin.sweep")])

    assert scene.told() == [["1"]]


@pytest.mark.parametrize("accepts_token", [True, False])
def test_a_worker_that_dies_while_sending_tells_twice_only_where_a_repeat_is_known(
    scene: Scene, accepts_token: bool
) -> None:
    scene.channel.accepts_token = accepts_token
    scene.watch()
    scene.publish(1)
    scene.at(DUE)
    (key,) = scene.form()
    scene.app.store.deliveries.claim(key, due_at=scene.app.context.due_at)

    scene.at(DUE + timedelta(minutes=10))
    scene.app.run_inline([Next("backfin.sweep")])

    assert scene.app.store.deliveries.get(key).state is (
        DeliveryState.SENT if accepts_token else DeliveryState.UNSURE
    )
    assert scene.told() == ([["1"]] if accepts_token else [])


def test_two_schedulers_at_once_make_one_digest_and_send_it_once(scene: Scene) -> None:
    for number in range(1, 6):
        scene.watch(f"watch {number}", "*", f"test:{number}", "test:shared")
    for number in range(1, 4):
        scene.publish(number)
    scene.at(DUE)

    def schedule(_: int) -> None:
        ctx = scene.app.context.for_message(None)
        for item in digest(ctx):
            notify(ctx, item.key)

    at_once(schedule, range(4))

    assert sorted(address for _, address in scene.channel.digests) == sorted(
        [*(f"test:{number}" for number in range(1, 6)), "test:shared"]
    )
    assert scene.told() == [["1", "2", "3"]] * 6
    assert scene.app.store.digests.waiting() == []


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_lost_on_the_way_each_filing_is_told_once(seed: int) -> None:
    chance = random.Random(seed)
    exchange, channel = FakeExchange([]), RecordingNotifier(accepts_token=True)
    with make_app(exchanges=[exchange], notifiers=[channel]) as app:
        scene = Scene(app, exchange, channel)
        scene.watch()
        count = 0
        for _ in range(60):
            action = chance.choice(["match", "match", "wait", "lose", "run", "die", "down", "sweep"])
            if action == "match":
                count += 1
                scene.store(count)
            elif action == "wait":
                scene.at(app.clock.now() + timedelta(hours=chance.choice([1, 5, 9, 60])))
            elif action == "lose":
                scene.form()
            elif action == "die":
                for key in scene.form():
                    app.store.deliveries.claim(key, due_at=app.context.due_at)
            elif action == "down":
                channel.faults = [NotifierUnavailable("down")]
            else:
                app.run_inline([Next("backfin.sweep" if action == "sweep" else "backfin.digest")])
        channel.faults = []
        for _ in range(3):
            scene.at(app.clock.now() + timedelta(days=1))
            app.run_inline([Next("backfin.digest"), Next("backfin.sweep")])

    told = [number for filings in scene.told() for number in filings]
    assert len(told) == len(set(told)) == count > 5


def test_a_channel_that_is_down_for_days_gets_the_digest_when_it_is_back(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.at(DUE)
    scene.channel.faults = [NotifierUnavailable("down")]
    (key,) = scene.form()
    ctx = scene.app.context.for_message(None)
    assert [item.actor for item in notify(ctx, key)] == ["backfin.notify"]

    scene.at(DUE + timedelta(days=5))
    notify(ctx, key)
    notify(ctx, key)

    assert scene.told() == [["1"]]


def test_a_refused_digest_is_failed_with_its_sentence(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.at(DUE)
    scene.channel.faults = [RecipientGone("The address refuses.")]
    scene.run()

    failed = [one for one in deliveries(scene) if one["state"] == "failed"]
    assert [one["until_at"] for one in failed] == [DUE]
    assert scene.app.store.deliveries.get(failed[0]["delivery_id"]).error == "The address refuses."


def deliveries(scene: Scene) -> list[dict[str, Any]]:
    columns, rows = scene.app.store.exports.export("deliveries")
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("phase", "told"), [(Phase.FLASH, "flash"), (Phase.ENRICHED, "enriched"), (Phase.BOTH, "enriched")]
)
def test_a_digest_tells_each_filing_once_whatever_the_phase(scene: Scene, phase: Phase, told: str) -> None:
    scene.watch(phase=phase)
    scene.publish(1)

    assert [one["phase"] for one in deliveries(scene)] == [told]


def test_what_a_removed_watch_collected_is_not_told(scene: Scene) -> None:
    scene.watch()
    scene.publish(1)
    scene.app.store.watches.remove("everything")
    scene.at(DUE)
    scene.run()

    assert scene.told() == []
    assert scene.states() == {DeliveryState.EXPIRED: 1}


def test_only_very_old_news_is_left_out_and_a_replay_that_notifies_collects_it(scene: Scene) -> None:
    scene.watch()
    now = scene.app.clock.now()
    rows = [row(1, now - timedelta(days=31)), row(2, now - timedelta(days=29))]
    ctx = scene.app.context
    ctx.store.announcements.add([scene.exchange.parse(one) for one in rows], due_at=DUE)
    for key in ("fake:1", "fake:2"):
        match(ctx.for_message(None), key)
    assert scene.states() == {DeliveryState.EXPIRED: 1, DeliveryState.COLLECTED: 1}

    match(ctx.for_message(Replay("r_1", notify=True)), "fake:1")

    assert scene.states() == {DeliveryState.COLLECTED: 2}


def test_the_tick_starts_it_every_minute(scene: Scene) -> None:
    first, second = (
        [item.actor for item in tick(scene.app.context)].count("backfin.digest") for _ in range(2)
    )

    assert (first, second) == (1, 0)


class Plain(RecordingNotifier):
    """A channel that knows nothing of digests."""

    name, schemes = "plain", ("plain",)
    send_digest = None  # type: ignore[assignment]

    def check(self, address: str) -> None:
        """Takes anything."""


def test_a_channel_without_digests_fails_the_delivery_with_what_to_do() -> None:
    channel = Plain()
    with make_app(exchanges=[exchange := FakeExchange([])], notifiers=[channel]) as app:
        scene = Scene(app, exchange, channel)
        scene.watch("plain", "*", "plain:")
        scene.publish(1)
        scene.at(DUE)
        scene.run()

        (failed,) = [one for one in deliveries(scene) if one["state"] == "failed"]
        assert "takes no digests" in (found(app, failed["delivery_id"]).error or "")
        with pytest.raises(ConfigError, match="takes no digests"):
            app.send_digest(app.digest(date(2026, 7, 1)), "plain:")
        with pytest.raises(ConfigError, match="write mailto: in front of it"):
            app.send_digest(app.digest(date(2026, 7, 1)), "desk@oak.example")


def found(app: Backfin, key: str) -> Delivery:
    return app.store.deliveries.get(key)


def test_a_digest_of_any_days_and_rule_is_made_and_sent_by_hand(scene: Scene) -> None:
    scene.publish(1)
    scene.publish(2)
    app = scene.app

    everything = app.digest(date(2026, 7, 1))
    one_issuer = app.digest(date(2026, 7, 1), date(2026, 7, 1), "INE000000005 or symbol = NOBODY")
    shortened = app.digest(date(2026, 7, 1), most=1)
    receipt = app.send_digest(shortened, "test:")

    assert numbers(everything) == ["1", "2"]
    assert one_issuer.count == 0
    assert (shortened.count, len(shortened.filings)) == (2, 1)
    assert isinstance(receipt, Receipt)
    assert "and 1 more. All of them: backfin digest --since 2026-07-01" in render_digest(shortened).text
    with pytest.raises(ConfigError, match="exchange the two"):
        app.digest(date(2026, 7, 2), date(2026, 7, 1))


def test_one_announcement_is_sent_by_hand_as_often_as_asked(scene: Scene) -> None:
    scene.publish(1)

    scene.app.send_alert("fake:1", "test:")

    (alert,) = scene.channel.alerts
    assert alert.enrichment is not None
    assert alert.announcement.announcement_id == "fake:1"


def test_a_sent_digest_is_shown_whole_by_its_id(scene: Scene) -> None:
    scene.watch()
    for number in range(1, 4):
        scene.publish(number)
    scene.at(DUE)
    (key,) = scene.form()

    whole, short = scene.app.find_digest(key), scene.app.find_digest(key, most=1)

    assert whole is not None
    assert short is not None
    assert (len(whole.filings), len(short.filings), short.count) == (3, 1, 3)
    assert short.see_all == f"backfin digest {key}"
    assert scene.app.find_digest("d_unknown") is None
