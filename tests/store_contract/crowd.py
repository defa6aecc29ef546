"""A process full of threads that all write to one store. In a file of its own, so that a child can import it."""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from multiprocessing.synchronize import Barrier

from backfin.errors import BudgetSpent, RateLimited
from backfin.models import CallLimits, State
from backfin.storage import Store
from backfin.testing import FrozenClock
from store_contract.book import read
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
#: Written in two ways each, of which the second is surely the first.
PEOPLE = [
    name
    for first, last in (
        ("Ashok Kumar", "Mehra"),
        ("Vimal Chand", "Bora"),
        ("Zubin Cyrus", "Larch"),
        ("Leela Devi", "Oak"),
    )
    for name in (f"{first} {last}", f"{last.upper()} {first.upper()}")
]

#: Model calls that each process tries to begin.
CALLS = 20
ROUNDS = 50  # six writes each: 300 a thread

_start_together: Barrier


def _work(store: Store, process: int, thread: int, won: list[str]) -> None:
    for round_ in range(ROUNDS):
        shared, own = round_, 1_000_000 + (process * THREADS + thread) * ROUNDS + round_
        won += store.announcements.add([announcement(own), announcement(shared)], due_at=LATER)
        store.announcements.begin(f"bse:{own}", "backfin.read", due_at=LATER)
        store.documents.record(f"bse:{own}", [document()], filing_id="f", due_at=LATER)
        store.enrichments.record(enrichment(own), due_at=LATER)
        store.investors.record(f"bse:{own}", [investor()], [mention(own)], due_at=LATER)
        told = [delivery(own), delivery(shared, announcement_id=f"bse:{own}")]
        won += store.deliveries.record(f"bse:{own}", told, due_at=LATER, state=State.MATCHED)


def prepare(barrier: Barrier) -> None:
    """Gives a process the barrier at which it waits for the others before each piece of work."""
    global _start_together
    _start_together = barrier


def upgrade(url: str) -> None:
    """Brings a database to the newest schema."""
    _start_together.wait()
    store = Store(url)
    store.upgrade()
    store.close()


def run_process(url: str, process: int) -> tuple[list[str], list[str]]:
    """Works on a store in many threads; the keys that were new, and every error."""
    _start_together.wait()
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
    return won, errors


def meet_people(url: str, process: int) -> list[tuple[str, str]]:
    """Reads filings of its own that name the same people, each in another order; who was meant by each name."""
    _start_together.wait()
    store = Store(url)
    names = PEOPLE[process:] + PEOPLE[:process]
    found = [
        (one.name_as_written, one.investor_id)
        for place, name in enumerate(names)
        for one in read(store, 100 * (process + 1) + place, [name, names[place - 1]])
    ]
    store.close()
    return found


def begin_calls(url: str, limits: CallLimits) -> int:
    """Begins more model calls than the limits allow; how many were let through."""
    _start_together.wait()
    store = Store(url)
    begun = 0
    for _ in range(CALLS):
        with suppress(BudgetSpent, RateLimited):
            store.model_calls.begin(
                call(FrozenClock(), call_id=uuid.uuid4().hex, at=store.clock.now()), limits
            )
            begun += 1
    store.close()
    return begun
