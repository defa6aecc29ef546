"""A process full of threads that all write to one store. In a file of its own, so that a child can import it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from multiprocessing import Queue
from multiprocessing.synchronize import Barrier

from backfin.errors import BudgetSpent, RateLimited
from backfin.models import CallLimits, State
from backfin.storage import Store
from backfin.testing import FrozenClock
from store_contract.ledger import call
from store_contract.made import (
    LATER,
    announcement,
    delivery,
    document,
    enrichment,
    investor,
    mention,
)

THREADS = 8
#: Model calls that each process tries to begin.
CALLS = 20
ROUNDS = 50  # six writes each: 300 a thread


def _work(store: Store, process: int, thread: int, won: list[str]) -> None:
    for round_ in range(ROUNDS):
        shared, own = round_, 1_000_000 + (process * THREADS + thread) * ROUNDS + round_
        won += store.announcements.add([announcement(own), announcement(shared)], due_at=LATER)
        store.announcements.begin(f"bse:{own}", due_at=LATER)
        store.documents.record(f"bse:{own}", [document()], filing_id="f", due_at=LATER)
        store.enrichments.record(enrichment(own), due_at=LATER)
        store.investors.record(f"bse:{own}", [investor()], [mention(own)], due_at=LATER)
        told = [delivery(own), delivery(shared, announcement_id=f"bse:{own}")]
        won += store.deliveries.record(f"bse:{own}", told, due_at=LATER, state=State.MATCHED)


def run_process(url: str, process: int, answers: Queue[tuple[list[str], list[str]]]) -> None:
    """Works on a store in many threads, then answers with the keys that were new, and every error."""
    store = Store(url)
    won: list[str] = []
    errors: list[str] = []

    def run(thread: int) -> None:
        try:
            _work(store, process, thread, won)
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    answers.put((won, errors))


def begin_calls(
    url: str, number: int, kinds: Sequence[CallLimits], together: Barrier, answers: Queue[list[int]]
) -> None:
    """Begins more model calls than each kind of limit allows and tells how many were let through."""
    store = Store(url)
    begun = []
    for kind, limits in enumerate(kinds):
        together.wait(60)
        begun.append(sum(_begin_call(store, f"models.example/{kind}", limits) for _ in range(CALLS)))
        together.wait(60)
        if number == 0:
            store.model_calls.purge(store.clock.now() + timedelta(days=1))
    store.close()
    answers.put(begun)


def _begin_call(store: Store, service: str, limits: CallLimits) -> bool:
    made = call(FrozenClock(), call_id=uuid.uuid4().hex, at=store.clock.now(), service=service)
    with suppress(BudgetSpent, RateLimited):
        store.model_calls.begin(made, limits)
        return True
    return False
