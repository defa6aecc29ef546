"""The reader processes of one process: who is idle, who waits for a turn, who has to go."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from backfin.documents.process import ReaderProcess
from backfin.errors import TransientError
from backfin.settings import DocumentSettings

#: Longest uninterrupted wait for a reader in seconds; see :mod:`backfin.documents.frames`.
_WAIT_S = 0.25


class Loan:
    """A reader in use; handed back only when it is known to be sound."""

    def __init__(self, reader: ReaderProcess) -> None:
        self.reader = reader
        self.is_sound = False


class Crew:
    """The readers of one process."""

    def __init__(self, settings: DocumentSettings) -> None:
        self._max_memory_bytes = settings.max_memory_bytes
        self._turns = threading.BoundedSemaphore(settings.processes)
        self._scan_turns = threading.BoundedSemaphore(max(settings.processes - 1, 1))
        self._idle: deque[ReaderProcess] = deque()
        self._all: set[ReaderProcess] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until fewer than ``processes`` files are being read."""
        with self._turn_of(self._turns):
            yield

    @contextmanager
    def scan_turn(self) -> Iterator[None]:
        """Waits until fewer scans are being read than there are readers, or none where there is one reader.

        A scan takes most of a minute in a program of its own. It holds a turn of this kind only, so that texts,
        which take milliseconds, never wait for it.
        """
        with self._turn_of(self._scan_turns):
            yield

    @contextmanager
    def _turn_of(self, turns: threading.BoundedSemaphore) -> Iterator[None]:
        while not turns.acquire(timeout=_WAIT_S):
            self.check_open()
        try:
            yield
        finally:
            turns.release()

    @contextmanager
    def helpers(self, most: int) -> Iterator[list[Loan]]:
        """Lends up to ``most`` further readers, as far as they run and have nothing to do at this moment."""
        with ExitStack() as stack:
            loans: list[Loan] = []
            while len(loans) < most and self._idle and self._turns.acquire(blocking=False):
                stack.callback(self._turns.release)
                loans.append(stack.enter_context(self.reader()))
            yield loans

    @contextmanager
    def reader(self) -> Iterator[Loan]:
        """Lends a reader; one not found sound at the end is ended, also when the thread is interrupted."""
        loan = Loan(self._take())
        try:
            yield loan
        finally:
            if loan.is_sound:
                self._idle.append(loan.reader)
            else:
                self._discard(loan.reader)
            if self._is_closed:
                self._discard_idle()

    def check_open(self) -> None:
        """Raises ``TransientError`` once the crew is closed."""
        if self._is_closed:
            raise TransientError("The pool of document readers was closed meanwhile; read the file again.")

    def pids(self) -> list[int]:
        """Numbers of the processes that run."""
        with self._lock:
            return sorted(reader.pid for reader in self._all if reader.is_alive())

    def close(self) -> None:
        """Ends every process; whoever waits or reads gets an error."""
        self._is_closed = True
        with self._lock:
            readers = list(self._all)
        for reader in readers:
            reader.signal_kill()
        # Those in use are freed by the threads that use them, which see them end now.
        self._discard_idle()

    def disown(self) -> None:
        """Lets go of processes that another process started."""
        for reader in list(self._all):
            reader.disown()

    def _take(self) -> ReaderProcess:
        while (reader := self._pop_idle()) is not None:
            if reader.is_alive():
                return reader
            self._discard(reader)
        self.check_open()
        reader = ReaderProcess(self._max_memory_bytes)
        with self._lock:
            self._all.add(reader)
        return reader

    def _discard_idle(self) -> None:
        while (reader := self._pop_idle()) is not None:
            self._discard(reader)

    def _pop_idle(self) -> ReaderProcess | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _discard(self, reader: ReaderProcess) -> None:
        with self._lock:
            self._all.discard(reader)
        reader.dispose()
