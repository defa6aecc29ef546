"""Calls of plugins' code within a time, whatever it does.

A time limit of the broker is an exception that Python raises between two of its own steps: it never reaches a
thread that waits inside a socket or a lock. So these calls run in threads of their own, which are left behind
when their time is over, and a component that keeps several of them busy is not called again until one ends.
A thread that is left behind gets such an exception too: it ends a loop, and what waits as soon as it goes on.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from backfin.errors import BackfinError
from backfin.pacing import CallClock, call_clock
from backfin.settings import scrub

log = logging.getLogger("backfin")

T = TypeVar("T")

#: Slow calls of one kind that a component may have at the same time, in one process.
MOST_SLOW = 2

#: How often a thread that waits looks whether it is interrupted, in seconds.
_SLICE_S = 0.5

_Error = Callable[..., Exception]


class LeftBehind(BaseException):
    """Ends a call for which nobody waits any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Longest calls, in seconds; each a little below the time limit of the actor that makes it.

    A call of an exchange or a channel counts as slow after ``slow_s``, any other one when its time is over. What a
    call waits for its turn at a host does not count.
    """

    page_s: float = 300.0
    issuers_s: float = 550.0
    file_s: float = 280.0
    send_s: float = 100.0
    read_s: float = 280.0
    enrich_s: float = 100.0
    remote_enrich_s: float = 280.0
    observe_s: float = 10.0
    close_s: float = 5.0
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

    def call(
        self,
        name: str,
        limit_s: float,
        overdue: _Error,
        work: Callable[[], T],
        *,
        slow_s: float | None = None,
    ) -> T:
        """What ``work`` answers or raises.

        Args:
            name: The component and what it does, e.g. ``exchange nse, a page``.
            limit_s: Longest time, in seconds.
            overdue: Makes the error of a call that is late (``is_started``), or not made because others are slow
                (``is_busy``) or left behind, from its sentence.
            work: The call.
            slow_s: After so many seconds it counts as slow; ``limits.slow_s`` without.
        """
        self._refuse_one_more(name, limit_s, overdue, self.limits.slow_s if slow_s is None else slow_s)
        outcome: list[tuple[bool, Any]] = []
        done, clock = threading.Event(), CallClock()

        def run() -> None:
            call_clock.set(clock)
            with suppress(LeftBehind), self._noted(name, clock):
                try:
                    outcome.append((True, work()))
                except BaseException as error:
                    outcome.append((False, error))
                finally:
                    done.set()

        context = copy_context()
        thread = threading.Thread(target=context.run, args=(run,), name=f"backfin: {name}", daemon=True)
        thread.start()
        if not self._is_in_time(done, clock, limit_s):
            _interrupt(thread)
            sentence = f"{name}: there was no answer within {limit_s:g} s; its plugin should set a time-out."
            raise overdue(sentence, is_started=True)
        is_answer, value = outcome[0]
        if is_answer:
            return value  # type: ignore[no-any-return]
        raise _fit_to_keep(_harmless(value, name))

    def observe(self, name: str, work: Callable[[], object]) -> None:
        """Lets somebody look at what happened.

        Raises:
            TimeoutError: That took too long.
        """
        limit_s = self.limits.observe_s
        self.call(name, limit_s, _overdue, work, slow_s=limit_s)

    def close(self, name: str, work: Callable[[], object]) -> None:
        """Lets a component close what it keeps open; one that fails at it, or takes long, holds up no other."""
        try:
            self.call(f"{name}, closing", self.limits.close_s, _overdue, work)
        except Exception as error:
            log.warning("%s did not close: %s: %s", name, type(error).__name__, error)

    def _refuse_one_more(self, name: str, limit_s: float, overdue: _Error, slow_s: float) -> None:
        with self._lock:
            taken_s = sorted((clock.taken_s for clock in self._running[name]), reverse=True)
        if len(taken_s) >= MOST_SLOW and taken_s[MOST_SLOW - 1] > slow_s:
            is_busy = taken_s[MOST_SLOW - 1] < limit_s
            sentence = f"{name}: {MOST_SLOW} earlier calls still wait for an answer, so no other is made now."
            raise overdue(sentence, is_busy=is_busy)

    @staticmethod
    def _is_in_time(done: threading.Event, clock: CallClock, limit_s: float) -> bool:
        while not done.wait(min(_SLICE_S, limit_s)):
            if clock.taken_s >= limit_s:
                return False
        return True

    @contextmanager
    def _noted(self, name: str, clock: CallClock) -> Iterator[None]:
        with self._lock:
            self._running[name].add(clock)
        try:
            yield
        finally:
            with self._lock:
                self._running[name].discard(clock)


def _interrupt(thread: threading.Thread) -> None:
    from dramatiq.threading import raise_thread_exception

    if thread.ident is not None and thread.is_alive():
        raise_thread_exception(thread.ident, LeftBehind)


def _overdue(sentence: str, **_: Any) -> TimeoutError:
    return TimeoutError(sentence)


def _fit_to_keep(error: Exception) -> Exception:
    """The error without secrets in what it says, which is logged, stored and shown."""
    if isinstance(error, BackfinError):
        error.sentence = scrub(str(error.sentence))
    error.args = tuple(scrub(one) if isinstance(one, str) else one for one in error.args)
    try:
        said = str(error)
    except Exception as problem:
        return RuntimeError(f"{type(error).__name__} cannot say why: {type(problem).__name__}")
    clean = scrub(said)
    return error if clean == said else RuntimeError(f"{type(error).__name__}: {clean}")


def _harmless(error: BaseException, name: str) -> Exception:
    """The error, or one in place of those that would end the program."""
    if isinstance(error, Exception):
        return error
    return RuntimeError(f"{name} raised {type(error).__name__}")
