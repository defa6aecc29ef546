"""One reading for all who want the same file at the same time: reading a scan again costs minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet

from backfin.errors import TransientError
from backfin.models import Document

#: Longest uninterrupted wait in seconds: an interrupt of a thread is only delivered between two waits.
_WAIT_S = 0.25


class SharedReadings:
    """Readings under way, by key. May be used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[Document]] = {}

    def read(self, key: str, reading: Callable[[], Document]) -> Document:
        """The document of a reading, or of the one that another thread does at this moment.

        Raises:
            TransientError: The other thread was interrupted; trying again can help.
        """
        with self._lock:
            theirs = self._under_way.get(key)
            if theirs is None:
                ours = self._under_way[key] = Future[Document]()
        return _awaited(theirs) if theirs is not None else self._done(key, ours, reading)

    def _done(self, key: str, ours: Future[Document], reading: Callable[[], Document]) -> Document:
        try:
            document = reading()
        except BaseException as error:
            is_failure = isinstance(error, Exception)
            ours.set_exception(
                error if is_failure else TransientError("A reading was interrupted; it is tried again.")
            )
            raise
        else:
            ours.set_result(document)
            return document
        finally:
            with self._lock:
                del self._under_way[key]


def _awaited(theirs: Future[Document]) -> Document:
    while True:
        try:
            return theirs.result(_WAIT_S)
        except NotYet:
            if theirs.done():
                raise
