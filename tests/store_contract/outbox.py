"""What a store promises about watches and deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from backfin.errors import PermanentError
from backfin.models import Cadence, DeliveryState, Limits, Phase, State
from backfin.storage import Store
from backfin.testing import FrozenClock
from store_contract.made import LATER, NOON, announcement, delivery, watch


class WatchesContract:
    """Watches are kept by name, and a token tells when any of them changed."""

    def test_a_watch_is_added_changed_and_removed(self, store: Store) -> None:
        store.watches.put(watch())
        store.watches.put(watch("results"))
        store.watches.put(watch(rule="*"))

        assert [one.name for one in store.watches.list()] == ["Orders", "results"]
        assert store.watches.get(watch().watch_id) == watch(rule="*")
        assert store.watches.remove("Orders") is True
        assert store.watches.remove("Orders") is False
        assert store.watches.get(watch().watch_id) is None

    def test_a_watch_keeps_the_time_of_its_digest(self, store: Store) -> None:
        daily = watch(cadence=Cadence.DIGEST, digest_at="09:05", digest_zone="America/New_York")
        store.watches.put(watch())
        store.watches.put(daily)

        assert store.watches.get(daily.watch_id) == daily

    def test_a_watch_keeps_its_limits_and_how_long_it_is_muted(self, store: Store) -> None:
        limits = Limits(quiet="22:00-07:00", zone="Asia/Dubai", max_a_day=5, burst=3)
        limited = watch(limits=limits, muted_until=LATER)
        store.watches.put(limited)

        assert store.watches.get(limited.watch_id) == limited

    def test_an_address_is_kept_once_in_one_spelling_whoever_adds_the_watch(self, store: Store) -> None:
        spellings = ("file:///srv/../srv/x.jsonl", "file:/srv/x.jsonl", "mailto:Desk@Example.IN", "test:A")

        stored = store.watches.put(watch(addresses=spellings))

        assert stored.addresses == ("file:/srv/x.jsonl", "mailto:Desk@example.in", "test:A")
        assert store.watches.list() == [stored]

    def test_the_version_changes_with_every_change_and_only_then(self, store: Store) -> None:
        versions = [store.watches.version()]
        store.watches.put(watch())
        versions.append(store.watches.version())
        store.watches.put(watch(rule="*"))
        versions.append(store.watches.version())
        store.watches.remove("Orders")
        versions.append(store.watches.version())
        store.watches.remove("Orders")

        assert len(set(versions)) == 4
        assert store.watches.version() == versions[-1]


class DeliveriesContract:
    """The outbox tells each (watch, filing, phase, address) once."""

    @pytest.fixture(autouse=True)
    def _announced(self, store: Store) -> None:
        store.announcements.add([announcement(1), announcement(2)], due_at=NOON)

    def test_a_delivery_is_put_there_once(self, store: Store) -> None:
        first = store.deliveries.record("bse:1", [delivery(), delivery(phase=Phase.FLASH)], due_at=LATER)
        second = store.deliveries.record("bse:1", [delivery(), delivery(2)], due_at=LATER)

        assert first == [delivery().delivery_id, delivery(phase=Phase.FLASH).delivery_id]
        assert second == [delivery(2).delivery_id]
        assert store.deliveries.get(delivery().delivery_id) == delivery()

    def test_the_first_key_is_that_of_the_first_send_in_a_phase(self, store: Store) -> None:
        later = NOON + timedelta(seconds=5)
        second = delivery(filing_id="p_2", phase=Phase.FLASH, announcement_id="bse:2")
        first = delivery(2, filing_id="p_1", phase=Phase.FLASH, announcement_id="bse:1")
        store.deliveries.record("bse:2", [second.model_copy(update={"created_at": later})], due_at=LATER)
        store.deliveries.record("bse:1", [first, delivery()], due_at=LATER)

        assert store.deliveries.first_key(["bse:1", "bse:2"], Phase.FLASH) == "p_1"
        assert store.deliveries.first_key(["bse:2"], Phase.FLASH) == "p_2"
        assert store.deliveries.first_key(["bse:2"], Phase.ENRICHED) is None

    def test_another_id_for_the_same_send_is_no_second_send(self, store: Store) -> None:
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)

        copy = delivery(delivery_id="d_other", announcement_id="bse:2")
        new = store.deliveries.record("bse:2", [copy], due_at=LATER, state=State.MATCHED)

        assert new == []
        assert store.announcements.status("bse:2").state is State.MATCHED

    def test_without_a_state_the_announcement_stays_where_it_is(self, store: Store) -> None:
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)

        assert store.announcements.status("bse:1").state is State.STORED
        assert store.announcements.status("bse:1").due_at == NOON

    def test_only_one_claims(self, store: Store) -> None:
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)

        first = store.deliveries.claim(delivery().delivery_id, due_at=LATER)
        second = store.deliveries.claim(delivery().delivery_id, due_at=LATER)

        assert [(one.state, one.attempts) for one in first] == [(DeliveryState.SENDING, 1)]
        assert second == []
        assert store.deliveries.claim("d_unknown", due_at=LATER) == []

    def test_one_claim_takes_others_of_the_same_news_and_settles_them_with_itself(self, store: Store) -> None:
        first, second, other = together = [delivery(), delivery(watch_id="w_2"), delivery(watch_id="w_3")]
        store.deliveries.record("bse:1", together, due_at=LATER)
        assert [one.delivery_id for one in store.deliveries.lock_news(second)] == sorted(
            one.delivery_id for one in together
        )

        taken = store.deliveries.claim(first.delivery_id, [second.delivery_id], due_at=LATER)

        assert [(one.delivery_id, one.told_by) for one in taken] == [
            (first.delivery_id, None),
            (second.delivery_id, first.delivery_id),
        ]
        assert store.deliveries.claim(second.delivery_id, due_at=LATER) == []
        store.deliveries.retry(first.delivery_id, "down", due_at=LATER, attempt=1)
        assert store.deliveries.get(second.delivery_id).state is DeliveryState.PENDING
        assert store.deliveries.claim(second.delivery_id, due_at=LATER) == []
        again = store.deliveries.claim(first.delivery_id, due_at=LATER)
        assert [one.delivery_id for one in again] == [first.delivery_id, second.delivery_id]
        store.deliveries.sent(first.delivery_id, {"provider_id": "p1"}, attempt=2)
        found = store.deliveries.get(second.delivery_id)
        assert (found.state, found.receipt, found.sent_at) == (
            DeliveryState.SENT,
            {"provider_id": "p1"},
            NOON,
        )
        assert store.deliveries.get(other.delivery_id).state is DeliveryState.PENDING

    def test_only_the_one_that_is_sent_stalls_and_its_end_is_that_of_all(self, store: Store) -> None:
        first, second = together = [delivery(), delivery(watch_id="w_2")]
        store.deliveries.record("bse:1", together, due_at=LATER)
        store.deliveries.claim(first.delivery_id, [second.delivery_id], due_at=NOON)

        assert [one.delivery_id for one in store.deliveries.stalled(LATER, 10)] == [first.delivery_id]
        assert store.deliveries.release(first.delivery_id, 1, "It died.", due_at=None) is True

        found = [store.deliveries.get(one.delivery_id) for one in together]
        assert [(one.state, one.error) for one in found] == [(DeliveryState.UNSURE, "It died.")] * 2

    def test_what_comes_late_shares_the_fate_of_what_tells_it(self, store: Store) -> None:
        first, late = delivery(), delivery(watch_id="w_2")
        store.deliveries.record("bse:1", [first], due_at=LATER)
        (taken,) = store.deliveries.claim(first.delivery_id, due_at=LATER)
        store.deliveries.record("bse:1", [late], due_at=LATER)

        store.deliveries.tell_by(taken, late.delivery_id)
        store.deliveries.sent(first.delivery_id, {}, attempt=1)

        found = store.deliveries.get(late.delivery_id)
        assert (found.state, found.told_by) == (DeliveryState.SENT, first.delivery_id)

    def test_it_is_known_how_many_a_watch_told_an_address(self, store: Store, clock: FrozenClock) -> None:
        for number in (10, 11, 12, 13):
            store.announcements.add([announcement(number)], due_at=NOON)
            store.deliveries.record(f"bse:{number}", [delivery(number)], due_at=LATER)
        for number in (10, 11, 12):
            store.deliveries.claim(delivery(number).delivery_id, due_at=LATER)
        store.deliveries.sent(delivery(10).delivery_id, {})
        clock.forward(60)
        store.deliveries.sent(delivery(11).delivery_id, {})

        assert store.deliveries.told("w_1", "console:", NOON) == 3
        assert store.deliveries.told("w_1", "console:", NOON + timedelta(seconds=30)) == 2
        assert store.deliveries.told("w_2", "console:", NOON) == 0

    def test_what_is_sent_just_while_it_is_counted_is_counted(self, store: Store) -> None:
        key = delivery().delivery_id
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)
        settled: list[str] = []

        def settle(*_: Any) -> None:
            if not settled:
                settled.append(key)
                store.deliveries.sent(key, {})

        engine = store._database._open().engine
        event.listen(engine, "after_cursor_execute", settle)
        try:
            told = store.deliveries.told("w_1", "console:", NOON)
        finally:
            event.remove(engine, "after_cursor_execute", settle)

        assert settled == [key]
        assert told == 1

    def test_what_is_put_aside_is_not_sent_and_muted_news_can_be_put_there_again(self, store: Store) -> None:
        muted, held = delivery(), delivery(2)
        store.deliveries.record("bse:1", [muted, held], due_at=LATER)
        store.deliveries.put_aside(muted.delivery_id, DeliveryState.MUTED, "The watch was muted.")
        store.deliveries.put_aside(held.delivery_id, DeliveryState.COLLECTED, "Quiet hours.", until=LATER)

        assert store.deliveries.claim(muted.delivery_id, due_at=LATER) == []
        assert store.deliveries.claim(held.delivery_id, due_at=LATER) == []
        assert store.deliveries.stalled(LATER + timedelta(days=1), 10) == []
        assert store.deliveries.get(muted.delivery_id).error == "The watch was muted."
        assert store.deliveries.record("bse:1", [muted, held], due_at=LATER, again=True) == [
            muted.delivery_id
        ]

    def test_a_search_finds_by_state_watch_and_time_the_newest_first(
        self, store: Store, clock: FrozenClock
    ) -> None:
        old, new = delivery(), delivery(2, watch_id="w_2", created_at=NOON + timedelta(hours=1))
        store.deliveries.record("bse:1", [old, new], due_at=LATER)
        store.deliveries.claim(old.delivery_id, due_at=LATER)

        def found(**wanted: Any) -> list[str]:
            return [one.delivery_id for one in store.deliveries.search(**wanted)]

        assert found() == [new.delivery_id, old.delivery_id]
        assert found(limit=1) == found(watch_id="w_2") == found(since=LATER) == [new.delivery_id]
        assert found(states=[DeliveryState.SENDING]) == [old.delivery_id]

    def test_a_send_that_works_leaves_its_receipt(self, store: Store) -> None:
        key = delivery().delivery_id
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)

        store.deliveries.sent(key, {"provider_id": "p1"})

        found = store.deliveries.get(key)
        assert (found.state, found.sent_at, found.receipt) == (
            DeliveryState.SENT,
            NOON,
            {"provider_id": "p1"},
        )
        for key in ("f_1", "bse:1"):
            assert store.deliveries.of_phase(key, Phase.ENRICHED, "console:") == found
        assert store.deliveries.of_phase("f_1", Phase.FLASH, "console:") is None

    def test_every_try_is_written_down(self, store: Store, clock: FrozenClock) -> None:
        key = delivery().delivery_id
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)
        store.deliveries.retry(key, "busy", due_at=LATER)
        clock.forward(5)
        store.deliveries.claim(key, due_at=LATER)
        store.deliveries.fail(key, "refused")

        tries = store.deliveries.attempts(key)

        assert [(one["number"], one["outcome"], one["error"]) for one in tries] == [
            (1, "retry", "busy"),
            (2, "failed", "refused"),
        ]
        assert [one["at"] for one in tries] == [NOON, NOON + timedelta(seconds=5)]
        assert store.deliveries.get(key).error == "refused"

    def test_a_retry_can_be_claimed_again(self, store: Store) -> None:
        key = delivery().delivery_id
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)
        store.deliveries.retry(key, "busy", due_at=LATER)

        again = store.deliveries.claim(key, due_at=LATER)

        assert [one.attempts for one in again] == [2]

    @pytest.mark.parametrize("settle", ["expire", "fail"])
    def test_what_no_channel_ever_took_is_put_there_again_only_when_asked(
        self, store: Store, clock: FrozenClock, settle: str
    ) -> None:
        key = delivery().delivery_id
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)
        store.deliveries.expire(key) if settle == "expire" else store.deliveries.fail(key, "refused")
        clock.forward(5)

        unasked = store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        asked = store.deliveries.record("bse:1", [delivery()], due_at=LATER, again=True)
        twice = store.deliveries.record("bse:1", [delivery()], due_at=LATER, again=True)

        found = store.deliveries.get(key)
        assert (unasked, asked, twice) == ([], [key], [])
        assert (found.state, found.error, found.created_at) == (
            DeliveryState.PENDING,
            None,
            NOON + timedelta(seconds=5),
        )

    @pytest.mark.parametrize("settle", ["sent", "unsure"])
    def test_what_a_channel_may_have_taken_is_never_put_there_again(self, store: Store, settle: str) -> None:
        key = delivery().delivery_id
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)
        store.deliveries.sent(key, {}) if settle == "sent" else store.deliveries.unsure(key, "who knows")

        assert store.deliveries.record("bse:1", [delivery()], due_at=LATER, again=True) == []
        assert store.deliveries.get(key).state.value == settle

    def test_a_try_that_was_overtaken_takes_back_nothing(self, store: Store) -> None:
        key = delivery().delivery_id
        store.deliveries.record("bse:1", [delivery()], due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)
        store.deliveries.release(key, 1, "slow", due_at=LATER)
        store.deliveries.claim(key, due_at=LATER)

        assert store.deliveries.retry(key, "it hung up", due_at=LATER, attempt=1) is False
        assert store.deliveries.get(key).state is DeliveryState.SENDING
        store.deliveries.sent(key, {}, attempt=2)
        store.deliveries.fail(key, "refused", attempt=1)

        outcomes = [(one["number"], one["outcome"]) for one in store.deliveries.attempts(key)]
        assert store.deliveries.get(key).state is DeliveryState.SENT
        assert outcomes == [(1, "failed"), (2, "sent")]

    def test_only_open_ones_stall(self, store: Store) -> None:
        keys = []
        settled = (None, "claim", "expire", "unsure", "fail", "sent")
        for number, settle in enumerate(settled, start=10):
            store.announcements.add([announcement(number)], due_at=NOON)
            one = delivery(number)
            keys.append(one.delivery_id)
            store.deliveries.record(f"bse:{number}", [one], due_at=NOON + timedelta(seconds=number))
            if settle is not None:
                store.deliveries.claim(one.delivery_id, due_at=NOON + timedelta(seconds=number))
            if settle == "expire":
                store.deliveries.expire(one.delivery_id)
            elif settle == "sent":
                store.deliveries.sent(one.delivery_id, {})
            elif settle in ("unsure", "fail"):
                getattr(store.deliveries, settle)(one.delivery_id, "why")

        stalled = [one.delivery_id for one in store.deliveries.stalled(LATER, 10)]
        store.deliveries.defer(keys, LATER)

        assert stalled == keys[:2]
        assert store.deliveries.stalled(LATER, 10) == []
        assert store.deliveries.counts() == dict.fromkeys(
            set(DeliveryState) - {DeliveryState.COLLECTED, DeliveryState.MUTED}, 1
        )

    def test_settling_an_unknown_delivery_is_an_error(self, store: Store) -> None:
        with pytest.raises(PermanentError, match="d_unknown"):
            store.deliveries.sent("d_unknown", {})
        with pytest.raises(PermanentError, match="d_unknown"):
            store.deliveries.get("d_unknown")
