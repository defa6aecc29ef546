"""Threads that write to one SQLite file share commits, and each is told the truth about its own transaction."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from dramatiq.threading import Interrupt, raise_thread_exception
from sqlalchemy import Connection, text

from backfin.errors import PermanentError, StoreUnavailable
from backfin.storage import turns
from backfin.storage import writer as writers
from backfin.storage.database import Database
from backfin.work import Work, in_hand, working_on

TIMEOUT_S = 20.0


class Threads:
    """Writes rows from threads that come while another one keeps all of them waiting."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool = ThreadPoolExecutor(8)
        self._first_may_end = threading.Event()
        self._first_is_in = threading.Event()
        self.statements: list[str] = []

    def first(self) -> Future[None]:
        """Keeps the others waiting until :meth:`go` is called."""
        found = self._pool.submit(self.write, "first", self._hold)
        assert self._first_is_in.wait(TIMEOUT_S)
        return found

    def behind(self, name: str, then: Callable[[Connection], None] = lambda connection: None) -> Future[None]:
        """Waits behind those that wait already, writes its row and does something more."""
        return self.come(lambda: self.write(name, then))

    def come(self, do: Callable[[], Any]) -> Future[Any]:
        """Does something that waits behind those that wait already."""
        waiting = self.waiting
        found = self._pool.submit(do)
        until(lambda: self.waiting > waiting)
        return found

    def go(self) -> None:
        """Lets the first go on, and with it the others."""
        self._first_may_end.set()

    def rows(self) -> set[str]:
        """What is stored, as another connection sees it."""
        with self._database.read() as connection:
            return set(connection.execute(text("SELECT name FROM t")).scalars())

    def close(self) -> None:
        self.go()
        self._pool.shutdown()

    @property
    def waiting(self) -> int:
        """How many wait behind the one that is in."""
        writer = self._database._open()._writer
        assert writer is not None
        return writer._tasks.qsize()

    def _hold(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(self.statements.append)
        self._first_is_in.set()
        assert self._first_may_end.wait(TIMEOUT_S)

    def write(self, name: str, then: Callable[[Connection], None] = lambda connection: None) -> None:
        """Writes a row and does something more."""

        def work(connection: Connection) -> None:
            connection.execute(text("INSERT INTO t VALUES (:name)"), {"name": name})
            then(connection)

        self._database.change(work)


def until(is_so: Callable[[], bool]) -> None:
    """Waits until something is so."""
    end = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with made.migrating() as connection:
        connection.execute(text("CREATE TABLE t (name TEXT PRIMARY KEY)"))
    yield made
    made.close()


@pytest.fixture
def threads(database: Database) -> Iterator[Threads]:
    made = Threads(database)
    yield made
    made.close()


def _fail(connection: Connection) -> None:
    raise LookupError("something is wrong with this one")


def _lose_all(connection: Connection) -> None:
    """What SQLite does by itself when the disk is full."""
    driver: Any = connection.connection.driver_connection
    driver.execute("ROLLBACK")
    raise sqlite3.OperationalError("database or disk is full")


def test_those_that_wait_share_one_commit(threads: Threads) -> None:
    tasks = [threads.first(), *(threads.behind(f"{number}") for number in range(5))]
    threads.go()

    for task in tasks:
        task.result(TIMEOUT_S)

    assert threads.rows() == {"first", "0", "1", "2", "3", "4"}
    assert threads.statements.count("COMMIT") == 1


def test_one_that_fails_takes_nobody_with_it(threads: Threads) -> None:
    first, failing, last = threads.first(), threads.behind("failing", _fail), threads.behind("last")
    threads.go()

    first.result(TIMEOUT_S)
    last.result(TIMEOUT_S)

    with pytest.raises(LookupError):
        failing.result(TIMEOUT_S)
    assert threads.rows() == {"first", "last"}


def test_the_last_one_that_fails_leaves_the_others_stored(threads: Threads) -> None:
    first, failing = threads.first(), threads.behind("failing", _fail)
    threads.go()

    first.result(TIMEOUT_S)

    with pytest.raises(LookupError):
        failing.result(TIMEOUT_S)
    assert threads.rows() == {"first"}


def test_a_row_that_is_there_twice_is_the_fault_of_the_second_one(threads: Threads) -> None:
    first, twin = threads.first(), threads.behind("first")
    threads.go()

    first.result(TIMEOUT_S)

    with pytest.raises(PermanentError, match="UNIQUE"):
        twin.result(TIMEOUT_S)
    assert threads.rows() == {"first"}


def test_what_is_done_again_is_stored_once(threads: Threads) -> None:
    runs: list[str] = []
    tasks = [threads.first(), threads.behind("second", lambda connection: runs.append("second"))]
    failing = threads.behind("failing", _fail)
    threads.go()

    for task in tasks:
        task.result(TIMEOUT_S)

    assert isinstance(failing.exception(TIMEOUT_S), LookupError)
    assert runs == ["second"] * 2
    assert threads.rows() == {"first", "second"}


def test_nobody_is_told_that_it_is_stored_when_the_commit_fails(
    threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(connection: Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(writers, "commit", full)
    tasks = [threads.first(), threads.behind("second")]
    threads.go()

    for task in tasks:
        with pytest.raises(StoreUnavailable, match="full"):
            task.result(TIMEOUT_S)
    assert threads.rows() == set()
    monkeypatch.undo()
    threads.write("later")
    assert threads.rows() == {"later"}


def test_others_are_done_again_when_one_makes_sqlite_undo_all(threads: Threads) -> None:
    first, failing, last = threads.first(), threads.behind("second", _lose_all), threads.behind("last")
    threads.go()

    first.result(TIMEOUT_S)
    last.result(TIMEOUT_S)

    with pytest.raises(StoreUnavailable, match="full"):
        failing.result(TIMEOUT_S)
    assert threads.rows() == {"first", "last"}


def test_an_interruption_in_the_work_is_that_of_its_own_thread(threads: Threads) -> None:
    def interrupt(connection: Connection) -> None:
        raise KeyboardInterrupt

    first, second = threads.first(), threads.behind("second", interrupt)
    threads.go()

    first.result(TIMEOUT_S)

    assert isinstance(second.exception(TIMEOUT_S), KeyboardInterrupt)
    assert threads.rows() == {"first"}


@pytest.mark.parametrize("is_block", [True, False])
def test_one_that_is_interrupted_while_it_waits_holds_nobody_up(
    threads: Threads, database: Database, is_block: bool
) -> None:
    names: list[int] = []

    def wait() -> None:
        names.append(threading.get_ident())
        if is_block:
            with database.write() as connection:
                connection.execute(text("INSERT INTO t VALUES ('interrupted')"))
        else:
            threads.write("interrupted")

    first, interrupted = threads.first(), threads.come(wait)
    raise_thread_exception(names[0], Interrupt)
    threads.go()

    first.result(TIMEOUT_S)
    threads.write("later")

    assert isinstance(interrupted.exception(TIMEOUT_S), Interrupt)
    assert threads.rows() - {"interrupted"} == {"first", "later"}
    assert (
        "interrupted" in threads.rows()
    ) is not is_block  # nobody hears an interruption before he is woken


def test_interruptions_of_some_threads_cost_the_others_nothing(database: Database, threads: Threads) -> None:
    stored: set[str] = set()
    idents: dict[str, int] = {}
    is_over = threading.Event()

    def write_on(who: str) -> None:
        idents[who] = threading.get_ident()
        with suppress(Interrupt):
            for number in count():
                if is_over.is_set():
                    return
                threads.write(f"{who} {number}")
                stored.add(f"{who} {number}")

    with ThreadPoolExecutor(8) as pool:
        others = [pool.submit(write_on, f"other {number}") for number in range(3)]
        for number in range(100):
            task = pool.submit(write_on, f"interrupted {number}")
            until(lambda: f"interrupted {number} 0" in stored)  # noqa: B023
            raise_thread_exception(idents[f"interrupted {number}"], Interrupt)
            task.result(TIMEOUT_S)
        is_over.set()
        for task in others:
            task.result(TIMEOUT_S)

    assert stored <= threads.rows()
    assert len(threads.rows() - stored) <= 100


def test_blocks_and_works_are_done_in_the_order_in_which_they_come(
    threads: Threads, database: Database
) -> None:
    order: list[str] = []

    def block() -> None:
        with database.write():
            order.append("block")

    def noting(name: str) -> Callable[[Connection], None]:
        return lambda connection: order.append(name)

    tasks = [threads.first(), threads.behind("a", noting("a")), threads.come(block)]
    tasks.append(threads.behind("b", noting("b")))
    threads.go()

    for task in tasks:
        task.result(TIMEOUT_S)

    assert order == ["a", "block", "b"]
    assert threads.statements.count("COMMIT") == 3


def test_a_block_whose_thread_ends_without_a_word_is_undone_and_holds_nobody_up(
    threads: Threads, database: Database
) -> None:
    left: list[Any] = []

    def begin_and_end() -> None:
        block = database.write()
        block.__enter__().execute(text("INSERT INTO t VALUES ('left')"))
        left.append(block)

    thread = threading.Thread(target=begin_and_end)
    thread.start()
    thread.join(TIMEOUT_S)

    threads.write("next")

    assert threads.rows() == {"next"}


def test_the_thread_ends_when_nothing_comes_and_begins_anew(
    threads: Threads, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "IDLE_S", 0.01)
    threads.write("first")
    writer = database._open()._writer
    assert writer is not None
    until(lambda: writer._thread is None)

    threads.write("second")

    assert threads.rows() == {"first", "second"}


def test_one_that_finds_the_store_closed_says_so_and_waits_for_nobody(
    threads: Threads, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(connection: Connection, purpose: str) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(writers, "begin", locked)
    with pytest.raises(StoreUnavailable, match="locked"):
        threads.write("first")
    monkeypatch.undo()

    threads.write("second")

    assert threads.rows() == {"second"}


def test_work_reads_what_it_wrote_and_its_own_writes_join_it(database: Database, threads: Threads) -> None:
    def work(connection: Connection) -> set[str]:
        threads.write("inside")
        return threads.rows()

    assert database.change(work) == {"inside"}

    def failing(connection: Connection) -> None:
        threads.write("undone")
        raise LookupError("something is wrong after it")

    with pytest.raises(LookupError):
        database.change(failing)
    assert threads.rows() == {"inside"}


def test_work_is_done_as_its_own_thread_would_do_it(database: Database, threads: Threads) -> None:
    seen: dict[str, Work | None] = {}

    def look(name: str) -> Callable[[Connection], None]:
        return lambda connection: seen.update({name: in_hand()})

    def of_another() -> None:
        with working_on("backfin.match", "bse:2"):
            threads.write("second", look("second"))

    first = threads.first()
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(of_another)
        until(lambda: threads.waiting > 0)
        threads.go()
        second.result(TIMEOUT_S)

    first.result(TIMEOUT_S)
    assert seen == {"second": Work("backfin.match", "bse:2")}


def test_the_writer_goes_on_after_the_schema_has_changed(database: Database, threads: Threads) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO t VALUES ('before')"))
    with database.migrating() as connection:
        connection.execute(text("ALTER TABLE t ADD COLUMN more TEXT"))

    with database.write() as connection:
        connection.execute(text("INSERT INTO t VALUES ('after', 'more')"))

    assert threads.rows() == {"before", "after"}


def test_a_turn_that_comes_when_its_thread_is_interrupted_is_given_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = turns.fcntl.flock

    def interrupted(file: int, how: int) -> None:
        lock(file, how)
        if how == turns.fcntl.LOCK_EX:
            monkeypatch.undo()
            raise KeyboardInterrupt

    monkeypatch.setattr(turns.fcntl, "flock", interrupted)
    one, other = turns.WriterTurn(tmp_path / "store.db"), turns.WriterTurn(tmp_path / "store.db")

    with pytest.raises(KeyboardInterrupt):
        one.take()

    taker = threading.Thread(target=other.take, daemon=True)
    taker.start()
    taker.join(TIMEOUT_S)
    assert not taker.is_alive()
    other.give()
    one.close()
    other.close()
