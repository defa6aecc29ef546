"""Messages that stop their worker, on a real server and in real processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dramatiq import Message, Worker
from dramatiq.broker import Consumer, MessageProxy
from dramatiq.common import dq_name

from backfin import Backfin
from backfin.broker import BackfinRedisBroker
from backfin.context import Context
from backfin.poison import PoisonMessages
from backfin.queues import Entry, Filter, Queues
from backfin.specs import ActorSpec, Next
from backfin.steps.replay_request import ReplayRequest
from backfin.testing import FakePlugin, make_app
from waiting import eventually

MOST = 3


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def app(broker: BackfinRedisBroker, done: list[str]) -> Iterator[Backfin]:
    def step(ctx: Context, key: str) -> list[Next]:
        done.append(key)
        return []

    actors = [ActorSpec("mine.work", step, "backfin.mine")]
    settings = {"steps": {"max_tries": MOST}}
    with make_app(plugins=[FakePlugin("mine", actors=actors)], settings=settings) as made:
        made.declare(broker)
        yield made


def begin(broker: BackfinRedisBroker, queue: str) -> tuple[Consumer, Any]:
    """A message that a worker has in hand."""
    consumer = broker.consume(queue, prefetch=1, timeout=100)
    message = next(consumer)
    assert message is not None
    broker.emit_before("process_message", message)
    return consumer, message


def begin_and_die(broker: BackfinRedisBroker, queue: str) -> Any:
    """What is left of a message whose worker ends while it has it in hand: Redis gives it to the next one."""
    consumer, message = begin(broker, queue)
    consumer.requeue([message])
    forget(broker)
    return message


def send_and_die(app: Backfin, broker: BackfinRedisBroker, key: str, *, times: int) -> None:
    """Sends a message about an item; so many workers end while they have it in hand."""
    app.send([Next("mine.work", key)])
    for _ in range(times):
        begin_and_die(broker, "backfin.mine")


def forget(broker: BackfinRedisBroker) -> None:
    """Forgets what only the process knew."""
    poison = next(item for item in broker.middleware if isinstance(item, PoisonMessages))
    for is_suspect in poison._in_hand.values():
        if is_suspect:
            poison._suspects.leave()
    poison._in_hand.clear()


def work_off(broker: BackfinRedisBroker, until: Callable[[], Any] | None = None) -> None:
    """Lets a worker do what is there, or what it does until something holds."""
    worker = Worker(broker, worker_timeout=50, worker_threads=1)
    worker.start()
    try:
        if until is None:
            for queue in ("backfin.mine", "backfin.replay"):
                broker.join(queue, timeout=20_000)
            worker.join()
        else:
            assert eventually(lambda: bool(until()), 20)
    finally:
        worker.stop()


def counted(broker: BackfinRedisBroker) -> list[bytes]:
    return list(broker.client.scan_iter("backfin:__begun__:*"))


def dead(app: Backfin, broker: BackfinRedisBroker) -> list[Entry]:
    return Queues(app, broker).entries(Filter(("backfin.mine",), states=("dead",)))


def test_a_message_that_stopped_its_worker_too_often_becomes_a_dead_letter(
    app: Backfin, broker: BackfinRedisBroker, done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    app.send([Next("mine.work", "a")])
    for _ in range(MOST):
        assert not begin_and_die(broker, "backfin.mine").failed

    work_off(broker)

    (letter,) = dead(app, broker)
    assert (letter.actor, letter.item, done) == ("mine.work", "a", [])
    assert letter.error == f"It stopped its worker {MOST} times; `backfin queue retry` sends it again."
    assert f"mine.work gives up on a: {letter.error}" in caplog.text
    assert counted(broker) == []


def test_a_dead_letter_that_is_sent_again_starts_anew(
    app: Backfin, broker: BackfinRedisBroker, done: list[str]
) -> None:
    send_and_die(app, broker, "a", times=MOST)
    work_off(broker)

    Queues(app, broker).retry(dead(app, broker))
    begin_and_die(broker, "backfin.mine")
    work_off(broker)

    assert (done, dead(app, broker), counted(broker)) == (["a"], [], [])


def test_what_is_sent_anew_about_the_same_item_is_given_up_after_two(
    app: Backfin, broker: BackfinRedisBroker, done: list[str]
) -> None:
    send_and_die(app, broker, "a", times=MOST)
    work_off(broker)

    send_and_die(app, broker, "a", times=2)
    work_off(broker)

    letters = dead(app, broker)
    assert sorted(letter.error for letter in letters) == [
        f"It stopped its worker {count} times; `backfin queue retry` sends it again." for count in (2, MOST)
    ]
    assert done == []


def test_what_was_given_up_is_forgotten_once_a_message_about_it_ends(
    app: Backfin, broker: BackfinRedisBroker, done: list[str]
) -> None:
    send_and_die(app, broker, "a", times=MOST)
    work_off(broker)
    assert list(broker.client.scan_iter("backfin:__poison__:*")) == [b"backfin:__poison__:mine.work:a"]
    app.send([Next("mine.work", "a")])
    work_off(broker, until=lambda: done)

    send_and_die(app, broker, "a", times=MOST - 1)
    work_off(broker, until=lambda: len(done) > 1)

    assert (len(dead(app, broker)), counted(broker)) == (1, [])


def test_one_that_is_given_up_says_nothing_of_other_items(
    app: Backfin, broker: BackfinRedisBroker, done: list[str]
) -> None:
    send_and_die(app, broker, "a", times=MOST)
    work_off(broker)

    send_and_die(app, broker, "b", times=MOST - 1)
    work_off(broker)

    assert done == ["b"]


def test_a_message_that_ends_leaves_no_count(
    app: Backfin, broker: BackfinRedisBroker, done: list[str]
) -> None:
    app.send([Next("mine.work", key) for key in "abc"])
    begin_and_die(broker, "backfin.mine")
    assert len(counted(broker)) == 1

    work_off(broker)

    assert (sorted(done), counted(broker)) == (["a", "b", "c"], [])


def test_the_end_of_a_delay_does_not_settle_the_message_that_runs_by_now(
    app: Backfin, broker: BackfinRedisBroker
) -> None:
    app.send([Next("mine.work", "a")])
    _, message = begin(broker, "backfin.mine")

    broker.emit_after("ack", MessageProxy(message.copy(queue_name=dq_name("backfin.mine"))))
    assert len(counted(broker)) == 1

    broker.emit_after("ack", message)
    assert counted(broker) == []


def test_a_suspect_that_cannot_be_settled_lets_another_one_run(
    app: Backfin, broker: BackfinRedisBroker
) -> None:
    send_and_die(app, broker, "a", times=MOST - 1)
    _, message = begin(broker, "backfin.mine")
    assert not app.suspects.enter()

    broker.emit_after("process_message", message)

    assert app.suspects.enter()


def test_a_worker_that_ends_as_it_should_leaves_no_count(app: Backfin, broker: BackfinRedisBroker) -> None:
    app.send([Next("mine.work", "a")])
    begin(broker, "backfin.mine")
    assert len(counted(broker)) == 1

    broker.emit_before("worker_shutdown", None)

    assert counted(broker) == []


def test_a_suspect_waits_while_another_one_runs_and_keeps_its_count(
    app: Backfin, broker: BackfinRedisBroker, done: list[str]
) -> None:
    send_and_die(app, broker, "a", times=MOST - 1)
    assert app.suspects.enter()

    work_off(
        broker, until=lambda: Queues(app, broker).entries(Filter(("backfin.mine",), states=("delayed",)))
    )

    assert done == []
    (key,) = counted(broker)
    assert broker.client.get(key) == str(MOST - 1).encode()
    app.suspects.leave()
    work_off(broker, until=lambda: done)
    assert (done, counted(broker), app.suspects.enter()) == (["a"], [], True)


def test_a_replay_whose_message_is_given_up_has_failed(app: Backfin, broker: BackfinRedisBroker) -> None:
    run_id = app.store.runs.start("replay", options=ReplayRequest(first="2026-07-01").as_options())
    app.send([Next("backfin.replay", run_id)])
    for _ in range(MOST):
        begin_and_die(broker, "backfin.replay")

    work_off(broker)

    run = app.store.runs.get(run_id)
    assert (run.state, run.error) == (
        "failed",
        f"It stopped its worker {MOST} times; `backfin queue retry` sends it again.",
    )


def test_tries_that_the_store_counts_are_not_counted_twice(app: Backfin, broker: BackfinRedisBroker) -> None:
    app.send([Next("backfin.read", "bse:1")])

    begin_and_die(broker, "backfin.read")

    assert counted(broker) == []


def test_without_redis_a_message_is_run(app: Backfin, broker: BackfinRedisBroker) -> None:
    message: Message[Any] = Message("backfin.mine", "mine.work", ("a",), {}, {})
    broker.client.connection_pool.disconnect()
    broker.client.connection_pool.connection_kwargs["path"] = "/nowhere/redis.sock"

    broker.emit_before("process_message", message)
    broker.emit_after("ack", message)


#: Dies of the message "poison", and writes down every other one.
WORKER = """
import os, sys, time
from pathlib import Path
import dramatiq
from backfin.broker import build_broker
from backfin.settings import Settings
from backfin.specs import ActorSpec
from backfin.testing import FakePlugin, make_app

