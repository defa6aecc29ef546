"""What a person sees in the queues and does about it, on a real server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from dramatiq import Message, Worker
from typer.testing import CliRunner

from backfin import Backfin
from backfin.broker import BackfinRedisBroker
from backfin.cli.queue import _filter as filter_of
from backfin.cli.queue import app as commands
from backfin.context import Context
from backfin.errors import ConfigError, PermanentError
from backfin.fleet import Fleet
from backfin.heartbeat import BEAT_S, LOOK_S
from backfin.models import State
from backfin.queues import Filter, Queues
from backfin.specs import ActorSpec, Next
from backfin.steps.replay_request import ReplayRequest
from backfin.testing import FakeExchange, FakePlugin, make_app, make_row
from waiting import eventually


class Work:
    """A plugin's step that does as it is told, and remembers what it did."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.error: Exception | None = None
        self.may_end = threading.Event()
        self.may_end.set()

    def step(self, ctx: Context, key: str) -> list[Next]:
        self.done.append(key)
        assert self.may_end.wait(20)
        if self.error is not None:
            raise self.error
        return []


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.may_end.set()


@pytest.fixture
def app(broker: BackfinRedisBroker, work: Work) -> Iterator[Backfin]:
    actors = [ActorSpec("mine.work", work.step, "backfin.mine", has_bulk=True, time_limit_s=60)]
    exchange = FakeExchange([make_row(number) for number in range(3)])
    with make_app(exchanges=[exchange], plugins=[FakePlugin("mine", actors=actors)]) as made:
        made.declare(broker)
        yield made


@pytest.fixture
def queues(app: Backfin, broker: BackfinRedisBroker) -> Queues:
    return Queues(app, broker)


@contextmanager
def working(broker: BackfinRedisBroker, threads: int = 2) -> Iterator[Worker]:
    worker = Worker(broker, worker_timeout=50, worker_threads=threads)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def row(queues: Queues, name: str) -> dict[str, Any]:
    return next(row for row in queues.status() if row["queue"] == name)


def dead_letter(broker: BackfinRedisBroker, key: str, queue: str = "backfin.mine") -> str:
    """Puts a message into a queue and has the broker give it up."""
    message: Message[Any] = Message(queue, "mine.work", (key,), {"tries": 4}, {"traceback": "…\nOops: no"})
    broker.enqueue(message)
    consumer = broker.consume(queue, prefetch=1, timeout=100)
    taken = next(consumer)
    assert taken is not None
    consumer.nack(taken)
    return str(taken.options["redis_message_id"])


def store_day(app: Backfin) -> list[str]:
    app.run_inline([Next("backfin.scrape.fake", "fake")])
    return sorted(status.announcement_id for status in app.store.announcements.select())


def set_aside(app: Backfin, key: str, step: str = "backfin.enrich") -> None:
    app.store.announcements.fail(key, step, "It stopped its worker.", due_at=None, final=True)


def test_a_status_counts_what_waits_runs_and_is_dead(
    app: Backfin, broker: BackfinRedisBroker, queues: Queues, work: Work
) -> None:
    work.may_end.clear()
    dead_letter(broker, "dead")
    app.send([Next("mine.work", "delayed", delay_s=60), Next("mine.work", "bulk", {"run": "r"})])
    app.send([Next("mine.work", f"{number}") for number in range(12)])

    with working(broker):
        assert eventually(lambda: len(work.done) == 2 and row(queues, "backfin.mine")["delayed"] == 1)
        app.send([Next("mine.work", "last")])
        found = row(queues, "backfin.mine")
        waiting = queues.entries(Filter(("backfin.mine",), states=("ready",)))
        work.may_end.set()
        assert eventually(lambda: len(work.done) == 14)

    assert found["dead"] == 1
    assert found["delayed"] == 1
    assert found["running"] + found["ready"] == 13
    assert found["running"] >= 2
    assert found["oldest_s"] is None or found["oldest_s"] >= 0
    assert found["lane"] == "live"
    assert row(queues, "backfin.mine.bulk")["lane"] == "bulk"
    assert len(waiting) == found["ready"]


