"""What a store promises about announcements and their way through the pipeline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from backfin.errors import PermanentError
from backfin.models import State
from backfin.storage import Store
from store_contract.made import LATER, NOON, announcement, document, enrichment

DAY = date(2026, 7, 1)


class AnnouncementsContract:
    """Announcements are stored once, in order, and say how far they have come."""

    def test_new_ones_are_named_in_the_order_given(self, store: Store) -> None:
        store.announcements.add([announcement(2)], due_at=LATER)

        new = store.announcements.add(
            [announcement(3), announcement(2), announcement(1), announcement(3)], due_at=LATER
        )

        assert new == ["bse:3", "bse:1"]
        assert store.announcements.count_day("bse", DAY) == 3

    def test_adding_nothing_is_no_work(self, store: Store) -> None:
        assert store.announcements.add([], due_at=LATER) == []

    def test_what_comes_out_is_what_went_in(self, store: Store) -> None:
        item = announcement(xbrl_url="https://x", is_critical=True, exchange_subcategory="Award of Order")
        store.announcements.add([item], due_at=LATER, raw_ref="ab" * 32)

        found = store.announcements.get("bse:1")

        assert found == item.model_copy(update={"first_seen_at": NOON})

    def test_times_of_any_zone_come_back_as_the_same_moment_in_utc(self, store: Store) -> None:
        nepal = timezone(timedelta(hours=5, minutes=45))
        moment = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=nepal)
        store.announcements.add([announcement(disseminated_at=moment)], due_at=LATER)

        found = store.announcements.get("bse:1").disseminated_at

        assert found == moment
        assert found.tzinfo is UTC

    def test_text_that_databases_refuse_is_cleaned_not_lost(self, store: Store) -> None:
        item = announcement(body="a\x00b \ud83d c", raw={"k\x00": "v\x00 \ud800", "n": ["\\u0000"]})
        store.announcements.add([item], due_at=LATER)

        found = store.announcements.get("bse:1")

        assert found.body == "ab ? c"
        assert found.raw == {"k": "v ?", "n": ["\\u0000"]}

    def test_many_are_found_at_once(self, store: Store) -> None:
        store.announcements.add([announcement(1), announcement(2)], due_at=LATER)

        found = store.announcements.find_all({"bse:1", "bse:2", "bse:9"})

        assert found == {key: store.announcements.get(key) for key in ("bse:1", "bse:2")}

    def test_an_unknown_one_is_a_permanent_error(self, store: Store) -> None:
        assert store.announcements.find("bse:1") is None
        with pytest.raises(PermanentError, match="bse:1"):
            store.announcements.get("bse:1")
        with pytest.raises(PermanentError, match="bse:1"):
            store.announcements.status("bse:1")
        with pytest.raises(PermanentError, match="bse:1"):
            store.announcements.begin("bse:1", "backfin.read", due_at=LATER)

    def test_the_day_is_that_of_the_exchange(self, store: Store) -> None:
        after_midnight_in_india = datetime(2026, 6, 30, 18, 30, tzinfo=UTC)
        store.announcements.add([announcement(disseminated_at=after_midnight_in_india)], due_at=LATER)

        assert store.announcements.status("bse:1").day == DAY
        assert store.announcements.ids_of_day("bse", DAY) == {"bse:1"}
        assert store.announcements.ids_of_day("nse", DAY) == set()

    def test_a_row_that_cannot_be_parsed_is_kept_once_as_failed(self, store: Store) -> None:
        first = store.unparsed.add("bse", "X7", {"a": 1}, "no date", NOON)
        second = store.unparsed.add("bse", "X7", {"a": 1}, "no date", NOON)

        status = store.announcements.status("bse:x7")
        assert (first, second) == (True, False)
        assert (status.state, status.failed_step, status.error) == (State.FAILED, "parse", "no date")
        assert store.announcements.count_day("bse", DAY) == 1
        assert store.announcements.failed_of_day("bse", DAY) == {"bse:x7"}
        assert store.announcements.find("bse:x7") is None

    def test_known_tells_which_are_there(self, store: Store) -> None:
        store.announcements.add([announcement(n) for n in range(700)], due_at=LATER)
        store.unparsed.add("bse", "X7", {}, "no date", NOON)

        known = store.announcements.known([f"bse:{n}" for n in range(600, 800)] + ["bse:x7"])

        assert known == {f"bse:{n}" for n in range(600, 700)} | {"bse:x7"}

    def test_tries_are_counted_before_the_work_and_start_over_after_it(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=NOON)

        tries = [
            store.announcements.begin("bse:1", "backfin.read", due_at=LATER).status.tries for _ in range(3)
        ]
        store.documents.record("bse:1", [], filing_id="f_1", due_at=LATER)

        assert tries == [1, 2, 3]
        assert store.announcements.status("bse:1").tries == 0
        assert store.announcements.status("bse:1").due_at == LATER

    def test_beginning_tells_the_announcement_and_the_reading_that_counts(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=NOON)
        store.unparsed.add("bse", "X7", {}, "no date", NOON)

        first = store.announcements.begin("bse:1", "backfin.read", due_at=LATER)
        store.enrichments.record(enrichment(), due_at=LATER)
        second = store.announcements.begin("bse:1", "backfin.read", due_at=LATER)

        assert first.announcement == store.announcements.get("bse:1")
        assert (first.enrichment_id, second.enrichment_id) == (None, enrichment().enrichment_id)
        assert (first.status.state, second.status.state) == (State.STORED, State.ENRICHED)
        assert store.announcements.begin("bse:x7", "backfin.read", due_at=LATER).announcement is None

    def test_a_failure_is_written_down_and_only_a_final_one_stops(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=NOON)

        store.announcements.fail("bse:1", "read", "timed out", due_at=LATER, final=False)
        waiting = store.announcements.status("bse:1")
        store.announcements.fail("bse:1", "read", "gave up", due_at=LATER, final=True)
        stopped = store.announcements.status("bse:1")

        assert (waiting.state, waiting.error, waiting.due_at) == (State.STORED, "timed out", LATER)
        assert (stopped.state, stopped.failed_step, stopped.due_at) == (State.FAILED, "read", None)

    def test_selecting_meets_every_condition_oldest_first(self, store: Store) -> None:
        store.announcements.add([announcement(n) for n in (3, 1, 2, 4)], due_at=LATER)
        store.announcements.add([announcement(5, disseminated_at=NOON - timedelta(days=2))], due_at=LATER)
        store.documents.record("bse:2", [], filing_id="f_2", due_at=LATER)
        store.announcements.fail("bse:3", "read", "gave up", due_at=LATER, final=True)
        select = store.announcements.select

        assert [s.announcement_id for s in select()] == ["bse:5", "bse:1", "bse:2", "bse:3", "bse:4"]
        assert [s.announcement_id for s in select(first=DAY, last=DAY, limit=2)] == ["bse:1", "bse:2"]
        assert [s.announcement_id for s in select(below=State.READ, first=DAY)] == ["bse:1", "bse:4"]
        assert [s.announcement_id for s in select(states=[State.FAILED])] == ["bse:3"]
        assert [s.announcement_id for s in select(ids=["bse:4", "bse:1", "bse:9"])] == ["bse:1", "bse:4"]
        assert [s.announcement_id for s in select(ids=["bse:4", "bse:1"], limit=1)] == ["bse:1"]
        assert select(exchange="nse") == []
        assert select(isin="INE002A01026") == []
        mine = select(isin="INE002A01018", first=DAY, last=DAY)
        assert [s.announcement_id for s in mine] == ["bse:1", "bse:2", "bse:3", "bse:4"]

    def test_only_what_is_overdue_is_stalled(self, store: Store) -> None:
        store.announcements.add([announcement(1)], due_at=NOON - timedelta(seconds=2))
        store.announcements.add([announcement(2)], due_at=NOON - timedelta(seconds=3))
        store.announcements.add([announcement(3)], due_at=LATER)
        store.announcements.add([announcement(4)], due_at=NOON - timedelta(seconds=1))
        store.announcements.fail("bse:4", "read", "gave up", due_at=NOON, final=True)

        stalled = [status.announcement_id for status in store.announcements.stalled(NOON, 10)]
        store.announcements.defer(["bse:1", "bse:4"], LATER)

        assert stalled == ["bse:2", "bse:1"]
        assert [s.announcement_id for s in store.announcements.stalled(NOON, 10)] == ["bse:2"]
        assert store.announcements.status("bse:4").due_at is None

    def test_rewinding_takes_back_a_failure_and_its_tries(self, store: Store) -> None:
        store.announcements.add([announcement(1), announcement(2)], due_at=LATER)
        store.announcements.begin("bse:1", "backfin.read", due_at=LATER)
        store.announcements.fail("bse:1", "read", "gave up", due_at=LATER, final=True)

        store.announcements.rewind(["bse:1"], State.READ)

        status = store.announcements.status("bse:1")
        assert (status.state, status.tries, status.error, status.failed_step) == (State.READ, 0, None, None)
        assert store.announcements.status("bse:2").state is State.STORED

    def test_states_follow_what_is_stored(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=NOON)
        states = []

        store.documents.record("bse:1", [document()], filing_id="f_1", due_at=LATER)
        states.append(store.announcements.status("bse:1").state)
        store.enrichments.record(enrichment(), due_at=LATER)
        states.append(store.announcements.status("bse:1").state)
        store.investors.record("bse:1", [], [], due_at=LATER)
        states.append(store.announcements.status("bse:1").state)
        store.deliveries.record("bse:1", [], due_at=LATER, state=State.MATCHED)
        last = store.announcements.status("bse:1")

        assert [*states, last.state] == [State.READ, State.ENRICHED, State.LINKED, State.MATCHED]
        assert (last.due_at, last.filing_id) == (None, "f_1")

    def test_reading_again_does_not_take_an_announcement_back(self, store: Store) -> None:
        store.announcements.add([announcement()], due_at=NOON)
        store.deliveries.record("bse:1", [], due_at=LATER, state=State.MATCHED)

        store.documents.record("bse:1", [document()], filing_id="f_2", due_at=LATER)

        status = store.announcements.status("bse:1")
        assert (status.state, status.due_at, status.filing_id) == (State.MATCHED, None, "f_2")

    def test_two_items_of_the_same_moment_both_stay(self, store: Store) -> None:
        items = [announcement(n, disseminated_at=NOON) for n in range(3000)]

        new = store.announcements.add(items, due_at=LATER)

        assert len(new) == 3000
        assert store.announcements.count_day("bse", DAY) == 3000
