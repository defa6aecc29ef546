"""What a person wants to be sent once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from backfin import Backfin
from backfin.clock import IST
from backfin.errors import ConfigError, NotifierUnavailable, RecipientGone
from backfin.models import Delivery, DeliveryState, Limits
from backfin.specs import Next
from backfin.steps.match import match
from backfin.steps.notify import notify
from backfin.testing import FakeExchange, RecordingNotifier, make_app, make_row, make_watch


class Scene:
    """An app with two watches of one address, and one filing that both match."""

    def __init__(self, app: Backfin, channel: RecordingNotifier) -> None:
        self.app, self.channel = app, channel

    def settle(self, *faults: Exception) -> Delivery:
        """Tells the filing, or fails to; returns the delivery that was sent."""
        self.channel.faults = list(faults)
        first, second = (one.key for one in match(self.app.context.for_message(None), "fake:1"))
        notify(self.app.context.for_message(None), first)
        assert self.get(second).told_by == first
        return self.get(first)

    def get(self, key: str) -> Delivery:
        return self.app.store.deliveries.get(key)


@pytest.fixture
def scene() -> Iterator[Scene]:
    exchange, channel = FakeExchange([make_row(1)]), RecordingNotifier(accepts_token=True)
    with make_app(exchanges=[exchange], notifiers=[channel]) as app:
        for name in "orders", "company":
            app.store.watches.put(make_watch(name, "*", "test:asha"))
        app.store.announcements.add(
            [exchange.parse(make_row(1))], due_at=app.clock.now() + timedelta(days=999)
        )
        yield Scene(app, channel)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (NotifierUnavailable("The answer never came.", maybe_sent=True), DeliveryState.UNSURE),
        (RecipientGone("The address refuses."), DeliveryState.FAILED),
    ],
)
def test_what_is_unsure_or_failed_is_sent_by_hand_for_all_its_watches(
    scene: Scene, fault: Exception, state: DeliveryState
) -> None:
    told = scene.settle(fault)
    assert told.state is state

    (result,) = scene.app.resend([told.delivery_id])

    assert result.state is DeliveryState.SENT
    assert [one.watch_names for one in scene.channel.alerts] == [("company", "orders")]
    assert {one.state for one in scene.app.store.deliveries.search()} == {DeliveryState.SENT}
    assert [one["outcome"] for one in scene.app.store.deliveries.attempts(told.delivery_id)] == [
        state.value,
        "sent",
    ]


def test_the_id_of_one_that_another_tells_sends_that_message_once(scene: Scene) -> None:
    told = scene.settle(RecipientGone("The address refuses."))
    ids = [one.delivery_id for one in scene.app.store.deliveries.search()]

    results = scene.app.resend(ids)

    assert [one.delivery_id for one in results] == [told.delivery_id]
    assert len(scene.channel.alerts) == 1


def test_what_was_sent_is_told_once_more_only_when_that_is_said(scene: Scene) -> None:
    told = scene.settle()
    with pytest.raises(ConfigError, match=f"{told.delivery_id} was sent at .* --again"):
        scene.app.resend([told.delivery_id])
    assert len(scene.channel.alerts) == 1

    (result,) = scene.app.resend([told.delivery_id], again=True)

    assert result.state is DeliveryState.SENT
    first, second = scene.channel.alerts
    assert first.delivery_id == told.delivery_id
    assert second.delivery_id == f"{told.delivery_id}-1", "the channel takes it for a repeat"
    assert second.watch_names == ("company", "orders")
    scene.app.resend([second.delivery_id], again=True)
    assert scene.channel.alerts[-1].delivery_id == f"{told.delivery_id}-2"


def test_what_expired_is_not_sent_where_the_person_was_told_for_another_watch(scene: Scene) -> None:
    told = scene.settle()
    scene.app.store.watches.put(
        make_watch("late", "*", "test:asha", muted_until=datetime(2027, 1, 1, tzinfo=IST))
    )
    match(scene.app.context.for_message(None), "fake:1")
    (muted,) = scene.app.store.deliveries.search(states=[DeliveryState.MUTED])

    with pytest.raises(ConfigError, match=f"told by {told.delivery_id}"):
        scene.app.resend([muted.delivery_id])
    scene.app.resend([muted.delivery_id], again=True)

    assert [one.watch_names for one in scene.channel.alerts] == [("company", "orders"), ("late",)]


def test_a_person_is_not_held_back_by_limits_or_age(scene: Scene) -> None:
    quiet = Limits(quiet="00:00-23:59", zone="Asia/Kolkata")
    scene.settle(RecipientGone("The address refuses."))
    scene.app.store.watches.put(make_watch("orders", "*", "test:asha", limits=quiet))
    (failed, _) = scene.app.store.deliveries.search()
    scene.app.clock.forward(days=40)  # type: ignore[attr-defined]

    (result,) = scene.app.resend([failed.delivery_id])

    assert result.state is DeliveryState.SENT


def test_what_is_on_its_way_or_unknown_is_refused_and_nothing_is_sent(scene: Scene) -> None:
    told = scene.settle(NotifierUnavailable("down"))
    with pytest.raises(ConfigError, match="on its way"):
        scene.app.resend([told.delivery_id])
    with pytest.raises(ConfigError, match="There is no delivery 'd_x'; `backfin delivery list`"):
        scene.app.resend(["d_x"])

    assert scene.channel.sent == []


def test_a_channel_that_is_down_leaves_it_to_the_workers(scene: Scene) -> None:
    told = scene.settle(RecipientGone("The address refuses."))
    scene.channel.faults = [NotifierUnavailable("down")]

    (result,) = scene.app.resend([told.delivery_id])
    assert (result.state, result.error) == (DeliveryState.PENDING, "down")
    scene.app.clock.forward(3600)  # type: ignore[attr-defined]
    scene.app.run_inline([Next("backfin.sweep")])

    assert scene.get(told.delivery_id).state is DeliveryState.SENT


def test_what_a_removed_watch_had_collected_can_be_sent_by_hand(scene: Scene) -> None:
    app = scene.app
    first, second = (one.key for one in match(app.context.for_message(None), "fake:1"))
    for key in first, second:
        app.store.deliveries.put_aside(key, DeliveryState.COLLECTED, "Quiet.", until=app.context.due_at)
    with pytest.raises(ConfigError, match="waits for its time"):
        app.resend([first])

    for watch in app.store.watches.list():
        app.store.watches.remove(watch.name)
    (result,) = app.resend([first])

    assert result.state is DeliveryState.SENT
    assert len(scene.channel.alerts) == 1
