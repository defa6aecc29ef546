"""Many threads of several processes write to one store at once, and nothing is lost, doubled or refused."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from backfin.models import CallLimits, State
from backfin.storage import Store
from store_contract import crowd
from store_contract.crowd import ROUNDS, THREADS
from store_contract.made import LATER, NOON, announcement, delivery

PROCESSES = 2


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'backfin.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Processes of their own that begin each piece of work at the same moment."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(PROCESSES, timeout=100)
    with ProcessPoolExecutor(PROCESSES, spawn, initializer=crowd.prepare, initargs=(barrier,)) as pool:
        yield pool


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    store.upgrade()
    yield store
    store.close()


def test_everything_is_stored_once_and_nobody_is_refused(
    store: Store, url: str, processes: ProcessPoolExecutor
) -> None:
    working = [processes.submit(crowd.run_process, url, number) for number in range(PROCESSES)]
    results = [one.result(timeout=100) for one in working]

    won = Counter(key for keys, _ in results for key in keys)
    assert [error for _, errors in results for error in errors] == []
    assert set(won.values()) == {1}
    assert len(won) == 2 * (PROCESSES * THREADS * ROUNDS + ROUNDS)
    assert store.announcements.count_day("bse", date(2026, 7, 1)) > 0
    assert len(store.announcements.select(states=[State.MATCHED])) == PROCESSES * THREADS * ROUNDS


def test_processes_that_meet_the_same_people_make_each_once(
    store: Store, url: str, processes: ProcessPoolExecutor
) -> None:
    meeting = [processes.submit(crowd.meet_people, url, number) for number in range(PROCESSES)]
    for one in meeting:
        one.result(timeout=60)

    people = {name: store.investors.find(name) for name in crowd.PEOPLE}
    assert len(set(people.values())) == len(crowd.PEOPLE) // 2 == len(store.investors.list())
    assert all(people[one] == people[other] for one, other in batched_pairs(crowd.PEOPLE))
    assert len(store.judgements.list()) == len(crowd.PEOPLE) // 2
    for process in range(PROCESSES):
        for place in range(len(crowd.PEOPLE)):
            told = store.investors.mentions(f"bse:{100 * (process + 1) + place}")
            assert [one.investor_id for one in told] == [people[one.name_as_written] for one in told]


def batched_pairs(names: list[str]) -> list[tuple[str, str]]:
    """Names two by two."""
    return list(zip(names[::2], names[1::2], strict=True))


def test_a_claim_is_won_once(store: Store) -> None:
    store.announcements.add([announcement()], due_at=LATER)
    store.deliveries.record("bse:1", [delivery()], due_at=LATER)
    won = []

    def claim() -> None:
        won.append(store.deliveries.claim(delivery().delivery_id, due_at=LATER))

    threads = [threading.Thread(target=claim) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in won if one is not None]) == 1


def test_processes_upgrade_one_empty_database_at_once(url: str, processes: ProcessPoolExecutor) -> None:
    upgrading = [processes.submit(crowd.upgrade, url) for _ in range(PROCESSES)]
    for one in upgrading:
        one.result(timeout=60)

    with contextlib.closing(Store(url)) as store:
        assert store.announcements.add([announcement()], due_at=LATER) == ["bse:1"]


def test_turns_at_a_host_are_handed_out_once(store: Store) -> None:
    turns: list[float] = []

    def take() -> None:
        for _ in range(10):
            turns.append(store.hosts.take_turn("api.example", 1.0, 1000.0)[0])

    threads = [threading.Thread(target=take) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    gaps = [later - earlier for earlier, later in zip(sorted(turns), sorted(turns)[1:], strict=False)]
    assert len(gaps) == 10 * THREADS - 1
    assert min(gaps) >= 0.999


def _use_inherited(store: Store, answers: multiprocessing.Queue[int]) -> None:
    store.announcements.add([announcement(2)], due_at=LATER)
    answers.put(store.announcements.count_day("bse", date(2026, 7, 1)))
    store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_forked_process_opens_connections_of_its_own(store: Store) -> None:
    store.announcements.add([announcement(1)], due_at=NOON)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()

    child = context.Process(target=_use_inherited, args=(store, answers))
    child.start()
    seen = answers.get(timeout=30)
    child.join()

    assert (seen, child.exitcode) == (2, 0)
    assert store.announcements.count_day("bse", date(2026, 7, 1)) == 2


@pytest.mark.parametrize(
    "limits",
    [
        CallLimits(requests_per_minute=10, max_wait_s=0),
        CallLimits(tokens_per_minute=10_000, max_wait_s=0),
        CallLimits(daily_tokens=10_000),
        CallLimits(daily_usd=0.1),
        CallLimits(filing_calls=10),
    ],
    ids=lambda limits: "-".join(limits.model_fields_set - {"max_wait_s"}),
)
def test_processes_together_ask_no_more_of_a_model_than_is_allowed(
    store: Store, url: str, limits: CallLimits, processes: ProcessPoolExecutor
) -> None:
    asking = [processes.submit(crowd.begin_calls, url, limits) for _ in range(PROCESSES)]
    begun = [one.result(timeout=100) for one in asking]

    assert sum(begun) == 10
