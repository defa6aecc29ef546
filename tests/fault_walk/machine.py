"""One machine: a process that works off a queue, dies where it is told to, and is started again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backfin.app import Backfin
from backfin.testing import FrozenClock
from backfin.testing.apps import FakePlugin, isolated_settings
from fault_walk.boundaries import TouchyBroker, TouchyChannel, TouchyExchange
from fault_walk.points import LOST_ANSWER, READING, Crash, Points
from fault_walk.queue import Queue, Waiting

#: After so many seconds the messages of a dead worker come back.
BACK_AFTER_S = 15.0

#: As the broker's own middleware has it: an error that leaves an actor is tried again so often.
MOST_RETRIES = 5


class Machine:
    """What outlives a process (home, queue, channels, exchange) and the process itself.

    Args:
        home: Where store and archive are.
        clock: The time, which the queue moves on.
        points: Told of every touch.
        exchange: Where announcements come from.
        channels: Where they are told.
        readers: Readers of documents.
        settings: More settings.
    """

    def __init__(
        self,
        home: Path,
        clock: FrozenClock,
        points: Points,
        *,
        exchange: TouchyExchange,
        channels: list[TouchyChannel],
        readers: list[Any],
        settings: Mapping[str, Any],
    ) -> None:
        self._home, self._points, self.clock = home, points, clock
        self._settings = settings
        self.exchange, self.channels = exchange, channels
        for part in (exchange, *channels):
            part.points = points
        self._plugin = FakePlugin(exchanges=[exchange], notifiers=channels, readers=readers)
        self.queue = Queue(clock)
        self.crashes = 0
        self.dead_letters: list[Waiting] = []
        self.start()

    def start(self) -> None:
        """Starts the process, with nothing but what is in the home."""
        self.app = Backfin(
            isolated_settings(self._home, self._settings), plugins=[self._plugin], clock=self.clock
        )
        self._broker = TouchyBroker(self.queue, self._points)
        self.app.declare(self._broker)
        self.app.open()

    def tick(self) -> None:
        """What the scheduler sends with the next minute, and the work of that minute."""
        now = self.clock.now()
        self.work(now.replace(second=0, microsecond=0) + timedelta(minutes=1))
        self.queue.put("backfin.tick", "", {})
        self.work(self.clock.now() + timedelta(seconds=59))

    def work(self, until: datetime) -> None:
        """Works off everything that is due by a moment, and moves the clock there."""
        while (message := self._next(until)) is not None:
            self._handle(message)
            self.queue.in_hand = None
        self.move_to(until)

    def move_to(self, moment: datetime) -> None:
        """Moves the clock on; it never goes back."""
        self.clock.set(max(self.clock.now(), moment))

    def _next(self, until: datetime) -> Waiting | None:
        """The next message; while the broker is away it hands out none."""
        back_at = self._points.away_until("broker")
        if back_at is not None:
            self.move_to(min(back_at, until))
        return None if back_at is not None and back_at > until else self.queue.take(until)

    def _handle(self, message: Waiting) -> None:
        actor = self._broker.get_actor(message.actor)
        try:
            with self._points.message(message.actor):
                actor.fn(message.key, **message.options)
                with self._points.around("broker", "ack", (*READING, LOST_ANSWER), Unacknowledged):
                    pass
        except Crash:
            self.crashes += 1
            self.app.close()
            self.queue.put_back(message, BACK_AFTER_S)
            self.start()
        except Unacknowledged:
            self.queue.put_back(message, BACK_AFTER_S)
        except Exception:
            self._try_again(message)

    def _try_again(self, message: Waiting) -> None:
        if message.retries >= MOST_RETRIES:
            self.dead_letters.append(message)
            return
        self.queue.put_back(message, min(2.0**message.retries, 60.0), retries=message.retries + 1)


class Unacknowledged(Exception):
    """The broker did not hear that a message is done; it hands it out again."""


def wait_in_queue(patch: pytest.MonkeyPatch, machine: Machine) -> None:
    """Lets the sweep see what waits, as it does in Redis."""
    patch.setattr(Backfin, "_waiting", lambda self, actor, options: machine.queue.keys_of(actor))
