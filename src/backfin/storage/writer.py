"""The one connection through which a process writes to an SQLite file, and whose commits its threads share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from backfin.storage.engine import begin, commit
from backfin.storage.turns import WriterTurn

#: Most transactions in one commit.
MOST = 16

#: After so many seconds whoever waits for a commit makes it: one that was to come was interrupted on its way.
OVERDUE_S = 0.05


class _Batch:
    """Transactions that are committed as one: all of them are on the disk, or none."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver: Any = connection.connection.dbapi_connection
        self.size = 0
        self.error: BaseException | None = None
        #: Set when it is over, once somebody waits for that.
        self.over: threading.Event | None = None

    @contextmanager
    def part(self) -> Iterator[Connection]:
        """One of the transactions; after an error nothing of it is left, and the others stay."""
        if self.size:
            self.driver.execute("SAVEPOINT part")
        try:
            yield self.connection
            if self.size:
                self.driver.execute("RELEASE part")
            self.size += 1
        except BaseException as error:
            self._undo(error)
            raise

    def _undo(self, error: BaseException) -> None:
        """Undoes the part that failed. Some errors make SQLite undo everything."""
        try:
            if self.size and self.driver.in_transaction:
                self.driver.execute("ROLLBACK TO part")
                self.driver.execute("RELEASE part")
            else:
                self.error = error
        except sqlite3.Error as failure:
            self.error = failure


class SqliteWriter:
    """Transactions of all threads of a process, one after the other, on one connection.

    SQLite lets one writer in at a time anyway. A connection that stays keeps the pages that it has read and the
    statements that it has prepared; another one would read anew what this one has changed. A thread that is done
    leaves the commit to the next one that waits already, and waits for it: the pages that they all change are
    written once.

    Args:
        engine: Opens the connection.
        database: The SQLite file.
    """

    def __init__(self, engine: Engine, database: Path) -> None:
        self._engine = engine
        self._turn = WriterTurn(database)
        self._lock = threading.Lock()
        self._coming: set[object] = set()
        self._connection: Connection | None = None
        self._batch: _Batch | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Waits for its turn; all of it is stored when the block is left, or, after an error, nothing."""
        with self._alone():
            batch = self._batch or self._begin()
            try:
                with batch.part() as connection:
                    yield connection
            finally:
                if batch.error is not None or not self._coming or batch.size >= MOST:
                    self._end(batch)
                else:
                    batch.over = batch.over or threading.Event()
        if batch.over is not None:
            self._wait(batch, batch.over)

    def forget(self) -> None:
        """Closes the connection; the next transaction opens another one."""
        with self._alone():
            if self._batch is not None:
                self._end(self._batch)
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Closes the connection and the writers' lock."""
        self.forget()
        self._turn.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps the other threads of this process out; they are known to come."""
        mine = object()
        self._coming.add(mine)
        try:
            with self._lock:
                self._coming.discard(mine)
                yield
        finally:
            self._coming.discard(mine)

    def _begin(self) -> _Batch:
        self._turn.take()
        with ExitStack() as undoing:
            undoing.callback(self._turn.give)
            connection = self._connection or self._engine.connect()
            self._connection = None  # stays only if nothing goes wrong
            undoing.callback(connection.close)
            begin(connection, "write")
            undoing.pop_all()
        self._batch = _Batch(connection)
        return self._batch

    def _end(self, batch: _Batch) -> None:
        """Commits, unless something went wrong that concerns all."""
        self._batch = None
        try:
            if batch.error is None:
                commit(batch.connection)
                self._connection = batch.connection
        except BaseException as error:
            batch.error = error
            raise
        finally:
            if batch.error is not None:
                with suppress(SQLAlchemyError, sqlite3.Error):
                    batch.connection.close()
            self._turn.give()
            if batch.over is not None:
                batch.over.set()

    def _wait(self, batch: _Batch, over: threading.Event) -> None:
        """Returns when the batch is committed.

        Raises:
            sqlite3.OperationalError: It was not.
        """
        while not over.wait(OVERDUE_S):
            with self._alone():
                if self._batch is batch:
                    self._end(batch)
        if batch.error is not None:
            raise sqlite3.OperationalError(str(batch.error)) from batch.error
