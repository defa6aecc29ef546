"""What a store promises about runs, gaps, slots, watermarks, raw answers, secrets and hosts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backfin.errors import PermanentError, RateLimited
from backfin.interfaces import ModelLedger
from backfin.models import CallLimits, CallOutcome
from backfin.storage import Store, StorePacer
from backfin.storage.records import Taken
from backfin.testing import FrozenClock
from store_contract.ledger import LedgerContract, call, made
from store_contract.made import LATER, NOON

DAY = date(2026, 7, 1)


class RunsContract:
    """Every run is recorded, and its items say what came of them."""

    def test_a_run_is_recorded_from_start_to_end(self, store: Store, clock: FrozenClock) -> None:
        run_id = store.runs.start("scrape", exchange="bse", day=DAY, options={"full": True})
        started = store.runs.get(run_id)
        clock.forward(3)

        store.runs.finish(run_id, state="done", expected=5, seen=5, new=2, pages=1, faults=["odd_empty"])

        run = store.runs.get(run_id)
        assert (started.state, started.options, started.finished_at) == ("running", {"full": True}, None)
        assert (run.state, run.expected, run.seen, run.new, run.pages) == ("done", 5, 5, 2, 1)
        assert run.faults == ["odd_empty"]
        assert run.finished_at == NOON + timedelta(seconds=3)

    def test_ids_sort_by_time(self, store: Store, clock: FrozenClock) -> None:
        ids = []
        for kind in ("scrape", "replay", "scrape"):
            clock.forward(1)
            ids.append(store.runs.start(kind, exchange="bse"))

        last = store.runs.last("scrape")
        assert last is not None
        assert last.run_id == ids[2]
        assert store.runs.last("scrape", "nse") is None
        assert ids == sorted(ids)
        assert [run.run_id for run in store.runs.list(2)] == [ids[2], ids[1]]
        assert [run.run_id for run in store.runs.list(5, "replay")] == [ids[1]]

    def test_only_running_replays_are_active(self, store: Store) -> None:
        store.runs.start("scrape")
        ended, running = store.runs.start("replay"), store.runs.start("replay")
        store.runs.finish(ended, state="failed", error="stopped")

        assert [run.run_id for run in store.runs.active()] == [running]

    def test_progress_counts_items(self, store: Store) -> None:
        run_id = store.runs.start("replay")
        store.runs.claim_new(run_id, ["bse:0", "bse:1"])
        store.runs.claim_new(run_id, ["bse:1"])
        store.runs.select_items(run_id, [f"bse:{n}" for n in range(5)])
        store.runs.item_done(run_id, "bse:0", ok=True, changed=True)
        store.runs.item_done(run_id, "bse:1", ok=True, changed=False)
        store.runs.item_done(run_id, "bse:2", ok=False, changed=False, error="broken")
        store.runs.item_done(run_id, "bse:99", ok=True, changed=True)

        progress = store.runs.progress(run_id)

        assert (progress.selected, progress.done, progress.failed, progress.pending) == (5, 2, 1, 2)
        assert (progress.changed, progress.new) == (1, 2)
        assert store.runs.get(run_id).selected == 5

    def test_what_is_written_together_is_stored_whole_or_not_at_all(self, store: Store) -> None:
        run_id = store.runs.start("replay")
        store.runs.select_items(run_id, ["bse:1", "bse:2"])

        def end(item: str, run: str) -> None:
            with store.together():
                store.runs.item_done(run_id, item, ok=True, changed=False)
                store.runs.finish(run, state="done")

        end("bse:1", run_id)
        with pytest.raises(PermanentError):
            end("bse:2", "nobody's")

        assert store.runs.get(run_id).state == "done"
        assert [one.state for one in store.runs.page_of_items(run_id)] == ["done", "waiting"]

    def test_a_write_after_those_made_together_is_one_of_its_own(self, store: Store) -> None:
        with store.together():
            first = store.runs.start("scrape")
        second = store.runs.start("scrape")

        assert {run.run_id for run in store.runs.list()} == {first, second}

    def test_pending_items_are_the_longest_untouched(self, store: Store) -> None:
        run_id = store.runs.start("replay")
        store.runs.select_items(run_id, ["bse:1", "bse:2", "bse:3"])
        store.runs.send_items(run_id, 10)
        store.runs.item_done(run_id, "bse:3", ok=True, changed=True)

        store.runs.touch_items(run_id, ["bse:1"], LATER)

        assert store.runs.pending_items(run_id) == ["bse:2", "bse:1"]
        assert store.runs.pending_items(run_id, before=LATER) == ["bse:2"]
        assert store.runs.pending_items(run_id, limit=1) == ["bse:2"]

    def test_a_window_of_items_is_under_way_at_a_time(self, store: Store, clock: FrozenClock) -> None:
        run_id = store.runs.start("replay")
        store.runs.add_items(run_id, ["bse:3", "bse:4"])
        clock.forward(1)
        store.runs.select_items(run_id, ["bse:1", "bse:2"])

        first = store.runs.send_items(run_id, 3)
        store.runs.item_done(run_id, "bse:4", ok=True, changed=False)
        second, third = store.runs.send_items(run_id, 3), store.runs.send_items(run_id, 3)

        assert (first, second, third) == (["bse:3", "bse:4", "bse:1"], ["bse:2"], [])
        progress = store.runs.progress(run_id)
        assert (progress.pending, progress.under_way, progress.done) == (3, 3, 1)

    def test_an_item_is_taken_up_once_and_gone_on_with_until_it_ends(self, store: Store) -> None:
        run_id = store.runs.start("replay")
        store.runs.select_items(run_id, ["bse:1"])

        took = [store.runs.take_item(run_id, "bse:1") for _ in range(2)]
        store.runs.item_done(run_id, "bse:1", ok=True, changed=False)

        assert took == [Taken.FIRST, Taken.AGAIN]
        assert store.runs.take_item(run_id, "bse:1") is Taken.NO

    def test_a_paused_run_takes_up_nothing_and_ends_what_it_has_begun(self, store: Store) -> None:
        run_id = store.runs.start("replay")
        store.runs.select_items(run_id, ["bse:1", "bse:2"])
        store.runs.send_items(run_id, 2)
        store.runs.take_item(run_id, "bse:1")

        assert store.runs.change_state(run_id, ("running",), "paused")

        assert store.runs.take_item(run_id, "bse:1") is Taken.AGAIN
        assert store.runs.take_item(run_id, "bse:2") is Taken.NO
        assert store.runs.take_turn(run_id) is None
        assert store.runs.change_state(run_id, ("running",), "paused") is False
        assert store.runs.change_state(run_id, ("paused",), "running")
        assert store.runs.send_items(run_id, 5) == ["bse:2"]

    def test_a_cancelled_run_leaves_what_it_has_not_begun(self, store: Store) -> None:
        run_id = store.runs.start("replay")
        store.runs.select_items(run_id, ["bse:1", "bse:2", "bse:3"])
        store.runs.send_items(run_id, 2)
        store.runs.take_item(run_id, "bse:1")
        store.runs.change_state(run_id, ("running",), "cancelling")

        assert store.runs.leave_items(run_id) == 2
        assert store.runs.take_item(run_id, "bse:2") is Taken.NO
        assert store.runs.has_open_items(run_id)
        store.runs.item_done(run_id, "bse:1", ok=True, changed=False)
        assert not store.runs.has_open_items(run_id)
        assert store.runs.close(run_id)
        assert store.runs.get(run_id).state == "cancelled"
        assert store.runs.progress(run_id).cancelled == 2

    def test_one_message_has_the_turn_of_a_run(self, store: Store) -> None:
        run_id = store.runs.start("replay")

        first = store.runs.take_turn(run_id)
        other = store.runs.take_turn(run_id)

        assert store.runs.take_turn(run_id, first) is None
        assert store.runs.take_turn(run_id, other) is not None
        assert store.runs.get(run_id).fed_at == NOON

    def test_an_unknown_run_is_an_error(self, store: Store) -> None:
        with pytest.raises(PermanentError, match="r_unknown"):
            store.runs.get("r_unknown")
        with pytest.raises(PermanentError, match="r_unknown"):
            store.runs.finish("r_unknown", state="done")


class BookkeepingContract:
    """Small facts that all processes share."""

    def test_a_gap_is_open_until_healed_and_may_open_again(self, store: Store) -> None:
        store.gaps.open("bse", DAY, expected=10, stored=8)
        store.gaps.heal("bse", DAY)
        healed = store.gaps.list(open_only=True)
        store.gaps.open("bse", DAY, expected=10, stored=9)

        assert healed == []
        assert [(gap.expected, gap.stored, gap.healed_at) for gap in store.gaps.list()] == [(10, 9, None)]

    def test_healing_what_has_no_gap_is_harmless(self, store: Store) -> None:
        store.gaps.heal("bse", DAY)

        assert store.gaps.list(open_only=False) == []

    def test_a_slot_is_claimed_once(self, store: Store) -> None:
        claims = [store.slots.claim("digest", NOON) for _ in range(2)]

        assert claims == [True, False]
        assert store.slots.claim("digest", LATER) is True
        assert store.slots.claim("sweep", NOON) is True
        assert store.slots.last("digest") == LATER
        assert store.slots.last("unknown") is None

    def test_old_slots_are_purged(self, store: Store) -> None:
        store.slots.claim("digest", NOON)
        store.slots.claim("digest", LATER)

        assert store.slots.purge(LATER) == 1
        assert store.slots.last("digest") == LATER

    def test_a_watermark_never_moves_back(self, store: Store) -> None:
        assert store.watermarks.get("bse") is None

        for day in (2, 5, 3):
            store.watermarks.advance("bse", date(2026, 7, day))

        assert store.watermarks.get("bse") == date(2026, 7, 5)

    def test_a_slot_that_was_never_sent_is_taken_again_once(self, store: Store, clock: FrozenClock) -> None:
        wait = timedelta(seconds=90)
        store.slots.claim("close", NOON)
        store.slots.claim("sent", NOON)
        store.slots.mark_sent("sent", NOON)

        at_once = store.slots.claim("close", NOON, again_after=wait)
        clock.forward(91)
        later = [store.slots.claim(name, NOON, again_after=wait) for name in ("close", "close", "sent")]

        assert (at_once, later) == (False, [True, False, False])

    def test_many_slots_are_claimed_at_once(self, store: Store) -> None:
        store.slots.claim("poll", LATER)

        assert store.slots.claim_all("poll", [NOON, LATER]) == [NOON]
        assert store.slots.claim_all("poll", []) == []

    def test_raw_answers_are_listed_as_they_came(self, store: Store) -> None:
        run_id = store.runs.start("scrape")
        store.raw_answers.record(run_id, "bse", DAY, 2, "bb", LATER)
        store.raw_answers.record(run_id, "bse", DAY, 1, "aa", NOON)
        store.raw_answers.record(run_id, "bse", DAY, 1, "aa", LATER)

        answers = store.raw_answers.list("bse", DAY)

        assert [(one.page, one.content_id, one.at) for one in answers] == [(1, "aa", NOON), (2, "bb", LATER)]
        assert store.raw_answers.list("nse", DAY) == []

    def test_a_secret_is_made_once(self, store: Store) -> None:
        made = [store.secrets.get_or_make("webhook", lambda n=n: f"whsec_{n}") for n in range(3)]

        assert made == ["whsec_0"] * 3


class PacerContract:
    """Requests to a host keep their distance, and a block is respected by all."""

    def test_turns_are_an_interval_apart(self, store: Store) -> None:
        naps: list[float] = []
        pacer = StorePacer(store, sleep=naps.append)

        for _ in range(3):
            pacer.wait("api.example", 1.5)
        pacer.wait("files.example", 1.5)

        assert naps == pytest.approx([1.5, 3.0])

    def test_a_turn_that_is_far_away_is_not_waited_for(self, store: Store) -> None:
        pacer = StorePacer(store, sleep=lambda _: None, max_wait_s=5)
        pacer.wait("api.example", 10)

        with pytest.raises(RateLimited) as caught:
            pacer.wait("api.example", 10)

        assert caught.value.delay == pytest.approx(10)

    def test_a_cool_down_never_grows_beyond_a_day(self, store: Store, clock: FrozenClock) -> None:
        pacer = StorePacer(store)
        for _ in range(12):
            pacer.cool_down("api.example", 900, why="403")
            clock.forward(24 * 3600 + 1)

        assert pacer.cooling("api.example") is None

    @pytest.mark.parametrize("interval_s", [0, 1])
    def test_a_cool_down_holds_for_a_process_that_starts_later(
        self, store: Store, clock: FrozenClock, interval_s: float
    ) -> None:
        StorePacer(store).cool_down("api.example", 100, why="403")

        with pytest.raises(RateLimited) as raised:
            StorePacer(store, sleep=lambda _: None).wait("api.example", interval_s)

        assert (raised.value.delay, raised.value.fault) == (pytest.approx(100), "cool_down")

    def test_a_cool_down_opened_while_waiting_for_a_turn_is_kept(
        self, store: Store, clock: FrozenClock
    ) -> None:
        other = StorePacer(store)
        pacer = StorePacer(store, sleep=lambda _: other.cool_down("api.example", 100, why="403"))
        pacer.wait("api.example", 10)

        with pytest.raises(RateLimited):
            pacer.wait("api.example", 10)

    def test_a_late_success_ends_no_cool_down_of_others(self, store: Store, clock: FrozenClock) -> None:
        pacer, other = StorePacer(store, sleep=lambda _: None), StorePacer(store)
        other.cool_down("api.example", 100, why="403")
        clock.forward(101)
        pacer.wait("api.example", 1)
        other.cool_down("api.example", 100, why="403 again")

        pacer.recovered("api.example")

        assert pacer.cooling("api.example") is not None

    def test_a_cool_down_holds_for_every_process_and_doubles(self, store: Store, clock: FrozenClock) -> None:
        first, second = StorePacer(store, sleep=lambda _: None), StorePacer(store, sleep=lambda _: None)
        first.wait("api.example", 1)

        first.cool_down("api.example", 100, why="403")
        second.cool_down("api.example", 100, why="403")
        with pytest.raises(RateLimited) as caught:
            second.wait("api.example", 1)
        clock.forward(101)
        second.wait("api.example", 1)
        second.cool_down("api.example", 100, why="403 again")

        assert caught.value.delay == pytest.approx(100)
        cooling = first.cooling("api.example")
        assert cooling is not None
        assert (cooling.until - clock.now()).total_seconds() == pytest.approx(200)
        assert cooling.why == "403 again"

    def test_a_success_ends_the_doubling(self, store: Store, clock: FrozenClock) -> None:
        StorePacer(store).cool_down("api.example", 100, why="403")
        clock.forward(101)
        pacer = StorePacer(store, sleep=lambda _: None)
        pacer.wait("api.example", 1)
        pacer.recovered("api.example")

        pacer.cool_down("api.example", 100, why="403")

        cooling = pacer.all_cooling()["api.example"]
        assert (cooling.until - clock.now()).total_seconds() == pytest.approx(100)
        assert pacer.cooling("files.example") is None


class ModelCallsContract(LedgerContract):
    """The ledger that all processes share."""

    @pytest.fixture
    def ledger(self, store: Store) -> ModelLedger:
        return store.model_calls

    def test_every_reply_is_kept_also_a_bad_one(self, store: Store, clock: FrozenClock) -> None:
        made(store.model_calls, clock, CallOutcome.INVALID, reply="I would rather not \x00", error="no JSON")
        clock.forward(1)
        made(store.model_calls, clock, CallOutcome.VALID)

        kept = store.model_calls.of_filing("bse:1")

        assert [(one.outcome, one.reply) for one in kept] == [
            (CallOutcome.INVALID, "I would rather not "),
            (CallOutcome.VALID, '{"a": 1}'),
        ]
        assert kept[0].error == "no JSON"
        assert store.model_calls.used(NOON, LATER).tokens == 2000

    def test_the_oldest_calls_are_purged_first_and_not_all_at_once(
        self, store: Store, clock: FrozenClock
    ) -> None:
        calls = []
        for _ in range(4):
            calls.append(made(store.model_calls, clock, CallOutcome.VALID))
            clock.forward(60)
        before = calls[3].at

        purged = [store.model_calls.purge(before, most=2) for _ in range(3)]

        assert purged == [2, 1, 0]
        assert [one.call_id for one in store.model_calls.of_filing("bse:1")] == [calls[3].call_id]

    def test_a_closed_service_is_shown_with_its_reason(self, store: Store, clock: FrozenClock) -> None:
        service = call(clock).service
        store.model_calls.failed(service, CallLimits(breaker_failures=1), why="503")

        closed = store.model_calls.all_closed()
        store.model_calls.answered(service)

        assert closed[service].why == "503"
        assert store.model_calls.all_closed() == {}
