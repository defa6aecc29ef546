"""Threads that all begin at one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(work: Callable[[T], object], items: Iterable[T]) -> None:
    """Calls ``work`` with each item, all at once, each in a thread of its own; an error in any is raised."""
    given = list(items)
    gate = threading.Barrier(len(given))

    def run(item: T) -> None:
        gate.wait()
        work(item)

    with ThreadPoolExecutor(len(given)) as threads:
        for done in [threads.submit(run, item) for item in given]:
            done.result()
