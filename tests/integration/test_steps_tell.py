"""Matching and notifying, on a real store: who is told, in which phase, and never twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from backfin import Backfin, Delivery
from backfin.errors import ConfigError, NotConfigured, NotifierUnavailable, RateLimited, RecipientGone
from backfin.models import Alert, DeliveryState, Phase, Receipt, State
from backfin.specs import Next
from backfin.steps.match import flash, match
from backfin.steps.notify import RETRY, notify
from backfin.steps.replay import start
from backfin.steps.replay_request import ReplayRequest
from backfin.steps.scrape import scrape
from backfin.testing import FakeExchange, FrozenClock, RecordingNotifier, make_app, make_row, make_watch
from backfin.testing.pdf import one_page_pdf
from races import at_once

LETTER = one_page_pdf("The company received an order worth Rs. 12.5 crore from Example Rail Limited.")


class Scene:
    """An app with one channel, its exchange, and short words for what happens in it."""

    def __init__(self, app: Backfin, exchange: FakeExchange, channel: RecordingNotifier) -> None:
        self.app, self.exchange, self.channel = app, exchange, channel

    def scrape(self) -> None:
        scrape(self.app.context, "fake")

    def run(self, name: str, key: str = "", **options: Any) -> None:
        """Runs a message and everything that follows it."""
        self.app.run_inline([Next(name, key, options)])

    def watch(self, *args: str, **changes: Any) -> None:
        self.app.store.watches.put(make_watch(*args, **changes))

    def step(self, step: Any, key: str = "fake:1") -> list[Next]:
        following: list[Next] = step(self.app.context.for_message(None), key)
        return following

    def deliveries(self) -> list[dict[str, Any]]:
        columns, rows = self.app.store.exports.export("deliveries")
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def delivery(self, key: str) -> Delivery:
        return self.app.store.deliveries.get(key)

    def pending(self) -> str:
        """Puts one delivery into the outbox and returns its id."""
        self.watch()
        self.scrape()
        (following,) = self.step(match)
        return following.key

    def forward(self, seconds: float = 0, *, days: float = 0) -> None:
        clock = self.app.clock
        assert isinstance(clock, FrozenClock)
        clock.forward(seconds, days=days)


@pytest.fixture
def scene() -> Iterator[Scene]:
    exchange = FakeExchange([make_row(1)], files={"a.pdf": LETTER})
    channel = RecordingNotifier()
    with make_app(exchanges=[exchange], notifiers=[channel]) as app:
        yield Scene(app, exchange, channel)


def test_a_watch_of_both_phases_hears_twice_and_the_second_knows_the_first(scene: Scene) -> None:
    scene.watch(phase=Phase.BOTH)

    scene.run("backfin.scrape.fake", "fake")

    first, second = sorted(scene.channel.alerts, key=lambda alert: alert.phase is Phase.ENRICHED)
    assert (first.phase, first.enrichment, first.previous_receipt) == (Phase.FLASH, None, None)
    assert second.phase is Phase.ENRICHED
    assert second.enrichment is not None
    assert second.enrichment.event_type == "order_win"
    assert second.previous_receipt is not None
    assert second.previous_receipt["provider_id"] == f"test-{first.delivery_id}"


def both_phases(scene: Scene, *, edits: bool) -> tuple[str, str]:
    """Puts flash and facts of one announcement into the outbox and returns their ids."""
    scene.channel.edits_flash = edits  # type: ignore[attr-defined]
    scene.watch(phase=Phase.BOTH)
    scene.scrape()
    (first,), (second,) = scene.step(flash), scene.step(match)
    return first.key, second.key


@pytest.mark.parametrize(("edits", "is_sent"), [(True, False), (False, True)])
def test_facts_wait_for_a_flash_on_its_way_only_where_they_can_edit_it(
    scene: Scene, edits: bool, is_sent: bool
) -> None:
    first, second = both_phases(scene, edits=edits)
    scene.app.store.deliveries.claim(first, due_at=scene.app.context.due_at)

    following = scene.step(notify, second)

    assert bool(following) is not is_sent
    assert len(scene.channel.sent) == is_sent
    scene.app.store.deliveries.sent(first, {"provider_id": "p1"})
    for again in following:
        scene.forward(again.delay_s)
        scene.step(notify, again.key)
    (alert,) = scene.channel.alerts
    assert alert.previous_receipt == ({"provider_id": "p1"} if edits else None)


def test_facts_do_not_wait_for_a_flash_that_hangs(scene: Scene) -> None:
    first, second = both_phases(scene, edits=True)
    scene.app.store.deliveries.claim(first, due_at=scene.app.context.due_at)
    scene.forward(scene.app.settings.steps.deadline)

    assert scene.step(notify, second) == []

    assert [alert.previous_receipt for alert in scene.channel.alerts] == [None]


@pytest.mark.parametrize(("edits", "told"), [(True, ["enriched"]), (False, ["enriched", "flash"])])
def test_a_flash_that_comes_after_the_facts_is_not_sent_where_it_would_have_been_edited(
    scene: Scene, edits: bool, told: list[str]
) -> None:
    first, second = both_phases(scene, edits=edits)

    scene.step(notify, second)
    scene.step(notify, first)

    assert [alert.phase for alert in scene.channel.alerts] == told
    overtaken = scene.delivery(first)
    assert (overtaken.state is DeliveryState.EXPIRED) == edits
    assert overtaken.error == ("The facts were told before it." if edits else None)


@pytest.mark.parametrize("phase", [Phase.FLASH, Phase.ENRICHED])
def test_a_watch_of_one_phase_hears_once(scene: Scene, phase: Phase) -> None:
    scene.watch(phase=phase)

    scene.run("backfin.scrape.fake", "fake")

    assert [alert.phase for alert in scene.channel.alerts] == [phase]


def test_each_address_hears_once_for_all_its_watches_and_one_that_is_not_meant_hears_nothing(
    scene: Scene,
) -> None:
    scene.watch("orders", "event_type = order_win", "test:a", "test:b")
    scene.watch("company", "INE999A01015", "test:a")
    scene.watch("others", "event_type = dividend", "test:c")
    scene.exchange.rows = [make_row(1, isin="INE999A01015")]

    scene.run("backfin.scrape.fake", "fake")

    told = sorted((alert.watch_name, address) for alert, address in scene.channel.sent)
    assert told == [("company, orders", "test:a"), ("orders", "test:b")]


def test_two_announcements_of_one_filing_are_one_enriched_alert(scene: Scene) -> None:
    scene.exchange.rows = [make_row(n, file="a.pdf", subject="Order") for n in (1, 2)]
    scene.watch("one")
    scene.watch("two")

    scene.run("backfin.scrape.fake", "fake")

    assert [alert.watch_names for alert in scene.channel.alerts] == [("one", "two")]
    assert {row["filing_id"] for row in scene.deliveries()} == {scene.channel.alerts[0].filing_id}
    assert {scene.app.store.announcements.status(f"fake:{n}").state for n in (1, 2)} == {State.MATCHED}


def test_two_announcements_with_one_file_are_one_flash_whichever_comes_first(scene: Scene) -> None:
    scene.exchange.rows = [make_row(n, file="a.pdf", subject=f"Subject {n}") for n in (1, 2)]
    scene.watch(phase=Phase.BOTH)
    scene.scrape()

    for step, key in [(flash, "fake:2"), (flash, "fake:1"), (match, "fake:1")]:
        for following in scene.step(step, key):
            scene.run(following.actor, following.key)

    first, second = scene.channel.alerts
    assert (first.phase, first.announcement.announcement_id) == (Phase.FLASH, "fake:2")
    assert (second.phase, second.announcement.announcement_id) == (Phase.ENRICHED, "fake:1")
    assert second.previous_receipt is not None


def test_what_is_learnt_later_of_an_issuer_makes_no_second_filing(scene: Scene) -> None:
    scene.scrape()
    scene.run("backfin.read", "fake:1")
    before = scene.app.store.announcements.status("fake:1").filing_id
    scene.app.store.announcements.rewind(["fake:1"], State.STORED)
    scene.app.store.announcements.set_issuer("fake:1", isin="INE999A01015", symbol="LATER")

    scene.run("backfin.read", "fake:1")

    assert scene.app.store.announcements.status("fake:1").filing_id == before


def test_the_same_file_of_two_companies_is_two_filings(scene: Scene) -> None:
    scene.exchange.rows = [make_row(n, file="a.pdf", code=f"99900{n}") for n in (1, 2)]
    scene.watch()

    scene.run("backfin.scrape.fake", "fake")

    assert len(scene.channel.alerts) == 2


def test_matching_again_writes_no_second_delivery(scene: Scene) -> None:
    scene.pending()

    again = scene.step(match)

    assert again == []
    assert len(scene.deliveries()) == 1


def test_matching_ends_the_announcements_way(scene: Scene) -> None:
    scene.scrape()

    scene.step(flash)
    assert scene.app.store.announcements.status("fake:1").state is State.STORED
    scene.step(match)

    status = scene.app.store.announcements.status("fake:1")
    assert (status.state, status.due_at) == (State.MATCHED, None)


def test_old_news_is_written_down_as_expired_and_not_sent(scene: Scene) -> None:
    scene.watch(phase=Phase.BOTH)
    scene.scrape()
    scene.forward(days=2)

    assert scene.step(flash) + scene.step(match) == []

    assert {row["state"] for row in scene.deliveries()} == {"expired"}


def test_a_watch_that_changed_is_heard_of_without_a_restart(scene: Scene) -> None:
    scene.watch("all", "event_type = dividend")
    scene.scrape()
    assert scene.step(match) == []
    scene.watch("all", "*")

    assert len(scene.step(match)) == 1


def test_a_rule_that_cannot_be_read_silences_no_other_watch(scene: Scene) -> None:
    scene.watch("broken", "((")
    scene.watch("good", "*")
    scene.scrape()

    assert len(scene.step(match)) == 1


def replay_all(scene: Scene, *, notify_people: bool) -> None:
    run_id = start(scene.app.context, ReplayRequest(first="2026-07-01", only="all", notify=notify_people))
    scene.run("backfin.replay", run_id)


def test_a_replay_tells_nobody(scene: Scene) -> None:
    scene.run("backfin.scrape.fake", "fake")
    scene.watch(phase=Phase.BOTH)

    replay_all(scene, notify_people=False)

    assert (scene.channel.sent, scene.deliveries()) == ([], [])


def test_a_replay_that_notifies_tells_both_phases_whatever_the_age(scene: Scene) -> None:
    scene.run("backfin.scrape.fake", "fake")
    scene.watch(phase=Phase.BOTH)
    scene.forward(days=40)

    replay_all(scene, notify_people=True)
    replay_all(scene, notify_people=True)

    assert sorted(alert.phase for alert in scene.channel.alerts) == [Phase.ENRICHED, Phase.FLASH]


def test_a_replay_that_notifies_tells_what_had_expired(scene: Scene) -> None:
    scene.watch(phase=Phase.BOTH)
    scene.scrape()
    scene.forward(days=2)
    scene.step(flash)
    scene.step(match)

    replay_all(scene, notify_people=False)
    assert scene.channel.sent == []
    replay_all(scene, notify_people=True)

    assert sorted(alert.phase for alert in scene.channel.alerts) == [Phase.ENRICHED, Phase.FLASH]


def test_a_replay_that_notifies_tells_what_was_refused_before(scene: Scene) -> None:
    scene.watch()
    scene.channel.faults = [ConfigError("The mail server refuses the password.")]
    scene.run("backfin.scrape.fake", "fake")
    (refused,) = scene.deliveries()

    replay_all(scene, notify_people=True)
    replay_all(scene, notify_people=True)

    assert refused["state"] == "failed"
    assert [alert.delivery_id for alert in scene.channel.alerts] == [refused["delivery_id"]]


def test_a_slow_try_that_fails_in_the_end_sends_nothing_again_that_was_sent_meanwhile(scene: Scene) -> None:
    key = scene.pending()

    def hang(alert: Alert, address: str) -> Receipt:
        del scene.channel.send
        scene.app.store.deliveries.release(key, 1, "The worker seemed dead.", due_at=scene.app.clock.now())
        assert scene.step(notify, key) == []
        raise NotifierUnavailable("It hung up.")

    scene.channel.send = hang  # type: ignore[method-assign]
    assert scene.step(notify, key) == []

    assert scene.delivery(key).state is DeliveryState.SENT
    assert len(scene.channel.sent) == 1


def test_eight_threads_claim_a_delivery_once(scene: Scene) -> None:
    key = scene.pending()

    at_once(lambda _: scene.step(notify, key), range(8))

    delivery = scene.delivery(key)
    assert len(scene.channel.sent) == 1
    assert (delivery.state, delivery.attempts, delivery.sent_at) == (
        DeliveryState.SENT,
        1,
        scene.app.clock.now(),
    )
    assert delivery.receipt == {"provider_id": f"test-{key}", "detail": {}}


def test_a_channel_that_is_down_is_asked_again_with_growing_patience(scene: Scene) -> None:
    key = scene.pending()
    scene.channel.faults = [NotifierUnavailable("down"), NotifierUnavailable("down")]

    first, second = scene.step(notify, key), scene.step(notify, key)
    assert scene.delivery(key).state is DeliveryState.PENDING
    third = scene.step(notify, key)

    assert first == [Next("backfin.notify", key, delay_s=5.0)]
    assert second == [Next("backfin.notify", key, delay_s=10.0)]
    assert third == []
    outcomes = [attempt["outcome"] for attempt in scene.app.store.deliveries.attempts(key)]
    assert outcomes == ["retry", "retry", "sent"]
    assert len(scene.channel.sent) == 1


def test_a_rate_limit_is_waited_for_as_long_as_it_says(scene: Scene) -> None:
    key = scene.pending()
    scene.channel.faults = [RateLimited("Too many messages.", delay=900)]

    assert scene.step(notify, key) == [Next("backfin.notify", key, delay_s=900.0)]

    scene.forward(890)
    assert scene.app.store.deliveries.stalled(scene.app.clock.now(), 10) == [], (
        "the sweep would send it earlier"
    )


@pytest.mark.parametrize(
    "fault",
    [RecipientGone("The address refuses."), ConfigError("No mail server."), NotConfigured("No token.")],
)
def test_an_address_that_refuses_for_good_fails_and_is_not_asked_again(
    scene: Scene, fault: Exception
) -> None:
    key = scene.pending()
    scene.channel.faults = [fault]

    assert scene.step(notify, key) == []

    delivery = scene.delivery(key)
    assert (delivery.state, delivery.error) == (DeliveryState.FAILED, str(fault))
    assert scene.step(notify, key) == []
    assert scene.channel.sent == []


def test_a_channel_that_breaks_every_time_is_given_up_after_the_last_try(scene: Scene) -> None:
    key = scene.pending()
    scene.channel.faults = [ZeroDivisionError("a mistake of the channel's author")] * RETRY.max_tries

    rounds = [scene.step(notify, key) for _ in range(RETRY.max_tries)]

    assert [len(following) for following in rounds] == [1] * (RETRY.max_tries - 1) + [0]
    assert scene.delivery(key).state is DeliveryState.FAILED


def test_an_error_nobody_foresaw_is_a_retry(scene: Scene) -> None:
    key = scene.pending()
    scene.channel.faults = [ZeroDivisionError("a mistake of the channel's author")]

    assert [item.key for item in scene.step(notify, key)] == [key]

    assert scene.delivery(key).state is DeliveryState.PENDING


def test_a_delivery_that_waited_too_long_expires(scene: Scene) -> None:
    key = scene.pending()
    scene.forward(days=1.1)

    assert scene.step(notify, key) == []

    assert (scene.delivery(key).state, scene.channel.sent) == (DeliveryState.EXPIRED, [])


def test_a_channel_that_may_have_taken_it_leaves_it_unsure(scene: Scene) -> None:
    key = scene.pending()
    scene.channel.faults = [NotifierUnavailable("The answer never came.", maybe_sent=True)]

    assert scene.step(notify, key) == []

    assert scene.delivery(key).state is DeliveryState.UNSURE


def test_an_address_no_channel_serves_fails_with_those_that_are_served(scene: Scene) -> None:
    scene.watch("all", "*", "pigeon:coop")
    scene.scrape()
    (following,) = scene.step(match)

    scene.step(notify, following.key)

    delivery = scene.delivery(following.key)
    assert delivery.state is DeliveryState.FAILED
    assert "test" in (delivery.error or "")


def test_a_delivery_in_another_workers_hands_is_left_alone(scene: Scene) -> None:
    key = scene.pending()
    took = threading.Event()
    go_on = threading.Event()

    def send(alert: Alert, address: str) -> Receipt:
        took.set()
        go_on.wait(5)
        return Receipt()

    scene.channel.send = send  # type: ignore[method-assign]
    slow = threading.Thread(target=scene.step, args=(notify, key))
    slow.start()
    took.wait(5)
    start_s = time.monotonic()

    assert scene.step(notify, key) == []

    assert time.monotonic() - start_s < 2, "it waited for the other worker"
    go_on.set()
    slow.join()
    assert scene.delivery(key).attempts == 1
