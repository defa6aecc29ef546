"""The pacer of one process: turns, cool-downs, recovery."""

from __future__ import annotations

import pytest

from backfin.errors import RateLimited
from backfin.pacing import LONGEST_COOL_DOWN_S, LocalPacer


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pacer(time: Time) -> LocalPacer:
    return LocalPacer(now=time.now, sleep=time.sleep)


def test_turns_of_one_host_keep_their_distance(pacer: LocalPacer, time: Time) -> None:
    for _ in range(3):
        pacer.wait("a", 2.0)

    assert time.now_s == 1004.0


def test_hosts_do_not_wait_for_each_other(pacer: LocalPacer, time: Time) -> None:
    pacer.wait("a", 2.0)
    pacer.wait("b", 2.0)

    assert time.now_s == 1000.0


def test_a_turn_that_is_too_far_away_is_refused(time: Time) -> None:
    pacer = LocalPacer(longest_wait_s=5, now=time.now, sleep=lambda _: None)
    pacer.wait("a", 10.0)

    with pytest.raises(RateLimited) as raised:
        pacer.wait("a", 10.0)

    assert raised.value.delay == 10.0


def test_a_cool_down_closes_its_host_only_until_it_ends(pacer: LocalPacer, time: Time) -> None:
    pacer.cool_down("a", 30.0, why="a block page")

    pacer.wait("b", 0)
    with pytest.raises(RateLimited, match="a block page") as raised:
        pacer.wait("a", 0)
    time.sleep(30)
    pacer.wait("a", 0)

    assert raised.value.delay == 30.0


def test_cool_downs_double_until_a_request_succeeds(pacer: LocalPacer, time: Time) -> None:
    lengths = []
    for _ in range(3):
        pacer.cool_down("a", 10.0, why="x")
        lengths.append(_remaining(pacer))
        time.sleep(lengths[-1])
    pacer.recovered("a")
    pacer.cool_down("a", 10.0, why="x")

    assert lengths == [10.0, 20.0, 40.0]
    assert _remaining(pacer) == 10.0


def test_a_cool_down_never_grows_beyond_a_day(pacer: LocalPacer) -> None:
    for _ in range(2000):
        pacer.cool_down("a", 900.0, why="x")

    assert _remaining(pacer) == LONGEST_COOL_DOWN_S


def test_a_cool_down_that_opens_while_waiting_is_noticed(time: Time) -> None:
    pacer = LocalPacer(now=time.now, sleep=lambda _: pacer.cool_down("a", 60.0, why="x"))
    pacer.wait("a", 1.0)

    with pytest.raises(RateLimited):
        pacer.wait("a", 1.0)


def _remaining(pacer: LocalPacer) -> float:
    with pytest.raises(RateLimited) as raised:
        pacer.wait("a", 0)
    return float(raised.value.delay)
