"""What is said to be on the disk is on it, and nobody else waits for that."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backfin.errors import StoreUnavailable
from backfin.storage import Store, journal
from races import at_once


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'backfin.db'}")
    store.upgrade()
    yield store
    store.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Size of the journal at each wait for the disk, in bytes."""
    sizes: list[int] = []

    def sync(file: int) -> None:
        sizes.append(os.fstat(file).st_size)

    monkeypatch.setattr(journal, "_sync", sync)
    return sizes


def test_the_disk_has_a_durable_write_before_it_returns(
    store: Store, waits: list[int], tmp_path: Path
) -> None:
    wal = tmp_path / "backfin.db-wal"
    with store.together():
        store.runs.start("replay")
    size = wal.stat().st_size

    with store.together(durable=True):
        store.runs.start("replay")

    assert len(waits) == 1
    assert size < waits[0] == wal.stat().st_size


def test_writers_go_on_while_one_waits_for_the_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, go_on = threading.Event(), threading.Event()

    def sync(file: int) -> None:
        waiting.set()
        assert go_on.wait(20)

    def durable() -> None:
        with store.together(durable=True):
            store.runs.start("replay")

    monkeypatch.setattr(journal, "_sync", sync)
    writer = threading.Thread(target=durable)
    writer.start()
    assert waiting.wait(20)
    store.runs.start("replay")
    is_returned = not writer.is_alive()
    go_on.set()
    writer.join()

    assert not is_returned
    assert len(store.runs.list()) == 2


def test_threads_that_come_meanwhile_share_the_next_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []

    def sync(file: int) -> None:
        if not waits:
            first.wait(20)
        waits.append(file)

    def durable(_: int) -> None:
        with store.together(durable=True):
            store.runs.start("replay")

    first = threading.Event()
    monkeypatch.setattr(journal, "_sync", sync)
    threading.Timer(0.5, first.set).start()
    at_once(durable, range(8))

    assert len(store.runs.list()) == 8
    assert len(waits) <= 3


def test_a_disk_that_does_not_take_it_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def sync(file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(journal, "_sync", sync)

    with pytest.raises(StoreUnavailable, match="Input/output error"), store.together(durable=True):
        store.runs.start("replay")


def test_without_a_journal_beside_it_sqlite_waits_by_itself(tmp_path: Path, waits: list[int]) -> None:
    store = Store(f"sqlite:///{tmp_path / 'plain.db'}")
    store.upgrade()
    store.close()
    with store._database.migrating() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        connection.exec_driver_sql("BEGIN")

    with store.together(durable=True):
        store.runs.start("replay")
    with store._database.read() as connection:
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
    store.close()

    assert waits == []
    assert level == 2