url, folder = sys.argv[1:]

def step(ctx, key):
    if key == "poison":
        os._exit(9)
    (Path(folder) / key).touch()
    return []

broker = build_broker(Settings(redis_url=url))
broker.heartbeat_timeout = 1000
actors = [ActorSpec("mine.work", step, "backfin.mine")]
with make_app(plugins=[FakePlugin("mine", actors=actors)], settings={"steps": {"max_tries": 3}}) as app:
    app.declare(broker)
    dramatiq.Worker(broker, worker_threads=1).start()
    time.sleep(60)
"""


@pytest.mark.slow
def test_workers_that_die_of_a_message_are_three_and_the_next_one_works(
    app: Backfin, broker: BackfinRedisBroker, server_url: str, tmp_path: Path, done: list[str]
) -> None:
    app.send([Next("mine.work", "poison"), Next("mine.work", "good")])
    command = [sys.executable, "-c", WORKER, server_url, str(tmp_path)]

    deaths = 0
    while not dead(app, broker):
        with subprocess.Popen(command) as worker:
            ended = eventually(lambda: worker.poll() is not None or bool(dead(app, broker)), 30)
            deaths += worker.poll() == 9
            worker.kill()
        assert ended
        assert deaths <= MOST

    assert deaths == MOST
    broker.heartbeat_timeout = 1000
    work_off(broker, until=lambda: (tmp_path / "good").exists() or done == ["good"])
    assert (tmp_path / "good").exists() + len(done) == 1
