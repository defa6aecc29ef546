"""The clock jumps by hours, forward and back, at any message of a day: nothing is stuck, lost or told twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backfin.models import State
from backfin.pipeline import Shell
from backfin.specs import Next
from backfin.steps.tick import tick
from backfin.storage.pacer import StorePacer
from backfin.testing import FakeExchange, FrozenClock, make_app, make_row
from fault_walk.books import books_of, broken_promises
from fault_walk.day import live_through, new_machine
from fault_walk.queue import Queue, Waiting
from fault_walk.walk import Walk, recorded_walk

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    with recorded_walk() as made:
        yield made


@pytest.mark.parametrize("number", range(3, 60, 14))
@pytest.mark.parametrize("hours", [-5, 5])
def test_a_jump_in_the_middle_of_the_work_loses_and_doubles_nothing(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, number: int, hours: int
) -> None:
    taken: list[Waiting] = []
    take = Queue.take

    def take_and_jump(self: Queue, until: object) -> Waiting | None:
        message = take(self, until)  # type: ignore[arg-type]
        if message is not None:
            taken.append(message)
            if len(taken) == number:
                self._clock.forward(hours * 3600)
        return message

    monkeypatch.setattr(Queue, "take", take_and_jump)
    with new_machine(walk.folder / "template", walk.folder / f"jump{number}{hours}") as (machine, _):
        live_through(machine)
        found = books_of(machine)

    assert [] == broken_promises(walk.clean, found)


def test_polls_go_on_at_once_when_the_clock_is_set_back() -> None:
    clock = FrozenClock()
    with make_app(exchanges=[FakeExchange()], clock=clock) as app:
        for _ in range(3):
            tick(app.context)
            clock.forward(60)
        clock.forward(-6 * 3600)

        sent = {item.actor for item in tick(app.context)}

        assert {"backfin.scrape.fake", "backfin.sweep", "backfin.digest"} <= sent


def test_a_turn_at_a_host_is_given_at_once_when_the_clock_is_set_back() -> None:
    clock = FrozenClock()
    with make_app(clock=clock) as app:
        pacer = StorePacer(app.store, sleep=lambda _: None)
        pacer.wait("api.example", 1.0)
        clock.forward(-6 * 3600)

        pacer.wait("api.example", 1.0)
        pacer.wait("api.example", 1.0)


def test_an_item_whose_worker_died_before_the_clock_was_set_back_is_taken_up_again() -> None:
    clock = FrozenClock()
    with make_app(exchanges=[FakeExchange([make_row(1)])], clock=clock) as app:
        lost: list[Next] = []
        Shell(app.specs, lost.extend).perform(app.context, "backfin.scrape.fake", "fake", {})
        clock.forward(-6 * 3600)

        app.run_inline([Next("backfin.sweep")])

        assert app.store.announcements.status("fake:1").state is State.MATCHED
