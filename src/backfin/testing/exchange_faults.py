"""Which request goes wrong, and how: every n-th one that a fault can happen to."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from backfin.errors import ConfigError

#: Every how many requests a fault happens, when nothing is said.
EVERY = 7

#: Fault → what it can happen to: the announcement feed, attachments, or any request.
FAULTS = {
    "block_page": "any",
    "html_200": "any",
    "no_record": "feed",
    "empty_object": "feed",
    "reset": "any",
    "slow": "any",
    "timeout": "any",
    "error_500": "any",
    "rate_limited": "any",
    "truncated": "file",
    "empty_body": "any",
    "redirect": "any",
}


class Faults:
    """The faults that are switched on. Safe to share between threads.

    Faults that fall due together happen one after the other, with a clean answer between two of them, unless
    one happens to every request.
    """

    def __init__(self, specs: Iterable[str] = ()) -> None:
        self.happened: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._every: dict[str, int] = {}
        self._seen: Counter[str] = Counter()
        self._due: list[str] = []
        self._was_faulty = False
        for spec in specs:
            self.add(*parse_fault(spec))

    def add(self, name: str, every: int = EVERY) -> None:
        """Makes a fault happen to every ``every``-th request.

        Raises:
            ConfigError: There is no such fault.
        """
        with self._lock:
            self._every[_known(name)] = every

    def once(self, name: str, times: int = 1) -> None:
        """Makes a fault happen to the next ``times`` requests it can happen to."""
        with self._lock:
            self._due += [_known(name)] * times
            self._was_faulty = False

    def clear(self) -> None:
        """Switches all faults off."""
        with self._lock:
            self._every.clear()
            self._due.clear()

    def take(self, kind: str) -> str | None:
        """The fault of the next request of a kind (``feed``, ``file`` or ``other``), or ``None``."""
        with self._lock:
            periodic = self._count(kind)
            name = next((due for due in self._due if FAULTS[due] in ("any", kind)), None)
            is_constant = name is not None and self._every.get(name) == 1
            if name is None or (self._was_faulty and periodic and not is_constant):
                self._was_faulty = False
                return None
            self._due.remove(name)
            self._was_faulty = bool(self._every)
            self.happened[name] += 1
            return name

    def _count(self, kind: str) -> bool:
        """Counts a request for every periodic fault; returns whether there are any."""
        for name, every in self._every.items():
            if FAULTS[name] in ("any", kind):
                self._seen[name] += 1
                if self._seen[name] % every == 0 and name not in self._due:
                    self._due.append(name)
        return bool(self._every)


def parse_fault(spec: str) -> tuple[str, int]:
    """Reads ``NAME`` or ``NAME:EVERY``.

    >>> parse_fault("reset"), parse_fault("reset:3")
    (('reset', 7), ('reset', 3))

    Raises:
        ConfigError: There is no such fault, or EVERY is no number from 1.
    """
    name, colon, every = spec.partition(":")
    if colon and not (every.isdecimal() and int(every) > 0):
        raise ConfigError(f"{spec!r} is no fault; write NAME or NAME:EVERY with EVERY from 1.")
    return _known(name), int(every) if colon else EVERY


def _known(name: str) -> str:
    if name not in FAULTS:
        raise ConfigError(f"There is no fault {name!r}; choose from {', '.join(FAULTS)}.")
    return name
