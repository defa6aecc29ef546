"""Calls within a time: what counts as slow, what is left behind, and what only waits for its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backfin.bounds import Bounds, Limits
from backfin.errors import ExchangeUnavailable, RateLimited, TransientError
from backfin.pacing import LocalPacer, waiting_for_a_turn
from backfin.settings import remember


def overdue(sentence: str, *, is_started: bool = False, is_busy: bool = False) -> TransientError:
    return RateLimited(sentence, delay=1.0) if is_busy else ExchangeUnavailable(sentence)


@pytest.fixture
def end() -> Iterator[threading.Event]:
    """Ends the calls that a test leaves behind."""
    event = threading.Event()
    yield event
    event.set()


def call(bounds: Bounds, work: Callable[[], Any], limit_s: float = 30.0) -> Any:
    return bounds.call("exchange fake, a file", limit_s, overdue, work)


def in_threads(count: int, work: Callable[[], Any]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_a_call_gives_what_its_work_gives_and_raises_what_it_raises() -> None:
    def fail() -> None:
        raise ValueError("no")

    assert call(Bounds(), lambda: 7) == 7
    with pytest.raises(ValueError, match="no"):
        call(Bounds(), fail)


def test_two_slow_calls_hold_a_third_one_back_and_it_may_come_later(end: threading.Event) -> None:
    bounds = Bounds(Limits(slow_s=0.05))
    threads = in_threads(2, lambda: call(bounds, end.wait))
    time.sleep(0.2)

    with pytest.raises(RateLimited, match="2 earlier calls still wait"):
        call(bounds, lambda: 7)
    end.set()
    for thread in threads:
        thread.join()
    assert call(bounds, lambda: 7) == 7


def test_calls_left_behind_are_the_fault_of_the_one_called(end: threading.Event) -> None:
    bounds = Bounds(Limits(slow_s=0.05))
    for _ in range(2):
        with pytest.raises(ExchangeUnavailable, match="no answer within"):
            call(bounds, end.wait, limit_s=0.1)

    with pytest.raises(ExchangeUnavailable, match="2 earlier calls still wait"):
        call(bounds, lambda: 7, limit_s=0.1)


def test_a_loop_without_an_end_is_ended_when_its_time_is_over() -> None:
    bounds, rounds = Bounds(Limits()), [0]

    def loop() -> None:
        while True:
            rounds[0] += 1

    with pytest.raises(ExchangeUnavailable, match="no answer within"):
        call(bounds, loop, limit_s=0.1)

    deadline = time.monotonic() + 10
    while any("fake, a file" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.02)


class CannotSay(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError("no login with hush-hush-1"), "no login with **********"),
        (ExchangeUnavailable("no login with hush-hush-1"), "no login with **********"),
        (KeyError("hush-hush-1"), "'**********'"),
        (
            OSError(2, "No such file", "/hush-hush-1"),
            "FileNotFoundError: [Errno 2] No such file: '/**********'",
        ),
        (CannotSay(), "CannotSay cannot say why: ValueError"),
        (SystemExit(1), "exchange fake, a file raised SystemExit"),
    ],
)
def test_what_a_call_raises_says_no_secret(
    error: BaseException, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backfin.settings.secrets._remembered", set())
    remember(["hush-hush-1"])

    def fail() -> None:
        raise error

    with pytest.raises(Exception) as caught:
        call(Bounds(), fail)

    assert str(caught.value) == says


def test_a_component_that_hangs_or_fails_when_closed_holds_up_nobody(end: threading.Event) -> None:
    bounds = Bounds(Limits(close_s=0.05))

    bounds.close("exchange fake", end.wait)
    bounds.close("exchange fake", lambda: 1 / 0)


def test_who_waits_for_his_turn_is_not_slow(end: threading.Event) -> None:
    bounds = Bounds(Limits(slow_s=0.05))

    def wait_for_a_turn() -> int:
        with waiting_for_a_turn():
            end.wait()
        return 7

    answers: list[int] = []
    threads = in_threads(4, lambda: answers.append(call(bounds, wait_for_a_turn, limit_s=0.1)))
    time.sleep(0.3)

    assert call(bounds, lambda: 8) == 8
    end.set()
    for thread in threads:
        thread.join()
    assert answers == [7] * 4


def test_a_pacer_says_that_its_callers_wait() -> None:
    bounds = Bounds(Limits(slow_s=0.05))
    pacer = LocalPacer()
    pacer.wait("host", 0.4)

    assert call(bounds, lambda: pacer.wait("host", 0), limit_s=0.2) is None
