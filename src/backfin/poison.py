"""Poison: what stops its worker over and over, for Redis gives what a worker had in hand when it died to the next one.

Announcements are put aside by the tries that the store counts, messages of all other actors, plugins' among them, by
the count here. What was merely in hand beside them keeps apart, and is not taken for poison.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import q_name
from dramatiq.errors import BrokerError
from dramatiq.middleware import Middleware, SkipMessage
from redis import Redis
from redis.exceptions import RedisError

#: A message that nobody takes up again is forgotten after so many seconds, one that was given up after more: what comes
#: once a day has to find that out.
_FORGOTTEN_S, _KNOWN_S = 86_400, 3 * 86_400

#: From this run on something is suspected if its runs end with their worker.
_SUSPECTED = 3

#: How often another message may stop its worker that is about the same as one which stopped too many: a scheduler, or
#: who repairs what was wrong, sends it anew.
_KNOWN_MOST = 2


def _is_suspect(tries: int, most: int) -> bool:
    return tries >= min(_SUSPECTED, most)


def apart_s() -> float:
    """In how many seconds a suspect that may not run now comes again."""
    return random.uniform(1.0, 5.0)


class Suspects:
    """Lets one at a time run, in a process, of what was in hand when workers ended.

    A worker that something stops takes down what its other threads have in hand. Tried again side by side, all of it
    would be taken for what stops workers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Whether one may run; :meth:`leave` has to follow."""
        return self._lock.acquire(blocking=False)

    def leave(self) -> None:
        """Lets another one run. May be called by another thread."""
        self._lock.release()

    @contextmanager
    def apart(self, tries: int, most: int, *, was_stopped: bool) -> Iterator[bool]:
        """Whether an item may run while the block lasts.

        Args:
            tries: Its runs since one last ended, this one included.
            most: How many it may have.
            was_stopped: Whether the run before this one ended with its worker.
        """
        is_suspect = was_stopped and _is_suspect(tries, most)
        may_run = not is_suspect or self.enter()
        try:
            yield may_run
        finally:
            if is_suspect and may_run:
                self.leave()


class PoisonMessages(Middleware):
    """Counts how often a message was begun and not settled, and makes it a dead letter after so many times.

    A worker that ends as it should leaves no count behind. Without Redis nothing is counted: the count guards workers,
    it decides nothing else. What was given up is remembered for days, or until a message about the same ends well.

    Args:
        actors: Names of the actors whose messages are counted.
        most: How often a message may stop its worker; one that is sent anew may do so twice at most.
        suspects: What else is suspected in this process.
        give_up: Hears of each message that is given up: its actor, its key, and why.
    """

    def __init__(
        self,
        actors: Collection[str],
        most: int,
        suspects: Suspects,
        give_up: Callable[[str, str, str], None],
    ) -> None:
        self._actors = frozenset(actors)
        self._most = most
        self._suspects = suspects
        self._tell = give_up
        #: By the id of each message that is counted and in hand, whether it keeps others apart.
        self._in_hand: dict[str, bool] = {}

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Counts that it is begun. One that stopped too many workers fails instead; a suspect may have to wait."""
        if not isinstance(broker, RedisBroker) or message.actor_name not in self._actors:
            return
        with suppress(RedisError, BrokerError):
            begun, is_known = _count(broker, message, 1)
            most = min(self._most, _KNOWN_MOST) if is_known else self._most
            if begun > most:
                self._give_up(broker, message, most)
                return
            is_suspect = _is_suspect(begun, most)
            if is_suspect and not self._suspects.enter():
                _count(broker, message, -1)
                broker.enqueue(message, delay=int(apart_s() * 1000))
                raise SkipMessage(f"{message} keeps apart from another one; it comes again.")
            self._in_hand[message.message_id] = is_suspect

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: Any,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        """Lets another suspect run, also where the message cannot be settled yet."""
        if self._in_hand.get(message.message_id):
            self._in_hand[message.message_id] = False
            self._suspects.leave()

    def after_skip_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Lets another suspect run: somebody else wanted this one skipped."""
        self.after_process_message(broker, message)

    def after_ack(self, broker: dramatiq.Broker, message: Any) -> None:
        """Forgets the count: the message is settled. Ended well, it also ends what is known of others like it."""
        if message.queue_name != q_name(message.queue_name):
            return  # one that was delayed stands in its own queue by now, and may run already
        if self._in_hand.pop(message.message_id, None) is None:
            return
        keys = [_count_key(broker, message.message_id)]
        if not message.failed:
            keys.append(_known_key(broker, message))
        with suppress(RedisError):
            _client(broker).delete(*keys)

    after_nack = after_ack

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Forgets what is in hand: if it is cut off now, it was not to blame."""
        keys = [_count_key(broker, message_id) for message_id in list(self._in_hand)]
        if keys:
            with suppress(RedisError):
                _client(broker).delete(*keys)

    def _give_up(self, broker: RedisBroker, message: Any, most: int) -> None:
        """Lets dramatiq put it among the dead letters, with the reason where a reason is looked for."""
        message.fail()
        self._in_hand[message.message_id] = False
        why = f"It stopped its worker {most} times; `backfin queue retry` sends it again."
        told = message.copy(options={"traceback": why})
        texts = f"{broker.namespace}:{message.queue_name}.msgs"
        pipe = _client(broker).pipeline(transaction=False)
        pipe.hset(texts, message.options["redis_message_id"], told.encode())
        pipe.set(_known_key(broker, message), most, ex=_KNOWN_S)
        with suppress(RedisError):
            pipe.execute()
        self._tell(message.actor_name, _item(message), why)


def _count(broker: RedisBroker, message: Any, by: int) -> tuple[int, bool]:
    """How often it was begun by now, and whether one about the same was given up."""
    key, pipe = _count_key(broker, message.message_id), _client(broker).pipeline(transaction=False)
    pipe.incrby(key, by)
    pipe.expire(key, _FORGOTTEN_S)
    pipe.exists(_known_key(broker, message))
    begun, _, is_known = pipe.execute()
    return int(begun), bool(is_known)


def _client(broker: dramatiq.Broker) -> Redis:
    return cast(Redis, cast(RedisBroker, broker).client)


def _item(message: Any) -> str:
    return str(message.args[0]) if message.args else ""


def _count_key(broker: dramatiq.Broker, message_id: str) -> str:
    return f"{cast(RedisBroker, broker).namespace}:__begun__:{message_id}"


def _known_key(broker: dramatiq.Broker, message: Any) -> str:
    return f"{cast(RedisBroker, broker).namespace}:__poison__:{message.actor_name}:{_item(message)}"
