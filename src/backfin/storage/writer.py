"""The one connection through which a process writes to an SQLite file, and whose commits its threads share."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import copy_context
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from backfin.storage.engine import begin, commit
from backfin.storage.turns import WriterTurn

T = TypeVar("T")

#: Most works in one commit.
MOST = 16

#: After so many seconds whoever waits looks whether anybody works: a thread that is interrupted may have told nobody.
OVERDUE_S = 0.05


class _Job:
    """Work that a thread wants to be done in a transaction, and what came of it."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self._work = work
        self._context = copy_context()
        self._found: Any = None
        self._error: Exception | None = None
        self.is_over = False
        #: Open when its thread has to look, for it is over or others wait. A lock costs less than an event.
        self._bell = threading.Lock()
        self._bell.acquire()

    def run(self, connection: Connection) -> None:
        """Does it as its own thread would."""
        self._found = self._context.run(self._work, connection)

    def end(self, error: Exception | None) -> None:
        """Tells its thread that it is stored, or why it is not."""
        self._error = error
        self.is_over = True
        self.wake()

    def wake(self) -> None:
        """Lets its thread look what there is to do."""
        with suppress(RuntimeError):  # somebody has woken it, and it has not come yet
            self._bell.release()

    def wait(self) -> None:
        """Waits until it is woken, or overdue."""
        self._bell.acquire(timeout=OVERDUE_S)

    def result(self) -> Any:
        """What the work returned.

        Raises:
            Exception: What it, or its commit, raised.
        """
        if self._error is not None:
            raise self._error
        return self._found


class SqliteWriter:
    """Transactions of all threads of a process, one after the other, on one connection.

    SQLite lets one writer in at a time anyway. A connection that stays keeps the pages that it has read and the
    statements that it has prepared; another one would read anew what this one has changed.

    A thread whose turn it is also does what others wait for, and commits all of it at once: the pages that they all
    change are written once, and none has to wake up for a turn of its own. After an error nothing of it is stored, and
    each is done again, alone.

    Args:
        engine: Opens the connection.
        database: The SQLite file.
    """

    def __init__(self, engine: Engine, database: Path) -> None:
        self._engine = engine
        self._turn = WriterTurn(database)
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        #: How many of those that wait are done alone.
        self._alone = 0
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Does some work in a transaction, and returns what it returns once that is stored.

        Another thread may do it, in a transaction with others' work; and it may be done again after it was undone.
        """
        job = _Job(work)
        self._waiting.append(job)
        try:
            while not job.is_over:
                self._help_or_wait(job)
        except BaseException:
            with suppress(ValueError):
                self._waiting.remove(job)
            raise
        found: T = job.result()
        return found

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Waits for its turn; all of it is stored when the block is left, or, after an error, nothing."""
        with self._locked(), self._opened() as connection:
            yield connection

    def forget(self) -> None:
        """Closes the connection; the next transaction opens another one."""
        with self._locked():
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Closes the connection and the writers' lock."""
        self.forget()
        self._turn.close()

    def _help_or_wait(self, job: _Job) -> None:
        if not self._lock.acquire(blocking=False):
            job.wait()
            return
        try:
            if self._waiting:
                self._do_waiting()
        finally:
            self._give_up_lock()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._lock.acquire()
        try:
            yield
        finally:
            self._give_up_lock()

    def _give_up_lock(self) -> None:
        self._lock.release()
        with suppress(IndexError):
            self._waiting[0].wake()

    def _do_waiting(self) -> None:
        """Does what waits, the longest first, and ends it; what is not stored for the sake of others waits on."""
        jobs: list[_Job] = []
        try:
            self._store(jobs)
        except Exception as error:
            if not jobs:
                raise
            if len(jobs) > 1:
                self._put_back(jobs)
                self._alone = len(jobs)
                return
            self._end(jobs, error)
        except BaseException:  # this thread is interrupted, which is none of the others' business
            self._put_back(jobs)
            raise
        else:
            self._end(jobs, None)

    def _store(self, jobs: list[_Job]) -> None:
        most = 1 if self._alone else MOST
        with self._opened() as connection:
            while self._waiting and len(jobs) < most:
                jobs.append(self._waiting.popleft())
                jobs[-1].run(connection)

    def _put_back(self, jobs: list[_Job]) -> None:
        self._waiting.extendleft(reversed(jobs))

    def _end(self, jobs: list[_Job], error: Exception | None) -> None:
        self._alone = max(0, self._alone - 1)
        for job in jobs:
            job.end(error)

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        """A transaction on the connection, which stays unless something goes wrong."""
        with self._turn, ExitStack() as undoing:
            connection = self._connection or self._engine.connect()
            self._connection = None
            undoing.callback(_close, connection)
            begin(connection, "write")
            yield connection
            commit(connection)
            undoing.pop_all()
            self._connection = connection


def _close(connection: Connection) -> None:
    """Closes a connection with which something went wrong; SQLite undoes what it began."""
    with suppress(SQLAlchemyError, sqlite3.Error):
        connection.close()
