"""What a process does at this moment: steps under way, done and failed."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

#: Bounds of the classes that the durations of steps are counted in, in seconds.
STEP_BOUNDS_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

#: What is counted of an actor's steps: how they ended, their milliseconds in all, and those within each bound.
DONE, FAILED, MILLISECONDS, WITHIN = "done", "failed", "ms", tuple(f"le {bound:g}" for bound in STEP_BOUNDS_S)


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
        self._counts: Counter[tuple[str, str]] = Counter()
        #: Steps by the first of the bounds that they kept.
        self._classes: Counter[tuple[str, int]] = Counter()
        self.done = 0
        self.failed = 0
        self.last_s = time.time()

    @contextmanager
    def step(self, actor: str, item: str) -> Iterator[None]:
        """Counts a step while the block lasts, as failed when it ends with an error."""
        thread, now_s, began_s = threading.get_ident(), time.time(), time.monotonic()
        with self._lock:
            before = self._running.get(thread)
            self._running[thread] = Doing(actor, item, now_s)
            self.last_s = now_s
        has_failed = True
        try:
            yield
            has_failed = False
        finally:
            seconds = time.monotonic() - began_s
            with self._lock:
                self._end(thread, before, has_failed)
                self._count(actor, seconds, has_failed)

    def _end(self, thread: int, before: Doing | None, has_failed: bool) -> None:
        if before is None:
            self._running.pop(thread, None)
        else:
            self._running[thread] = before
        self.done += not has_failed
        self.failed += has_failed
        self.last_s = time.time()

    def _count(self, actor: str, seconds: float, has_failed: bool) -> None:
        self._counts[actor, MILLISECONDS] += round(seconds * 1000)
        self._counts[actor, FAILED if has_failed else DONE] += 1
        self._classes[actor, bisect_left(STEP_BOUNDS_S, seconds)] += 1

    def take_counts(self) -> Counter[tuple[str, str]]:
        """What was counted of each actor's steps since the last time, by ``(actor, what)``."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
            classes, self._classes = self._classes, Counter()
        for (actor, first), count in classes.items():
            taken.update({(actor, within): count for within in WITHIN[first:]})
        return taken

    def running(self) -> list[Doing]:
        """The steps under way, the longest first."""
        with self._lock:
            return sorted(self._running.values(), key=lambda doing: doing.since_s)
