"""Two watches of one person on one filing: one message that names both, whoever is killed when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from backfin import Backfin, Delivery
from backfin.errors import NotifierUnavailable, RecipientGone, StoreUnavailable
from backfin.models import DeliveryState, Phase
from backfin.notifications.digests import hand_over
from backfin.notifications.payload import payload_of
from backfin.notifications.render import render
from backfin.specs import Next
from backfin.steps.match import match
from backfin.steps.notify import notify
from backfin.steps.replay import start
from backfin.steps.replay_request import ReplayRequest
from backfin.testing import FakeExchange, FrozenClock, RecordingNotifier, make_app, make_row, make_watch
from races import at_once


class Scene:
    """An app with one filing in its store, and one channel."""

    def __init__(self, app: Backfin, channel: RecordingNotifier) -> None:
        self.app, self.channel = app, channel

    def watch(self, *names: str, **changes: Any) -> None:
        for name in names:
            self.app.store.watches.put(make_watch(name, "*", "test:asha", **changes))

    def match(self) -> list[str]:
        """Matches the filing; returns the ids of new deliveries, whose messages are lost."""
        return [item.key for item in match(self.app.context.for_message(None), "fake:1")]

    def notify(self, key: str) -> list[Next]:
        return notify(self.app.context.for_message(None), key)

    def replay(self) -> None:
        request = ReplayRequest(first="2026-07-01", only="all", from_step="match", notify=True)
        self.app.run_inline([Next("backfin.replay", start(self.app.context, request))])

    def sweep(self) -> None:
        self.forward(minutes=10)
        self.app.run_inline([Next("backfin.sweep")])

    def forward(self, **span: float) -> None:
        clock = self.app.clock
        assert isinstance(clock, FrozenClock)
        clock.set(clock.now() + timedelta(**span))

    def get(self, key: str) -> Delivery:
        return self.app.store.deliveries.get(key)

    def named(self) -> list[tuple[str, ...]]:
        """The watches that each message named."""
        return [alert.watch_names for alert in self.channel.alerts]


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    exchange, channel, settings = FakeExchange([make_row(1)]), RecordingNotifier(), {}
    if request.param == "postgresql":
        settings["database_url"] = request.getfixturevalue("postgres_url")
    with make_app(exchanges=[exchange], notifiers=[channel], settings=settings) as app:
        app.store.announcements.add(
            [exchange.parse(make_row(1))], due_at=app.clock.now() + timedelta(days=999)
        )
        yield Scene(app, channel)


def test_one_message_names_every_watch_and_all_have_its_receipt(scene: Scene) -> None:
    scene.watch("orders", "Company", "all")
    keys = scene.match()

    for key in keys:
        assert scene.notify(key) == []

    (alert,) = scene.channel.alerts
    assert alert.watch_names == ("all", "Company", "orders")
    assert alert.watch_name == "all, Company, orders"
    assert "Watches: all, Company, orders" in render(alert).text
    assert payload_of(alert, scene.app.clock.now())["watches"] == ["all", "Company", "orders"]
    found = [scene.get(key) for key in keys]
    assert {one.state for one in found} == {DeliveryState.SENT}
    assert [one.receipt for one in found] == [{"provider_id": f"test-{keys[0]}", "detail": {}}] * 3
    assert [one.told_by for one in found] == [None, keys[0], keys[0]]
    assert {one.sent_at for one in found} == {scene.app.clock.now()}


def test_other_addresses_phases_and_filings_are_messages_of_their_own(scene: Scene) -> None:
    scene.watch("orders")
    scene.app.store.watches.put(make_watch("company", "*", "test:asha", "test:ravi", phase=Phase.BOTH))
    scene.app.run_inline([Next("backfin.flash", "fake:1"), Next("backfin.match", "fake:1")])

    told = sorted((address, alert.phase, alert.watch_names) for alert, address in scene.channel.sent)
    assert told == [
        ("test:asha", Phase.ENRICHED, ("company", "orders")),
        ("test:asha", Phase.FLASH, ("company",)),
        ("test:ravi", Phase.ENRICHED, ("company",)),
        ("test:ravi", Phase.FLASH, ("company",)),
    ]


def test_where_a_flash_is_edited_the_message_names_its_watch_too(scene: Scene) -> None:
    scene.channel.edits_flash = True  # type: ignore[attr-defined]
    scene.watch("early", phase=Phase.FLASH)
    scene.watch("late", phase=Phase.ENRICHED)

    scene.app.run_inline([Next("backfin.flash", "fake:1"), Next("backfin.match", "fake:1")])

    first, second = scene.channel.alerts
    assert (first.phase, first.watch_names) == (Phase.FLASH, ("early",))
    assert (second.phase, second.watch_names) == (Phase.ENRICHED, ("early", "late"))
    assert second.previous_receipt is not None
    assert second.previous_receipt["provider_id"] == f"test-{first.delivery_id}"


def test_a_watch_that_matches_after_the_message_was_sent_is_told_by_it(scene: Scene) -> None:
    scene.watch("orders")
    (first,) = scene.match()
    scene.notify(first)
    scene.watch("later")

    scene.replay()

    assert scene.named() == [("orders",)]
    (second,) = [one for one in scene.app.store.deliveries.search() if one.delivery_id != first]
    assert (second.state, second.told_by, second.receipt) == (
        DeliveryState.SENT,
        first,
        scene.get(first).receipt,
    )


def test_a_watch_that_matches_while_the_channel_is_down_is_named_by_the_next_try(scene: Scene) -> None:
    scene.watch("orders")
    (first,) = scene.match()
    scene.channel.faults = [NotifierUnavailable("down")]
    scene.notify(first)
    scene.watch("later")
    (second,) = scene.match()

    assert scene.notify(second) == []
    assert scene.channel.sent == []
    scene.notify(first)

    assert scene.named() == [("later", "orders")]
    assert scene.get(second).state is DeliveryState.SENT


def test_what_the_channel_refuses_fails_for_all_and_is_told_once_when_asked_again(scene: Scene) -> None:
    scene.watch("orders", "company")
    first, second = scene.match()
    scene.channel.faults = [RecipientGone("The address refuses.")]
    scene.notify(first)
    assert [scene.get(one).error for one in (first, second)] == ["The address refuses."] * 2

    scene.replay()

    assert scene.named() == [("company", "orders")]
    assert {scene.get(one).state for one in (first, second)} == {DeliveryState.SENT}


@pytest.mark.parametrize("accepts_token", [True, False])
def test_a_worker_that_dies_while_sending_leaves_all_of_them_unsure_or_sends_all_again(
    scene: Scene, accepts_token: bool
) -> None:
    scene.channel.accepts_token = accepts_token
    scene.watch("orders", "company")
    first, second = scene.match()
    assert len(scene.app.store.deliveries.claim(first, [second], due_at=scene.app.context.due_at)) == 2

    scene.sweep()

    wanted = DeliveryState.SENT if accepts_token else DeliveryState.UNSURE
    assert {scene.get(one).state for one in (first, second)} == {wanted}
    assert scene.named() == ([("company", "orders")] if accepts_token else [])
    assert scene.notify(second) == []


def test_what_may_have_arrived_is_not_told_for_a_watch_that_comes_later(scene: Scene) -> None:
    scene.watch("orders")
    (first,) = scene.match()
    scene.channel.faults = [NotifierUnavailable("The answer never came.", maybe_sent=True)]
    scene.notify(first)
    scene.watch("later")
    (second,) = scene.match()

    scene.notify(second)

    assert (scene.get(second).state, scene.get(second).told_by) == (DeliveryState.UNSURE, first)
    assert scene.channel.sent == []


def test_a_store_that_fails_in_the_claim_changes_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.watch("orders", "company")
    first, second = scene.match()

    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("The store went away.")

    monkeypatch.setattr(type(scene.app.store.deliveries), "claim", fail)
    with pytest.raises(StoreUnavailable):
        scene.notify(first)
    monkeypatch.undo()

    assert {scene.get(one).state for one in (first, second)} == {DeliveryState.PENDING}
    scene.sweep()
    assert scene.named() == [("company", "orders")]


def test_many_workers_at_once_send_one_message(scene: Scene) -> None:
    scene.watch(*(f"watch {number}" for number in range(8)))
    keys = scene.match()

    at_once(scene.notify, keys)

    assert [len(names) for names in scene.named()] == [8]
    assert {scene.get(key).state for key in keys} == {DeliveryState.SENT}


@pytest.mark.parametrize("accepts_token", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_whatever_dies_on_the_way_nobody_is_told_twice_and_nothing_is_lost(
    seed: int, accepts_token: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    exchange, channel = FakeExchange([make_row(1)]), RecordingNotifier(accepts_token=accepts_token)
    with make_app(exchanges=[exchange], notifiers=[channel]) as app:
        scene = Scene(app, channel)
        app.store.announcements.add(
            [exchange.parse(make_row(1))], due_at=app.clock.now() + timedelta(days=999)
        )
        keys: list[str] = []
        for step in range(25):
            action = chance.choice(["watch", "notify", "notify", "die", "die after", "down", "sweep"])
            channel.faults = []
            if action == "watch":
                scene.watch(f"watch {step}")
                keys += scene.match()
            elif action == "sweep":
                scene.sweep()
            elif keys:
                work(scene, chance.choice(keys), action, monkeypatch)
        channel.faults = []
        scene.watch("last")
        keys += scene.match()
        for _ in range(3):
            scene.sweep()

        states = {scene.get(key).state for key in keys}

    assert len(channel.alerts) <= 1
    assert len(states) == 1
    assert states <= ({DeliveryState.SENT} if accepts_token else {DeliveryState.SENT, DeliveryState.UNSURE})
    assert len(channel.alerts) == 1 or states == {DeliveryState.UNSURE}


class Killed(BaseException):
    """The worker is gone."""


def work(scene: Scene, key: str, action: str, patch: pytest.MonkeyPatch) -> None:
    """A worker takes a delivery; it may die before or after the channel has the message."""

    def die(*told: Any) -> None:
        if action == "die after":
            hand_over(*told)
        raise Killed

    if action == "down":
        scene.channel.faults = [NotifierUnavailable("down")]
    if not action.startswith("die"):
        scene.notify(key)
        return
    with patch.context() as patched, suppress(Killed):
        patched.setattr("backfin.steps.notify.hand_over", die)
        scene.notify(key)
