"""Many threads of several processes write to one store at once, and nothing is lost, doubled or refused."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from backfin.models import CallLimits, State
from backfin.storage import Store
from store_contract.crowd import ROUNDS, THREADS, begin_calls, run_process
from store_contract.made import LATER, NOON, announcement, delivery

PROCESSES = 2


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'backfin.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    store.upgrade()
    yield store
    store.close()


def test_everything_is_stored_once_and_nobody_is_refused(store: Store, url: str) -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    processes = [
        context.Process(target=run_process, args=(url, number, answers)) for number in range(PROCESSES)
    ]

    for process in processes:
        process.start()
    results = [answers.get(timeout=100) for _ in processes]
    for process in processes:
        process.join()

    won = Counter(key for keys, _ in results for key in keys)
    assert [error for _, errors in results for error in errors] == []
    assert set(won.values()) == {1}
    assert len(won) == 2 * (PROCESSES * THREADS * ROUNDS + ROUNDS)
    assert store.announcements.count_day("bse", date(2026, 7, 1)) > 0
    assert len(store.announcements.select(states=[State.MATCHED])) == PROCESSES * THREADS * ROUNDS


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


def test_processes_upgrade_one_empty_database_at_once(url: str) -> None:
    command = "import sys; from backfin.storage import Store; s = Store(sys.argv[1]); s.upgrade(); s.close()"

    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", command, url], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[1].decode() for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], said


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


def test_processes_together_ask_no_more_of_a_model_than_is_allowed(store: Store, url: str) -> None:
    kinds = {
        "requests of a minute": CallLimits(requests_per_minute=10, max_wait_s=0),
        "tokens of a minute": CallLimits(tokens_per_minute=10_000, max_wait_s=0),
        "tokens of a day": CallLimits(daily_tokens=10_000),
        "dollars of a day": CallLimits(daily_usd=0.1),
        "calls of a filing": CallLimits(filing_calls=10),
    }
    context = multiprocessing.get_context("spawn")
    answers, together = context.Queue(), context.Barrier(PROCESSES)
    processes = [
        context.Process(target=begin_calls, args=(url, number, list(kinds.values()), together, answers))
        for number in range(PROCESSES)
    ]

    for process in processes:
        process.start()
    begun = [answers.get(timeout=100) for _ in processes]
    for process in processes:
        process.join()

    assert {kind: sum(counts) for kind, *counts in zip(kinds, *begun, strict=True)} == dict.fromkeys(
        kinds, 10
    )
