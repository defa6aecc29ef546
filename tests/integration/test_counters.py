"""Counts of messages and steps of all processes, kept on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from dramatiq import Worker

from backfin import Backfin
from backfin.broker import BackfinRedisBroker, build_broker
from backfin.context import Context
from backfin.counters import BUCKETS, KEPT_S, Counters, rates_of, totals_of
from backfin.errors import TransientError
from backfin.progress import Progress
from backfin.queues import Queues
from backfin.settings import Settings
from backfin.specs import ActorSpec, Next, RetryPolicy
from backfin.testing import FakePlugin, make_app
from waiting import eventually

QUEUE = "spam.work"


def work(ctx: Context, key: str) -> list[Next]:
    if key == "bad":
        raise TransientError("not now")
    return []


@contextmanager
def app_on(broker: BackfinRedisBroker) -> Iterator[Backfin]:
    retry = RetryPolicy(max_tries=2, min_backoff_s=0.1)
    actors = [ActorSpec("spam.work", work, QUEUE, retry, has_bulk=True, time_limit_s=60)]
    with make_app(plugins=[FakePlugin("mine", actors=actors)]) as made:
        made.declare(broker)
        yield made


def test_what_comes_and_goes_is_counted_by_queue_and_outlives_its_workers(
    broker: BackfinRedisBroker, server_url: str
) -> None:
    keys = ["a", "b", "bad"]
    with app_on(broker) as app:
        app.send([Next("spam.work", key) for key in keys])
        app.send([Next("spam.work", "c", {"run": "r_1", "notify": False})])
        waiting = Queues(app, broker).status()
        worker = Worker(broker, worker_timeout=50, worker_threads=2)
        worker.start()
        try:
            assert eventually(lambda: totals_of(broker.client, "backfin").get(("out", QUEUE), 0) == 4)
        finally:
            worker.stop()

    other = build_broker(Settings(redis_url=server_url))
    with app_on(other) as app:
        rows = {row["queue"]: row for row in Queues(app, other).status()}
    totals = totals_of(other.client, "backfin")
    other.client.connection_pool.disconnect()

    assert next(row for row in waiting if row["queue"] == QUEUE)["in_per_min"] > 0
    # The retry of the bad one is a message of its own, counted when it is due.
    assert (totals["in", QUEUE], totals["out", QUEUE]) == (4, 4)
    assert (totals["in", f"{QUEUE}.bulk"], totals["out", f"{QUEUE}.bulk"]) == (1, 1)
    assert (totals["step", "spam.work", "done"], totals["step", "spam.work", "failed"]) == (3, 2)
    assert totals["step", "spam.work", "le 300"] == 5
    assert rows[QUEUE]["out_per_min"] > rows[f"{QUEUE}.bulk"]["out_per_min"] > 0
    assert rows[QUEUE]["out_per_min_15m"] > 0
    assert rows["backfin.read"]["in_per_min"] == 0


def test_counts_wait_while_redis_is_away(broker: BackfinRedisBroker) -> None:
    counters = Counters(broker.client, "backfin", Progress())
    counters._flushed_s = float("inf")
    counters.came("q")
    away = build_broker(Settings(redis_url="unix:///nowhere/at/all.sock")).client
    there, counters._script.registered_client = counters._script.registered_client, away

    counters.flush()
    counters._script.registered_client = there
    counters.flush()

    assert totals_of(broker.client, "backfin") == {("in", "q"): 1}


def test_buckets_are_forgotten_by_themselves_and_touch_no_other_key(broker: BackfinRedisBroker) -> None:
    counters = Counters(broker.client, "backfin", Progress())
    for _ in range(1000):
        counters.went("q")
    counters.flush()

    keys = sorted(broker.client.keys("*"))

    assert [key.partition(b".")[0] for key in keys] == [b"backfin:__rates__", b"backfin:__totals__"]
    assert 0 < broker.client.ttl(keys[0]) <= KEPT_S
    assert KEPT_S > BUCKETS * 15 + 60
    assert rates_of(broker.client, "backfin")["q"].went == pytest.approx(900, rel=0.12)
