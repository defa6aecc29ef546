"""Poison: what stops its worker over and over, for Redis gives what a worker had in hand when it died to the next one.

Announcements are put aside by the tries that the store counts; here it is seen to that those beside them are not.
Messages of all other actors, plugins' among them, are counted here, and become dead letters.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Middleware
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger("backfin")

#: A message that nobody takes up again is forgotten after so many seconds.
_FORGOTTEN_S = 86_400

#: From this run on an item is suspected if its runs end with their worker.
_SUSPECTED = 3

#: A suspect that may not run now comes again between so many seconds later.
APART_S = (1.0, 5.0)


class Suspects:
    """Lets one at a time run, in a process, of the items whose runs ended with their worker.

    A worker that an item stops takes down what its other threads have in hand. Tried again side by side, all of them
    would be taken for what stops workers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def apart(self, tries: int, *, was_stopped: bool) -> Iterator[bool]:
        """Whether an item may run while the block lasts.

        Args:
            tries: Its runs since one last ended, this one included.
            was_stopped: Whether the run before this one ended with its worker.
        """
        is_suspect = was_stopped and tries >= _SUSPECTED
        may_run = not is_suspect or self._lock.acquire(blocking=False)
        try:
            yield may_run
        finally:
            if is_suspect and may_run:
                self._lock.release()


class PoisonMessages(Middleware):
    """Counts how often a message was begun and not settled, and gives it up after so many times.

    Without Redis nothing is counted: the count guards workers, it decides nothing else.

    Args:
        actors: Names of the actors whose messages are counted.
        most: How often a message may stop its worker.
    """

    def __init__(self, actors: Collection[str], most: int) -> None:
        self._actors = frozenset(actors)
        self._most = most

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Counts that it is begun; one that stopped too many workers fails without being run."""
        if not self._counts(broker, message):
            return
        key, pipe = _key(broker, message), _client(broker).pipeline(transaction=False)
        pipe.incr(key)
        pipe.expire(key, _FORGOTTEN_S)
        with suppress(RedisError):
            begun, _ = pipe.execute()
            if begun > self._most:
                self._give_up(broker, message)

    def after_ack(self, broker: dramatiq.Broker, message: Any) -> None:
        """Forgets the count: the message is settled."""
        if self._counts(broker, message):
            with suppress(RedisError):
                _client(broker).delete(_key(broker, message))

    after_nack = after_ack

    def _counts(self, broker: dramatiq.Broker, message: Any) -> bool:
        return isinstance(broker, RedisBroker) and message.actor_name in self._actors

    def _give_up(self, broker: dramatiq.Broker, message: Any) -> None:
        """Lets dramatiq put it among the dead letters, with the reason where a reason is looked for."""
        message.fail()
        why = f"It stopped its worker {self._most} times; `backfin queue retry` sends it again."
        log.error("%s is kept among the dead letters. %s", message, why)
        texts = f"{cast(RedisBroker, broker).namespace}:{message.queue_name}.msgs"
        told = message.copy(options={"traceback": why})
        _client(broker).hset(texts, message.options["redis_message_id"], told.encode())


def _client(broker: dramatiq.Broker) -> Redis:
    return cast(Redis, cast(RedisBroker, broker).client)


def _key(broker: dramatiq.Broker, message: Any) -> str:
    return f"{cast(RedisBroker, broker).namespace}:__begun__:{message.message_id}"
