"""What this thread works on: the message in hand, for whoever tells of it, such as a log line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Work(NamedTuple):
    """One step on one item.

    ``item`` is the id of an announcement, a delivery or a run, or what else the message carries. ``run`` is the replay
    that the work belongs to.
    """

    actor: str
    item: str = ""
    run: str | None = None


_in_hand: ContextVar[Work | None] = ContextVar("_in_hand", default=None)


def in_hand() -> Work | None:
    """What this thread, or the one that it works for, is at; ``None`` outside of a message."""
    return _in_hand.get()


def take_up(work: Work | None) -> None:
    """Notes what this thread works on, until it is told otherwise."""
    _in_hand.set(work)


@contextmanager
def working_on(actor: str, item: str, run: str | None = None) -> Iterator[None]:
    """Notes it while the block lasts."""
    token = _in_hand.set(Work(actor, item, run))
    try:
        yield
    finally:
        _in_hand.reset(token)
