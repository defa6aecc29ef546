"""The queue as it outlives the processes: messages by the time at which they are due."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from backfin.testing import FrozenClock


@dataclass(order=True)
class Waiting:
    """A message: what is to be run, from when on, and how often it ended in an error that nobody expected."""

    due_at: datetime
    number: int
    actor: str = field(compare=False)
    key: str = field(compare=False)
    options: Mapping[str, Any] = field(compare=False)
    retries: int = field(default=0, compare=False)


class Queue:
    """Messages in the order in which they are due, on a clock that stands still until it is moved."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self._heap: list[Waiting] = []
        self._numbers = count()
        self.in_hand: Waiting | None = None

    def put(
        self, actor: str, key: str, options: Mapping[str, Any], delay_s: float = 0.0, retries: int = 0
    ) -> None:
        """Takes a message."""
        due_at = self._clock.now() + timedelta(seconds=delay_s)
        heapq.heappush(self._heap, Waiting(due_at, next(self._numbers), actor, key, options, retries))

    def take(self, until: datetime) -> Waiting | None:
        """The message that is due first, if it is due by then; the clock moves on to it."""
        if not self._heap or self._heap[0].due_at > until:
            return None
        self.in_hand = heapq.heappop(self._heap)
        self._clock.set(max(self._clock.now(), self.in_hand.due_at))
        return self.in_hand

    def put_back(self, message: Waiting, delay_s: float, *, retries: int | None = None) -> None:
        """Takes a message again that was not acknowledged."""
        again = message.retries if retries is None else retries
        self.put(message.actor, message.key, message.options, delay_s, again)

    def flush(self) -> None:
        """Forgets everything."""
        self._heap.clear()

    def keys_of(self, actor: str) -> set[str]:
        """Keys of an actor's messages, that in hand included."""
        met = [*self._heap, *([self.in_hand] if self.in_hand else [])]
        return {one.key for one in met if one.actor == actor}

    def __len__(self) -> int:
        return len(self._heap)
