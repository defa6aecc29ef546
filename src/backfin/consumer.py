"""A consumer that Redis wakes when a message comes, so that an idle queue costs next to nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from backfin.lanes import BulkShare

#: Longest sleep between two looks while messages are in hand, and after a look that found nothing, in
#: milliseconds.
PAUSE_MS = 10

#: How often a server older than Redis 6.2 is looked at, in seconds.
POLL_S = 0.05

#: Seconds between two looks at a queue whose messages are held back.
HELD_S = 0.5

#: The part of the messages in hand that must be done before more are fetched.
REFILL_PART = 4


class SteadyConsumer(_RedisConsumer):
    """Dramatiq's Redis consumer that takes a server which does not answer in time for one that is gone.

    Dramatiq knows what to do about the latter: it begins anew, and tells again what is done. An error it does not know
    ends the thread for good when it comes twice, and a message whose acknowledgement fails so is never settled.
    """

    def __next__(self) -> Any:
        with _gone_in_time():
            return super().__next__()  # type: ignore[no-untyped-call]

    def ack(self, message: Any) -> None:
        """Settles a message."""
        with _gone_in_time():
            super().ack(message)  # type: ignore[no-untyped-call]

    def nack(self, message: Any) -> None:
        """Gives a message up."""
        with _gone_in_time():
            super().nack(message)  # type: ignore[no-untyped-call]

    def requeue(self, messages: Any) -> None:
        """Puts messages back."""
        with _gone_in_time():
            super().requeue(messages)  # type: ignore[no-untyped-call]


@contextmanager
def _gone_in_time() -> Iterator[None]:
    try:
        yield
    except RedisTimeoutError as error:
        raise ConnectionClosed(error) from None


class WakingConsumer(SteadyConsumer):
    """Dramatiq's Redis consumer that waits on the queue itself where that one sleeps and looks again.

    The wait moves the head of the queue onto the head: it ends when there is one, and takes nothing. Of a full
    queue several messages are fetched at once: a round trip for each one that is done costs as much as a step.

    Args:
        broker: Whose queue it is.
        queue_name: Which queue.
        prefetch: Most messages in hand at once.
        timeout: Longest wait in milliseconds; afterwards the queue is looked at, which is also the heartbeat.
        is_held: Tells whether no more messages of a queue are taken.
        in_hand: Ids, as Redis has them, of the queue's messages that this process has and has not settled. It outlives
            the consumer, which ends with its connection.
        share: Of a bulk queue, what all bulk queues of the process may have in hand. Such messages are fetched one by
            one: what is in hand stands before live messages that come later.
    """

    def __init__(
        self,
        broker: RedisBroker,
        queue_name: str,
        prefetch: int,
        timeout: int,
        is_held: Callable[[str], bool] = lambda queue_name: False,
        in_hand: set[str] | None = None,
        share: BulkShare | None = None,
    ) -> None:
        super().__init__(broker, queue_name, prefetch, min(timeout, PAUSE_MS))  # type: ignore[no-untyped-call]
        self._key = f"{broker.namespace}:{queue_name}"
        self._wait_s = timeout / 1000
        self._is_held = is_held
        self._in_hand = set() if in_hand is None else in_hand
        self._share = share
        self._most = prefetch
        self._refill_at = prefetch - max(1, prefetch // REFILL_PART)

    def __next__(self) -> Any:
        if not self.message_cache and self.outstanding_message_count > self._refill_at:
            time.sleep(PAUSE_MS / 1000)
            return None
        found_nothing = self.misses > 0 and not self.message_cache
        if found_nothing and self.outstanding_message_count < self._most:
            self._wait()
        if not self.message_cache and self._is_held(self.queue_name):
            self._beat()
            return None
        message = self._next() if self._share is None else self._next_of_share(self._share)
        if message is not None:
            self._in_hand.add(message.options["redis_message_id"])
        return message

    def _next(self) -> Any:
        return super().__next__()

    def _next_of_share(self, share: BulkShare) -> Any:
        if not share.take(self._wait_s):
            return None
        message = None
        self.prefetch = self.outstanding_message_count + 1
        try:
            message = self._next()
        finally:
            if message is None:
                share.give()
        return message

    def _settled(self, messages: Sequence[Any]) -> None:
        self._in_hand.difference_update(message.options["redis_message_id"] for message in messages)
        if self._share is not None:
            self._share.give(len(messages))

    def ack(self, message: Any) -> None:
        """Settles a message; one that Redis has not heard of stays in hand."""
        super().ack(message)
        self._settled([message])

    def nack(self, message: Any) -> None:
        """Gives a message up; one that Redis has not heard of stays in hand."""
        super().nack(message)
        self._settled([message])

    def requeue(self, messages: Any) -> None:
        """Puts messages back."""
        given = list(messages)
        super().requeue(given)
        self._settled(given)

    def _beat(self) -> None:
        """Fetches nothing, so that what is in hand still counts as that of a living worker."""
        try:
            self.broker.do_fetch(self.queue_name, 0)
        except (RedisConnectionError, RedisTimeoutError) as error:
            raise ConnectionClosed(error) from None
        self.misses = 0
        time.sleep(min(self._wait_s, HELD_S))

    def _wait(self) -> None:
        try:
            self.broker.client.blmove(self._key, self._key, self._wait_s, "LEFT", "LEFT")
        except RedisTimeoutError:
            return  # the client's own limit is shorter than the wait
        except ResponseError:
            time.sleep(POLL_S)
        except RedisConnectionError as error:
            raise ConnectionClosed(error) from None
