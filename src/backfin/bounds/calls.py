"""Calls of exchanges and channels within a time, whatever their code does.

A time limit of the broker is an exception that Python raises between two of its own steps: it never reaches a
thread that waits inside a socket or a lock. So these calls run in threads of their own, which are left behind
when their time is over, and a component that keeps several of them busy is not called again until one ends.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from backfin.errors import TransientError
from backfin.pacing import CallClock, call_clock

T = TypeVar("T")

#: Slow calls of one kind that a component may have at the same time, in one process.
MOST_SLOW = 2

#: How often a thread that waits looks whether it is interrupted, in seconds.
_SLICE_S = 0.5

_Error = Callable[..., TransientError]


@dataclass(frozen=True, slots=True)
class Limits:
    """Longest calls, in seconds; each a little below the time limit of the actor that makes it.

    A call counts as slow after ``slow_s``. What it waits for its turn at a host does not count.
    """

    page_s: float = 300.0
    issuers_s: float = 550.0
    file_s: float = 280.0
    send_s: float = 100.0
    slow_s: float = 30.0


class Bounds:
    """Runs calls within their time. One per process: it knows which calls still run.

    Args:
        limits: Longest calls.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._running: defaultdict[str, set[CallClock]] = defaultdict(set)

    def call(self, name: str, limit_s: float, overdue: _Error, work: Callable[[], T]) -> T:
        """What ``work`` answers or raises.

        Args:
            name: The component and what it does, e.g. ``exchange nse, a page``.
            limit_s: Longest time, in seconds.
            overdue: Makes the error of a call that is late (``is_started``), or not made because others are slow
                (``is_busy``) or left behind, from its sentence.
            work: The call.
        """
        self._refuse_one_more(name, limit_s, overdue)
        outcome: list[tuple[bool, Any]] = []
        done, clock = threading.Event(), CallClock()

        def run() -> None:
            call_clock.set(clock)
            with self._noted(name, clock):
                try:
                    outcome.append((True, work()))
                except BaseException as error:
                    outcome.append((False, error))
                finally:
                    done.set()

        context = copy_context()
        threading.Thread(target=context.run, args=(run,), name=f"backfin: {name}", daemon=True).start()
        self._wait(done, clock, limit_s, name, overdue)
        is_answer, value = outcome[0]
        if is_answer:
            return value  # type: ignore[no-any-return]
        raise _harmless(value, name)

    def _refuse_one_more(self, name: str, limit_s: float, overdue: _Error) -> None:
        with self._lock:
            taken_s = sorted((clock.taken_s for clock in self._running[name]), reverse=True)
        if len(taken_s) >= MOST_SLOW and taken_s[MOST_SLOW - 1] > self.limits.slow_s:
            is_busy = taken_s[MOST_SLOW - 1] < limit_s
            sentence = f"{name}: {MOST_SLOW} earlier calls still wait for an answer, so no other is made now."
            raise overdue(sentence, is_busy=is_busy)

    def _wait(
        self, done: threading.Event, clock: CallClock, limit_s: float, name: str, overdue: _Error
    ) -> None:
        while not done.wait(min(_SLICE_S, limit_s)):
            if clock.taken_s >= limit_s:
                sentence = (
                    f"{name}: there was no answer within {limit_s:g} s; its plugin should set a time-out."
                )
                raise overdue(sentence, is_started=True)

    @contextmanager
    def _noted(self, name: str, clock: CallClock) -> Iterator[None]:
        with self._lock:
            self._running[name].add(clock)
        try:
            yield
        finally:
            with self._lock:
                self._running[name].discard(clock)


def _harmless(error: BaseException, name: str) -> Exception:
    """The error, or one in place of those that would end the program."""
    if isinstance(error, Exception):
        return error
    return RuntimeError(f"{name} raised {type(error).__name__}")
