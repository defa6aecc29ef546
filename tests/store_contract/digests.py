"""What a store promises about digests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backfin.models import Delivery, DeliveryState
from backfin.storage import Store
from backfin.storage.digests import Waiting
from backfin.testing import FrozenClock
from store_contract.made import LATER, NOON, announcement, delivery, enrichment

END = NOON + timedelta(hours=1)


def collected(number: int, **changes: object) -> Delivery:
    return delivery(number, state=DeliveryState.COLLECTED, **changes)


def digest(key: str = "d_digest", **changes: object) -> Delivery:
    values = {"delivery_id": key, "watch_id": "digest", "filing_id": key, "announcement_id": ""}
    period = {"since_at": END - timedelta(days=1), "until_at": END}
    return delivery(1, **values | period | changes)


class DigestsContract:
    """Everything collected is in one digest, and each digest is put there once."""

    @pytest.fixture(autouse=True)
    def _collected(self, store: Store) -> None:
        store.announcements.add([announcement(number) for number in (1, 2, 3)], due_at=NOON)
        for number in (1, 2):
            moment = NOON + timedelta(seconds=number - 1)
            store.deliveries.record(f"bse:{number}", [collected(number, created_at=moment)], due_at=LATER)
        late = collected(3, created_at=END + timedelta(seconds=1))
        store.deliveries.record("bse:3", [late], due_at=LATER)

    def test_what_is_collected_waits_and_never_stalls(self, store: Store) -> None:
        assert store.digests.waiting() == [Waiting("w_1", "console:", NOON)]
        assert store.deliveries.stalled(LATER + timedelta(days=9), 10) == []
        assert store.deliveries.claim(delivery(1).delivery_id, due_at=LATER) == []

    def test_a_digest_takes_what_was_collected_up_to_its_end(self, store: Store) -> None:
        assert store.digests.form(digest(), ["w_1"], due_at=LATER) is True

        assert {item.announcement_id for item in store.digests.items("d_digest")} == {"bse:1", "bse:2"}
        assert store.digests.waiting() == [Waiting("w_1", "console:", END + timedelta(seconds=1))]
        found = store.deliveries.get("d_digest")
        assert (found.state, found.announcement_id, found.until_at) == (DeliveryState.PENDING, "bse:1", END)
        assert found.is_digest
        assert [one.delivery_id for one in store.deliveries.stalled(END, 10)] == ["d_digest"]

    def test_the_same_digest_is_put_there_once(self, store: Store) -> None:
        store.digests.form(digest(), ["w_1"], due_at=LATER)
        straggler = collected(4, announcement_id="bse:3")
        store.deliveries.record("bse:3", [straggler], due_at=LATER)

        assert store.digests.form(digest(), ["w_1"], due_at=LATER) is False
        assert len(store.digests.items("d_digest")) == 2
        assert store.digests.waiting() == [Waiting("w_1", "console:", NOON)]

    def test_a_digest_of_nothing_is_not_put_there(self, store: Store) -> None:
        assert store.digests.form(digest(), ["w_2"], due_at=LATER) is False
        assert store.digests.form(digest(address="mailto:a@b.in"), ["w_1"], due_at=LATER) is False
        assert store.deliveries.find("d_digest") is None

    def test_the_most_material_filing_comes_first(self, store: Store) -> None:
        store.enrichments.record(enrichment(1, materiality=20), due_at=LATER)
        store.enrichments.record(enrichment(2, materiality=90), due_at=LATER)
        later = digest(until_at=END + timedelta(days=1))
        store.digests.form(later, ["w_1"], due_at=LATER)

        assert [item.announcement_id for item in store.digests.items("d_digest")] == [
            "bse:2",
            "bse:1",
            "bse:3",
        ]

    def test_what_is_held_back_waits_for_its_own_time(self, store: Store, clock: FrozenClock) -> None:
        store.digests.form(digest(), ["w_1"], due_at=LATER)
        held = [delivery(number, watch_id="w_2") for number in (1, 2)]
        store.deliveries.record("bse:1", held, due_at=LATER)
        for one in held:
            store.deliveries.put_aside(one.delivery_id, DeliveryState.COLLECTED, "Quiet.", until=END)

        assert [one.watch_id for one in store.digests.waiting()] == ["w_1"]
        assert store.digests.held_until("w_2", "console:", NOON) == END
        assert store.digests.held_until("w_2", "console:", END) is None
        assert store.digests.held_due(END - timedelta(seconds=1)) == []
        assert {one.delivery_id for one in store.digests.held_due(END)} == {one.delivery_id for one in held}

    def test_a_roll_up_takes_what_is_still_held_back_once(self, store: Store) -> None:
        held = [delivery(number, watch_id="w_2") for number in (1, 2, 3)]
        ids = [one.delivery_id for one in held]
        store.deliveries.record("bse:1", held, due_at=LATER)
        for key in ids:
            store.deliveries.put_aside(key, DeliveryState.COLLECTED, "Quiet.", until=END)
        assert store.digests.release(ids[:1], due_at=LATER) == ids[:1]
        made = digest("d_roll_up", watch_id="roll-up", announcement_id="bse:1")

        assert store.digests.roll_up(made, ids, due_at=LATER) is True
        assert store.digests.roll_up(made, ids, due_at=LATER) is False

        assert [one.delivery_id for one in store.digests.items("d_roll_up")] == sorted(
            ids[1:], key=lambda key: -ids.index(key)
        )
        assert store.digests.release(ids, due_at=LATER) == []
        assert store.deliveries.get(ids[0]).state is DeliveryState.PENDING
        late = digest("d_late", watch_id="roll-up", announcement_id="bse:1")
        assert store.digests.roll_up(late, ids, due_at=LATER) is False
        assert store.deliveries.find("d_late") is None

    def test_what_nobody_wants_any_more_is_expired_and_can_be_collected_again(
        self, store: Store, clock: FrozenClock
    ) -> None:
        store.digests.drop("w_1", "console:", "gone")
        clock.forward(60)

        assert store.digests.waiting() == []
        assert store.deliveries.get(delivery(1).delivery_id).error == "gone"
        assert store.deliveries.record("bse:1", [collected(1)], due_at=LATER, again=True)
        assert store.digests.waiting() == [Waiting("w_1", "console:", NOON + timedelta(seconds=60))]
