"""The bulk lane inside a process: how much of it bulk work may have, and how it stands back for live work.

Threads of one Python process share one interpreter, so bulk work that computes would slow live work down by its
number of threads, although threads are free.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Longest time a piece of bulk work stands back for live work, in seconds: a steady stream does not stop a replay.
STAND_BACK_S = 1.0


class BulkShare:
    """How many bulk messages a process has in hand. ``most`` is set when its threads are known."""

    def __init__(self, most: int = 1) -> None:
        self.most = most
        self._count = 0
        self._freed = threading.Condition()

    @property
    def is_used(self) -> bool:
        """Whether bulk work is in hand."""
        return self._count > 0

    def take(self, wait_s: float) -> bool:
        """Takes one place, waiting for it at most so long; whether there was one."""
        with self._freed:
            if not self._freed.wait_for(lambda: self._count < self.most, wait_s):
                return False
            self._count += 1
            return True

    def give(self, places: int = 1) -> None:
        """Gives places back."""
        with self._freed:
            self._count = max(0, self._count - places)
            self._freed.notify_all()


@dataclass(frozen=True, slots=True)
class Role:
    """What a worker process does for the bulk lane, beside its siblings of the same command.

    Where a command has processes to spare, some of them do bulk work and no live work at the same time, and the others
    do none, so that live work never shares an interpreter with a replay. Without a replay all do live work, and all do
    while live work piles up.

    Args:
        takes_bulk: Whether it takes bulk work.
        keeps_apart: Whether it takes no live work while it has bulk work in hand.
    """

    takes_bulk: bool = True
    keeps_apart: bool = False

    @classmethod
    def among(cls, own: str, siblings: Collection[str], bulk_processes: int) -> Role:
        """The role of one of several processes, by their ids: the same answer in each of them.

        >>> [Role.among(one, ["a", "b"], 1).takes_bulk for one in "ab"], Role.among("a", ["a"], 1).keeps_apart
        ([True, False], False)
        """
        if len(siblings) <= bulk_processes:
            return cls()
        is_chosen = own in sorted(siblings)[:bulk_processes]
        return cls(takes_bulk=is_chosen, keeps_apart=is_chosen)

    def holds(self, *, is_bulk: bool, has_bulk_in_hand: bool, live_piles_up: Callable[[], bool]) -> bool:
        """Whether no messages of a queue are taken at the moment. What costs a question is asked last."""
        if is_bulk:
            return not self.takes_bulk or live_piles_up()
        return self.keeps_apart and has_bulk_in_hand and not live_piles_up()


class Lanes:
    """Lets bulk work compute one step at a time, and not while live work computes."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._live = 0
        self._is_quiet = threading.Condition()

    @contextmanager
    def live(self) -> Iterator[None]:
        """Live work computes while the block lasts."""
        with self._is_quiet:
            self._live += 1
        try:
            yield
        finally:
            with self._is_quiet:
                self._live -= 1
                if not self._live:
                    self._is_quiet.notify_all()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Bulk work computes while the block lasts, once it is its turn and no live work does."""
        with self._turn:
            with self._is_quiet:
                self._is_quiet.wait_for(lambda: not self._live, STAND_BACK_S)
            yield
