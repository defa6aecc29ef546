"""Calls of exchanges and channels within a time, whatever their code does.

A time limit of the broker is an exception that Python raises between two of its own steps: it never reaches a
thread that waits inside a socket or a lock. So these calls run in threads of their own, which are left behind
when their time is over, and a component that keeps several of them busy is not called again until one ends.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from backfin.errors import TransientError

T = TypeVar("T")

#: Slow calls of one kind that a component may have at the same time, in one process.
MOST_SLOW = 2

#: How often a thread that waits looks whether it is interrupted, in seconds.
_SLICE_S = 0.5

_Error = Callable[..., TransientError]


@dataclass(frozen=True, slots=True)
class Limits:
    """Longest calls, in seconds; each a little below the time limit of the actor that makes it.

    A call counts as slow after ``slow_s``.
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
        self._started: defaultdict[str, dict[int, float]] = defaultdict(dict)

    def call(self, name: str, limit_s: float, overdue: _Error, work: Callable[[], T]) -> T:
        """What ``work`` answers or raises.

        Args:
            name: The component and what it does, e.g. ``exchange nse, a page``.
            limit_s: Longest time, in seconds.
            overdue: Makes the error of a call that is late, or not made because others are, from its sentence.
            work: The call.
        """
        self._refuse_one_more(name, overdue)
        outcome: list[tuple[bool, Any]] = []
        done = threading.Event()

        def run() -> None:
            with self._noted(name):
                try:
                    outcome.append((True, work()))
                except BaseException as error:
                    outcome.append((False, error))
                finally:
                    done.set()

        context = copy_context()
        threading.Thread(target=context.run, args=(run,), name=f"backfin: {name}", daemon=True).start()
        self._wait(done, limit_s, name, overdue)
        is_answer, value = outcome[0]
        if is_answer:
            return value  # type: ignore[no-any-return]
        raise _harmless(value, name)

    def _refuse_one_more(self, name: str, overdue: _Error) -> None:
        now = time.monotonic()
        with self._lock:
            slow = sum(now - begun > self.limits.slow_s for begun in self._started[name].values())
        if slow >= MOST_SLOW:
            raise overdue(f"{name}: {slow} earlier calls still wait for an answer, so no other is made now.")

    def _wait(self, done: threading.Event, limit_s: float, name: str, overdue: _Error) -> None:
        deadline = time.monotonic() + limit_s
        while not done.wait(min(_SLICE_S, limit_s)):
            if time.monotonic() >= deadline:
                sentence = (
                    f"{name}: there was no answer within {limit_s:g} s; its plugin should set a time-out."
                )
                raise overdue(sentence, is_started=True)

    @contextmanager
    def _noted(self, name: str) -> Iterator[None]:
        me = threading.get_ident()
        with self._lock:
            self._started[name][me] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._started[name][me]


def _harmless(error: BaseException, name: str) -> Exception:
    """The error, or one in place of those that would end the program."""
    if isinstance(error, Exception):
        return error
    return RuntimeError(f"{name} raised {type(error).__name__}")