def test_peek_shows_item_tries_and_error(app: Backfin, broker: BackfinRedisBroker, queues: Queues) -> None:
    key = dead_letter(broker, "a")
    app.send([Next("mine.work", "b", delay_s=30)])

    dead, delayed = queues.entries(Filter(("backfin.mine",), states=("dead", "delayed")))

    assert (dead.id, dead.actor, dead.item, dead.tries, dead.error) == (key, "mine.work", "a", 4, "Oops: no")
    assert (delayed.item, delayed.state) == ("b", "delayed")
    assert delayed.due_at is not None
    assert delayed.enqueued_at is not None
    assert 25 < (delayed.due_at - delayed.enqueued_at).total_seconds() < 35


def test_a_dead_letter_is_sent_again_with_its_tries_forgotten(
    app: Backfin, broker: BackfinRedisBroker, queues: Queues, work: Work
) -> None:
    keys = [dead_letter(broker, name) for name in "abc"]

    done = queues.retry(queues.entries(Filter(("backfin.mine",), ids=frozenset(keys[:2]))))

    fresh = queues.entries(Filter(("backfin.mine",), states=("ready",)))
    assert sorted(done) == sorted(keys[:2])
    assert {(entry.item, entry.tries, entry.error) for entry in fresh} == {("a", 1, None), ("b", 1, None)}
    assert row(queues, "backfin.mine")["dead"] == 1
    with working(broker):
        assert eventually(lambda: sorted(work.done) == ["a", "b"])


