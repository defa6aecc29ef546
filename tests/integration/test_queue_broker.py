"""Our Redis broker on a real server: batches, lanes, delays, and the messages of a worker that died."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from dramatiq import Message, Worker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from backfin.broker import BATCH, BackfinRedisBroker, build_broker, enqueue, has_workers, waiting
from backfin.context import Context
from backfin.embedded import EmbeddedServer
from backfin.errors import TransientError
from backfin.settings import Settings
from backfin.specs import ActorSpec, Next
from backfin.testing import FakePlugin, make_app
from brokers import emptied
from valkey_server import valkey_server
from waiting import eventually


@pytest.fixture
def stock(server_url: str) -> Iterator[RedisBroker]:
    """Dramatiq's own broker on another database of the same server."""
    plain: RedisBroker = RedisBroker(url=f"{server_url}?db=1", namespace="backfin")
    with emptied(plain):
        yield plain


@contextmanager
def working(broker: dramatiq.Broker, threads: int = 2) -> Iterator[None]:
    worker = Worker(broker, worker_timeout=50, worker_threads=threads)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def messages(count: int, queue: str = "backfin.read") -> list[Message[Any]]:
    return [
        Message(queue_name=queue, actor_name="backfin.read", args=(f"bse:{n}",), kwargs={}, options={})
        for n in range(count)
    ]


def contents(broker: RedisBroker) -> dict[str, Any]:
    """All keys with what they hold; ids of messages and brokers, which differ by nature, are left out."""
    held: dict[str, Any] = {}
    for key in broker.client.keys("*"):
        name = key.decode()
        if name.endswith(".msgs"):
            found = [Message.decode(data) for data in broker.client.hvals(key)]
            held[name] = sorted((m.actor_name, m.queue_name, m.args, sorted(m.options)) for m in found)
        elif broker.client.type(key) == b"list":
            held[name] = broker.client.llen(key)
    return held


# Batches


def test_a_batch_leaves_in_redis_what_one_by_one_leaves(
    broker: BackfinRedisBroker, stock: RedisBroker
) -> None:
    many = messages(BATCH + 7)

    broker.enqueue_many(many)
    for message in many:
        stock.enqueue(message)

    assert contents(broker) == contents(stock)
    assert set(contents(broker)) == {"backfin:backfin.read", "backfin:backfin.read.msgs"}


def test_a_batch_is_consumed_in_order_by_dramatiqs_own_broker(
    broker: BackfinRedisBroker, server_url: str
) -> None:
    broker.enqueue_many(messages(20))
    plain: RedisBroker = RedisBroker(url=server_url, namespace="backfin")

    consumer = plain.consume("backfin.read", prefetch=20, timeout=500)
    taken = [next(consumer) for _ in range(20)]
    for proxy in taken:
        consumer.ack(proxy)

    assert [proxy.args for proxy in taken if proxy] == [(f"bse:{n}",) for n in range(20)]
    assert contents(broker) == {}
    plain.close()
    plain.client.close()


def test_a_redis_that_is_gone_is_an_error_that_trying_again_can_heal() -> None:
    gone = build_broker(Settings(redis_url="redis://127.0.0.1:1/0"))

    with pytest.raises(TransientError, match="sweep"):
        enqueue(gone, [(message, 0.0) for message in messages(3)])


def test_a_broker_of_another_kind_that_is_gone_is_the_same_error() -> None:
    class Other(StubBroker):
        def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
            raise dramatiq.errors.ConnectionClosed("The server hung up.")

    with pytest.raises(TransientError, match="sweep"):
        enqueue(Other(), [(message, 0.0) for message in messages(2)])


