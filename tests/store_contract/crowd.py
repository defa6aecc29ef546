"""A process full of threads that all write to one store. In a file of its own, so that a child can import it."""

from __future__ import annotations

import threading
from multiprocessing import Queue

from backfin.models import State
from backfin.storage import Store
from store_contract.made import LATER, announcement, delivery, document, enrichment, investor, mention

THREADS = 8
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
