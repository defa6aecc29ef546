"""What a store promises about workers, pauses, breakers, and announcements that a step gave up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from backfin.breakers import BreakerLimits
from backfin.models import State
from backfin.storage import Store
from backfin.storage.item_tries import STOPPED
from backfin.storage.records import WorkerBeat
from backfin.testing import FrozenClock
from store_contract.made import LATER, NOON, announcement

BEAT = WorkerBeat("w1", "alpha", 11, 10, ["backfin.read"], 8, NOON, NOON, NOON, [], 0, 0)


class FleetContract:
    """Workers tell of themselves, and what is paused is paused for all."""

    def test_a_worker_is_as_it_told_last_and_what_is_asked_of_it_stays(self, store: Store) -> None:
        running = [{"actor": "backfin.read", "item": "bse:1", "since": 1.5}]
        store.workers.beat(BEAT)
        store.workers.ask(["w1", "unknown"], "stop")

        store.workers.beat(replace(BEAT, beat_at=LATER, running=running, done=3, memory_bytes=2**40))

        (told,) = store.workers.list()
        assert (told.beat_at, told.running, told.done, told.memory_bytes) == (LATER, running, 3, 2**40)
        assert (told.wish, store.workers.wish_of("w1"), store.workers.wish_of("unknown")) == (
            "stop",
            "stop",
            None,
        )

    def test_one_process_of_a_command_passes_the_wish_to_end_on(self, store: Store) -> None:
        for worker_id, parent in (("w1", 10), ("w2", 10), ("w3", 20)):
            store.workers.beat(replace(BEAT, worker_id=worker_id, parent_pid=parent))
        store.workers.ask(["w1", "w2"], "stop")

        assert [store.workers.take_stop("alpha", 10) for _ in range(2)] == [True, False]
        store.workers.ask(["w1", "w2", "w3"], "stop")
        assert not store.workers.take_stop("alpha", 10)
        assert store.workers.take_stop("alpha", 20)
        assert not store.workers.take_stop("beta", 20)

    def test_a_worker_that_leaves_is_gone(self, store: Store) -> None:
        store.workers.beat(BEAT)
        store.workers.beat(replace(BEAT, worker_id="w2", host="beta"))

        store.workers.leave("w1")

        assert [told.worker_id for told in store.workers.list()] == ["w2"]

    def test_a_pause_is_made_once_and_says_who_made_it(self, store: Store, clock: FrozenClock) -> None:
        assert store.pauses.put(["backfin.read", "exchange:bse"], "asha") == ["backfin.read", "exchange:bse"]
        clock.forward(60)
        assert store.pauses.put(["backfin.read", "backfin.match"], "bimal") == ["backfin.match"]

        kept = {pause.target: (pause.paused_at, pause.paused_by) for pause in store.pauses.list()}

        assert kept["backfin.read"] == (NOON, "asha")
        assert kept["backfin.match"] == (NOON + timedelta(seconds=60), "bimal")
        assert store.pauses.remove(["backfin.read", "unknown"]) == ["backfin.read"]
        assert sorted(kept.keys() - {pause.target for pause in store.pauses.list()}) == ["backfin.read"]


class QuarantineContract:
    """What a step gave up is found by the step, and can be left."""

    def test_announcements_are_counted_by_the_step_that_gave_them_up(self, store: Store) -> None:
        store.announcements.add([announcement(number) for number in range(4)], due_at=LATER)
        store.unparsed.add("bse", "x", {}, "no date", NOON)
        for number, step in enumerate(["backfin.read", "backfin.enrich", "backfin.read"]):
            store.announcements.fail(f"bse:{number}", step, f"no {number}", due_at=None, final=True)

        assert store.quarantine.counts() == {"backfin.read": 2, "backfin.enrich": 1}
        found = store.quarantine.list(["backfin.read"])
        assert [(one.announcement_id, one.error) for one in found] == [("bse:2", "no 2"), ("bse:0", "no 0")]
        assert len(store.quarantine.list(["backfin.read", "backfin.enrich"], 2)) == 2

    def test_what_is_dropped_stays_failed_and_out_of_the_queue(self, store: Store) -> None:
        store.announcements.add([announcement(number) for number in range(3)], due_at=LATER)
        store.unparsed.add("bse", "x", {}, "no date", NOON)
        store.announcements.fail("bse:0", "backfin.read", "no", due_at=None, final=True)
        store.deliveries.record("bse:1", [], due_at=LATER, state=State.MATCHED)

        dropped = store.quarantine.drop(["bse:0", "bse:1", "bse:2", "bse:x", "unknown"], "by asha")

        assert sorted(dropped) == ["bse:0", "bse:2"]
        assert store.quarantine.counts() == {}
        assert store.announcements.stalled(LATER + timedelta(days=1), 10) == []
        states = {one.announcement_id: (one.state, one.error) for one in store.announcements.select()}
        assert states["bse:2"] == (State.FAILED, "by asha")
        assert states["bse:1"] == (State.MATCHED, None)
        assert states["bse:x"] == (State.FAILED, "no date")

    def test_each_try_that_went_wrong_is_kept_with_its_time(self, store: Store, clock: FrozenClock) -> None:
        store.announcements.add([announcement(1), announcement(2)], due_at=LATER)
        store.announcements.begin("bse:1", "backfin.read", due_at=LATER)
        clock.forward(60)
        store.announcements.begin("bse:1", "backfin.read", due_at=LATER)
        store.announcements.fail("bse:1", "backfin.read", "odd", due_at=LATER, final=False)
        clock.forward(60)
        store.announcements.begin("bse:1", "backfin.read", due_at=LATER)
        store.announcements.fail("bse:1", "backfin.read", "no", due_at=None, final=True)
        store.announcements.begin("bse:2", "backfin.read", due_at=LATER)

        first, second = NOON + timedelta(seconds=60), NOON + timedelta(seconds=120)
        tried = [(one["at"], one["step"], one["error"]) for one in store.item_tries.of("bse:1")]
        assert tried == [
            (first, "backfin.read", STOPPED),
            (first, "backfin.read", "odd"),
            (second, "backfin.read", "no"),
        ]
        assert store.item_tries.of("bse:2") == []
        assert store.item_tries.purge(second) == 2

    def test_a_run_that_begins_hears_whether_the_one_before_ended_with_its_worker(self, store: Store) -> None:
        store.announcements.add([announcement(1)], due_at=LATER)

        def begin() -> tuple[int, bool]:
            begun = store.announcements.begin("bse:1", "backfin.read", due_at=LATER)
            return begun.status.tries, begun.was_stopped

        assert [begin(), begin()] == [(1, False), (2, True)]
        store.announcements.uncount("bse:1")
        assert begin() == (2, True)
        store.announcements.fail("bse:1", "backfin.read", "odd", due_at=LATER, final=False)
        assert begin() == (3, False)
        assert [one["error"] for one in store.item_tries.of("bse:1")] == [STOPPED, "odd"]

    def test_what_survived_its_tries_starts_anew(self, store: Store) -> None:
        store.announcements.add([announcement(1)], due_at=LATER)
        store.announcements.begin("bse:1", "backfin.read", due_at=LATER)
        store.announcements.survived("bse:1")

        assert store.announcements.begin("bse:1", "backfin.read", due_at=LATER).status.tries == 1


class BreakersContract:
    """Steps rest after failures, for all processes; after a rest one goes first."""

    LIMITS = BreakerLimits(3, 10.0)

    def fail(self, store: Store, *items: str, step: str = "backfin.read") -> None:
        for item in items:
            store.breakers.failed(step, self.LIMITS, "away", fault="Gone", item=item)

    def test_failures_at_different_items_in_a_row_close_a_step(self, store: Store) -> None:
        self.fail(store, "a", "b", "b", "b")
        assert store.breakers.resting() == {}

        self.fail(store, "c", "d")

        rest = store.breakers.resting()["backfin.read"]
        assert (rest.until, rest.why) == (NOON + timedelta(seconds=10), "away")
        assert store.breakers.enter("backfin.read", self.LIMITS) == 10.0
        assert store.model_calls.all_closed() == {}

    def test_after_a_rest_one_goes_first_and_its_failure_rests_twice_as_long(
        self, store: Store, clock: FrozenClock
    ) -> None:
        self.fail(store, "a", "b", "c")
        clock.forward(10)

        first = [store.breakers.enter("backfin.read", self.LIMITS) for _ in range(2)]
        self.fail(store, "a")

        assert first == [None, 120.0]
        assert store.breakers.enter("backfin.read", self.LIMITS) == 20.0

    def test_a_success_ends_the_counting(self, store: Store) -> None:
        self.fail(store, "a", "b", "c")

        recovered = [store.breakers.recovered("backfin.read", "backfin.read bse") for _ in range(2)]

        assert recovered == [True, False]
        assert store.breakers.steps() == {}
        assert store.breakers.enter("backfin.read", self.LIMITS) is None
