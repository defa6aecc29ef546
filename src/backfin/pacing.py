"""Politeness inside one process. The store-backed pacer keeps the same promises across processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from backfin.errors import RateLimited

#: A cool-down never grows beyond this, in seconds.
LONGEST_COOL_DOWN_S = 24 * 3600.0


class CallClock:
    """How long a call has taken, without what it waited for its turns: politeness is no fault of the one called."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._is_waiting = False

    @property
    def taken_s(self) -> float:
        """Seconds so far; none while it waits."""
        return 0.0 if self._is_waiting else time.monotonic() - self._begun

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Leaves the block's time out."""
        since = time.monotonic()
        self._is_waiting = True
        try:
            yield
        finally:
            self._begun += time.monotonic() - since
            self._is_waiting = False


#: The clock of the call that runs in this context.
call_clock: ContextVar[CallClock | None] = ContextVar("call_clock", default=None)


@contextmanager
def waiting_for_a_turn() -> Iterator[None]:
    """Tells whoever times the call under way that the block only waits."""
    clock = call_clock.get()
    if clock is None:
        yield
        return
    with clock.waiting():
        yield


class LocalPacer:
    """Hands out one turn per host and keeps cool-downs, for the threads of one process.

    Args:
        longest_wait_s: A turn further away than this is refused instead of waited for.
        now: Monotonic seconds.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        *,
        longest_wait_s: float = 60.0,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._longest_wait_s = longest_wait_s
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_turn: dict[str, float] = {}
        self._closed_until: dict[str, tuple[float, str]] = {}
        self._failures: dict[str, int] = {}

    def wait(self, host: str, interval_s: float) -> None:
        """Returns when a request to ``host`` may start, at least ``interval_s`` after the one before.

        Raises:
            RateLimited: The host is in a cool-down, or its turn is too far away to wait for.
        """
        wait_s = self._take_turn(host, interval_s)
        if wait_s > 0:
            with waiting_for_a_turn():
                self._sleep(wait_s)
            with self._lock:
                self._refuse_when_closed(host, self._now())

    def cool_down(self, host: str, seconds: float, *, why: str) -> None:
        """Opens a cool-down of ``seconds``, doubled for each one since the last success, at most a day."""
        with self._lock:
            failures = self._failures.get(host, 0) + 1
            self._failures[host] = failures
            length_s = min(seconds * 2.0 ** min(failures - 1, 30), LONGEST_COOL_DOWN_S)
            until = max(self._now() + length_s, self._closed_until.get(host, (0.0, ""))[0])
            self._closed_until[host] = (until, why)

    def recovered(self, host: str) -> None:
        """A request succeeded: ends the counting of failures."""
        with self._lock:
            self._failures.pop(host, None)

    def _take_turn(self, host: str, interval_s: float) -> float:
        with self._lock:
            now = self._now()
            self._refuse_when_closed(host, now)
            turn = max(now, self._next_turn.get(host, now))
            wait_s = turn - now
            if wait_s > self._longest_wait_s:
                raise RateLimited(
                    f"The queue for {host} is {wait_s:.0f} s long; try again later.",
                    delay=wait_s,
                    host=host,
                    fault="queue",
                )
            self._next_turn[host] = turn + interval_s
            return wait_s

    def _refuse_when_closed(self, host: str, now: float) -> None:
        until, why = self._closed_until.get(host, (now, ""))
        if until > now:
            raise RateLimited(
                f"Staying away from {host} for another {until - now:.0f} s: {why}",
                delay=until - now,
                host=host,
                fault="cool_down",
            )
