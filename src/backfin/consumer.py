"""A consumer that Redis wakes when a message comes, so that an idle queue costs next to nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from typing import Any

from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.common import current_millis
from dramatiq.errors import ConnectionClosed
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from backfin.lanes import BulkShare
from backfin.presence import Presence

#: Longest sleep between two looks while messages are in hand, and after a look that found nothing, in
#: milliseconds.
PAUSE_MS = 10

#: How often a queue, and a delay queue, of a server older than Redis 6.2 is looked at, in seconds.
POLL_S, DELAY_POLL_S = 0.05, 0.5

#: How many times as long as others the consumer of a delay queue waits for a message.
DELAY_WAITS = 3

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
        with closed_if_gone():
            return super().__next__()  # type: ignore[no-untyped-call]

    def ack(self, message: Any) -> None:
        """Settles a message."""
        with closed_if_gone():
            super().ack(message)  # type: ignore[no-untyped-call]

    def nack(self, message: Any) -> None:
        """Gives a message up."""
        with closed_if_gone():
            super().nack(message)  # type: ignore[no-untyped-call]

    def requeue(self, messages: Any) -> None:
        """Puts messages back."""
        with closed_if_gone():
            super().requeue(messages)  # type: ignore[no-untyped-call]


@contextmanager
def closed_if_gone() -> Iterator[None]:
    """Says in dramatiq's words that Redis is gone, or does not answer in time."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError) as error:
        raise ConnectionClosed(error) from None


class PatientConsumer(SteadyConsumer):
    """Dramatiq's Redis consumer that waits on the queue itself where that one sleeps and looks again.

    The wait moves the head of the queue onto the head: it ends when there is one, and takes nothing.

    Args:
        broker: Whose queue it is.
        queue_name: Which queue.
        prefetch: Most messages in hand at once.
        timeout: Longest wait in milliseconds, so also the time in which it hears that it is to end.
        presence: Tells Redis before each wait that the process lives.
    """

    poll_s = POLL_S

    def __init__(
        self, broker: RedisBroker, queue_name: str, prefetch: int, timeout: int, presence: Presence
    ) -> None:
        super().__init__(broker, queue_name, prefetch, min(timeout, PAUSE_MS))  # type: ignore[no-untyped-call]
        self._key = f"{broker.namespace}:{queue_name}"
        self._wait_s = timeout / 1000
        self._presence = presence
        self._most = prefetch

    @property
    def _found_nothing(self) -> bool:
        """Whether the last fetch brought nothing, and nothing is left of those before."""
        return self.misses > 0 and not self.message_cache

    def _keep(self) -> None:
        with closed_if_gone():
            self._presence.keep(self.queue_name)

    def _wait(self, longest_s: float) -> bool:
        """Waits for a message; whether there may be one."""
        self._keep()
        with closed_if_gone():
            try:
                return self.broker.client.blmove(self._key, self._key, longest_s, "LEFT", "LEFT") is not None
            except RedisTimeoutError:
                return True  # the client's own limit is shorter than the wait
            except ResponseError:
                time.sleep(min(self.poll_s, longest_s))
                return True


class DelayConsumer(PatientConsumer):
    """Consumes a delay queue: what it has taken is not yet due, and is looked at when it is.

    Where nothing is delayed it waits longer than others do: half of all queues are such, and each wait that ends costs
    an idle worker the same.
    """

    poll_s = DELAY_POLL_S

    def __init__(
        self, broker: RedisBroker, queue_name: str, prefetch: int, timeout: int, presence: Presence
    ) -> None:
        super().__init__(broker, queue_name, prefetch, timeout, presence)
        self._wait_s *= DELAY_WAITS
        self._due: list[tuple[float, str]] = []

    def __next__(self) -> Any:
        if self._found_nothing and not self._wait_until_due():
            return None
        message = super().__next__()
        due_ms = message and message.options.get("eta")
        if isinstance(due_ms, (int, float)):
            heappush(self._due, (due_ms, message.message_id))
        return message

    def _wait_until_due(self) -> bool:
        """Waits for a message until one in hand is due; whether there may be one."""
        longest_s = min(self._wait_s, max(self._until_due_s(), PAUSE_MS / 1000))
        if self.outstanding_message_count < self._most:
            return self._wait(longest_s)
        self._keep()
        time.sleep(longest_s)
        return False

    def _until_due_s(self) -> float:
        while self._due and self._due[0][1] not in self.queued_message_ids:
            heappop(self._due)
        return (self._due[0][0] - current_millis()) / 1000 if self._due else float("inf")


class WakingConsumer(PatientConsumer):
    """Consumes a queue whose messages are done as soon as there is a thread for them.

    Of a full queue several are fetched at once: a round trip for each one that is done costs as much as a step.

    Args:
        broker: Whose queue it is.
        queue_name: Which queue.
        prefetch: Most messages in hand at once.
        timeout: Longest wait in milliseconds.
        presence: Tells Redis before each wait that the process lives.
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
        presence: Presence,
        is_held: Callable[[str], bool],
        in_hand: set[str],
        share: BulkShare | None = None,
    ) -> None:
        super().__init__(broker, queue_name, prefetch, timeout, presence)
        self._is_held = is_held
        self._in_hand = in_hand
        self._share = share
        self._refill_at = prefetch - max(1, prefetch // REFILL_PART)

    def __next__(self) -> Any:
        if not self.message_cache and self.outstanding_message_count > self._refill_at:
            time.sleep(PAUSE_MS / 1000)
            return None
        if (
            self._found_nothing
            and self.outstanding_message_count < self._most
            and not self._wait(self._wait_s)
        ):
            return None
        if not self.message_cache and self._is_held(self.queue_name):
            self._stand_by()
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

    def _stand_by(self) -> None:
        """Fetches nothing, while what is in hand still counts as that of a living worker."""
        self._keep()
        self.misses = 0
        time.sleep(min(self._wait_s, HELD_S))
