"""The one thread through which a process writes to an SQLite file, and which commits for all of its threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import copy_context
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from backfin.storage.engine import begin, commit
from backfin.storage.turns import WriterTurn

T = TypeVar("T")

#: Most works in one commit.
MOST = 16

#: Seconds without work after which the thread ends; the next work starts another one.
IDLE_S = 5.0

#: How often it is looked whether a thread that was lent the connection still lives, in seconds.
LOOK_S = 1.0


class _Task:
    """What a thread hands over, and what came of it."""

    def __init__(self) -> None:
        self._error: BaseException | None = None
        #: Whether its thread still waits for it.
        self.is_wanted = True
        #: Opened when it is over. A lock costs less than an event.
        self._bell = threading.Lock()
        self._bell.acquire()

    def end(self, error: BaseException | None = None) -> None:
        """Tells its thread that it is done, or why it is not."""
        self._error = error
        self._bell.release()

    def wait(self) -> None:
        """Waits until it is over.

        Raises:
            BaseException: What went wrong.
        """
        self._bell.acquire()
        if self._error is not None:
            raise self._error


class _Job(_Task):
    """Work to be done in a transaction, which may be that of others as well."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        super().__init__()
        self._work = work
        self._context = copy_context()
        #: What the work returned.
        self.found: Any = None

    def run(self, connection: Connection) -> None:
        """Does it as its own thread would."""
        self.found = self._context.run(self._work, connection)


class _Loan(_Task):
    """A transaction that a thread wants for itself."""

    def __init__(self) -> None:
        super().__init__()
        self._borrower = threading.current_thread()
        self._is_back = threading.Event()
        self.connection: Connection | None = None
        #: Whether what was done with it is to be stored.
        self.is_good = False

    def lend(self, connection: Connection) -> None:
        """Lets its thread have the connection until that gives it back, or ends without a word."""
        self.connection = connection
        self._bell.release()
        while not self._is_back.wait(LOOK_S) and self._borrower.is_alive():
            pass
        self._bell.acquire(blocking=False)

    def give_back(self) -> None:
        """Ends the loan."""
        self._is_back.set()


class _Order(_Task):
    """Something to be done while nobody writes."""

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self.do = do


class _NotGood(Exception):
    """A thread had an error with the connection that it was lent."""


class SqliteWriter:
    """Transactions of all threads of a process, one after the other, on one connection, in a thread of its own.

    SQLite lets one writer in at a time anyway. A connection that stays keeps the pages that it has read and the
    statements that it has prepared; another one would read anew what this one has changed.

    All that waits is done in one transaction: the pages that it changes are written once. After an error nothing of it
    is stored, and each work is done again, alone. The thread is one that nobody interrupts, as dramatiq does its own:
    who is interrupted between a commit and the word of it leaves all others in doubt.

    Args:
        engine: Opens the connection.
        database: The SQLite file.
    """

    def __init__(self, engine: Engine, database: Path) -> None:
        self._engine = engine
        self._turn = WriterTurn(database)
        self._tasks: SimpleQueue[_Task] = SimpleQueue()
        #: A task that was taken and that cannot be done with others.
        self._next: _Task | None = None
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Does some work in a transaction, and returns what it returns once that is stored.

        It is done in another thread, in a transaction with others' work; and again, after it was undone for another's
        sake.
        """
        job = _Job(work)
        self._hand_over(job)
        found: T = job.found
        return found

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Waits for its turn; all of it is stored when the block is left, or, after an error, nothing."""
        loan = _Loan()
        try:
            self._hand_over(loan)
            assert loan.connection is not None
            yield loan.connection
            loan.is_good = True
        finally:
            loan.give_back()
        loan.wait()

    def forget(self) -> None:
        """Closes the connection; the next transaction opens another one."""
        self._order(self._forget)

    def close(self) -> None:
        """Closes the connection and the writers' lock."""
        self._order(self._close)

    def _order(self, do: Callable[[], None]) -> None:
        """Does something while nobody writes. A process that ends may not be able to start a thread any more."""
        with self._starting:
            if self._thread is None:
                do()
                return
        self._hand_over(_Order(do))

    def _hand_over(self, task: _Task) -> None:
        """Has something done, and waits for it."""
        try:
            with self._starting:
                self._tasks.put(task)
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._serve, name="backfin-writer", daemon=True)
                    self._thread.start()
            task.wait()
        except BaseException:
            task.is_wanted = False
            raise

    def _serve(self) -> None:
        while (task := self._take()) is not None:
            if isinstance(task, _Job) and task.is_wanted:
                self._do_with_others(task)
            elif isinstance(task, _Loan):
                self._lend(task)
            elif isinstance(task, _Order):
                self._do(task.do, task)
            else:
                task.end()  # whoever wanted it was interrupted

    def _take(self) -> _Task | None:
        """What is to be done next; ``None`` when the thread is to end."""
        if self._next is not None:
            task, self._next = self._next, None
            return task
        try:
            return self._tasks.get(timeout=IDLE_S)
        except Empty:
            with self._starting:
                if self._tasks.empty():
                    self._thread = None
                    return None
            return self._tasks.get()

    def _do_with_others(self, first: _Job) -> None:
        jobs: list[_Job] = []
        try:
            with self._opened() as connection:
                for job in self._waiting_jobs(first):
                    jobs.append(job)
                    job.run(connection)
        except BaseException as error:
            if len(jobs) > 1:
                for job in jobs:
                    self._do_alone(job)
            else:
                first.end(error)
        else:
            for job in jobs:
                job.end()

    def _waiting_jobs(self, first: _Job) -> Iterator[_Job]:
        """The first one, and those behind it that may be done with it."""
        yield first
        for _ in range(MOST - 1):
            try:
                task = self._tasks.get_nowait()
            except Empty:
                return
            if not isinstance(task, _Job) or not task.is_wanted:
                self._next = task
                return
            yield task

    def _do_alone(self, job: _Job) -> None:
        def do() -> None:
            with self._opened() as connection:
                job.run(connection)

        self._do(do, job)

    def _lend(self, loan: _Loan) -> None:
        def do() -> None:
            with self._opened() as connection:
                loan.lend(connection)
                if not loan.is_good:
                    raise _NotGood

        self._do(do, loan)

    def _do(self, do: Callable[[], None], task: _Task) -> None:
        """Does something and tells its thread; nothing, when that waits no more."""
        try:
            if task.is_wanted:
                do()
        except BaseException as error:
            task.end(error)
        else:
            task.end()

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _close(self) -> None:
        self._forget()
        self._turn.close()

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        """A transaction on the connection, which stays unless something goes wrong."""
        with self._turn, ExitStack() as undoing:
            connection = self._connection or self._engine.connect()
            self._connection = None
            undoing.callback(_shut, connection)
            begin(connection, "write")
            yield connection
            commit(connection)
            undoing.pop_all()
            self._connection = connection


def _shut(connection: Connection) -> None:
    """Closes a connection with which something went wrong; SQLite undoes what it began."""
    with suppress(SQLAlchemyError, sqlite3.Error):
        connection.close()
