"""Quiet hours, a most a day, bursts and muted watches: told later or written down, never lost and never twice."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from backfin import Backfin
from backfin.clock import IST
from backfin.context import Replay
from backfin.errors import NotifierUnavailable
from backfin.models import Delivery, DeliveryState, Limits, Phase
from backfin.notifications.digests import hand_over
from backfin.specs import Next
from backfin.steps.digest import digest
from backfin.steps.match import match
from backfin.steps.notify import notify
from backfin.testing import FakeExchange, FrozenClock, RecordingNotifier, make_app, make_row, make_watch
from races import at_once

NIGHT = Limits(quiet="22:00-07:00", zone="Asia/Kolkata")


class Scene:
    """An app at a moment in India, filings that are matched as they come, and one channel."""

    def __init__(self, app: Backfin, exchange: FakeExchange, channel: RecordingNotifier) -> None:
        self.app, self.exchange, self.channel = app, exchange, channel

    def watch(self, name: str = "all", limits: Limits | None = None, **changes: Any) -> None:
        self.app.store.watches.put(make_watch(name, "*", limits=limits, **changes))

    def at(self, text: str) -> None:
        """Sets the clock to a moment in India, such as ``01 23:30``, of July 2026."""
        clock = self.app.clock
        assert isinstance(clock, FrozenClock)
        clock.set(datetime.fromisoformat(f"2026-07-{text}").replace(tzinfo=IST))

    def forward(self, **span: float) -> None:
        clock = self.app.clock
        assert isinstance(clock, FrozenClock)
        clock.set(clock.now() + timedelta(**span))

    def store(self, *numbers: int) -> list[str]:
        """Stores filings and matches them; returns the ids of new deliveries."""
        keys = []
        for number in numbers:
            moment = self.app.clock.now().astimezone(IST)
            row = make_row(number, at=f"{moment:%Y-%m-%dT%H:%M:%S}")
            announcement = self.exchange.parse(row)
            self.app.store.announcements.add([announcement], due_at=moment + timedelta(days=999))
            keys += [one.key for one in match(self.app.context.for_message(None), f"fake:{number}")]
        return keys

    def publish(self, *numbers: int) -> None:
        """The same, and sends what may be sent."""
        for key in self.store(*numbers):
            self.notify(key)

    def notify(self, key: str) -> list[Next]:
        return notify(self.app.context.for_message(None), key)

    def minute(self) -> None:
        """What a scheduler starts each minute."""
        self.app.run_inline([Next("backfin.digest"), Next("backfin.sweep")])

    def told(self) -> list[str]:
        """The filings told one by one."""
        return [alert.announcement.native_id for alert in self.channel.alerts]

    def rolled_up(self) -> list[list[str]]:
        """The filings of each message that tells several."""
        return [
            sorted(one.announcement.native_id for one in made.filings) for made, _ in self.channel.digests
        ]

    def states(self) -> dict[DeliveryState, int]:
        return self.app.store.deliveries.counts()

    def deliveries(self) -> list[Delivery]:
        return sorted(self.app.store.deliveries.search(), key=lambda one: one.announcement_id)


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    exchange, channel, settings = FakeExchange([]), RecordingNotifier(), {}
    if request.param == "postgresql":
        settings["database_url"] = request.getfixturevalue("postgres_url")
    with make_app(exchanges=[exchange], notifiers=[channel], settings=settings) as app:
        yield Scene(app, exchange, channel)


def test_what_comes_in_the_quiet_hours_is_one_message_when_they_end(scene: Scene) -> None:
    scene.watch(limits=NIGHT)
    scene.at("01 21:59")
    scene.publish(1)
    scene.at("01 22:00")
    scene.publish(2)
    scene.at("02 06:59")
    scene.publish(3)
    scene.minute()
    held = scene.deliveries()[1]
    assert (scene.told(), scene.rolled_up()) == (["1"], [])
    assert (held.state, held.error) == (
        DeliveryState.COLLECTED,
        "It came in the quiet hours of the watch.",
    )

    scene.at("02 07:00")
    scene.minute()
    scene.minute()
    scene.publish(4)

    assert (scene.told(), scene.rolled_up()) == (["1", "4"], [["2", "3"]])
    ((made, _),) = scene.channel.digests
    assert (made.zone, made.until.astimezone(IST).hour) == ("Asia/Kolkata", 7)


def test_one_filing_alone_is_told_as_it_would_have_been(scene: Scene) -> None:
    scene.watch(limits=NIGHT)
    scene.at("01 23:00")
    scene.publish(1)
    scene.at("02 07:00")
    scene.minute()
    scene.minute()

    assert (scene.told(), scene.rolled_up()) == (["1"], [])
    assert scene.states() == {DeliveryState.SENT: 1}


def test_a_lost_minute_or_night_loses_nothing(scene: Scene) -> None:
    scene.watch(limits=NIGHT)
    scene.at("01 23:00")
    scene.publish(1, 2)
    scene.at("02 23:00")
    scene.publish(3)
    scene.at("03 12:00")
    assert [one.actor for one in digest(scene.app.context.for_message(None))] == ["backfin.notify"]
    scene.forward(minutes=10)
    scene.minute()

    assert scene.rolled_up() == [["1", "2", "3"]]


def test_after_an_outage_until_the_next_night_it_waits_for_the_next_morning(scene: Scene) -> None:
    scene.watch(limits=NIGHT)
    scene.at("01 23:00")
    scene.publish(1, 2)
    scene.at("02 23:30")
    scene.minute()
    assert (scene.told(), scene.rolled_up()) == ([], [])

    scene.at("03 07:00")
    scene.minute()

    assert scene.rolled_up() == [["1", "2"]]


def test_a_try_that_failed_goes_on_in_quiet_hours_for_a_watch_that_has_none(scene: Scene) -> None:
    scene.watch("quiet", NIGHT)
    scene.at("01 21:59")
    scene.channel.faults = [NotifierUnavailable("down")]
    (key,) = scene.store(1)
    scene.notify(key)
    scene.watch("loud")
    (other,) = [item.key for item in match(scene.app.context.for_message(None), "fake:1")]
    scene.at("01 22:01")

    scene.notify(other)
    scene.notify(key)

    assert [alert.watch_names for alert in scene.channel.alerts] == [("loud", "quiet")]


def test_the_quiet_of_one_watch_holds_nothing_back_that_its_address_is_told_anyway(scene: Scene) -> None:
    scene.watch("quiet", NIGHT)
    scene.watch("loud")
    scene.at("01 23:00")
    scene.publish(1)
    scene.at("02 07:00")
    scene.minute()

    assert [alert.watch_names for alert in scene.channel.alerts] == [("loud", "quiet")]
    assert scene.channel.digests == []


def test_what_is_held_back_is_told_with_a_watch_that_matches_later(scene: Scene) -> None:
    scene.watch("quiet", NIGHT)
    scene.at("01 23:00")
    scene.publish(1)
    scene.watch("loud")
    for item in match(scene.app.context.for_message(None), "fake:1"):
        scene.notify(item.key)
    scene.at("02 07:00")
    scene.minute()

    assert [alert.watch_names for alert in scene.channel.alerts] == [("loud", "quiet")]
    assert scene.states() == {DeliveryState.SENT: 2}


def test_what_a_roll_up_told_is_not_told_again_for_a_watch_that_comes_later(scene: Scene) -> None:
    scene.watch("quiet", NIGHT)
    scene.at("01 23:00")
    scene.publish(1, 2)
    scene.at("02 07:00")
    scene.minute()
    scene.watch("later")
    for item in match(scene.app.context.for_message(None), "fake:1"):
        scene.notify(item.key)

    ((made, _),) = scene.channel.digests
    (late,) = [one for one in scene.deliveries() if one.told_by]
    assert (scene.told(), late.state, late.told_by) == ([], DeliveryState.SENT, made.delivery_id)


def test_a_try_that_failed_before_the_quiet_hours_waits_for_their_end(scene: Scene) -> None:
    scene.watch(limits=NIGHT)
    scene.at("01 21:59")
    scene.channel.faults = [NotifierUnavailable("down")]
    (key,) = scene.store(1)
    scene.notify(key)
    scene.at("01 22:01")
    assert scene.notify(key) == []
    scene.at("02 06:30")
    scene.minute()
    assert scene.told() == []

    scene.at("02 07:01")
    scene.minute()

    assert scene.told() == ["1"]
    assert scene.app.store.deliveries.get(key).attempts == 2


def test_beyond_the_most_of_a_day_the_rest_is_one_message_at_its_end(scene: Scene) -> None:
    scene.watch(limits=Limits(max_a_day=2, zone="Asia/Kolkata"))
    scene.at("01 10:00")
    scene.publish(1, 2, 3)
    scene.at("01 23:59")
    scene.publish(4)
    scene.minute()
    assert (scene.told(), scene.rolled_up()) == (["1", "2"], [])

    scene.at("02 00:00")
    scene.minute()
    scene.publish(5, 6, 7)

    assert (scene.told(), scene.rolled_up()) == (["1", "2", "5", "6"], [["3", "4"]])


def test_the_rest_of_a_day_that_ends_in_quiet_hours_comes_when_they_end(scene: Scene) -> None:
    scene.watch(limits=NIGHT.model_copy(update={"max_a_day": 1}))
    scene.at("01 10:00")
    scene.publish(1, 2, 3)
    scene.at("02 00:10")
    scene.minute()
    assert scene.rolled_up() == []

    scene.at("02 07:00")
    scene.minute()

    assert scene.rolled_up() == [["2", "3"]]


def test_a_burst_is_rolled_up(scene: Scene) -> None:
    scene.watch(limits=Limits(burst=2, burst_minutes=10))
    scene.at("01 10:00")
    scene.publish(1, 2, 3)
    scene.at("01 10:09")
    scene.publish(4)
    assert (scene.told(), scene.rolled_up()) == (["1", "2"], [])

    scene.at("01 10:10")
    scene.minute()
    scene.publish(5)

    assert (scene.told(), scene.rolled_up()) == (["1", "2", "5"], [["3", "4"]])


def test_limits_hold_for_each_address_alone(scene: Scene) -> None:
    scene.app.store.watches.put(make_watch("all", "*", "test:asha", "test:ravi", limits=Limits(max_a_day=1)))
    scene.publish(1, 2)

    assert sorted(address for _, address in scene.channel.sent) == ["test:asha", "test:ravi"]


def test_many_workers_at_once_keep_to_the_most(scene: Scene) -> None:
    scene.watch(limits=Limits(max_a_day=3, burst=5))
    keys = scene.store(*range(1, 13))

    at_once(scene.notify, keys)
    scene.at("02 00:00")
    scene.minute()

    assert len(scene.told()) == 3
    assert sorted(scene.told() + scene.rolled_up()[0], key=int) == [str(n) for n in range(1, 13)]


def test_a_muted_watch_tells_nothing_and_says_why(scene: Scene) -> None:
    scene.watch(phase=Phase.BOTH, muted_until=datetime(2026, 7, 3, tzinfo=IST))
    scene.at("01 10:00")
    scene.publish(1)
    (muted,) = scene.deliveries()
    assert (muted.state, muted.error) == (
        DeliveryState.MUTED,
        "The watch was muted until 2026-07-03 00:00 IST.",
    )

    scene.at("03 00:00")
    scene.minute()
    scene.publish(2)

    assert scene.told() == ["2"]


def test_a_watch_muted_later_tells_nothing_of_what_waits(scene: Scene) -> None:
    scene.watch("retried", addresses=("test:a",))
    scene.watch("held", NIGHT, addresses=("test:b",))
    scene.at("01 23:00")
    scene.channel.faults = [NotifierUnavailable("down")]
    first, second = scene.store(1)
    for key in (first, second):
        scene.notify(key)
    until = datetime(2026, 7, 3, tzinfo=IST)
    scene.watch("retried", addresses=("test:a",), muted_until=until)
    scene.watch("held", NIGHT, addresses=("test:b",), muted_until=until)

    scene.at("02 07:00")
    scene.minute()

    assert (scene.told(), scene.states()) == ([], {DeliveryState.MUTED: 2})


def test_a_muted_watch_takes_no_other_with_it_and_is_not_named(scene: Scene) -> None:
    scene.watch("first")
    scene.at("01 10:00")
    scene.channel.faults = [NotifierUnavailable("down")]
    (key,) = scene.store(1)
    scene.notify(key)
    scene.watch("second")
    (other,) = [item.key for item in match(scene.app.context.for_message(None), "fake:1")]
    scene.notify(other)
    scene.watch("first", muted_until=datetime(2026, 7, 3, tzinfo=IST))

    scene.notify(key)

    assert [alert.watch_names for alert in scene.channel.alerts] == [("second",)]
    assert scene.states() == {DeliveryState.SENT: 2}


def test_a_muted_watch_is_muted_also_where_its_address_is_told_for_another(scene: Scene) -> None:
    scene.watch("loud")
    scene.watch("still", muted_until=datetime(2026, 7, 3, tzinfo=IST))
    scene.at("01 10:00")
    scene.publish(1)

    assert [alert.watch_names for alert in scene.channel.alerts] == [("loud",)]
    assert scene.states() == {DeliveryState.SENT: 1, DeliveryState.MUTED: 1}


def test_a_roll_up_tells_what_another_watch_holds_back_longer_but_for_no_muted_one(scene: Scene) -> None:
    noon = Limits(quiet="22:00-12:00", zone="Asia/Kolkata")
    scene.watch("night", NIGHT)
    scene.watch("long", noon)
    scene.watch("still", noon)
    scene.at("01 23:00")
    scene.publish(1, 2)
    scene.watch("still", noon, muted_until=datetime(2026, 7, 3, tzinfo=IST))
    scene.at("02 07:00")
    scene.minute()
    scene.at("02 12:00")
    scene.minute()

    ((made, _),) = scene.channel.digests
    assert made.watches == ("long", "night")
    assert scene.told() == []
    assert scene.states()[DeliveryState.MUTED] == 2


def test_a_replay_that_notifies_tells_what_was_muted(scene: Scene) -> None:
    scene.watch(muted_until=datetime(2026, 7, 3, tzinfo=IST))
    scene.at("01 10:00")
    scene.publish(1)
    scene.at("04 10:00")
    ctx = scene.app.context.for_message(Replay("r_1", notify=True))
    for item in match(ctx, "fake:1"):
        scene.notify(item.key)

    assert scene.told() == ["1"]


def test_what_a_removed_watch_held_back_is_not_told(scene: Scene) -> None:
    scene.watch(limits=NIGHT)
    scene.at("01 23:00")
    scene.publish(1, 2)
    scene.app.store.watches.remove("all")
    scene.at("02 07:00")
    scene.minute()

    assert (scene.rolled_up(), scene.states()) == ([], {DeliveryState.EXPIRED: 2})


class Killed(BaseException):
    """The worker is gone."""


def die_sending(scene: Scene, key: str, patch: pytest.MonkeyPatch, *, is_sent: bool) -> None:
    """A worker takes a delivery and dies before or after the channel has its message."""

    def die(*told: Any) -> None:
        if is_sent:
            hand_over(*told)
        raise Killed

    with patch.context() as patched, suppress(Killed):
        patched.setattr("backfin.steps.notify.hand_over", die)
        scene.notify(key)


@pytest.mark.parametrize("seed", range(12))
def test_with_all_limits_and_whatever_dies_each_filing_is_told_once(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    exchange, channel = FakeExchange([]), RecordingNotifier(accepts_token=True)
    with make_app(exchanges=[exchange], notifiers=[channel]) as app:
        scene = Scene(app, exchange, channel)
        scene.watch("night", NIGHT)
        scene.watch("few", Limits(max_a_day=2, burst=1, burst_minutes=30, quiet="12:00-13:00"))
        keys: list[str] = []
        count = 0
        for step in range(70):
            channel.faults = []
            action = chance.choice(
                ["match", "match", "wait", "minute", "minute", "die", "die after", "down", "loud"]
            )
            if action == "match":
                count += 1
                keys += scene.store(count)
            elif action == "wait":
                scene.forward(minutes=chance.choice([5, 40, 200]))
            elif action == "minute":
                scene.minute()
            elif action == "loud" and step > 50:
                scene.watch("loud")
            elif keys:
                channel.faults = [NotifierUnavailable("down")] if action == "down" else []
                key = chance.choice(keys[-6:])
                if action.startswith("die"):
                    die_sending(scene, key, monkeypatch, is_sent=action == "die after")
                else:
                    scene.notify(key)
        channel.faults = []
        for _ in range(60):
            scene.forward(minutes=61)
            scene.minute()
        states = set(scene.states())

    told = scene.told() + [one for made in scene.rolled_up() for one in made]
    assert sorted(told, key=int) == [str(number) for number in range(1, count + 1)]
    assert states <= {DeliveryState.SENT, DeliveryState.COLLECTED}
    assert count > 8


def test_many_workers_and_watches_at_once_tell_each_address_of_each_filing_once(scene: Scene) -> None:
    limits = Limits(max_a_day=12, burst=5, zone="Asia/Kolkata")
    for number in range(3):
        scene.app.store.watches.put(make_watch(f"loud {number}", "*", "test:loud", "test:mixed"))
        scene.app.store.watches.put(
            make_watch(f"limited {number}", "*", "test:limited", "test:mixed", limits=limits)
        )
    scene.at("01 10:00")
    keys = scene.store(*range(1, 31))
    random.Random(1).shuffle(keys)

    def work(share: list[str]) -> None:
        for key in share:
            scene.notify(key)

    threads = [threading.Thread(target=work, args=(keys[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scene.at("02 00:00")
    scene.minute()

    told = Counter((address, alert.announcement.native_id) for alert, address in scene.channel.sent)
    singles = Counter(address for address, _ in told.elements())
    for made, address in scene.channel.digests:
        told.update((address, alert.announcement.native_id) for alert in made.filings)
    assert singles == {"test:loud": 30, "test:mixed": 30, "test:limited": 5}
    assert len(told) == 90
    assert set(told.values()) == {1}
