"""What a store promises about rows that are no longer needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backfin.models import Document, State
from backfin.storage import Store
from backfin.storage.retention import RULES
from backfin.testing import FrozenClock
from store_contract.made import LATER, NOON, announcement, delivery, document, enrichment

YEARS_LATER = NOON + timedelta(days=1000)


def tell(store: Store, number: int, of: Document) -> str:
    """Takes an announcement all its way, with two readings of one document, and a delivery that was sent."""
    key = f"bse:{number}"
    store.announcements.add([announcement(number)], due_at=LATER)
    store.documents.record(key, [of], filing_id=f"f_{number}", due_at=LATER)
    for reading in (f"older_{number}", f"e_{number}"):
        store.enrichments.record(enrichment(number, enrichment_id=reading), due_at=LATER)
    send = delivery(number)
    store.deliveries.record(key, [send], due_at=LATER, state=State.MATCHED)
    store.deliveries.claim(send.delivery_id, due_at=LATER)
    store.deliveries.sent(send.delivery_id, {"id": "r"}, attempt=1)
    return key


def take_all(store: Store, name: str) -> int:
    """Takes away all that a rule lets go, two keys at a look."""
    taken, after = 0, None
    while keys := store.retention.find(name, YEARS_LATER, after):
        taken += store.retention.take(name, keys, YEARS_LATER)
        after = keys[-1]
    return taken


class RetentionContract:
    @pytest.fixture(autouse=True)
    def _small_looks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("backfin.storage.retention.LOOK", 2)

    def test_every_rule_takes_what_it_counts_and_leaves_what_is_needed(
        self, store: Store, clock: FrozenClock
    ) -> None:
        runs = [store.runs.start("scrape", exchange="bse", day=NOON.date()) for _ in range(3)]
        for number, run in enumerate(runs):
            store.runs.finish(run, state="done")
            store.runs.select_items(run, [f"bse:{number}", "bse:x"])
            store.raw_answers.record(run, "bse", NOON.date(), 1, f"{number:064d}", NOON)
        for number in range(3):
            tell(store, number, document(f"Page {number}"))
        clock.set(YEARS_LATER)

        said = {name: store.retention.held(name, YEARS_LATER).goes for name in RULES}
        taken = {name: take_all(store, name) for name in RULES}

        assert {name: count for name, count in taken.items() if name != "runs"} == {
            name: count for name, count in said.items() if name != "runs"
        }
        assert taken == {
            "raw_answers": 3,
            "run_items": 4,
            "runs": 2,
            "attempts": 3,
            "receipts": 3,
            "readings": 3,
            "texts": 3,
            "files": 3,
        }
        assert [run.run_id for run in store.runs.list()] == [max(runs)]
        assert store.removals.counts(YEARS_LATER + timedelta(days=1)).due == 6
        assert [one.enrichment_id for one in store.enrichments.history("bse:1")] == ["e_1"]

    def test_a_document_keeps_text_and_file_while_one_of_its_announcements_is_young_or_not_done(
        self, store: Store, clock: FrozenClock
    ) -> None:
        shared = document("Shared")
        tell(store, 1, shared)
        store.announcements.add([announcement(2)], due_at=LATER)
        store.documents.record("bse:2", [shared], filing_id="f_2", due_at=LATER)
        clock.set(YEARS_LATER)

        keys = [(shared.document_id,)]

        assert store.retention.find("texts", YEARS_LATER) == store.retention.find("files", YEARS_LATER) == []
        assert store.retention.take("texts", keys, YEARS_LATER) == 0
        assert store.retention.take("files", keys, YEARS_LATER) == 0

    def test_a_document_that_is_read_again_has_its_text_and_its_reference_back(
        self, store: Store, clock: FrozenClock
    ) -> None:
        read = document("Read twice")
        key = tell(store, 1, read)
        for name in ("texts", "files"):
            take_all(store, name)
        (gone,) = store.documents.of(key)

        store.documents.record(key, [read], filing_id="f_1", due_at=LATER)
        clock.set(YEARS_LATER)

        assert gone.has_lost_text
        assert store.documents.of(key) == [read]
        assert not store.removals.claim(read.document_id, YEARS_LATER), "its file is referred to again"

    def test_the_store_says_how_much_room_it_takes(self, store: Store) -> None:
        room = store.space.room()

        assert room.total > 0
        assert store.space.bytes_of("announcements") != 0
        assert store.space.give_back() in (True, False)
