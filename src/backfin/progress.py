"""What a process does at this moment: steps under way, done and failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Doing(NamedTuple):
    """A step under way since a time, in seconds since 1970."""

    actor: str
    item: str
    since_s: float


class Progress:
    """Counts steps. May be used by many threads at once.

    ``done`` counts the steps that ended well, ``failed`` the others, ``last_s`` is when one last began or ended, in
    seconds since 1970.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, Doing] = {}
        self.done = 0
        self.failed = 0
        self.last_s = time.time()

    @contextmanager
    def step(self, actor: str, item: str) -> Iterator[None]:
        """Counts a step while the block lasts, as failed when it ends with an error."""
        thread, now_s = threading.get_ident(), time.time()
        with self._lock:
            before = self._running.get(thread)
            self._running[thread] = Doing(actor, item, now_s)
            self.last_s = now_s
        has_failed = True
        try:
            yield
            has_failed = False
        finally:
            self._end(thread, before, has_failed)

    def _end(self, thread: int, before: Doing | None, has_failed: bool) -> None:
        with self._lock:
            if before is None:
                self._running.pop(thread, None)
            else:
                self._running[thread] = before
            self.done += not has_failed
            self.failed += has_failed
            self.last_s = time.time()

    def running(self) -> list[Doing]:
        """The steps under way, the longest first."""
        with self._lock:
            return sorted(self._running.values(), key=lambda doing: doing.since_s)
