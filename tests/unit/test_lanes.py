"""How bulk work keeps out of the way of live work."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from backfin.lanes import BulkShare, Lanes, Role


def test_no_more_than_its_share_is_in_hand() -> None:
    share = BulkShare(2)

    assert [share.take(0) for _ in range(3)] == [True, True, False]
    share.give()
    assert share.take(0)
    share.give(5)
    assert not share.is_used


@pytest.mark.parametrize(
    ("siblings", "bulk_processes", "takers"),
    [
        (["a"], 1, ["a"]),
        (["a", "b"], 1, ["a"]),
        (["c", "b", "a"], 2, ["a", "b"]),
        (["a", "b"], 2, ["a", "b"]),
    ],
)
def test_some_processes_of_a_command_take_bulk_work(
    siblings: list[str], bulk_processes: int, takers: list[str]
) -> None:
    roles = {one: Role.among(one, siblings, bulk_processes) for one in siblings}

    assert sorted(one for one, role in roles.items() if role.takes_bulk) == takers
    # Whoever has a sibling that is free for live work leaves it to that one, and nobody else does.
    apart = [role.keeps_apart for role in roles.values() if role.takes_bulk]
    assert apart == [len(siblings) > bulk_processes] * len(takers)


@pytest.mark.parametrize("siblings", [["a"], ["a", "b"], ["a", "b", "c"]])
@pytest.mark.parametrize("in_hand", [True, False])
@pytest.mark.parametrize("piles_up", [True, False])
def test_some_process_always_takes_live_work_and_all_do_when_it_piles_up(
    siblings: list[str], in_hand: bool, piles_up: bool
) -> None:
    held = [
        Role.among(one, siblings, 1).holds(
            is_bulk=False, has_bulk_in_hand=in_hand, live_piles_up=lambda: piles_up
        )
        for one in siblings
    ]

    assert not all(held)
    assert not (piles_up and any(held))


def test_bulk_work_rests_while_live_work_piles_up() -> None:
    role = Role()
    holds = [
        role.holds(is_bulk=True, has_bulk_in_hand=False, live_piles_up=partial(bool, one))
        for one in (False, True)
    ]

    assert holds == [False, True]


def test_bulk_work_stands_back_until_live_work_has_computed() -> None:
    lanes, order = Lanes(), []
    is_inside, may_end = threading.Event(), threading.Event()

    def live() -> None:
        with lanes.live():
            is_inside.set()
            may_end.wait(10)
            order.append("live")

    def bulk() -> None:
        with lanes.bulk():
            order.append("bulk")

    threads = [threading.Thread(target=live), threading.Thread(target=bulk)]
    threads[0].start()
    is_inside.wait(10)
    threads[1].start()
    threads[1].join(0.05)
    may_end.set()
    for thread in threads:
        thread.join(10)

    assert order == ["live", "bulk"]


def test_live_work_waits_for_no_bulk_work() -> None:
    lanes = Lanes()

    with lanes.bulk(), lanes.live():
        pass
