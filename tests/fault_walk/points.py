"""Points: each touch of something outside the process, numbered in order, and the one that goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from backfin.testing import FrozenClock

#: How long what is away stays away, where a fault lasts.
OUTAGE = timedelta(seconds=90)

#: The touch fails, and nothing took effect.
ERROR = "error"
#: It fails, and so does everything of its kind for a while.
OUTAGE_FROM = "outage"
#: It takes effect, and the answer is lost.
LOST_ANSWER = "lost answer"
#: It fails at its very end, before anything took effect.
ERROR_WITHIN = "error within"
#: The process dies before, within, or after it.
CRASH, CRASH_WITHIN, CRASH_AFTER = "crash", "crash within", "crash after"
#: Everything that waits in the queue is gone, as after ``FLUSHALL``.
FLUSHED = "flushed"

READING = (ERROR, OUTAGE_FROM, CRASH)
WRITING = (*READING, LOST_ANSWER, ERROR_WITHIN, CRASH_WITHIN, CRASH_AFTER)
SENDING = (*READING, LOST_ANSWER, CRASH_AFTER)


class Crash(BaseException):
    """The process is gone: nothing catches this, and whatever it still touches on its way out is gone as well."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One touch of a clean run."""

    number: int
    actor: str
    boundary: str
    what: str
    kinds: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number}: {self.actor} {self.boundary} {self.what}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, at which touch."""

    touch: Touch
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.touch}"


class Points:
    """Counts the touches of steps, and says at each what goes wrong there.

    Args:
        clock: Ends what lasts for a while.
        fault: The one fault of this run; none where it only records.
    """

    def __init__(self, clock: FrozenClock, fault: Fault | None = None) -> None:
        self.touches: list[Touch] = []
        self.fault = fault
        self.has_struck = False
        #: The actor whose message is at hand; outside of messages nothing is counted.
        self.actor: str | None = None
        self._clock = clock
        self._ends_at = clock.now()
        self._is_dead = False

    @contextmanager
    def message(self, actor: str) -> Iterator[None]:
        """Counts what is touched while a message of an actor is at hand."""
        self.actor = actor
        try:
            yield
        finally:
            self.actor, self._is_dead = None, False

    def met(self, boundary: str, what: str, kinds: tuple[str, ...]) -> str | None:
        """Notes a touch, and says what goes wrong with it. A crash before it has happened when this returns."""
        if self.actor is None:
            return None
        if self._is_dead:
            raise Crash
        number = len(self.touches)
        self.touches.append(Touch(number, self.actor, boundary, what, kinds))
        kind = self._kind_at(number, boundary)
        if kind == CRASH:
            self.crash()
        return ERROR if kind == OUTAGE_FROM else kind

    def away_until(self, boundary: str) -> datetime | None:
        """Until when everything of a boundary fails, where an outage of it lasts."""
        fault = self.fault
        if (
            fault is None
            or not self.has_struck
            or (fault.kind, fault.touch.boundary) != (OUTAGE_FROM, boundary)
        ):
            return None
        return self._ends_at if self._clock.now() < self._ends_at else None

    def crash(self) -> None:
        """Ends the process."""
        self._is_dead = True
        raise Crash

    @contextmanager
    def around(
        self, boundary: str, what: str, kinds: tuple[str, ...], failure: Callable[[], Exception]
    ) -> Iterator[str | None]:
        """A touch that takes effect within the block; ``failure`` makes the error of one that fails."""
        kind = self.met(boundary, what, kinds)
        if kind == ERROR:
            raise failure()
        yield kind
        if kind == LOST_ANSWER:
            raise failure()
        if kind == CRASH_AFTER:
            self.crash()

    def _kind_at(self, number: int, boundary: str) -> str | None:
        fault = self.fault
        if fault is None:
            return None
        if number == fault.touch.number:
            self.has_struck = True
            self._ends_at = self._clock.now() + OUTAGE
            return fault.kind
        return OUTAGE_FROM if self.away_until(boundary) else None
