"""Threads that want the same file at the same time share one reading."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from backfin.documents import shared_reading
from backfin.documents.shared_reading import SharedReadings
from backfin.errors import TransientError
from backfin.models import Document, Method

DOCUMENT = Document(document_id="d", media_type="application/pdf", size_bytes=1, method=Method.TEXT)


class Slow:
    """A reading that lasts until it is let go."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.count = 0
        self._error = error

    def __call__(self) -> Document:
        self.count += 1
        self.begun.set()
        assert self.let_go.wait(30)
        if self._error is not None:
            raise self._error
        return DOCUMENT


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Counts the threads that wait for another one's reading."""
    counted, wait = threading.Semaphore(0), shared_reading._awaited

    def counting(theirs: Future[Document]) -> Document:
        counted.release()
        return wait(theirs)

    monkeypatch.setattr(shared_reading, "_awaited", counting)
    return counted


def test_all_who_ask_meanwhile_get_the_one_reading(waiting: threading.Semaphore) -> None:
    readings, slow = SharedReadings(), Slow()

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(readings.read, "d", slow)
        assert slow.begun.wait(30)
        others = [threads.submit(readings.read, "d", slow) for _ in range(3)]
        assert all(waiting.acquire(timeout=30) for _ in others)
        elsewhere = readings.read("other", lambda: DOCUMENT)
        slow.let_go.set()
        found = [one.result(30) for one in (first, *others)]

    assert [DOCUMENT] * 4 == found
    assert elsewhere is DOCUMENT
    assert slow.count == 1


def test_a_later_reading_is_one_of_its_own() -> None:
    readings, counted = SharedReadings(), []

    for number in range(2):
        readings.read("d", lambda number=number: counted.append(number) or DOCUMENT)  # type: ignore[misc]

    assert counted == [0, 1]


@pytest.mark.parametrize(
    ("error", "for_others"),
    [(TransientError("no reader"), "no reader"), (KeyboardInterrupt(), "interrupted")],
    ids=["failure", "interrupt"],
)
def test_who_waited_for_a_reading_that_broke_off_may_try_again(
    waiting: threading.Semaphore, error: BaseException, for_others: str
) -> None:
    readings, slow = SharedReadings(), Slow(error)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(readings.read, "d", slow)
        assert slow.begun.wait(30)
        other = threads.submit(readings.read, "d", slow)
        assert waiting.acquire(timeout=30)
        slow.let_go.set()
        waited = other.exception(30)

    assert isinstance(waited, TransientError)
    assert for_others in str(waited)
    assert first.exception() is error
    assert readings.read("d", lambda: DOCUMENT) is DOCUMENT