def test_an_app_whose_redis_is_gone_leaves_the_work_to_the_sweep(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def step(ctx: Context, key: str) -> list[Next]:
        done.append(key)
        return [Next("mine.work", "later")]

    plugin = FakePlugin("mine", actors=[ActorSpec("mine.work", step, "mine")])
    gone = build_broker(Settings(redis_url="redis://127.0.0.1:1/0"))
    with make_app(plugins=[plugin]) as app:
        app.declare(gone)

        gone.actors["mine.work"].fn("now")

    assert done == ["now"]
    assert "were not sent" in caplog.text


# Lanes and delays


def test_a_live_message_overtakes_two_thousand_bulk_ones(broker: BackfinRedisBroker) -> None:
    done: list[str] = []

    def step(ctx: Context, key: str) -> list[Next]:
        time.sleep(0.002)
        done.append(key)
        return []

    plugin = FakePlugin("mine", actors=[ActorSpec("mine.work", step, "backfin.mine", has_bulk=True)])
    with make_app(plugins=[plugin]) as app:
        app.declare(broker)
        app.send([Next("mine.work", f"bulk {n}", {"run": "r_1", "notify": False}) for n in range(2000)])

        with working(broker):
            assert eventually(lambda: len(done) > 20)
            before = len(done)
            app.send([Next("mine.work", "live")])
            assert eventually(lambda: "live" in done)

    overtaken_by = done.index("live") - before
    assert overtaken_by < 200, f"{overtaken_by} bulk messages ran first"


def test_a_delayed_message_runs_after_its_delay_and_not_before(broker: BackfinRedisBroker) -> None:
    ran: dict[str, float] = {}

    def note(key: str) -> None:
        ran[key] = time.monotonic()

    dramatiq.actor(note, actor_name="note", queue_name="backfin.note", broker=broker)
    late, prompt = (Message("backfin.note", "note", (key,), {}, {}) for key in ("late", "prompt"))

    with working(broker):
        start = time.monotonic()
        enqueue(broker, [(late, 1.0), (prompt, 0.0)])
        assert eventually(lambda: len(ran) == 2)

    assert ran["prompt"] - start < 0.9
    assert 1.0 <= ran["late"] - start < 4.0


# What a reader of the queues sees


def test_waiting_counts_what_is_ready_delayed_and_running_of_one_actor(broker: BackfinRedisBroker) -> None:
    ready, delayed, running = messages(3)
    other = Message("backfin.read", "backfin.other", ("bse:9",), {}, {})
    broker.enqueue(running)
    consumer = broker.consume("backfin.read", timeout=500)
    assert next(consumer) is not None

    enqueue(broker, [(ready, 0.0), (delayed, 600.0), (other, 0.0)])

    assert waiting(broker, "backfin.read", "backfin.read") == {"bse:0", "bse:1", "bse:2"}
    consumer.close()


def test_a_producer_is_no_worker(broker: BackfinRedisBroker, server_url: str) -> None:
    looking = build_broker(Settings(redis_url=server_url))
    broker.enqueue_many(messages(3))

    assert not has_workers(looking)

    looking.close()
    looking.client.close()


def test_a_worker_of_another_process_is_seen_and_one_that_ended_is_not(
    broker: BackfinRedisBroker, server_url: str
) -> None:
    dramatiq.actor(lambda: None, actor_name="idle", queue_name="backfin.idle", broker=broker)
    looking = build_broker(Settings(redis_url=server_url))

    with working(broker):
        assert has_workers(looking)

    assert not has_workers(looking)
    looking.close()
    looking.client.close()


# A worker that dies

WORKER = """
import sys, time
from pathlib import Path
import dramatiq
from backfin.broker import build_broker
from backfin.settings import Settings

broker = build_broker(Settings(redis_url=sys.argv[1]))

def work(mark):
    Path(mark).write_text("started")
    time.sleep(600)

dramatiq.actor(work, actor_name="work", queue_name="backfin.work", broker=broker)
dramatiq.Worker(broker, worker_threads=1).start()
time.sleep(600)
"""


@pytest.mark.slow
def test_a_message_of_a_killed_worker_comes_back_within_twenty_seconds(
    broker: BackfinRedisBroker, server_url: str, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    again: list[str] = []
    dramatiq.actor(again.append, actor_name="work", queue_name="backfin.work", broker=broker)
    broker.enqueue(Message("backfin.work", "work", (str(mark),), {}, {}))
    with subprocess.Popen([sys.executable, "-c", WORKER, server_url]) as victim:
        began = eventually(mark.exists, 30)
        victim.kill()
    assert began, "the first worker never took the message"
    killed = time.monotonic()

    with working(broker):
        assert eventually(lambda: bool(again), 30), "the message is lost"

    assert again == [str(mark)]
    assert time.monotonic() - killed < 25


class Waiting:
    """A thread that waits on a queue for one message, longer than any test does."""

    def __init__(self, broker: BackfinRedisBroker) -> None:
        self.found: list[str] = []
        self._consumer = broker.consume("backfin.read", prefetch=1, timeout=300_000)
        assert next(self._consumer) is None
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        # Two that wait may both be woken by one message; who comes late waits on.
        while not self.found:
            message = next(self._consumer)
            self.found += [message.args[0]] if message else []


def is_waited_on(broker: BackfinRedisBroker, count: int = 1) -> Callable[[], bool]:
    """Whether so many clients wait inside Redis itself."""
    return lambda: int(broker.client.info("clients")["blocked_clients"]) >= count


def test_an_idle_consumer_is_woken_by_a_message(broker: BackfinRedisBroker) -> None:
    waiting_one = Waiting(broker)
    assert eventually(is_waited_on(broker))

    broker.enqueue(messages(1)[0])

    assert eventually(lambda: waiting_one.found == ["bse:0"])


def test_of_two_waiting_consumers_one_gets_the_message_and_nothing_is_left(
    broker: BackfinRedisBroker,
) -> None:
    pair = [Waiting(broker), Waiting(broker)]
    assert eventually(is_waited_on(broker, 2))

    broker.enqueue(messages(1)[0])

    assert eventually(lambda: any(one.found for one in pair))
    assert sum(len(one.found) for one in pair) == 1
    assert broker.client.llen("backfin:backfin.read") == 0

    broker.enqueue(messages(2)[1])
    assert eventually(lambda: sorted(one.found for one in pair) == [["bse:0"], ["bse:1"]])


@pytest.mark.parametrize("queue", ["backfin.read", "backfin.read.DQ"])
def test_a_consumer_that_waits_fetches_nothing_meanwhile(broker: BackfinRedisBroker, queue: str) -> None:
    consumer = broker.consume(queue, prefetch=1, timeout=30)
    assert [next(consumer), next(consumer)] == [None, None]  # looks, and tidies up for the first time
    broker.client.config_resetstat()

    assert [next(consumer) for _ in range(20)] == [None] * 20

    calls = broker.client.info("commandstats")
    assert calls["cmdstat_blmove"]["calls"] == 20
    assert "cmdstat_evalsha" not in calls


def test_a_delayed_message_ends_the_wait_when_it_comes_and_when_it_is_due(broker: BackfinRedisBroker) -> None:
    consumer = broker.consume("backfin.read.DQ", prefetch=2, timeout=300_000)
    assert next(consumer) is None
    threading.Timer(0.2, enqueue, (broker, [(messages(1)[0], 0.6)])).start()

    message = next(consumer)
    due_s = message.options["eta"] / 1000
    looks = [next(consumer)]
    while time.time() < due_s:
        looks.append(next(consumer))

    assert message.args == ("bse:0",)
    assert time.time() - due_s < 2  # not the five minutes that it would wait for another one
    assert len(looks) < 5, "it looks again and again"


def test_a_full_delay_queue_is_not_asked_for_more(broker: BackfinRedisBroker) -> None:
    enqueue(broker, [(message, 600.0) for message in messages(3)])
    consumer = broker.consume("backfin.read.DQ", prefetch=2, timeout=30)
    assert [next(consumer).args[0] for _ in range(2)] == ["bse:0", "bse:1"]
    broker.client.config_resetstat()

    assert [next(consumer) for _ in range(10)] == [None] * 10

    assert "cmdstat_blmove" not in broker.client.info("commandstats")
    assert broker.client.llen("backfin:backfin.read.DQ") == 1


@pytest.mark.parametrize("is_held", [False, True])
def test_what_a_waiting_process_has_in_hand_is_given_to_nobody_else(
    broker: BackfinRedisBroker, server_url: str, monkeypatch: pytest.MonkeyPatch, is_held: bool
) -> None:
    broker.heartbeat_timeout = 1500
    broker.enqueue(messages(1)[0])
    held: set[str] = set()
    monkeypatch.setattr(broker, "_is_held", held.__contains__)
    consumer = broker.consume("backfin.read", prefetch=2, timeout=100)
    assert next(consumer) is not None
    held |= {"backfin.read"} if is_held else set()
    other = build_broker(Settings(redis_url=server_url))
    other.heartbeat_timeout, other.maintenance_chance = 1500, 1_000_000

    given = []
    end_s = time.monotonic() + 4
    while time.monotonic() < end_s:
        assert next(consumer) is None
        given += other.do_fetch("backfin.read", 1)

    assert given == []
    other.close()
    other.client.close()


def test_a_server_without_the_waiting_command_is_looked_at_instead(broker: BackfinRedisBroker) -> None:
    broker.client.execute_command("ACL", "SETUSER", "default", "-blmove")
    try:
        consumer = broker.consume("backfin.read", prefetch=1, timeout=300_000)
        looks = [next(consumer), next(consumer)]
        broker.enqueue(messages(1)[0])

        assert looks == [None, None]
        assert next(consumer).args == ("bse:0",)
    finally:
        broker.client.execute_command("ACL", "SETUSER", "default", "+blmove")


def test_a_full_consumer_fetches_several_messages_at_once(broker: BackfinRedisBroker) -> None:
    broker.declare_queue("backfin.read")
    enqueue(broker, [(message, 0) for message in messages(12)])
    consumer = broker.consume("backfin.read", prefetch=8, timeout=50)
    in_hand = [next(consumer) for _ in range(8)]

    consumer.ack(in_hand.pop())
    assert next(consumer) is None  # one place is free, which is not worth a round trip
    consumer.ack(in_hand.pop())

    assert next(consumer).args == ("bse:8",)
    assert next(consumer).args == ("bse:9",)
    assert next(consumer) is None


# What a broken connection leaves behind


@pytest.mark.parametrize("queue", ["backfin.read", "backfin.read.DQ"])
def test_messages_whose_answer_was_lost_are_taken_back(broker: BackfinRedisBroker, queue: str) -> None:
    lost = broker.do_fetch  # the server hands out, and nobody hears of it
    broker.enqueue_many(messages(3, queue))
    assert len(lost(queue, 3)) == 3
    assert broker.client.llen(f"backfin:{queue}") == 0

    broker.consume(queue, prefetch=1, timeout=50)

    assert broker.client.llen(f"backfin:{queue}") == 3
    assert not broker.client.exists(f"backfin:__acks__.{broker.broker_id}.{queue}")


def test_what_this_process_works_on_is_not_taken_back_when_its_connection_is_renewed(
    broker: BackfinRedisBroker,
) -> None:
    broker.enqueue_many(messages(2))
    before = broker.consume("backfin.read", prefetch=2, timeout=50)
    first, second = next(before), next(before)
    assert first is not None
    assert second is not None
    before.ack(second)

    after = broker.consume("backfin.read", prefetch=2, timeout=50)

    assert broker.client.llen("backfin:backfin.read") == 0
    after.ack(first)
    assert contents(broker) == {}


def test_delayed_messages_survive_a_redis_that_was_away(tmp_path: Path) -> None:
    with valkey_server(tmp_path) as server:
        broker = build_broker(Settings(redis_url=server.url))
        ran: list[str] = []
        dramatiq.actor(ran.append, actor_name="note", queue_name="backfin.note", broker=broker)
        with working(broker):
            enqueue(broker, [(Message("backfin.note", "note", (key,), {}, {}), 4.0) for key in "abc"])
            acks = f"backfin:__acks__.{broker.broker_id}.backfin.note.DQ"
            assert eventually(lambda: broker.client.scard(acks) == 3)
            time.sleep(1.2)  # until the server has written it to disk
            server.kill()
            server.start()

            assert eventually(lambda: sorted(ran) == ["a", "b", "c"], 30)
        broker.close()
        broker.client.close()
        broker.client.connection_pool.disconnect()


def test_a_redis_that_hangs_for_a_while_ends_no_thread_and_loses_no_acknowledgement(tmp_path: Path) -> None:
    with valkey_server(tmp_path) as server:
        broker = build_broker(Settings(redis_url=server.url))
        broker.client.connection_pool.connection_kwargs["socket_timeout"] = 0.3
        broker.client.set_retry(Retry(NoBackoff(), 0))
        ran: list[str] = []
        may_end = threading.Event()

        def note(key: str) -> None:
            ran.append(key)
            assert may_end.wait(30)

        dramatiq.actor(note, actor_name="note", queue_name="backfin.note", broker=broker, max_retries=0)
        worker = Worker(broker, worker_timeout=50, worker_threads=2)
        worker.start()
        try:
            enqueue(broker, [(Message("backfin.note", "note", (key,), {}, {}), 6.0) for key in "bc"])
            enqueue(broker, [(Message("backfin.note", "note", ("a",), {}, {}), 0.0)])
            acks = f"backfin:__acks__.{broker.broker_id}.backfin.note"
            assert eventually(lambda: ran == ["a"] and broker.client.scard(f"{acks}.DQ") == 2)
            server.freeze()
            may_end.set()
            time.sleep(4)  # longer than the consumers' pause before they begin anew
            server.thaw()

            assert eventually(lambda: sorted(ran) == ["a", "b", "c"], 30)
            assert eventually(lambda: broker.client.hlen("backfin:backfin.note.msgs") == 0, 30)
            assert all(thread.is_alive() for thread in worker.consumers.values())
        finally:
            server.thaw()
            worker.stop()
            broker.close()
            broker.client.close()
            broker.client.connection_pool.disconnect()


def test_live_work_has_threads_while_bulk_work_fills_its_share(tmp_path: Path) -> None:
    may_end, begun, live = threading.Event(), [], threading.Event()

    def slow(ctx: Context, key: str) -> list[Next]:
        if key.startswith("bulk"):
            begun.append(key)
            may_end.wait(20)
        else:
            live.set()
        return []

    spec = ActorSpec("slow.work", slow, "slow", has_bulk=True)
    with (
        EmbeddedServer(tmp_path / "redis") as server,
        make_app(
            plugins=[FakePlugin(name="slow", actors=[spec])],
            settings={"redis_url": server.url, "steps": {"bulk_threads": 2}},
        ) as app,
    ):
        broker = build_broker(app.settings)
        app.declare(broker)
        run = app.store.runs.start("replay")
        app.send([Next("slow.work", f"bulk{n}", {"run": run}) for n in range(10)])
        with closing_after(broker), working(broker, threads=3):
            eventually(lambda: len(begun) == 2)
            app.send([Next("slow.work", "live")])
            assert live.wait(10)
            assert len(begun) == 2
            may_end.set()
            eventually(lambda: len(begun) == 10)


@contextmanager
def closing_after(broker: RedisBroker) -> Iterator[None]:
    try:
        yield
    finally:
        broker.close()
