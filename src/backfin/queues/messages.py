"""The messages of dramatiq's queues in Redis. Nothing here touches a key of another program."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast

from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import dq_name, xq_name
from dramatiq.message import Message
from redis import Redis

from backfin.broker import fetched_by, heartbeats
from backfin.counters import Rates, rates_of
from backfin.queues.entries import DEAD, DELAYED, READY, RUNNING, Entry, entry_of
from backfin.storage.statements import chunks

#: Moves one dead letter back, if it is still there, with its new text.
_REVIVE = """
if redis.call("zrem", KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call("hdel", KEYS[2], ARGV[1])
redis.call("hset", KEYS[3], ARGV[1], ARGV[2])
redis.call("rpush", KEYS[4], ARGV[1])
return 1
"""

#: Removes one message from its list or set and its text with it, so that nobody finds one without the other.
_REMOVE = """
local found = 0
if redis.call("type", KEYS[1]).ok == "zset" then
  found = redis.call("zrem", KEYS[1], ARGV[1])
else
  found = redis.call("lrem", KEYS[1], 0, ARGV[1])
end
if found > 0 or ARGV[2] == "always" then found = redis.call("hdel", KEYS[2], ARGV[1]) end
return found
"""


#: Removes all that waits in a queue. What was fetched from its list keeps its text until it is done.
_CLEAR = """
local count = redis.call("llen", KEYS[1])
for _, id in ipairs(redis.call("lrange", KEYS[1], 0, -1)) do redis.call("hdel", KEYS[2], id) end
count = count + redis.call("hlen", KEYS[4]) + redis.call("hlen", KEYS[6])
redis.call("del", KEYS[1], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
return count
"""

#: Where messages of a state lie.
_PLACES: Mapping[str, Callable[[str], str]] = {READY: str, DELAYED: dq_name, DEAD: xq_name}


class Counts(NamedTuple):
    """Messages of one queue, and when the first of those that wait was sent, in seconds since 1970."""

    ready: int
    delayed: int
    running: int
    dead: int
    oldest_s: float | None


class Messages:
    """Reads and changes the queues of a broker.

    Args:
        broker: Whose namespace it is.
    """

    def __init__(self, broker: RedisBroker) -> None:
        self._broker = broker
        self._client = cast(Redis, broker.client)
        self._namespace = broker.namespace
        self._revive = self._client.register_script(_REVIVE)
        self._remove = self._client.register_script(_REMOVE)
        self._clear = self._client.register_script(_CLEAR)

    def counts(self, queue: str) -> Counts:
        """How many messages a queue has, by what becomes of them."""
        pipe = self._client.pipeline(transaction=True)
        pipe.llen(self._list(queue))
        pipe.hlen(self._texts(queue))
        pipe.hlen(self._texts(dq_name(queue)))
        pipe.zcard(self._list(xq_name(queue)))
        for end in (0, -1):
            pipe.lindex(self._list(queue), end)
        ready, texts, delayed, dead, *ends = pipe.execute()
        # What was fetched and is not done yet has a text and no place in the list.
        return Counts(ready, delayed, max(texts - ready, 0), dead, self._oldest_s(queue, ends))

    def rates(self) -> dict[str, Rates]:
        """Rates of those queues that had a message lately."""
        return rates_of(self._client, self._namespace)

    def entries(self, queue: str, state: str, most: int | None = None) -> list[Entry]:
        """The messages in a state, in the order in which they will be taken, the latest dead ones first."""
        where = _PLACES.get(state, str)(queue)
        found = [entry_of(data, queue, state) for data in self._data(where, self._ids(queue, state, most))]
        if state == DELAYED:
            found.sort(key=lambda entry: (entry.due_at or entry.enqueued_at, entry.id))
        return found[:most]

    def revive(self, queue: str, ids: Iterable[str]) -> list[str]:
        """Sends dead letters again, with their tries forgotten; returns those that were still there."""
        dead = xq_name(queue)
        keys = [self._list(dead), self._texts(dead), self._texts(queue), self._list(queue)]
        fresh = [_fresh(Message.decode(data)) for data in self._data(dead, list(ids))]
        return self._run(
            self._revive, keys, [(str(one.options["redis_message_id"]), one.encode()) for one in fresh]
        )

    def remove(self, entries: Iterable[Entry]) -> list[str]:
        """Removes messages and returns the ids of those that were still there; what runs is left alone."""
        by_place: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for entry in entries:
            # A delayed message is in the hands of a worker, and in no list, until it is due.
            row = (entry.id, "always" if entry.state == DELAYED else "")
            by_place[entry.queue, entry.state].append(row)
        done: list[str] = []
        for (queue, state), rows in by_place.items():
            if state in _PLACES:
                name = _PLACES[state](queue)
                done += self._run(self._remove, [self._list(name), self._texts(name)], rows)
        return done

    def clear(self, queue: str) -> int:
        """Removes every message of a queue that does not run, and says how many."""
        names = [place(queue) for place in _PLACES.values()]
        keys = [key for name in names for key in (self._list(name), self._texts(name))]
        return int(cast(int, self._clear(keys=keys)))

    def _run(self, script: Any, keys: Sequence[str], rows: Sequence[tuple[str, Any]]) -> list[str]:
        done: list[str] = []
        for part in chunks(rows):
            pipe = self._client.pipeline(transaction=False)
            for row in part:
                script(keys=keys, args=row, client=pipe)
            done += [row[0] for row, was_there in zip(part, pipe.execute(), strict=True) if was_there]
        return done

    def _ids(self, queue: str, state: str, most: int | None) -> Sequence[str]:
        if state == RUNNING:
            return [
                one
                for broker_id in heartbeats(self._broker)
                for one in fetched_by(self._broker, broker_id, queue)
            ]
        last = -1 if most is None else most - 1
        found: Any
        if state == READY:
            found = self._client.lrange(self._list(queue), 0, last)
        elif state == DEAD:
            found = self._client.zrevrange(self._list(xq_name(queue)), 0, last)
        else:
            found = self._client.hkeys(self._texts(dq_name(queue)))
        return [one.decode() for one in found]

    def _data(self, name: str, ids: Sequence[str]) -> Iterator[bytes]:
        for part in chunks(ids):
            found = self._client.hmget(self._texts(name), part)
            yield from (data for data in cast(list[bytes | None], found) if data is not None)

    def _oldest_s(self, queue: str, ids: Sequence[bytes | None]) -> float | None:
        """Both ends are looked at: what comes back from a dead worker goes to the end of the queue."""
        known = [one.decode() for one in ids if one is not None]
        sent = [Message.decode(data).message_timestamp / 1000 for data in self._data(queue, known)]
        return min(sent) if sent else None

    def _list(self, name: str) -> str:
        return f"{self._namespace}:{name}"

    def _texts(self, name: str) -> str:
        return f"{self._namespace}:{name}.msgs"


def _fresh(message: Message[Any]) -> Message[Any]:
    """The message as if it had never been tried."""
    options = {
        name: value
        for name, value in message.options.items()
        if name not in ("retries", "traceback", "requeue_timestamp", "eta")
    }
    kwargs = {name: value for name, value in message.kwargs.items() if name != "tries"}
    return replace(message, options=options, kwargs=kwargs, message_timestamp=int(time.time() * 1000))
