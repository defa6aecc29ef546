"""A step that fails for one reason at one item after the other rests, says so, and goes on by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from backfin.app import Backfin
from backfin.diagnosis import diagnose
from backfin.errors import ExchangeUnavailable, StoreUnavailable
from backfin.models import State
from backfin.pipeline import Shell
from backfin.specs import Next
from backfin.steps.breaking import StepBreakers
from backfin.steps.scrape import scrape
from backfin.storage.archive import Archive
from backfin.storage.breakers import Breakers
from backfin.testing import FakeExchange, FrozenClock, make_app, make_row

COUNT = 20


class Machine:
    """Works messages off on a clock that stands still until it is moved."""

    def __init__(self, app: Backfin, clock: FrozenClock) -> None:
        self.app, self.clock = app, clock
        self.waiting: list[Next] = []
        self.shell = Shell(app.specs, self.waiting.extend, breakers=StepBreakers())

    def work(self, seconds: float = 0.0) -> int:
        """Moves the clock on and works off what waited; returns how many steps ended in an error then."""
        self.clock.forward(seconds)
        due, self.waiting[:] = list(self.waiting), []
        before = self._failures()
        for item in due:
            self.shell.perform(self.app.context, item.actor, item.key, item.options)
        return self._failures() - before

    def _failures(self) -> int:
        return sum(len(self.app.store.item_tries.of(f"fake:{n}", 1000)) for n in range(COUNT))

    @property
    def states(self) -> set[State]:
        return {one.state for one in self.app.store.announcements.select()}


@pytest.fixture
def exchange() -> FakeExchange:
    rows = [make_row(number, file=f"{number}.html") for number in range(COUNT)]
    return FakeExchange(
        rows, files={f"{number}.html": b"<p>Order %d</p>" % number for number in range(COUNT)}
    )


@pytest.fixture
def machine(exchange: FakeExchange) -> Iterator[Machine]:
    clock = FrozenClock()
    with make_app(exchanges=[exchange], clock=clock) as app:
        made = Machine(app, clock)
        made.waiting += [item for item in scrape(app.context, "fake") if item.actor == "backfin.read"]
        yield made


def broken(sentence: str) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable(sentence)

    return fail


def test_a_step_whose_archive_is_away_rests_and_loses_no_tries(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "backfin")
    limit = machine.app.settings.steps.breaker_failures
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "put_file", broken("The archive does not answer."))

        first = machine.work()
        resting = machine.app.store.breakers.resting()
        during = machine.work(2.0)
        probed = [machine.work(3600.0) for _ in range(3)]

    assert (limit, 0) == (first, during)
    assert probed == [1, 1, 1], "after each rest one goes first"
    assert list(resting) == ["backfin.read"]
    assert "The archive does not answer." in resting["backfin.read"].why
    assert sum("rests for" in line for line in caplog.messages) == 1 + len(probed)
    tries = [int(item.options.get("tries", 1)) for item in machine.waiting]
    assert sum(tries) - len(tries) == limit + len(probed)


def test_a_step_goes_on_by_itself_once_it_works_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "backfin")
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "put_file", broken("The archive does not answer."))
        machine.work()

    machine.work(3600.0)
    machine.work(10.0)

    assert machine.states == {State.MATCHED}
    assert machine.app.store.breakers.steps() == {}
    assert sum("backfin.read goes on" in line for line in caplog.messages) == 1


def test_a_resting_step_is_an_ailment_that_the_doctor_names(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archive, "put_file", broken("The archive does not answer."))
    machine.work()
    monkeypatch.setattr("backfin.diagnosis.checks.Backfin", lambda settings: machine.app)

    (finding,) = [one for one in diagnose(machine.app.settings) if one.name == "steps"]

    assert not finding.ok
    assert "backfin.read" in finding.detail
    assert "The archive does not answer." in finding.detail


def test_one_exchange_that_is_away_holds_up_no_other(exchange: FakeExchange) -> None:
    clock, other = (
        FrozenClock(),
        FakeExchange([make_row(1, file="1.html")], files={"1.html": b"<p>x</p>"}, name="other"),
    )
    with make_app(exchanges=[exchange, other], clock=clock) as app:
        machine = Machine(app, clock)
        for name in ("fake", "other"):
            machine.waiting += [item for item in scrape(app.context, name) if item.actor == "backfin.read"]
        exchange.fault = ExchangeUnavailable("It is away.")

        machine.work()

        assert list(app.store.breakers.resting()) == ["backfin.read fake"]
        assert app.store.announcements.status("other:1").state is State.MATCHED


def test_failures_of_different_kinds_and_of_one_item_are_no_outage(machine: Machine) -> None:
    breakers, ctx = StepBreakers(), machine.app.context
    for number in range(3 * ctx.settings.steps.breaker_failures):
        error: Exception = StoreUnavailable("away") if number % 2 else ValueError("odd")
        breakers.failed(ctx, "backfin.read", f"fake:{number}", error)
        breakers.failed(ctx, "backfin.match", "fake:1", StoreUnavailable("away"))

    assert ctx.store.breakers.resting() == {}


def test_a_store_that_takes_nothing_is_left_alone_all_the_same(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = machine.app.settings.steps.breaker_failures
    begun: list[str] = []

    def begin(key: str, *_: Any, **__: Any) -> Any:
        begun.append(key)
        raise StoreUnavailable("attempt to write a readonly database")

    with monkeypatch.context() as patch:
        patch.setattr(machine.app.store.announcements, "begin", begin)
        for name in "failed", "enter", "recovered":
            patch.setattr(Breakers, name, broken("attempt to write a readonly database"))
        machine.work()
        machine.work(2.0)
        assert len(begun) == limit
        machine.work(3600.0)
        assert len(begun) == limit + 1

    machine.work(3600.0)
    machine.work(10.0)

    assert machine.states == {State.MATCHED}
