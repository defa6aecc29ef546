"""How many messages came and went, and how long steps took: counted by every process, kept in Redis for all hosts.

A process counts in memory and adds its counts up in Redis about once a second, in one call however many there were.
Totals only grow, until Redis is emptied. Messages are counted in short buckets too, which say how many a minute it was
and are forgotten by themselves. Redis tells the time, so that the clocks of hosts do not matter.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple, cast

from redis import Redis
from redis.exceptions import RedisError

from backfin.progress import Progress

log = logging.getLogger("backfin")

#: Seconds of one bucket; so many of them are looked at; and how long each is kept, in seconds.
BUCKET_S, BUCKETS, KEPT_S = 15, 60, 1200

#: Seconds between two calls of a process.
FLUSH_S = 1.0

#: Adds counts up: the first ``ARGV[3]`` fields in the bucket of this moment too.
_ADD = """
local bucket = KEYS[2] .. math.floor(tonumber(redis.call("time")[1]) / tonumber(ARGV[1]))
local messages = 3 + 2 * tonumber(ARGV[3])
for at = 4, #ARGV, 2 do
  redis.call("hincrby", KEYS[1], ARGV[at], ARGV[at + 1])
  if at < messages then redis.call("hincrby", bucket, ARGV[at], ARGV[at + 1]) end
end
if messages > 3 then redis.call("expire", bucket, ARGV[2]) end
"""


class Rates(NamedTuple):
    """Messages of a queue in a minute: those that became ready and those that were settled.

    The first two are of the last minute, the others of the last quarter of an hour.
    """

    came: float = 0.0
    went: float = 0.0
    came_15m: float = 0.0
    went_15m: float = 0.0


class Counters:
    """Counts of this process on their way to Redis. May be used by many threads at once.

    Args:
        client: The broker's Redis.
        namespace: The broker's namespace.
        progress: What this process does; its steps are counted too.
    """

    def __init__(self, client: Redis, namespace: str, progress: Progress) -> None:
        self._script = client.register_script(_ADD)
        self._keys = [_totals_key(namespace), _bucket_key(namespace, "")]
        self._progress = progress
        self._lock = threading.Lock()
        self._messages: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()
        self._flushed_s = 0.0
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def came(self, queue: str) -> None:
        """A message became ready in a queue."""
        self._count(f"in|{queue}")
        if time.monotonic() - self._flushed_s > FLUSH_S:
            self.flush_unless_started()

    def went(self, queue: str) -> None:
        """A message of a queue was settled."""
        self._count(f"out|{queue}")

    def _count(self, field: str) -> None:
        with self._lock:
            self._messages[field] += 1

    def start(self) -> None:
        """Hands the counts over each second, from a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="backfin-counters", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Hands the rest over."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join(2 * FLUSH_S)
        self.flush()

    def flush_unless_started(self) -> None:
        """Hands the counts over, where no thread does it: in a process that sends and does not work."""
        if self._thread is None:
            self.flush()

    def flush(self) -> None:
        """Hands the counts over; while Redis is away they are kept."""
        with self._lock:
            for (actor, what), count in self._progress.take_counts().items():
                self._steps[f"step|{actor}|{what}"] += count
            messages, self._messages = self._messages, Counter()
            steps, self._steps = self._steps, Counter()
        self._flushed_s = time.monotonic()
        if not messages and not steps:
            return
        fields = [*messages.items(), *steps.items()]
        try:
            self._script(
                keys=self._keys,
                args=[BUCKET_S, KEPT_S, len(messages), *(one for pair in fields for one in pair)],
            )
        except RedisError as error:
            log.debug("counts of messages could not be handed over: %s", error)
            with self._lock:
                self._messages.update(messages)
                self._steps.update(steps)

    def _run(self) -> None:
        while not self._is_over.wait(FLUSH_S):
            self.flush()


def rates_of(client: Redis, namespace: str) -> dict[str, Rates]:
    """Rates by queue, for those queues that had a message in the last quarter of an hour.

    Raises:
        RedisError: Redis does not answer.
    """
    seconds, micros = client.time()
    now_s = seconds + micros / 1e6
    newest = int(now_s // BUCKET_S)
    pipe = client.pipeline(transaction=False)
    for number in range(newest - BUCKETS, newest + 1):
        pipe.hgetall(_bucket_key(namespace, str(number)))
    buckets = [_counts(found) for found in pipe.execute()]
    return _rates(buckets, into_s=now_s % BUCKET_S)


def totals_of(client: Redis, namespace: str) -> dict[tuple[str, ...], int]:
    """All counts since Redis was last empty: ``("in", queue)``, ``("out", queue)``, ``("step", actor, what)``.

    Raises:
        RedisError: Redis does not answer.
    """
    found = _counts(cast(dict[bytes, bytes], client.hgetall(_totals_key(namespace))))
    return {tuple(field.split("|")): count for field, count in found.items()}


def _rates(buckets: list[dict[str, int]], into_s: float) -> dict[str, Rates]:
    """Rates from buckets, the oldest first, of which the last has been open for ``into_s`` seconds."""
    spans = (buckets[-(60 // BUCKET_S) - 1 :], buckets)
    sums = [sum((Counter(bucket) for bucket in span), Counter()) for span in spans]
    minutes = [((len(span) - 1) * BUCKET_S + into_s) / 60 for span in spans]

    def rate(way: str, queue: str, span: int) -> float:
        return round(sums[span][f"{way}|{queue}"] / minutes[span], 1)

    queues = {field.partition("|")[2] for field in sums[1]}
    return {
        queue: Rates(*(rate(way, queue, span) for span in (0, 1) for way in ("in", "out")))
        for queue in queues
    }


def _counts(found: Mapping[bytes, bytes]) -> dict[str, int]:
    return {field.decode(): int(count) for field, count in found.items()}


def _totals_key(namespace: str) -> str:
    return f"{namespace}:__totals__"


def _bucket_key(namespace: str, number: str) -> str:
    return f"{namespace}:__rates__.{number}"
