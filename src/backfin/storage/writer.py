"""The one connection through which a process writes to an SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from backfin.storage.engine import begin, commit
from backfin.storage.turns import WriterTurn


class SqliteWriter:
    """Transactions of all threads of a process, one after the other, on one connection.

    SQLite lets one writer in at a time anyway. A connection that stays keeps the pages that it has read and the
    statements that it has prepared; another one would read anew what this one has changed.

    Args:
        engine: Opens the connection.
        database: The SQLite file.
    """

    def __init__(self, engine: Engine, database: Path) -> None:
        self._engine = engine
        self._turn = WriterTurn(database)
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Waits for its turn; all of it is stored, or, after an error, nothing."""
        with self._turn:
            connection = self._connection or self._engine.connect()
            self._connection = None  # stays only if nothing goes wrong
            try:
                begin(connection, "write")
                yield connection
                commit(connection)
            except BaseException:
                with suppress(SQLAlchemyError):
                    connection.close()
                raise
            self._connection = connection

    def forget(self) -> None:
        """Closes the connection; the next transaction opens another one."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Closes the connection and the writers' lock."""
        self.forget()
        self._turn.close()