def test_a_person_retries_only_what_is_in_a_state(
    app: Backfin, queues: Queues, broker: BackfinRedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backfin.cli.queue.open_queues", lambda: queues)
    first, *_ = store_day(app)
    set_aside(app, first)
    key = dead_letter(broker, "a")

    told = CliRunner().invoke(commands, ["retry", "--state", "Dead", "--json"], standalone_mode=False)
    other = CliRunner().invoke(commands, ["retry", "--state", "running"], standalone_mode=False)

    assert json.loads(told.stdout)["ids"] == [key]
    assert [one.item for one in queues.entries(Filter(tuple(broker.queues), states=("quarantined",)))] == [
        first
    ]
    assert isinstance(other.exception, ConfigError)
    assert "choose one of dead, quarantined" in str(other.exception)


def test_two_who_retry_at_once_send_it_once(broker: BackfinRedisBroker, queues: Queues) -> None:
    dead_letter(broker, "a")
    entries = queues.entries(Filter(("backfin.mine",)))

    first, second = queues.retry(entries), queues.retry(entries)

    assert (len(first), second) == (1, [])
    assert row(queues, "backfin.mine")["ready"] == 1


def test_a_quarantined_item_is_dead_until_it_is_released_at_its_step(app: Backfin, queues: Queues) -> None:
    key, *_ = store_day(app)
    set_aside(app, key)
    before = row(queues, "backfin.enrich")["dead"]

    (entry,) = queues.entries(Filter(("backfin.enrich",), states=("quarantined",)))
    done = queues.retry([entry])

    status = app.store.announcements.status(key)
    assert before == 1
    assert (entry.id, entry.error, entry.actor) == (key, "It stopped its worker.", "backfin.enrich")
    assert done == [key]
    assert (status.state, status.tries, status.error) == (State.READ, 0, None)
    assert [one.item for one in queues.entries(Filter(("backfin.enrich",), states=("ready",)))] == [key]


def test_what_is_kept_aside_is_not_taken_up_by_a_message_that_was_still_on_its_way(
    app: Backfin, queues: Queues
) -> None:
    key, *_ = store_day(app)
    set_aside(app, key)

    app.run_inline([Next("backfin.read", key)])

    assert app.store.announcements.status(key).state is State.FAILED


def test_what_is_dropped_is_gone_and_its_announcement_stays_failed(
    app: Backfin, broker: BackfinRedisBroker, queues: Queues
) -> None:
    first, second, third = store_day(app)
    app.store.announcements.rewind([first, second], State.STORED)
    app.send([Next("backfin.read", first), Next("backfin.read", second, delay_s=60)])
    set_aside(app, third, "backfin.read")

    done = queues.drop(queues.entries(Filter(("backfin.read",))), "asha")

    assert len(done) == 3
    kept = {name: value for name, value in row(queues, "backfin.read").items() if "per_min" not in name}
    assert kept | {"oldest_s": None} == {
        "queue": "backfin.read",
        "lane": "live",
        "ready": 0,
        "delayed": 0,
        "running": 0,
        "dead": 0,
        "oldest_s": None,
        "paused": False,
        "paused_exchanges": [],
        "resting": [],
    }
    statuses = app.store.announcements.select()
    assert {status.state for status in statuses} == {State.FAILED}
    assert all("asha" in (status.error or "") for status in statuses)
    assert app.store.announcements.stalled(app.clock.now(), 10) == []


def test_an_announcement_that_is_done_is_no_failure_because_a_message_of_it_was_dropped(
    app: Backfin, queues: Queues
) -> None:
    key, *_ = store_day(app)
    app.run_inline([Next("backfin.read", key)])
    app.send([Next("backfin.read", key)])

    queues.drop(queues.entries(Filter(("backfin.read",))), "asha")

    assert app.store.announcements.status(key).state is State.MATCHED


def test_items_of_a_replay_that_are_dropped_have_failed_and_do_not_come_back(
    app: Backfin, queues: Queues
) -> None:
    first, second, third = store_day(app)
    app.run_inline([Next("backfin.read", third)])
    runs = app.store.runs
    run = runs.start("replay", options=ReplayRequest(first="2026-07-14", only="all").as_options())
    runs.add_items(run, [first, second, third])
    runs.send_items(run, 10)
    app.send([Next("backfin.read", one, {"run": run, "notify": False}) for one in (first, second, third)])

    queues.drop(queues.entries(Filter(("backfin.read.bulk",))), "asha")

    progress = runs.progress(run)
    assert (progress.failed, progress.pending) == (3, 0)
    assert not runs.has_open_items(run)
    item = runs.item(run, third)
    assert item is not None
    assert "asha" in (item.error or "")
    assert item.before_id == item.after_id
    assert app.store.announcements.status(third).state is State.MATCHED


def test_what_runs_is_neither_dropped_nor_cleared(
    app: Backfin, broker: BackfinRedisBroker, queues: Queues, work: Work
) -> None:
    work.may_end.clear()
    app.send([Next("mine.work", "runs")])
    with working(broker, threads=1):
        assert eventually(lambda: work.done == ["runs"])
        dropped = queues.drop(queues.entries(Filter(("backfin.mine",))), "asha")
        cleared = queues.clear(["backfin.mine"])
        work.may_end.set()
        assert eventually(lambda: row(queues, "backfin.mine")["running"] == 0)

    assert (dropped, cleared) == ([], 0)


def test_clearing_takes_what_waits_and_no_key_of_another_program(
    app: Backfin, broker: BackfinRedisBroker, queues: Queues
) -> None:
    broker.client.set("somebody:else", "1")
    broker.client.rpush("backfin.mine", "not ours")
    dead_letter(broker, "dead")
    app.send([Next("mine.work", "ready"), Next("mine.work", "later", delay_s=60)])

    count = queues.clear(["backfin.mine"])

    assert count == 3
    left = sorted(key for key in broker.client.keys("*") if not key.startswith(b"backfin:__"))
    assert left == [b"backfin.mine", b"somebody:else"]


def test_a_paused_queue_finishes_what_is_in_hand_and_takes_nothing_more(
    app: Backfin, broker: BackfinRedisBroker, queues: Queues, work: Work
) -> None:
    work.may_end.clear()
    with working(broker, threads=1):
        app.send([Next("mine.work", "in hand")])
        assert eventually(lambda: work.done == ["in hand"])
        assert queues.pause([queues.target("mine")], "asha") == ["backfin.mine"]
        assert eventually(lambda: holds(broker, "backfin.mine"))
        app.send([Next("mine.work", "waits")])
        work.may_end.set()
        app.send([Next("mine.work", "bulk", {"run": "r"})])
        assert eventually(lambda: "bulk" in work.done)
        assert work.done == ["in hand", "bulk"]
        assert row(queues, "backfin.mine")["paused"]
        assert row(queues, "backfin.mine")["ready"] == 1

        assert queues.resume([queues.target("mine")]) == ["backfin.mine"]
        assert eventually(lambda: "waits" in work.done)


def holds(broker: BackfinRedisBroker, queue: str) -> bool:
    return broker.consume(queue)._is_held(queue)  # type: ignore[attr-defined,no-any-return]


def test_a_paused_exchange_is_not_asked_until_it_goes_on(app: Backfin, queues: Queues) -> None:
    queues.pause([queues.target("fake")], "asha")
    assert row(queues, "backfin.scrape")["paused_exchanges"] == ["fake"]
    app.run_inline([Next("backfin.tick")])
    assert app.store.announcements.select() == []

    queues.resume([queues.target("fake")])
    app.run_inline([Next("backfin.tick")])

    assert len(app.store.announcements.select()) == 3


@pytest.mark.parametrize(("name", "sentence"), [("enrch", "'backfin.enrich'"), ("xyz", "choose one of")])
def test_a_wrong_name_is_refused_with_the_nearest(queues: Queues, name: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        queues.named(name)


def test_a_worker_tells_of_itself_and_leaves(app: Backfin, broker: BackfinRedisBroker, work: Work) -> None:
    work.may_end.clear()
    with working(broker):
        app.send([Next("mine.work", "a")])
        assert eventually(lambda: any(one["running"] for one in Fleet(app).status()), 30)
        (found,) = Fleet(app).status()
        work.may_end.set()

    assert found["alive"]
    assert found["threads"] == 2
    assert "backfin.read" in found["queues"]
    assert [doing["item"] for doing in found["current"]] == ["a"]
    assert Fleet(app).status() == []


def test_a_worker_that_is_told_to_end_while_it_works_is_stopping_and_not_ill(
    app: Backfin, broker: BackfinRedisBroker, work: Work
) -> None:
    work.may_end.clear()
    with working(broker, threads=2) as worker:
        app.send([Next("mine.work", "x:1")])
        assert eventually(lambda: work.done == ["x:1"])
        ending = threading.Thread(target=worker.stop)
        ending.start()
        assert eventually(lambda: sum(thread.is_alive() for thread in worker.workers) == 1, 5)
        assert eventually(lambda: [one["state"] for one in Fleet(app).status()] == ["stopping"], 5)
        time.sleep(BEAT_S + LOOK_S)

        (row,) = Fleet(app).status()
        work.may_end.set()
        ending.join()

    assert (row["state"], row["alive"], row["running"]) == ("stopping", True, 1)
    assert Fleet(app).status() == []


def test_a_drained_worker_takes_nothing_until_it_may(
    app: Backfin, broker: BackfinRedisBroker, work: Work
) -> None:
    fleet = Fleet(app)
    with working(broker):
        assert eventually(lambda: bool(fleet.status()), 30)
        (beat,) = fleet.chosen(None, fleet.status()[0]["host"])
        fleet.drain([beat], None, "asha")
        assert eventually(lambda: holds(broker, "backfin.mine"))
        app.send([Next("mine.work", "a")])
        assert fleet.status()[0]["state"] == "drained"
        assert work.done == []

        fleet.resume([beat], None)
        assert eventually(lambda: work.done == ["a"])


def test_failed_steps_are_counted(app: Backfin, broker: BackfinRedisBroker, work: Work) -> None:
    work.error = PermanentError("It cannot be done.")
    with working(broker):
        app.send([Next("mine.work", "a")])
        assert eventually(lambda: app.progress.failed == 1)

    assert app.progress.running() == []


def test_an_empty_id_means_nothing(queues: Queues) -> None:
    with pytest.raises(ConfigError, match="An id is empty"):
        filter_of(queues, "read", [""], None, None, None)
