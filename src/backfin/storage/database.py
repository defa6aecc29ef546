"""The one door to the database: short transactions, and its errors in our own words."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from backfin.clock import Clock, SystemClock
from backfin.settings import mask_url
from backfin.storage.engine import begin, build_engine, make_parents, migrating, read_url
from backfin.storage.failures import FAILURES, in_our_words
from backfin.storage.journal import JournalSync
from backfin.storage.writer import SqliteWriter

T = TypeVar("T")


def _synced_by_commit() -> None:
    """PostgreSQL has waited for the disk when a commit returns."""


class _Opened:
    """What one process has open: an engine with its pool, and on SQLite its writer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sync: Callable[[], None] = _synced_by_commit
        self._writer: SqliteWriter | None = None
        if engine.dialect.name == "sqlite":
            database = Path(str(engine.url.database))
            self._writer = SqliteWriter(engine, database)
            self.sync = JournalSync(database)

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that changes something."""
        return self.engine.begin() if self._writer is None else self._writer.transaction()

    def change(self, work: Callable[[Connection], T]) -> T:
        """Does some work in a transaction, on SQLite together with what other threads wait for."""
        if self._writer is not None:
            return self._writer.run(work)
        with self.engine.begin() as connection:
            return work(connection)

    def forget(self) -> None:
        """Closes every connection; the next use opens new ones."""
        if self._writer is not None:
            self._writer.forget()
        self.engine.dispose()

    def close(self) -> None:
        """Closes every connection and the writers' lock."""
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()


class _Joined(threading.local):
    """The transaction that this thread's writes go into, while there is one for all of them."""

    connection: Connection | None = None


class Database:
    """Connections of a URL, opened when first used, for many threads, and anew in a forked process.

    Args:
        url: An SQLAlchemy URL of SQLite (a file) or PostgreSQL.
        clock: Tells the time for the columns the store fills by itself.
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self.url = read_url(url)
        self.clock = clock or SystemClock()
        # Engines of parent processes stay in here, so that a child never closes what it inherited.
        self._by_pid: dict[int, _Opened] = {}
        self._joined = _Joined()

    @property
    def shown_url(self) -> str:
        """The URL without its password."""
        return mask_url(self.url.render_as_string(hide_password=True))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the store and changes nothing.

        Inside :meth:`together` it is the block's own.
        """
        if self._joined.connection is not None:
            yield self._joined.connection
            return
        with self._told_in_our_words(), self._open().engine.connect() as connection:
            begin(connection, "read")
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """A short transaction: all of it is stored, or, after an error, nothing.

        Args:
            durable: Whether the disk must have it before this returns, so that a power cut cannot undo it. Without
                that, what was read from an exchange is read again; a message that went out cannot be called back.
        """
        if self._joined.connection is not None:
            yield self._joined.connection
            return
        with self._told_in_our_words():
            opened = self._open()
            with opened.write() as connection:
                yield connection
            if durable:
                opened.sync()

    def change(self, work: Callable[[Connection], T], *, durable: bool = False) -> T:
        """Does some work in one transaction, with all that it reads and writes, and returns what it returns.

        Cheaper than a block of :meth:`write` where many threads write, for on SQLite they share their commits. Another
        thread does it, and does it again when it was undone for another's sake: it must change nothing but the store.
        ``durable`` is as for :meth:`write`.
        """
        if self._joined.connection is not None:
            return work(self._joined.connection)

        def joined(connection: Connection) -> T:
            self._joined.connection = connection
            try:
                return work(connection)
            finally:
                self._joined.connection = None

        with self._told_in_our_words():
            opened = self._open()
            found = opened.change(joined)
            if durable:
                opened.sync()
            return found

    @contextmanager
    def together(self, *, durable: bool = False) -> Iterator[None]:
        """Makes one transaction of all that this thread reads and writes in the block, and of a block around it.

        ``durable`` is as for :meth:`write`; of an inner block it changes nothing.
        """
        if self._joined.connection is not None:
            yield
            return
        with self.write(durable=durable) as connection:
            self._joined.connection = connection
            try:
                yield
            finally:
                self._joined.connection = None

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction in which nobody else changes the schema; all of it is done, or nothing."""
        with self._told_in_our_words():
            make_parents(self.url)
            with migrating(self.url) as connection:
                yield connection
            # Connections that wait were prepared for the file as it was.
            self._open().forget()

    def close(self) -> None:
        """Closes every connection of this process. The next use opens new ones."""
        opened = self._by_pid.pop(os.getpid(), None)
        if opened is not None:
            opened.close()

    def _open(self) -> _Opened:
        opened = self._by_pid.get(os.getpid())
        if opened is None:
            make_parents(self.url)
            # Without a lock, because a fork may happen while another thread holds it: the first one in stays.
            opened = self._by_pid.setdefault(os.getpid(), _Opened(build_engine(self.url)))
        return opened

    @contextmanager
    def _told_in_our_words(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise in_our_words(error, self.shown_url) from error
